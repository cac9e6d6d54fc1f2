# Breaking a host on purpose, and mending it. A fault that is on has a mark in the host's state folder.

all_faults="sshd disk hostkey account scheduler network"
fault_user=alice
fault_table=vc3_lab_fault

broken() { # HOST FAULT
    [ -e "$lab_state/hosts/$1/fault-$2" ]
}

faults_of() { # HOST: those that are on
    local fault
    for fault in $all_faults; do ! broken "$1" "$fault" || echo "$fault"; done
}

check_fault() { # FAULT HOST
    case " $all_faults " in *" $1 "*) ;; *) die "there is no fault '$1'" "the faults are: $all_faults" ;; esac
    running_host "$2"
    case $1 in
    sshd | hostkey) [ "$(host_field "$2" SSHD)" != no ] || die "host '$2' has no sshd" ;;
    scheduler) has_site "$2" || die "host '$2' has no batch system" ;;
    disk | account) host_users "$2" | grep -qx $fault_user || die "host '$2' has no user $fault_user" ;;
    esac
}

break_host() { # FAULT HOST
    case $1 in
    sshd) stop_sshd "$2" ;;
    disk) fill_home "$2" ;;
    hostkey)
        in_host "$2" bash -ec 'cd /etc/ssh; for key in lab_host_key lab_host_key.pub; do cp -p $key honest.$key; done'
        change_host_key "$2" make_host_key
        ;;
    account)
        in_host "$2" usermod --lock $fault_user
        end_logins "$2"
        ;;
    scheduler) site "$2" stop-scheduler ;;
    network)
        in_host "$2" nft -f - <<NFT
table inet $fault_table {
    chain input { type filter hook input priority 0; iif != "lo" drop; }
    chain output { type filter hook output priority 0; oif != "lo" drop; }
}
NFT
        ;;
    esac
}

# Every way back also works from a fault that was only half made.
mend_host() { # FAULT HOST
    case $1 in
    sshd) start_sshd "$2" ;;
    disk) in_host "$2" mount -o remount,size=1g "/home/$fault_user" ;;
    hostkey) change_host_key "$2" bring_back_host_key ;;
    account) in_host "$2" usermod --unlock $fault_user ;;
    scheduler) site "$2" ready || site "$2" start-scheduler ;;
    network) in_host "$2" nft "add table inet $fault_table; delete table inet $fault_table" ;;
    esac
}

# The file system shrinks to what is in it: full, without writing anything.
fill_home() { # HOST
    in_host "$1" bash -ec '
        home=$1
        for try in 1 2 3 4 5; do
            read -r blocks free size < <(stat -f -c "%b %f %S" "$home")
            ! mount -o "remount,size=$(((blocks - free) * size))" "$home" || exit 0
        done
        exit 1' _ "/home/$fault_user"
}

bring_back_host_key() { # HOST
    in_host "$1" bash -ec 'cd /etc/ssh; for key in lab_host_key lab_host_key.pub; do [ ! -e honest.$key ] || mv honest.$key $key; done'
}

# A machine that was set up anew, or somebody in between: another key, and no session survives.
change_host_key() { # HOST HOW
    local runs=yes
    sshd_runs "$1" || runs=no
    stop_sshd "$1"
    "$2" "$1"
    [ $runs = no ] || start_sshd "$1"
}

end_logins() { # HOST
    in_host "$1" bash -c '
        for process in $(ps -u "$1" -o pid=,comm= | awk "\$2 == \"sshd\" {print \$1}"); do
            kill -KILL "$process" 2>/dev/null || true
        done' _ $fault_user
}
