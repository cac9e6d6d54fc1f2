# Where things lie, and what the lab is called.
#
# Outside the cache a running lab has exactly one folder on the machine, $lab_state, and no mount: its file systems
# are mounted in a mount namespace of its own.

lab_name=${VC3_LAB_NAME:-main}
case $lab_name in
*[!a-z0-9-]* | -* | "") die "the lab's name '$lab_name' (VC3_LAB_NAME) may have only a-z, 0-9 and -" ;;
esac

lab_cache=${VC3_LAB_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/vc3-lab}
lab_state_parent=/var/lib/vc3-lab
lab_state=$lab_state_parent/$lab_name
lab_share=$lab_state/share     # the same path, readable by all, on the machine and in every host
lab_logs=$lab_cache/log/$lab_name
lab_network=10.78.0            # every lab has a bridge of its own: the same addresses in two labs do not meet
lab_repository=$(dirname -- "$lab_folder")
lab_repository_inside=/srv/vc3 # where every host sees the repository, read-only
lab_scratch=$lab_state/scratch     # a tmpfs in the lab's mount namespace only: the layer and all that hosts write

# The lines of hosts.txt without comments.
host_table() {
    sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$lab_folder/hosts.txt"
}

all_hosts() {
    host_table | awk '{print $1}'
}

# host_field HOST ADDRESS|ROLE|SSHD|USERS
host_field() {
    local column
    case $2 in ADDRESS) column=2 ;; ROLE) column=3 ;; SSHD) column=4 ;; USERS) column=5 ;; esac
    host_table | awk -v host="$1" -v column="$column" '$1 == host {print $column}'
}

host_address() {
    echo "$lab_network.$(host_field "$1" ADDRESS)"
}

# host_users HOST: the names of its ordinary users.
host_users() {
    host_field "$1" USERS | tr ',' '\n' | cut -d: -f1
}

known_host() {
    all_hosts | grep -qx -- "$1" || die "there is no host '$1'" "the hosts are: $(all_hosts | paste -sd' ')"
}
