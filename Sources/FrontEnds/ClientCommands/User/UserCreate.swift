import ArgumentParser
import VC3Model

struct UserCreate: CreatingCommand {
    static let kind = EntityKind.user
    static let configuration = usage(
        "user-create", "Register a person.",
        example: """
            vc3-client user-create ana --firstname Ana --lastname Lima \\
              --email ana@example.edu --institution 'Example University' \\
              --sshpubstring "$(cat ~/.ssh/id_ed25519.pub)"
            """)
    static let optionNames = ["first": "firstname", "last": "lastname", "organization": "institution"]

    @Argument(help: "User name; becomes the account on head nodes.")
    var username: String
    @Option(name: .customLong("firstname"), help: "First name.")
    var firstName: String
    @Option(name: .customLong("lastname"), help: "Last name.")
    var lastName: String
    @Option(help: "Mail address.")
    var email: String
    @Option(help: "University, laboratory or company.")
    var institution: String
    @Option(name: .customLong("identity_id"), help: "Identity at the federated login.")
    var identityID: String?
    @Option(name: .customLong("sshpubstring"), help: "The line in your .pub file, for logging in to head nodes.")
    var sshPublicKey: String?
    @OptionGroup var about: AboutOptions

    var name: String { username }
    /// People own themselves.
    var owner: String? { username }

    func spec(in session: ClientSession) throws -> [String: JSONValue?] {
        if let sshPublicKey, let problem = SSHPublicKeyLine.problem(with: sshPublicKey) {
            throw ClientFailure(
                message: "--sshpubstring \(problem)",
                advice: "give the whole line, in quotes: \"$(cat ~/.ssh/id_ed25519.pub)\"")
        }
        return [
            "first": .string(firstName), "last": .string(lastName), "email": .string(email),
            "organization": .string(institution), "identity_id": identityID.json,
            "sshpubstring": sshPublicKey.map { .string($0.trimmingBlanks()) },
        ] + about
    }
}
