# What the sites themselves have on record about pilots, gathered in $work/records for robustness/chaos/records.py.

records_begin() {
    mkdir -p "$work/records"
    : > "$work/records/waves"
    records_collect &
    collector=$!
}

# Slurm forgets a job five minutes after its end.
records_collect() {
    while :; do
        records_slurm > /dev/null 2>&1 || true
        sleep 30
    done
}

records_slurm() {
    local one
    one=$(mktemp "$work/records/alpha.XXXXXX")
    lab/lab exec alpha -- scontrol -o show job > "$one"
}

records_take() { records_slurm || fail "Slurm does not tell about its jobs"; }

# The last words of all sites. HTCondor and Grid Engine keep theirs.
records_end() {
    local one
    [ -n "${collector:-}" ] || return 0
    kill "$collector" 2> /dev/null || true
    wait "$collector" 2> /dev/null || true
    collector=
    records_slurm || true
    # shellcheck disable=SC2012 # names of our own, in the order of their making
    for one in $(ls -tr "$work"/records/alpha.*); do cat "$one"; done > "$work/records/alpha"
    lab/lab exec alpha -- cat /var/log/slurm_jobcomp.log > "$work/records/alpha.completed" || true
    # Grid Engine writes up an ended job some seconds later.
    sleep 3
    lab/lab exec beta -- sh -lc 'qacct -j' > "$work/records/beta" || true
    {
        lab/lab exec gamma -- condor_history -af VC3_Pilot ClusterId ProcId QDate JobStartDate EnteredCurrentStatus JobStatus
        lab/lab exec gamma -- condor_q -allusers -af VC3_Pilot ClusterId ProcId QDate JobStartDate EnteredCurrentStatus JobStatus
    } > "$work/records/gamma" || true
}

# running_at SITE: how many pilots run there, as its scheduler says
running_at() {
    case $1 in
    alpha) pilots_at alpha | grep -c ' RUNNING$' || true ;;
    beta) pilots_at beta | grep -c ' r$' || true ;;
    gamma) pilots_at gamma | grep -c ' 2$' || true ;;
    esac
}
