import VC3Commands
import VC3Model

/// The scripts that run at a site, as text. Everything they touch lies under one folder.
///
/// ```
/// ~/.vc3/<folder>/<site>/      root: sites that share a home keep apart
///     epoch.t<term>.<id>/      only submissions made under it count; the term is that of the lease
///     bundle/<sha256>.tar.gz   what workers unpack
///     spool/<pilot>.<phase>    what pilots tell at once, until the Factory has it
///     pilots/<pilot>/          one pilot: token, pilot.sh, its output, report.json
///         pilotset             when it was intended, for how long, and of which set it is
///         site-check           what the resource's owner wants to be looked at on the node
///         avoid                nodes on which it ends at once
///         drain                makes vc3-glidein finish its jobs and end
///         fence                whoever makes it, a file or a folder, decides whether the pilot is ever submitted
///         job                  what the batch system answered
///         refused              why the batch system refused
///         cancelled            makes pilot.sh end at once
/// ```
struct SiteScripts: Sendable {
    /// A shell word that expands to the root.
    let home: String
    /// What all Factories that share sites call their folder.
    let factory: String
    let site: String
    /// That of the site's lease: higher for every later holder.
    let term: Int64
    var root: String

    init(factory: String, site: String, term: Int64) {
        self.factory = factory
        self.site = site
        self.term = term
        home = "\"${HOME:?}\"/.vc3"
        root = "\"${HOME:?}\"/.vc3/\(ShellText.quoted(factory))/\(ShellText.quoted(site))"
    }

    static func spool(in root: String) -> String { root + "/spool" }

    func folder(_ pilot: PilotID) -> String { "\"$root\"/pilots/\(ShellText.quoted(pilot.rawValue))" }

    func epoch(_ id: String) -> String { "\"$root\"/epoch.t\(term).\(id)" }

    /// Does nothing where a later holder of the site's lease has been: whoever was stopped for a while and goes on.
    func script(_ body: String) -> String {
        ShellText.preamble + "trap '[ $? = 0 ] || home_left >&2' EXIT\nroot=\(root)\n" + """
            is_later() {
                term=${1##*/epoch.t}
                term=${term%%.*}
                case $term in ''|*[!0-9]*) return 1 ;; esac
                [ "$term" -gt \(term) ]
            }
            for epoch in "$root"/epoch.t*.*; do
                if is_later "$epoch"; then say superseded; exit 75; fi
            done

            """ + body + "say end\n"
    }

    func stage(epoch: String, bundle: String?) -> String {
        let bundleTest = bundle.map {
            "[ -f \"$root\"/bundle/\(ShellText.quoted($0)) ] && say bundle || say nobundle\n"
        }
        return script(
            """
            mkdir -p "$root"/pilots "$root"/bundle "$root"/spool && chmod 700 \(home)/\(ShellText.quoted(factory)) || exit 1
            own=\(self.epoch(epoch))
            mkdir "$own" || exit 1
            # Of two that do this at the same time at least one sees the other, and it is always the later one that stays.
            for old in "$root"/epoch.*; do
                [ "$old" = "$own" ] && continue
                if is_later "$old"; then rmdir "$own"; say superseded; exit 75; fi
                rmdir "$old" 2>/dev/null || [ ! -d "$old" ] || exit 1
            done
            \(bundleTest ?? "")say root
            printf 'o|%s\\n' "$root"
            for d in "$root"/pilots/*; do
                [ -d "$d" ] || continue
                say found "${d##*/}"
                show o "$d/pilotset"
            done

            """)
    }

    /// Copies the bundle on the machine where the script runs; whole or not at all.
    func copyBundle(from local: String, as name: String) -> String {
        let target = "\"$root\"/bundle/\(ShellText.quoted(name))"
        return script(
            "cp \(ShellText.quoted(local)) \(target).new </dev/null && mv -f \(target).new \(target) || exit 1\n")
    }

    /// Defines `put NAME`, which writes a file of a pilot's folder, whole or not at all.
    static let put = """
        put() {
            cat >"$d/$1.new" && mv -f "$d/$1.new" "$d/$1"
        }
        """

    /// Replaces a file of each pilot that still has a folder.
    func replace(_ files: [(pilot: PilotID, file: PilotFile)]) -> String {
        script(
            Self.put + "\n"
                + files.map { pilot, file in
                    "d=\(folder(pilot))\n"
                        + ShellText.document(
                            file.content,
                            to: "{ [ ! -d \"$d\" ] || put \(ShellText.quoted(file.name)) || exit 1; }")
                }.joined())
    }

    /// For each pilot: takes the fence if it is free, else tells what the one who took it left.
    func recover(_ pilots: [PilotID]) -> String {
        var text = """
            here=$(uname -n)
            tell() {
                mkdir -p "$d" || exit 1
                if mkdir "$d/fence" 2>/dev/null; then : >"$d/fence/recovered" && say pilot "$1" free
                elif ! [ -e "$d/fence" ]; then exit 1
                elif [ -f "$d/job" ]; then say pilot "$1" submitted; show o "$d/job"
                elif [ -f "$d/refused" ]; then say pilot "$1" refused "$(head -n 1 "$d/refused" </dev/null)"; show e "$d/refused"
                elif [ -f "$d/fence/recovered" ]; then say pilot "$1" free
                else
                    holder= host=
                    { read -r holder host <"$d/fence" || read -r holder host <"$d/fence/holder"; } 2>/dev/null
                    # An array has the name that its pilots have in common.
                    # Output or a report is there as soon as the pilot runs, whatever the queue says.
                    if [ "$host" != "$here" ] || [ -e "$d/pilot.out" ] || [ -e "$d/report.json" ]; then say pilot "$1" begun unknown
                    elif kill -0 "$holder" 2>/dev/null || ps -e -o args= 2>/dev/null </dev/null | grep -v grep | grep -qF "${1%.*}"
                    then say pilot "$1" begun yes
                    else say pilot "$1" begun no; fi
                fi
            }

            """
        for pilot in pilots {
            text += "d=\(folder(pilot))\ntell \(pilot.rawValue)\n"
        }
        return script(text)
    }

    /// One query for all jobs, then the reports that pilots left.
    func look(_ status: Command) -> String {
        script(
            """
            say status
            \(line(status)) </dev/null
            say status-end $?
            for report in "$root"/pilots/*/report.json; do
                [ -f "$report" ] || continue
                pilot=${report%/report.json}
                say report "${pilot##*/}"
                show o "$report"
            done

            """)
    }

    func bury(_ pilots: [PilotID]) -> String {
        script(
            pilots.map { "d=\(folder($0)); mkdir -p \"$d\" && : >\"$d/cancelled\" || exit 1\n" }.joined())
    }

    /// Removes what the site keeps of ended pilots.
    ///
    /// - Parameter forgetting: The batch system's own command for that.
    func remove(_ pilots: [PilotID], forgetting: String) -> String {
        script(
            Self.forget(forgetting)
                + pilots.map { pilot in
                    let events = ["", "."].map {
                        "\(Self.spool(in: "\"$root\""))/\($0)\(ShellText.quoted(pilot.rawValue)).*"
                    }
                    return
                        "forget \(folder(pilot)) && rm -rf \(folder(pilot)) \(events.joined(separator: " ")) || exit 1\n"
                }.joined())
    }

    /// Folders above the root go if they are empty: another site's or another Factory's files may be there.
    func wipe(forgetting: String) -> String {
        script(
            Self.forget(forgetting) + """
                for d in "$root"/pilots/*; do
                    [ ! -d "$d" ] || forget "$d"
                done
                rm -rf "$root" || exit 1
                rmdir \(home)/\(ShellText.quoted(factory)) 2>/dev/null && rmdir \(home) 2>/dev/null

                """)
    }

    /// Defines `forget FOLDER`, which never fails: what stays behind in the batch system ends by itself.
    private static func forget(_ command: String) -> String {
        """
        forget_job() { \(command)
        }
        forget() {
            job=
            { read -r job _ <"$1/job"; } 2>/dev/null
            (forget_job "\(PilotID.tagPrefix)${1##*/}" "$job") || :
        }

        """
    }
}

/// A file of a pilot's folder. Only its owner may read and write it, and nothing runs it but `sh`.
struct PilotFile: Sendable, Equatable {
    var name: String
    var content: String
}
