# A timeline of steps with the seconds that each took.
started=$(date +%s%3N)
step_began=$started
work= # set by place_up: the folder of this run

seconds() { awk -v ms="$1" 'BEGIN { printf "%.1f", ms / 1000 }'; }

# step TEXT: what has just been done
step() {
    local now; now=$(date +%s%3N)
    printf '[%6ss] +%5ss  %s\n' "$(seconds $((now - started)))" "$(seconds $((now - step_began)))" "$*"
    step_began=$now
}

# fail TEXT: says why and where the logs are; the trap of the caller cleans up
fail() {
    printf '%s: failed: %s\n' "$program" "$*" >&2
    if [ -n "$work" ]; then
        printf '%s: logs are in %s\n' "$program" "$work/logs" >&2
        tail -n 15 "$work/logs/vc3-up.log" 2>/dev/null | sed 's/^/    vc3 up: /' >&2
    fi
    exit 1
}

# wait_until SECONDS TEXT COMMAND...: fails when the command has not succeeded in time
wait_until() {
    local limit=$1 what=$2 end
    shift 2
    end=$(($(date +%s%3N) + limit * 1000))
    until "$@" >/dev/null 2>&1; do
        [ -z "${vc3_job:-}" ] || kill -0 "$vc3_job" 2>/dev/null || fail "vc3 up ended while $what was awaited"
        [ "$(date +%s%3N)" -lt "$end" ] || fail "$what did not happen within $limit s"
        sleep 0.1
    done
}
