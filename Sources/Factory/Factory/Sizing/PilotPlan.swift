public import VC3Model

/// What to do about one pilot set's pilots now, and why.
public struct PilotPlan: Sendable, Equatable {
    /// How many pilots to submit.
    public var submit: Int
    /// Which pilots to end, first to go first.
    public var retire: [PilotID]
    /// How many pilots take work, so far.
    public var alive = 0
    /// Why there are as many as there are: a sentence for each rule that had a say.
    public var explanation: [String]

    public init(submit: Int = 0, retire: [PilotID] = [], explanation: [String] = []) {
        self.submit = submit
        self.retire = retire
        self.explanation = explanation
    }

    /// Decides, without acting: the rules one after the other, each on the number that the one before returned.
    ///
    /// A positive number is submitted, less whatever would bring more pilots into existence than are wanted while
    /// others are still ending. A negative number is retired: waiting pilots before running ones, then in kill order.
    /// So the number of pilots that exist never grows beyond `wanted` and those that drain.
    ///
    /// - Parameters:
    ///   - view: What else the rules may look at; `nil`: nothing.
    ///   - most: Instead of what is wanted.
    public init(
        wanted: Int, killOrder: KillOrder, seeing fleet: PilotFleet, within view: SizingView? = nil,
        through rules: [any SizingRule], most: Int? = nil
    ) {
        let view = view ?? SizingView(fleet: fleet)
        var number = wanted
        var explanation: [String] = []
        for rule in rules {
            let decision = rule.decide(number, view)
            number = decision.number
            if let reason = decision.reason { explanation.append(reason) }
        }
        self.init(explanation: explanation)
        alive = fleet.alive
        if number < 0 {
            let surplus = min(-number, fleet.members.count)
            retire = fleet.retirementOrder(killOrder).prefix(surplus).map { $0 }
            self.explanation.append("\(surplus) \(surplus == 1 ? "is" : "are") ended")
            return
        }
        let room =
            most.map { max(0, min($0, number) - fleet.retiring) } ?? max(0, wanted - fleet.alive - fleet.retiring)
        if number > room {
            self.explanation.append("\(number - room) must wait until as many that are being ended are gone")
        }
        submit = min(number, room)
    }

    /// The same for a queue of a file, whose rules begin with no number: what they end with is meant, and others wait for
    /// those that are still ending.
    init(killOrder: KillOrder, within view: SizingView, of fleet: PilotFleet, through rules: [any SizingRule]) {
        self.init(
            wanted: 0, killOrder: killOrder, seeing: fleet, within: view, through: rules, most: .max)
    }

    /// The chain of every pilot set: keep so many, not too many at a time, not too many waiting, and whatever the
    /// Factory's configuration adds.
    public static func chain(for spec: PilotSet.Spec, and limits: [any SizingRule] = []) -> [any SizingRule] {
        [
            KeepNRunning(), MaxPerCycle(maximum: spec.maxpercycle), MaxPending(maximum: spec.maxpending),
            ForSubmissions(rules: limits),
        ]
    }

    /// Whether the plan by that chain can end any pilot, which counts alone tell.
    ///
    /// - Parameters:
    ///   - alive: Not being ended.
    ///   - waiting: Of these, not running yet.
    static func mayRetire(alive: Int, waiting: Int, wanted: Int, for spec: PilotSet.Spec) -> Bool {
        alive > wanted || waiting > spec.maxpending || spec.maxpercycle < 0
    }
}
