# gridengine.sh VERB, as root inside the host: Grid Engine with queue main.q of 8 slots and parallel environment smp.
# The verbs are those of slurm.sh.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
export SGE_ROOT=/var/lib/gridengine SGE_CELL=default
spool=/var/spool/gridengine
host=$(hostname)

start() {
    # The database that came with the package belongs to another host name: a fresh cell.
    rm -rf $spool/spooldb $spool/qmaster $spool/execd
    install -d -o sgeadmin -g sgeadmin $spool/spooldb $spool/qmaster $spool/qmaster/job_scripts $spool/execd /run/gridengine
    setpriv --reuid sgeadmin --regid sgeadmin --init-groups \
        /usr/share/gridengine/scripts/init_cluster $SGE_ROOT $SGE_CELL $spool/spooldb sgeadmin >/dev/null
    echo "$host" >$SGE_ROOT/$SGE_CELL/common/act_qmaster
    sge_qmaster
    until_true 200 qconf -sm || failed "the master does not answer"

    local work
    work=$(mktemp -d)
    # GPUs are counted once for each job; whoever asks for exclusive has a host alone.
    { qconf -sc | grep -v '^#'
        echo 'gpu gpu INT <= YES JOB 0 0'
        echo 'exclusive excl BOOL EXCL YES YES 0 1000'; } >"$work/complexes"
    qconf -Mc "$work/complexes" >/dev/null
    printf 'name physics\noticket 0\nfshare 0\nacl NONE\nxacl NONE\n' >"$work/project"
    qconf -Aprj "$work/project"
    qconf -as "$host"
    qconf -ah "$host" || true # init_cluster has done it where the name was known to it
    sed "s/@HOST@/$host/" "$here/../conf/gridengine-host" >"$work/host"
    qconf -Ae "$work/host"
    printf 'group_name @allhosts\nhostlist %s\n' "$host" >"$work/group"
    qconf -Ahgrp "$work/group"
    qconf -Ap "$here/../conf/gridengine-smp"
    qconf -Aq "$here/../conf/gridengine-queue"
    # A scheduler run each second and at once after each submission; quick reports; system users' jobs allowed.
    qconf -ssconf | sed -e 's/^schedule_interval .*/schedule_interval 0:0:1/' \
        -e 's/^flush_submit_sec .*/flush_submit_sec 1/' -e 's/^flush_finish_sec .*/flush_finish_sec 1/' \
        -e 's/^load_formula .*/load_formula slots/' -e 's/^job_load_adjustments .*/job_load_adjustments NONE/' \
        >"$work/scheduler"
    qconf -Msconf "$work/scheduler"
    # qconf takes the file's name for the name of the host, or "global" for all.
    qconf -sconf | grep -v '^#' | sed -e 's/^load_report_time .*/load_report_time 00:00:02/' \
        -e 's/^reporting_params .*/reporting_params accounting=true reporting=false flush_time=00:00:01 joblog=false sharelog=00:00:00/' \
        -e 's/^min_uid .*/min_uid 100/' -e 's/^min_gid .*/min_gid 100/' >"$work/global"
    qconf -Mconf "$work/global"
    rm -rf "$work"
    sge_execd
    until_true 400 ready || failed "queue main.q did not become free of alarms in 20 s"
}

failed() {
    echo "gridengine: $*" >&2
    exit 1
}

until_true() { # TRIES CMD...
    local try tries=$1
    shift
    for ((try = 0; try < tries; try++)); do
        ! "$@" >/dev/null 2>&1 || return 0
        sleep 0.05
    done
    return 1
}

# The last column of a queue's line is its state; empty is good.
ready() {
    qstat -f 2>/dev/null | awk -v queue="main.q@" 'index($1, queue) == 1 {found = 1; if (NF > 5) bad = 1}
        END {exit !(found && !bad)}'
}

case $1 in
start) start ;;
stop-scheduler)
    read -r pid <$spool/qmaster/qmaster.pid
    kill -TERM "$pid"
    until_true 200 test ! -e "/proc/$pid" || kill -KILL "$pid"
    ;;
start-scheduler)
    sge_qmaster
    until_true 400 ready || failed "the master does not answer"
    ;;
ready) ready ;;
jobs) qstat -u "$2" | awk 'NR > 2 {print $1, $3, $5}' ;;
logs) echo $spool/qmaster/messages $spool/execd/"$host"/messages ;;
*) echo "gridengine.sh: unknown verb $1" >&2 && exit 2 ;;
esac
