public import VC3Model

/// Where pilots' logs are, and what they are called from outside: `<base>/<YYYY-MM-DD>/<queue>/<file>` with days by UTC,
/// as AutoPyFactory has them.
public struct LogLayout: Sendable, Equatable {
    /// A folder, without a slash at the end.
    public var base: String
    /// What that folder is called from outside, without a slash at the end.
    public var address: String

    public init(base: String, address: String) {
        self.base = base
        self.address = address
    }

    /// The folder of a queue's logs of the day of this moment.
    public func folder(of queue: String, at moment: Timestamp) -> String { base + Self.path(of: queue, at: moment) }

    /// The address of that folder.
    public func address(of queue: String, at moment: Timestamp) -> String {
        address + Self.path(of: queue, at: moment)
    }

    /// `YYYY-MM-DD`, UTC.
    public static func day(of moment: Timestamp) -> String { String(moment.description.prefix(10)) }

    /// The name of a queue's folders. Slashes and colons are underscores; a name that would be hidden, or mean another
    /// folder, begins with one.
    public static func name(of queue: String) -> String {
        let plain = String(
            queue.unicodeScalars.map { "/:\\".unicodeScalars.contains($0) || $0.value < 32 ? "_" : $0 }
                .map(Character.init))
        return plain.isEmpty || plain.hasPrefix(".") ? "_" + plain : plain
    }

    private static func path(of queue: String, at moment: Timestamp) -> String {
        "/\(day(of: moment))/\(name(of: queue))"
    }
}
