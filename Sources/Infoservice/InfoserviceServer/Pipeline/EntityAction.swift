/// What a caller may want to do to an entity.
public enum EntityAction: String, Sendable, CaseIterable {
    case read
    case readSecrets = "read secrets of"
    case create
    case writeSpec = "change"
    case writeStatus = "report on"
    case delete
    /// Removing what is marked for deletion, after tearing it down.
    case finish = "remove"
    /// Starting requests in a project, on its allocations.
    case use
    /// Putting an allocation at a project's disposal.
    case lend
    /// Getting the certificate that a pairing asked for, by its code.
    case collect

    /// What the audit trail calls it.
    var auditWord: String {
        switch self {
        case .read, .create, .delete, .use, .lend, .collect: rawValue
        case .readSecrets: "read-secrets"
        case .writeSpec: "change"
        case .writeStatus: "report"
        case .finish: "remove"
        }
    }
}
