import Glibc

/// One pilot, from an empty scratch folder to an empty scratch folder.
///
/// One thread that waits for signals, children among them, and looks at the startd's log now and then.
final class Pilot {
    let options: GlideinOptions
    let signals = SignalQueue()
    private var report: GlideinReport

    init(options: GlideinOptions) {
        self.options = options
        var host = [CChar](repeating: 0, count: 256)
        gethostname(&host, host.count - 1)
        // The script around it began before: it had a worker bundle to unpack.
        let environment = GlideinProgram.currentEnvironment()
        let began = environment["VC3_STARTED"].flatMap { Int($0) }
        report = GlideinReport(
            name: options.name,
            // As the batch system calls it, says the script around it.
            node: environment["VC3_NODE"]
                ?? String(decoding: host.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self),
            started: began ?? wallClockSeconds())
    }

    func run() -> EndReason {
        let began = monotonicSeconds()
        enter(.started)
        let reason = live(began: began)
        if reason.exitCode != 0 { report.log = GlideinProgram.spoken }
        enter(.ended(reason))
        GlideinProgram.say("ended: \(reason.message)")
        return reason
    }

    func enter(_ phase: GlideinReport.Phase) {
        if phase == .validated, report.phase == .validated { return }
        report.enter(phase, at: wallClockSeconds())
        write()
        leaveEvent()
    }

    /// The script around the pilot tells its start and its end: it is there before and after.
    private func leaveEvent() {
        guard let folder = options.events else { return }
        switch report.phase {
        case .started where report.obstacle == nil, .ended: return
        case .started, .validated, .joined, .draining: break
        }
        let name = "\(options.name).\(report.phaseWord)"
        do {
            try PrivateFolder.replace("\(folder)/\(name)", with: report.line + "\n", through: "\(folder)/.\(name)")
        } catch {
            tell("\(error)")
        }
    }

    /// Tells at once what keeps the pilot from going on; the next phase ends it.
    func note(obstacle: NodeMisfit) {
        guard report.obstacle?.fault != obstacle.fault else { return }
        report.obstacle = obstacle
        report.now = wallClockSeconds()
        write()
        leaveEvent()
    }

    /// Says how many slots have jobs, when that has changed.
    func note(busy: Int) {
        guard busy != report.busy else { return }
        report.busy = busy
        report.now = wallClockSeconds()
        write()
    }

    /// For how many more seconds it may go on, once it was told to finish; `nil` until then.
    var secondsToFinish: Int? {
        guard let file = options.drainFile, let text = try? PrivateFolder.text(of: file, limit: 64) else { return nil }
        // Whatever the file says, it is there.
        return Int(text.prefix { $0.isNumber }) ?? 0
    }

    private func write() {
        tell(report.line)
        guard let path = options.report else { return }
        do {
            try PrivateFolder.replace(path, with: report.line + "\n")
        } catch {
            // The report is for others' convenience; the pilot is not.
            GlideinProgram.say("\(error)")
        }
    }

    func tell(_ text: @autoclosure () -> String) {
        if options.isVerbose { GlideinProgram.say(text()) }
    }

    private func live(began: Double) -> EndReason {
        let folder: PrivateFolder
        let children: ChildProcesses
        do {
            folder = try PrivateFolder(in: options.scratch)
            children = try ChildProcesses()
        } catch {
            return .environment("\(error)")
        }
        defer { if options.keepsFiles { GlideinProgram.say("kept \(folder.path)") } else { folder.remove() } }
        // After the daemons have ended and before the folder goes: whatever still runs would write into it.
        defer { children.killAll() }
        do throws(EndedEarly) {
            let token = try awaitToken()
            let site = WorkSite(folder: folder, children: children, signals: signals, tell: { self.tell($0) })
            try site.layOut(token: token.content.text)
            let promise = NodePromise(options, tokenIssued: token.content.claims.issued)
            let facts = NodeFacts.measured(scratch: folder.path, report: options.report)
            if let misfit = promise.misfit(of: facts) { throw EndedEarly(.unfit(misfit)) }
            let release = try site.release(options.release)
            let configuration = try site.configuration(
                options, issuer: token.content.claims.issuer, release: release, startedAt: report.started)
            try NodeTrial(site: site, options: options).run()
            var daemons = Daemons(site: site, release: release, token: token, startedAt: began)
            return daemons.serve(self, configuration: configuration)
        } catch {
            return error.reason
        }
    }

    /// A token that is good. One that ended while the pilot waited in the queue is soon replaced by a Factory that was
    /// away, so there is time for that.
    private func awaitToken() throws(EndedEarly) -> TokenFile {
        let token = try TokenFile(path: options.tokenFile)
        let deadline = monotonicSeconds() + Double(options.joinSeconds)
        while let age = token.secondsExpired {
            if let fresh = token.replacement() {
                token.take(fresh)
                continue
            }
            guard monotonicSeconds() < deadline else {
                throw EndedEarly(
                    .notJoined(
                        "the token expired \(age) s ago, and none came in its place within \(options.joinSeconds) s"))
            }
            tell("the token expired \(age) s ago; waiting for another one")
            if let number = signals.next(within: 1), number != SIGCHLD { throw EndedEarly(.signal(number)) }
        }
        return token
    }
}

/// The pilot's life ends before it began.
struct EndedEarly: Error {
    let reason: EndReason
    init(_ reason: EndReason) { self.reason = reason }
}
