# What runs at a host beyond sshd: sites/ROLE.sh, inside it.

has_site() { # HOST
    [ -e "$lab_folder/sites/$(host_field "$1" ROLE).sh" ]
}

# site HOST VERB [ARGUMENT]: see the head of sites/slurm.sh.
site() {
    local host=$1
    shift
    in_host "$host" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
        LAB_SHARE="$lab_share" LAB_ADDRESS="$(host_address "$host")" LAB_USERS="$(host_users "$host" | paste -sd' ')" \
        bash "$lab_repository_inside/${lab_folder##*/}/sites/$(host_field "$host" ROLE).sh" "$@"
}

set_up_users() { # HOST
    case $(host_field "$1" ROLE) in
    # An administrator without a password, as cloud images have one: what a playbook with "become" needs.
    bare) in_host "$1" bash -ec '
        printf "vc3admin ALL=(ALL) NOPASSWD: ALL\n" >/etc/sudoers.d/vc3admin
        chmod 440 /etc/sudoers.d/vc3admin' ;;
    esac
}

# set_up_host HOST: all that makes a made host ready. Runs beside others of its kind.
set_up_host() {
    set_up_users "$1"
    [ "$(host_field "$1" SSHD)" = no ] || set_up_sshd "$1"
    ! has_site "$1" || site "$1" start
    record_baseline "$1"
    : >"$lab_state/hosts/$1/ready"
}
