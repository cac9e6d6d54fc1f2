import VC3Commands

/// The jobs of a schedd that wait, idle ones unless something else is said (tested: 23.9; https://htcondor.readthedocs.io, condor_q).
///
/// The schedd itself counts them, so that an answer costs the same with ten jobs as with a hundred thousand. Pilots are
/// not among them, whoever submitted them, and neither are jobs that run at the schedd or go elsewhere: the number is
/// that of the jobs that could run in a pilot.
public struct HTCondorDemand: Sendable, Hashable, CustomStringConvertible {
    /// As its collector knows it; `nil`: that of this machine.
    public var schedd: String?
    /// `HOST:PORT` of the collector; `nil`: as this machine's configuration says.
    public var pool: String?
    /// Only jobs that have this in that attribute; `nil`: all.
    public var mark: Mark?
    /// Only jobs for which this ClassAd expression is true; `nil`: all.
    public var constraint: String?

    public struct Mark: Sendable, Hashable {
        public var attribute: String
        public var value: String

        public init(attribute: String, value: String) {
            self.attribute = attribute
            self.value = value
        }
    }

    public init(schedd: String? = nil, pool: String? = nil, mark: Mark? = nil, constraint: String? = nil) {
        self.schedd = schedd
        self.pool = pool
        self.mark = mark
        self.constraint = constraint
    }

    public var description: String {
        "the schedd \(schedd ?? "of this machine")" + (pool.map { " of pool \($0)" } ?? "")
            + (mark.map { ", jobs with \($0.attribute) \($0.value)" } ?? "")
    }

    /// - Parameter statuses: Which values of JobStatus count.
    func command(counting statuses: Set<Int> = ReadyWords().condor) -> Command {
        var words = ["condor_q"]
        if let pool { words += ["-pool", pool] }
        if let schedd { words += ["-name", schedd] }
        return Command(
            words + ["-allusers", "-totals", "-long", "-constraint", expression(counting: statuses)],
            environment: ["LC_ALL": "C"], timeout: .seconds(60))
    }

    /// Jobs of these statuses, not of the universes scheduler (7), grid (9) and local (12), and no pilots: of the
    /// queues of AutoPyFactory's configuration, or of pilot sets.
    func expression(counting statuses: Set<Int> = ReadyWords().condor) -> String {
        let ready = statuses.sorted().map { "JobStatus == \($0)" }.joined(separator: " || ")
        var terms = [
            statuses.count == 1 ? ready : "(\(ready))", "JobUniverse =!= 7 && JobUniverse =!= 9 && JobUniverse =!= 12",
            "MATCH_APF_QUEUE =?= undefined && VC3_Pilot =?= undefined",
        ]
        if let mark { terms.append("\(mark.attribute) =?= \(Self.literal(mark.value))") }
        if let constraint { terms.append("(\(constraint)) =?= true") }
        return terms.joined(separator: " && ")
    }

    private static func literal(_ text: String) -> String {
        var quoted = ""
        for character in text {
            if character == "\"" || character == "\\" { quoted.append("\\") }
            quoted.append(character)
        }
        return "\"\(quoted)\""
    }

    /// The reply is one ad, the summary of the jobs that were asked for: all of them count.
    func demand(from reply: CommandResult) throws(DemandError) -> JobDemand {
        if let failure = DemandError.failure(of: "condor_q", reply) { throw failure }
        var values: [Substring: Substring] = [:]
        for line in reply.output.split(whereSeparator: \.isNewline) {
            guard let equals = line.firstRange(of: " = ") else { continue }
            values[line[..<equals.lowerBound]] = line[equals.upperBound...]
        }
        guard values["MyType"] == "\"Summary\"", let jobs = values["Jobs"].flatMap({ Int($0) }), jobs >= 0 else {
            throw DemandError("condor_q answered no summary of \(self). It is asked again; is it older than version 9?")
        }
        return JobDemand(ready: jobs)
    }
}
