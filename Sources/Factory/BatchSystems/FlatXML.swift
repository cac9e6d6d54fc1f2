/// Reads lists of flat records from XML, as qstat writes them: no attribute matters and no record is nested.
///
/// It accepts only documents that begin with the expected element and end with its end, so that a document cut
/// short is never taken for a short list.
enum FlatXML {
    typealias Record = [String: String]

    struct Malformed: Error, Equatable {
        let message: String
    }

    /// The records called `name` anywhere within the document element `root`, each as its children's texts.
    static func records(_ name: String, within root: String, of text: String) throws(Malformed) -> [Record] {
        var records: [Record] = []
        var record: Record?
        var open: [Substring] = []
        var hasEnded = false
        var content = ""
        var rest = text[...]
        while let start = rest.firstIndex(of: "<") {
            content += try decoded(rest[..<start])
            rest = rest[start...].dropFirst()
            guard let end = rest.firstIndex(of: ">") else { throw Malformed(message: "it ends within a tag") }
            let tag = rest[..<end]
            rest = rest[end...].dropFirst()
            if tag.hasPrefix("?") || tag.hasPrefix("!") { continue }
            if hasEnded { throw Malformed(message: "it goes on after its end") }
            if tag.hasPrefix("/") {
                let element = tag.dropFirst().prefix { !$0.isWhitespace }
                guard open.last == element else { throw Malformed(message: "</\(element)> ends nothing") }
                open.removeLast()
                if element == name {
                    if let record { records.append(record) }
                    record = nil
                } else if record != nil {
                    record?[String(element)] = content
                }
                hasEnded = open.isEmpty
            } else {
                let element = tag.prefix { !$0.isWhitespace && $0 != "/" }
                if open.isEmpty, element != root { throw Malformed(message: "it begins with <\(element)>") }
                if tag.hasSuffix("/") {
                    record?[String(element)] = ""
                } else {
                    open.append(element)
                    if element == name { record = [:] }
                }
            }
            content = ""
        }
        guard hasEnded else { throw Malformed(message: open.isEmpty ? "it is empty" : "it ends before </\(open[0])>") }
        return records
    }

    /// Replaces the references that XML knows by itself (XML 1.0 §4.6) and those by number.
    private static func decoded(_ text: Substring) throws(Malformed) -> String {
        guard text.contains("&") else { return String(text) }
        let known = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]
        var result = ""
        var rest = text
        while let start = rest.firstIndex(of: "&") {
            result += rest[..<start]
            guard let end = rest[start...].firstIndex(of: ";") else { throw Malformed(message: "a & stands alone") }
            let name = rest[start..<end].dropFirst()
            if let character = known[String(name)] {
                result += character
            } else {
                let number = name.hasPrefix("#x") ? UInt32(name.dropFirst(2), radix: 16) : UInt32(name.dropFirst())
                guard name.hasPrefix("#"), let scalar = number.flatMap({ Unicode.Scalar($0) }) else {
                    throw Malformed(message: "&\(name); is unknown")
                }
                result.unicodeScalars.append(scalar)
            }
            rest = rest[end...].dropFirst()
        }
        return result + rest
    }
}
