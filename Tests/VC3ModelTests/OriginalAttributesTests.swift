import Foundation
import Testing
import VC3Model

/// The attributes of the original, one by one, against our schema. Where we differ, docs/entities.md says so and why.
struct OriginalAttributesTests {
    /// Kind, then an attribute on each line: name, type (`!`: must be given), `=` default, `{allowed}`. The texts that all
    /// kinds carry are left out, and so are name and owner, which are not of the schema.
    private static let original = """
        user
        state str =new
        first str!
        last str!
        email str!
        organization str!
        identity_id str
        sshpubstring str
        project
        state str =new
        members list =[]
        allocations list =[]
        blueprints list =[]
        organization str
        resource
        state str =new
        accesstype str! {batch,cloud,local}
        accessmethod str! {ssh,gsissh,sshproxy,local}
        accessflavor str! {condor,slurm,sge,pbs,condor-ce,ec2,nova,gce}
        accesshost str!
        accessport str!
        accessgateway str
        nodeinfo str!
        scratchdir str =/home/${USER}
        sandboxdir str
        gridresource str
        cloudspotprice str
        cloudinstancetype str
        mfa bool =false
        public bool =false
        pubtokendocurl str
        organization str
        allocation
        state str =new {new,configured,validation_failure,ready,failure}
        state_reason str
        action str =new
        resource str!
        accountname str!
        type str =unlimited {unlimited,quota,cumulative,limited}
        quantity null
        units null
        sectype str {ssh-rsa,ssh-dsa,x509}
        pubtoken str
        privtoken str
        pubtokendocurl str
        policy
        state str =new
        pluginname str!
        nodeinfo
        state str =new
        cores int =1
        memory_mb int =1024
        storage_mb int =1024
        native_os str =unknown
        features list =[]
        nodeset
        state str =new {new,booting,initializing,running,failure}
        state_reason str =new
        node_number int!
        app_type str! {htcondor,workqueue,spark,jupyter+htcondor,jupyter+spark,reana+htcondor,generic,coffea+spark}
        app_role str! {head-node,worker-nodes}
        nodeinfo str
        app_host str
        app_port null
        app_sectoken str
        app_peaceful bool =true
        app_lingertime int
        app_killorder str {newest,oldest}
        environment str
        cluster
        state str =new
        nodesets list =[]
        public bool =false
        environment
        state str =new
        packagelist list =[]
        envmap map ={}
        files map ={}
        command str
        required_os str
        builder_extra_args list
        request
        state str =new {new,initializing,pending,running,terminating,cleanup,terminated,failure}
        state_reason str
        action str =new {new,run,terminate}
        expiration str
        project str!
        cluster str!
        policy str =static-balanced
        allocations list =[]
        environments list =[]
        headnode str
        queuesconf str
        authconf str
        statusraw map
        statusinfo map
        organization str
        provisioner
        state str =new
        type str =autopyfactory
        authconfig str
        queuesconf str
        privatetoken
        state str =new
        data str!
        type str!
        pairing
        state str =new
        acl str
        cn str!
        pairingcode str!
        cert str
        key str
        encoding str =base64
        """

    @Test func everyDifferenceIsWrittenDownAndNothingElse() throws {
        let documented = try Self.documented()
        let found = Self.differences()
        for (attribute, difference) in found where !documented.contains(attribute) {
            Issue.record("\(attribute) differs, and docs/entities.md does not say so: \(difference)")
        }
        #expect(documented.subtracting(found.keys) == [], "docs/entities.md names differences that are none")
        #expect(documented.count >= 10)
    }

    private static func differences() -> [String: String] {
        var differences: [String: String] = [:]
        var kind = EntityKind.user
        for line in original.split(separator: "\n").map(String.init) {
            let words = line.split(separator: " ").map(String.init)
            guard words.count > 1 else {
                kind = EntityKind(rawValue: line) ?? kind
                continue
            }
            differences["\(kind.rawValue).\(words[0])"] = difference(words, kind)
        }
        return differences
    }

    private static func difference(_ words: [String], _ kind: EntityKind) -> String? {
        guard let place = FlatForm.of(kind).attributes.first(where: { $0.name == words[0] })?.place else {
            return "it is not there"
        }
        let schema = KindSchema.of(kind)
        let field: Field?
        switch place {
        case .spec(let name), .time(let name): field = schema.spec.first { $0.name == name }
        case .status(let name): field = schema.status.first { $0.name == name }
        case .name, .owner, .derived: field = nil
        }
        guard let field else { return "it is made up when it is read" }
        let type = words[1].replacing("!", with: "")
        let fallback = words.first { $0.hasPrefix("=") }.map { String($0.dropFirst()) } ?? "null"
        let allowed = words.first { $0.hasPrefix("{") }.map {
            Set($0.dropFirst().dropLast().split(separator: ",").map(String.init))
        }
        if word(for: field.type) != type { return "type \(field.type)" }
        if field.isRequired != words[1].hasSuffix("!") { return "required: \(field.isRequired)" }
        if text(of: field.fallback) != fallback { return "default \(field.fallback)" }
        if Set(field.allowed) != allowed ?? [] { return "allowed \(field.allowed)" }
        return nil
    }

    private static func word(for type: FieldType) -> String {
        switch type {
        case .string, .reference, .mention, .word, .timestamp: "str"
        case .integer: "int"
        case .boolean: "bool"
        case .list, .conditions: "list"
        case .map, .object, .any: "map"
        }
    }

    private static func text(of value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .string(let value): value
        case .array(let items): items.isEmpty ? "[]" : "\(items)"
        case .object(let members): members.isEmpty ? "{}" : "\(members)"
        case .number(let value): "\(value)"
        }
    }

    /// The first column of the page's table of differences, as `kind.attribute`.
    private static func documented() throws -> Set<String> {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/entities.md")
        return Set(
            try String(contentsOf: page, encoding: .utf8).split(separator: "\n").filter { $0.hasPrefix("| `") }
                .flatMap { row in
                    row.split(separator: "|")[0].split(separator: ",").map {
                        $0.trimmingCharacters(in: CharacterSet(charactersIn: " `"))
                    }
                })
    }
}
