import InfoserviceStore
import NIOConcurrencyHelpers
import Synchronization

/// Counts of what the server is asked: shared by all requests, and cheap for each.
final class RequestMetrics: Sendable {
    struct Route: Hashable {
        var method: String
        /// As the router has it, with the names of its parameters: `/v1/{kind}/{name}`.
        var path: String
        /// `2xx` and the like.
        var status: String
    }

    /// Requests whose answer has not begun.
    let inFlight = Atomic<Int>(0)
    let watchers = Atomic<Int>(0)
    private let latencies = NIOLockedValueBox<[Route: Histogram]>([:])
    private let refusals = NIOLockedValueBox<[LimitKind: Int]>([:])

    func observe(_ route: Route, seconds: Double) {
        let histogram = latencies.withLockedValue { latencies in
            if let known = latencies[route] { return known }
            let new = Histogram.seconds()
            latencies[route] = new
            return new
        }
        histogram.observe(seconds)
    }

    func refused(_ kind: LimitKind) { refusals.withLockedValue { $0[kind, default: 0] += 1 } }

    var routes: [(route: Route, latency: Histogram)] {
        latencies.withLockedValue { latencies in
            latencies.map { ($0.key, $0.value) }.sorted {
                ($0.0.path, $0.0.method, $0.0.status) < ($1.0.path, $1.0.method, $1.0.status)
            }
        }
    }

    var refusalCounts: [(kind: LimitKind, count: Int)] {
        refusals.withLockedValue { counts in LimitKind.allCases.map { ($0, counts[$0] ?? 0) } }
    }
}
