import Dispatch
import Foundation
import VC3Certificates

/// The folder of secrets that were given as content: files that only this user can read, for as long as a profile needs them.
struct CredentialFolder: Sendable {
    let path: String

    /// - Returns: The path of a file with this content.
    func file(_ name: String, of profile: String, holding content: [UInt8]) async throws -> String {
        let folder = "\(path)/\(Self.folderName(profile))"
        let file = "\(folder)/\(name)"
        return try await onThread {
            try SecretFile.makeDirectory(folder, mode: 0o700)
            if FileManager.default.contents(atPath: file) != Data(content) {
                try SecretFile.write(content, to: file, mode: 0o600, replacing: true)
            }
            return file
        }
    }

    /// Removes what no profile needs any more.
    func keep(only profiles: Set<String>) async {
        let kept = Set(profiles.map(Self.folderName))
        await onThread { [path] in
            for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] where !kept.contains(name) {
                try? FileManager.default.removeItem(atPath: "\(path)/\(name)")
            }
        }
    }

    /// Profiles may be called anything; a file may not. In hexadecimal no two are the same, and none leads elsewhere.
    private static func folderName(_ profile: String) -> String {
        profile.utf8.map { byte in
            let isPlain = (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            return isPlain || byte == 0x2D
                ? String(UnicodeScalar(byte)) : "_" + String(Int(byte) + 256, radix: 16).dropFirst()
        }.joined()
    }
}

/// Calls that wait for the disk do so on a thread that may.
func onThread<Value: Sendable, Failure: Error>(
    _ work: @escaping @Sendable () throws(Failure) -> Value
) async throws(Failure) -> Value {
    let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(returning: Result(catching: work)) }
    }
    return try result.get()
}
