import Foundation
import Testing
import VC3Certificates

/// Lists of several sources and authorities together: what one of them takes back stays taken back.
struct RevocationListsTests {
    private struct Authority {
        let issuer: CertificateIssuer
        init(_ name: String) throws {
            issuer = try .selfSigned(.root(SubjectName(commonName: name)), key: PrivateKey(), at: Date())
        }

        func lists(_ number: Int, _ serials: [String], at date: Date = Date()) throws -> RevocationLists {
            let list = try issuer.revocationList(
                serials.map { .init(serial: $0, date: date, reason: .unspecified) }, number: number, at: date)
            return try RevocationLists(pem: list.pem, signedByOneOf: [issuer.certificate])
        }

        func revokes(_ serial: String, _ lists: RevocationLists) -> Bool {
            lists.revoke(serial: serial, of: issuer.certificate.subject)
        }
    }

    @Test(arguments: [0, 1, 0x1234, Int.max]) func aListIsReadAsItWasMade(number: Int) throws {
        let authority = try Authority("a")
        let made = try authority.issuer.revocationList(
            [.init(serial: "0A", date: Date(), reason: .superseded)], number: number, at: Date())
        let read = try RevocationList(pem: made.pem, signedBy: authority.issuer.certificate)
        #expect(read == made && read.number == number && read.serials == ["0A"])
        #expect(read.thisUpdate <= Date() && read.nextUpdate > Date())
        let empty = try authority.issuer.revocationList([], number: number, at: Date())
        #expect(try RevocationList(pem: empty.pem, signedBy: authority.issuer.certificate) == empty)
    }

    @Test func aNewerListThatHasAllOfTheOlderOneReplacesIt() throws {
        let authority = try Authority("a")
        let (old, new) = (try authority.lists(1, ["01"]), try authority.lists(2, ["01", "02"]))
        for both in [old.union(new), new.union(old), new.union(old).union(old)] {
            #expect(both == new && both.count == 2)
        }
        #expect(old.union(old) == old && old.union(RevocationLists()) == old)
    }

    @Test func nothingThatWasTakenBackIsGivenBack() throws {
        let authority = try Authority("a")
        let (old, new) = (try authority.lists(1, ["01", "03"]), try authority.lists(2, ["01", "02"]))
        for both in [old.union(new), new.union(old)] {
            #expect(["01", "02", "03"].allSatisfy { authority.revokes($0, both) } && !authority.revokes("04", both))
            #expect(both.count == 3)
            #expect(both.newest(of: authority.issuer.certificate.subject)?.number == 2)
        }
    }

    @Test func numbersCountForTheirIssuerOnly() throws {
        let (one, other) = (try Authority("one"), try Authority("other"))
        let both = try one.lists(1, ["01"]).union(other.lists(7, ["02"]))
        #expect(one.revokes("01", both) && !one.revokes("02", both) && other.revokes("02", both))
        #expect(both.count == 2)
        #expect(both.newest(of: one.issuer.certificate.subject)?.number == 1)
        #expect(both.newest(of: "CN=nobody")?.number == 7)
        let read = try RevocationLists(
            pem: both.pem, signedByOneOf: [one.issuer.certificate, other.issuer.certificate])
        #expect(read == both)
    }

    @Test func ofTwoEqualListsTheOneThatLastsLongerIsKept() throws {
        let authority = try Authority("a")
        let (old, new) = (
            try authority.lists(1, ["01"], at: Date(timeIntervalSinceNow: -86_400)), try authority.lists(2, ["01"])
        )
        #expect(old.union(new).nextUpdate == new.nextUpdate && new.union(old).nextUpdate == new.nextUpdate)
    }
}
