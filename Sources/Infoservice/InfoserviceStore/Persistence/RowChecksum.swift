import Crypto
import Foundation

/// Of all that a row says, so that a bit that a disk changed is noticed when it is read: the first eight bytes of the
/// SHA-256 of its fields, each with its length.
struct RowChecksum {
    private var hash = SHA256()

    mutating func add(_ number: Int64?) {
        withUnsafeBytes(of: (Int64(number == nil ? 0 : 8).littleEndian, (number ?? 0).littleEndian)) {
            hash.update(bufferPointer: $0)
        }
    }

    mutating func add(_ text: String?) {
        guard var text else { return add(nil as Int64?) }
        text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }

    mutating func add(_ bytes: Data) { bytes.withUnsafeBytes { add($0) } }

    private mutating func add(_ bytes: UnsafeRawBufferPointer) {
        add(Int64(bytes.count))
        hash.update(bufferPointer: bytes)
    }

    var value: Int64 {
        hash.finalize().withUnsafeBytes { Int64(littleEndian: $0.loadUnaligned(as: Int64.self)) }
    }
}
