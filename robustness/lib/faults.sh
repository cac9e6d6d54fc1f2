# Faults of a site, one after another. Each ends in a condition that names the cause and who can mend it; mended, things go
# on by themselves or after one command of the user guide.

fault_host=alpha

break_site() { lab/lab break "$1" $fault_host >> "$work/logs/lab-faults.log" 2>&1 || fail "the lab could not break $1"; }
mend_site() { lab/lab mend "$1" $fault_host >> "$work/logs/lab-faults.log" 2>&1 || fail "the lab could not mend $1"; }

mend_all() {
    local fault
    [ -n "$work" ] || return 0
    for fault in sshd disk hostkey; do lab/lab mend $fault $fault_host >> "$work/logs/lab-faults.log" 2>&1 || true; done
    give_room 2> /dev/null || true
}

since() { seconds $(($(date +%s%3N) - $1)); }

# The site's sshd is down: while a cluster is being made, while it runs, and while it is being ended.
part_sshd() {
    local before mended down
    break_site sshd
    ask storm
    expect "sshd down while a cluster is made" 30 pilotset storm.storm.ana.alpha '^SiteReachable false Unreachable mender=nobody: .*alpha'
    explains storm 'SiteReachable.*alpha.*refused'
    pilots_are $((workers - workers / 3)) 30 "the other sites' share"
    mend_site sshd
    mended=$(date +%s%3N)
    await storm joined 60
    step "mended: all joined after $(since "$mended") s"

    before=$(job_list)
    down=$(date +%s%3N)
    break_site sshd
    expect "sshd down while a cluster runs" 45 pilotset storm.storm.ana.alpha '^SiteReachable false .*nothing was cancelled'
    explains storm 'SiteReachable.*alpha.*refused'
    while [ $(($(date +%s%3N) - down)) -lt $((sshd_seconds * 1000)) ]; do
        [ "$(job_list)" = "$before" ] || fail "the pilots changed while sshd was down"
        [ "$(slots storm)" = "$workers" ] || fail "the pool has $(slots storm) workers while sshd is down, not $workers"
        sleep 1
    done
    step "down for $(since "$down") s: nothing was cancelled, the same jobs, $workers workers in the pool"
    mend_site sshd
    mended=$(date +%s%3N)
    well 45 pilotset storm.storm.ana.alpha '^SiteReachable true'
    [ "$(job_list)" = "$before" ] || fail "the pilots changed when sshd was back"
    step "mended: reached again after $(since "$mended") s, the same jobs"

    break_site sshd
    client request-terminate --requestname storm > /dev/null
    expect "sshd down while a cluster ends" 45 pilotset storm.storm.ana.alpha '^SiteReachable false .*alpha'
    expect "the same, as the request tells it" 10 request storm '^PilotsGone false .*alpha'
    mend_site sshd
    mended=$(date +%s%3N)
    finish storm 90
    step "mended: terminated after $(since "$mended") s"
}

# validate NAME: exit code as the client's
validate() { client allocation-validate --allocationname "$1" --wait --timeout 60s >> "$work/logs/validate.log" 2>&1; }

refused() { ! validate "$1" || fail "allocation $1 was validated"; }

# Bad key, wrong account, changed host key.
part_login() {
    client allocation-create ana.key --owner ana --resource alpha --accountname bob
    wait_until 20 "the key of ana.key" has_key ana.key
    refused ana.key
    expect "bad key" 5 allocation ana.key '^Validated false AuthenticationRefused mender=user: alpha .*bob.*authorized_keys'
    client allocation-getpubtoken --allocationname ana.key \
        | lab/lab exec alpha --user bob -- sh -c 'umask 077; mkdir -p ~/.ssh; cat >> ~/.ssh/authorized_keys'
    validate ana.key || fail "ana.key was not validated with its key installed"
    step "mended: the key installed, validated"
    client allocation-delete ana.key

    client allocation-create ana.account --owner ana --resource alpha --accountname nobodyatall
    wait_until 20 "the key of ana.account" has_key ana.account
    refused ana.account
    expect "wrong account" 5 allocation ana.account '^Validated false AuthenticationRefused mender=user: alpha .*nobodyatall.*account name'
    client allocation-delete ana.account
    step "mended: an allocation with the right account is the way, as above"

    ask changed
    await changed joined 90
    break_site hostkey
    refused ana.alpha
    expect "changed host key, validating" 5 allocation ana.alpha '^Validated false HostKeyChanged mender=user: alpha shows .*ssh-ed25519 '
    expect "changed host key, cluster running" 45 pilotset changed.changed.ana.alpha '^SiteReachable false HostKeyChanged mender=user: .*alpha'
    pilots_are "$workers" 1 "changed host key"
    # A machine that was set up anew: the allocation's owner vouches for the key that its operator announced.
    vouch
    well 60 pilotset changed.changed.ana.alpha '^SiteReachable true'
    pilots_are "$workers" 1 "the new host key is vouched for"
    step "mended: the new host key vouched for, nothing was cancelled"
    # The old key again: for the allocation that is the next change.
    mend_site hostkey
    refused ana.alpha
    expect "the same, and back" 45 pilotset changed.changed.ana.alpha '^SiteReachable false HostKeyChanged mender=user: .*alpha'
    vouch
    finish changed 90
    step "mended: vouched for, terminated"
}

# The host key that alpha shows now, as its operator would tell it.
announced_key() { lab/lab exec $fault_host -- cut -d ' ' -f 1,2 /etc/ssh/lab_host_key.pub; }

vouch() {
    client allocation-validate --allocationname ana.alpha --hostkey "$(announced_key)" --wait --timeout 60s \
        >> "$work/logs/validate.log" 2>&1 || fail "the new host key was not accepted when vouched for"
}

# A partition that does not exist.
part_queue() {
    describe_queue nosuch
    client allocation-create ana.queue --owner ana --resource alphaq --accountname alice
    wait_until 20 "the key of ana.queue" has_key ana.queue
    client allocation-getpubtoken --allocationname ana.queue | lab/lab exec alpha --user alice -- sh -c 'cat >> ~/.ssh/authorized_keys'
    validate ana.queue || fail "ana.queue was not validated"
    client project-addallocation trees ana.queue
    client nodeset-create queue --owner ana --node_number 2 --app_type htcondor --app_role worker-nodes --app_lingertime 600
    client cluster-create queue --owner ana --nodesets queue
    client request-create queue --owner ana --project trees --cluster queue --allocations ana.queue
    clusters=$((clusters + 1))
    expect "unknown partition" 45 pilotset queue.queue.ana.queue '^Submitting false UnknownQueue mender=(user|operator): .*[Ii]nvalid partition'
    expect "the same, as the request tells it" 10 request queue '^WorkersJoined false Waiting mender=operator: .*nvalid partition'
    explains queue 'Submitting.*partition'
    set_queue main
    local mended; mended=$(date +%s%3N)
    await queue joined 60
    step "mended: the resource changed to a partition that exists; all joined after $(since "$mended") s"
    finish queue 60
    client project-removeallocation trees ana.queue
    client allocation-delete ana.queue
    client resource-delete alphaq
}

# No subcommand changes a resource, and one that an allocation names is not deleted: a merge patch, as an admin sends it.
set_queue() {
    on_vc3 sh -c 'value() { sed -n "s/^$1 *= *//p" "$0" | head -n 1; }
        curl --silent --show-error --fail --cacert "$(value chainfile)" --cert "$(value certfile)" --key "$(value keyfile)" \
            --request PATCH --header "Content-Type: application/merge-patch+json" --data "{\"spec\":{\"batch\":{\"queue\":\"$1\"}}}" \
            "https://$(value infohost):$(value httpsport)/v1/resource/alphaq"' "$state/vc3-client.conf" "$1" > /dev/null
}

describe_queue() {
    client resource-create alphaq --owner ana --accesstype batch --accessmethod ssh --accessflavor slurm \
        --accesshost alpha --nodeinfo small --queue "$1"
}

# The account's home at the site is full.
part_disk() {
    local mended
    break_site disk
    ask disk
    expect "full disk" 45 pilotset disk.disk.ana.alpha '^Submitting false DiskFull mender=user: .*[Nn]o space left on device'
    expect "the same, as the request tells it" 10 request disk '^WorkersJoined false Waiting mender=user: .*alpha.*No space left'
    explains disk 'Submitting.*No space left'
    mend_site disk
    mended=$(date +%s%3N)
    await disk joined 90
    step "mended: space freed; all joined after $(since "$mended") s"
    finish disk 60
}
