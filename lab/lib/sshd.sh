# A host's sshd. The key is made once per host; the lab's known_hosts has it.

make_host_key() { # HOST
    in_host "$1" bash -ec 'rm -f /etc/ssh/lab_host_key*; ssh-keygen -q -t ed25519 -N "" -C "" -f /etc/ssh/lab_host_key'
}

start_sshd() { # HOST
    sshd_runs "$1" || in_host "$1" /usr/sbin/sshd -f /etc/ssh/lab_sshd_config -E /var/log/sshd.log
    [ "$(host_field "$1" SSHD)" != mfa ] || sshd_runs "$1" sshd-mfa || in_host "$1" /usr/sbin/sshd \
        -f /etc/ssh/lab_sshd_config -E /var/log/sshd.log -p 2222 -o UsePAM=yes -o PidFile=/run/sshd-mfa.pid
}

# Kills the listener and every session: a site whose sshd is gone has no old connections either.
stop_sshd() { # HOST
    in_host "$1" bash -c '
        for process in /proc/[0-9]*; do
            { read -r name <"$process/comm"; } 2>/dev/null || continue
            [ "$name" != sshd ] || kill -KILL "${process#/proc/}" 2>/dev/null || true
        done
        rm -f /run/sshd.pid /run/sshd-mfa.pid'
}

sshd_runs() { # HOST [PIDFILE]
    in_host "$1" bash -c '
        read -r pid <"/run/$0.pid" && read -r name <"/proc/$pid/comm" && [ "$name" = sshd ]' "${2:-sshd}" 2>/dev/null
}

# What a second factor takes: PAM's stack, and a token for each account.
set_up_mfa() { # HOST
    in_host "$1" bash -ec '
        install -m 644 "$0/conf/pam_mfa" /etc/pam.d/sshd
        install -m 755 "$0/mfa-token" /usr/local/sbin/lab-token
        echo "This site asks for the code that your token shows." >/etc/ssh/lab_mfa_word' \
        "$lab_repository_inside/${lab_folder##*/}"
}

set_up_sshd() { # HOST
    in_host "$1" install -m 644 "$lab_repository_inside/${lab_folder##*/}/conf/sshd_config" /etc/ssh/lab_sshd_config
    make_host_key "$1"
    local names=$1,$(host_address "$1")
    [ "$(host_field "$1" SSHD)" != mfa ] || names+=,[$1]:2222,[$(host_address "$1")]:2222
    printf '%s %s\n' "$names" "$(in_host "$1" cat /etc/ssh/lab_host_key.pub)" \
        >"$lab_state/hosts/$1/known_host"
    [ "$(host_field "$1" SSHD)" != mfa ] || set_up_mfa "$1"
    start_sshd "$1"
}

# One file for everybody: the keys that an honest site's operator would publish.
publish_host_keys() {
    cat "$lab_state"/hosts/*/known_host 2>/dev/null >"$lab_share/.known_hosts" || true
    chmod 644 "$lab_share/.known_hosts"
    mv "$lab_share/.known_hosts" "$lab_share/known_hosts"
}
