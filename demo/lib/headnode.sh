# The lab's host `head` as a head node by address and key.

# Makes a key for VC3, lets it in at `head` as its administrator would, and writes the configuration that names the host.
give_head_node() {
    on_vc3 sh -c 'rm -f "$0" "$0.pub"; ssh-keygen -q -t ed25519 -N "" -C vc3 -f "$0"' "$state.head-key"
    on_vc3 cat "$state.head-key.pub" \
        | lab/lab exec head --user vc3admin -- sh -c 'umask 077; mkdir -p ~/.ssh; cat > ~/.ssh/authorized_keys'
    on_vc3 sh -c 'cat > "$0"' "$state.conf" << CONF
[headnode-head]
address = $(lab/lab address head)
user = vc3admin
keyfile = $state.head-key
hostkey = $(awk '$1 ~ /^head(,|$)/ { print $2, $3; exit }' "$share/known_hosts")
CONF
}

# on_head COMMAND...: as the user ana, over SSH with her own key, as she would
on_head() {
    local words
    printf -v words '%q ' "$@"
    # A login shell reads /etc/profile.d, where the pool's tools are put on the PATH.
    printf -v words 'bash -lc %q' "$words"
    on_vc3 ssh -F none -i "$state.ana-key" -o BatchMode=yes -o UserKnownHostsFile="$share/known_hosts" "ana@head" "$words"
}
