import BatchSystems
public import Factory
public import FactoryLogs
public import VC3Configuration
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

extension [QueueSettings] {
    /// The queues as a Factory runs them.
    ///
    /// - Parameter document: What they were read from.
    /// - Throws: `ConfigurationError` with everything that keeps some from being run.
    public func running(in surroundings: QueueSurroundings, of document: INIDocument) throws -> [FileQueue] {
        var programs = ProgramFiles()
        var queues: [FileQueue] = []
        var problems: [ConfigurationDiagnostic] = []
        for settings in self {
            let (queue, faults) = settings.running(in: surroundings, &programs)
            problems += faults.map { $0.diagnostic(of: settings.name, in: document) }
            if let queue { queues.append(queue) }
        }
        if !problems.isEmpty { throw ConfigurationError(problems) }
        return queues
    }
}

extension QueueSettings {
    /// The queue as a Factory runs it.
    ///
    /// - Returns: The queue, or everything that keeps it from being run.
    func running(
        in surroundings: QueueSurroundings, _ programs: inout ProgramFiles
    ) -> (queue: FileQueue?, problems: [QueueProblem]) {
        do {
            switch place {
            case .ssh(let account): return (try overSSH(account, surroundings, &programs), [])
            case .batch(let account): return (try direct(account, surroundings, &programs), [])
            case .local, .computeElement, .ec2: return described(surroundings)
            case .incomplete: return (nil, [])
            }
        } catch {
            return (nil, [error])
        }
    }

    /// By the schedd of this machine.
    private func described(_ surroundings: QueueSurroundings) -> (FileQueue?, [QueueProblem]) {
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
    ) throws(QueueProblem) -> FileQueue {
        guard account.method != "gsissh" else {
            throw QueueProblem(plugin.prefix + "method", "= gsissh is not spoken here; give ssh, and a key")
        }
        let words = JobWords(attributes)
        let site = PilotSite(
            resource: resource(surroundings), type: FileQueue.siteType, method: "ssh", flavor: account.batch.rawValue,
            host: account.host, port: account.port, account: account.user, hostkey: account.hostKey,
            privatetoken: account.profile)
        let command = try command(
            elsewhere: words.bringsExecutable ? plugin.prefix + "condor_attributes.transfer_executable = False" : nil,
            surroundings, &programs)
        return queue(
            at: site, .command(command), size: words.size, options: words.options, surroundings, text: command.text)
    }

    private func direct(
        _ account: QueueAccount, _ surroundings: QueueSurroundings, _ programs: inout ProgramFiles
    ) throws(QueueProblem) -> FileQueue? {
        guard let flavor = plugin.flavor else { return nil }
        let site = PilotSite(
            resource: resource(surroundings), type: FileQueue.siteType, method: account.host == nil ? "local" : "ssh",
            flavor: flavor.rawValue, host: account.host, port: account.port, gateway: account.gateway,
            account: account.user ?? surroundings.account, hostkey: account.hostKey,
            settings: account.settings.isEmpty ? nil : account.settings,
            privatetoken: account.host == nil ? nil : account.profile)
        let command = try command(
            elsewhere: account.bringsExecutable ? plugin.prefix + "transferexecutable = False" : nil, surroundings,
            &programs)
        return queue(
            at: site, .command(command), size: account.size, options: account.options, surroundings,
            text: command.text)
    }

    /// One Factory's own sites are nobody else's.
    private func resource(_ surroundings: QueueSurroundings) -> String {
        "queues-" + String(surroundings.id.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "_" })
    }

    /// - Parameter elsewhere: The line that says that the program is at the site; `nil`: it is.
    private func command(
        elsewhere: String?, _ surroundings: QueueSurroundings, _ programs: inout ProgramFiles
    ) throws(QueueProblem) -> QueueCommand {
        func plain(_ text: String, of key: String) throws(QueueProblem) -> String {
            do { return try SubmitMacros.expanded(text, environment: surroundings.environment) } catch {
                throw QueueProblem(
                    key,
                    "uses $ENV(\(error.name)), which is not set where the factory runs; give a variable that is, or"
                        + " what it stands for")
            }
        }
        let program = try elsewhere.map { line throws(QueueProblem) in
            try programs.program(at: executable, reader: surroundings.account, elsewhere: line)
        }
        var words: [String] = []
        for (key, text) in writtenArguments {
            // Read before: text that has no words was refused.
            for word in SubmitArguments.words(text) ?? [] { words.append(try plain(word, of: key)) }
        }
        let facts = surroundings.facts(of: name, at: Timestamp(milliseconds: 0))
        var variables: [QueueCommand.EnvironmentVariable] = []
        // The output is at the site, and nowhere that has an address.
        for variable in self.variables(facts) where variable.name != "GTAG" {
            variables.append(
                .init(name: variable.name, value: try plain(variable.value, of: plugin.prefix + "environ")))
        }
        return QueueCommand(
            executable: executable, program: program, arguments: words, environment: variables)
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
