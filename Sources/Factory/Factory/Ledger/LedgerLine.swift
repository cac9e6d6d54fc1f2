import Crypto
import Foundation
import VC3Model

/// The text form of an entry: sixteen hexadecimal digits of the SHA-256 of the JSON, a blank, the JSON, a newline.
enum LedgerLine {
    static func append(_ entry: LedgerEntry, to lines: inout [UInt8]) throws {
        let start = lines.count
        lines += placeOfChecksum
        try LedgerText.append(entry, to: &lines)
        for (index, digit) in checksum(lines[(start + placeOfChecksum.count)...]).enumerated() {
            lines[start + index] = digit
        }
        lines.append(UInt8(ascii: "\n"))
    }

    /// The entry in a line without its newline; `nil` when checksum and content do not agree.
    static func decoded(_ line: Data) -> LedgerEntry? {
        guard line.count > 17, line[line.startIndex + 16] == UInt8(ascii: " ") else { return nil }
        let json = Data(line.dropFirst(17))
        guard checksum(json).elementsEqual(line.prefix(16)) else { return nil }
        return try? JSONDecoder().decode(LedgerEntry.self, from: json)
    }

    private static func checksum(_ json: some DataProtocol) -> [UInt8] {
        SHA256.hash(data: json).prefix(8).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }

    private static let placeOfChecksum = [UInt8](repeating: UInt8(ascii: " "), count: 17)
    private static let digits = Array("0123456789abcdef".utf8)
}
