import BatchSystems
import VC3Configuration
import VC3Model

/// Submit lines of a queue's own: `condor_attributes`, and then those of `condor_attributes.NAME`.
struct SubmitLines {
    var lines: [(name: String, value: String)] = []

    /// - Parameter overSSHTo: The batch system at the far end of SSH that is asked for what they mean; `nil`: none.
    init(
        _ section: SectionReader, prefix: String, overSSHTo flavor: BatchSystemFlavor?,
        of configuration: ConfigurationReader
    ) {
        let key = prefix + "condor_attributes"
        func report(_ words: String, _ key: String) {
            configuration.report(.error("[\(section.name)] \(key) \(words)", at: section.origin(of: key)))
        }
        func take(_ name: String, _ value: String, from key: String) {
            var problems: [String] = []
            var description = SubmitDescription()
            if let problem = description.add(name, value) { problems.append(problem) }
            if let flavor {
                let words = JobWords([(name, value)])
                problems += words.problems
                problems += BatchRules.of(flavor).problems(with: words.options).map {
                    "\(name) = \(value) \($0.problem)"
                }
            }
            for problem in problems { report("cannot be submitted: \(problem)", key) }
            lines.append((name, value))
        }
        let text = section.value(key, .text, default: "", "submit lines with commas between")
        for line in CondorAttributes.lines(in: text) {
            guard let line else {
                report(
                    "has a part without '='; give name=value, with commas between, and \\, for a comma in a value", key)
                continue
            }
            take(line.name, line.value, from: key)
        }
        for (name, text) in section.values(after: key + ".", "one submit line") {
            take(name, text, from: "\(key).\(name)")
        }
    }
}
