/// What a line of the startd's log says that matters to the pilot. Texts of HTCondor 23.9 and 25.x.
public enum DaemonLog: Sendable, Hashable {
    /// The connection broker, which is the collector, accepted the token.
    case registered
    /// The slot was sent to the collector.
    case advertised
    /// Whoever was asked did not accept who we are, or not for this.
    case refused
    /// An update did not reach the collector. After ``refused`` because of that, else because of the network.
    case updateFailed
    /// The slot of this name has a job to run, or has none any more.
    case activity(slot: String, isBusy: Bool)
    /// Nothing claimed the slot for the whole linger time.
    case idle
    /// The startd ended. 99 says that it is not to be started again.
    case exited(Int)

    public init?(line: String) {
        if line.contains("CCBListener: registered with CCB server") {
            self = .registered
        } else if line.contains("Initial update sent to collector") {
            self = .advertised
        } else if line.contains("required authentication with collector") || line.contains("Received \"DENIED\"") {
            self = .refused
        } else if line.contains("Failed to send update to collector")
            || line.contains("Failed to start non-blocking update to")
        {
            self = .updateFailed
        } else if let activity = Self.activity(in: line) {
            self = activity
        } else if line.contains("No resources have been claimed for") {
            self = .idle
        } else if let status = Self.number(after: "EXITING WITH STATUS ", in: line) {
            self = .exited(status)
        } else {
            return nil
        }
    }

    /// `slot1_2: Changing activity: Idle -> Busy`, `slot1_2: Changing state and activity: Claimed/Busy -> Preempting/Vacating`.
    /// A change of the state alone says nothing about the activity, but that a slot which is deleted has none.
    private static func activity(in line: String) -> DaemonLog? {
        guard let mark = line.firstRange(of: ": Changing "), let arrow = line.firstRange(of: " -> "),
            mark.upperBound <= arrow.lowerBound,
            let slot = line[..<mark.lowerBound].split(separator: " ").last
        else { return nil }
        let becomes = line[arrow.upperBound...].prefix { $0 != " " }
        let knows = line[mark.upperBound...].prefix { $0 != ":" }
        guard knows.contains("activity") || becomes == "Delete" else { return nil }
        return .activity(slot: String(slot), isBusy: becomes.hasSuffix("Busy") || becomes.hasSuffix("Retiring"))
    }

    private static func number(after mark: String, in line: String) -> Int? {
        guard let range = line.firstRange(of: mark) else { return nil }
        return Int(line[range.upperBound...].prefix { $0.isNumber })
    }
}
