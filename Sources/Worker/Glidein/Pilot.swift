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
        var node = [CChar](repeating: 0, count: 256)
        gethostname(&node, node.count - 1)
        // The script around it began before: it had a worker bundle to unpack.
        let began = GlideinProgram.currentEnvironment()["VC3_STARTED"].flatMap { Int($0) }
        report = GlideinReport(
            name: options.name,
            node: String(decoding: node.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self),
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
        report.enter(phase, at: wallClockSeconds())
        write()
        leaveEvent()
    }

    /// The script around the pilot tells its start and its end: it is there before and after.
    private func leaveEvent() {
        guard let folder = options.events else { return }
        switch report.phase {
        case .started, .ended: return
        case .validated, .joined, .draining: break
        }
        let name = "\(options.name).\(report.phaseWord)"
        do {
            try PrivateFolder.replace("\(folder)/\(name)", with: report.line + "\n", through: "\(folder)/.\(name)")
        } catch {
            tell("\(error)")
        }
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
            let token = try readToken()
            let site = WorkSite(folder: folder, children: children, signals: signals, tell: { self.tell($0) })
            try site.layOut(token: token.text)
            let release = try site.release(options.release)
            let configuration = try site.configuration(options, issuer: token.claims.issuer, release: release)
            enter(.validated)
            var daemons = Daemons(site: site, release: release, startedAt: began)
            return daemons.serve(self, configuration: configuration)
        } catch {
            return error.reason
        }
    }

    private func readToken() throws(EndedEarly) -> (text: String, claims: JoinToken) {
        var status = stat()
        guard stat(options.tokenFile, &status) == 0 else {
            throw EndedEarly(.badArguments(SystemError("read --token-file \(options.tokenFile)").description))
        }
        if status.st_mode & 0o077 != 0 {
            GlideinProgram.say("warning: \(options.tokenFile) is open to others than its owner; chmod 600 it")
        }
        let text: String
        do {
            text = try PrivateFolder.text(of: options.tokenFile, limit: 16_384)
        } catch {
            throw EndedEarly(.badArguments("--token-file: \(error)"))
        }
        let line = String(text.split(separator: "\n").first ?? "").filter { $0 != " " && $0 != "\r" }
        guard let claims = JoinToken(text: line), claims.issuer.utf8.allSatisfy(\.isNameByte) else {
            throw EndedEarly(.badArguments("--token-file \(options.tokenFile) does not hold an HTCondor token"))
        }
        if let expires = claims.expires, expires <= wallClockSeconds() {
            let age = wallClockSeconds() - expires
            throw EndedEarly(.notJoined("the token expired \(age) s ago; the pilot waited too long in the queue"))
        }
        return (line, claims)
    }
}

/// The pilot's life ends before it began.
struct EndedEarly: Error {
    let reason: EndReason
    init(_ reason: EndReason) { self.reason = reason }
}
