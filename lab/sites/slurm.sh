# slurm.sh VERB, as root inside the host: Slurm with 4 virtual nodes n1-n4 (4 CPUs each), partitions main and debug.
#   start            everything
#   stop-scheduler   the part that answers sbatch and squeue
#   start-scheduler
#   ready            exit 0 when the site answers and can run jobs
#   jobs USER        one line per job of USER, finished ones left out
#   logs             the log files
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
nodes="n1 n2 n3 n4"
# What another version needs otherwise, and whether it has accounting, says its own script: see slurm-newer.sh.
[ -n "$(type -t start_accounting)" ] || start_accounting() { :; }

start() {
    install -d -o munge -g munge -m 755 /run/munge
    install -d -o munge -g munge -m 700 /etc/munge /var/lib/munge /var/log/munge
    (umask 077 && head -c 128 /dev/urandom >/etc/munge/munge.key)
    chown munge: /etc/munge/munge.key
    setpriv --reuid munge --regid munge --clear-groups /usr/sbin/munged

    install -d /etc/slurm
    {
        sed "s/@HOST@/$(hostname)/" "$here/../conf/slurm.conf" | grep -vE "^(${slurm_without:-#})="
        echo "${slurm_lines:-}"
    } >/etc/slurm/slurm.conf
    install -m 644 "$here/../conf/gres.conf" /etc/slurm/gres.conf
    : >/run/gpu0 >/run/gpu1
    echo "CgroupPlugin=${slurm_cgroups:-cgroup/v1}" >/etc/slurm/cgroup.conf
    install -d -o slurm -g slurm /var/spool/slurm /var/spool/slurm/ctld
    install -o slurm -g slurm -m 644 /dev/null /var/log/slurm_jobcomp.log
    install -o slurm -g slurm -m 644 /dev/null /var/log/slurmctld.log
    start_accounting
    slurmctld
    local node
    for node in $nodes; do
        mkdir -p "/var/spool/slurm/d.$node"
        slurmd -N "$node"
    done
    until_ready
    # Far away, so that it keeps no job waiting.
    scontrol create reservation reservationname=course users=alice,bob nodes=n4 starttime=now+300days duration=60 >/dev/null
}

until_ready() {
    local try
    for ((try = 0; try < 400; try++)); do
        ! ready || return 0
        sleep 0.05
    done
    echo "slurm: not all nodes became idle in 20 s" >&2
    return 1
}

ready() {
    [ "$(sinfo -h -p main -o '%D %t' 2>/dev/null | awk '$2 ~ /^(idle|mix|alloc|comp)$/ {n += $1} END {print n + 0}')" = 4 ]
}

case $1 in
start) start ;;
stop-scheduler)
    read -r pid </run/slurmctld.pid
    kill -TERM "$pid"
    while [ -e "/proc/$pid" ]; do sleep 0.05; done
    ;;
start-scheduler)
    slurmctld
    until_ready
    ;;
ready) ready ;;
jobs) squeue -h -u "$2" -o '%i %j %T' ;;
logs) echo /var/log/slurmctld.log /var/log/slurmd.n?.log ;;
*) echo "slurm.sh: unknown verb $1" >&2 && exit 2 ;;
esac
