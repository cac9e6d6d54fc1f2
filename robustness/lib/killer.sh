# Kills and restarts `vc3 up`, and lets a client outlive that.

# kill_at_random COUNT SEED: after each random pause (0 to 12 s) SIGKILL, then a new start at once.
kill_at_random() {
    local count=$1 i pause
    RANDOM=$(($2 % 32768))
    : > "$work/kills"
    for ((i = 1; i <= count; i++)); do
        pause=$((RANDOM % 12000))
        sleep "$(awk -v ms=$pause 'BEGIN { print ms / 1000 }')"
        vc3_signal KILL
        vc3_start
        echo "$pause" >> "$work/kills"
    done
}

# The last `vc3 up` was started by the killer's shell; it is stopped by its process id all the same.
adopt_vc3() { vc3_job=; }

vc3_stop() {
    vc3_signal TERM 2>/dev/null || return 0
    local end=$(($(date +%s%3N) + 8000))
    while on_vc3 sh -c 'kill -0 "$(cat "$0.pid")" 2>/dev/null' "$state"; do
        [ "$(date +%s%3N)" -lt $end ] || fail "vc3 up did not stop within 8 s of SIGTERM"
        sleep 0.1
    done
}

# persist COMMAND...: tries again while vc3 up is away. "Exists already" (2) after a try whose answer was lost is success.
persist() {
    local end=$(($(date +%s) + 60)) tries=0 status
    while :; do
        status=0
        "$@" > "$work/logs/persist.log" 2>&1 || status=$?
        [ $status = 0 ] && return 0
        [ $tries -gt 0 ] && [ $status = 2 ] && return 0
        [ "$(date +%s)" -lt $end ] || { cat "$work/logs/persist.log" >&2; fail "$* did not succeed within 60 s"; }
        tries=$((tries + 1))
        sleep 0.2
    done
}

# await NAME STATE SECONDS
await() {
    local end=$(($(date +%s) + $3))
    until client request-wait --requestname "$1" --for "$2" --timeout 20s > "$work/logs/await.log" 2>&1; do
        [ "$(date +%s)" -lt $end ] || {
            client request-explain --requestname "$1" >&2 || true
            fail "$1 was not $2 within $3 s"
        }
        sleep 0.2
    done
}

stop_watchers() {
    local job
    for job in ${pilot_watcher:-} ${killer:-}; do kill "$job" 2>/dev/null || true; done
}
