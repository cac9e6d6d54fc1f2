import ArgumentParser
import InfoserviceAPI
import VC3Model

/// Logs a person in to a site that asks for more than a key, shows their logins, or ends one.
struct SiteLoginCommand: ClientCommand {
    static let effect = CommandEffect.update
    static let additions: Set<String> = ["allocation", "again", "end", "list", "timeout"]
    static let configuration = usage(
        "site-login",
        "Log in to a site that asks for a second factor, so that VC3 can work there until the login ends.",
        example: """
            vc3-client site-login midway
            vc3-client site-login midway --again
            vc3-client site-login --list
            vc3-client site-login --end midway
            """)

    @Argument(help: "Resource name.")
    var resource: String?
    @Option(help: "Your allocation there, if you have several.")
    var allocation: String?
    @Flag(help: "Log in anew though a login is there; that one ends.")
    var again = false
    @Flag(help: "End the login. What runs at the site goes on.")
    var end = false
    @Flag(help: "Show the logins that there are.")
    var list = false
    @Option(help: "How long the login may take at most, e.g. 2m.")
    var timeout = TimeSpan(.seconds(300))

    var target: EntityKey? { resource.map { EntityKey(.resource, $0) } }

    func validate() throws {
        guard list == (resource == nil) else {
            throw ValidationError(list ? "--list takes no resource" : "name a resource, or give --list")
        }
        if end, again { throw ValidationError("--end and --again exclude each other") }
    }

    func perform(in session: ClientSession) async throws {
        guard let resource else { return try await SiteLoginTable.show(in: session) }
        let place = try await session.infoservice.entity(Resource.self, resource)
        guard SiteRules.needsPerson(place.spec) else {
            throw ClientFailure(
                message: "resource \(resource) has no mfa: nobody has to log in there",
                advice: "VC3 logs in with the allocation's key; see vc3-client allocation-list")
        }
        let account = try await account(at: resource, in: session)
        if end { return try await finish(account, resource, in: session) }
        guard let ask = session.surroundings.ask else {
            throw ClientFailure(
                exitCode: ExitCodes.unusable, message: "a site login needs a person at a terminal",
                advice: "run it in a terminal of your own; answers are not read from files, pipes or options")
        }
        let known = try await SiteLoginDialogue.login(account.name, in: session)
        if let known, known.status.state == SiteLogin.State.open.rawValue, !again {
            session.console.write("you are logged in to \(resource)\(SiteLoginTable.ending(known, at: session.now))")
            return session.console.note("note: --again logs in anew")
        }
        try await SiteLoginDialogue(account: account, resource: place, session: session, timeout: timeout.duration)
            .run(asking: ask)
    }

    private func finish(
        _ account: Entity<Allocation>, _ resource: String, in session: ClientSession
    ) async throws {
        guard try await SiteLoginDialogue.login(account.name, in: session) != nil else {
            return session.console.note("note: there is no login to \(resource)")
        }
        let record = try await session.edit(.sitelogin, account.name, attribute: "end") {
            .integer(($0?.intValue ?? 0) + 1)
        }
        let wanted = record.spec["end"]?.intValue ?? 0
        try await Following(kinds: [.sitelogin], session: session, timeout: timeout.duration)
            .until("the end of the login") { entities in
                let login = try entities.entity(SiteLogin.self, account.name)
                return login.map { $0.status.end_observed >= wanted } ?? true ? .met : .pending("ending the login")
            }
        session.console.write("the login to \(resource) is ended; what runs there goes on")
    }

    /// The account to log in to: the one named, else the only one that is seen there.
    private func account(at resource: String, in session: ClientSession) async throws -> Entity<Allocation> {
        if let allocation {
            let found = try await session.infoservice.entity(Allocation.self, allocation)
            guard found.spec.resource == resource else {
                throw ClientFailure(
                    exitCode: ExitCodes.unusable,
                    message: "allocation \(allocation) is at \(found.spec.resource), not at \(resource)")
            }
            return found
        }
        let there = try await session.infoservice.entities(Allocation.self).filter {
            $0.spec.resource == resource && !$0.isDeleting
        }
        guard let first = there.first else {
            throw ClientFailure(
                exitCode: ExitCodes.missing, message: "you have no allocation at \(resource)",
                advice: "make one: vc3-client allocation-create NAME --resource \(resource) --accountname ACCOUNT")
        }
        guard there.count == 1 else {
            let names = there.map { "\($0.name) (of \($0.metadata.owner))" }.sorted().joined(separator: ", ")
            throw ClientFailure(
                exitCode: ExitCodes.unusable, message: "there are several allocations at \(resource): \(names)",
                advice: "name yours with --allocation")
        }
        return first
    }
}
