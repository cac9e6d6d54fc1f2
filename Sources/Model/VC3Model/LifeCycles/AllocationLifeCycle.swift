/// The states of an allocation, derived from its conditions.
public enum AllocationState: String, Sendable, CaseIterable {
    /// Its key pair is not made yet.
    case new
    /// Waits for its owner to install the public key and to ask for a validation.
    case configured
    /// A login succeeded; requests may use it.
    case ready
    /// The last login failed; the condition `Validated` says why and who can mend it.
    case validationFailure = "validation_failure"
}

/// The pure rules of an allocation's life.
public enum AllocationLifeCycle {
    /// The key pair exists and its public half is shown.
    public static let keyMade = "KeyMade"
    /// The login was tried: true, false, or unknown while it was never tried.
    public static let validated = "Validated"
    /// Whether the key was replaced as asked: unknown while that goes on by itself, false while it waits for somebody.
    public static let keyRotated = "KeyRotated"
    /// At a resource with `mfa`: whether its owner is logged in; false: nothing can be done there until they are.
    public static let loggedIn = "LoggedIn"
    /// Set while deletion waits for something.
    public static let removed = "Removed"

    public static func state(of conditions: [Condition]) -> AllocationState {
        guard conditions.isTrue(keyMade) else { return .new }
        return switch conditions[validated]?.status {
        case .yes: .ready
        case .no: .validationFailure
        case .unknown, nil: .configured
        }
    }

    /// What the owner reads beside the state word.
    public static func reason(of conditions: [Condition]) -> String? {
        let rotation = conditions[keyRotated].flatMap { $0.status == .yes ? nil : $0 }
        let login = conditions[loggedIn].flatMap {
            $0.status == .yes && $0.reason != SiteLoginOutlook.endsSoon ? nil : $0
        }
        let shown = [conditions[removed], rotation, login, conditions[validated], conditions[keyMade]]
        return shown.compactMap { $0?.message }.first
    }

    /// How long a new key waits for the Factory to follow: a Factory that is away reads the key when it comes back.
    public static let longestSettling = Duration.seconds(900)

    /// The wait before a login that failed for want of an answer is tried again: as long as it has failed already,
    /// from 5 seconds to 5 minutes, so that it doubles each time and needs no counter.
    public static func retryDelay(failingSince since: Timestamp, now: Timestamp) -> Duration {
        min(max(now - since, .seconds(5)), .seconds(300))
    }
}
