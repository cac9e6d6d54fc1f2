import Enrolling
public import Foundation
public import InfoserviceClient
import Logging
import VC3Certificates

extension ClientConfiguration {
    /// Does some work with the Infoservice, and keeps what authorities take back up to date meanwhile: work that takes
    /// long leaves a server as soon as that is taken back, and what the next program will go by is never much older than
    /// its use.
    ///
    /// Asking afterwards loses nothing: a server that others use in place of its owner would not tell of its own
    /// revocation beforehand either.
    ///
    /// - Parameter age: In seconds. Lists that were fetched no longer ago than this are not fetched again.
    /// - Throws: What the work throws; ``VC3Error`` `invalid` when a file cannot be read. A list that cannot be fetched or
    ///   kept is no failure.
    public func withInfoservice<Value: Sendable>(
        timeouts: Timeouts = Timeouts(), fetchingListsOlderThan age: TimeInterval = 60,
        _ work: (RemoteInfoservice) async throws -> Value
    ) async throws -> Value {
        let remote = try infoservice(timeouts: timeouts)
        do {
            let value = try await following(remote) { try await work(remote) }
            await fetch(from: remote, olderThan: age)
            // Nothing more is to be sent; a connection that does not close in order changes no outcome.
            try? await remote.shutdown()
            return value
        } catch {
            try? await remote.shutdown()
            throw error
        }
    }

    private func following<Value: Sendable>(
        _ remote: RemoteInfoservice, _ work: () async throws -> Value
    ) async throws -> Value {
        async let _ = follow(remote)
        return try await work()
    }

    /// Follows the lists, for work that is not over in a moment.
    private func follow(_ remote: RemoteInfoservice) async {
        guard let kept else { return }
        do {
            try await Task.sleep(for: .seconds(3))
            let silent = Logger(label: "revocations") { _ in SwiftLogNoOpLogHandler() }
            try await RevocationWatch(remote, telling: remote, keptIn: kept, logger: silent).run()
        } catch {}
    }

    private func fetch(from remote: RemoteInfoservice, olderThan age: TimeInterval) async {
        guard let kept, !kept.isYounger(than: age) else { return }
        await withTaskGroup { group in
            group.addTask {
                guard let lists = try? await remote.revocationLists() else { return }
                remote.hear(lists)
                try? await kept.keep(remote.revoked)
            }
            // Nobody waits longer than this for what is not their work.
            group.addTask { try? await Task.sleep(for: .seconds(1)) }
            await group.next()
            group.cancelAll()
        }
    }
}
