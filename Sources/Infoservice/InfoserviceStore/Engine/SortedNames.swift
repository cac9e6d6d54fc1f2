/// The names of a kind in order. Adding and removing one costs about the same however many there are, and so does
/// finding what comes after a name.
struct SortedNames: Sendable {
    /// Each one sorted and not empty, all of one before all of the next.
    private var chunks: [[String]] = []
    private static let longest = 512

    init(_ names: some Sequence<String> = []) {
        let sorted = names.sorted()
        for start in stride(from: 0, to: sorted.count, by: Self.longest / 2) {
            chunks.append(Array(sorted[start..<min(start + Self.longest / 2, sorted.count)]))
        }
    }

    mutating func insert(_ name: String) {
        guard !chunks.isEmpty else { return chunks.append([name]) }
        let chunk = min(firstChunk { $0[$0.count - 1] >= name }, chunks.count - 1)
        let place = Self.firstIndex(in: chunks[chunk]) { $0 >= name }
        if place < chunks[chunk].count, chunks[chunk][place] == name { return }
        chunks[chunk].insert(name, at: place)
        if chunks[chunk].count > Self.longest {
            let tail = Array(chunks[chunk][(Self.longest / 2)...])
            chunks[chunk].removeSubrange((Self.longest / 2)...)
            chunks.insert(tail, at: chunk + 1)
        }
    }

    mutating func remove(_ name: String) {
        let chunk = firstChunk { $0[$0.count - 1] >= name }
        guard chunk < chunks.count else { return }
        let place = Self.firstIndex(in: chunks[chunk]) { $0 >= name }
        guard place < chunks[chunk].count, chunks[chunk][place] == name else { return }
        chunks[chunk].remove(at: place)
        if chunks[chunk].isEmpty { chunks.remove(at: chunk) }
    }

    func contains(_ name: String) -> Bool {
        let chunk = firstChunk { $0[$0.count - 1] >= name }
        guard chunk < chunks.count else { return false }
        let place = Self.firstIndex(in: chunks[chunk]) { $0 >= name }
        return chunks[chunk][place] == name
    }

    /// Those after `last`, in order; all when it is `nil`. Lazy: taking a few costs little.
    func names(after last: String?) -> some Sequence<String> {
        guard let last else { return chunks[...].lazy.flatMap { $0[...] } }
        let chunk = firstChunk { $0[$0.count - 1] > last }
        guard chunk < chunks.count else { return chunks[chunks.endIndex...].lazy.flatMap { $0[...] } }
        return chunks[chunk...].lazy.flatMap { names in
            // Only the first chunk may begin before.
            names[0] > last ? names[...] : names[Self.firstIndex(in: names) { $0 > last }...]
        }
    }

    private func firstChunk(where isBehind: ([String]) -> Bool) -> Int { Self.firstIndex(in: chunks, where: isBehind) }

    /// By bisection: `isBehind` is false up to some place and true from there on.
    private static func firstIndex<Element>(in array: [Element], where isBehind: (Element) -> Bool) -> Int {
        var low = 0
        var high = array.count
        while low < high {
            let middle = (low + high) / 2
            if isBehind(array[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
