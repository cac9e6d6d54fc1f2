# The layer: Debian packages that the hosts have and the machine has not. It lies between the machine's own / and what
# a host writes, on the scratch file system; a packed copy in the cache makes the next start quick.

# Grid Engine wants a mail program: ssmtp is the smallest, and has no server to reach.
layer_packages="slurm-wlm munge gridengine-master gridengine-exec gridengine-client openssh-server openssh-client
iproute2 nftables procps python3 sudo ssmtp libslurm-perl libslurmdb-perl libswitch-perl
mariadb-server-core libmariadb3 tcsh fish zsh btrfs-progs"
# Unpacked beside the others, into /opt/torque: its commands are called as Grid Engine's are.
layer_torque=slurm-wlm-torque

# layer_key: changes with anything that the content depends on: this file and the machine's packages below.
layer_key() {
    cat "$lab_folder/lib/layer.sh" "$lab_folder/lib/layer-install.sh" /var/lib/dpkg/status | sha256sum | cut -c1-16
}

# make_layer: $lab_scratch/layer is there, from the cache or newly installed.
make_layer() {
    local packed new
    ! in_scratch test -e "$lab_scratch/layer" || return 0
    packed=$lab_cache/layer-$(layer_key).tar.zst
    new=$(in_scratch mktemp -d "$lab_scratch/new-layer.XXXXXX")
    in_scratch mkdir "$new/upper" "$new/work" "$new/root"
    if [ -e "$packed" ]; then
        zstd -dcq "$packed" | in_scratch tar -C "$new/upper" --xattrs --xattrs-include='trusted.overlay.*' -xpf - || {
            rm -f "$packed"
            die "the packed layer $packed was damaged and has been removed" "run this again: it is made anew"
        }
        step "package layer unpacked from the cache"
    else
        step "installing Slurm, Grid Engine and sshd into a layer of the lab's own (once)"
        nsenter --target "$(switch_pid)" --mount -- \
            unshare --mount --uts --pid --fork --kill-child --propagation private \
            bash "$lab_folder/lib/layer-install.sh" "$lab_scratch" "$new" "$layer_torque" $layer_packages \
            </dev/null >"$lab_logs/layer.log" 2>&1 || {
            show_log "$lab_logs/layer.log"
            die "the packages could not be installed into the lab's layer" "the whole log: $lab_logs/layer.log" \
                "if it was the network, run this again"
        }
        rm -f "$lab_cache"/layer-*.tar.zst
        find "$lab_cache" -maxdepth 1 -name 'layer-*.tar.zst.*' -mmin +60 -delete # of starts that were killed
        # The origin attributes name files of this overlay's lower file system; they mean nothing elsewhere.
        in_scratch tar -C "$new/upper" --xattrs --xattrs-include='trusted.overlay.opaque' -cpf - . |
            zstd -1 -T0 -q -o "$packed.$$" || die "the layer could not be packed into $packed" "is the disk full?"
        mv "$packed.$$" "$packed"
        step "package layer made ($(du -h "$packed" | cut -f1) packed)"
    fi
    in_scratch mv -T "$new/upper" "$lab_scratch/layer"
    in_scratch rm -rf "$new"
}
