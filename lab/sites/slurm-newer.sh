# slurm-newer.sh VERB, as root inside the host: the Slurm of Debian 13, from the lab's prefix, with accounting: slurmdbd over MariaDB,
# account physics, QOS normal, and short and strict of five minutes, after which one waits for ever and the other is refused. Otherwise, and in its verbs, as slurm.sh.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
prefix=$LAB_SHARE/slurm

install_commands() {
    local command path
    # In place of the layer's commands, which are those of Debian 12: no caller finds the two versions mixed.
    for command in "$prefix"/bin/* "$prefix"/sbin/*; do
        path=/usr/${command#"$prefix"/}
        rm -f "$path"
        printf '#!/bin/sh\nexec %s "$@"\n' "$command" >"$path"
        chmod 755 "$path"
    done
}

# A database for slurmdbd alone, that nobody else reaches: its socket's folder is slurm's.
start_database() {
    local database=(setpriv --reuid slurm --regid slurm --clear-groups mariadbd --no-defaults --datadir=/var/lib/mysql
        --innodb-log-file-size=4M --innodb-buffer-pool-size=16M --skip-log-error)
    install -d -o slurm -g slurm -m 700 /var/lib/mysql /run/mysqld
    { printf 'create database mysql;\nuse mysql;\n'; cat /usr/share/mysql/mysql_system_tables.sql; } |
        "${database[@]}" --bootstrap >/var/log/mariadb.log 2>&1
    setsid "${database[@]}" --skip-grant-tables --skip-networking --socket=/run/mysqld/mysqld.sock \
        --pid-file=/run/mysqld/pid >>/var/log/mariadb.log 2>&1 </dev/null &
    until_true 400 test -S /run/mysqld/mysqld.sock || failed "the database did not come up in 20 s"
}

start_accounting() {
    local user
    start_database
    install -o slurm -g slurm -m 600 /dev/null /etc/slurm/slurmdbd.conf
    cat >/etc/slurm/slurmdbd.conf <<CONF
DbdHost=localhost
SlurmUser=slurm
AuthType=auth/munge
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=slurm
StorageLoc=slurm
PluginDir=$prefix/plugins
LogFile=/var/log/slurmdbd.log
PidFile=/run/slurmdbd.pid
CONF
    install -o slurm -g slurm -m 644 /dev/null /var/log/slurmdbd.log
    slurmdbd
    until_true 400 sacctmgr -n list cluster || failed "slurmdbd does not answer"
    sacctmgr -i -Q add cluster "$(hostname)"
    sacctmgr -i -Q add qos short MaxWall=5
    sacctmgr -i -Q add qos strict MaxWall=5 flags=DenyOnLimit
    sacctmgr -i -Q add account physics
    for user in $LAB_USERS; do sacctmgr -i -Q add user "$user" account=physics qos=normal,short,strict defaultqos=normal; done
}

failed() {
    echo "slurm-newer: $*" >&2
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

if [ "$1" = start ]; then install_commands; fi
# slurm.sh is read, not run: it calls start_accounting when munge and the configuration are there.
# SwitchType has no "none" any more; without cgroups the plugin says so by a name of its own since 23.11.
slurm_lines="PluginDir=$prefix/plugins
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=localhost
AccountingStorageEnforce=associations,limits,qos"
slurm_without='SwitchType|AccountingStorageType'
slurm_cgroups=disabled
# shellcheck source=slurm.sh
. "$here/slurm.sh"
