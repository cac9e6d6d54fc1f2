import Crypto
import Foundation
import VC3Model

/// The text form of an entry: sixteen hexadecimal digits of the SHA-256 of the JSON, a blank, the JSON, a newline.
enum LedgerLine {
    static func encoded(_ entry: LedgerEntry) throws -> Data {
        let json = try JSONValue.encoder().encode(entry)
        return Data(checksum(json).utf8) + Data(" ".utf8) + json + Data("\n".utf8)
    }

    /// The entry in a line without its newline; `nil` when checksum and content do not agree.
    static func decoded(_ line: Data) -> LedgerEntry? {
        guard line.count > 17, line[line.startIndex + 16] == UInt8(ascii: " ") else { return nil }
        let json = Data(line.dropFirst(17))
        guard Data(checksum(json).utf8) == Data(line.prefix(16)) else { return nil }
        return try? JSONDecoder().decode(LedgerEntry.self, from: json)
    }

    private static func checksum(_ json: Data) -> String {
        SHA256.hash(data: json).prefix(8).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
