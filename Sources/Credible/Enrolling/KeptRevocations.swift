public import Foundation
public import VC3Certificates
public import VC3Transport

/// What authorities have taken back, as a party keeps it in a file from one start to the next.
public struct KeptRevocations: Sendable {
    /// The lists, PEM.
    public let file: String

    public init(file: String) { self.file = file }

    /// - Returns: No lists while there is no file: nothing was heard yet.
    /// - Throws: `VC3Error` `invalid` naming the file when it cannot be read, or none of the trusted authorities signed
    ///   a list in it.
    public func lists(trustedBy credentials: TLSCredentials) throws -> RevocationLists {
        guard FileManager.default.fileExists(atPath: file) else { return RevocationLists() }
        return try credentials.revocationLists(inFile: file)
    }

    /// Whether the file was written no longer ago than this, by the clock of the machine; one from the future was not.
    public func isYounger(than age: TimeInterval, at now: Date = Date()) -> Bool {
        let written = try? FileManager.default.attributesOfItem(atPath: file)[.modificationDate] as? Date
        return written.map { (0..<age).contains(now.timeIntervalSince($0)) } ?? false
    }

    /// Replaces the file in one step.
    public func keep(_ lists: RevocationLists) async throws {
        try await OwnFiles.write(lists.pem, to: file, mode: 0o644)
    }
}
