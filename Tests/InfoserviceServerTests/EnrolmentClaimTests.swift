import Testing
import VC3Certificates
import VC3Model

@testable import InfoserviceServer

struct EnrolmentClaimTests {
    private static let made = Timestamp(milliseconds: 1_000_000)
    private static let digest = EnrolmentSecret.digest(of: "right")

    private static func pairing(_ more: [String: JSONValue]) -> EntityRecord {
        let spec: [String: JSONValue] = [
            "cn": "f", "role": "factory", "codehash": .string(digest), "expires": .string("\(made + .seconds(60))"),
        ]
        let metadata = EntityMetadata(
            kind: .pairing, name: "p", revision: Revision(1), generation: 1, owner: "root", created: made, updated: made
        )
        let kept = spec.merging(more) { $1 }.filter { !$0.value.isNull }
        return EntityRecord(metadata: metadata, spec: .object(kept), status: [:])
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let what: String
        var more: [String: JSONValue] = [:]
        var secret = "right"
        var request: String? = "R"
        var at = 1
        let claim: EnrolmentClaim
        var testDescription: String { what }
    }

    @Test(arguments: [
        Row(what: "the first", claim: .first),
        Row(what: "only the code is looked at", request: nil, claim: .first),
        Row(what: "the same again", more: ["csr": "R"], claim: .again),
        Row(what: "the same again, after the end", more: ["csr": "R"], at: 61, claim: .again),
        Row(what: "only the code, again", more: ["csr": "R"], request: nil, claim: .again),
        Row(what: "another request", more: ["csr": "S"], claim: .refused),
        Row(what: "a wrong secret", secret: "wrong", claim: .wrong(tries: 1)),
        Row(what: "the fifth wrong secret", more: ["tries": 4], secret: "wrong", claim: .wrong(tries: 5)),
        Row(what: "the sixth wrong secret", more: ["tries": 5], secret: "wrong", claim: .refused),
        Row(what: "the right one after five wrong ones", more: ["tries": 5], claim: .refused),
        Row(what: "again after five wrong ones", more: ["tries": 5, "csr": "R"], claim: .refused),
        Row(what: "a wrong secret after it was claimed", more: ["csr": "R"], secret: "wrong", claim: .wrong(tries: 1)),
        Row(what: "at the end", at: 60, claim: .refused),
        Row(what: "a wrong one at the end", secret: "wrong", at: 60, claim: .refused),
        Row(what: "a renewal has no code", more: ["renews": true], claim: .refused),
        Row(what: "the original's has another code", more: ["codehash": nil, "pairingcode": "right"], claim: .refused),
    ])
    func whatACodeIsWorth(row: Row) {
        let claim = EnrolmentClaim(
            of: Self.pairing(row.more), digest: EnrolmentSecret.digest(of: row.secret), request: row.request,
            at: Self.made + .seconds(row.at))
        #expect(claim == row.claim)
    }

    @Test func nothingIsWorthNothing() {
        #expect(EnrolmentClaim(of: nil, digest: Self.digest, request: "R", at: Self.made) == .refused)
    }
}
