public import VC3Model

/// How a credential does, for those who watch over it.
public struct CredentialState: Sendable, Equatable {
    public enum Kind: String, Sendable {
        case ssh, proxy = "x509", token
    }

    /// Of its profile, or of the private token that holds it.
    public var name: String
    public var kind: Kind
    /// `nil`: it does not end, or cannot be read.
    public var life: CredentialLife?
    /// What keeps it from being used or renewed.
    public var trouble: String?

    public init(name: String, kind: Kind, life: CredentialLife? = nil, trouble: String? = nil) {
        self.name = name
        self.kind = kind
        self.life = life
        self.trouble = trouble
    }

    public enum Outlook: String, Sendable {
        case valid, ending, ended, unusable
    }

    public func outlook(at now: Timestamp) -> Outlook {
        guard let life else { return trouble == nil ? .valid : .unusable }
        if now >= life.end { return .ended }
        return now >= life.late ? .ending : .valid
    }

    /// When ``outlook(at:)`` is another one; `nil`: never.
    func nextChange(after now: Timestamp) -> Timestamp? {
        guard let life else { return nil }
        return [life.late, life.end].filter { $0 > now }.min()
    }

    /// What a condition says of it.
    ///
    /// - Parameter mender: Who can give another one.
    func condition(_ type: String, at now: Timestamp, mender: Condition.Mender) -> Condition {
        let outlook = outlook(at: now)
        let reason =
            switch outlook {
            case .valid: trouble == nil ? "Valid" : "NotRenewed"
            case .ending: "EndsSoon"
            case .ended: "Ended"
            case .unusable: "Unreadable"
            }
        let isWell = outlook == .valid && trouble == nil
        return Condition(
            type: type, status: outlook == .valid || outlook == .ending ? .yes : .no, reason: reason,
            message: remark(at: now) ?? life.map { "it is good until \($0.end)" } ?? "it is good", since: now,
            mender: isWell ? nil : mender)
    }

    /// What is to be said of it now; `nil`: nothing.
    public func remark(at now: Timestamp) -> String? {
        let what = "the \(kind == .ssh ? "SSH key" : kind == .proxy ? "X.509 proxy" : "token") of '\(name)'"
        let cause = trouble.map { " (\($0))" } ?? ""
        return switch outlook(at: now) {
        case .valid: trouble.map { "\(what) is good, but could not be renewed: \($0)" }
        case .ending: "\(what) ends at \(life?.end.description ?? "")\(cause); give a new one before"
        case .ended: "\(what) has ended at \(life?.end.description ?? "")\(cause); give a new one"
        case .unusable: "\(what) cannot be used: \(trouble ?? "")"
        }
    }
}
