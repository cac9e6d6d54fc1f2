import CGlidein
import Glibc

/// Programs that this one started, and whatever they left behind.
///
/// One thread uses it, so it is no actor. Orphans of the children become children of this process, so that nothing
/// can slip away by starting a session of its own, as HTCondor's starters and their jobs do.
final class ChildProcesses {
    /// How a child ended: its code, or 128 + the signal.
    private var endings: [pid_t: Int32] = [:]

    init() throws(SystemError) {
        let problem = glidein_adopt_orphans()
        if problem != 0 { throw SystemError("adopt orphaned processes", code: problem) }
    }

    /// Starts a program in a session of its own. It gets SIGQUIT, HTCondor's order to stop at once, if this one dies.
    func start(
        _ words: [String], environment: [String: String], directory: String, output: Int32
    ) throws(SystemError) -> pid_t {
        let arguments = words.map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (arguments + variables).forEach { free($0) } }
        let child = glidein_start(words[0], arguments, variables, directory, output, SIGQUIT)
        guard child > 0 else { throw SystemError("start \(words[0])", code: -child) }
        return child
    }

    /// How it ended; nil while it runs.
    func ending(of child: pid_t) -> Int32? {
        reap()
        return endings[child]
    }

    private func reap() {
        var status: Int32 = 0
        while true {
            let child = waitpid(-1, &status, WNOHANG)
            guard child > 0 else { return }
            let signal = status & 0x7F
            endings[child] = signal == 0 ? (status >> 8) & 0xFF : 128 + signal
        }
    }

    /// Asks every descendant to stop at once, in its own way, and gives them a while for it.
    ///
    /// - Parameter pause: Called between two looks.
    func askAllToStop(for seconds: Double, pause: () -> Void) {
        let deadline = monotonicSeconds() + seconds
        for process in Self.descendants(of: getpid()) { kill(process, SIGQUIT) }
        while monotonicSeconds() < deadline {
            reap()
            if Self.descendants(of: getpid()).isEmpty { return }
            pause()
        }
    }

    /// Kills every descendant, again and again until none is left, for at most two seconds.
    func killAll() {
        for _ in 0..<40 {
            reap()
            let left = Self.descendants(of: getpid())
            if left.isEmpty { return }
            for process in left { kill(process, SIGKILL) }
            usleep(50_000)
        }
    }

    /// From /proc, as of now; proc_pid_stat(5).
    private static func descendants(of root: pid_t) -> [pid_t] {
        var children: [pid_t: [pid_t]] = [:]
        for name in (try? PrivateFolder.names(in: "/proc")) ?? [] {
            guard let process = pid_t(name), let stat = try? PrivateFolder.text(of: "/proc/\(name)/stat", limit: 4096),
                let end = stat.lastIndex(of: ")")
            else { continue }
            // The command's name is in parentheses and may hold anything, so fields count from the last one.
            let fields = stat[stat.index(after: end)...].split(separator: " ")
            guard fields.count > 1, let parent = pid_t(fields[1]) else { continue }
            children[parent, default: []].append(process)
        }
        var found: [pid_t] = []
        var open = [root]
        while let next = open.popLast() {
            let below = children[next] ?? []
            found += below
            open += below
        }
        return found
    }
}
