import VC3Model

extension SiteScripts {
    struct Submission {
        var pilot: PilotID
        /// Name, mode and content of the files in the pilot's folder.
        var files: [PilotFile]
        /// The batch system's own snippet; in a bulk, what its command reads about this pilot.
        var snippet: String
    }

    /// Makes each pilot's folder, takes its fence and submits it; stops at the first that the site refuses.
    ///
    /// A pilot is submitted only by the one who makes its fence, and only under the current epoch: so whoever makes
    /// the fence later, or finds the epoch gone, knows that this script will not submit it any more.
    ///
    /// - Parameter bulk: What submits all pilots whose fence was taken, at the end; without it, each has its own.
    func submit(_ submissions: [Submission], epoch: String, bulk: String? = nil) -> String {
        var text = Self.put + "\n" + Self.deciding(epoch: epoch)
        for submission in submissions {
            let id = submission.pilot.rawValue
            text += "d=\(folder(submission.pilot)); ok=1\n"
            text += "[ -z \"$halt\" ] && is_current && { failure=$(mkdir -p \"$d\" 2>&1) || ok=; } || ok=\n"
            for file in submission.files {
                let mode = String(file.mode, radix: 8)
                let put = "put \(ShellText.quoted(file.name)) \(mode) 2>\"$d/error\""
                text += ShellText.document(file.content, to: "{ [ -z \"$ok\" ] || \(put) || ok=; }")
            }
            let attempt: String
            if bulk == nil {
                text += "submit_it() {\n\(submission.snippet)\n}\n"
                attempt = "if claim \(id); then out=$(submit_it 2>\"$d/error\" </dev/null); conclude \(id) $?; fi"
            } else {
                attempt = "if claim \(id); then claimed=\"$claimed \(id)\"; fi"
            }
            text += """
                if [ -n "$halt" ]; then say pilot \(id) skipped
                elif ! is_current; then say pilot \(id) stale
                elif [ -z "$ok" ]; then halt=1; say pilot \(id) unwritable; printf 'e|%s\\n' "$failure"; show e "$d/error"
                else \(attempt); fi

                """
        }
        if let bulk { text += submitTogether(submissions, bulk) }
        return script(text)
    }

    /// Defines `claim PILOT`, which takes the fence of the pilot in `$d` or says why not, and `conclude PILOT CODE`,
    /// which writes down and says how its submission, with `$out` and `$d/error`, ended.
    private static func deciding(epoch: String) -> String {
        """
        submitting=$(uname -n)
        halt= claimed=
        # Looked at before anything is written, too: a script that runs too late must not leave files where all was removed.
        is_current() { [ -d "$root"/epoch.\(epoch) ]; }
        claim() {
            is_current || { say pilot "$1" stale; return 1; }
            mkdir "$d/fence" 2>"$d/error" || {
                if [ -d "$d/fence" ]; then say pilot "$1" fenced
                else say pilot "$1" unwritable; show e "$d/error"; halt=1; fi
                return 1
            }
            printf '%s %s\\n' "$$" "$submitting" >"$d/fence/holder"
        }
        conclude() {
            if [ "$2" = 0 ]; then
                printf '%s\\n' "$out" >"$d/job.new" && mv -f "$d/job.new" "$d/job"
                say pilot "$1" submitted
            else
                halt=1
                { printf '%s\\n' "$2" && cat "$d/error"; } >"$d/refused.new" && mv -f "$d/refused.new" "$d/refused"
                say pilot "$1" refused "$2"
            fi
            printf '%s\\n' "$out" | sed 's/^/o|/'
            show e "$d/error"
        }

        """
    }

    /// Submits the pilots in `$claimed` by one command, which answers a line for each.
    private func submitTogether(_ submissions: [Submission], _ bulk: String) -> String {
        var text = "describe() {\ncase $1 in\n"
        for submission in submissions {
            text += "\(submission.pilot.rawValue))\n" + ShellText.document(submission.snippet, to: "cat") + ";;\n"
        }
        return text + """
            esac
            }
            submit_them() {
            \(bulk)
            }
            if [ -n "$claimed" ]; then
                words="$root"/pilots/${claimed##* }/error
                said=$(for pilot in $claimed; do describe "$pilot"; done | submit_them 2>"$words")
                code=$?
                newline='
            '
                said=$said$newline
                for pilot in $claimed; do
                    d="$root"/pilots/$pilot
                    [ "$d/error" = "$words" ] || cat "$words" >"$d/error"
                    out=${said%%"$newline"*}
                    said=${said#*"$newline"}
                    conclude "$pilot" "$code"
                done
            fi

            """
    }
}
