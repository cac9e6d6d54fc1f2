/// Finds what a misspelt word was probably meant to be.
enum EditDistance {
    /// The candidate that differs least from `word`.
    ///
    /// - Returns: `nil` when even the best one differs in more than a third of its letters (and in more than one).
    static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let best = candidates.map { ($0, between(word.lowercased(), $0.lowercased())) }
            .min { ($0.1, $0.0) < ($1.1, $1.0) }
        guard let (candidate, distance) = best, distance <= max(1, word.count / 3) else { return nil }
        return candidate
    }

    /// How many letters must be inserted, removed, replaced or swapped with their neighbour to turn one into the other.
    static func between(_ first: String, _ second: String) -> Int {
        let (first, second) = (Array(first), Array(second))
        var rows = [[Int]](repeating: [Int](repeating: 0, count: second.count + 1), count: first.count + 1)
        for row in 0...first.count {
            for column in 0...second.count {
                if row == 0 || column == 0 {
                    rows[row][column] = row + column
                    continue
                }
                let replaced = rows[row - 1][column - 1] + (first[row - 1] == second[column - 1] ? 0 : 1)
                var best = min(replaced, rows[row - 1][column] + 1, rows[row][column - 1] + 1)
                if row > 1, column > 1, first[row - 1] == second[column - 2], first[row - 2] == second[column - 1] {
                    best = min(best, rows[row - 2][column - 2] + 1)
                }
                rows[row][column] = best
            }
        }
        return rows[first.count][second.count]
    }
}
