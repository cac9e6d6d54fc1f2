# What a site's users have left there: jobs, processes, files. Everything is compared with the moment the host came up.

# user_files HOST: every file and folder that belongs to a user of HOST, outside of what the machine has.
user_files() {
    local user owners=() homes=()
    for user in $(host_users "$1"); do
        owners+=(-o -user "$user")
        homes+=("/home/$user")
    done
    # Everywhere an ordinary user can write; /dev/pts and the like are left out by naming the folders.
    in_host "$1" find "${homes[@]}" /tmp /var/tmp /dev/shm /run /var/mail /var/spool /var/lib/condor \
        \( -false "${owners[@]}" \) -print 2>/dev/null | sort || true
}

record_baseline() { # HOST
    user_files "$1" >"$lab_state/hosts/$1/baseline"
}

# leftover HOST: one line per finding.
leftover() {
    local host=$1 user line
    for user in $(host_users "$host"); do
        if has_site "$host"; then
            site "$host" jobs "$user" | sed "s|^|$host job $user |" ||
                echo "$host unknown $user: the batch system does not answer"
        fi
        # A login session is no leftover; what it started is.
        in_host "$host" ps -u "$user" -o pid=,comm=,args= |
            awk -v at="$host process $user" '$2 != "sshd" {pid = $1; $1 = $2 = ""; sub(/^ +/, ""); print at, pid, $0}' || true
    done
    # Only the topmost of what is new: not each file of a folder.
    comm -13 "$lab_state/hosts/$host/baseline" <(user_files "$host") |
        awk -v at="$host file" 'top != "" && index($0, top "/") == 1 {next} {top = $0; print at, $0}'
}
