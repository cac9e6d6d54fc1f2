public import InfoserviceAPI
public import Logging
public import ServiceLifecycle
import VC3Model

/// Does work that only one of several processes may do at a time: whoever holds the lease.
///
/// The work is cancelled when the lease is lost, and what it still writes is refused by the store; it begins again when the
/// lease is won again.
public struct Leading: Service {
    /// Works until cancelled, and writes under the fence.
    public typealias Work = @Sendable (Fence) async throws -> Void

    private let lease: LeaderLease
    private let name: String
    private let term: Duration
    private let logger: Logger
    private let work: Work

    /// - Parameters:
    ///   - name: Of the lease.
    ///   - term: That of the lease.
    public init(_ lease: LeaderLease, name: String, term: Duration, logger: Logger, work: @escaping Work) {
        self.lease = lease
        self.name = name
        self.term = term
        self.logger = logger
        self.work = work
    }

    /// - Throws: What the work ends with, other than by losing the lease.
    public func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                var isWaiting = false
                while true {
                    if let term = try await contend() {
                        isWaiting = false
                        try await lead(term)
                    } else if !isWaiting {
                        isWaiting = true
                        logger.notice("another one leads; waiting to take over", metadata: ["lease": "\(name)"])
                    }
                    try await Task.sleep(for: term / 3)
                }
            }
        } catch is CancellationError {
        } catch {
            await lease.release()
            throw error
        }
        await lease.release()
    }

    /// - Returns: `nil` while another one leads, or nothing is known.
    private func contend() async throws -> LeaderLease.Term? {
        do {
            return try await lease.contend()
        } catch let error as VC3Error where error.code == .unavailable {
            logger.warning("the lease cannot be asked for", metadata: ["lease": "\(name)", "reason": "\(error)"])
            return await lease.current
        }
    }

    private func lead(_ term: LeaderLease.Term) async throws {
        logger.notice("leading", metadata: ["lease": "\(name)", "fence": "\(term.fence)"])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await work(lease.fence(of: term)) }
            group.addTask { try await renew() }
            group.addTask { try await wait(forTheEndOf: term) }
            // The first to end ends the other: the work by failing, or the lease by being lost.
            try await group.next()
            group.cancelAll()
            while let result = await group.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError) { throw error }
            }
        }
        try Task.checkCancellation()
        logger.warning("the lease was lost; the work is begun anew when it is won", metadata: ["lease": "\(name)"])
    }

    private func renew() async throws {
        while true {
            try await Task.sleep(for: term / 3)
            _ = try await contend()
        }
    }

    /// Returns when the lease is lost: by the clock, whatever becomes of attempts to renew it.
    private func wait(forTheEndOf term: LeaderLease.Term) async throws {
        while let current = await lease.current, current.fence == term.fence {
            try await Task.sleep(until: current.end, clock: .continuous)
        }
    }
}
