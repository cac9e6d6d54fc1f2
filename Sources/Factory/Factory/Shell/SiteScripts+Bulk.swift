import VC3Model

extension SiteScripts {
    /// Makes each pilot's folder, takes its fence, and submits all whose fence was taken by one command.
    ///
    /// A login node is asked for a handful of processes, however many pilots there are: folders are made together, and the
    /// shell itself writes files and takes fences. A fence is a file here; whoever makes the folder of that name instead
    /// decides as well. Files are not renamed into place, as nobody reads them before the fence is taken.
    ///
    /// - Parameter command: Reads the snippets of these pilots and answers a line for each.
    func submit(together submissions: [Submission], epoch: String, by command: String) -> String {
        let pilots = submissions.map(\.pilot.rawValue).joined(separator: " ")
        var text = Self.writing + "\n"
        var own: [Int] = []
        var writes = ""
        for (index, file) in (submissions.first?.files ?? []).enumerated() {
            let word: String
            if let pieces = Self.shared(index, submissions) {
                word = "\"$shared\(index)\""
                writes += "shared\(index)=\(pieces.map(ShellText.quoted).joined(separator: "\"$1\""))\n"
            } else {
                own.append(index)
                word = "\"$\(own.count + 2)\""
            }
            writes += "text \(word) >\"$d\"/\(ShellText.quoted(file.name)) || return 1\n"
        }
        text += """
            is_current() { [ -d \(self.epoch(epoch)) ]; }
            write_files() {
            \(writes)}
            failure=
            if is_current; then
                failure=$(cd "$root"/pilots && mkdir -p \(pilots) 2>&1) || failure=${failure:-no folder can be made}
            fi

            """
        for submission in submissions {
            let contents = own.map { Self.line(submission.files[$0].content) }
            text +=
                "take "
                + ([submission.pilot.rawValue, submission.snippet] + contents).map(ShellText.quoted)
                .joined(separator: " ") + "\n"
        }
        for file in submissions.first?.files ?? [] where file.mode != 0o600 {
            let mode = String(file.mode, radix: 8)
            text += """
                files=
                for pilot in $claimed; do files="$files "$pilot/\(ShellText.quoted(file.name)); done
                [ -z "$claimed" ] || (cd "$root"/pilots && chmod \(mode) $files)

                """
        }
        return script(text + Self.concluding(command))
    }

    /// The parts of a file around the pilots' ids, if they are the same for all of them.
    private static func shared(_ index: Int, _ submissions: [Submission]) -> [String]? {
        var common: [Substring]?
        for submission in submissions {
            guard index < submission.files.count else { return nil }
            let pieces = line(submission.files[index].content).split(
                separator: submission.pilot.rawValue, omittingEmptySubsequences: false)
            if let common, common != pieces { return nil }
            common = pieces
        }
        return common?.map(String.init)
    }

    /// The text without the line end that writing it adds.
    private static func line(_ text: String) -> String { text.hasSuffix("\n") ? String(text.dropLast()) : text }

    /// Defines `text TEXT`, which writes it and a line end, and `take PILOT SNIPPET TEXT...`, which writes a pilot's files,
    /// takes its fence, and adds it to `$claimed`, or says why not.
    ///
    /// Where printf is a program the text would be in its arguments.
    private static let writing = #"""
        halt= claimed= described=
        newline='
        '
        case $(command -v printf) in
        printf) text() { printf '%s\n' "$1"; } ;;
        *) text() { cat <<VC3-END
        $1
        VC3-END
        } ;;
        esac
        unwritable() {
            halt=1
            say pilot "$1" unwritable
            printf '%s\n' "$2" | sed 's/^/e|/'
        }
        take() {
            d="$root"/pilots/$1
            if [ -n "$halt" ]; then say pilot "$1" skipped; return; fi
            if ! is_current; then say pilot "$1" stale; return; fi
            if [ -n "$failure" ]; then unwritable "$1" "$failure"; return; fi
            write_files "$@" 2>/dev/null || {
                # The shell itself does not say why; cat does.
                unwritable "$1" "$( (write_files "$@") 2>&1; echo "$1" | cat 2>&1 >"$d/error")"
                return
            }
            is_current || { say pilot "$1" stale; return; }
            set -C
            if { true >"$d/fence"; } 2>/dev/null; then
                set +C
                printf '%s %s\n' "$$" "$submitting" >"$d/holder"
                claimed="$claimed $1"
                described=$described$2$newline
            else
                set +C
                if [ -e "$d/fence" ]; then say pilot "$1" fenced
                else unwritable "$1" "$(echo "$1" | cat 2>&1 >"$d/error")"; fi
            fi
        }
        submitting=$(uname -n)
        """#

    /// Submits the pilots in `$claimed`, writes down and says how that ended.
    private static func concluding(_ command: String) -> String {
        """
        submit_them() {
        \(command)
        }
        if [ -n "$claimed" ]; then
            error="$root"/pilots/${claimed##* }/error
            said=$(printf '%s' "$described" | submit_them 2>"$error")
            code=$?
            said=$said$newline
            words=$(cat "$error" </dev/null)
            shown=$(printf '%s\\n' "$words" | sed 's/^/e|/')
            for pilot in $claimed; do
                d="$root"/pilots/$pilot
                out=${said%%"$newline"*}
                said=${said#*"$newline"}
                if [ "$code" = 0 ]; then
                    printf '%s\\n' "$out" >"$d/job"
                    say pilot "$pilot" submitted
                    printf 'o|%s\\n' "$out"
                else
                    printf '%s\\n%s\\n' "$code" "$words" >"$d/refused"
                    say pilot "$pilot" refused "$code"
                    printf '%s\\n' "$shown"
                fi
            done
        fi

        """
    }
}
