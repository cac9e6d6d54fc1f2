import Foundation
import HTCondorPool
import VC3Commands
import VC3Model

/// Head nodes on one host that is given by address and key, made and removed by playbooks. One request at a time uses
/// the host; another one waits.
actor SSHHeadNodes: HeadNodeProvider {
    nonisolated var name: String { host.name }

    private let host: SSHHeadNodeHost
    private let folders: HeadNodeFolders
    private let playbooks: PlaybookRunner
    private let session: HeadNodeSession
    /// What the playbook was given when the pool last answered, by request.
    private var answered: [String: String] = [:]

    init(host: SSHHeadNodeHost, folders: HeadNodeFolders, playbooks: PlaybookRunner, session: HeadNodeSession) {
        self.host = host
        self.folders = folders
        self.playbooks = playbooks
        self.session = session
    }

    func prepare(_ order: HeadNodeOrder, recorded: JSONValue) -> JSONValue {
        ["address": .string(host.address), "port": .integer(host.poolPort)]
    }

    func ensure(
        _ order: HeadNodeOrder, detail: JSONValue, progress: @escaping @Sendable (String) async -> Void
    ) async throws -> HeadNodeState {
        let ready = HeadNodeState.ready(address: host.address, port: host.poolPort)
        let files = PlaybookFiles(host: host, order: order, folder: folders.path(order.request))
        let wanted = files.fingerprint
        if answered[order.request] == wanted { return ready }
        do {
            let user = try await session.currentRequest()
            if let user, user != order.request {
                return .blocked(
                    reason: "HostInUse",
                    "head node host \(host.name) serves request \(user); this one waits until it has ended",
                    mender: .user)
            }
            // After a restart: what was made then still answers, and nothing has to be made.
            if user == order.request, try await files.recordedFingerprint() == wanted, try await session.answers() {
                answered[order.request] = wanted
                return ready
            }
        } catch let error as CommandError {
            return obstacle(error)
        }
        guard let archive = try await playbooks.archive() else {
            return .blocked(
                reason: "NoHTCondor", "no HTCondor is configured that could be installed at \(host.name)",
                mender: .operator)
        }
        try await files.write(archive: archive)
        await progress("preparing \(host.address)")
        let outcome = try await playbooks.run("login-htcondor.yaml", files: files, progress: progress)
        guard outcome == .done else { return state(after: outcome, files) }
        try await files.record(fingerprint: wanted)
        answered[order.request] = wanted
        return ready
    }

    private func state(after outcome: PlaybookRunner.Outcome, _ files: PlaybookFiles) -> HeadNodeState {
        switch outcome {
        case .done: .starting("the head node is being asked")
        case .unreachable(let words):
            .blocked(
                reason: "Unreachable",
                "\(host.name) (\(host.address)) does not answer: \(words); tried again by itself",
                mender: .nobody)
        case .failed(let words):
            .blocked(
                reason: "PlaybookFailed",
                "preparing \(host.name) failed: \(words); the whole output is in \(files.log); tried again by itself",
                mender: .operator)
        }
    }

    private func obstacle(_ error: CommandError) -> HeadNodeState {
        switch error.reason {
        case .authenticationRefused, .accountRefused:
            .blocked(
                reason: "AuthenticationRefused",
                "\(host.address) refuses account \(host.user) with the key in \(host.keyFile): \(error.message)",
                mender: .operator)
        case .loginScript:
            .blocked(reason: "LoginScript", error.message, mender: .operator)
        case .hostKeyChanged, .hostKeyUnknown:
            .blocked(
                reason: "HostKeyChanged",
                "\(host.address) shows another host key than the one configured for \(host.name); nothing was sent to it",
                mender: .operator)
        default:
            .blocked(
                reason: "Unreachable", "\(host.name) (\(host.address)) does not answer: \(error.message)",
                mender: .nobody)
        }
    }

    func refusePilots(of order: HeadNodeOrder, detail: JSONValue) async throws {
        try await session.refuse(RefusedPilots(order.refused, in: order.trustDomain))
    }

    func workers(of request: String, detail: JSONValue) async throws -> Int {
        do {
            return try await session.workers()
        } catch {
            // The next look finds out whether the pool has to be made again.
            answered[request] = nil
            throw error
        }
    }

    func remove(_ request: String, detail: JSONValue) async throws {
        answered[request] = nil
        let user: String?
        do {
            user = try await session.currentRequest()
        } catch {
            throw VC3Error(
                .unavailable, "\(host.name) (\(host.address)) does not answer: \(error.message)", cause: error)
        }
        guard user == request else { return await session.close() }
        let files = PlaybookFiles(host: host, removing: request, folder: folders.path(request))
        try await files.write(archive: nil)
        switch try await playbooks.run("logout-htcondor.yaml", files: files, progress: { _ in }) {
        case .done: await session.close()
        case .unreachable(let words), .failed(let words):
            throw VC3Error(
                .unavailable, "clearing \(host.name) failed: \(words); the whole output is in \(files.log)")
        }
    }
}
