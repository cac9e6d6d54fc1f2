# Namespaces: the switch (bridge and scratch file system, ancestor of all hosts' processes) and the hosts.

# process_mark PID: its start time, which with the PID names a process for good; empty if there is none.
process_mark() {
    local stat
    { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 0
    stat=${stat##*) }
    set -- $stat
    [ "$1" = Z ] || echo "${20}"
}

# live_pid FILE: the process recorded in FILE ("pid mark") if it still runs.
live_pid() {
    local pid mark
    [ -s "$1" ] && read -r pid mark <"$1" || return 1
    [ "$(process_mark "$pid")" = "$mark" ] && echo "$pid"
}

switch_pid() { live_pid "$lab_state/switch.pid"; }
host_pid() { live_pid "$lab_state/hosts/$1/pid"; }
# A host counts as up when everything it should run has been started.
host_ready() { [ -e "$lab_state/hosts/$1/ready" ] && host_pid "$1" >/dev/null; }

running_host() {
    known_host "$1"
    host_pid "$1" >/dev/null || die "host '$1' is not up" "start it with: $0 up $1"
}

# in_host HOST CMD...: run CMD as root in all namespaces of HOST.
in_host() {
    local pid
    pid=$(host_pid "$1") || die "host '$1' is not up" "start it with: $0 up $1"
    shift
    nsenter --target "$pid" --mount --uts --ipc --net --pid --root --wd -- "$@"
}

# in_scratch CMD...: run CMD where the scratch file system is visible, in the machine's network.
in_scratch() {
    local pid
    pid=$(switch_pid) || return 1
    nsenter --target "$pid" --mount -- "$@"
}

start_switch() {
    ! switch_pid >/dev/null || { make_bridge && return 0; }
    rm -rf "$lab_state"
    mkdir -p "$lab_state/hosts" "$lab_share"
    chmod 755 "$lab_state_parent" "$lab_state" "$lab_share"
    setsid unshare --mount --net --pid --fork --propagation private \
        bash "$lab_folder/lib/switch-init.sh" "$lab_state" "$lab_scratch" \
        </dev/null >>"$lab_logs/switch.log" 2>&1 &
    wait_for_file "$lab_state/switch.ready" $! || {
        show_log "$lab_logs/switch.log"
        die "the lab's network could not be made" "the reason is above" \
            "it needs a kernel with namespaces, veth, bridge and overlayfs, and all of root's capabilities"
    }
    make_bridge
}

# A start that was killed may have left the switch without it.
make_bridge() {
    local pid
    pid=$(switch_pid) || die "the lab's network ended at once" "see $lab_logs/switch.log"
    nsenter --target "$pid" --net sh -ec '
        ip link show br0 >/dev/null 2>&1 || ip link add br0 type bridge
        ip link set br0 up'
}

# wait_for_file FILE PID: until FILE is there (0) or PID has ended or 20 s are over (1).
wait_for_file() {
    local try
    for ((try = 0; try < 1000; try++)); do
        [ ! -e "$1" ] || return 0
        [ -e "/proc/$2" ] || return 1
        sleep 0.02
    done
    return 1
}

# start_host HOST: namespaces, root folder, users, network. Services come after.
start_host() {
    local host=$1 pid switch folder=$lab_state/hosts/$1
    switch=$(switch_pid)
    mkdir -p "$folder"
    setsid nsenter --target "$switch" --mount --pid -- \
        unshare --mount --uts --ipc --net --pid --fork --propagation private \
        bash "$lab_folder/lib/host-init.sh" "$host" "$lab_scratch" "$folder" "$lab_share" \
        "$lab_repository" "$lab_repository_inside" "$(host_field "$host" USERS)" \
        </dev/null >>"$lab_logs/$host.log" 2>&1 &
    wait_for_file "$folder/made" $! || {
        show_log "$lab_logs/$host.log"
        die "host '$host' could not be made" "the reason is above; the whole log: $lab_logs/$host.log"
    }
    pid=$(host_pid "$host") || die "host '$host' ended at once" "see $lab_logs/$host.log"
    nsenter --target "$switch" --net ip -batch - <<BATCH
link add v-$host type veth peer name eth0 netns $pid
link set v-$host master br0 up
BATCH
    nsenter --target "$pid" --net ip -batch - <<BATCH
link set lo up
address add $(host_address "$host")/24 dev eth0
link set eth0 up
BATCH
}

# stop_host HOST: its first process ends, and with it all others, its mounts and its network.
stop_host() {
    local pid
    if pid=$(host_pid "$1"); then
        kill -KILL "$pid" 2>/dev/null || true
        wait_for_end "$pid"
    fi
    ! switch_pid >/dev/null || in_scratch rm -rf "$lab_scratch/hosts/$1"
    rm -rf "$lab_state/hosts/$1"
}

# wait_for_end PID: until it has ended, 10 s at most.
wait_for_end() {
    local try
    for ((try = 0; try < 500; try++)); do
        [ -n "$(process_mark "$1")" ] || return 0
        sleep 0.02
    done
    die "process $1 does not end though it was killed" "see: ps -o pid,stat,wchan,args -p $1"
}

stop_all() {
    local host pid
    for host in $(all_hosts); do
        if pid=$(host_pid "$host"); then kill -KILL "$pid" 2>/dev/null || true; fi
    done
    if pid=$(switch_pid); then
        # The hosts' processes are in a process namespace below the switch's: none outlives it.
        kill -KILL "$pid" 2>/dev/null || true
        wait_for_end "$pid"
    fi
    rm -rf "$lab_state"
    rmdir "$lab_state_parent" 2>/dev/null || true
}
