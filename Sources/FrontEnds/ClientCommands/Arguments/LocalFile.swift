import Foundation

/// A file of the machine that the command runs on.
struct LocalFile {
    let path: String

    /// - Parameter name: May begin with `~/`.
    init(named name: String, homeFolder: String) {
        path = name.hasPrefix("~/") ? homeFolder + name.dropFirst() : name
    }

    func contents() throws -> Data {
        do { return try Data(contentsOf: URL(fileURLWithPath: path)) } catch let error as CocoaError {
            let reason = (error.underlying as? POSIXError).map { String(cString: strerror($0.code.rawValue)) }
            throw ClientFailure(message: "cannot read file \(path): \(reason ?? error.localizedDescription)")
        }
    }

    /// What it holds, as text.
    func text() throws -> String {
        guard let text = String(data: try contents(), encoding: .utf8) else {
            throw ClientFailure(message: "file \(path) is not text in UTF-8")
        }
        return text
    }
}
