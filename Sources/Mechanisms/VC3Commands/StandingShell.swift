import Synchronization

/// A shell at the far end that stays and runs one command after the other.
///
/// Through it a command costs one round trip, and the host one fork: no session, no login shell, no files that such a
/// shell reads first. What it runs sees the environment that the account had when the shell came up.
final class StandingShell: Sendable {
    enum Outcome: Sendable {
        /// Carried out: what came on both streams between the answer before and the mark of the end.
        case over(output: [UInt8], errorOutput: [UInt8])
        /// There is no answer, and none will come: the shell is given up.
        ///
        /// `mayHaveRun`: whether the shell had the whole script. It runs no part of a script that it has not wholly.
        case givenUp(Cause, mayHaveRun: Bool, errorOutput: [UInt8])
    }
    enum Cause: Sendable { case ended, timedOut, cancelled, tooMuchOutput }

    private enum Phase {
        case idle(since: ContinuousClock.Instant)
        case claimed
        case answering(StandingAnswer, news: AsyncStream<Void>.Continuation)
        case over
    }
    private struct State {
        var phase = Phase.idle(since: .now)
        var isRetired = false
    }
    private let state = Mutex(State())
    private let input: ProcessInput
    private let retirement = AsyncStream<Void>.makeStream()

    init() throws(CommandError) {
        input = try ProcessInput()
    }

    /// Runs the local process that leads to the shell, until it ends or the task is cancelled.
    func run(_ process: ChildProcess) async {
        _ = try? await process.stream(input) { self.hear($1, on: $0) }
        retire()
    }

    /// Takes the shell for one request. After `true`, and only then, the caller owes a ``request(_:)``.
    func claim() -> Bool {
        state.withLock { state in
            guard case .idle = state.phase, !state.isRetired else { return false }
            state.phase = .claimed
            return true
        }
    }

    /// Has a script run. The shell must have been claimed; it is free again afterwards, or given up.
    func request(_ request: StandingRequest) async -> Outcome {
        let (news, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let begins = state.withLock { state in
            guard case .claimed = state.phase, !state.isRetired else { return false }
            state.phase = .answering(StandingAnswer(to: request), news: continuation)
            return true
        }
        guard begins else {
            retire()
            return .givenUp(.ended, mayHaveRun: false, errorOutput: [])
        }
        let (cause, hadScript) = await withTaskGroup(of: (Cause, hadScript: Bool).self) { group in
            group.addTask { (.ended, await self.send(request, until: news)) }
            group.addTask {
                do { try await Task.sleep(for: request.timeout) } catch { return (.cancelled, false) }
                return (.timedOut, false)
            }
            let first = await group.next() ?? (.cancelled, false)
            group.cancelAll()
            let second = await group.next() ?? (.cancelled, false)
            return (Task.isCancelled ? .cancelled : first.0, first.hadScript || second.hadScript)
        }
        let answer = state.withLock { state -> StandingAnswer? in
            guard case .answering(let answer, _) = state.phase else { return nil }
            state.phase = answer.isWhole && !state.isRetired ? .idle(since: .now) : .over
            return answer
        }
        if let answer, let (output, errorOutput) = answer.whole {
            if !isServing { retire() }
            return .over(output: output, errorOutput: errorOutput)
        }
        retire()
        return .givenUp(
            answer?.isTooLong == true ? .tooMuchOutput : cause, mayHaveRun: hadScript,
            errorOutput: answer?.errorOutput.bytes ?? [])
    }

    var isServing: Bool { state.withLock { !$0.isRetired } }

    /// Whether the shell keeps its promises: it takes no byte too many from its input, leaves none of a request behind
    /// and passes every byte on. A `head` that reads ahead, as some have, would take the next request for input.
    ///
    /// - Parameter outputLimit: How much what login scripts print before may be.
    func proves(within timeout: Duration, outputLimit: Int) async -> Bool {
        guard claim() else { return false }
        let unread = StandingRequest(script: ":", input: Array("left unread\n".utf8), timeout: timeout, outputLimit: 0)
        let odd: [UInt8] = [0x27, 0x0A, 0x80, 0xFF, 0x5C, 0x0A, 0x0A]
        var echoing = StandingRequest(script: "cat", input: odd, timeout: timeout, outputLimit: outputLimit)
        // In one piece, so that whoever reads ahead does so here.
        echoing.preceding = unread.head + unread.input
        guard case .over(let output, _) = await request(echoing) else { return false }
        return output.firstEnd(of: unread.over + odd) == output.count
    }

    /// Gives the shell up. Whoever waits for an answer hears at once that none will come.
    func retire() {
        let news = state.withLock { state -> AsyncStream<Void>.Continuation? in
            state.isRetired = true
            guard case .answering(_, let news) = state.phase else { return nil }
            return news
        }
        news?.finish()
        input.finish()
        retirement.continuation.finish()
    }

    /// Gives the shell up as soon as nobody waits for an answer.
    func retireWhenFree() {
        let isFree = state.withLock { state in
            state.isRetired = true
            if case .idle = state.phase { return true }
            return false
        }
        if isFree { retire() }
    }

    /// Returns when the shell is given up, or gives it up once nobody has wanted it for so long.
    func serve(idleTimeout: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in self.retirement.stream {} }
            group.addTask {
                while let pause = self.patience(idleTimeout) {
                    do { try await Task.sleep(for: pause) } catch { return }
                }
            }
            await group.next()
            group.cancelAll()
        }
        retire()
    }

    /// How much longer to wait for a request; `nil` if that was long enough.
    private func patience(_ limit: Duration) -> Duration? {
        state.withLock { state in
            guard case .idle(let since) = state.phase else { return limit }
            let left = limit - since.duration(to: .now)
            if left <= .zero { state.isRetired = true }
            return left <= .zero ? nil : left
        }
    }

    /// Returns when the answer is whole, too long, or will never come: whether the shell had the whole script.
    private func send(_ request: StandingRequest, until news: AsyncStream<Void>) async -> Bool {
        let head = request.preceding + request.head
        guard await input.write(head) == head.count else { return false }
        _ = await input.write(request.input)
        for await _ in news { if isAnswered { break } }
        return true
    }

    private var isAnswered: Bool {
        state.withLock { state in
            guard case .answering(let answer, _) = state.phase else { return true }
            return answer.isWhole || answer.isTooLong
        }
    }

    /// What comes while nobody has asked for anything is nobody's.
    private func hear(_ bytes: [UInt8], on stream: ChildProcess.OutputStream) {
        state.withLock { state in
            guard case .answering(var answer, let news) = state.phase else { return }
            // The stored bytes are let go of, or appending would copy them.
            state.phase = .claimed
            answer.take(bytes, on: stream)
            state.phase = .answering(answer, news: news)
            news.yield()
        }
    }
}
