/// The batch script of a pilot that runs any program, in POSIX sh: it passes signals on, tells where it is as others do, and
/// clears up. Nothing is unpacked.
///
/// What it ends with is what the program ended with, as with ``PilotScript``.
public struct PlainPilotScript: Sendable {
    /// The pilot's own folder at the site, absolute and visible from the worker.
    public var pilotDirectory: String
    /// The folder that somebody follows, absolute.
    public var spool: String
    /// Runs in a scratch folder of its own, whose path is in `VC3_SCRATCH`.
    public var command: [String]
    /// A file with the program in base64, absolute; it becomes the file in the scratch folder that ``command`` begins with.
    public var program: String?
    public var environment: [(name: String, value: String)] = []

    public init(pilotDirectory: String, spool: String, command: [String]) {
        self.pilotDirectory = pilotDirectory
        self.spool = spool
        self.command = command
    }

    public func rendered() -> String {
        let variables = environment.map { "\($0.name)=\(PilotScript.quoted($0.value)); export \($0.name)\n" }.joined()
        let unpacking = program.map { file in
            let name = PilotScript.quoted(command.first ?? "")
            return """
                base64 -d \(PilotScript.quoted(file)) >\(name) && chmod 700 \(name) ||
                    stop_here "the program cannot be unpacked in $scratch" 11

                """
        }
        return """
            #!/bin/sh
            # Written by VC3: one pilot. Remove the batch job to end it.
            pilot=\(PilotScript.quoted(pilotDirectory))
            spool=\(PilotScript.quoted(spool))

            \(PilotScript.onlyOnce)
            \(PilotScript.handling)
            for base in "${_CONDOR_SCRATCH_DIR:-}" "${SLURM_TMPDIR:-}" "${TMPDIR:-}" /tmp /var/tmp "$pilot"; do
                [ -n "$base" ] && [ -d "$base" ] && [ -w "$base" ] || continue
                scratch=$(mktemp -d "$base/vc3-pilot.XXXXXX" 2>/dev/null) && break
                scratch=
            done
            [ -n "$scratch" ] && cd "$scratch" || stop_here "no scratch folder can be made" 11
            \(unpacking ?? "")VC3_SCRATCH=$scratch
            export VC3_SCRATCH
            \(variables)umask "$mask"
            \(command.map(PilotScript.quoted).joined(separator: " ")) </dev/null &
            child=$!
            [ -z "$stop" ] || kill -s "$stop" "$child"
            \(PilotScript.conclusion)

            """
    }
}
