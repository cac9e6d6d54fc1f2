/// Which mails were sent, and when: the same one is not sent again for a while. A value, to be kept in a file.
public struct MailThrottle: Codable, Sendable, Equatable {
    struct Entry: Codable, Equatable {
        /// Milliseconds since 1970, of the last attempt.
        var at: Int64
        /// `false`: the attempt was begun, and its outcome is not known or was bad.
        var isSent: Bool
    }

    private var entries: [String: Entry] = [:]

    public init() {}

    /// Whether a mail may be attempted; if so, the attempt is noted and has to be kept before it is made.
    ///
    /// - Parameters:
    ///   - key: The same for mails that say the same.
    ///   - now: Milliseconds since 1970.
    ///   - interval: From one that was sent to the next.
    ///   - retry: The same, from one that may not have been sent.
    public mutating func begins(_ key: String, at now: Int64, interval: Duration, retry: Duration) -> Bool {
        entries = entries.filter { Self.age($0.value, now) < max(interval, retry) }
        if let entry = entries[key], Self.age(entry, now) < (entry.isSent ? interval : retry) { return false }
        entries[key] = Entry(at: now, isSent: false)
        return true
    }

    public mutating func sent(_ key: String, at now: Int64) { entries[key] = Entry(at: now, isSent: true) }

    /// A clock that was set back does not hold mails back for longer.
    private static func age(_ entry: Entry, _ now: Int64) -> Duration { .milliseconds(abs(now - entry.at)) }
}
