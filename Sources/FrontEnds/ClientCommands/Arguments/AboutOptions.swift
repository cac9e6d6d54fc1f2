import ArgumentParser
import VC3Model

/// Free texts and links that every create command takes.
struct AboutOptions: ParsableArguments, Sendable {
    /// The attributes that these options set, in the order of the original.
    static let names = ["description", "displayname", "url", "docurl"]

    @Option(name: .customLong("description"), help: "What it is, in a sentence.")
    var text: String?
    @Option(name: .customLong("displayname"), help: "The name that people see.")
    var displayName: String?
    @Option(name: .customLong("url"), help: "A page about it.")
    var url: String?
    @Option(name: .customLong("docurl"), help: "Its documentation.")
    var docURL: String?

    var attributes: [String: JSONValue?] {
        [
            "description": text.json, "displayname": displayName.json, "url": url.json, "docurl": docURL.json,
        ]
    }
}

extension Dictionary where Key == String, Value == JSONValue? {
    /// Both; there are no names in common.
    static func + (left: Self, right: AboutOptions) -> Self { left.merging(right.attributes) { own, _ in own } }
}

extension Optional where Wrapped == String {
    var json: JSONValue? { map { .string($0) } }
}

extension Optional where Wrapped == Int {
    var json: JSONValue? { map { .integer($0) } }
}

extension Optional where Wrapped == CommaList {
    var json: JSONValue? { map(\.json) }
}

extension Bool {
    /// A flag that was given; one that was not is left to the schema's default.
    var jsonIfSet: JSONValue? { self ? .bool(true) : nil }
}
