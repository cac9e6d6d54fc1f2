/// At most so many at a time; the next ones follow when the site has been looked at again.
public struct MaxPerCycle: SizingRule {
    public var maximum: Int
    public init(maximum: Int) { self.maximum = maximum }

    public func decide(_ number: Int, _ view: SizingView) -> SizingDecision {
        .limited(
            min(number, maximum), from: number, "\(number) missing, at most \(maximum) are submitted at a time")
    }
}

/// At least so many at a time.
public struct MinPerCycle: SizingRule {
    public var minimum: Int
    public init(minimum: Int) { self.minimum = minimum }

    public func decide(_ number: Int, _ view: SizingView) -> SizingDecision {
        .limited(max(number, minimum), from: number, "at least \(minimum) are submitted at a time")
    }
}

/// At most so many waiting in the site's queue.
public struct MaxPending: SizingRule {
    public var maximum: Int
    /// Whether more than that waiting are ended, rather than left.
    public var allowsNegative: Bool
    /// Whether the limit holds for a queue in which none wait too. The original's did not: a site that starts
    /// whatever comes was to get whatever is missing.
    public var limitsEmptyQueue: Bool

    public init(maximum: Int, allowsNegative: Bool = true, limitsEmptyQueue: Bool = true) {
        self.maximum = maximum
        self.allowsNegative = allowsNegative
        self.limitsEmptyQueue = limitsEmptyQueue
    }

    public func decide(_ number: Int, _ view: SizingView) -> SizingDecision {
        guard let fleet = view.fleet else { return SizingDecision(number) }
        if fleet.pending == 0, !limitsEmptyQueue { return SizingDecision(number) }
        let room = maximum - fleet.pending
        return .limited(
            min(number, allowsNegative ? room : max(0, room)), from: number,
            "at most \(maximum) may wait in the queue, \(fleet.pending) are waiting")
    }
}

/// At least so many waiting in the site's queue.
public struct MinPending: SizingRule {
    public var minimum: Int
    public init(minimum: Int) { self.minimum = minimum }

    public func decide(_ number: Int, _ view: SizingView) -> SizingDecision {
        guard let fleet = view.fleet else { return .pilotsUnknown }
        return .limited(
            max(number, minimum - fleet.pending), from: number,
            "at least \(minimum) are to wait in the queue, \(fleet.pending) are waiting")
    }
}

/// At most so many alive.
public struct MaxToRun: SizingRule {
    public var maximum: Int
    public init(maximum: Int) { self.maximum = maximum }

    public func decide(_ number: Int, _ view: SizingView) -> SizingDecision {
        guard let fleet = view.fleet else { return .pilotsUnknown }
        return .limited(
            min(number, maximum - fleet.alive), from: number, "at most \(maximum) at once, there are \(fleet.alive)")
    }
}

/// At most as many in all queues of the Factory as its configuration says: it has one number for all.
public struct MaxPerFactory: SizingRule {
    public init() {}

    public func decide(_ number: Int, _ view: SizingView) -> SizingDecision {
        guard let factory = view.factory else { return .pilotsUnknown }
        // Whoever wants fewer is not stopped by too many.
        guard number > 0, let most = factory.most else { return SizingDecision(number) }
        return .limited(
            min(number, max(0, most - factory.alive)), from: number,
            "at most \(most) in the whole factory, there are \(factory.alive)")
    }
}

/// At most so many over the life of the queue.
public struct MaxToSubmit: SizingRule {
    public var maximum: Int
    public init(maximum: Int) { self.maximum = maximum }

    public func decide(_ number: Int, _ view: SizingView) -> SizingDecision {
        if number <= 0 { return SizingDecision(number) }
        return .limited(
            min(number, max(0, maximum - view.submitted)), from: number,
            "at most \(maximum) over the queue's life, \(view.submitted) were submitted")
    }
}

/// At least so many over the life of the queue.
public struct MinToSubmit: SizingRule {
    public var minimum: Int
    public init(minimum: Int) { self.minimum = minimum }

    public func decide(_ number: Int, _ view: SizingView) -> SizingDecision {
        .limited(
            max(number, minimum - view.submitted), from: number,
            "at least \(minimum) over the queue's life, \(view.submitted) were submitted")
    }
}
