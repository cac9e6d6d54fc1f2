import Testing
import VC3Model

struct PairingLifeCycleTests {
    private static let made = Timestamp(milliseconds: 1_000_000)
    private static let lifetime = Duration.seconds(600)

    private static func pairing(_ spec: Pairing.Spec, _ state: String = "new") -> Entity<Pairing> {
        let metadata = EntityMetadata(
            kind: .pairing, name: "p", revision: Revision(1), generation: 1, owner: "root", created: made, updated: made
        )
        return Entity(metadata: metadata, spec: spec, status: Pairing.Status(state: state))
    }

    private static func spec(role: String? = "factory", csr: String? = nil, tries: Int = 0) -> Pairing.Spec {
        Pairing.Spec(cn: "f", role: role, expires: made + lifetime, csr: csr, tries: tries)
    }

    private static let renewal = Pairing.Spec(
        cn: "f", role: "factory", expires: made + lifetime, renews: true, csr: "R")

    struct Row: Sendable, CustomTestStringConvertible {
        let what: String
        let spec: Pairing.Spec
        var state = "new"
        /// Seconds after it was made.
        let at: Int
        let word: String
        var testDescription: String { what }
    }

    @Test(arguments: [
        Row(what: "nobody came yet", spec: spec(), at: 1, word: "wait until 600"),
        Row(what: "claimed", spec: spec(csr: "R"), at: 1, word: "sign R"),
        Row(what: "signing failed once", spec: spec(csr: "R"), state: "claimed", at: 1, word: "sign R"),
        Row(what: "claimed, and the Master comes late", spec: spec(csr: "R"), at: 601, word: "sign R"),
        Row(what: "claimed before others guessed", spec: spec(csr: "R", tries: 5), at: 1, word: "sign R"),
        Row(what: "four wrong codes", spec: spec(tries: 4), at: 1, word: "wait until 600"),
        Row(what: "five wrong codes", spec: spec(tries: 5), at: 1, word: "end refused"),
        Row(what: "expired", spec: spec(), at: 600, word: "end expired"),
        Row(what: "answered", spec: spec(csr: "R"), state: "paired", at: 1, word: "wait until 4200"),
        Row(what: "refused", spec: spec(tries: 5), state: "refused", at: 601, word: "wait until 4200"),
        Row(what: "over", spec: spec(csr: "R"), state: "paired", at: 4200, word: "remove"),
        Row(what: "a renewal", spec: renewal, at: 1, word: "sign R"),
        Row(what: "a renewal, answered", spec: renewal, state: "paired", at: 1, word: "wait until 600"),
        Row(what: "a renewal, over", spec: renewal, state: "paired", at: 600, word: "remove"),
        Row(what: "the original's", spec: Pairing.Spec(cn: "h"), at: 1, word: "issue"),
        Row(what: "the original's, late", spec: Pairing.Spec(cn: "h"), at: 3600, word: "end expired"),
        Row(what: "the original's, guessed at", spec: Pairing.Spec(cn: "h", tries: 5), at: 1, word: "end refused"),
    ])
    func theNextStep(row: Row) {
        let step = PairingLifeCycle.step(
            for: Self.pairing(row.spec, row.state), at: Self.made + .seconds(row.at))
        let word =
            switch step {
            case .sign(let request): "sign \(request)"
            case .issuePair: "issue"
            case .end(let state, _): "end \(state)"
            case .remove: "remove"
            case .wait(let moment): "wait until \((moment.milliseconds - Self.made.milliseconds) / 1000)"
            }
        #expect(word == row.word)
    }

    @Test func whatTheServerWritesIsNotTaken() {
        #expect(PairingLifeCycle.problems(in: ["cn": "x", "tries": 0, "renews": false, "csr": .null]).isEmpty)
        let problems = PairingLifeCycle.problems(in: ["cn": "x", "tries": 1, "renews": true, "csr": "R"])
        #expect(problems.map(\.field) == ["spec.csr", "spec.renews", "spec.tries"])
    }
}
