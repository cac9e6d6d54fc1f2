import VC3Model

extension SiteScripts {
    /// Makes each pilot's folder, takes its fence, and submits all whose fence was taken by one command.
    ///
    /// A login node is asked for a handful of processes, however many pilots there are: folders are made together, one awk(1)
    /// writes all files, another all answers, and the shell itself takes fences. A fence is a file here; whoever makes the
    /// folder of that name instead decides as well. Files are not renamed into place, as nobody reads them before the fence
    /// is taken.
    ///
    /// - Parameter command: Reads the snippets of these pilots and answers a line for each.
    func submit(together submissions: [Submission], epoch: String, by command: String) -> String {
        // No line of these texts can be the end of a here-document, as each begins with a letter of its own.
        script(
            """
            is_current() { [ -d \(self.epoch(epoch)) ]; }
            write_files() {
                awk \(ShellText.quoted(Self.writing)) <<'VC3-END'
            \(Self.files(of: submissions))VC3-END
            }
            snippets() {
                awk \(ShellText.quoted(Self.choosing)) <<'VC3-END'
            \(Self.snippets(of: submissions))VC3-END
            }
            submit_them() {
            \(command)
            }
            pilots='\(submissions.map(\.pilot.rawValue).joined(separator: " "))'
            \(Self.concluding)
            """)
    }

    /// What ``writing`` reads. A file that is the same for all pilots but for their ids is there once.
    private static func files(of submissions: [Submission]) -> String {
        guard let first = submissions.first else { return "" }
        var text = ""
        var own: [Int] = []
        for (index, file) in first.files.enumerated() {
            guard let pieces = shared(index, submissions) else {
                own.append(index)
                continue
            }
            text += "F\(file.name)\n"
            for piece in pieces.dropLast() { text += lines(piece, last: "+") }
            text += lines(pieces.last ?? "", last: "|")
        }
        for submission in submissions {
            text += "P\(submission.pilot)\n"
            for index in own {
                text += "O\(submission.files[index].name)\n" + lines(submission.files[index].content[...], last: "|")
            }
        }
        return text
    }

    /// The parts of a file around the pilots' ids, if they are the same for all of them.
    private static func shared(_ index: Int, _ submissions: [Submission]) -> [Substring]? {
        guard let first = submissions.first else { return nil }
        let pieces = first.files[index].content.split(
            separator: first.pilot.rawValue, omittingEmptySubsequences: false)
        let isShared = submissions.allSatisfy {
            $0.files[index].content == pieces.joined(separator: $0.pilot.rawValue)
        }
        return isShared ? pieces : nil
    }

    /// What ``choosing`` reads.
    private static func snippets(of submissions: [Submission]) -> String {
        submissions.map { "P\($0.pilot)\n" + lines($0.snippet[...], last: "|") }.joined()
    }

    /// Each line behind a letter; a line end at the end of the text is none of its own.
    private static func lines(_ text: Substring, last: String) -> String {
        var parts = text.split(separator: "\n", omittingEmptySubsequences: false)
        if last == "|", parts.count > 1, parts.last == "" { parts.removeLast() }
        guard let end = parts.popLast() else { return "" }
        return parts.map { "|\($0)\n" }.joined() + "\(last)\(end)\n"
    }

    /// `F` begins a file of all pilots, `P` a pilot, and `O` a file of its own. `|` is a line of the file's text, and `+` what
    /// stands there before the pilot's id.
    private static let writing = #"""
        function finish() { if (file != "" && close(file) != 0) exit 1; file = "" }
        { letter = substr($0, 1, 1); rest = substr($0, 2) }
        letter == "F" { name[++files] = rest }
        letter == "+" { part[files, parts[files]++] = before rest; before = "" }
        letter == "|" && pilot == "" { before = before rest "\n"; part[files, parts[files] + 0] = before }
        letter == "|" && pilot != "" { print rest >file }
        letter != "|" && letter != "+" { before = "" }
        letter == "P" || letter == "O" { finish() }
        letter == "O" { file = pilot "/" rest }
        letter == "P" {
            pilot = rest
            for (i = 1; i <= files; i++) {
                file = pilot "/" name[i]
                printf "%s", part[i, 0] >file
                for (j = 1; j <= parts[i]; j++) printf "%s%s", pilot, part[i, j] >file
                finish()
            }
        }
        END { finish() }
        """#

    /// Shows the snippets of the pilots in `$claimed`: lines behind `|`, after a line with `P` and the pilot.
    private static let choosing = """
        BEGIN { count = split(ENVIRON["claimed"], pilot, " "); for (i = 1; i <= count; i++) isClaimed[pilot[i]] = 1 }
        /^P/ { isShown = substr($0, 2) in isClaimed; next }
        isShown { print substr($0, 2) }
        """

    /// Answers for each pilot in `$claimed` with its line, and then writes those down: if that fails, they are known here.
    private static let answering = #"""
        BEGIN { count = split(ENVIRON["claimed"], pilot, " ") }
        NR <= count { job[NR] = $0 }
        END {
            for (i = 1; i <= count; i++) printf "\n@@vc3 pilot %s submitted\no|%s\n", pilot[i], job[i]
            fflush()
            for (i = 1; i <= count; i++) if (job[i] != "") { file = pilot[i] "/job"; print job[i] >file; close(file) }
        }
        """#

    /// Takes the fences of the pilots in `$pilots`, submits those whose fence was taken, writes down and says how that ended.
    private static let concluding = """
        failure= claimed= halt=
        if is_current; then
            said=$({ cd "$root"/pilots && mkdir -p $pilots && write_files; } 2>&1) || failure=${said:-no file can be written}
        fi
        holder="$$ $(uname -n)"
        set -C
        for pilot in $pilots; do
            fence="$root"/pilots/$pilot/fence
            if [ -n "$halt" ]; then say pilot "$pilot" skipped
            elif ! is_current; then say pilot "$pilot" stale
            elif [ -z "$failure" ] && { printf '%s\\n' "$holder" || :; } >"$fence"; then claimed="$claimed $pilot"
            elif [ -z "$failure" ] && [ -e "$fence" ]; then say pilot "$pilot" fenced
            else
                halt=1
                say pilot "$pilot" unwritable
                { printf '%s\\n' "${failure:-its fence cannot be made}"; home_left; } | sed 's/^/e|/'
            fi
        done 2>/dev/null
        set +C
        if [ -n "$claimed" ]; then
            export claimed
            error="$root"/pilots/${claimed##* }/error
            said=$(snippets | submit_them 2>"$error")
            code=$?
            if [ "$code" = 0 ]; then
                printf '%s\\n' "$said" | (cd "$root"/pilots && awk \(ShellText.quoted(answering))) || :
            else
                words=$(cat "$error" </dev/null)
                shown=$(printf '%s\\n' "$words" | sed 's/^/e|/')
                for pilot in $claimed; do
                    printf '%s\\n%s\\n' "$code" "$words" >"$root"/pilots/$pilot/refused
                    say pilot "$pilot" refused "$code"
                    printf '%s\\n' "$shown"
                done
            fi
        fi

        """
}
