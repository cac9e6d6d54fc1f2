import Foundation

extension EntityRecord {
    /// The content of a private token; `nil` when it may not be seen or is no base64.
    public var secret: [UInt8]? {
        spec["data"]?.stringValue.flatMap { Data(base64Encoded: $0, options: .ignoreUnknownCharacters) }.map {
            Array($0)
        }
    }
}
