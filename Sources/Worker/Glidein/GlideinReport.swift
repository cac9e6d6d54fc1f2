/// One line of JSON about the pilot, replaced as it goes through its phases.
public struct GlideinReport: Sendable, Hashable {
    public enum Phase: Sendable, Hashable {
        /// Runs on a node; has not joined.
        case started
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
    public var phase: Phase

    public var line: String {
        var fields = [
            ("phase", Self.text(phaseWord)), ("name", Self.text(name)), ("node", Self.text(node)),
            ("started", String(started)), ("time", String(now)),
        ]
        if let joined {
            fields.append(("joined", String(joined)))
            fields.append(("secondsJoined", String(max(0, now - joined))))
        }
        if case .ended(let reason) = phase {
            fields.append(("reason", Self.text(reason.word)))
            fields.append(("message", Self.text(reason.message)))
            fields.append(("exitCode", String(reason.exitCode)))
        }
        return "{" + fields.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
    }

    private var phaseWord: String {
        switch phase {
        case .started: "started"
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
