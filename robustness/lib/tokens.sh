# Pilots' tokens: renewed while pilots run, and taken back from one.

# A token lives for a minute. Pilots stay over several lives, while the Factory is killed and a restarted collector asks
# everybody for a token again. Then one pilot's token is taken back: it is out, whoever has a copy of it as well, and the
# others notice nothing.
part_tokens() {
    local life names
    printf '[factory]\ntokenlife = 60\n' | on_vc3 sh -c 'cat > "$0.tokens.conf"' "$state"
    vc3_stop
    vc3_start --conf "$state.tokens.conf"
    ask tokens
    await tokens joined 180
    names=$(slots_of tokens)
    for ((life = 1; life <= token_rounds; life++)); do
        sleep 45
        vc3_signal KILL
        until ! vc3_lives; do sleep 0.1; done
        vc3_launch --conf "$state.tokens.conf"
        wait_until 40 "VC3 becoming ready" client user-list
        sleep 25
        in_pool tokens condor_restart -fast -collector > "$work/logs/collector.log" 2>&1 || fail "the collector was not restarted"
        wait_until 90 "all pilots coming back with fresh tokens" slots_are tokens "$names"
        run_jobs tokens "$workers"
    done
    step "the same $workers pilots after $token_rounds restarts of the collector and kills of vc3 up, each beyond a token's life"

    refuse_one tokens
    finish tokens 180
    vc3_stop
    vc3_start
}

# refuse_one NAME: one pilot's token is taken back
refuse_one() {
    local began took others pilot
    pilot=$(client pilot-list --requestname "$1" --allocation ana.alpha --state alive --output json | jq -r '.[0].name')
    lab/lab exec alpha --user alice -- sh -c 'cat ~/.vc3/*/*/pilots/"$1"/token' - "$pilot" > "$work/stolen"
    shows_token "$1" || fail "a good token was not accepted"
    others=$(grep -v "@$pilot@" <<< "$(slots_of "$1")")
    began=$(date +%s%3N)
    client pilot-revoke "$pilot" > "$work/logs/revoke.log" 2>&1 || { cat "$work/logs/revoke.log" >&2; fail "pilot-revoke"; }
    took=$(($(date +%s%3N) - began))
    slots_of "$1" | grep -q "@$pilot@" && fail "the slot of a refused pilot is still in the pool"
    shows_token "$1" && fail "a token that was taken back was accepted"
    wait_until 60 "the refused pilot's end and its successor" is "$workers" pilots_alive "$1"
    wait_until 90 "its successor joining" slots_number_is "$1" "$workers"
    [ -z "$(comm -13 <(slots_of "$1") <(echo "$others"))" ] || fail "another pilot was disturbed"
    client pilot-show "$pilot" | grep -q 'token was taken back\|cancelled' || fail "pilot-show does not say what became of it"
    step "one pilot refused $(seconds "$took") s after it was asked for; its token is of no use, the others stayed"
    rm -f "$work/stolen"
}

# slots_of NAME: one for each worker
slots_of() { in_pool "$1" condor_status -constraint 'SlotType =!= "Dynamic"' -af Name | sort; }
slots_are() { [ "$(slots_of "$1")" = "$2" ]; }
slots_number_is() { [ "$(slots_of "$1" | grep -c .)" = "$2" ]; }

# run_jobs NAME NUMBER: short ones, all of which have to end well
run_jobs() {
    local folder
    folder=$(in_pool "$1" mktemp -d)
    printf '%s\n' 'executable = /bin/true' 'log = job.log' 'request_memory = 64' 'request_disk = 1024' "queue $2" \
        | in_pool "$1" sh -c 'cd "$0" && cat > job.sub && condor_submit -terse job.sub' "$folder" > "$work/logs/submit.log" 2>&1 \
        || { cat "$work/logs/submit.log" >&2; fail "condor_submit refused"; }
    in_pool "$1" condor_wait -wait 120 "$folder/job.log" > "$work/logs/wait.log" 2>&1 || fail "$2 jobs did not end in time"
    in_pool "$1" rm -rf "$folder"
}

# shows_token NAME: the pool's collector admits whoever has the stolen token
shows_token() {
    in_pool "$1" sh -c '
        folder=$(mktemp -d) && cat > "$folder/token" && chmod 600 "$folder/token"
        _CONDOR_SEC_TOKEN_DIRECTORY=$folder _CONDOR_SEC_CLIENT_AUTHENTICATION_METHODS=IDTOKENS \
            condor_ping -type COLLECTOR ADVERTISE_STARTD < /dev/null
        status=$?
        rm -rf "$folder"
        exit $status' < "$work/stolen" > "$work/logs/ping.log" 2>&1
}

# The same at a head node of another host, which Ansible made: the tools of its pool are root's there.
part_revoke() {
    vc3_stop
    give_head_node
    vc3_start --conf "$state.conf"
    headnode=head
    ask revoke --headnode head
    await revoke joined 240
    refuse_one revoke
    finish revoke 240
    headnode=local
    vc3_stop
    vc3_start
}
