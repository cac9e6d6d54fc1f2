import Foundation
import HTCondorPool
import Testing

@Suite struct PilotTokenTests {
    private let key = PoolSigningKey(fileContents: scrambled(Array(0..<64)))
    private let domain = TrustDomain("alpha.vc3")

    /// The text was computed with Python's hmac and hashlib, and such tokens were accepted by HTCondor 23.9.6.
    @Test func tokensAreByteForByteWhatHTCondorExpects() throws {
        let key = try #require(key)
        let domain = try #require(domain)
        let token = try PilotToken.mint(
            key: key, trustDomain: domain, identity: domain.identity(of: "vc3-pilot"),
            issuedAt: Date(timeIntervalSince1970: 1_700_000_000), lifetime: .seconds(86400), id: "t-1")
        #expect(
            token.text == """
                eyJhbGciOiJIUzI1NiIsImtpZCI6InZjMyIsInR5cCI6IkpXVCJ9.eyJleHAiOjE3MDAwODY0MDAsImlhdCI6MTcwMDAwMDAwMCwi\
                aXNzIjoiYWxwaGEudmMzIiwianRpIjoidC0xIiwic2NvcGUiOiJjb25kb3I6L0FEVkVSVElTRV9TVEFSVEQgY29uZG9yOi9BRFZFU\
                lRJU0VfTUFTVEVSIiwic3ViIjoidmMzLXBpbG90QGFscGhhLnZjMyJ9.8xhT67YNYeEwN0z82K2rJWaoeFVGeDYsW66KobUTDXY
                """)
    }

    @Test func pilotsMayOnlyAdvertise() {
        #expect(PilotToken.Scope.pilot.map(\.rawValue) == ["condor:/ADVERTISE_STARTD", "condor:/ADVERTISE_MASTER"])
    }

    @Test func secretsDoNotPrint() throws {
        let key = try #require(key)
        let domain = try #require(domain)
        let token = try PilotToken.mint(
            key: key, trustDomain: domain, identity: domain.identity(ofPilot: "p1"),
            issuedAt: Date(timeIntervalSince1970: 0),
            lifetime: .seconds(1), id: "x")
        var dumped = ""
        dump(token, to: &dumped)
        dump(key, to: &dumped)
        #expect(!"\(token) \(String(reflecting: token)) \(dumped)".contains("eyJ"))
        #expect(!"\(key) \(String(reflecting: key)) \(dumped)".contains("17"))
    }
}

@Suite struct PoolSigningKeyTests {
    @Test func theFileHoldsTheKeyScrambled() throws {
        let file = scrambled(Array(0..<64))
        #expect(file.prefix(5) == [0xDE, 0xAC, 0xBC, 0xEC, 0xDA])
        #expect(try #require(PoolSigningKey(fileContents: file)).fileContents == file)
    }

    @Test func keysAreLongAndNeverTheSame() throws {
        let keys = (0..<8).map { _ in PoolSigningKey.random() }
        #expect(Set(keys).count == keys.count)
        #expect(keys.allSatisfy { $0.fileContents.count == 64 })
        #expect(PoolSigningKey(fileContents: Array(repeating: 1, count: 31)) == nil)
    }
}

func scrambled(_ bytes: [UInt8]) -> [UInt8] {
    let pattern: [UInt8] = [0xDE, 0xAD, 0xBE, 0xEF]
    return bytes.enumerated().map { $0.element ^ pattern[$0.offset % 4] }
}
