# For scripts that make a relocatable prefix of packages of Debian 13 ("trixie"): its programs run on any kernel with their own
# loader and libc. No root, no chroot, nothing installed on the machine. The script has `die` and is called with its folder.

trixie=trixie

# begin_prefix PREFIX LAYOUT: ends the script if PREFIX is complete. Sets prefix, arch, loader and a folder, work, beside it.
# PREFIX appears in one rename when complete (see end_prefix), so that an interrupted run counts for nothing.
begin_prefix() {
    local command keyring_needed=/usr/share/keyrings/debian-archive-keyring.gpg name
    prefix=${1%/}
    [ "${prefix#/}" != "$prefix" ] || prefix=$PWD/$prefix
    if [ -e "$prefix/VERSION" ]; then
        [ "$(sed -n 's/^layout //p' "$prefix/VERSION")" = "$2" ] && exit 0
        rm -rf "$prefix"
    fi
    [ ! -e "$prefix" ] || [ -z "$(ls -A "$prefix")" ] ||
        die "$prefix exists, is not empty and is no such prefix" "give another folder, or remove it"
    for command in apt-get dpkg dpkg-deb gzip tar; do
        command -v "$command" >/dev/null || die "$command is missing" "this needs a Debian machine"
    done
    arch=$(dpkg --print-architecture)
    case $arch in
    amd64) loader=ld-linux-x86-64.so.2 ;;
    arm64) loader=ld-linux-aarch64.so.1 ;;
    *) die "no loader name known for architecture $arch" "add it to $lab_folder/lib/trixie.sh" ;;
    esac
    keyring=$keyring_needed
    [ -r "$keyring" ] || die "$keyring is missing" "install the package debian-archive-keyring"
    mkdir -p "$(dirname "$prefix")"
    # What killed runs have left; a run takes less than an hour.
    name=.${0##*/}
    find "$(dirname "$prefix")" -maxdepth 1 -name "$name.??????" -mmin +60 -user "$(id -u)" -exec rm -rf {} +
    work=$(mktemp -d "$(dirname "$prefix")/$name.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
}

# fetch_packages PACKAGE...: unpacks them into $work/tree. The machine's apt is used with folders of its own: the machine's package
# state and apt locks are not touched.
fetch_packages() {
    local mirror deb
    # The machine's mirror and proxy settings are kept, its hooks (which may write to the machine's caches) are not.
    # The first folder of the sources in either format that names Debian's main archive.
    mirror=$(cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null |
        grep -E '^(URIs:|deb )' | grep -oE 'https?://[^ ]+/debian/?( |$)' | head -n 1 | tr -d ' ' || true)
    [ -n "$mirror" ] || die "the sources of apt name no mirror of Debian" "add one to /etc/apt/sources.list, its path ends in /debian"
    mkdir -p "$work"/{etc/preferences.d,lists/partial,cache/archives/partial,debs,tree}
    : >"$work/status"
    echo "deb [arch=$arch signed-by=$keyring] $mirror $trixie main" >"$work/etc/sources.list"
    {
        cat <<CONF
Dir::Etc "$work/etc"; Dir::Etc::main "/dev/null"; Dir::Etc::parts "/dev/null";
Dir::Etc::sourcelist "$work/etc/sources.list"; Dir::Etc::sourceparts "/dev/null";
Dir::State "$work"; Dir::State::lists "$work/lists"; Dir::State::status "$work/status"; Dir::Cache "$work/cache";
APT::Sandbox::User ""; Acquire::Languages "none"; Acquire::Retries "3";
CONF
        apt-config dump | grep -E '^Acquire::(http|https|ForceIPv|Check-)' || true
    } >"$work/apt.conf"
    export APT_CONFIG=$work/apt.conf
    apt-get -qq update || die "cannot read the package index of $mirror $trixie" "is the network up? then run this again"
    (cd "$work/debs" && apt-get -qq download "$@") || die "cannot download $1 from $mirror" "run this again"
    for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$work/tree"; done
}

# copy_libraries NEW LIBRARY...: those that the packages have, and the loader, into NEW/lib.
copy_libraries() {
    local new=$1 library found
    shift
    mkdir -p "$new/lib"
    find "$work/tree" -name "$loader" -exec cp -L {} "$new/lib/" \; -quit
    for library in "$@"; do
        found=$(find "$work/tree" -name "$library" | head -n 1)
        [ -z "$found" ] || cp -L "$found" "$new/lib/$library"
    done
}

# write_wrapper FILE FOLDER...: every program lies in real/ and is started through a copy of FILE that has its name. A program that is
# run by its loader finds its libraries, in lib/ and FOLDERs, without LD_LIBRARY_PATH, which would reach the jobs.
write_wrapper() {
    local folders='$p/lib' folder file=$1
    shift
    for folder in "$@"; do folders+=":\$p/$folder"; done
    cat >"$file" <<WRAPPER
#!/bin/sh
case "\$0" in */*) d=\${0%/*};; *) d=\$(command -v "\$0"); d=\${d%/*};; esac
p=\$d/..; exec "\$p/lib/$loader" --library-path "$folders" --argv0 "\$0" "\$p/real/\${0##*/}" "\$@"
WRAPPER
}

# end_prefix NEW: the finished folder takes its place, unless another run was quicker.
end_prefix() {
    rmdir "$prefix" 2>/dev/null || true
    mv -T "$1" "$prefix" 2>/dev/null || [ -e "$prefix/VERSION" ] || die "cannot move the finished prefix to $prefix"
}
