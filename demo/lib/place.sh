# Where VC3 runs: on the lab's host `vc3` as the user vc3, or (SITES=local) on this machine as an ordinary user.
#
# Sets: work (folder of this run, with logs/), source (this repository as VC3's user sees it), state (the state folder),
# condor (unpacked HTCondor).
# on_vc3 COMMAND...  runs a command as VC3's user, where VC3 runs.

configuration=${CONFIGURATION:-debug}
parts=${PARTS:-together}

place_up() {
    work=$(mktemp -d "${TMPDIR:-/tmp}/vc3-$program.XXXXXX")
    chmod 755 "$work"
    mkdir -p "$work/logs"
    if [ "$sites" = local ]; then
        local_place_up
    else
        lab_place_up
    fi
}

lab_place_up() {
    [ "$(id -u)" = 0 ] || fail "the lab needs root; without root use SITES=local"
    lab/lab up > "$work/logs/lab-up.log" 2>&1 || { tail -n 5 "$work/logs/lab-up.log" >&2; fail "the lab did not start"; }
    share=$(lab/lab share)
    condor=$share/condor
    # Every host of the lab shows this repository at /srv/vc3.
    source=/srv/vc3
    state=/home/vc3/vc3-state
    lab/lab exec vc3 -- rm -rf "$state" "$state.ana-key" "$state.ana-key.pub"
    vc3_path=$source/.build/$configuration:$condor/bin:/usr/bin:/bin
    on_vc3() { lab/lab exec vc3 --user vc3 -- env PATH="$vc3_path" "$@"; }
}

local_place_up() {
    state=$work/vc3/state
    condor=$work/condor
    source=$work/programs
    mkdir -p "$work/home" "$work/vc3"
    lab/condor-prefix "$(condor_cache)" > "$work/logs/condor-prefix.log" 2>&1 \
        || fail "HTCondor could not be unpacked: $(tail -n 1 "$work/logs/condor-prefix.log")"
    run_as=()
    if [ "$(id -u)" = 0 ]; then
        # HTCondor takes no jobs from root, and nothing here needs it. An ordinary user may not be able to read this
        # folder, hence the copies.
        run_as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
        chown nobody:nogroup "$work/home" "$work/vc3"
        cp -r "$(condor_cache)" "$condor"
        mkdir -p "$source/.build/$configuration"
        install -m 755 .build/"$configuration"/{vc3,vc3-client,vc3-infoservice,vc3-master,vc3-factory,credible} \
            "$source/.build/$configuration/"
        install -D -m 755 -t "$source/demo/lib" demo/lib/parts demo/lib/parts-files
        install -m 644 .build/vc3-worker.tar.gz "$source/.build/"
        cp -r playbooks "$source/"
    else
        ln -s "$(condor_cache)" "$condor"
        ln -s "$PWD" "$source"
    fi
    vc3_path=$source/.build/$configuration:$condor/bin:/usr/bin:/bin
    on_vc3() { (cd "$work/home" && exec "${run_as[@]}" env -i HOME="$work/home" LANG=C.UTF-8 PATH="$vc3_path" "$@"); }
}

condor_cache() { echo "${VC3_LAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vc3-lab}/condor"; }

# Starts `vc3 up`, or, with PARTS=apart, its parts as programs of their own. Further arguments go to it.
vc3_launch() {
    if [ "$parts" = apart ]; then
        on_vc3 sh -c 'echo $$ > "$0.pid"; exec "$@"' "$state" "$source/demo/lib/parts" "$state" "$condor" \
            "$source/.build/vc3-worker.tar.gz" "$source/playbooks" "$@" >> "$work/logs/vc3-up.log" 2>&1 < /dev/null &
        vc3_job=$!
        return
    fi
    on_vc3 sh -c 'echo $$ > "$0.pid"; exec vc3 up --state "$0" "$@"' "$state" \
        --condor "$condor" --worker-bundle "$source/.build/vc3-worker.tar.gz" --playbooks "$source/playbooks" "$@" \
        >> "$work/logs/vc3-up.log" 2>&1 < /dev/null &
    vc3_job=$!
}

# Starts `vc3 up` and waits until it serves. Further arguments go to it.
vc3_start() {
    vc3_launch "$@"
    wait_until 40 "VC3 becoming ready" client user-list
}

# vc3_signal SIGNAL: to the process of `vc3 up` itself
vc3_signal() { on_vc3 sh -c 'kill -s "$1" "$(cat "$0.pid")"' "$state" "$1"; }

# Ends `vc3 up` by SIGTERM and waits for it.
vc3_stop() {
    [ -n "${vc3_job:-}" ] || return 0
    vc3_signal TERM 2>/dev/null || true
    wait "$vc3_job" 2>/dev/null || true
    vc3_job=
}

client() { on_vc3 vc3-client -c "$state/vc3-client.conf" "$@"; }

# Everything that this run left behind, a line each; also stops it. Nothing is printed after a clean run.
place_leftover() {
    if [ "$sites" = local ]; then
        pgrep -af "$work" | grep -v " $program" || true
        find "$work/home" -mindepth 1 ! -path "$work/home/.cache*" 2>/dev/null || true
    else
        lab/lab leftover || true
        # Ansible's own connections end by themselves ten seconds after their last use.
        lab/lab exec vc3 -- sh -c '
            for i in $(seq 120); do pgrep -u vc3 > /dev/null || break; sleep 0.1; done
            pgrep -au vc3; ls -A "$0/headnodes" 2> /dev/null; true' "$state"
    fi
}

# Ends what a failed run left on this machine, each by its process id: head nodes, then pilots with all of their group.
local_processes_end() {
    local file pid
    for file in "$state"/headnodes/*/condor/run/master.pid; do
        { read -r pid < "$file" && kill -QUIT "$pid"; } 2> /dev/null || true
    done
    for file in "$work"/home/.vc3-local/*/vc3-*/process; do
        { read -r pid _ < "$file" && kill -TERM -- "-$pid" && sleep 1 && kill -KILL -- "-$pid"; } 2> /dev/null || true
    done
}

place_down() {
    vc3_stop
    if [ "$sites" = local ]; then
        local_processes_end
        rm -rf "$work/home" "$work/condor" "$work/programs" "$work/vc3"
    elif [ -n "${KEEP_LAB:-}" ]; then
        # The next run must find the hosts as if new.
        lab/lab exec vc3 -- pkill -KILL -u vc3 || true
    else
        lab/lab down >> "$work/logs/lab-down.log" 2>&1 || true
    fi
}
