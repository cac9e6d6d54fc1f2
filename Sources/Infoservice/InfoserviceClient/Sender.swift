import AsyncHTTPClient
import VC3Model

/// Sends requests to whichever endpoint is well, again where that is safe, with growing pauses.
///
/// Safe is what certainly was not carried out, because no connection came about, and for requests that change nothing, or
/// nothing twice, everything.
struct Sender: Sendable {
    /// Whether a request whose answer was lost may be sent again.
    enum Repetition {
        /// It changes nothing, or says which revision it expects: what was carried out once is refused the second time.
        case safe
        case unsafe
    }

    struct Outcome {
        let endpoint: Endpoint
        let answer: Answer
        /// Whether an earlier try may have been carried out.
        let isDoubtful: Bool
    }

    var endpoints: [Endpoint]
    let health: EndpointHealth
    let timeouts: Timeouts

    /// - Throws: ``Endpoint/Failure`` when no endpoint answered.
    func send(
        _ repetition: Repetition, _ make: (Endpoint) throws -> HTTPClientRequest
    ) async throws -> Outcome {
        var pauses = Pauses()
        var isDoubtful = false
        // One try for each endpoint at least: the first ones may be down.
        var left = max(timeouts.attempts, endpoints.count)
        while true {
            left -= 1
            let index = health.choice()
            let endpoint = endpoints[index]
            do {
                let answer = try await endpoint.answer(make(endpoint))
                if [502, 503, 504].contains(answer.status) {
                    health.failed(index)
                    let isRepeatable = repetition == .safe
                    // Also 503: a store that lost the answer of its database does not know either.
                    isDoubtful = true
                    if left <= 0 || !isRepeatable { return Outcome(endpoint, answer, isDoubtful) }
                } else if answer.status == 429, left > 0 {
                    try await Task.sleep(for: min(.seconds(answer.retryAfter ?? 1), timeouts.answer))
                    continue
                } else {
                    health.succeeded(index)
                    return Outcome(endpoint, answer, isDoubtful)
                }
            } catch let failure as Endpoint.Failure {
                health.failed(index)
                isDoubtful = isDoubtful || failure.isDoubtful
                let isRepeatable = repetition == .safe || !failure.isDoubtful
                if left <= 0 || !isRepeatable { throw Endpoint.Failure(error: failure.error, isDoubtful: isDoubtful) }
            }
            if !health.hasWell() { try await pauses.rest() }
        }
    }

    /// As ``send(_:_:)``, for callers that do not care about doubts.
    ///
    /// - Throws: ``VC3Error``.
    func read(_ make: (Endpoint) throws -> HTTPClientRequest) async throws -> Outcome {
        do {
            return try await send(.safe, make)
        } catch let failure as Endpoint.Failure {
            throw failure.error
        }
    }
}

extension Sender.Outcome {
    fileprivate init(_ endpoint: Endpoint, _ answer: Answer, _ isDoubtful: Bool) {
        self.init(endpoint: endpoint, answer: answer, isDoubtful: isDoubtful)
    }
}

/// Pauses that grow up to two seconds, each shortened at random so that many clients do not come back at once.
struct Pauses {
    private var next = Duration.milliseconds(50)

    mutating func rest() async throws {
        let pause = next
        next = min(next * 3, .seconds(2))
        try await Task.sleep(for: pause * Double.random(in: 0.5...1))
    }
}
