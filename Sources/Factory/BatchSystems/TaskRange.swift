/// The numbers of an array's elements, as batch systems write them: `3`, `1-5`, `1-9:2`, `1,3,5-7`, with a limit on how
/// many run at once at the end (`1-9%2`).
enum TaskRange {
    /// No batch system lets one array have more; a longer one is a mistake of ours or theirs.
    static let most = 1_000_000

    /// `nil` when it is no range, or one with more than ``most`` numbers.
    static func numbers(_ text: String) -> [Int]? {
        var numbers: [Int] = []
        let ranges = text.prefix { $0 != "%" }.split(separator: ",", omittingEmptySubsequences: false)
        for range in ranges {
            let parts = range.split(separator: ":", omittingEmptySubsequences: false)
            let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false).map { number($0) }
            let step = parts.count == 2 ? number(parts[1]) : parts.count == 1 ? 1 : nil
            guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1], first <= last, let step,
                step > 0,
                (last - first) / step + 1 + numbers.count <= most
            else { return nil }
            numbers += stride(from: first, through: last, by: step)
        }
        return numbers
    }

    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 9,
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return Int(text)
    }
}
