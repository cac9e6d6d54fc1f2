import Foundation
public import Logging

/// One line for each event: as text `<time> <LEVEL> <message> key=value …`, or as a JSON object with the same fields.
public struct LineLogHandler: LogHandler {
    public enum Form: String, CaseIterable, Sendable {
        case text, json
    }

    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    private let form: Form
    private let sink: LogSink

    public init(level: Logger.Level, form: Form, sink: LogSink) {
        logLevel = level
        self.form = form
        self.sink = sink
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var fields = metadata
        if let own = event.metadata { fields.merge(own) { $1 } }
        if let error = event.error { fields["error"] = "\(error)" }
        sink.write(Self.line(Date(), event.level, "\(event.message)", fields, form: form))
    }

    /// The line without its newline. Fields are in the order of their names.
    static func line(
        _ moment: Date, _ level: Logger.Level, _ message: String, _ fields: Logger.Metadata, form: Form
    ) -> String {
        let time = moment.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        let pairs = fields.sorted { $0.key < $1.key }.map { (key: $0.key, value: "\($0.value)") }
        switch form {
        case .text:
            let words = pairs.map { "\($0.key)=\(quoted($0.value))" }
            return ([time, level.rawValue.uppercased(), oneLine(message)] + words).joined(separator: " ")
        case .json:
            let members = [("time", time), ("level", level.rawValue), ("message", message)] + pairs
            return "{" + members.map { "\(json($0.0)):\(json($0.1))" }.joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ value: String) -> String {
        let isPlain = !value.isEmpty && value.unicodeScalars.allSatisfy { $0.value > 0x20 && $0 != "\"" && $0 != "=" }
        return isPlain ? value : json(value)
    }

    private static func oneLine(_ text: String) -> String {
        text.contains(where: \.isNewline) ? text.split(whereSeparator: \.isNewline).joined(separator: " | ") : text
    }

    /// A JSON string (RFC 8259, section 7).
    private static func json(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case let control where control.value < 0x20 || control.value == 0x7f:
                let digits = String(control.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
