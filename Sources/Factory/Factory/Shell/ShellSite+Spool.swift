import VC3Commands
import VC3Model

extension ShellSite {
    func follow(
        heard: @escaping @Sendable (Bool) -> Void, receive: @escaping @Sendable (PilotEvent) async -> Void
    ) async throws(SiteFailure) {
        guard let root, let follower = try await connected().runner as? any FolderFollower else {
            throw SiteFailure(reason: "NoSpool", message: "there is no spool folder to follow", mender: .nobody)
        }
        // Made when the site is staged, and never here: it must not come back after the end of all.
        let spool = SpoolFolder(SiteScripts.spool(in: root), isMade: false, largestFile: PilotEvent.longest)
        do {
            try await follower.follow(spool, heard: heard) { file in
                if let event = PilotEvent(file) { await receive(event) }
            }
        } catch let error as CommandError {
            throw SiteFailure(error)
        } catch {
            throw SiteFailure(reason: "NoSpool", message: "\(error)", mender: .nobody)
        }
    }

    func way() async -> String {
        guard let runner = connection?.runner else { return "none" }
        guard let session = runner as? SSHSession else { return "local" }
        switch await session.usage.way {
        case .standingShell: return "shell"
        case .sessions: return "sessions"
        case .sessionsOnly(let reason): return "sessions: \(reason)"
        }
    }
}
