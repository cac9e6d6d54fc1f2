import VC3Certificates
import VC3Commands
import VC3Model

/// One attempt of a person to log in: ssh waits for their answers, and each answer comes sealed to a key that is here only.
actor SiteLoginAttempt {
    nonisolated let login: String
    nonisolated let number: Int
    nonisolated let place: PilotSite
    private let session: SSHSession
    private let master: SSHMaster
    private let onChange: @Sendable (String) async -> Void

    private(set) var progress = SiteLoginRule.Attempt.connecting
    private var key: AnswerKey?
    private var questions = 0
    private let answers = AsyncStream<[UInt8]>.makeStream()
    private let cancellation = AsyncStream<Void>.makeStream()
    private let over = AsyncStream<Void>.makeStream()

    /// How long a person may think about one question.
    static let longestThought = Duration.seconds(180)

    init(
        login: String, number: Int, place: PilotSite, session: SSHSession, master: SSHMaster,
        onChange: @escaping @Sendable (String) async -> Void
    ) {
        self.login = login
        self.number = number
        self.place = place
        self.session = session
        self.master = master
        self.onChange = onChange
    }

    func run() async {
        let outcome = await withTaskGroup(of: SiteLoginRule.Attempt.self, returning: SiteLoginRule.Attempt.self) {
            group in
            group.addTask { await self.logIn() }
            group.addTask { [cancellation] in
                for await _ in cancellation.stream { break }
                return .failed("given up")
            }
            let first = await group.next() ?? .failed("given up")
            group.cancelAll()
            return first
        }
        // It may have succeeded at the moment in which it was given up.
        if outcome != .succeeded { await master.end() }
        progress = outcome
        key = nil
        over.continuation.finish()
        await onChange(login)
    }

    /// Gives up, and returns when nothing of it is left; a success stays one.
    nonisolated func end() async {
        cancellation.continuation.finish()
        for await _ in over.stream {}
    }

    /// Takes the answer to the question that waits; any other one is of no use.
    func take(_ reply: SiteLogin.SealedReply) {
        guard case .asking(let question) = progress, reply.question == question.number, let key else { return }
        let context = SiteLogin.Question.context(login: login, attempt: number, question: question.number)
        guard let answer = try? key.open(reply.sealed, context: context) else { return }
        self.key = nil
        progress = .connecting
        answers.continuation.yield(answer)
    }

    private func logIn() async -> SiteLoginRule.Attempt {
        do throws(CommandError) {
            try await session.logIn { text throws(CommandError) in try await self.ask(text) }
            return .succeeded
        } catch {
            return .failed(error.message)
        }
    }

    private func ask(_ text: String) async throws(CommandError) -> [UInt8] {
        questions += 1
        let key = AnswerKey()
        self.key = key
        progress = .asking(
            SiteLogin.Question(
                number: questions, text: String(PrintableText.cleaned(text).suffix(4000)), key: key.publicText))
        await onChange(login)
        let answer = await withTaskGroup(of: [UInt8]?.self, returning: [UInt8]?.self) { group in
            group.addTask { [answers] in
                for await answer in answers.stream { return answer }
                return nil
            }
            group.addTask {
                try? await Task.sleep(for: Self.longestThought)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        await onChange(login)
        guard let answer else {
            throw CommandError(.timedOut, "nobody answered the site's question within \(Self.longestThought)")
        }
        return answer
    }
}
