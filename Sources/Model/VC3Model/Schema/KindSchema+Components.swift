/// Parts of VC3 and how they know each other.
extension KindSchema {
    static let provisioner = KindSchema(
        .provisioner, "A factory that announced itself.",
        spec: [
            Field("type", .string, default: "vc3-factory", "What it is."), Field("authconfig", .string, "Original."),
            Field("queuesconf", .string, "Original."),
        ] + about,
        status: state + [
            Field("version", .string, longest: 128, "Its release."),
            Field("host", .string, longest: 253, "Where it runs."),
            Field("since", .timestamp, "When it began to work."),
            Field("heartbeat", .timestamp, "When it last told how it does."),
            Field("interval", .integer(1...86_400), "Seconds from one heartbeat to the next."),
            Field("pilots", .map(.integer(0...Int.max)), default: [:], "How many pilots it has, by state."),
            Field("sites", .list(.string), default: [], "Where it has pilots or is to have some, account@host."),
            Field("trouble", .string, "What last went wrong at a site, while it does."),
        ], specWriters: [.factory], statusWriters: [.factory])

    static let privatetoken = KindSchema(
        .privatetoken, "A secret that pilots' sites or head nodes need.",
        spec: [
            Field("data", .string, required: true, secret: true, "base64 of the secret."),
            Field(
                "type", .string, required: true,
                "What the secret is: ssh, pool-signing-key, x509-proxy (PEM), token (a JSON web token)."),
        ] + about,
        status: state + [
            Field("expires", .timestamp, "When it ends, if it says so: a proxy's or token's last moment.")
        ],
        specWriters: [.user, .master], statusWriters: [.factory], secretReaders: [.factory])

    static let pairing = KindSchema(
        .pairing, "A party that is to get a certificate: its first one by a code, or a new one for the same key.",
        spec: [
            Field("cn", .string, required: true, longest: 200, "The name that the certificate is to have."),
            Field(
                "role", .word(Pairing.roles),
                "What the party is. Unset: as the original asked; a user's certificate and a key that is made for it."),
            Field("hosts", .list(.string), default: [], longest: 253, "Further DNS names and addresses."),
            Field("expires", .timestamp, "Until when the code may be used; unset: an hour."),
            Field("codehash", .string, longest: 128, secret: true, "SHA-256 of the code's secret, in hexadecimal."),
            Field("pairingcode", .string, longest: 512, secret: true, "The original's code, beginning with the cn."),
            Field(
                "renews", .boolean, default: false, "Whether the party has a certificate already; the server writes it."
            ),
            Field(
                "serial", .string, longest: 128,
                "The number of the certificate that is renewed, in hexadecimal; the server writes it."),
            Field(
                "csr", .string, longest: 16_384,
                "The signing request of whoever came with the code, PEM; the server writes it."),
            Field("tries", .integer(0...1000), default: 0, "Wrong codes that were tried; the server writes it."),
        ] + about,
        status: state(["new", "claimed", "paired", "expired", "refused"]) + [
            Field("cert", .string, "base64 of the certificate and the authority that signed it, PEM."),
            Field("key", .string, secret: true, "base64 of the key; only where no role is given."),
        ],
        specWriters: [.admin], statusWriters: [.master], deleters: [.master])

    static let authority = KindSchema(
        .authority, "A certificate authority as others need it: whom to trust, and what it has taken back.",
        spec: [],
        status: state + [
            Field("chain", .string, "PEM of its certificates, the root first."),
            Field("crl", .string, longest: SizeLimits.revocationList, "PEM of its revocation list."),
            Field("crlnumber", .integer(0...Int.max), "Number of that list: higher for every newer one."),
            Field("thisupdate", .timestamp, "When that list was made."),
            Field("nextupdate", .timestamp, "When there will be a newer one at the latest."),
            Field("revoked", .integer(0...Int.max), default: 0, "How many certificates are on it."),
        ],
        specWriters: [.master], statusWriters: [.master], largestStatus: SizeLimits.revocationList + SizeLimits.part)
}
