import VC3Commands

/// The shell scripts of ``LocalBatchSystem``. A job's folder holds:
///
/// ```
/// keeper       the script that runs the pilot
/// process      pid, start time, boot: who the job is
/// cancelled    somebody wants its end
/// limit        its walltime is over
/// exit         its exit code
/// ```
enum LocalScripts {
    static let folder = #"jobs="${HOME:?}/.vc3-local/$(uname -n)"; mkdir -p -m 700 "$jobs" || exit 1"#

    /// `identify PID` writes the start time and the boot; nothing if there is no such process. Of proc_pid_stat(5),
    /// field 22 is the start time; field 2, the name, is in parentheses and may hold blanks and parentheses.
    private static let identify = #"""
        identify() {
            { read -r fields </proc/$1/stat; } 2>/dev/null || return
            set -- ${fields##*) }
            read -r boot </proc/sys/kernel/random/boot_id
            echo "${20} $boot"
        }
        """#

    /// `is_alive JOB` sets `pid`.
    private static let isAlive = #"""
        is_alive() {
            pid=
            { read -r pid start_and_boot <"$1/process"; } 2>/dev/null || return 1
            [ -n "$pid" ] && [ "$(identify "$pid")" = "$start_and_boot" ]
        }
        """#

    /// Runs the pilot, leading its session and process group, and writes down what becomes of it.
    /// It lies in the job's folder; its argument is the walltime in seconds.
    ///
    /// It writes `process` before it looks for `cancelled`, while whoever cancels does it in the other order: one of
    /// the two sees the other.
    ///
    /// The exit code is taken in a subshell that waits in the foreground: of a child in the background a shell may
    /// lose it, as a signal ends `wait` early and any fork may reap the child.
    static let keeper =
        identify + #"""

            job=${0%/*} walltime=$1
            trap 'stop' TERM
            trap : HUP INT USR1 USR2
            stop() {
                trap : TERM
                (trap '' TERM; sleep 10; kill -KILL 0) &
            }
            echo "$$ $(identify $$)" >"$job/process.new" && mv "$job/process.new" "$job/process" || exit 1
            [ -e "$job/cancelled" ] && exit
            (
                trap : TERM HUP INT USR1 USR2
                /bin/sh pilot.sh >pilot.out 2>pilot.err
                echo $? >"$job/exit.new" && mv "$job/exit.new" "$job/exit"
            ) &
            pilot=$!
            (trap '' TERM HUP INT USR1 USR2; sleep "$walltime"; : >"$job/limit"; kill -TERM 0) &
            while kill -0 $pilot 2>/dev/null; do wait $pilot; done
            kill -KILL 0
            """#

    /// Lists `tag STATE [code]`, and forgets jobs a day after their end.
    ///
    /// Whether the process is alive is asked before its exit code is looked for, as the code is written first.
    static func list(tagPrefix: String) -> String {
        identify + "\n" + isAlive + "\n" + folder + #"""

            echo "host $(uname -n)"
            for job in "$jobs"/\#(RemoteShell.quote(tagPrefix))*; do
                [ -d "$job" ] || continue
                tag=${job##*/} code=
                if is_alive "$job"; then echo "$tag RUNNING"; continue; fi
                old=$(find "$job" -maxdepth 0 -mmin +1440 2>/dev/null)
                if [ -e "$job/cancelled" ] && { [ -n "$pid" ] || [ -e "$job/exit" ]; }; then echo "$tag CANCELLED"
                elif [ -e "$job/limit" ]; then echo "$tag TIMEOUT"
                elif { read -r code <"$job/exit"; } 2>/dev/null; then echo "$tag EXITED $code"
                elif [ -n "$pid" ]; then echo "$tag KILLED"
                elif [ -z "$(find "$job" -maxdepth 0 -mmin +1 2>/dev/null)" ]; then echo "$tag STARTING"
                else echo "$tag LOST"; fi
                [ -z "$old" ] || rm -rf "$job"
            done
            true
            """#
    }

    /// Removes the folder of the job `$1`, and those above it when they are empty.
    static let forget =
        #"rm -rf "${HOME:?}/.vc3-local/$(uname -n)/${1:?}"; rmdir "$HOME/.vc3-local/$(uname -n)" "$HOME/.vc3-local" 2>/dev/null"#

    static func cancel(_ tags: String) -> String {
        identify + "\n" + isAlive + "\n" + folder + #"""

            for tag in \#(tags); do
                job=$jobs/$tag
                [ -d "$job" ] && ! [ -e "$job/exit" ] || continue
                : >"$job/cancelled" || exit 1
                if is_alive "$job"; then kill -TERM "-$pid"; fi
            done
            exit 0
            """#
    }
}
