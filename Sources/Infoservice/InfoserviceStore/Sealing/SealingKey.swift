import Crypto
public import Foundation
import VC3Model

/// The keys under which secrets are sealed at rest: AES-256-GCM (NIST SP 800-38D), a random nonce for each seal.
///
/// The key file lies outside the store. Each of its lines is a key in base64; the first one seals, all of them open. A
/// word behind a key says that it is not in use: ``Duty``. Empty lines and such that begin with `#` do not count. The description shows no key.
public struct SealingKey: Sendable, CustomStringConvertible {
    /// What a key of the file is for. Raw values are the words behind the keys in the file; used ones have none.
    public enum Duty: String, Sendable {
        /// Seals if it is the first; otherwise something at rest may still be sealed under it.
        case used = ""
        /// Opens what other servers seal, and seals nothing yet.
        case staged
        /// Nothing in the store needs it any more; backups may.
        case retired
    }

    /// One key of the file.
    public struct Key: Sendable {
        /// Eight hexadecimal digits of the key's SHA-256: enough to find it again, useless for guessing it.
        public let id: String
        public internal(set) var duty = Duty.used
        let secret: SymmetricKey

        /// A new one.
        init() { self.init(SymmetricKey(size: .bits256)) }

        init(_ secret: SymmetricKey) {
            let digest = secret.withUnsafeBytes { SHA256.hash(data: Data($0)) }
            id = digest.prefix(4).map { byte in String(byte >> 4, radix: 16) + String(byte & 0xf, radix: 16) }.joined()
            self.secret = secret
        }
    }

    /// The first one seals.
    public internal(set) var keys: [Key]

    /// A new key that lives as long as the process.
    public init() { keys = [Key()] }

    /// - Throws: ``VC3Error`` `invalid` when a line is not 32 bytes in base64, alone or with a word of ``Duty``.
    public init(text: String) throws {
        keys = try text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated().compactMap {
            number, line in
            let words = line.split(separator: " ").map(String.init)
            guard let first = words.first, !first.hasPrefix("#") else { return nil }
            guard let bytes = Data(base64Encoded: first), bytes.count == 32, words.count <= 2,
                let duty = Duty(rawValue: words.count == 2 ? words[1] : "")
            else {
                throw VC3Error(
                    .invalid,
                    "line \(number + 1) of the sealing key file is not 32 bytes in base64, alone or with the word staged or "
                        + "retired")
            }
            var key = Key(SymmetricKey(data: bytes))
            key.duty = duty
            return key
        }
        if keys.isEmpty { throw VC3Error(.invalid, "the sealing key file holds no key") }
        if keys[0].duty != .used {
            throw VC3Error(
                .invalid, "the first key of the sealing key file is not in use; move the one that is to the top")
        }
    }

    public var description: String { "sealing key " + (keys.first?.id ?? "none") }

    /// The content of a key file.
    var text: String {
        keys.map { key in
            key.secret.withUnsafeBytes { Data($0) }.base64EncodedString()
                + (key.duty == .used ? "\n" : " \(key.duty.rawValue)\n")
        }.joined()
    }

    /// Whether something at rest may be sealed under another key than the first.
    public var isRotating: Bool { keys.dropFirst().contains { $0.duty == .used } }

    /// Seals `bytes` for one place: what is sealed for one cannot be opened at another.
    public func seal(_ bytes: Data, for place: String) throws -> String {
        guard let key = keys.first else { throw VC3Error(.internal, "no sealing key") }
        let box = try AES.GCM.seal(bytes, using: key.secret, authenticating: Data(place.utf8))
        guard let combined = box.combined else { throw VC3Error(.internal, "sealing gave no combined form") }
        return key.id + ":" + combined.base64EncodedString()
    }

    /// - Throws: ``VC3Error`` `internal` when the key file lacks the key, or what was sealed has been changed.
    public func open(_ sealed: String, for place: String) throws -> Data {
        let parts = sealed.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let combined = Data(base64Encoded: String(parts[1])) else {
            throw VC3Error(.internal, "the sealed value of \(place) is damaged; restore the store from a backup")
        }
        guard let key = keys.first(where: { $0.id == parts[0] }) else {
            throw VC3Error(
                .internal,
                "\(place) was sealed under key \(parts[0]), which the sealing key file lacks; restore that file")
        }
        do {
            return try AES.GCM.open(
                AES.GCM.SealedBox(combined: combined), using: key.secret, authenticating: Data(place.utf8))
        } catch {
            throw VC3Error(.internal, "the sealed value of \(place) was changed; restore the store from a backup")
        }
    }
}
