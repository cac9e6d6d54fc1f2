/// Text from a site as it may be shown: what a job printed can hold anything.
public enum PrintableText {
    /// Without whatever looks like a token, and without characters that would steer a terminal.
    public static func cleaned(_ text: String) -> String {
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 && scalar != "\n" && scalar != "\t"
            shown.append(isControl || (0x7F...0x9F).contains(scalar.value) ? "?" : scalar)
        }
        // A JSON web token (RFC 7519): its header begins with `{"` in base64url.
        return String(shown).replacing(/eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_.\-]+/) { _ in "[token]" }
    }
}
