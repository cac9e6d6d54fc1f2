import Foundation
import Testing
import VC3Certificates
import VC3Model

@testable import FactoryCredentials

@Suite struct CredentialLifeTests {
    static func token(_ claims: String) -> String {
        let parts = [#"{"alg":"none"}"#, claims].map {
            Data($0.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing(
                "=", with: "")
        }
        return parts.joined(separator: ".") + ".c2ln"
    }

    @Test func aTokenSaysItsEnd() {
        let life = CredentialLife(token: Self.token(#"{"sub":"ü>?","iat":1000,"exp":7000.5}"#) + "\n")
        #expect(
            life == CredentialLife(begin: Timestamp(milliseconds: 1_000_000), end: Timestamp(milliseconds: 7_000_500)))
        #expect(life?.late == Timestamp(milliseconds: 6_000_416))
    }

    @Test(arguments: [
        "", "x", "a.b.c", token("{}"), token("[]"), token(#"{"exp":"soon"}"#), token(#"{"exp":1e300}"#), "..",
        String(token(#"{"exp":1}"#).dropLast(5)),
    ])
    func whatIsNoTokenWithAnEndHasNone(text: String) { #expect(CredentialLife(token: text) == nil) }

    @Test func aProxyLivesAsLongAsTheShortestOfItsChain() throws {
        let now = Date()
        let key = try PrivateKey()
        let pem = try [3600, 600, 7200].map { seconds in
            try CertificateIssuer.selfSigned(
                .root(SubjectName(commonName: "x"), lifetime: .seconds(seconds)), key: PrivateKey(), at: now
            ).certificate
        }
        // As tools write them: the key between the certificates.
        let text = pem[0].pem + key.pem + pem[1].pem + pem[2].pem
        let life = try #require(CredentialLife(proxy: text))
        #expect(life.end == Timestamp(pem[1].notAfter))
        #expect(life.begin == pem.map { Timestamp($0.notBefore) }.max())
        #expect(CredentialLife(proxy: key.pem) == nil)
    }

    @Test(arguments: [
        (0, CredentialState.Outlook.valid), (4_999, .valid), (5_000, .ending), (5_999, .ending), (6_000, .ended),
    ])
    func theEndIsToldAheadOfTime(second: Int, outlook: CredentialState.Outlook) {
        let life = CredentialLife(begin: Timestamp(milliseconds: 0), end: Timestamp(milliseconds: 6_000_000))
        let state = CredentialState(name: "p", kind: .proxy, life: life)
        let now = Timestamp(milliseconds: Int64(second) * 1000)
        #expect(state.outlook(at: now) == outlook)
        #expect((state.remark(at: now) == nil) == (outlook == .valid))
        let next = state.nextChange(after: now)?.milliseconds
        #expect(next == (second < 5_000 ? 5_000_000 : second < 6_000 ? 6_000_000 : nil))
    }

    @Test func whatWasNotRenewedIsSaidWhileItIsGood() {
        let life = CredentialLife(begin: Timestamp(milliseconds: 0), end: Timestamp(milliseconds: 6_000_000))
        let state = CredentialState(name: "p", kind: .proxy, life: life, trouble: "no tool")
        #expect(
            state.remark(at: Timestamp(milliseconds: 1))
                == "the X.509 proxy of 'p' is good, but could not be renewed: no tool")
    }
}
