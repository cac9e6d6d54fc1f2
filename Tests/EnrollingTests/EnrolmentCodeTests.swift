import Enrolling
import Testing
import VC3Certificates

struct EnrolmentCodeTests {
    static let fingerprint = String(repeating: "0123456789abcdef", count: 4)
    static let secret = "0123456789abcdefghjkmnpqrs"

    @Test(arguments: ["info.example.org", "10.1.2.3", "fd00::1", "localhost"])
    func isReadAsItWasWritten(host: String) throws {
        let text = "\(host):20335/p-1.x/\(Self.secret)/\(Self.fingerprint)"
        let code = try EnrolmentCode(text: text)
        #expect(code.host == host && code.port == 20335 && code.pairing == "p-1.x" && code.text == text)
    }

    @Test(arguments: [
        ("", "4"), ("h:1/p/s", "3 parts"), ("h/p/S/F", "HOST:PORT"), ("h:0/p/S/F", "HOST:PORT"),
        ("h:70000/p/S/F", "HOST:PORT"), ("h;rm:1/p/S/F", "HOST:PORT"), (":1/p/S/F", "HOST:PORT"),
        ("h:1/-p/S/F", "pairing"), ("h:1//S/F", "pairing"), ("h:1/p/abc/F", "secret"), ("h:1/p/S/abc", "fingerprint"),
        ("h:1/p/S/Fx", "fingerprint"),
    ])
    func aBrokenOneIsRefusedByItsPart(shape: String, word: String) {
        let text = shape.replacing("S", with: Self.secret).replacing("F", with: Self.fingerprint)
        let error = #expect(throws: EnrolmentError.self) { try EnrolmentCode(text: text) }
        #expect(error?.code == .unusableCode)
        #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains(Self.secret) == false)
    }

    @Test func aSecretCopiedByHandIsTheSame() throws {
        let secret = EnrolmentSecret()
        #expect(
            EnrolmentSecret(text: secret.text.uppercased().replacing("0", with: "O").replacing("1", with: "I"))
                == secret)
        #expect(EnrolmentSecret() != secret)
        #expect(
            EnrolmentSecret(text: secret.text + "0") == nil
                && EnrolmentSecret(text: "u" + secret.text.dropFirst()) == nil)
    }

    @Test func aSecretIsNeverPrinted() {
        let secret = EnrolmentSecret()
        #expect(!"\(secret) \(String(reflecting: secret))".contains(secret.text))
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!dumped.contains(secret.text))
    }
}
