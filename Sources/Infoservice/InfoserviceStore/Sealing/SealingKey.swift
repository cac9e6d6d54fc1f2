import Crypto
public import Foundation
import VC3Model

/// The keys under which secrets are sealed at rest: AES-256-GCM (NIST SP 800-38D), a random nonce for each seal.
///
/// The key file lies outside the store. Each of its lines is a key in base64; the first one seals, all of them open,
/// so a key is changed by putting a new line on top. The description shows no key.
public struct SealingKey: Sendable, CustomStringConvertible {
    private let keys: [(id: String, key: SymmetricKey)]

    /// A new key that lives as long as the process.
    public init() {
        keys = [Self.named(SymmetricKey(size: .bits256))]
    }

    /// - Throws: ``VC3Error`` `invalid` when a line is not 32 bytes in base64.
    public init(text: String) throws {
        keys = try text.split(whereSeparator: \.isNewline).enumerated().map { number, line in
            guard let bytes = Data(base64Encoded: String(line)), bytes.count == 32 else {
                throw VC3Error(.invalid, "line \(number + 1) of the sealing key file is not 32 bytes in base64")
            }
            return Self.named(SymmetricKey(data: bytes))
        }
        if keys.isEmpty { throw VC3Error(.invalid, "the sealing key file holds no key") }
    }

    public var description: String { "sealing key " + (keys.first?.id ?? "none") }

    /// One line for a key file.
    var text: String { keys.map { $0.key.withUnsafeBytes { Data($0) }.base64EncodedString() + "\n" }.joined() }

    /// Seals `bytes` for one place: what is sealed for one cannot be opened at another.
    public func seal(_ bytes: Data, for place: String) throws -> String {
        guard let (id, key) = keys.first else { throw VC3Error(.internal, "no sealing key") }
        let box = try AES.GCM.seal(bytes, using: key, authenticating: Data(place.utf8))
        guard let combined = box.combined else { throw VC3Error(.internal, "sealing gave no combined form") }
        return id + ":" + combined.base64EncodedString()
    }

    /// - Throws: ``VC3Error`` `internal` when the key file lacks the key, or what was sealed has been changed.
    public func open(_ sealed: String, for place: String) throws -> Data {
        let parts = sealed.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let combined = Data(base64Encoded: String(parts[1])) else {
            throw VC3Error(.internal, "the sealed value of \(place) is damaged; restore the store from a backup")
        }
        guard let (_, key) = keys.first(where: { $0.id == parts[0] }) else {
            throw VC3Error(
                .internal,
                "\(place) was sealed under key \(parts[0]), which the sealing key file lacks; restore that file")
        }
        do {
            return try AES.GCM.open(AES.GCM.SealedBox(combined: combined), using: key, authenticating: Data(place.utf8))
        } catch {
            throw VC3Error(.internal, "the sealed value of \(place) was changed; restore the store from a backup")
        }
    }

    /// Eight hexadecimal digits of the key's SHA-256: enough to find it again, useless for guessing it.
    private static func named(_ key: SymmetricKey) -> (id: String, key: SymmetricKey) {
        let digest = key.withUnsafeBytes { SHA256.hash(data: Data($0)) }
        let digits = digest.prefix(4).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 0xf, radix: 16)
        }
        return (digits.joined(), key)
    }
}
