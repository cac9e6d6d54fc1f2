# The entities of the main job, as a user makes them. `sites` is a list of lab hosts, or `local`.

# flavor_of SITE: the batch system of a site of the lab
flavor_of() {
    case $1 in alpha) echo slurm ;; beta) echo sge ;; gamma) echo condor ;; local) echo local ;; esac
}

site_list() { if [ "$sites" = local ]; then echo local; else echo "${sites//,/ }"; fi; }

# People, resources, allocations; keys installed at the sites; everything validated.
make_group() {
    local site
    # The user's own key: for logging in to head nodes on other hosts.
    on_vc3 ssh-keygen -q -t ed25519 -N '' -C ana -f "$state.ana-key" < /dev/null
    client user-create ana --firstname Ana --lastname Arias --email ana@example.org \
        --institution "Example University" --sshpubstring "$(on_vc3 cat "$state.ana-key.pub")"
    client project-create trees --owner ana --members ana
    client nodeinfo-create small --owner ana --cores 1 --memory_mb 512 --storage_mb 512
    for site in $(site_list); do
        if [ "$site" = local ]; then
            client resource-create local --owner ana --accesstype local --accessmethod local --accessflavor local --nodeinfo small
            client allocation-create ana.local --owner ana --resource local --accountname "$(on_vc3 id -un)"
        else
            client resource-create "$site" --owner ana --accesstype batch --accessmethod ssh \
                --accessflavor "$(flavor_of "$site")" --accesshost "$site" --nodeinfo small \
                ${GATEWAY_TO:+$([ "$site" != "$GATEWAY_TO" ] || echo --accessgateway alice@gateway)}
            client allocation-create "ana.$site" --owner ana --resource "$site" --accountname alice
        fi
        client project-addallocation trees "ana.$site"
    done
    step "user, project, resources and allocations: $(site_list)"
    for site in $(site_list); do
        wait_until 20 "the key of ana.$site" has_key "ana.$site"
        [ "$site" = local ] || install_key "$site"
    done
    step "public keys installed at the sites"
    for site in $(site_list); do
        client allocation-validate --allocationname "ana.$site" --wait > "$work/logs/validate-$site.log" 2>&1 \
            || { cat "$work/logs/validate-$site.log" >&2; fail "allocation ana.$site was not validated"; }
    done
    step "allocations validated"
}

has_key() { [ "$1" = ana.local ] || [ "$(client allocation-getpubtoken --allocationname "$1")" != None ]; }

# As a user does it: the public line is appended to authorized_keys.
install_key() {
    client allocation-getpubtoken --allocationname "ana.$1" \
        | lab/lab exec "$1" --user alice -- sh -c 'umask 077; mkdir -p ~/.ssh; cat >> ~/.ssh/authorized_keys'
    [ "$1" != "${GATEWAY_TO:-}" ] || client allocation-getpubtoken --allocationname "ana.$1" \
        | lab/lab exec gateway --user alice -- sh -c 'umask 077; mkdir -p ~/.ssh; cat >> ~/.ssh/authorized_keys'
}

# make_request NAME WORKERS [OPTION...]: nodeset, cluster and request of one name
make_request() {
    local name=$1 workers=$2 site allocations=
    shift 2
    for site in $(site_list); do allocations+="${allocations:+,}ana.$site"; done
    client nodeset-create "$name" --owner ana --node_number "$workers" --app_type htcondor --app_role worker-nodes --app_lingertime 600
    client cluster-create "$name" --owner ana --nodesets "$name"
    client request-create "$name" --owner ana --project trees --cluster "$name" --allocations "$allocations" "$@"
}

# in_pool NAME COMMAND...: runs a command on the head node with the pool's tools
in_pool() {
    local name=$1
    shift
    if [ "${headnode:-local}" = head ]; then
        on_head "$@"
    else
        on_vc3 sh -c '. "$0"; exec "$@"' "$state/headnodes/$name/env.sh" "$@"
    fi
}
