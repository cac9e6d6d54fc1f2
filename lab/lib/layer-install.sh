# layer-install.sh SCRATCH FOLDER TORQUE PACKAGE...: install the packages in a root folder whose writes go to FOLDER/upper, and
# unpack the package TORQUE into its /opt/torque.
# Runs in mount, process and host-name namespaces of its own: a daemon that a package starts cannot stay.
set -euo pipefail
scratch=$1 folder=$2
export torque=$3
shift 3

root=$folder/root
hostname lab-layer
mount -t overlay lab-layer -o "lowerdir=/,upperdir=$folder/upper,workdir=$folder/work" "$root"
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/tmp"
# These may be links to absolute paths, which lead out of the layer.
rm -f "$root/etc/hosts" "$root/etc/resolv.conf" "$root/usr/sbin/policy-rc.d"
# Grid Engine's installation stops if the host's own name has no address.
printf '127.0.0.1 localhost lab-layer\n' >"$root/etc/hosts"
cat /etc/resolv.conf >"$root/etc/resolv.conf" 2>/dev/null || true
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" # no package may start its daemons
chmod 755 "$root/usr/sbin/policy-rc.d"

cat >"$root/tmp/install" <<'INSTALL'
set -eu
export DEBIAN_FRONTEND=noninteractive LC_ALL=C HOME=/root
unset TMPDIR # a folder of the machine
# Debian's own sources only: another one that is down must not stop the lab.
sources=""
if [ -e /etc/apt/sources.list.d/debian.sources ]; then
    sources="-o Dir::Etc::sourcelist=/etc/apt/sources.list.d/debian.sources -o Dir::Etc::sourceparts=/dev/null"
fi
install() {
    # Unsafe I/O: the layer is thrown away if the machine stops. No manuals: nobody reads them here.
    apt-get install -y -q --no-install-recommends $sources -o Dpkg::Use-Pty=0 -o Acquire::Retries=3 \
        -o Dpkg::Options::=--force-unsafe-io -o Dpkg::Options::=--force-confold \
        -o Dpkg::Options::='--path-exclude=/usr/share/man/*' -o Dpkg::Options::='--path-exclude=/usr/share/doc/*' "$@"
}
# The machine's own index serves if it is there and not too old to still find the files.
if ! { ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1 && install "$@"; }; then
    apt-get update -q $sources -o Acquire::Retries=3 -o Acquire::Languages=none
    install "$@"
fi
(cd /tmp && apt-get download -q $sources "$torque" && dpkg-deb -x "$torque"_*.deb /opt/torque)
apt-get clean
rm -rf /var/lib/apt/lists/*
useradd -r -U -u 64100 -d /var/lib/condor -s /usr/sbin/nologin condor
# Keys are made when a host starts: no two hosts, and no two labs, share one.
rm -f /etc/ssh/ssh_host_* /etc/munge/munge.key
INSTALL
chroot "$root" bash /tmp/install "$@"
umount -l "$root"
