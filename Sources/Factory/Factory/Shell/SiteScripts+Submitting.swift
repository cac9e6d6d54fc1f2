import VC3Model

extension SiteScripts {
    struct Submission {
        var pilot: PilotID
        /// Name and content of the files in the pilot's folder.
        var files: [PilotFile]
        /// The batch system's own snippet; in a bulk, what its command reads about this pilot.
        var snippet: String
    }

    /// Makes each pilot's folder, takes its fence and submits it; stops at the first that the site refuses.
    ///
    /// A pilot is submitted only by the one who makes its fence, and only under the current epoch: so whoever makes
    /// the fence later, or finds the epoch gone, knows that this script will not submit it any more.
    func submit(_ submissions: [Submission], epoch: String) -> String {
        var text = Self.put + "\n" + deciding(epoch: epoch)
        for submission in submissions {
            let id = submission.pilot.rawValue
            text += "d=\(folder(submission.pilot)); ok=1\n"
            text += "[ -z \"$halt\" ] && is_current && { failure=$(mkdir -p \"$d\" 2>&1) || ok=; } || ok=\n"
            for file in submission.files {
                // What is said goes into no file: the disk may be full.
                let put = "failure=$(put \(ShellText.quoted(file.name)) 2>&1)"
                text += ShellText.document(file.content, to: "{ [ -z \"$ok\" ] || \(put) || ok=; }")
            }
            text += "submit_it() {\n\(submission.snippet)\n}\n"
            text += """
                if [ -n "$halt" ]; then say pilot \(id) skipped
                elif ! is_current; then say pilot \(id) stale
                elif [ -z "$ok" ]; then halt=1; say pilot \(id) unwritable; tell_failure
                elif claim \(id); then out=$(submit_it 2>"$d/error" </dev/null); conclude \(id) $?; fi

                """
        }
        return script(text)
    }

    /// Defines `claim PILOT`, which takes the fence of the pilot in `$d` or says why not, and `conclude PILOT CODE`,
    /// which writes down and says how its submission, with `$out` and `$d/error`, ended.
    private func deciding(epoch: String) -> String {
        """
        submitting=$(uname -n)
        halt=
        # Looked at before anything is written, too: a script that runs too late must not leave files where all was removed.
        is_current() { [ -d \(self.epoch(epoch)) ]; }
        tell_failure() { { printf '%s\\n' "$failure"; home_left; } | sed 's/^/e|/'; }
        claim() {
            is_current || { say pilot "$1" stale; return 1; }
            failure=$(mkdir "$d/fence" 2>&1) || {
                if [ -d "$d/fence" ]; then say pilot "$1" fenced
                else say pilot "$1" unwritable; tell_failure; halt=1; fi
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
}
