# torque.sh VERB, as root inside the host: Torque's commands (Debian's slurm-wlm-torque) in front of a Slurm of its own.
# The verbs are those of slurm.sh.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# Grid Engine's commands have the same names, and are links; the layer keeps these apart.
if [ "$1" = start ]; then
    rm -f /usr/bin/qselect # which slurm-wlm-torque has not
    cp -a --remove-destination /opt/torque/usr/bin/. /usr/bin/
fi
exec bash "$here/slurm.sh" "$@"
