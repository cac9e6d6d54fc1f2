# SIGKILL of `vc3 up` at random moments while clusters come and go.

part_kills() {
    local life=0
    kill_at_random &
    killer=$!
    while kill -0 "$killer" 2> /dev/null || [ $life = 0 ]; do
        life=$((life + 1))
        ask "life$life"
        await "life$life" joined 180
        pilots_are "$workers" 5 "life$life, all joined"
        finish "life$life" 180
        step "cluster $life: $workers workers joined, terminated; killed so far: $(kills_done) times"
    done
    wait "$killer" || fail "vc3 up did not come back after a kill"
    killer=
    [ "$(kills_done)" = "$rounds" ] || fail "there were $(kills_done) kills, not $rounds"
    wait_until 20 "vc3 up becoming ready" client user-list
    step "kills, by the time since the start: $(tr '\n' ' ' < "$work/kills")"
}

# Each `vc3 up` is killed 0 to 9 s after its start, ready or not, and the next one is started at once.
kill_at_random() {
    local i pause
    RANDOM=$seed
    : > "$work/kills"
    for ((i = 1; i <= rounds; i++)); do
        pause=$((RANDOM % 9000))
        sleep "$(awk -v ms=$pause 'BEGIN { print ms / 1000 }')"
        vc3_signal KILL || return 1
        until ! vc3_lives; do sleep 0.02; done
        echo "$(seconds $pause)s" >> "$work/kills"
        vc3_launch
        until vc3_lives; do sleep 0.02; done
    done
    wait_until 20 "vc3 up becoming ready" client user-list
}

vc3_lives() { on_vc3 sh -c 'kill -0 "$(cat "$0.pid")"' "$state" 2> /dev/null; }

kills_done() { cat "$work/kills" 2> /dev/null | grep -c . || true; }

kills_end() {
    [ -n "${killer:-}" ] || return 0
    kill "$killer" 2> /dev/null || true
    wait "$killer" 2> /dev/null || true
    killer=
}

# The process, whichever shell started it, ends within the limit of SIGTERM.
vc3_stop() {
    local began end
    vc3_lives || return 0
    began=$(date +%s%3N)
    vc3_signal TERM || true
    end=$((began + ${1:-8000}))
    while vc3_lives; do
        [ "$(date +%s%3N)" -lt $end ] || fail "vc3 up did not stop within $((end - began)) ms of SIGTERM"
        sleep 0.05
    done
    stopped_after=$(($(date +%s%3N) - began))
    vc3_job=
}

# SIGTERM: stops within 5 s, the pilots keep running, the next `vc3 up` finds them again.
part_stop() {
    local before
    ask stop
    await stop joined 120
    before=$(job_list)
    vc3_stop 5000
    step "SIGTERM: vc3 up stopped after $stopped_after ms"
    sleep 3
    [ "$(job_list)" = "$before" ] || fail "the pilots are not the same while vc3 up is stopped"
    vc3_start
    await stop joined 60
    [ "$(job_list)" = "$before" ] || { echo "$before" >&2; job_list >&2; fail "vc3 up did not find the same pilots again"; }
    [ "$(slots stop)" = "$workers" ] || fail "the pool has $(slots stop) workers, not $workers"
    finish stop 60
    step "started again: the same $workers jobs were found: $(cut -d ' ' -f 1,3 <<< "$before" | tr ' \n' '/ ')"
}
