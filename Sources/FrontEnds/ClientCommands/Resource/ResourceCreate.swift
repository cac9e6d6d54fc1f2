import ArgumentParser
import VC3Model

struct ResourceCreate: CreatingCommand {
    static let kind = EntityKind.resource
    static let configuration = usage(
        "resource-create", "Describe a site: where one logs in, and what runs there.",
        example: """
            vc3-client resource-create midway --accesstype batch \\
              --accessmethod ssh --accessflavor slurm \\
              --accesshost login.midway.example.edu --nodeinfo small --queue caslake
            """)
    static let additions: Set<String> = BatchArguments.names.union(BatchSizeArguments.names).union([
        "accesshostkey", "keytype", "batchsetting", "maxpending", "maxpercycle",
        "checkscript", "checktime",
    ])

    @Argument(help: "Resource name.")
    var resourcename: String
    @Option(help: "User who owns it; unset: you.")
    var owner: String?
    @Option(help: "What kind of site it is: batch, cloud or local.")
    var accesstype: String?
    @Option(help: "How one logs in: ssh, gsissh, sshproxy or local.")
    var accessmethod: String?
    @Option(help: "Its batch system: slurm, sge, condor, pbs, torque, lsf, kubernetes or local.")
    var accessflavor: String?
    @Option(help: "Login host.")
    var accesshost: String?
    @Option(help: "Port of the login host's SSH server; unset: 22.")
    var accessport: String?
    @Option(help: "Hop host as [user@]host[:port], for two-hop logins.")
    var accessgateway: String?
    @Option(help: "Public host key line of the login host; unset: recorded at the first login.")
    var accesshostkey: String?
    @Option(help: "Kind of SSH keys that the site demands: ed25519, ecdsa or rsa (4096 bits); unset: ed25519.")
    var keytype: String?
    @OptionGroup var batch: BatchArguments
    @OptionGroup var size: BatchSizeArguments
    @Option(
        help:
            "What is particular about its batch system, as NAME=VALUE; may be repeated. The admin guide has the names.")
    var batchsetting: [Setting] = []
    @Option(help: "Most workers waiting in the queue at once; unset: 100.")
    var maxpending: Int?
    @Option(help: "Most workers submitted at a time; unset: 50.")
    var maxpercycle: Int?
    @Option(
        help: ArgumentHelp(
            "Shell script that each worker runs as the account before it joins; it joins only after exit code 0.",
            valueName: "FILE"))
    var checkscript: String?
    @Option(help: "Seconds that the script may take; unset: 30.")
    var checktime: Int?
    @Option(help: "Name of the nodeinfo that says what one worker is like.")
    var nodeinfo: String?
    @Option(help: "Scratch folder of an account; unset: /home/${USER}.")
    var scratchdir: String?
    @Option(help: "Folder for job data at the site.")
    var sandboxdir: String?
    @Option(help: "Endpoint of a cloud or grid.")
    var gridresource: String?
    @Option(help: "Highest price.")
    var cloudspotprice: String?
    @Option(help: "Instance type.")
    var cloudinstancetype: String?
    @Flag(help: "Logging in needs a second factor: users log in with vc3 site-login.")
    var mfa = false
    @Option(help: "With --mfa: how many hours a login lasts at most.")
    var sessionhours: Int?
    @Flag(help: "Every user sees it.")
    var `public` = false
    @Option(help: "The site's page about installing SSH keys.")
    var pubtokendocurl: String?
    @Option(help: "University, laboratory or company.")
    var organization: String?
    @OptionGroup var about: AboutOptions

    var name: String { resourcename }

    func spec(in session: ClientSession) throws -> [String: JSONValue?] {
        let check = try checkscript.map {
            try LocalFile(named: $0, homeFolder: session.surroundings.homeFolder).text()
        }
        return [
            "accesstype": accesstype.json, "accessmethod": accessmethod.json, "accessflavor": accessflavor.json,
            "accesshost": accesshost.json, "accessport": accessport.json, "accessgateway": accessgateway.json,
            "accesshostkey": accesshostkey.json, "keytype": keytype.json, "batch": batch.json(size.members),
            "batchsettings": batchsetting.isEmpty
                ? nil : .object(Dictionary(batchsetting.map { ($0.name, .string($0.value)) }) { _, last in last }),
            "checkscript": check.json, "checktime": checktime.json, "maxpending": maxpending.json,
            "maxpercycle": maxpercycle.json, "nodeinfo": nodeinfo.json,
            "scratchdir": scratchdir.json, "sandboxdir": sandboxdir.json, "gridresource": gridresource.json,
            "cloudspotprice": cloudspotprice.json, "cloudinstancetype": cloudinstancetype.json, "mfa": mfa.jsonIfSet,
            "sessionhours": sessionhours.json,
            "public": `public`.jsonIfSet, "pubtokendocurl": pubtokendocurl.json, "organization": organization.json,
        ] + about
    }
}
