/// The reply to one of our scripts, in pieces: each begins with a `@@vc3` line.
struct SiteReply: Sendable, Equatable {
    struct Piece: Sendable, Equatable {
        /// The words of the `@@vc3` line.
        var words: [String]
        /// The lines that the script showed under a letter, such as `o|`.
        var lines: [Character: [String]] = [:]

        func text(_ letter: Character) -> String { (lines[letter] ?? []).joined(separator: "\n") }
    }

    private(set) var pieces: [Piece] = []

    /// Whether the script came to its end, so that nothing is left out.
    var isWhole: Bool { pieces.last?.words == ["end"] }

    init(_ output: String) {
        // By scalars: Swift takes CR LF for one character, which is not LF.
        for scalars in output.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false) {
            let line = Substring(scalars)
            if line.hasPrefix("@@vc3 ") {
                let words = line.dropFirst(6).split(separator: " ").map(String.init)
                pieces.append(Piece(words: words))
            } else if !pieces.isEmpty, let letter = line.first, line.dropFirst().first == "|" {
                pieces[pieces.count - 1].lines[letter, default: []].append(String(line.dropFirst(2)))
            }
        }
    }

    /// The pieces whose line begins with `word`.
    func all(_ word: String) -> [Piece] { pieces.filter { $0.words.first == word } }

    func first(_ word: String) -> Piece? { pieces.first { $0.words.first == word } }
}
