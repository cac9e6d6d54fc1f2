# First process of a host: makes its root folder (the machine's own / below, the lab's layer and the host's own writes
# above), its users, and then sleeps as the host's process 1.
set -euo pipefail
name=$1 scratch=$2 folder=$3 share=$4 repository=$5 repository_inside=$6 users=$7

read -r pid rest </proc/self/stat # the machine's /proc: see switch-init.sh
set -- ${rest##*) }
echo "$pid ${20}" >"$folder/pid"

hostname "$name"
own=$scratch/hosts/$name
rm -rf "$own"
mkdir -p "$own"/{upper,work,root,tmp,var-tmp}
chmod 1777 "$own"/{tmp,var-tmp}
mount -t overlay "lab-$name" \
    -o "lowerdir=$scratch/layer:/,upperdir=$own/upper,workdir=$own/work" "$own/root"
cd "$own/root"
# This process still has the machine's root: a link to an absolute path, as /etc/resolv.conf often is one, would lead
# out of the host. Links go before anything is written or mounted in their place.
for folder_name in home run tmp var/tmp; do
    [ ! -L "$folder_name" ] || { rm "$folder_name" && mkdir "$folder_name"; }
done
rm -f etc/hostname etc/hosts etc/resolv.conf
mount --rbind /dev dev
mount -t tmpfs -o mode=1777,size=1g tmpfs dev/shm
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t tmpfs -o mode=755,size=256m tmpfs run
mount --bind "$own/tmp" tmp
mount --bind "$own/var-tmp" var/tmp
mkdir -p ".$share" ".$repository_inside"
mount --bind "$share" ".$share"
mount --bind "$repository" ".$repository_inside"
mount -o remount,bind,ro ".$repository_inside"

echo "$name" >etc/hostname
cp "$folder/../../etc-hosts" etc/hosts
: >etc/resolv.conf
install -d -m 755 home run/sshd

# A site's home is a file system of its own, as at most sites, so that it can be full while the host is not.
IFS=,
for entry in $users; do
    user=${entry%:*} uid=${entry#*:}
    mkdir -p "home/$user"
    mount -t tmpfs -o mode=700,size=1g "home-$user" "home/$user"
    cp -a etc/skel/. "home/$user/"
    install -d -m 700 "home/$user/.ssh"
    install -m 600 /dev/null "home/$user/.ssh/authorized_keys"
    chroot . useradd -M -U -u "$uid" -s /bin/bash -p '*' -d "/home/$user" "$user" # '*': no password, yet not locked
    chown -R "$uid:$uid" "home/$user"
done
unset IFS

# The machine's mounts go out of sight; the folder for the sign below stays reachable by its descriptor.
exec 3<"$folder"
pivot_root . .
umount -l .
: >/proc/self/fd/3/made
exec env --ignore-signal=CHLD sleep infinity 3<&-
