/// The batch script of a pilot, in POSIX sh: finds scratch space, unpacks the worker bundle there, runs the payload,
/// passes signals on and clears up.
///
/// It names no secret: the token stays in a file of the pilot's folder. The same value always gives the same text.
///
/// What the script ends with is what the payload ended with, but for 0 when the pilot was cancelled before it began,
/// or has ended before and is run again, 11 when no folder of the node would do, and 15 on a node that is to be
/// avoided. It never ends with 99 or 100, which Grid Engine takes as orders.
public struct PilotScript: Sendable, Hashable {
    /// What runs in the pilot.
    public enum Payload: Sendable, Hashable {
        /// `vc3-glidein` from the bundle, behind the words of `launcher` if there are any: a command that prepares an
        /// environment and then runs its remaining arguments.
        case glidein(PilotArguments, launcher: [String])
        /// Any other worker. Runs in the scratch folder, whose path is in `VC3_SCRATCH`.
        case command([String])
    }

    /// The pilot's own folder at the site, absolute and visible from the worker.
    public var pilotDirectory: String
    /// The worker bundle at the site, absolute: `vc3-worker.tar.gz`, which holds `vc3-glidein` and `condor/`.
    public var bundle: String
    public var payload: Payload
    /// A folder that somebody follows, absolute: the pilot leaves its report there whenever it enters a phase, as
    /// `<name of its own folder>.<phase>`. Nil, not there or not writable: it does without.
    public var spool: String?
    /// Shell lines of the site's operator that run before anything else, such as `module load`.
    public var prologue: [String] = []

    public init(pilotDirectory: String, bundle: String, payload: Payload) {
        self.pilotDirectory = pilotDirectory
        self.bundle = bundle
        self.payload = payload
    }

    /// Where the pilot's token must be, mode 0600, before the script runs.
    public var tokenFile: String { pilotDirectory + "/token" }
    /// While this file exists, the script ends with 0 at once: a cancelled pilot that the queue starts all the same.
    public var tombstoneFile: String { pilotDirectory + "/cancelled" }
    /// A script of the resource's owner, which has to end with 0 before the pilot joins.
    public var siteCheckFile: String { pilotDirectory + "/site-check" }
    /// Names of nodes, a line each: on one of these the pilot ends at once, with 15.
    public var avoidFile: String { pilotDirectory + "/avoid" }
    /// What the pilot says about itself, one line of JSON; see `vc3-glidein --help`. It is there, with `phase` and
    /// `node`, as soon as the script runs, and says `ended` with `exitCode` however the payload ended.
    public var reportFile: String { pilotDirectory + "/report.json" }

    public func rendered() -> String {
        """
        #!/bin/sh
        # Written by VC3: one pilot. Remove the batch job to end it.
        pilot=\(Self.quoted(pilotDirectory))
        bundle=\(Self.quoted(bundle))
        spool=\(Self.quoted(spool ?? ""))
        need=\(needed)

        \(Self.onlyOnce)
        \(prologue.map { $0 + "\n" }.joined())\(Self.preparation)
        \(command) </dev/null &
        child=$!
        [ -z "$stop" ] || kill -s "$stop" "$child"
        \(Self.conclusion)

        """
    }

    /// Ends a pilot that was cancelled, or has run before.
    static let onlyOnce = #"""
        if [ -e "$pilot/cancelled" ]; then
            echo "pilot in $pilot was cancelled before it began"
            exit 0
        fi
        if grep -qs '"phase":"ended"' "$pilot/report.json"; then
            echo "pilot in $pilot has ended before, and another may be in its place"
            exit 0
        fi
        """#

    /// Waits for the payload, and tells how it ended unless it did so itself.
    static let conclusion = #"""
        await_child
        clear_up
        # The payload tells how it ended, unless it was killed or is not one of ours.
        grep -qs '"phase":"ended"' "$pilot/report.json" || tell_end "payload ended with $code" "$code"
        event ended
        case $code in
            99 | 100) code=1 ;;
        esac
        exit "$code"
        """#

    /// KiB of scratch space that the worker was promised.
    private var needed: Int {
        if case .glidein(let arguments, _) = payload { return (arguments.disk ?? 0) * 1024 }
        return 0
    }

    private var command: String {
        switch payload {
        case .command(let words):
            return words.map(Self.quoted).joined(separator: " ")
        case .glidein(let arguments, let launcher):
            let own = ["\"$scratch/vc3-glidein\""]
            let local = [
                "--release-dir \"$scratch/condor\"", "--scratch \"$scratch\"", "--token-file \"$pilot/token\"",
                "--report \"$pilot/report.json\"", "--drain-file \"$pilot/drain\"",
            ]
            let check = arguments.siteCheckTime == nil ? [] : ["--site-check \"$pilot/site-check\""]
            let events = spool == nil ? [] : ["--events \"$spool\""]
            return (launcher.map(Self.quoted) + own + arguments.arguments.map(Self.quoted) + local + check + events)
                .joined(separator: " ")
        }
    }

    /// One word of sh that means exactly this text.
    static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
