import VC3Model

/// How patient the Factory is with a site.
struct SiteSettings: Sendable {
    var looks = LookSchedule()
    var limits = SizingLimits()
    var demand = KnownDemand()
    /// The pilots of all sites together.
    var census = FactoryCensus()
    /// How long a spool folder that is followed may say nothing; it says something every ten seconds.
    var longestSilence = Duration.seconds(30)
    /// How long after a change of what is wanted the batch system is asked as often as it takes to follow it closely.
    var attention = Duration.seconds(60)
    /// The most submissions in a minute that replace pilots which have ended, while events come. With a look and the
    /// removal of what ended pilots left, that makes four commands of the batch system.
    var quietSubmissions = 2
    /// How long a job may be listed after its pilot has told its own end.
    var endSettle = Duration.seconds(60)
    /// The longest time between two attempts to follow the spool folder.
    var longestFollowRetry = Duration.seconds(300)
    var commandsPerMinute = 30
    var commandBurst = 40
    /// A job that good answers leave out for so long, in at least two of them, is not believed to be alive.
    var missingGrace = Duration.seconds(3)
    /// The same, when most of the jobs are left out at once: then the answer is more likely to be wrong than the jobs.
    var massMissingGrace = Duration.seconds(120)
    /// From an accepted cancellation to believing an answer that does not list the job.
    var cancelSettle = Duration.seconds(2)
    /// From one cancellation of a job that goes on to the next.
    var cancelRepeat = Duration.seconds(30)
    /// How long a submission without an outcome may take once its process is gone.
    var begunGrace = Duration.seconds(10)
    /// The same, while that cannot be told.
    var begunLimit = Duration.seconds(120)
    /// How long a given-up submission is remembered, to recognize its job should it appear after all.
    var afterlife = Duration.seconds(60)
    /// How long a held job is left alone.
    var heldLimit = Duration.seconds(600)
    /// How long a pilot runs until it counts as a sign that the site is well.
    var provenAfter = Duration.seconds(10)
    /// How many pilots are risked at once at a site where none like them has been well.
    var canaries = 2
    /// How long the others wait for these while they wait in the queue.
    var canaryPatience = Duration.seconds(60)
    /// How long a pilot's token is good.
    var tokenLife = PilotRevocation.tokenLife
    /// How old a token may become before the pilot gets a fresh one.
    var tokenRenewal: Duration { tokenLife / 3 }
    /// The most tokens that are replaced by one command.
    var tokenBatch = 200
    /// The most jobs that are cancelled at one look because the ledger calls them dead.
    var orphansPerLook = 10
    /// The most jobs in one cancellation.
    var cancelBatch = 200
    /// A look that is older than this is too old to choose among running pilots by.
    var freshLook = Duration.seconds(2)
    /// From the end of a pilot's time to finish its jobs, which it keeps itself, to its cancellation.
    var drainSlack = Duration.seconds(30)
    /// Who asks for a pilot's output is refused when the budget of commands is overdrawn for longer.
    var longestWaitForOutput = Duration.seconds(10)
    /// How many ended pilots of each set are remembered one by one.
    var history = 50
    /// Who keeps what ended pilots had to say; `nil`: nobody.
    var keepOutputs: (@Sendable ([EndedOutput]) async -> Void)?
    /// How long a command may go without an answer before that is told.
    var longestAnswer = Duration.seconds(15)
    var firstRetry = Duration.seconds(1)
    var longestRetry = Duration.seconds(30)
    var newPilot: @Sendable () -> PilotID = { .random() }
}

/// Where a site reads the time.
struct SiteClock: Sendable {
    /// Since any fixed moment; never goes back.
    var elapsed: @Sendable () -> Duration
    var wall: WallClock

    init(elapsed: @escaping @Sendable () -> Duration, wall: WallClock) {
        self.elapsed = elapsed
        self.wall = wall
    }

    static func system(_ wall: WallClock) -> SiteClock {
        let start = ContinuousClock.now
        return SiteClock(elapsed: { start.duration(to: .now) }, wall: wall).anchored()
    }

    /// The time of day as it was now, and what has passed since: whoever sets the machine's clock later neither ends a
    /// pilot's time early nor prolongs it. Moments are off by as much until the Factory is started again.
    func anchored() -> SiteClock {
        let (anchor, start, elapsed) = (wall.now(), elapsed(), elapsed)
        return SiteClock(elapsed: elapsed, wall: WallClock { anchor + (elapsed() - start) })
    }
}
