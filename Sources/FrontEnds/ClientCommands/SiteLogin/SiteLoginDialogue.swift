import InfoserviceAPI
import VC3Certificates
import VC3Model

/// One login, from asking for it to its end: shows the site's questions, and sends each answer sealed for who asks.
struct SiteLoginDialogue: Sendable {
    let account: Entity<Allocation>
    let resource: Entity<Resource>
    let session: ClientSession
    let timeout: Duration

    static func login(_ name: String, in session: ClientSession) async throws -> Entity<SiteLogin>? {
        do {
            return try await session.infoservice.entity(SiteLogin.self, name)
        } catch let error as VC3Error where error.code == .notFound {
            return nil
        }
    }

    func run(asking ask: @Sendable (String) async throws -> [UInt8]) async throws {
        // Nobody should type a secret before they could see whom it goes to.
        let hostKeys = account.status.hostkey_fingerprints
        guard !hostKeys.isEmpty else {
            throw ClientFailure(
                message: "the host key of \(resource.name) is not known yet",
                advice: "see vc3-client allocation-show \(account.name), and try again")
        }
        session.console.note(
            "logging in to \(resource.name) as \(account.spec.accountname)@\(resource.spec.accesshost ?? "?"), port "
                + resource.spec.accessport)
        for line in hostKeys { session.console.note("  host key: \(line)") }
        let number = try await begin()
        do {
            try await converse(number, ask)
        } catch {
            // Nobody is there any more to answer; the site is not to be kept waiting.
            _ = try? await session.edit(.sitelogin, account.name) { spec in
                .object(["end": .integer((spec["end"]?.intValue ?? 0) + 1), "answer": .null])
            }
            throw error
        }
        _ = try? await session.edit(.sitelogin, account.name, attribute: "answer") { _ in .null }
        let login = try await session.infoservice.entity(SiteLogin.self, account.name)
        guard login.status.state == SiteLogin.State.open.rawValue else {
            throw ClientFailure(
                message: "the login to \(resource.name) failed: \(login.status.state_reason ?? "no reason is known")",
                advice: "nothing is tried again by itself; log in again when you know why")
        }
        session.console.write(
            "you are logged in to \(resource.name)\(SiteLoginTable.ending(login, at: session.now)); VC3 works there until then"
        )
    }

    /// - Returns: The number of this login.
    private func begin() async throws -> Int {
        do {
            _ = try await session.infoservice.create(
                EntityDraft(
                    kind: .sitelogin, name: account.name, owner: account.metadata.owner,
                    spec: JSONValue(encoding: SiteLogin.Spec(open: 1))))
            return 1
        } catch let error as VC3Error where error.code == .exists {
            let record = try await session.edit(.sitelogin, account.name) { spec in
                .object(["open": .integer((spec["open"]?.intValue ?? 0) + 1), "answer": .null])
            }
            return record.spec["open"]?.intValue ?? 1
        }
    }

    private func converse(_ number: Int, _ ask: @Sendable (String) async throws -> [UInt8]) async throws {
        var answered = 0
        while let question = try await question(after: answered, of: number) {
            answered = question.number
            let answer = try await ask(question.text.hasSuffix(" ") ? question.text : question.text + " ")
            let context = SiteLogin.Question.context(login: account.name, attempt: number, question: question.number)
            let sealed = try AnswerKey.seal(answer, to: question.key, context: context)
            _ = try await session.edit(.sitelogin, account.name, attribute: "answer") { _ in
                .object(["question": .integer(question.number), "sealed": .string(sealed)])
            }
        }
    }

    /// The next question; `nil` when the login has succeeded or failed.
    private func question(after answered: Int, of number: Int) async throws -> SiteLogin.Question? {
        let name = account.name
        try await Following(kinds: [.sitelogin], session: session, timeout: timeout)
            .until("the login to \(resource.name)") { entities in
                guard let login = try entities.entity(SiteLogin.self, name) else {
                    throw ClientFailure(message: "the login was taken away meanwhile")
                }
                if Self.isOver(login, number) || Self.question(of: login, after: answered) != nil { return .met }
                return .pending(answered == 0 ? "connecting" : "waiting for the site")
            }
        let login = try await session.infoservice.entity(SiteLogin.self, name)
        return Self.isOver(login, number) ? nil : Self.question(of: login, after: answered)
    }

    private static func isOver(_ login: Entity<SiteLogin>, _ number: Int) -> Bool {
        login.status.open_observed >= number
    }

    private static func question(of login: Entity<SiteLogin>, after answered: Int) -> SiteLogin.Question? {
        login.status.question.flatMap { $0.number > answered ? $0 : nil }
    }
}
