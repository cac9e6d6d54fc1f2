public import Foundation

extension JSONValue {
    /// Stable text: sorted keys and plain slashes, so that equal values have equal bytes.
    public func data() throws -> Data { Data(try jsonBytes()) }

    /// Reads JSON text; see ``JSONParser`` for what is refused.
    public init(data: Data) throws(JSONTextError) { try self.init(utf8: Array(data)) }

    public init(utf8 bytes: [UInt8]) throws(JSONTextError) { self = try JSONParser.value(of: bytes) }

    /// The JSON form of a typed value.
    public init(encoding value: some Encodable) throws {
        self = try JSONDecoder().decode(JSONValue.self, from: JSONValue.encoder().encode(value))
    }

    /// This value as a typed one; throws `DecodingError` when it does not fit.
    public func decoded<Value: Decodable>(as type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: data())
    }

    /// The encoder of everything that leaves a program: wire, files, `--output json`.
    public static func encoder(pretty: Bool = false) -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting =
            pretty ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted] : [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}
