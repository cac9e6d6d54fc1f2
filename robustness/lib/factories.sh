# Two more Factories share the sites with that of `vc3 up` while a cluster runs and changes its size: one is killed, one stands still
# and goes on, one ends in order, `vc3 up` itself is killed. The watcher counts at the sites all the time.

factories="f2 f3"

# factory_enrol NAME: certificate, configuration and state folder of one beside `vc3 up`
factory_enrol() {
    local code
    code=$(client pairing-create "$1" --role factory --address localhost) || fail "no code for $1"
    on_vc3 sh -c 'printf %s "$1" | vc3 enrol - --folder "$0.$2"' "$state" "$code" "$1" > "$work/logs/$1.enrol" 2>&1 \
        || { cat "$work/logs/$1.enrol" >&2; fail "$1 was not enrolled"; }
    on_vc3 sh -c 'printf "[netcomm]\ninfohost = localhost\ncertfile = %s\nkeyfile = %s\nchainfile = %s\n[Factory]\nstatedir = %s\nworkerbundle = %s\n" \
        "$0.$1/cert.pem" "$0.$1/key.pem" "$0.$1/chain.pem" "$0.$1/state" "$2" > "$0.$1.conf"' \
        "$state" "$1" "$source/.build/vc3-worker.tar.gz"
}

# factory_start NAME
factory_start() {
    # A child: were it the command of `lab exec` itself, that would stand still with it.
    on_vc3 sh -c 'mkdir -p "$0.$1/state"; vc3-factory --conf "$0.$1.conf" & echo $! > "$0.$1.pid"; wait' "$state" "$1" \
        >> "$work/logs/$1.log" 2>&1 < /dev/null &
}

factory_signal() { on_vc3 sh -c 'kill -s "$2" "$(cat "$0.$1.pid")"' "$state" "$1" "$2"; }

factories_end() {
    local name
    for name in $factories; do
        factory_signal "$name" CONT 2> /dev/null || true
        factory_signal "$name" TERM 2> /dev/null || true
    done
}

# factory_of ALLOCATION: whose pilots its pilot set's are, by state folder: vc3, f2 or f3
factory_of() {
    local id name
    id=$(on_vc3 sh -c '
        file() { sed -n "s/^$1 *= *//p" "$0"; }
        curl -sS --fail --cert "$(file certfile)" --key "$(file keyfile)" --cacert "$(file chainfile)" \
            https://localhost:20334/v1/pilotset' "$state/vc3-client.conf" \
        | jq -r --arg allocation "$1" '.items[] | select(.spec.allocation == $allocation) | .status.factory')
    for name in vc3 $factories; do
        [ "$(on_vc3 cat "$(factory_folder "$name")/factory/id" 2> /dev/null)" != "$id" ] || { echo "$name"; return; }
    done
    echo "nobody"
}
factory_folder() { if [ "$1" = vc3 ]; then echo "$state"; else echo "$state.$1/state"; fi; }

holders() { for site in $(site_list); do printf '%s ' "$(factory_of "ana.$site")"; done; }
each_has_one() { [ "$(holders | tr ' ' '\n' | grep . | sort | tr '\n' ' ')" = "f2 f3 vc3 " ]; }
has_none() { ! grep -qw "$1" <<< "$(holders)"; }
is_steady() { [ "$(job_list)" = "$1" ]; }

# taken_over BEGAN NAME: the sites of one that is silent are another's; the same pilots go on
taken_over() {
    local began=$1
    wait_until 40 "the sites of $2 being taken over" has_none "$2"
    step "$2 silent: taken over after $(seconds $(($(date +%s%3N) - began))) s: $(holders)"
}

part_factories() {
    local name before began
    for name in $factories; do
        factory_enrol "$name"
        factory_start "$name"
    done
    ask factories
    await factories joined 180
    wait_until 120 "each of three Factories having a site" each_has_one
    before=$(job_list)
    step "three Factories, a site each: $(holders)"

    began=$(date +%s%3N)
    factory_signal f2 KILL
    taken_over "$began" f2
    await factories joined 60
    is_steady "$before" || { diff <(echo "$before") <(job_list) >&2 || true; fail "the pilots are not the same after f2 was killed"; }
    factory_start f2
    wait_until 120 "f2 having a site again" each_has_one

    # It stands still while it has work to do, and goes on when others have done it.
    resize factories 3
    factory_signal f3 STOP
    began=$(date +%s%3N)
    taken_over "$began" f3
    pilots_are 3 120 "smaller, with f3 standing still"
    resize factories "$workers"
    pilots_are "$workers" 120 "as large as before, with f3 standing still"
    await factories joined 120
    before=$(job_list)
    factory_signal f3 CONT
    sleep 15
    is_steady "$before" || { diff <(echo "$before") <(job_list) >&2 || true; fail "f3 has changed the pilots when it went on"; }
    step "f3 goes on: the same $workers pilots"
    wait_until 120 "f3 having a site again" each_has_one

    began=$(date +%s%3N)
    factory_signal f3 TERM
    taken_over "$began" f3
    vc3_signal KILL
    until ! vc3_lives; do sleep 0.02; done
    vc3_start
    is_steady "$before" || { diff <(echo "$before") <(job_list) >&2 || true; fail "the pilots are not the same after vc3 up was killed"; }
    await factories joined 60
    finish factories 120
    factory_signal f2 TERM
    step "f3 ended in order, vc3 up killed and started again: the same pilots; then all ended"
}
