# htcondor.sh VERB, as root inside the host: an HTCondor pool of one host with 8 CPUs, from the lab's prefix.
# The verbs are those of slurm.sh. LAB_SHARE, LAB_ADDRESS and LAB_USERS are in the environment.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
prefix=$LAB_SHARE/condor
export PATH=$prefix/bin:$prefix/sbin:$PATH

start() {
    local command user folder=/var/lib/condor
    mkdir -p /etc/condor
    sed -e "s|@SHARE@|$LAB_SHARE|" -e "s|@ADDRESS@|$LAB_ADDRESS|" "$here/../conf/condor_config.in" \
        >/etc/condor/condor_config
    # A user's ssh command has /usr/local/bin on its PATH; the wrappers in the prefix must be called by their own path.
    for command in "$prefix"/bin/condor_* "$prefix"/sbin/condor_*; do
        printf '#!/bin/sh\nexec %s "$@"\n' "$command" >"/usr/local/bin/${command##*/}"
        chmod 755 "/usr/local/bin/${command##*/}"
    done
    # The commands make these in the home of whoever uses them; the users of this site have used them before.
    for user in $LAB_USERS; do
        install -d -o "$user" -g "$user" "/home/$user/.condor"
        install -o "$user" -g "$user" -m 644 /dev/null "/home/$user/.condor/known_hosts"
    done
    mkdir -p $folder/{log,spool,execute,lock,run}
    chown -R condor:condor $folder
    install -d -m 700 $folder/passwords.d $folder/tokens.d
    (umask 077 && head -c 64 /dev/urandom >$folder/passwords.d/POOL)
    condor_master
    until_ready
}

until_ready() {
    local try
    for ((try = 0; try < 200; try++)); do
        ! ready || return 0
        sleep 0.1
    done
    echo "htcondor: queue or slot did not appear in the pool in 20 s" >&2
    return 1
}

ready() {
    condor_q -totals >/dev/null 2>&1 && condor_status -af Name 2>/dev/null | grep -q .
}

case $1 in
start) start ;;
stop-scheduler)
    condor_off -schedd -fast >/dev/null
    for ((try = 0; try < 200; try++)); do
        condor_q -totals >/dev/null 2>&1 || exit 0
        sleep 0.05
    done
    echo "htcondor: the schedd does not stop" >&2 && exit 1
    ;;
start-scheduler)
    condor_on -schedd >/dev/null
    until_ready
    ;;
ready) ready ;;
jobs) condor_q -allusers -constraint "Owner == \"$2\"" -af:j JobStatus Cmd ;;
logs) echo /var/lib/condor/log/{MasterLog,SchedLog,StartLog,NegotiatorLog,CollectorLog} ;;
*) echo "htcondor.sh: unknown verb $1" >&2 && exit 2 ;;
esac
