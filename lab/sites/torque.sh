# torque.sh VERB, as root inside the host: Torque's commands (Debian's slurm-wlm-torque) in front of a Slurm of its own.
# The verbs are those of slurm.sh.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# Grid Engine's commands have the same names, and are links; the layer keeps these apart.
[ "$1" != start ] || cp -a --remove-destination /opt/torque/usr/bin/. /usr/bin/
exec bash "$here/slurm.sh" "$@"
