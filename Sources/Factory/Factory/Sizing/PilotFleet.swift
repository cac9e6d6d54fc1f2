public import VC3Model

/// Which running or waiting pilots go first.
public enum KillOrder: String, Sendable, Codable, CaseIterable {
    case newest, oldest
}

/// The pilots of one pilot set, as far as its size is concerned.
public struct PilotFleet: Sendable, Equatable {
    /// A pilot that is not known to have ended and is not being ended.
    public struct Member: Sendable, Equatable {
        public var id: PilotID
        public var isRunning: Bool
        /// Whether it has jobs, as far as is known.
        public var isBusy: Bool
        public var intended: Timestamp
        /// When it began to run, if it does.
        public var started: Timestamp?

        public init(
            id: PilotID, isRunning: Bool, isBusy: Bool = false, intended: Timestamp, started: Timestamp? = nil
        ) {
            self.id = id
            self.isRunning = isRunning
            self.isBusy = isBusy
            self.intended = intended
            self.started = started
        }
    }

    /// Includes pilots whose submission has an unknown outcome: they may exist, so they count.
    public var members: [Member]
    /// Pilots that were told to end and may still exist.
    public var retiring: Int
    /// Pilots that take no new work and finish what they have, because they are too many or because their walltime is
    /// nearly over. Others may take their place already.
    public var draining: Int

    public init(members: [Member] = [], retiring: Int = 0, draining: Int = 0) {
        self.members = members
        self.retiring = retiring
        self.draining = draining
    }

    public var alive: Int { members.count }
    public var running: Int { members.count { $0.isRunning } }
    public var pending: Int { alive - running }

    /// Waiting pilots first, then idle ones; among equals by age, then by id so that the same fleet always gives the same order.
    public func retirementOrder(_ order: KillOrder) -> [PilotID] {
        members.sorted { left, right in
            if left.isRunning != right.isRunning { return !left.isRunning }
            if left.isBusy != right.isBusy { return !left.isBusy }
            if left.intended != right.intended {
                return order == .newest ? left.intended > right.intended : left.intended < right.intended
            }
            return left.id < right.id
        }.map(\.id)
    }
}
