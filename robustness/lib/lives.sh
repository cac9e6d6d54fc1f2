# What becomes of pilots: too many, or with a ledger that is gone.

# resize NAME WORKERS: as a user's script does it
resize() {
    echo "{\"nodes\": {\"$1\": {\"node_number\": $2}}}" | on_vc3 sh -c 'cat > "$0.resize.json"' "$state"
    persist on_vc3 vc3-infoclient -c "$state/vc3-client.conf" --add "$state.resize.json"
}

# pilots_alive NAME: pilots of a cluster that have not ended, as VC3 tells
pilots_alive() { client pilot-list --requestname "$1" --state alive --output json | jq length; }

# running_jobs NAME
running_jobs() { in_pool "$1" condor_q -allusers -constraint 'JobStatus == 2' -af ClusterId ProcId | grep -c . || true; }

# is NUMBER COMMAND...: what it prints is that number
is() {
    local number=$1
    shift
    [ "$("$@")" = "$number" ]
}

# A cluster with a job at each site shrinks twice: first the pilots without a job go, at once; then some that have one, which
# runs to its end where it is.
part_drain() {
    local each busy left starts site
    each=$(site_list | wc -w)
    ask drain
    await drain joined 120
    for site in $(site_list); do
        cat << SUB
executable = /bin/sh
arguments = "-c 'sleep 45; echo done'"
requirements = VC3Resource == "$site"
log = job.log
should_transfer_files = YES
when_to_transfer_output = ON_EXIT
request_cpus = 1
request_memory = 64
request_disk = 1024
queue
SUB
    done > "$work/drain.sub"
    jobs_folder=$(in_pool drain mktemp -d)
    in_pool drain sh -c 'cd "$0" && cat > job.sub && condor_submit -terse job.sub' "$jobs_folder" \
        < "$work/drain.sub" > "$work/logs/drain.log" 2>&1 || { cat "$work/logs/drain.log" >&2; fail "condor_submit refused"; }
    wait_until 30 "$each jobs running" is "$each" running_jobs drain
    busy_number() { busy_pilots drain | wc -w; }
    wait_until 20 "$each workers being busy" is "$each" busy_number
    busy=$(busy_pilots drain)
    # A pilot looks every two seconds whether it has a job.
    sleep 5
    resize drain "$each"
    wait_until 40 "$((workers - each)) idle pilots ending" is "$each" pilots_alive drain
    [ "$(busy_pilots drain)" = "$busy" ] || fail "the busy pilots are not the ones that were left"
    step "$each workers left of $workers: the idle ones went"
    resize drain 1
    wait_until 40 "$((each - 1)) pilots draining" is $((each - 1)) draining drain
    is "$each" running_jobs drain || fail "a job was ended by the retirement of its pilot"
    step "$((each - 1)) pilots drain, their jobs run on"
    in_pool drain condor_wait -wait 120 "$jobs_folder/job.log" > "$work/logs/wait.log" 2>&1 || fail "the jobs did not end in time"
    starts=$(in_pool drain condor_history -af NumJobStarts ExitCode | sort | uniq -c | awk '{ print $1, $2, $3 }')
    [ "$starts" = "$each 1 0" ] || fail "the jobs did not each run once and well: $starts"
    pilots_are 1 60 "the cluster has one worker"
    step "$each of $each jobs ran to their end, each started once; one pilot is left"
    in_pool drain rm -rf "$jobs_folder"
    finish drain 60
}

# The pilots of a cluster that have a job, as the pool tells
busy_pilots() {
    in_pool "$1" condor_status -constraint 'DynamicSlot =?= true' -af Name | sed -e 's/^slot1_[0-9]*@//' -e 's/@vc3$//' | sort
}

draining() { client pilot-list --requestname "$1" --state draining --output json | jq length; }

# The Factory's ledger and its name are gone while pilots run: the next start takes them up from the sites. (Its open sessions
# stay: those that a lost folder leaves behind end by themselves, five minutes later.)
part_ledger() {
    local before
    ask ledger
    await ledger joined 120
    before=$(job_list)
    vc3_signal KILL
    until ! vc3_lives; do sleep 0.02; done
    on_vc3 rm -r "$state/factory/ledger" "$state/factory/id"
    vc3_start
    taken_up() { is "$workers" pilots_alive ledger && [ "$(job_list)" = "$before" ]; }
    wait_until 60 "the pilots being known again" taken_up
    sleep 10
    [ "$(job_list)" = "$before" ] || { echo "$before" >&2; job_list >&2; fail "the pilots are not the same as before"; }
    [ "$(slots ledger)" = "$workers" ] || fail "the pool has $(slots ledger) workers, not $workers"
    step "without its ledger: the same $workers pilots were taken up, none is doubled"
    # And again, with the cluster's end while nobody knows of the pilots.
    vc3_signal KILL
    until ! vc3_lives; do sleep 0.02; done
    on_vc3 rm -r "$state/factory/ledger" "$state/factory/id"
    vc3_start
    finish ledger 90
    step "without its ledger: the end of the cluster was the end of its pilots"
}
