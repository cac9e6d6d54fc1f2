/// The far end of following a folder: tells about its files, batch by batch, and removes what was acknowledged.
struct SpoolScript: Sendable {
    var spool: SpoolFolder
    let mark = RemoteFrame.newMark()

    /// Files are told about in the order of their names; those that begin with a dot are still being written, and names
    /// of anything but letters, digits, `.`, `_` and `-` are not for us.
    ///
    /// A pass over an empty folder is one readdir. There is one a second, and five for some seconds after the start and
    /// after each file, which is often followed by another: where sleep(1) takes fractions, which POSIX leaves open. It
    /// ends when the folder is gone. A line every ten passes tells that somebody is there, and lets the script end when
    /// nobody reads any more: sshd sends no signal when a connection ends.
    var text: String {
        let place = RemoteShell.quote(spool.path.hasPrefix("/") ? spool.path : "./" + spool.path)
        let making = spool.isMade ? "(umask 077; mkdir -p -- \(place)) && " : ""
        return """
            # VC3: tells the owner of this account what its jobs leave in a folder.
            unset TMOUT
            \(making)CDPATH= cd -- \(place) || exit 1
            vc3_place=$(pwd -P) || exit 1
            printf '\\n\(mark) idle\\n'
            vc3_pass=0
            vc3_nap=0.2
            sleep "$vc3_nap" 2>/dev/null || vc3_nap=1
            vc3_quick=25
            # Again each time: a folder of that name may be another one by now.
            while CDPATH= cd -- "$vc3_place" 2>/dev/null; do
                vc3_told=
                vc3_count=0
                for vc3_file in *; do
                    case $vc3_file in *[!A-Za-z0-9._-]* | -*) continue ;; esac
                    [ -f "$vc3_file" ] || continue
                    printf '\\n\(mark) file %s\\n' "$vc3_file"
                    if dd bs=\(spool.largestFile) count=1 <"$vc3_file" 2>/dev/null; then
                        vc3_told="$vc3_told $vc3_file"
                        printf '\\n\(mark) end\\n'
                    else
                        printf '\\n\(mark) not\\n'
                    fi
                    vc3_count=$((vc3_count + 1))
                    [ "$vc3_count" -lt \(Self.batch) ] || break
                done
                if [ -n "$vc3_told" ]; then
                    printf '\\n\(mark) ask\\n'
                    read -r vc3_answer && [ "$vc3_answer" = taken ] || exit 0
                    rm -f -- $vc3_told
                    vc3_quick=25
                    [ "$vc3_count" -lt \(Self.batch) ] || continue
                fi
                vc3_pass=$(((vc3_pass + 1) % 10))
                [ "$vc3_pass" != 0 ] || printf '\\n\(mark) idle\\n'
                if [ "$vc3_quick" -gt 0 ]; then
                    vc3_quick=$((vc3_quick - 1))
                    sleep "$vc3_nap"
                else
                    sleep 1
                fi
            done
            """
    }

    /// The most files of one batch.
    static let batch = 200

    static let acknowledgement = Array("taken\n".utf8)
}
