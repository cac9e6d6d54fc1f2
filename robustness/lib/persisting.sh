# Steps of a user that outlive restarts of `vc3 up`.

clusters=0

# persist COMMAND...: tries again while vc3 up is away. After a try whose answer was lost, "exists already" (2) and "does
# not exist" (3) mean that it had succeeded.
persist() {
    local end=$(($(date +%s) + 60)) tries=0 status
    while :; do
        status=0
        "$@" > "$work/logs/persist.log" 2>&1 || status=$?
        [ $status = 0 ] && return 0
        [ $tries -gt 0 ] && [[ $status = [23] ]] && return 0
        [ "$(date +%s)" -lt $end ] || { cat "$work/logs/persist.log" >&2; fail "$* did not succeed within 60 s"; }
        tries=$((tries + 1))
        sleep 0.2
    done
}

# ask NAME: nodeset, cluster and request of that name, with $workers workers at all sites
ask() {
    local name=$1 site allocations=
    shift
    for site in $(site_list); do allocations+="${allocations:+,}ana.$site"; done
    persist client nodeset-create "$name" --owner ana --node_number "$workers" --app_type htcondor --app_role worker-nodes \
        --app_lingertime 600
    persist client cluster-create "$name" --owner ana --nodesets "$name"
    persist client request-create "$name" --owner ana --project trees --cluster "$name" --allocations "$allocations" "$@"
    clusters=$((clusters + 1))
}

# await NAME STATE SECONDS
await() {
    local end=$(($(date +%s) + $3))
    until client request-wait --requestname "$1" --for "$2" --timeout 10s > "$work/logs/await.log" 2>&1; do
        [ "$(date +%s)" -lt $end ] || {
            client request-explain --requestname "$1" >&2 || true
            fail "$1 was not $2 within $3 s"
        }
        sleep 0.2
    done
}

# finish NAME SECONDS: ends a cluster; nothing of it is left at the sites when it is called terminated
finish() {
    persist client request-terminate --requestname "$1"
    await "$1" terminated "$2"
    no_pilots "$1 was called terminated"
    persist client request-delete "$1"
}
