import Foundation
import VC3Certificates
import VC3Commands

/// A change of an account's `~/.ssh/authorized_keys`, made by a script in the account.
///
/// The file is written anew beside the old one and takes its place in one step, with its mode; symbolic links stay, and a
/// file with several names is written in place. All other lines stay as they are, and repeating a change does nothing.
enum AuthorizedKeysChange: Sendable, Equatable {
    /// Appends the line of `key`, with the options (`sshd(8)`) that `sibling` has there, unless the key is there already.
    case add(SSHPublicKey, beside: SSHPublicKey?)
    /// Takes out all lines of these keys. What is commented out stays.
    case remove([SSHPublicKey])

    enum Answer: Sendable, Equatable {
        case done
        /// It is as it should be already.
        case unchanged
        /// The file cannot be written, in the host's words.
        case refused(String)
    }

    var script: String {
        let edits =
            switch self {
            case .add(let key, let sibling): Self.adding(key, beside: sibling)
            case .remove(let keys):
                "for f in authorized_keys authorized_keys2; do\n\(keys.map(Self.removing).joined(separator: "\n"))\ndone\n"
            }
        return Self.preamble + edits + "say \"$outcome\"\n"
    }

    /// `nil` when the script did not run to its end.
    static func answer(in output: String) -> Answer? {
        for line in output.split(separator: "\n") {
            let fields = line.split(separator: " ", maxSplits: 2)
            guard fields.count > 1, fields[0] == "vc3-keys" else { continue }
            switch fields[1] {
            case "done": return .done
            case "unchanged": return .unchanged
            case "refused": return .refused(fields.count > 2 ? String(fields[2]) : "it does not say why")
            default: continue
            }
        }
        return nil
    }

    private static func blob(_ key: SSHPublicKey) -> String { Data(key.blob).base64EncodedString() }

    private static func adding(_ key: SSHPublicKey, beside sibling: SSHPublicKey?) -> String {
        """
        new=\(RemoteShell.quote(key.line)); old=\(blob(key))
        has authorized_keys || has authorized_keys2 || {
        old='\(sibling.map(blob) ?? "")'
        f=authorized_keys; if ! has "$f" && has authorized_keys2; then f=authorized_keys2; fi
        edit "$f" '
        { print; at = place(old); if (at && !seen++) { options = substr($0, 1, at - 1); sub(/[^ \\t]+[ \\t]+$/, "", options) } }
        END { print options new }'
        }

        """
    }

    private static func removing(_ key: SSHPublicKey) -> String {
        "old=\(blob(key)); if has \"$f\"; then edit \"$f\" '!place(old) { print }'; fi"
    }

    /// `has FILE` looks for the key `$old`, `edit FILE PROGRAM` writes the file anew; to awk, `place` is where on a line a key
    /// stands, 0 when it does not.
    ///
    /// Without flock(1), or on file systems that do not know it, two changes at the same moment can lose one; the login that
    /// follows shows it.
    private static let preamble = #"""
        LC_ALL=C; export LC_ALL
        umask 077
        say() { printf '\nvc3-keys %s\n' "$*"; }
        refuse() { rm -f -- "$t".vc3.??????; say refused "$(printf %s "$*" | tr '\n' ' ')"; exit 0; }
        place='function place(key,  i, word) {
        if (key == "" || $1 ~ /^#/) return 0
        for (i = 1; i <= NF; i++) { word = $i; sub(/\r$/, "", word); if (word == key) return index($0, key) }
        return 0 } '
        has() { [ -f "$d/$1" ] && awk -v old="$old" "$place"'place(old) { found = 1 } END { exit !found }' "$d/$1"; }
        edit() {
        [ -d "$d" ] || e=$(mkdir -- "$d" 2>&1) || refuse "$e"
        t=$(readlink -f -- "$d/$1" 2>/dev/null) && [ -n "$t" ] || t=$d/$1
        rm -f -- "$t".vc3.??????
        if [ -e "$t" ] && [ ! -w "$t" ]; then refuse "$t may not be written"; fi
        n=$(mktemp "$t.vc3.XXXXXX" 2>&1) || refuse "$n"
        s=/dev/null
        if [ -e "$t" ]; then s=$t; e=$(cp -p -- "$t" "$n" 2>&1) || refuse "$e"; fi
        e=$(awk -v old="$old" -v new="$new" "$place$2" "$s" 2>&1 >"$n") || refuse "$t cannot be written: $e"
        if [ -n "$(find "$t" -prune -links +1 2>/dev/null)" ]
        then e=$( { cat -- "$n" >"$t"; } 2>&1) || refuse "$e"; rm -f -- "$n"
        else e=$(mv -f -- "$n" "$t" 2>&1) || refuse "$e"
        fi
        outcome=done
        }
        d=$HOME/.ssh; t=$d/authorized_keys; new=; outcome=unchanged
        if [ -d "$d" ] && command -v flock >/dev/null 2>&1; then exec 9<"$d" && flock -w 10 9; fi

        """#
}
