import ArgumentParser
import Enrolling
import InfoserviceAPI
import VC3Certificates
import VC3Model

struct PairingCreate: ClientCommand {
    static let effect = CommandEffect.create
    static let configuration = usage(
        "pairing-create",
        """
        Make a one-time code by which a person, a host or a part of VC3 gets its certificate. For admins. Prints the code \
        alone; it is good once, for one key, and dies after its lifetime or 5 wrong tries. There: vc3 login CODE as a \
        person, vc3 enrol CODE for a host or a part of VC3.
        """,
        example: """
            vc3-client pairing-create ana
            vc3-client pairing-create factory2 --role factory --lifetime 2d
            vc3-client pairing-create web.example.org --role host --host-name www.example.org
            """)
    static let additions: Set<String> = ["role", "host-name", "lifetime", "address"]
    static let optionNames = ["cn": "commonname", "hosts": "host-name"]

    /// Where the Infoservice listens for those who have no certificate, unless told otherwise.
    static let standardPort = 20_335

    @Argument(help: "The name in the certificate: of a user, a component, or a host.")
    var commonname: String
    @Option(help: "What it is: \(Pairing.roles.joined(separator: ", ")).")
    var role = "user"
    @Option(help: "Further DNS name or address in the certificate; may be repeated.")
    var hostName: [String] = []
    @Option(help: "How long the code is good, e.g. 30m, 2d.")
    var lifetime = TimeSpan(.seconds(3600))
    @Option(help: "HOST[:PORT] where the Infoservice listens for enrolments. Default: [netcomm] enrolment.")
    var address: String?

    var target: EntityKey? { nil }

    func perform(in session: ClientSession) async throws {
        try check()
        let (host, port) = try place(in: session)
        let secret = EnrolmentSecret()
        let code = EnrolmentCode(
            host: host, port: port, pairing: Self.name(role, commonname), secret: secret,
            root: try session.trustedRoot())
        let expires = session.now + lifetime.duration
        let draft = EntityDraft(
            kind: .pairing, name: code.pairing,
            spec: [
                "cn": .string(commonname), "role": .string(role), "hosts": .array(hostName.map { .string($0) }),
                "codehash": .string(secret.digest), "expires": .string("\(expires)"),
            ])
        try await Self.make(draft, in: session)
        session.console.write(code.text)
        let command = role == "user" || role == "admin" ? "vc3 login" : "vc3 enrol"
        session.console.note(
            "note: good once, until \(expires), for \(role) \(commonname); there: \(command) CODE")
    }

    /// Repeated when an answer was lost. The name has random letters that nobody else knows, so when there is one already it
    /// is this one; the store shows no secret by which that could be seen.
    private static func make(_ draft: EntityDraft, in session: ClientSession) async throws {
        for isLast in [false, true] {
            do {
                _ = try await session.infoservice.create(draft)
                return
            } catch let error as VC3Error where error.code == .exists {
                return
            } catch let error as VC3Error where error.code == .unavailable && !isLast {
                try await session.surroundings.sleep(.seconds(1))
            }
        }
    }

    /// What the Master would refuse after somebody came with the code.
    private func check() throws {
        guard Pairing.roles.contains(role) else {
            throw ClientFailure(
                exitCode: ExitCodes.unusable, message: "--role is '\(role)'",
                advice: "give one of \(Pairing.roles.joined(separator: ", "))")
        }
        if role == "host" {
            for name in [commonname] + hostName where !EnrolmentCode.isHost(name) {
                throw ClientFailure(
                    exitCode: ExitCodes.unusable, message: "'\(name)' is neither a host name nor an address")
            }
        } else if let problem = EntityName.problem(with: commonname) {
            throw ClientFailure(
                exitCode: ExitCodes.unusable, message: "the name of a \(role), '\(commonname)', \(problem)")
        }
        for name in hostName where !EnrolmentCode.isHost(name) {
            throw ClientFailure(
                exitCode: ExitCodes.unusable, message: "--host-name '\(name)' is neither a host name nor an address")
        }
    }

    private func place(in session: ClientSession) throws -> (host: String, port: Int) {
        var (host, port) = session.connection.enrolment
        if let address { (host, port) = (address, Self.standardPort) }
        // One colon: a port follows. More: an IPv6 address.
        if let address, address.count(where: { $0 == ":" }) == 1, let colon = address.firstIndex(of: ":") {
            host = String(address[..<colon])
            port = Int(address[address.index(after: colon)...]) ?? 0
        }
        guard EnrolmentCode.isHost(host), (1...65_535).contains(port) else {
            throw ClientFailure(
                exitCode: ExitCodes.unusable, message: "the Infoservice cannot be reached at '\(address ?? host)'",
                advice: "give its enrolment listener with --address HOST[:PORT]")
        }
        return (host, port)
    }

    /// Not to be guessed: whoever knows the name can use up its tries.
    private static func name(_ role: String, _ commonName: String) -> String {
        let plain = commonName.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") ? $0 : "-" }
        return "\(role)-\(String(plain.prefix(80)))-\(EnrolmentSecret().text.prefix(10))"
    }
}
