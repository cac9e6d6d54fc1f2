extension LocalRunner: FolderFollower {
    /// As over SSH, by the same script, in the folder of this process.
    public func follow(
        _ spool: SpoolFolder, heard: @escaping @Sendable (Bool) -> Void,
        receive: @escaping @Sendable (SpooledFile) async throws -> Void
    ) async throws {
        let script = SpoolScript(spool: spool)
        let process = ChildProcess(
            arguments: ["/bin/sh", "-c", script.text], timeout: .zero,
            outputLimit: outputLimit)
        let stream = SpoolStream(script, input: try ProcessInput(), outputLimit: outputLimit, heard: heard)
        defer { heard(false) }
        let ended = try await stream.run(process, silence: .seconds(60), receive)
        throw CommandError(
            .localFailure, "following \(spool.path) here ended: \(SSHFailure.excerpt(ended.errorOutput))")
    }
}
