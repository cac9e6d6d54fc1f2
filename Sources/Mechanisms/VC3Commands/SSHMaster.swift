import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The connection of ssh(1) that a session's folder has, looked at from outside the session: nothing reaches the host.
public struct SSHMaster: Sendable {
    let folder: String

    /// - Parameter folder: A session's own folder.
    public init(folder: String) { self.folder = folder }

    init(_ files: SSHFiles) { folder = files.folder.path }

    public enum State: Sendable, Equatable {
        case live, gone
        /// Its process gives no answer, or cannot be asked.
        case unknown
    }

    /// Whether the connection lives. Asking also keeps it from ending for want of use (``SSHLimits/idleTimeout``).
    public var state: State {
        get async {
            do throws(CommandError) {
                switch try await control("check").status {
                case .exited(0): return .live
                case .exited(255): return .gone
                default: return .unknown
                }
            } catch {
                return error.reason == .loginNeeded ? .gone : .unknown
            }
        }
    }

    /// Ends the connection, if there is one, and removes the session's files.
    public func end() async {
        _ = try? await control("exit")
        guard access(folder, F_OK) == 0, let own = try? PrivateFolder(creating: folder) else { return }
        SSHFiles.remove(from: own)
    }

    private func control(_ verb: String) async throws(CommandError) -> ChildProcess.Ended {
        guard access("\(folder)/config", F_OK) == 0 else {
            throw CommandError(.loginNeeded, "there is no connection in \(folder)")
        }
        return try await ChildProcess.ssh(
            "\(folder)/config", ["-O", verb, "target"], timeout: .seconds(5), outputLimit: 65_536
        ).run(input: .bytes([]))
    }
}
