/// What can go wrong in a ``FakeWorld``, for those who count how often it did.
enum FakeFault: Int, CaseIterable, Sendable {
    /// The Factory's process is killed.
    case crash
    /// The site cannot be reached, for this command.
    case unreachable
    /// The site cannot be reached, for seconds or minutes.
    case deadSite
    /// Commands take up to a minute.
    case slowCommand
    /// The connection breaks before the command, or after it.
    case lostRequest, lostReply
    /// A submission runs some time after the connection broke.
    case lateScript
    /// A submission ends half-way.
    case killedScript
    /// The batch system answers a submission late: seconds, in a few cases minutes.
    case slowSubmission
    case refusal
    /// The answer to a submission leaves pilots out that were submitted.
    case partialAnswer
    /// A list of jobs: some left out, none at all, in any order, with jobs twice, or as it was at an earlier look.
    case lossyLook, emptyLook, reorderedLook, repeatedLook, staleLook
    /// A new job gets the id of one that has ended.
    case reusedJobID
    /// Nothing can be written at the site, or where the ledger is.
    case siteDiskFull, ledgerDiskFull
    case pilotFailure
    /// What a pilot tells by itself does not come, or late, or twice; a stranger tells something.
    case lostEvent, lateEvent, repeatedEvent, strangeEvent
    /// The batch system lists a job for a while after its end.
    case lateEnd
    /// The ledger is gone, or is an old copy.
    case lostLedger, oldLedger
    /// The time of day is set forwards, or backwards.
    case clockForward, clockBackward
    /// A Factory's process is stopped for a while, and goes on in the middle of a step (SIGSTOP, a machine that sleeps).
    case frozen
    /// A Factory is killed and stays away for a while; it ends in order.
    case absence, departure
    /// The Infoservice: a request or its answer is lost; it answers late, or not at all for a while; what is written comes to
    /// those who watch a while later.
    case lostStoreRequest, lostStoreAnswer, slowStore, storeOutage, lateWatch

    /// What happens where one Factory has all sites, and what needs several.
    static let ofSites = allCases.filter { $0.rawValue < frozen.rawValue }
}

extension FakeWorld {
    /// How likely each fault is, from 0 to 1.
    struct Faults: Sendable {
        var crash = 0.02
        var unreachable = 0.05
        var deadSite = 0.002
        var slowCommand = 0.03
        var lostRequest = 0.04
        var lostReply = 0.05
        var lateScript = 0.04
        var killedScript = 0.04
        var slowSubmission = 0.05
        var refusal = 0.04
        var partialAnswer = 0.04
        var lossyLook = 0.06
        var emptyLook = 0.04
        var reorderedLook = 0.3
        var repeatedLook = 0.06
        var staleLook = 0.04
        var reusedJobID = 0.03
        var siteDiskFull = 0.004
        var ledgerDiskFull = 0.004
        var pilotFailure = 0.1
        var lostEvent = 0.1
        var lateEvent = 0.2
        var repeatedEvent = 0.1
        var strangeEvent = 0.03
        var lateEnd = 0.3
        var frozen = 0.003
        var absence = 0.5
        var departure = 0.004
        var lostStoreRequest = 0.02
        var lostStoreAnswer = 0.02
        var slowStore = 0.02
        var storeOutage = 0.001
        var lateWatch = 0.2

        /// Among several Factories, each of which asks far more often for something.
        static let several = Faults(
            crash: 0.002, slowCommand: 0.01, ledgerDiskFull: 0.002, lostStoreRequest: 0.01, lostStoreAnswer: 0.01,
            slowStore: 0.003)

        static let none = Faults(
            crash: 0, unreachable: 0, deadSite: 0, slowCommand: 0, lostRequest: 0, lostReply: 0, lateScript: 0,
            killedScript: 0, slowSubmission: 0, refusal: 0, partialAnswer: 0, lossyLook: 0, emptyLook: 0,
            reorderedLook: 0, repeatedLook: 0, staleLook: 0, reusedJobID: 0, siteDiskFull: 0, ledgerDiskFull: 0,
            pilotFailure: 0, lostEvent: 0, lateEvent: 0, repeatedEvent: 0, strangeEvent: 0, lateEnd: 0, frozen: 0,
            absence: 0,
            departure: 0, lostStoreRequest: 0, lostStoreAnswer: 0, slowStore: 0, storeOutage: 0, lateWatch: 0)
    }
}
