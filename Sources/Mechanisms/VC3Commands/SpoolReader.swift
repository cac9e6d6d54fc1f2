/// A file that somebody put into a followed folder.
public struct SpooledFile: Sendable, Equatable {
    public var name: String
    public var content: [UInt8]

    public init(name: String, content: [UInt8]) {
        self.name = name
        self.content = content
    }
}

/// Takes apart what a ``SpoolScript`` writes.
struct SpoolReader: Sendable {
    private let lead: [UInt8]
    private var bytes: [UInt8] = []
    /// Up to where there is certainly no mark.
    private var searched = 0
    private var current: String?
    private var batch: [SpooledFile] = []

    init(mark: String) {
        lead = Array("\n\(mark) ".utf8)
    }

    /// How much of what has come is kept.
    var size: Int { bytes.count + batch.reduce(0) { $0 + $1.content.count } }

    /// Takes a piece of the stream.
    ///
    /// - Returns: The batch that waits for its acknowledgement now, if there is one.
    mutating func take(_ piece: [UInt8]) -> [SpooledFile]? {
        bytes += piece
        while let end = bytes[searched...].firstEnd(of: lead) {
            guard let stop = bytes[end...].firstIndex(of: 0x0A) else {
                searched = end - lead.count
                return nil
            }
            let words = String(decoding: bytes[end..<stop], as: UTF8.self).split(separator: " ")
            let before = bytes[..<(end - lead.count)]
            var asked = false
            switch words.first {
            case "file": current = words.dropFirst().first.map(String.init)
            case "end":
                if let name = current { batch.append(SpooledFile(name: name, content: Array(before))) }
                current = nil
            case "ask": asked = true
            // Could not be read, and stays where it is.
            case "not": current = nil
            default: break
            }
            bytes.removeSubrange(...stop)
            searched = 0
            if asked {
                defer { batch = [] }
                return batch
            }
        }
        searched = max(0, bytes.count - lead.count + 1)
        return nil
    }
}
