import Foundation
import InfoserviceAPI
import InfoserviceClient
import Logging
import Testing
import VC3Model
import VC3Testing

@testable import FactoryCredentials

/// Proxies and tokens that users gave, over a real Infoservice.
@Suite(.timeLimit(.minutes(5))) struct PrivateTokenTests {
    private static let factory = Identity(role: .factory, name: "f")

    private static func draft(_ name: String, _ type: String, _ text: String) throws -> EntityDraft {
        let spec: JSONValue = ["data": .string(Data(text.utf8).base64EncodedString()), "type": .string(type)]
        return EntityDraft(kind: .privatetoken, name: name, owner: nil, spec: spec)
    }

    @Test func itsOwnerSeesTheEndAheadOfTimeAndNobodyTheSecret() async throws {
        try await withStore { store in
            try await withRunningInfoservice(on: store) { running in
                let ana = try await running.client(.ana)
                let now = Int(Date().timeIntervalSince1970)
                let ending = CredentialLifeTests.token("{\"iat\":\(now - 5400),\"exp\":\(now + 600)}")
                _ = try await ana.create(Self.draft("ending", "token", ending))
                _ = try await ana.create(Self.draft("broken", "x509-proxy", "nothing"))
                _ = try await ana.create(Self.draft("key", "ssh", "key"))
                let board = CredentialBoard()
                let watch = PrivateTokenWatch(
                    try await running.client(Self.factory), board: board, clock: WallClock { Timestamp(Date()) },
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await watch.run() }
                    var seen = try await ana.record(.privatetoken, "ending")
                    while seen.status["conditions"] == [] {
                        try await Task.sleep(for: .milliseconds(20))
                        seen = try await ana.record(.privatetoken, "ending")
                    }
                    #expect(seen.status["state"] == "ending")
                    #expect(
                        seen.status["expires"]?.stringValue
                            == Timestamp(milliseconds: Int64(now + 600) * 1000).description)
                    #expect(seen.spec["data"] == nil)
                    while board.states.count < 2 { try await Task.sleep(for: .milliseconds(20)) }
                    #expect(board.states.map(\.name) == ["ending", "broken"])
                    #expect(board.states.last?.outlook(at: Timestamp(Date())) == .unusable)
                    // A new one takes the old one's place.
                    let fresh = CredentialLifeTests.token("{\"iat\":\(now),\"exp\":\(now + 86_400)}")
                    _ = try await ana.patchSpec(
                        .privatetoken, "ending", with: ["data": .string(Data(fresh.utf8).base64EncodedString())],
                        expecting: nil)
                    while seen.status["state"] != "valid" {
                        try await Task.sleep(for: .milliseconds(20))
                        seen = try await ana.record(.privatetoken, "ending")
                    }
                    try await ana.delete(.privatetoken, "broken", cascade: false)
                    while board.states.count > 1 { try await Task.sleep(for: .milliseconds(20)) }
                    group.cancelAll()
                }
            }
        }
    }

    /// Somebody who wants another's secret, queue or log through the Infoservice.
    @Test func othersGetNeitherSecretNorLogNorQueue() async throws {
        try await withStore { store in
            try await withRunningInfoservice(on: store) { running in
                let (ana, ben) = (try await running.client(.ana), try await running.client(.ben))
                let secret = CredentialLifeTests.token("{\"exp\":4000000000}")
                _ = try await ana.create(Self.draft("t", "token", secret))
                let own = try await ana.record(.privatetoken, "t")
                #expect(!"\(own)".contains(Data(secret.utf8).base64EncodedString()))
                await #expect(throws: VC3Error.self) { try await ben.record(.privatetoken, "t") }
                await #expect(throws: VC3Error.self) {
                    _ = try await ben.patchSpec(.privatetoken, "t", with: ["type": "ssh"], expecting: nil)
                }
                await #expect(throws: VC3Error.self) { try await ben.delete(.privatetoken, "t", cascade: false) }
                await #expect(throws: VC3Error.self) {
                    _ = try await ben.replaceStatus(
                        .privatetoken, "t", with: ["state": "valid"], expecting: Revision(1))
                }
                await #expect(throws: VC3Error.self) {
                    _ = try await ana.replaceStatus(
                        .privatetoken, "t", with: ["state": "valid"], expecting: Revision(1))
                }
                // A queue of ana's: only the Master makes pilot sets, only the Factory pilots.
                for kind in [EntityKind.pilotset, .pilot] {
                    await #expect(throws: VC3Error.self) {
                        _ = try await ben.create(EntityDraft(kind: kind, name: "q", owner: "ana", spec: [:]))
                    }
                }
                // A log of a pilot of ana's.
                let factory = try await running.client(.factory)
                let pilot: JSONValue = ["pilotset": "s", "request": "r", "allocation": "a", "resource": "x"]
                _ = try await factory.create(EntityDraft(kind: .pilot, name: "p1", owner: "ana", spec: pilot))
                let question: JSONValue = ["pilot": "p1", "lines": 10]
                await #expect(throws: VC3Error.self) {
                    _ = try await ben.create(EntityDraft(kind: .pilotlog, name: "bens", owner: nil, spec: question))
                }
                let asked = try await ana.create(
                    EntityDraft(kind: .pilotlog, name: "anas", owner: nil, spec: question))
                _ = try await factory.replaceStatus(
                    .pilotlog, "anas", with: ["state": "answered", "text": "hidden"], expecting: asked.metadata.revision
                )
                #expect(try await ana.record(.pilotlog, "anas").status["text"] == "hidden")
                let seen = try? await ben.record(.pilotlog, "anas")
                #expect(seen == nil)
            }
        }
    }
}
