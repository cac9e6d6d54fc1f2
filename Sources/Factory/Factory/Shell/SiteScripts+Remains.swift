import VC3Commands
import VC3Model

extension SiteScripts {
    /// The most bytes of each output file that are brought here.
    static let mostOutput = 24_576

    /// For each pilot its report and the last `lines` lines of its output, then what `books` print.
    func remains(_ pilots: [PilotID], lines: Int, books: Command?) -> String {
        var text = Self.tell(lines: lines)
        for pilot in pilots { text += "d=\(folder(pilot))\ntell \(pilot.rawValue)\n" }
        if let books {
            text += "say books\n\(line(books)) </dev/null\nsay books-end $?\n"
        }
        return script(text)
    }

    /// The end of one pilot's output.
    func output(_ pilot: PilotID, lines: Int) -> String {
        script(Self.tell(lines: lines) + "d=\(folder(pilot))\ntell \(pilot.rawValue)\n")
    }

    /// A command as one line of shell.
    func line(_ command: Command) -> String {
        let variables = command.environment.sorted { $0.key < $1.key }.map {
            "\($0.key)=\(ShellText.quoted($0.value)) "
        }
        return variables.joined() + command.arguments.map(ShellText.quoted).joined(separator: " ")
    }

    /// Defines `tell PILOT`, which shows what the pilot in `$d` left. Its token is in none of these files.
    private static func tell(lines: Int) -> String {
        """
        tell() {
            [ -d "$d" ] || return
            say pilot "$1"
            show r "$d/report.json"
            # A last line may have no end.
            echo
            for file in pilot.out pilot.err; do
                [ -s "$d/$file" ] || continue
                tail -n \(lines) "$d/$file" 2>/dev/null </dev/null | tail -c \(mostOutput) | sed 's/^/l|/'
                echo
            done
        }

        """
    }
}
