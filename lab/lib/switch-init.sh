# First process of a lab: owns the network of the bridge and the mount namespace of the scratch file system, and is
# the ancestor of every process of every host. When it ends, the kernel ends them and drops mounts and networks.
set -euo pipefail
state=$1 scratch=$2

# The machine's /proc is still mounted here, so this is the machine's number of this process, not 1.
read -r pid rest </proc/self/stat
set -- ${rest##*) }
echo "$pid ${20}" >"$state/switch.pid"

mkdir -p "$scratch"
# The upper folder of an overlay on / must not lie on / itself (the kernel sees a loop).
mount -t tmpfs -o size=50%,mode=755 vc3-lab "$scratch"
mkdir "$scratch/hosts"
: >"$state/switch.ready"
# With SIGCHLD ignored the kernel reaps orphans: a zombie would look like a live process to whoever counts them.
exec env --ignore-signal=CHLD sleep infinity
