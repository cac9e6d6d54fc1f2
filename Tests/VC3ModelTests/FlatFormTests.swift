import Foundation
import Testing
import VC3Model

/// The original's flat form: complete, and without loss in both directions.
struct FlatFormTests {
    private func record(_ kind: EntityKind, spec: [String: JSONValue]? = nil, status: [String: JSONValue]? = nil)
        -> EntityRecord
    {
        let schema = KindSchema.of(kind)
        let moment = Timestamp(milliseconds: 0)
        return EntityRecord(
            metadata: EntityMetadata(
                kind: kind, name: "n", revision: Revision(3), generation: 2, owner: "ana", created: moment,
                updated: moment),
            spec: .object(spec ?? schema.spec.sample), status: .object(status ?? schema.status.sample))
    }

    @Test(arguments: EntityKind.allCases)
    func everyFieldHasOneAttribute(kind: EntityKind) {
        let schema = KindSchema.of(kind)
        let attributes = FlatForm.of(kind).attributes
        #expect(Set(attributes.map(\.name)).count == attributes.count)
        for field in schema.spec {
            let places = attributes.filter { $0.place == .spec(field.name) || $0.place == .time(field.name) }
            #expect(places.count == 1, "spec.\(field.name): \(places)")
        }
        for field in schema.status {
            #expect(attributes.filter { $0.place == .status(field.name) }.count == 1, "status.\(field.name)")
        }
        #expect(attributes.first?.name == "name")
        #expect(attributes.contains { $0.name == "owner" })
    }

    /// Every attribute of every kind: what is shown makes the same entity again.
    @Test(arguments: EntityKind.allCases)
    func aRoundTripIntoNothingLosesNothing(kind: EntityKind) throws {
        let record = record(kind)
        let form = FlatForm.of(kind)
        let flat = form.flat(record)
        let change = try form.change(flat, named: "n", over: nil, shown: [:])
        #expect(change.spec == record.spec.withOriginalTimes)
        #expect(change.status == record.status)
        #expect(change.owner == "ana")
        #expect(form.flat(EntityRecord(metadata: record.metadata, spec: change.spec, status: change.status)) == flat)
    }

    /// A read, a change of one attribute and a write back touch that attribute alone, secrets that were not shown included.
    @Test(arguments: EntityKind.allCases)
    func writingBackWhatWasShownChangesNothing(kind: EntityKind) throws {
        let schema = KindSchema.of(kind)
        let stored = record(kind)
        var seen = stored
        seen.spec = schema.redacted(stored.spec, part: .spec)
        seen.status = schema.redacted(stored.status, part: .status)
        let form = FlatForm.of(kind)
        let shown = form.flat(seen)
        let unchanged = try form.change(shown, named: "n", over: stored, shown: shown)
        #expect(unchanged.spec == stored.spec && unchanged.status == stored.status && unchanged.reported.isEmpty)
        guard form["description"] != nil else { return }
        var edited = shown
        edited["description"] = "another"
        let change = try form.change(edited, named: "n", over: stored, shown: shown)
        var expected = stored.spec
        expected["description"] = "another"
        #expect(change.spec == expected && change.status == stored.status)
    }

    @Test(arguments: [
        (EntityKind.user, "name state first last email organization identity_id sshpubstring description"),
        (
            .request,
            "name state state_reason owner action expiration project cluster policy allocations environments headnode"
                + " queuesconf authconf statusraw statusinfo organization description displayname url docurl"
        ),
        (.pairing, "name state acl cn pairingcode cert key encoding"), (.privatetoken, "name state data type"),
    ])
    func theOriginalsAttributesComeFirstInItsOrder(kind: EntityKind, names: String) {
        let names = names.split(separator: " ").map(String.init)
        #expect(Array(FlatForm.of(kind).attributes.map(\.name).prefix(names.count)) == names)
    }

    @Test func categoriesAreTheOriginals() {
        #expect(FlatForm.key(of: .nodeinfo) == "nodes" && FlatForm.key(of: .nodeset) == "nodes")
        #expect(FlatForm.kinds(of: "nodes") == [.nodeset, .nodeinfo])
        #expect(FlatForm.kinds(of: "nodeset").isEmpty && FlatForm.kinds(of: "nobody").isEmpty)
        #expect(FlatForm.kinds(of: "user") == [.user])
        #expect(FlatForm.keys.count == EntityKind.allCases.count - 1)
    }

    @Test(
        arguments: [
            (.nodeset, "node_number", "12", "node_number", 12), (.resource, "accessport", 2222, "accessport", "2222"),
            (.nodeset, "app_peaceful", "True", "app_peaceful", true),
            (.nodeset, "app_peaceful", 0, "app_peaceful", false),
            (.nodeset, "node_number", "many", "node_number", "many"), (.user, "first", 7, "first", "7"),
        ] as [(EntityKind, String, JSONValue, String, JSONValue)])
    func textAndNumbersAreTakenAsTheOriginalsClientsMeantThem(
        kind: EntityKind, attribute: String, value: JSONValue, field: String, taken: JSONValue
    ) throws {
        let change = try FlatForm.of(kind).change([attribute: value], named: "n", over: nil, shown: [:])
        #expect(change.spec[field] == taken)
    }

    @Test(
        arguments: [
            (.user, "frist", "x", "did you mean first?"), (.user, "name", "m", "differs from the entity's name"),
            (.allocation, "privtoken", "x", "private token"), (.nodeset, "app_sectoken", "x", "private token"),
            (.pairing, "acl", [], "roles"), (.pairing, "encoding", "hex", "base64"),
            (.request, "queuesconf", "x", "derived"), (.request, "statusraw", [:], "derived"),
            (.allocation, "action", "run", "validate, new or null"), (.project, "owner", 7, "needed is a string"),
        ] as [(EntityKind, String, JSONValue, String)])
    func whatCannotBeWrittenIsNamed(kind: EntityKind, attribute: String, value: JSONValue, words: String) {
        let error = #expect(throws: VC3Error.self) {
            try FlatForm.of(kind).change([attribute: value], named: "n", over: nil, shown: [:])
        }
        #expect(error?.problems.map(\.field) == [attribute])
        #expect(error?.problems.first?.problem.contains(words) == true)
    }

    @Test func nullsOfUnusedAttributesAreTaken() throws {
        let change = try FlatForm.of(.user).change(
            ["acl": nil, "first": nil, "state": "new"], named: "n", over: nil, shown: [:])
        #expect(change.spec == [:] && change.reported.isEmpty)
    }

    @Test func askingForAValidationRaisesItsCountOnce() throws {
        let form = FlatForm.of(.allocation)
        let stored = record(
            .allocation, spec: ["resource": "r", "accountname": "a", "validate": 2],
            status: [
                "state": "validation_failure", "validate_observed": 2,
            ])
        let shown = form.flat(stored)
        #expect(shown["action"] == JSONValue.null)
        let asked = try form.change(
            ["action": "validate", "state": "configured"], named: "n", over: stored, shown: shown)
        #expect(asked.spec["validate"] == 3 && asked.reported.isEmpty)
        let pending = EntityRecord(metadata: stored.metadata, spec: asked.spec, status: stored.status)
        #expect(form.flat(pending)["action"] == "validate")
        #expect(try form.change(["action": "validate"], named: "n", over: pending, shown: [:]).spec == asked.spec)
    }

    @Test func aRequestShowsItsQueuesLoginsAndCounts() throws {
        let form = FlatForm.of(.request)
        let request = record(.request)
        for name in ["queuesconf", "authconf", "statusraw"] {
            #expect(form.flat(request)[name] == JSONValue.null, "without pilot sets there is no \(name)")
        }
        var status = KindSchema.of(.pilotset).status.sample
        status["factory"] = "f1"
        let flat = form.flat(
            request,
            .init(
                pilotSets: [try Entity(record(.pilotset, status: status))],
                allocations: [try Entity(record(.allocation))]))
        let queues = try #require(flat["queuesconf"]?.stringValue.flatMap { Data(base64Encoded: $0) })
        let queue = String(decoding: queues, as: UTF8.self)
        #expect(queue.hasPrefix("[text.text.text]\nbatchsubmitplugin = CondorSSHRemoteManager\n"))
        #expect(queue.contains("\nsched.keepnrunning.keep_running = 7\n"))
        let logins = try #require(flat["authconf"]?.stringValue.flatMap { Data(base64Encoded: $0) })
        #expect(
            String(decoding: logins, as: UTF8.self)
                == "[n]\nplugin = SSH\nssh.type = x509\nssh.publickey = text\n", "no private key")
        let counts = flat["statusraw"]?["f1"]?["text"]?["text.text.text"]
        #expect(counts?["aggregated"] == ["running": 7, "idle": 7])
        #expect(counts?["native"]?.objectValue?.count == 7)
    }

    @Test func statusAttributesAreReportedByName() throws {
        let stored = record(.request)
        let form = FlatForm.of(.request)
        let change = try form.change(
            ["state": "terminated", "headnode": "h"], named: "n", over: stored, shown: form.flat(stored))
        #expect(change.reported == ["headnode", "state"])
        #expect(change.status["headnode"] == "h" && change.spec == stored.spec)
    }

    @Test func anExpirationIsShownAsTheOriginalWroteIt() throws {
        let stored = record(.request, spec: ["expiration": "2026-01-31T12:00:00.750Z"])
        let form = FlatForm.of(.request)
        let shown = form.flat(stored)
        #expect(shown["expiration"] == "2026-01-31T12:00:00")
        #expect(try form.change(shown, named: "n", over: stored, shown: shown).spec == stored.spec)
        #expect(Timestamp("2026-01-31T12:00:00") == Timestamp("2026-01-31T12:00:00Z"))
    }
}

extension JSONValue {
    /// Whole seconds lose nothing in the original's form.
    fileprivate var withOriginalTimes: JSONValue {
        guard self["expiration"] != nil else { return self }
        var value = self
        value["expiration"] = "2026-01-31T12:00:00"
        return value
    }
}
