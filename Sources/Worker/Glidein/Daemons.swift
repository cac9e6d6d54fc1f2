import Glibc

/// HTCondor's daemons of one pilot: joins the pool, watches until the end, stops them.
struct Daemons {
    let site: WorkSite
    let release: String
    let token: TokenFile
    /// By the monotonic clock, when the batch system's walltime began to run.
    let startedAt: Double

    private var master: pid_t = 0
    private var log: LogFollower
    private var lastObstacle = "nothing was heard of it"
    /// How often the collector has refused this pilot.
    private var refusals = 0

    /// How long the daemons may take to go in order before they are killed. Batch systems give 10 s or more.
    private static let grace = 8.0
    /// How long before the end of the walltime jobs that still run are given back.
    static let reserve = 20.0
    /// A refusal this soon after joining is the answer to the first update, which the startd's log calls sent before it
    /// is taken.
    private static let probation = 10.0
    /// From one look for a new token to the next.
    private static let tokenInterval = 5.0

    init(site: WorkSite, release: String, token: TokenFile, startedAt: Double) {
        self.site = site
        self.release = release
        self.token = token
        self.startedAt = startedAt
        log = LogFollower(path: site.folder.path + "/log/StartLog")
    }

    mutating func serve(_ pilot: Pilot, configuration: WorkerConfiguration) -> EndReason {
        do throws(EndedEarly) {
            let deadline = monotonicSeconds() + Double(pilot.options.joinSeconds)
            while true {
                try join(pilot, collector: configuration.collector, until: deadline)
                pilot.enter(.joined)
                if let reason = try watch(pilot, collector: configuration.collector) { return reason }
            }
        } catch {
            stop()
            if case .notJoined = error.reason { showLogs() }
            if case .daemonDied = error.reason { showLogs() }
            return error.reason
        }
    }

    // MARK: Joining

    /// Starts the daemons once the collector listens, and again if that comes to nothing, until the time is up.
    private mutating func join(
        _ pilot: Pilot, collector: GlideinOptions.Address, until deadline: Double
    ) throws(EndedEarly) {
        var pause = 0.5
        while true {
            try awaitCollector(pilot, collector, until: deadline)
            // The last thing that a worker needs of its node.
            pilot.enter(.validated)
            switch try attempt(pilot, until: min(deadline, monotonicSeconds() + 30)) {
            case .joined: return
            case .refused:
                if token.secondsExpired == nil { try countRefusal(collector) }
                pause = max(pause, 3)
            case .silent:
                lastObstacle = "it listens but did not take the slot"
            }
            stop()
            guard monotonicSeconds() + pause < deadline else { throw tooLate(pilot, collector) }
            try rest(pilot, pause)
            pause = min(pause * 2, 30)
        }
    }

    /// Once may be a head node that is just being set up; not twice.
    private mutating func countRefusal(_ collector: GlideinOptions.Address) throws(EndedEarly) {
        refusals += 1
        if refusals > 1 { throw EndedEarly(.notJoined("the collector at \(collector) refused the token")) }
    }

    private mutating func awaitCollector(
        _ pilot: Pilot, _ collector: GlideinOptions.Address, until deadline: Double
    ) throws(EndedEarly) {
        let probe = ReachabilityProbe(address: collector)
        let began = monotonicSeconds()
        var pause = 0.25
        var patience = 3.0
        while true {
            var stopping: Int32?
            let left = max(0.5, min(patience, deadline - monotonicSeconds()))
            // Others wait to hear of the first one.
            patience = 10
            let obstacle = probe.obstacle(within: left) {
                stopping = stopping ?? pilot.signals.next(within: 0)
                return stopping != nil && stopping != SIGCHLD
            }
            if let stopping, stopping != SIGCHLD { throw EndedEarly(.signal(stopping)) }
            guard let obstacle else { return }
            if lastObstacle != obstacle { pilot.tell("collector \(collector): \(obstacle)") }
            lastObstacle = obstacle
            // A head node that is just being set up is no obstacle.
            if monotonicSeconds() - began >= 1.5 {
                pilot.note(
                    obstacle: NodeMisfit(
                        .headNodeUnreachable,
                        "the head node at \(collector) cannot be reached from this node: \(obstacle)"))
            }
            guard monotonicSeconds() + pause < deadline else { throw tooLate(pilot, collector) }
            try rest(pilot, pause)
            pause = min(pause * 2, 15)
        }
    }

    private func tooLate(_ pilot: Pilot, _ collector: GlideinOptions.Address) -> EndedEarly {
        EndedEarly(
            .notJoined(
                "could not join the collector at \(collector) within \(pilot.options.joinSeconds) s: \(lastObstacle)"))
    }

    private func rest(_ pilot: Pilot, _ seconds: Double) throws(EndedEarly) {
        let end = monotonicSeconds() + seconds
        while case let left = end - monotonicSeconds(), left > 0 {
            if let number = pilot.signals.next(within: left), number != SIGCHLD { throw EndedEarly(.signal(number)) }
        }
    }

    private enum Attempt { case joined, refused, silent }

    private mutating func attempt(_ pilot: Pilot, until deadline: Double) throws(EndedEarly) -> Attempt {
        // What an earlier attempt wrote is not about this one.
        _ = log.newLines()
        renewToken(pilot)
        master = try site.start([release + "/sbin/condor_master", "-f", "-t"], output: "log/MasterLog")
        var registered = false
        var advertised = false
        while monotonicSeconds() < deadline {
            for line in log.newLines() {
                switch DaemonLog(line: line) {
                case .registered: registered = true
                case .advertised: advertised = true
                case .refused: return .refused
                default: break
                }
            }
            if registered, advertised { return .joined }
            if let code = site.children.ending(of: master) {
                throw EndedEarly(.environment("HTCondor does not start on this node: condor_master ended with \(code)"))
            }
            // The log has no way to wake anybody; this lasts about a second.
            if let number = pilot.signals.next(within: 0.05), number != SIGCHLD { throw EndedEarly(.signal(number)) }
        }
        return .silent
    }

    // MARK: Watching

    /// - Returns: How the pilot ended; `nil` when it had not joined after all and may try again.
    private mutating func watch(
        _ pilot: Pilot, collector: GlideinOptions.Address
    ) throws(EndedEarly) -> EndReason? {
        let options = pilot.options
        let joinedAt = monotonicSeconds()
        var wasDenied = false
        var nextTokenLook = joinedAt
        var drainAt = options.drainStart.map { startedAt + Double($0) }
        var stopAt = options.walltimeSeconds.map { startedAt + max(0, Double($0) - Self.reserve) }
        var ending: EndReason?
        var startdEnded = false
        var busy: Set<String> = []
        while true {
            for line in log.newLines() {
                switch DaemonLog(line: line) {
                case .idle: ending = ending ?? .idle
                case .activity(let slot, let isBusy):
                    if isBusy { busy.insert(slot) } else { busy.remove(slot) }
                case .exited: startdEnded = true
                case .refused: wasDenied = true
                case .updateFailed where wasDenied && ending == nil:
                    wasDenied = false
                    // Whoever gave the token is away and may come back; what runs here may finish.
                    if let age = token.secondsExpired {
                        pilot.tell("the token expired \(age) s ago; waiting for another one")
                        continue
                    }
                    if monotonicSeconds() - joinedAt < Self.probation {
                        try countRefusal(collector)
                        stop()
                        try rest(pilot, 3)
                        return nil
                    }
                    refusals += 1
                    // The pool will forget this slot. What runs in it may finish; no new work can come.
                    if refusals > 1 {
                        ending = .notJoined("the collector at \(collector) no longer accepts the token")
                        pilot.enter(.draining)
                        kill(master, SIGTERM)
                    }
                default: break
                }
            }
            if let code = site.children.ending(of: master) {
                let reason = ending ?? (startdEnded ? .stoppedByHead : Self.death(of: code))
                if case .daemonDied = reason {
                    stop()
                    showLogs()
                }
                return reason
            }
            if startdEnded {
                stop()
                return ending ?? .stoppedByHead
            }
            pilot.note(busy: busy.count)
            let now = monotonicSeconds()
            if now >= nextTokenLook {
                renewToken(pilot)
                nextTokenLook = now + Self.tokenInterval
            }
            if let time = stopAt, now >= time {
                stop()
                return ending == .retired ? .retired : .walltime
            }
            if ending == nil, let seconds = pilot.secondsToFinish {
                ending = .retired
                drainAt = now
                stopAt = min(stopAt ?? .infinity, now + Double(seconds))
            }
            if let time = drainAt, now >= time {
                drainAt = nil
                ending = ending ?? .walltime
                pilot.enter(.draining)
                // Graceful: idle slots go at once, running jobs are left to finish.
                kill(master, SIGTERM)
            }
            // Two seconds: how soon the end of an idle startd is seen.
            let next = min(2, (drainAt ?? stopAt ?? .infinity) - now)
            if let number = pilot.signals.next(within: next), number != SIGCHLD {
                stop()
                return .signal(number)
            }
        }
    }

    /// Gives the daemons the token that was written for this pilot meanwhile. If that fails, the next look tries again.
    private func renewToken(_ pilot: Pilot) {
        guard let fresh = token.replacement() else { return }
        do {
            try site.replaceToken(fresh.text)
            token.take(fresh)
            pilot.tell("took a new token")
        } catch {
            GlideinProgram.say("\(error)")
        }
    }

    /// 99 is `DAEMON_SHUTDOWN`: the master found its startd gone, and the startd had not said that it goes.
    private static func death(of code: Int32) -> EndReason {
        .daemonDied(code == 99 ? "condor_startd died" : "condor_master died (\(code))")
    }

    // MARK: Stopping

    /// SIGQUIT ends jobs at once and tells the head node, so that they run elsewhere; what is left then is killed.
    private func stop() {
        guard master > 0 else { return }
        // Further signals change nothing: it is stopping as fast as it may.
        let pause = { _ = site.signals.next(within: 0.1) }
        let deadline = monotonicSeconds() + Self.grace
        if site.children.ending(of: master) == nil {
            kill(master, SIGQUIT)
            while site.children.ending(of: master) == nil, monotonicSeconds() < deadline { pause() }
        } else {
            // Without its master the startd still withdraws its slot, if it is asked.
            site.children.askAllToStop(for: Self.grace, pause: pause)
        }
        site.children.killAll()
    }

    /// The end of the daemons' logs, into the batch job's output: the folder is about to go.
    private func showLogs() {
        for name in ["MasterLog", "StartLog"] {
            guard let text = try? PrivateFolder.text(of: "\(site.folder.path)/log/\(name)", limit: 8 << 20) else {
                continue
            }
            GlideinProgram.say("last lines of \(name):")
            for line in text.split(separator: "\n").suffix(15) { GlideinProgram.say("  " + line) }
        }
    }
}
