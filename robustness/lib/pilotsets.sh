# An Infoservice and a Factory without a Master: pilot sets are written with the Master's certificate, by hand.

# Starts the Infoservice, and the keeper of the Factory; installs a key at the sites.
alone_begin() {
    mkdir -p "$work/worker/condor"
    install -m 755 robustness/chaos/worker "$work/worker/vc3-glidein"
    tar -C "$work/worker" --owner=0 --group=0 -czf "$work/worker.tar.gz" vc3-glidein condor
    lab/lab put vc3 "$work/worker.tar.gz" "/home/vc3/chaos"
    lab/lab exec vc3 -- sh -c 'rm -rf "$0".*' "$state"
    on_vc3 "$source/demo/lib/parts-files" "$state" "$condor" /home/vc3/chaos/worker.tar.gz "$source/playbooks" \
        > "$work/logs/files.log" 2>&1 || fail "no certificates: $(tail -n 1 "$work/logs/files.log")"
    on_vc3 sh -c 'echo 0 > "$0.allowed"; : > "$0.kills"
        [ -e "$0.key" ] || ssh-keygen -q -t ed25519 -N "" -C chaos -f "$0.key" < /dev/null
        head -c 64 /dev/urandom > "$0.pool"' "$state"
    on_vc3 sh -c 'echo $$ > "$0.infoservice.pid"; exec vc3-infoservice --conf "$0/vc3-infoservice.conf"' "$state" \
        >> "$work/logs/vc3-up.log" 2>&1 < /dev/null &
    infoservice_job=$!
    wait_until 40 "the Infoservice becoming ready" master GET pilotset
    secret login ssh "$state.key"
    secret pool pool-signing-key "$state.pool"
    local site
    for site in $(site_list); do
        on_vc3 cat "$state.key.pub" \
            | lab/lab exec "$site" --user alice -- sh -c 'umask 077; mkdir -p ~/.ssh; cat > ~/.ssh/authorized_keys'
    done
    on_vc3 sh -c 'echo $$ > "$0.keeper.pid"; exec "$@"' "$state" \
        "$source/robustness/chaos/keeper" "$state" "$seed" "$kills" "${IDLE:-25}" > "$work/logs/keeper.log" 2>&1 < /dev/null &
    keeper_job=$!
    step "an Infoservice, a Factory, and what kills it"
}

alone_end() {
    [ -n "${keeper_job:-}" ] || return 0
    on_vc3 cat "$state.factory.log" > "$work/logs/vc3-factory.log" 2> /dev/null || true
    on_vc3 sh -c 'kill -TERM "$(cat "$0.keeper.pid")"' "$state" 2> /dev/null || true
    wait "$keeper_job" 2> /dev/null || true
    on_vc3 sh -c 'kill -TERM "$(cat "$0.infoservice.pid")"' "$state" 2> /dev/null || true
    wait "$infoservice_job" 2> /dev/null || true
    keeper_job=
}

kills_done() { on_vc3 grep -c '^[a-z]* [0-9]*$' "$state.kills" || true; }

# master METHOD PATH [OPTION...]: asks the Infoservice with the Master's certificate; a body comes in on standard input
master() {
    local method=$1 path=$2
    shift 2
    on_vc3 curl -sS --fail-with-body -X "$method" --cert "$state/certificates/master.cert.pem" \
        --key "$state/certificates/master.key.pem" --cacert "$state/certificates/chain.pem" "$@" \
        "https://localhost:20334/v1/$path" < /dev/stdin
}

# changes METHOD PATH: the same, for what has to succeed; JSON comes in on standard input
changes() {
    local type=application/json
    [ "$1" != PATCH ] || type=application/merge-patch+json
    master "$1" "$2" -H "Content-Type: $type" -d @- > "$work/logs/changes.log" 2>&1 \
        || fail "$1 $2: $(cat "$work/logs/changes.log")"
}

# secret NAME TYPE FILE
secret() {
    on_vc3 base64 -w 0 "$3" | jq -Rc --arg name "$1" --arg type "$2" '{name: $name, spec: {type: $type, data: .}}' \
        | changes POST privatetoken
}

# pilotset_create NAME SITE WANTED
pilotset_create() {
    jq -nc --arg name "$1" --arg site "$2" --argjson wanted "$3" --arg flavor "$(flavor_of "$2")" \
        --arg hostkey "$(grep -E "^$2[ ,].*ed25519" "$share/known_hosts" | head -n 1)" '{name: $name, spec: {
            request: "chaos", nodeset: "chaos", allocation: "chaos", wanted: $wanted, middleware: "htcondor",
            memory_mb: 64, storage_mb: 10, walltime: 3600, peaceful: false,
            site: {resource: $site, type: "batch", method: "ssh", flavor: $flavor, host: $site, port: 22, account: "alice",
                hostkey: $hostkey, privatetoken: "login"},
            headnode: {collector: "nowhere:9618", trustdomain: "chaos.vc3", privatetoken: "pool"}}}' | changes POST pilotset
}

# pilotset_resize NAME WANTED
pilotset_resize() {
    jq -nc --argjson wanted "$2" '{spec: {wanted: $wanted}}' | changes PATCH "pilotset/$1"
}

pilotset_delete() { changes DELETE "pilotset/$1" < /dev/null; }

pilotset_is_gone() { { master GET "pilotset/$1" < /dev/null 2> /dev/null || true; } | jq -e '.status == 404'; }

pilotset_status() { master GET "pilotset/$1" < /dev/null | jq -c '.status | del(.conditions[].since)'; }
