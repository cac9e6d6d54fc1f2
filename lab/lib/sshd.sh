# A host's sshd. The key is made once per host; the lab's known_hosts has it.

make_host_key() { # HOST
    in_host "$1" bash -ec 'rm -f /etc/ssh/lab_host_key*; ssh-keygen -q -t ed25519 -N "" -C "" -f /etc/ssh/lab_host_key'
}

start_sshd() { # HOST
    sshd_runs "$1" || in_host "$1" /usr/sbin/sshd -f /etc/ssh/lab_sshd_config -E /var/log/sshd.log
}

# Kills the listener and every session: a site whose sshd is gone has no old connections either.
stop_sshd() { # HOST
    in_host "$1" bash -c '
        for process in /proc/[0-9]*; do
            { read -r name <"$process/comm"; } 2>/dev/null || continue
            [ "$name" != sshd ] || kill -KILL "${process#/proc/}" 2>/dev/null || true
        done
        rm -f /run/sshd.pid'
}

sshd_runs() { # HOST
    in_host "$1" bash -c '
        read -r pid </run/sshd.pid && read -r name <"/proc/$pid/comm" && [ "$name" = sshd ]' 2>/dev/null
}

set_up_sshd() { # HOST
    in_host "$1" install -m 644 "$lab_repository_inside/${lab_folder##*/}/conf/sshd_config" /etc/ssh/lab_sshd_config
    make_host_key "$1"
    printf '%s,%s %s\n' "$1" "$(host_address "$1")" "$(in_host "$1" cat /etc/ssh/lab_host_key.pub)" \
        >"$lab_state/hosts/$1/known_host"
    start_sshd "$1"
}

# One file for everybody: the keys that an honest site's operator would publish.
publish_host_keys() {
    cat "$lab_state"/hosts/*/known_host 2>/dev/null >"$lab_share/.known_hosts" || true
    chmod 644 "$lab_share/.known_hosts"
    mv "$lab_share/.known_hosts" "$lab_share/known_hosts"
}
