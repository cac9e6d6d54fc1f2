import Testing
import VC3Certificates

@Suite struct AnswerKeyTests {
    static let password = Array("pass wörd".utf8)

    @Test(arguments: [0, 1, 9, 253, 254, 255, 4096])
    func whatIsSealedToAKeyIsOpenedByIt(length: Int) throws {
        let key = AnswerKey()
        let answer = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
        let sealed = try AnswerKey.seal(answer, to: key.publicText, context: "ana.alpha 1 1")
        #expect(try key.open(sealed, context: "ana.alpha 1 1") == answer)
    }

    @Test func anotherKeyOrAnotherQuestionOpensNothing() throws {
        let key = AnswerKey()
        let sealed = try AnswerKey.seal(Self.password, to: key.publicText, context: "ana.alpha 1 1")
        #expect(throws: CredentialError.self) { try key.open(sealed, context: "ana.alpha 1 2") }
        #expect(throws: CredentialError.self) { try AnswerKey().open(sealed, context: "ana.alpha 1 1") }
    }

    @Test(arguments: ["", "AAAA", "not base64", String(repeating: "A", count: 400)])
    func garbageIsRefused(_ sealed: String) {
        #expect(throws: CredentialError.self) { try AnswerKey().open(sealed, context: "") }
        #expect(throws: CredentialError.self) { try AnswerKey.seal([1], to: sealed, context: "") }
    }

    @Test func theLengthTellsNothingOfAShortAnswer() throws {
        let key = AnswerKey()
        let lengths = try ["123456", "correct horse battery staple"].map {
            try AnswerKey.seal(Array($0.utf8), to: key.publicText, context: "").count
        }
        #expect(lengths[0] == lengths[1])
    }

    @Test func anAnswerThatIsTooLongIsRefused() {
        let answer = [UInt8](repeating: 0, count: AnswerKey.longest + 1)
        #expect(throws: CredentialError.self) { try AnswerKey.seal(answer, to: AnswerKey().publicText, context: "") }
    }
}
