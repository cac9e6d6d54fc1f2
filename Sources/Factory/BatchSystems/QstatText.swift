/// Reads what `qstat -f` of the PBS family writes: records that begin with `Job Id:`, then lines `name = value`; a line that
/// is neither goes on with the value before it.
enum QstatText {
    struct Job: Sendable, Equatable {
        var id: String
        /// By name in lower case; the first of a name counts.
        var attributes: [String: String] = [:]
    }

    /// `nil` when something stands before the first record.
    static func jobs(_ lines: some Sequence<Substring>) -> [Job]? {
        var jobs: [Job] = []
        var last: String?
        for line in lines {
            let text = trimmed(line)
            if text.isEmpty { continue }
            if line.hasPrefix("Job Id:") {
                jobs.append(Job(id: String(trimmed(line.dropFirst(7)))))
                last = nil
                continue
            }
            guard !jobs.isEmpty else { return nil }
            if let (name, value) = attribute(text) {
                last = nil
                if jobs[jobs.count - 1].attributes[name] == nil {
                    jobs[jobs.count - 1].attributes[name] = value
                    last = name
                }
            } else if let last {
                jobs[jobs.count - 1].attributes[last]? += text
            }
        }
        return jobs
    }

    private static func attribute(_ text: Substring) -> (String, String)? {
        let name = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "_.-".contains($0)) }
        guard !name.isEmpty, text[name.endIndex...].hasPrefix(" = ") else { return nil }
        return (name.lowercased(), String(trimmed(text[name.endIndex...].dropFirst(3))))
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0.isWhitespace }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
