import BatchSystems
public import Factory
public import FactoryLogs
import Foundation
public import VC3Model

/// What turns sections into queues that run: the factory around them.
public struct QueueSurroundings: Sendable {
    public var id: String
    public var user: String
    public var admins: [String]
    public var logs: LogLayout
    /// Who the factory runs as.
    public var account: String
    /// Whether queues decide at all, and how often; `nil`: without end.
    public var areEnabled: Bool
    public var cycles: Int?
    /// What `$ENV(NAME)` stands for where no HTCondor does.
    public var environment: [String: String]

    public init(
        id: String, user: String, admins: [String], logs: LogLayout, account: String,
        areEnabled: Bool, cycles: Int?, environment: [String: String]
    ) {
        self.id = id
        self.user = user
        self.admins = admins
        self.logs = logs
        self.account = account
        self.areEnabled = areEnabled
        self.cycles = cycles
        self.environment = environment
    }

    public func facts(of queue: String, at moment: Timestamp) -> FactoryFacts {
        FactoryFacts(
            id: id, user: user, admins: admins, logFolder: logs.folder(of: queue, at: moment),
            logAddress: logs.address(of: queue, at: moment))
    }
}

/// Programs that pilots bring along, each read once.
public struct ProgramFiles {
    private var known: [String: QueueProgram] = [:]
    public init() {}

    /// - Throws: ``QueueProblem``.
    mutating func program(at path: String) throws -> QueueProgram {
        if let program = known[path] { return program }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw QueueProblem("its executable '\(path)' cannot be read; pilots bring that file along")
        }
        guard data.count <= QueueProgram.longest else {
            throw QueueProblem(
                "its executable '\(path)' has \(data.count) bytes; at most \(QueueProgram.longest) are brought along:"
                    + " put it at the site and set transferexecutable = False")
        }
        let program = QueueProgram([UInt8](data))
        known[path] = program
        return program
    }
}

/// Why a section cannot be run.
struct QueueProblem: Error {
    let text: String
    init(_ text: String) { self.text = text }
}

extension QueueSettings {
    /// The queue as a Factory runs it.
    ///
    /// - Returns: The queue, or everything that keeps it from being run.
    public func running(
        in surroundings: QueueSurroundings, _ programs: inout ProgramFiles
    ) -> (queue: FileQueue?, problems: [String]) {
        do {
            switch place {
            case .ssh(let account): return try overSSH(account, surroundings, &programs)
            case .batch(let account): return try direct(account, surroundings, &programs)
            case .local, .computeElement, .ec2: return described(surroundings)
            case .incomplete: return (nil, [])
            }
        } catch let problem as QueueProblem {
            return (nil, [problem.text])
        } catch {
            return (nil, ["\(error)"])
        }
    }

    /// By the schedd of this machine.
    private func described(_ surroundings: QueueSurroundings) -> (FileQueue?, [String]) {
        let (sample, problems) = description(
            for: surroundings.facts(of: name, at: Timestamp(milliseconds: 0)), keyFile: nil)
        if !problems.isEmpty { return (nil, problems) }
        let site = PilotSite(
            resource: resource(surroundings), type: FileQueue.siteType, method: "local",
            flavor: BatchSystemFlavor.condor.rawValue, account: surroundings.account)
        let job = FileQueue.Job.described { [self] moment in
            description(for: surroundings.facts(of: name, at: moment), keyFile: nil).description
        }
        return (queue(at: site, job, surroundings, text: sample.text(count: 1)), [])
    }

    /// `CondorSSH` and `CondorSSHRemoteManager`: the batch system there is spoken to by its own commands.
    private func overSSH(
        _ account: QueuePlace.SSH, _ surroundings: QueueSurroundings, _ programs: inout ProgramFiles
    ) throws -> (FileQueue?, [String]) {
        guard account.method != "gsissh" else {
            throw QueueProblem("\(plugin.prefix)method = gsissh is not spoken here; give ssh, and a key")
        }
        guard let flavor = BatchSystemFlavor(name: account.batch) else {
            throw QueueProblem("'\(account.batch)' is no batch system")
        }
        let words = JobWords(attributes)
        let site = PilotSite(
            resource: resource(surroundings), type: FileQueue.siteType, method: "ssh", flavor: flavor.rawValue,
            host: account.host, port: account.port, account: account.user, hostkey: account.hostKey,
            privatetoken: account.profile)
        let command = try command(brought: words.bringsExecutable, surroundings, &programs)
        let problems = BatchRules.of(flavor).problems(with: words.options).map(\.description)
        return (
            queue(
                at: site, .command(command), size: words.size, options: words.options, surroundings, text: command.text),
            problems
        )
    }

    private func direct(
        _ account: QueueAccount, _ surroundings: QueueSurroundings, _ programs: inout ProgramFiles
    ) throws -> (FileQueue?, [String]) {
        guard let flavor = plugin.flavor else { return (nil, []) }
        let site = PilotSite(
            resource: resource(surroundings), type: FileQueue.siteType, method: account.host == nil ? "local" : "ssh",
            flavor: flavor.rawValue, host: account.host, port: account.port, gateway: account.gateway,
            account: account.user ?? surroundings.account, hostkey: account.hostKey,
            settings: account.settings.isEmpty ? nil : account.settings,
            privatetoken: account.host == nil ? nil : account.profile)
        let command = try command(brought: account.bringsExecutable, surroundings, &programs)
        return (
            queue(
                at: site, .command(command), size: account.size, options: account.options, surroundings,
                text: command.text), []
        )
    }

    /// One Factory's own sites are nobody else's.
    private func resource(_ surroundings: QueueSurroundings) -> String {
        "queues-" + String(surroundings.id.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "_" })
    }

    private func command(
        brought: Bool, _ surroundings: QueueSurroundings, _ programs: inout ProgramFiles
    ) throws -> QueueCommand {
        // Read before: text that has no words was refused.
        let words = SubmitArguments.words(arguments ?? "") ?? []
        func plain(_ text: String) throws -> String {
            try SubmitMacros.expanded(text, environment: surroundings.environment)
        }
        let facts = surroundings.facts(of: name, at: Timestamp(milliseconds: 0))
        return QueueCommand(
            executable: executable, program: brought ? try programs.program(at: executable) : nil,
            arguments: try words.map(plain),
            // The output is at the site, and nowhere that has an address.
            environment: try variables(facts).filter { $0.name != "GTAG" }.map {
                QueueCommand.EnvironmentVariable(name: $0.name, value: try plain($0.value))
            })
    }

    private func queue(
        at site: PilotSite, _ job: FileQueue.Job, size: FileQueue.Size = FileQueue.Size(),
        options: BatchOptions = BatchOptions(), _ surroundings: QueueSurroundings, text: String
    ) -> FileQueue {
        let cycles = isEnabled && surroundings.areEnabled ? surroundings.cycles : 0
        let asked = demand.map { "\($0.place)" } ?? "-"
        let often = cycles.map(String.init) ?? "-"
        return FileQueue(
            name: name, site: site, job: job, size: size, batch: options, isPeaceful: ending.isPeaceful,
            order: ending.order, rules: rules, demand: demand?.place, cycle: cycle, cycles: cycles,
            text: "\(asked) \(site) \(size) \(options) \(ending) \(rules) \(cycle) \(often) \(text)")
    }
}
