# What happens to the sessions at a site while a cluster runs: its listener is restarted, one session stands still, the home
# becomes full in a submission, the Infoservice is away. No pilot is lost or doubled, and no more logins are made than it takes.

# logins: how many sessions the site has opened for the account since its start
logins() { lab/lab exec $fault_host -- grep -c 'Accepted publickey for alice' /var/log/sshd.log || true; }

# restart_listener: as an upgrade of sshd does it, so that sessions live on
restart_listener() {
    lab/lab exec $fault_host -- sh -c 'kill "$(cat /run/sshd.pid)" && while [ -e /run/sshd.pid ]; do sleep 0.05; done
        exec /usr/sbin/sshd -f /etc/ssh/lab_sshd_config -E /var/log/sshd.log' || fail "the listener was not restarted"
}

# session_processes: the process ids of sshd that serve the account
session_processes() { lab/lab exec $fault_host -- sh -c "ps -u alice -o pid=,comm= | awk '\$2 == \"sshd\" { print \$1 }'"; }

# steady BEFORE TEXT: the same pilots by the same jobs
steady() { [ "$(job_list)" = "$1" ] || { diff <(echo "$1") <(job_list) >&2 || true; fail "the pilots are not the same: $2"; }; }

# The listener is restarted while pilots run and while some are submitted; then with all sessions, while some are.
part_listener() {
    local before made round
    ask listener
    await listener joined 120
    before=$(job_list)
    made=$(logins)
    restart_listener
    sleep 35
    steady "$before" "the listener was restarted"
    for round in 1 2 3; do
        resize listener 3
        pilots_are 3 120 "smaller"
        resize listener "$workers"
        sleep 0.$((RANDOM % 10))
        restart_listener
        pilots_are "$workers" 120 "as large as before, the listener restarted meanwhile"
    done
    await listener joined 120
    [ "$(logins)" = "$made" ] || fail "$(($(logins) - made)) more logins, although the session lived on"
    step "the listener restarted 4 times, while pilots ran and while they were submitted: the same session"
    for round in 1 2 3; do
        resize listener 3
        pilots_are 3 120 "smaller"
        resize listener "$workers"
        sleep 0.$((RANDOM % 10))
        break_site sshd
        mend_site sshd
        pilots_are "$workers" 120 "as large as before, sshd restarted with all sessions meanwhile"
    done
    await listener joined 120
    well 45 pilotset listener.listener.ana.alpha '^SiteReachable true'
    step "sshd restarted with all sessions 3 times while pilots were submitted: $(($(logins) - made)) more logins"
    finish listener 120
}

# The site's end of the session stands still for longer than ssh waits, and goes on when there is another one.
part_frozen() {
    local before frozen began
    ask frozen
    await frozen joined 120
    before=$(job_list)
    frozen=$(session_processes)
    [ -n "$frozen" ] || fail "there is no session to stop"
    began=$(date +%s%3N)
    # shellcheck disable=SC2086 # process ids
    lab/lab exec $fault_host -- kill -STOP $frozen
    # Something has to be done there while nothing moves.
    resize frozen 3
    expect "a session that stands still" 60 pilotset frozen.frozen.ana.alpha '^SiteReachable unknown NoAnswer mender=nobody: .*alpha'
    explains frozen 'SiteReachable.*has not answered'
    step "told after $(since "$began") s"
    well 90 pilotset frozen.frozen.ana.alpha '^SiteReachable true'
    step "reached again by another session after $(since "$began") s"
    pilots_are 3 120 "smaller, with the old session standing still"
    resize frozen "$workers"
    pilots_are "$workers" 120 "as large as before, with the old session standing still"
    await frozen joined 120
    before=$(job_list)
    # shellcheck disable=SC2086
    lab/lab exec $fault_host -- kill -CONT $frozen 2> /dev/null || true
    sleep 20
    steady "$before" "the old session went on"
    step "the old session goes on: the same $workers pilots"
    finish frozen 120
}

# The account's home has room for a part only of what a submission needs.
part_room() {
    local before mended
    ask room
    await room joined 180
    resize room 3
    pilots_are 3 120 "smaller"
    # What those that have ended still have there would make room when it goes.
    wait_until 60 "the end of ended pilots' files" one_pilot_has_files
    leave_room 8
    before=$(job_list)
    resize room "$workers"
    expect "a home that becomes full in a submission" 90 pilotset room.room.ana.alpha '^Submitting false DiskFull mender=user: .*[Nn]o space left'
    explains room 'Submitting.*[Nn]o space left'
    [ -z "$(comm -23 <(echo "$before") <(job_list))" ] || fail "a pilot was lost when the home became full"
    give_room
    mended=$(date +%s%3N)
    await room joined 330
    pilots_are "$workers" 1 "with room again"
    step "mended: all joined after $(since "$mended") s"
    finish room 120
}

one_pilot_has_files() { [ "$(lab/lab exec $fault_host --user alice -- sh -c 'ls -d .vc3/*/*/pilots/*' | wc -l)" = 1 ]; }

# leave_room KIB: the file system of the account's home shrinks to what is in it, and so much more
leave_room() {
    lab/lab exec $fault_host -- bash -ec '
        for try in 1 2 3 4 5; do
            read -r blocks free size < <(stat -f -c "%b %f %S" /home/alice)
            ! mount -o "remount,size=$(((blocks - free) * size + $1 * 1024))" /home/alice || exit 0
        done
        exit 1' _ "$1" || fail "the home could not be made smaller"
}

give_room() { lab/lab exec $fault_host -- mount -o remount,size=1g /home/alice; }

# The Infoservice stands still for longer than leases hold: the Factory keeps its sessions, and goes on over them. For
# PARTS=apart.
part_outage() {
    local before made infoservice began
    [ "$parts" = apart ] || fail "the part outage needs PARTS=apart"
    ask outage
    await outage joined 120
    before=$(job_list)
    made=$(logins)
    infoservice=$(on_vc3 sh -c 'cut -d " " -f 1 "$0/programs"' "$state")
    on_vc3 kill -STOP "$infoservice"
    sleep 60
    steady "$before" "the Infoservice stood still"
    on_vc3 kill -CONT "$infoservice"
    began=$(date +%s%3N)
    resize outage 3
    pilots_are 3 60 "smaller, after the Infoservice stood still"
    step "the Infoservice stood still for 60 s; the Factory works again after $(since "$began") s"
    resize outage "$workers"
    await outage joined 120
    [ "$(logins)" = "$made" ] || fail "$(($(logins) - made)) more logins, although the session lived on"
    step "no further login at the site"
    finish outage 120
}
