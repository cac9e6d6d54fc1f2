/// People, and what they do together.
extension KindSchema {
    static let user = KindSchema(
        .user, "A person.",
        spec: [
            Field("first", .string, required: true, longest: 256, "First name."),
            Field("last", .string, required: true, longest: 256, "Last name."),
            Field("email", .string, required: true, longest: 256, "Mail address."),
            Field("organization", .string, required: true, longest: 256, "Institution."),
            Field("identity_id", .string, longest: 256, "Identity at the federated login."),
            Field("sshpubstring", .string, longest: 16_384, "OpenSSH public key line, for logging in to head nodes."),
        ] + about,
        status: state, specWriters: [.user], statusWriters: [.master])

    static let project = KindSchema(
        .project, "People who share allocations.",
        spec: [
            Field("members", .list(.reference(.user)), default: [], "User names; the owner is always one."),
            Field("allocations", .list(.reference(.allocation)), default: [], "Allocations its requests may use."),
            Field("blueprints", .list(.string), default: [], "Kept for the original's clients."),
            Field("organization", .string, "Institution."),
            Field(
                "roles", .map(.word(ProjectRole.allCases.map(\.rawValue))), default: [:],
                "What members are, by name; one that is not named here is a member."),
        ] + about,
        status: state, specWriters: [.user], statusWriters: [.master])
}
