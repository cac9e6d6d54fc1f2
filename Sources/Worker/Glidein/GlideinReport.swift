/// One line of JSON about the pilot, replaced as it goes through its phases.
public struct GlideinReport: Sendable {
    public enum Phase: Sendable, Hashable {
        /// Runs on a node; has not joined.
        case started
        /// The node has all that a worker needs.
        case validated
        /// The collector has its slot.
        case joined
        /// Takes no new work.
        case draining
        case ended(EndReason)
    }

    public var name: String
    public var node: String
    /// Seconds since 1970, of the node's clock.
    public var started: Int
    public var joined: Int?
    public var now: Int
    public private(set) var phase: Phase
    /// When it entered each phase first, in the order of entering.
    public private(set) var phases: [(word: String, at: Int)] = []
    /// What keeps it from going on, while it tries.
    public var obstacle: NodeMisfit?
    /// How many slots have jobs.
    public var busy = 0
    /// The last lines that it had to say, when it ended badly.
    public var log: [String] = []

    public init(name: String, node: String, started: Int) {
        self.name = name
        self.node = node
        self.started = started
        now = started
        phase = .started
        phases = [("started", started)]
    }

    public mutating func enter(_ next: Phase, at time: Int) {
        phase = next
        obstacle = nil
        now = time
        if next == .joined { joined = time }
        if !phases.contains(where: { $0.word == phaseWord }) { phases.append((phaseWord, time)) }
    }

    public var line: String {
        var fields = [
            ("phase", Self.text(phaseWord)), ("name", Self.text(name)), ("node", Self.text(node)),
            ("started", String(started)), ("time", String(now)),
            ("phases", "{" + phases.map { "\"\($0.word)\":\($0.at)" }.joined(separator: ",") + "}"),
        ]
        if let joined {
            fields.append(("joined", String(joined)))
            fields.append(("secondsJoined", String(max(0, now - joined))))
        }
        if phase == .joined || phase == .draining { fields.append(("busy", String(busy))) }
        if let obstacle {
            fields.append(("obstacle", Self.text(obstacle.fault.rawValue)))
            fields.append(("message", Self.text(obstacle.message)))
        }
        if case .ended(let reason) = phase {
            fields.append(("reason", Self.text(reason.word)))
            fields.append(("message", Self.text(reason.message)))
            fields.append(("exitCode", String(reason.exitCode)))
            if !log.isEmpty {
                fields.append(("log", "[" + log.map(Self.text).joined(separator: ",") + "]"))
            }
        }
        return "{" + fields.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
    }

    var phaseWord: String {
        switch phase {
        case .started: "started"
        case .validated: "validated"
        case .joined: "joined"
        case .draining: "draining"
        case .ended: "ended"
        }
    }

    /// A JSON string (RFC 8259 §7).
    static func text(_ string: String) -> String {
        var quoted = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
