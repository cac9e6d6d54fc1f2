import Foundation
import InfoserviceStore
import Testing
import VC3Model
import VC3Testing

struct SealingKeyTests {
    private let secret = Data("attack at dawn".utf8)

    @Test func whatIsSealedOpensAgain() throws {
        let key = SealingKey()
        let sealed = try key.seal(secret, for: "here")
        #expect(try key.open(sealed, for: "here") == secret)
        #expect(try key.seal(secret, for: "here") != sealed, "equal secrets look different")
    }

    @Test func aSealHoldsForOnePlaceOnly() throws {
        let key = SealingKey()
        let sealed = try key.seal(secret, for: "here")
        #expect(throws: VC3Error.self) { _ = try key.open(sealed, for: "there") }
    }

    @Test func anotherKeyIsNamedAsMissing() throws {
        let sealed = try SealingKey().seal(secret, for: "here")
        let error = try #require(throws: VC3Error.self) { _ = try SealingKey().open(sealed, for: "here") }
        #expect(error.message.contains(sealed.prefix(8)))
    }

    @Test func aNewKeyOnTopSealsAndTheOldOneStillOpens() throws {
        let old = Data(repeating: 1, count: 32).base64EncodedString()
        let new = Data(repeating: 2, count: 32).base64EncodedString()
        let sealed = try SealingKey(text: old).seal(secret, for: "here")
        let both = try SealingKey(text: new + "\n" + old + "\n")
        #expect(try both.open(sealed, for: "here") == secret)
        #expect(try both.seal(secret, for: "here").prefix(8) != sealed.prefix(8))
    }

    @Test func theKeyFileIsPrivateFromBirthAndReadAgain() async throws {
        try await withScratchDirectory { directory in
            let path = directory.appending(path: "sealing.key").path
            await #expect(throws: VC3Error.self) { _ = try await SealingKey.file(path, creating: false) }
            let made = try await SealingKey.file(path, creating: true)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let read = try await SealingKey.file(path, creating: false)
            #expect(try read.open(made.seal(secret, for: "here"), for: "here") == secret)
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
            await #expect(throws: VC3Error.self) { _ = try await SealingKey.file(path, creating: false) }
        }
    }

    @Test func theDescriptionShowsNoKey() throws {
        let text = Data(repeating: 7, count: 32).base64EncodedString()
        #expect(!String(describing: try SealingKey(text: text)).contains(text))
    }
}
