/// How far a request has come, from what its pilot sets and its head node report.
public struct RequestProgress: Sendable, Equatable {
    /// Workers asked for, over all nodesets.
    public var wanted: Int
    /// Workers that the head node sees; `nil` while it did not say.
    public var joined: Int?
    /// For each nodeset: running, idle, error, node_number, requested. A nodeset whose factory has not reported yet
    /// has no counts: no data never means zero.
    public var statusinfo: [String: JSONValue]
    public var firstSubmit: Timestamp?
    /// One sentence for people.
    public var sentence: String
    /// Pilots that are under way and have not joined yet.
    public var isMoving: Bool
    /// Who has to act: the first who can mend an obstacle, users before operators.
    public var mender: Condition.Mender

    public var isComplete: Bool { joined.map { $0 >= wanted } ?? false }

    /// - Parameters:
    ///   - nodeNumbers: Workers wanted by nodeset; empty when the cluster cannot be read.
    ///   - isEnding: Whether nothing is requested any more.
    public init(pilotSets: [Entity<PilotSet>], nodeNumbers: [String: Int], joined: Int?, isEnding: Bool = false) {
        wanted = pilotSets.reduce(0) { $0 + $1.spec.wanted }
        self.joined = joined
        var info: [String: JSONValue] = [:]
        for (nodeset, sets) in Dictionary(grouping: pilotSets, by: \.spec.nodeset) {
            let number = nodeNumbers[nodeset] ?? sets.reduce(0) { $0 + $1.spec.wanted }
            var entry: [String: JSONValue] = [
                "node_number": .integer(number), "requested": .integer(isEnding ? 0 : number),
            ]
            let reported = sets.filter { $0.status.factory != nil }
            if !reported.isEmpty {
                entry["running"] = .integer(reported.reduce(0) { $0 + $1.status.running })
                entry["idle"] = .integer(reported.reduce(0) { $0 + $1.status.pending + $1.status.submitting })
                entry["error"] = .integer(reported.reduce(0) { $0 + $1.status.failed })
            }
            info[nodeset] = .object(entry)
        }
        statusinfo = info
        firstSubmit = pilotSets.compactMap(\.status.first_submit).min()
        let underWay = pilotSets.reduce(0) { $0 + $1.status.submitting + $1.status.pending + $1.status.running }
        isMoving = underWay > 0 && underWay != joined
        sentence = Self.sentence(pilotSets, wanted: wanted, joined: joined)
        let menders = Set(pilotSets.flatMap(\.status.conditions).filter { $0.status != .yes }.compactMap(\.mender))
        mender = [.user, .operator].first { menders.contains($0) } ?? .nobody
    }

    private static func sentence(_ sets: [Entity<PilotSet>], wanted: Int, joined: Int?) -> String {
        var parts = [
            joined.map { "\($0) of \(wanted) workers joined" } ?? "the head node has not been asked for its workers yet"
        ]
        if let joined, joined >= wanted { return parts[0] }
        for (resource, sets) in Dictionary(grouping: sets, by: \.spec.site.resource).sorted(by: { $0.key < $1.key }) {
            let pending = sets.reduce(0) { $0 + $1.status.pending }
            let submitting = sets.reduce(0) { $0 + $1.status.submitting }
            if pending > 0 { parts.append("\(pending) waiting in the queue of \(resource)") }
            if submitting > 0 { parts.append("\(submitting) being submitted to \(resource)") }
            parts += obstacles(sets).map { "\(resource): \($0)" }
        }
        let running = sets.reduce(0) { $0 + $1.status.running }
        if let joined, running > joined { parts.append("\(running - joined) running, about to join") }
        return parts.joined(separator: "; ")
    }

    private static func obstacles(_ sets: [Entity<PilotSet>]) -> [String] {
        var seen: Set<String> = []
        return sets.flatMap(\.status.conditions).filter { $0.status == .no }.map(\.message)
            .filter { seen.insert($0).inserted }
    }
}
