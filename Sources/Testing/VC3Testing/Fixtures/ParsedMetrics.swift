import Foundation

/// A strict reader of Prometheus' text format: what it does not understand, or what breaks a rule of the format, throws.
public struct ParsedMetrics {
    struct Malformed: Error, CustomStringConvertible { let description: String }

    private var samples: [String: Double] = [:]

    public subscript(sample: String) -> Double? { samples[sample] }

    public init(_ text: String) throws {
        guard text.hasSuffix("\n") else { throw Malformed(description: "the last line has no newline") }
        var type: (name: String, word: String)?
        var helped: String?
        var seen: Set<String> = []
        for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
            if line.hasPrefix("# HELP ") {
                guard words.count == 4, !words[3].isEmpty, seen.insert(words[2]).inserted else {
                    throw Malformed(description: "HELP twice, or empty: \(line)")
                }
                helped = words[2]
            } else if line.hasPrefix("# TYPE ") {
                guard words.count == 4, words[2] == helped, ["counter", "gauge", "histogram"].contains(words[3]) else {
                    throw Malformed(description: "TYPE without HELP, or unknown: \(line)")
                }
                guard (words[3] == "counter") == words[2].hasSuffix("_total") else {
                    throw Malformed(description: "counters, and only they, end in _total: \(line)")
                }
                type = (words[2], words[3])
            } else {
                try add(line, type)
            }
        }
        try checkHistograms()
    }

    private mutating func add(_ line: String, _ type: (name: String, word: String)?) throws {
        let pattern =
            #/([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[a-z_]+="(?:[^"\\\n]|\\[\\"n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\[\\"n])*")*\})? (\S+)/#
        guard let match = line.wholeMatch(of: pattern), let value = Double(match.3) else {
            throw Malformed(description: "not a sample: \(line)")
        }
        let suffixes = type?.word == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
        guard let type, suffixes.contains(where: { type.name + $0 == String(match.1) }) else {
            throw Malformed(description: "outside its metric: \(line)")
        }
        guard samples.updateValue(value, forKey: String(match.1) + String(match.2 ?? "")) == nil else {
            throw Malformed(description: "twice: \(line)")
        }
    }

    /// Buckets never fall, and the last one is the count.
    private func checkHistograms() throws {
        var series: [String: [(bound: Double, count: Double)]] = [:]
        for (name, value) in samples {
            guard let match = name.wholeMatch(of: #/(.*)_bucket\{(.*?),?le="(.*)"\}/#) else { continue }
            let bound = match.3 == "+Inf" ? Double.infinity : Double(match.3) ?? .nan
            series["\(match.1)_count" + (match.2.isEmpty ? "" : "{\(match.2)}"), default: []].append((bound, value))
        }
        for (count, buckets) in series {
            let counts = buckets.sorted { $0.bound < $1.bound }.map(\.count)
            guard counts == counts.sorted(), counts.last == samples[count] else {
                throw Malformed(description: "buckets of \(count) are \(counts)")
            }
        }
    }
}
