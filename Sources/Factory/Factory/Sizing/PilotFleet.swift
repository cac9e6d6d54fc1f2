public import VC3Model

/// Which running or waiting pilots go first.
public enum KillOrder: String, Sendable, Codable {
    case newest, oldest
}

/// The pilots of one pilot set, as far as its size is concerned.
public struct PilotFleet: Sendable, Equatable {
    /// A pilot that is not known to have ended and is not being ended.
    public struct Member: Sendable, Equatable {
        public var id: PilotID
        public var isRunning: Bool
        public var intended: Timestamp

        public init(id: PilotID, isRunning: Bool, intended: Timestamp) {
            self.id = id
            self.isRunning = isRunning
            self.intended = intended
        }
    }

    /// Includes pilots whose submission has an unknown outcome: they may exist, so they count.
    public var members: [Member]
    /// Pilots that were told to end and may still exist.
    public var retiring: Int

    public init(members: [Member] = [], retiring: Int = 0) {
        self.members = members
        self.retiring = retiring
    }

    public var alive: Int { members.count }
    public var running: Int { members.count { $0.isRunning } }
    public var pending: Int { alive - running }

    /// Waiting pilots first; among equals by age, then by id so that the same fleet always gives the same order.
    public func retirementOrder(_ order: KillOrder) -> [PilotID] {
        members.sorted { left, right in
            if left.isRunning != right.isRunning { return !left.isRunning }
            if left.intended != right.intended {
                return order == .newest ? left.intended > right.intended : left.intended < right.intended
            }
            return left.id < right.id
        }.map(\.id)
    }
}
