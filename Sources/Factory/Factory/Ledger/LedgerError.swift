/// Why the ledger cannot be used.
public struct LedgerError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Reason: Sendable, Equatable {
        /// Another Factory has it open.
        case inUse
        /// A line in the middle is damaged.
        case damaged
        /// A system call failed, with this number (errno(3)).
        case system(Int32)
        /// An earlier flush failed, so what is on disk is not known; only opening it again tells.
        case poisoned
    }

    public let reason: Reason
    public let message: String

    init(_ reason: Reason, _ message: String) {
        self.reason = reason
        self.message = message
    }

    public var description: String { message }
}
