import VC3Certificates
import VC3Configuration

/// Reads pairs of `keytype` and `bitlength`, as `ssh-keygen` has them.
struct KeySettings {
    private let section: SectionReader
    private let configuration: ConfigurationReader

    init(_ section: SectionReader, _ configuration: ConfigurationReader) {
        (self.section, self.configuration) = (section, configuration)
    }

    /// - Parameters:
    ///   - prefix: Stands before the names of both keys.
    ///   - fallback: When neither key is there. A length alone means RSA, or ECDSA for 256 and 384.
    func kind(prefix: String, of what: String, default fallback: KeyKind?) -> KeyKind? {
        let typeKey = prefix + "keytype"
        let bits = section.value(
            prefix + "bitlength", Self.length.optional, default: nil,
            "size of \(what), when they are of type rsa or ecdsa")
        let type = section.value(
            typeKey, ValueKind<String>.oneOf("rsa", "ecdsa", "p256", "p384", "ed25519").optional, default: nil,
            "type of " + what)
        guard type != nil || bits != nil else { return fallback }
        let chosen = type ?? (bits.map { $0 < 1024 } == true ? "ecdsa" : "rsa")
        if let kind = KeyKind(type: chosen, bits: bits) { return kind }
        configuration.report(
            .error(
                "\(prefix)bitlength = \(bits.map { String($0) } ?? "None") does not go with \(typeKey) = \(chosen): rsa has"
                    + " 2048, 3072 or 4096, ecdsa has 256 or 384", at: section.origin(of: prefix + "bitlength")))
        return fallback
    }

    private static var length: ValueKind<Int> {
        ValueKind(
            allowed: "256, 384, 2048, 3072 or 4096", placeholder: 4096,
            parse: { text, _ in Int(text).flatMap { [256, 384, 2048, 3072, 4096].contains($0) ? $0 : nil } },
            render: { String($0) })
    }
}
