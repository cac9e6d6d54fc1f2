import VC3Model

/// Which nodes of a site swallow pilots: those that fail there again and again while others are well elsewhere.
///
/// A node that fails twice in a row is shunned for ten minutes, then for twice as long with each further failure. After that
/// one pilot may try it. Whatever happens, half of the nodes that are known are left.
struct NodeHealth: Sendable {
    private struct Node: Sendable {
        /// In a row.
        var failures = 0
        var cause = ""
        var lastSeen: Timestamp
        var until: Timestamp?
    }

    static let strikes = 2
    static let firstBan = Duration.seconds(600)
    static let longestBan = Duration.seconds(4 * 3600)
    /// How long ago a pilot elsewhere may have been well for a failure to be the node's own.
    static let memory = Duration.seconds(3600)
    /// The most nodes that are remembered.
    static let most = 512

    private var nodes: [String: Node] = [:]
    private var lastGood: (node: String, at: Timestamp)?

    mutating func noteSuccess(at node: String, _ now: Timestamp) {
        // Who is well does not have to be remembered one by one, but counts among those that are known.
        nodes[node] = Node(lastSeen: now)
        lastGood = (node, now)
        forget()
    }

    mutating func noteFailure(at node: String, _ cause: String, _ now: Timestamp) {
        guard Self.isName(node) else { return }
        var own = nodes[node] ?? Node(lastSeen: now)
        own.failures += 1
        own.cause = cause
        own.lastSeen = now
        if own.failures >= Self.strikes, isWellElsewhere(than: node, now) {
            let ban = Self.firstBan * (1 << min(own.failures - Self.strikes, 10))
            own.until = now + min(ban, Self.longestBan)
        }
        nodes[node] = own
        forget()
    }

    /// Whether a pilot was well lately at another node than this one.
    func isWellElsewhere(than node: String, _ now: Timestamp) -> Bool {
        lastGood.map { $0.node != node && now - $0.at <= Self.memory } ?? false
    }

    /// Those that get no pilots now, the worst first, in a fixed order.
    func shunned(at now: Timestamp) -> [ShunnedNode] {
        let due = nodes.filter { $0.value.until.map { $0 > now } ?? false }
        return due.sorted { ($1.value.failures, $0.key) < ($0.value.failures, $1.key) }.prefix(nodes.count / 2)
            .compactMap { name, node in
                node.until.map {
                    ShunnedNode(
                        node: name, reason: "\(node.failures) pilots in a row: \(node.cause.prefix(300))", until: $0)
                }
            }
    }

    /// Shuns none for now: the site does not take jobs that ask for other nodes.
    mutating func forgive() {
        for name in nodes.keys { nodes[name]?.until = nil }
    }

    /// When the next node may be tried again.
    func nextChange(after now: Timestamp) -> Timestamp? {
        nodes.values.compactMap(\.until).filter { $0 > now }.min()
    }

    private mutating func forget() {
        guard nodes.count > Self.most, let oldest = nodes.min(by: { $0.value.lastSeen < $1.value.lastSeen }) else {
            return
        }
        nodes[oldest.key] = nil
    }

    /// Whatever else a report says is given to no batch system.
    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, first != UInt8(ascii: "-"), text.utf8.count <= 253 else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
    }
}
