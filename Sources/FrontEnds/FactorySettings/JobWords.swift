import Factory
import VC3Model

/// What submit lines of a queue that goes over SSH ask of the batch system there.
struct JobWords {
    var size = FileQueue.Size(walltime: 86_400)
    var options = BatchOptions()
    var bringsExecutable = true
    var problems: [String] = []

    /// Lines that mean nothing to a batch system are left out.
    init(_ lines: [(name: String, value: String)]) {
        for line in lines {
            switch line.name.lowercased() {
            case "request_cpus", "+remote_nodenumber": size.cores = number(line, least: 1) ?? size.cores
            case "request_memory": size.memoryMB = number(line, least: 0) ?? size.memoryMB
            // In KiB.
            case "request_disk": size.diskMB = number(line, least: 0).map { ($0 + 1023) / 1024 } ?? size.diskMB
            // In minutes.
            case "+maxwalltime": size.walltime = number(line, least: 1).map { $0 * 60 } ?? size.walltime
            case "request_gpus": options.gpus = number(line, least: 0)
            case "batch_queue", "+remote_queue": options.queue = Self.unquoted(line.value)
            case "batch_project", "accounting_group": options.account = Self.unquoted(line.value)
            case "transfer_executable": bringsExecutable = line.value.lowercased() != "false"
            default: continue
            }
        }
    }

    private mutating func number(_ line: (name: String, value: String), least: Int) -> Int? {
        if let number = Int(line.value), number >= least, number <= 1_000_000_000 { return number }
        problems.append("\(line.name) = \(line.value) is not understood; give a whole number, at least \(least)")
        return nil
    }

    private static func unquoted(_ text: String) -> String {
        text.count >= 2 && text.hasPrefix("\"") && text.hasSuffix("\"") ? String(text.dropFirst().dropLast()) : text
    }
}
