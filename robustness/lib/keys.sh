# The SSH keys of allocations are replaced while a cluster runs: by the way, with `vc3 up` killed on the way, to RSA, where
# the account may not write its authorized_keys. No pilot notices, and what else stands in authorized_keys stays.

part_keys() {
    local site before
    ask keys
    await keys joined 180
    for site in $(site_list); do add_foreign_lines "$site"; done
    before=$(job_list)

    for site in $(site_list); do
        rotate "$site"
        only_key_is "$site" ssh-ed25519
    done
    pilots_go_on "$before" "all keys replaced"
    step "keys replaced at $(site_list): other lines untouched, the same jobs, $workers workers"

    kill_rotations
    only_key_is alpha ssh-ed25519
    pilots_go_on "$before" "kills while a key is replaced"
    step "$rounds rotations, vc3 up killed on the way, by the step it was at: $(sort "$work/steps" | uniq -c | awk '{ printf "%s%s %d", (NR > 1 ? ", " : ""), $2, $1 }')"

    rotate alpha --keytype rsa
    only_key_is alpha ssh-rsa
    [ "$(key_lines alpha | cut -d ' ' -f 1,2 | lab/lab exec vc3 -- ssh-keygen -lf - | cut -d ' ' -f 1)" = 4096 ] \
        || fail "the RSA key has not 4096 bits"
    rotate alpha --keytype ed25519
    pilots_go_on "$before" "RSA and back"
    step "RSA of 4096 bits, and back"

    managed_keys
    pilots_go_on "$before" "keys that the account may not write"
    for site in $(site_list); do remove_foreign_lines "$site"; done
    finish keys 60
}

# rotate SITE [OPTION...]
rotate() {
    local site=$1
    shift
    client allocation-rotate-key "ana.$site" --wait --timeout 120s "$@" > "$work/logs/rotate.log" 2>&1 \
        || { cat "$work/logs/rotate.log" >&2; fail "the key of ana.$site was not replaced"; }
}

foreign="# a comment of alice
no-pty,from=\"10.78.0.99\" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8V4+1kcFb3Ma0sZ6k8cX0d0T0s6GvW2vQ7g5eVh1xq alice at home"

authorized_keys() { lab/lab exec "$1" --user alice -- cat .ssh/authorized_keys; }

add_foreign_lines() { lab/lab exec "$1" --user alice -- sh -c 'printf "%s\n" "$0" >> .ssh/authorized_keys' "$foreign"; }

remove_foreign_lines() { lab/lab exec "$1" --user alice -- sed -i '/alice/d' .ssh/authorized_keys; }

# key_lines SITE: the lines that VC3 put there
key_lines() { authorized_keys "$1" | grep " ana\.$1\$"; }

# only_key_is SITE TYPE: the published key's line is there once, and at its gateway, the old one is gone, the account's own
# lines are as they were
only_key_is() {
    local line
    line=$(client allocation-getpubtoken --allocationname "ana.$1")
    [ "$(key_lines "$1")" = "$line" ] || { authorized_keys "$1" >&2; fail "authorized_keys at $1 has not just '$line'"; }
    [ "$1" != "${GATEWAY_TO:-}" ] || [ "$(authorized_keys gateway | grep " ana\.$1\$")" = "$line" ] \
        || { authorized_keys gateway >&2; fail "authorized_keys at the gateway has not just '$line'"; }
    [[ $line = "$2 "* ]] || fail "the key at $1 is not of type $2: $line"
    [ "$(authorized_keys "$1" | grep alice)" = "$foreign" ] || { authorized_keys "$1" >&2; fail "other lines at $1 changed"; }
}

# pilots_go_on JOBS TEXT: the same jobs, all workers, every site in reach
pilots_go_on() {
    local site
    [ "$(job_list)" = "$1" ] || { echo "$1" >&2; job_list >&2; fail "$2: the pilots changed"; }
    [ "$(slots keys)" = "$workers" ] || fail "$2: the pool has $(slots keys) workers, not $workers"
    for site in $(site_list); do well 60 pilotset "keys.keys.ana.$site" '^SiteReachable true'; done
}

# A rotation each round, killed 0 to 2.5 s after it was asked for, by the seed.
kill_rotations() {
    local i wanted
    RANDOM=$seed
    : > "$work/steps"
    for ((i = 1; i <= rounds; i++)); do
        persist client allocation-rotate-key ana.alpha
        sleep "$(awk -v ms=$((RANDOM % 2500)) 'BEGIN { print ms / 1000 }')"
        vc3_signal KILL
        until ! vc3_lives; do sleep 0.02; done
        rotation_step >> "$work/steps"
        some_key_works
        vc3_launch
        wait_until 20 "vc3 up becoming ready" client user-list
        wanted=$(client allocation-list --allocationname ana.alpha --output json | jq '[.] | flatten | .[0].spec.rotate')
        wait_until 120 "rotation $wanted" rotated "$wanted"
    done
}

rotated() {
    client allocation-list --allocationname ana.alpha --output json \
        | jq -e --argjson wanted "$1" '[.] | flatten | .[0].status | .rotate_observed >= $wanted and .rotation == null' > /dev/null
}

# The step that the store has, read from its file while nobody serves it.
rotation_step() {
    on_vc3 python3 -c 'import re, sqlite3, sys
rows = sqlite3.connect(sys.argv[1] + "/infoservice/store.sqlite").execute(
    "select body from record where kind = ? and name = ? order by revision desc limit 1", ("allocation", "ana.alpha")).fetchall()
text = rows[0][0] if isinstance(rows[0][0], str) else rows[0][0].decode()
found = re.search(r"\"step\":\s*\"(\w+)\"", text)
print(found.group(1) if found else "none")' "$state"
}

# Of the keys that VC3 has on disk for alpha, one logs in.
some_key_works() {
    on_vc3 sh -c 'for key in "$0"/ssh/allocations/ana.alpha/ana.alpha "$0"/ssh/allocations-next/ana.alpha/ana.alpha; do
        [ -f "$key" ] && ssh -F none -i "$key" -o BatchMode=yes -o IdentitiesOnly=yes -o UserKnownHostsFile="$1/known_hosts" \
            alice@alpha true && exit 0
    done; exit 1' "$state" "$share" 2> "$work/logs/some-key.log" || fail "no key of VC3 logs in any more"
}

# Keys that the site manages: the account may not write them. The new line is told, somebody appends it, all goes on.
managed_keys() {
    local old new
    old=$(client allocation-getpubtoken --allocationname ana.alpha)
    lab/lab exec alpha -- sh -c 'chown -R root:root /home/alice/.ssh && chmod 755 /home/alice/.ssh && chmod 644 /home/alice/.ssh/authorized_keys'
    client allocation-rotate-key ana.alpha
    expect "keys managed by the site" 30 allocation ana.alpha '^KeyRotated false InstallByHand mender=user: .*may not be written'
    [ "$(client allocation-getpubtoken --allocationname ana.alpha)" = "$old" ] || fail "a key was published that does not log in"
    new=$(client allocation-list --allocationname ana.alpha --output json | jq -r '[.] | flatten | .[0].status.rotation.newkey')
    lab/lab exec alpha -- sh -c 'echo "$0" >> /home/alice/.ssh/authorized_keys' "$new"
    client allocation-validate --allocationname ana.alpha --wait --timeout 60s > "$work/logs/validate.log" 2>&1 \
        || { cat "$work/logs/validate.log" >&2; fail "ana.alpha was not validated with the new key appended"; }
    wait_until 60 "the rotation going on" rotated 0
    expect "mended: the line appended by hand; the old one is told" 30 allocation ana.alpha '^KeyRotated true OldKeyLeft mender=user: '
    [ "$(client allocation-getpubtoken --allocationname ana.alpha)" = "$new" ] || fail "the new key is not the published one"
    lab/lab exec alpha -- sh -c 'chown -R alice:alice /home/alice/.ssh && chmod 700 /home/alice/.ssh && chmod 600 /home/alice/.ssh/authorized_keys'
    lab/lab exec alpha --user alice -- sh -c 'grep -vxF "$0" .ssh/authorized_keys > new && cat new > .ssh/authorized_keys && rm new' "$old"
    only_key_is alpha ssh-ed25519
}
