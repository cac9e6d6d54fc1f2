public import Foundation

/// Runs `body` with an empty directory of its own (mode 0700), which is removed afterwards.
///
/// With `VC3_KEEP_SCRATCH=1` in the environment it stays, for looking inside.
public func withScratchDirectory<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: (URL) async throws -> Result
) async throws -> Result {
    let directory = FileManager.default.temporaryDirectory.appending(path: "vc3-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
        at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer {
        if ProcessInfo.processInfo.environment["VC3_KEEP_SCRATCH"] != "1" {
            try? FileManager.default.removeItem(at: directory)
        }
    }
    return try await body(directory)
}

/// As ``withScratchDirectory(isolation:_:)``, with the directory's path.
public func withScratchPath<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: (String) async throws -> Result
) async throws -> Result {
    try await withScratchDirectory { try await body($0.path) }
}
