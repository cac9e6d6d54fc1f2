extension PilotScript {
    static let preparation = handling + unpacking

    /// Defines what every pilot does about signals and to tell where it is, and tells that it has started.
    ///
    /// The payload is a child and not an `exec`, so that scratch space is cleared whatever happens to it. What takes long
    /// runs in the background because a shell runs traps only between commands, but at once during `wait`.
    static let handling = #"""
        mask=$(umask)
        umask 077
        unset LD_LIBRARY_PATH LD_PRELOAD
        scratch= child= stop= code=0

        clear_up() { [ -z "$scratch" ] || rm -rf "$scratch"; }

        pass_on() {
            stop=$1
            [ -z "$child" ] || kill -s "$1" "$child" 2>/dev/null
        }

        # The shell answers 127 (bash sometimes -1) when it has no more to tell of a child.
        collect() {
            got=0
            wait "$child" || got=$?
            case $got in 127 | -*) ;; *) code=$got ;; esac
        }

        # A trap interrupts wait before the child has ended, and the shell may reap the child between two commands.
        await_child() {
            code=127
            collect
            while kill -0 "$child" 2>/dev/null; do collect; done
            collect
            child=
        }

        VC3_STARTED=$(date +%s)
        export VC3_STARTED

        # Slurm and HTCondor have names of their own for nodes, and take no others.
        node=${SLURMD_NODENAME:-}
        [ -n "$node" ] || [ ! -r "${_CONDOR_MACHINE_AD:-}" ] ||
            node=$(sed -n 's/^Machine = "\([A-Za-z0-9._-]*\)"$/\1/p' "$_CONDOR_MACHINE_AD" </dev/null)
        VC3_NODE=${node:-$(uname -n)}
        node=$VC3_NODE
        export VC3_NODE

        # Whole or not at all: a rename.
        tell() {
            printf '{%s,"node":"%s"}\n' "$1" "$node" >"$pilot/report.json.new" &&
                mv -f "$pilot/report.json.new" "$pilot/report.json"
        }

        # Told at once to whoever follows the spool folder. Without it, the report is found by looking.
        event() {
            [ -n "$spool" ] && [ -d "$spool" ] || return 0
            { cp "$pilot/report.json" "$spool/.${pilot##*/}.$1" &&
                mv -f "$spool/.${pilot##*/}.$1" "$spool/${pilot##*/}.$1"; } 2>/dev/null </dev/null
        }

        tell_end() {
            tell "\"phase\":\"ended\",\"reason\":\"${3:-script}\",\"message\":\"$1\",\"exitCode\":$2,\"phases\":{\"started\":$VC3_STARTED,\"ended\":$(date +%s)}"
        }

        stop_here() {
            clear_up
            tell_end "$1" "$2" "${3:-}"
            event ended
            echo "pilot in $pilot: $1" >&2
            exit "$2"
        }

        for name in HUP INT TERM USR1 USR2; do
            trap "pass_on $name" "$name"
        done

        tell "\"phase\":\"started\",\"phases\":{\"started\":$VC3_STARTED}"
        event started

        """#

    /// Tries one folder after the other until the bundle unpacks in it and runs from it: node-local ones first, the
    /// pilot's own, usually on a shared file system, last. A node whose /tmp is full or mounted noexec still works.
    private static let unpacking = #"""
        ! grep -qsxF "$node" "$pilot/avoid" || stop_here "pilots failed on this node before" 15 node-avoided

        # The bundle may still be on its way. A file of a shared home may show late, too.
        until=
        while ! [ -r "$bundle" ]; do
            now=$(date +%s)
            [ "$now" -lt "${until:=$((now + 120))}" ] || break
            # Not every sleep knows fractions.
            { sleep 0.2 2>/dev/null || sleep 1; } &
            child=$!
            await_child
            [ -z "$stop" ] || stop_here "signal $stop while waiting for the worker bundle" 143
            [ ! -e "$pilot/cancelled" ] || stop_here "cancelled while waiting for the worker bundle" 0
        done
        [ -r "$bundle" ] || stop_here "worker bundle cannot be read on this node" 11

        # With what the bundle itself takes.
        is_roomy() {
            [ "$need" -gt 0 ] || return 0
            left=$(df -Pk "$1" 2>/dev/null </dev/null | sed -n '$s/.* \([0-9][0-9]*\) *[0-9]*% .*/\1/p')
            [ "${left:-$need}" -ge $((need + 65536)) ]
        }
        why=
        for pass in roomy any; do
            for base in "${_CONDOR_SCRATCH_DIR:-}" "${SLURM_TMPDIR:-}" "${TMPDIR:-}" /tmp /var/tmp "$pilot"; do
                [ -n "$base" ] && [ -d "$base" ] && [ -w "$base" ] || continue
                [ "$pass" = any ] || is_roomy "$base" || continue
                scratch=$(mktemp -d "$base/vc3-pilot.XXXXXX" 2>/dev/null) || { scratch=; continue; }
                tar -xzf "$bundle" -C "$scratch" </dev/null 2>"$pilot/unpack.err" &
                child=$!
                await_child
                [ -z "$stop" ] || stop_here "signal $stop while unpacking" 143
                if [ "$code" = 0 ] && "$scratch/vc3-glidein" --version >/dev/null 2>>"$pilot/unpack.err"; then
                    break 2
                fi
                # Nothing that would not fit into a line of JSON.
                why=$(tail -n 1 "$pilot/unpack.err" 2>/dev/null | tr -d '"\\' | tr -c '[:print:]' ' ' | cut -c 1-200)
                rm -rf "$scratch"
                scratch=
                echo "pilot in $pilot: the worker bundle neither unpacks nor runs in $base: $why" >&2
            done
        done
        [ -n "$scratch" ] ||
            stop_here "worker bundle neither unpacks nor runs in any scratch folder${why:+: $why}" 11 no-scratch

        if [ -z "${HOME:-}" ] || [ ! -d "$HOME" ]; then
            HOME=$(eval "echo ~$(id -un)")
            [ -d "$HOME" ] || HOME=$scratch
            export HOME
        fi
        umask "$mask"
        VC3_SCRATCH=$scratch
        export VC3_SCRATCH
        cd "$scratch" || stop_here "scratch folder vanished" 11

        """#
}
