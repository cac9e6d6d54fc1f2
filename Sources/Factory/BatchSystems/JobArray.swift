import VC3Commands

/// Jobs that are alike but for their number: they become the elements of one job array.
///
/// The array's name is what their tags have in common, and each element's tag is that name, a dot and its number. So an
/// element is known by its tag without anything being remembered.
struct JobArray: Sendable {
    /// The jobs' common name; ``PilotJob/tag`` of element N is `name.N`.
    let name: String
    /// Element N runs in `stem` with N at its end.
    let stem: String
    let numbers: [Int]
    /// Any of them.
    let model: PilotJob

    /// `nil` when `jobs` differ in more than their number.
    init?(_ jobs: [PilotJob]) {
        guard let model = jobs.first, let name = Self.parted(model.tag)?.name,
            let stem = Self.parted(model.folder)?.name
        else { return nil }
        var numbers: [Int] = []
        for job in jobs {
            guard let tag = Self.parted(job.tag), let folder = Self.parted(job.folder), tag.name == name,
                folder.name == stem, tag.number == folder.number
            else { return nil }
            var alike = job
            alike.tag = model.tag
            alike.folder = model.folder
            guard alike == model else { return nil }
            numbers.append(tag.number)
        }
        self.name = name
        self.stem = stem + "."
        self.numbers = numbers
        self.model = model
    }

    /// The tag of an element.
    static func tag(_ name: String, _ number: Int) -> String { "\(name).\(number)" }

    private static func parted(_ text: String) -> (name: String, number: Int)? {
        guard let dot = text.lastIndex(of: "."), let number = Int(text[text.index(after: dot)...]), number > 0,
            String(number) == text[text.index(after: dot)...]
        else { return nil }
        return (String(text[..<dot]), number)
    }

    /// The submission of those elements whose numbers the command reads, a line each.
    ///
    /// - Parameters:
    ///   - variable: The environment variable in which an element finds its number.
    ///   - submitting: Shell lines that submit `array.job`; `$ranges` has the numbers as `1-5 7-7`. They set `arrays` to a
    ///     word `id:first:last` for each range, in order, or end the shell: with 0 when they do not know the id.
    ///   - element: A shell word that is the job id of the element `$number` of the array `$id`.
    func submission(
        finding program: String, variable: String, submitting: String, element: String
    ) -> BulkSubmission {
        BulkSubmission(
            descriptions: numbers.map(String.init),
            command: """
                (
                \(SiteScript.find(program))
                set -- $(cat)
                [ $# -gt 0 ] || exit 0
                ranges= begin= last=
                for number in "$@"; do
                    if [ -n "$begin" ] && [ "$number" -eq $((last + 1)) ]; then :
                    else ranges="$ranges${begin:+ $begin-$last}"; begin=$number; fi
                    last=$number
                done
                ranges="$ranges $begin-$last"
                ranges=${ranges# }
                CDPATH= cd -- \(RemoteShell.quote(stem))"$1" || exit 1
                printf '%s\\n' \(RemoteShell.quote(Launcher.script(stem: stem, variable: variable))) >array.job || exit 1
                arrays=
                \(submitting)
                for array in $arrays; do
                    id=${array%%:*} array=${array#*:}
                    number=${array%:*} last=${array#*:}
                    while [ "$number" -le "$last" ]; do
                        echo \(element)
                        number=$((number + 1))
                    done
                done
                )
                """)
    }
}

/// The job script of batch systems that do not run `pilot.sh` in its folder by themselves, or only bring its output back at
/// its end.
enum Launcher {
    static func script(folder: String) -> String {
        """
        #!/bin/sh
        cd -- \(RemoteShell.quote(folder)) || exit 1
        exec /bin/sh pilot.sh >pilot.out 2>pilot.err
        """
    }

    /// - Parameter variable: The environment variable that has the number of the array's element.
    static func script(stem: String, variable: String) -> String {
        """
        #!/bin/sh
        cd -- \(RemoteShell.quote(stem))"${\(variable):?}" || exit 1
        exec /bin/sh pilot.sh >pilot.out 2>pilot.err
        """
    }
}
