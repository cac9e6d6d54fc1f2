import Glibc

/// Makes everything ready in the pilot's folder: subfolders, token, HTCondor, configuration.
struct WorkSite {
    let folder: PrivateFolder
    let children: ChildProcesses
    let signals: SignalQueue
    let tell: (String) -> Void

    func layOut(token: String) throws(EndedEarly) {
        try orEnd { () throws(SystemError) in
            for name in ["log", "spool", "execute", "lock", "run", "tokens.d", "passwords.d", "tmp"] {
                try folder.makeFolder(name)
            }
            try replaceToken(token)
        }
    }

    /// Daemons that look meanwhile find the old token or the new one, and no half of one.
    func replaceToken(_ text: String) throws(SystemError) {
        try PrivateFolder.replace(
            folder.path + "/tokens.d/pilot", with: text + "\n", mode: 0o600, through: folder.path + "/token.new")
    }

    func release(_ release: GlideinOptions.Release) throws(EndedEarly) -> String {
        var path: String
        switch release {
        case .directory(let directory): path = directory
        case .tarball(let tarball):
            path = folder.path + "/release"
            try orEnd { () throws(SystemError) in try folder.makeFolder("release") }
            let code = try run(
                ["/bin/sh", "-c", "exec tar -xf \"$1\" -C \"$2\"", "sh", tarball, path], output: "log/tar")
            guard code == 0 else {
                throw EndedEarly(
                    .environment("cannot unpack \(tarball): \(firstLine(of: "log/tar") ?? "tar ended with \(code)")"))
            }
            let names = (try? PrivateFolder.names(in: path)) ?? []
            if names.count == 1 { path += "/" + names[0] }
        }
        guard access(path + "/sbin/condor_master", X_OK) == 0 else {
            throw EndedEarly(.environment("\(path)/sbin/condor_master is missing or cannot be executed"))
        }
        return path
    }

    /// Writes the configuration and the job wrapper.
    func configuration(
        _ options: GlideinOptions, issuer: String, release: String, startedAt: Int
    ) throws(EndedEarly) -> WorkerConfiguration {
        let collector = try numeric(options.collector)
        var extra: String?
        if let path = options.extraConfiguration {
            do {
                extra = try PrivateFolder.text(of: path, limit: 1 << 20)
            } catch {
                throw EndedEarly(.badArguments("--extra-config: \(error)"))
            }
        }
        let configuration = WorkerConfiguration(
            options: options, trustDomain: options.trustDomain ?? issuer, collector: collector,
            broker: try options.broker.map { broker throws(EndedEarly) in try numeric(broker) } ?? collector,
            releaseDirectory: release, localDirectory: folder.path,
            memory: options.memory ?? Self.share(ofCores: options.cores), jobWrapper: folder.path + "/job-wrapper",
            endsAt: options.walltimeSeconds.map { startedAt + max(0, $0 - Int(Daemons.reserve)) }, extra: extra)
        try orEnd { () throws(SystemError) in
            let wrapper = JobWrapper(profile: options.jobProfile, program: options.jobWrapper)
            try folder.write(wrapper.rendered(), to: "job-wrapper", mode: 0o700)
            try folder.write(configuration.rendered(), to: "condor_config", mode: 0o600)
        }
        return configuration
    }

    /// The node's memory in MiB, shared evenly among its processors.
    private static func share(ofCores cores: Int) -> Int {
        let bytes = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
        let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        return max(64, bytes / 1_048_576 * min(cores, processors) / processors)
    }

    /// Looks a name up as the node does. `getent` and not the C library, because that one's plug-ins for directories
    /// such as LDAP do not load into a static program.
    private func numeric(_ address: GlideinOptions.Address) throws(EndedEarly) -> GlideinOptions.Address {
        if ReachabilityProbe.isNumeric(address.host) { return address }
        for database in ["ahostsv4", "ahosts"] {
            let file = "log/address-\(address.port)-\(database)"
            let code = try run(
                ["/bin/sh", "-c", "exec getent \"$1\" \"$2\"", "sh", database, address.host], output: file)
            guard code == 0, let host = firstLine(of: file)?.split(separator: " ").first else { continue }
            if ReachabilityProbe.isNumeric(String(host)) {
                return GlideinOptions.Address(host: String(host), port: address.port)
            }
        }
        throw EndedEarly(.notJoined("this node cannot resolve the name of the collector, \(address.host)"))
    }

    func firstLine(of name: String) -> String? { lines(of: name).first.map(String.init) }
    func lastLine(of name: String) -> String? { lines(of: name).last.map(String.init) }

    private func lines(of name: String) -> [Substring] {
        ((try? PrivateFolder.text(of: folder.path + "/" + name, limit: 1 << 20)) ?? "").split(separator: "\n")
    }

    /// Runs a short command to its end, unless a signal says to stop.
    private func run(_ words: [String], output: String) throws(EndedEarly) -> Int32 {
        // Its end is awaited for as long as it takes.
        try run(words, output: output, within: .max) ?? -1
    }

    /// Runs a command before there are daemons. Nil: it had not ended after so many seconds, and was killed with all that
    /// it had started.
    func run(
        _ words: [String], output: String, within seconds: Int, adding: [String: String] = [:]
    ) throws(EndedEarly) -> Int32? {
        let child = try start(words, output: output, adding: adding)
        let deadline = monotonicSeconds() + Double(seconds)
        while true {
            if let code = children.ending(of: child) { return code }
            let left = deadline - monotonicSeconds()
            if left <= 0 {
                children.killAll()
                return nil
            }
            if let number = signals.next(within: min(60, left)), number != SIGCHLD { throw EndedEarly(.signal(number)) }
        }
    }

    /// Starts a program with the pilot's environment; its output goes into a file of the folder.
    func start(_ words: [String], output: String, adding: [String: String] = [:]) throws(EndedEarly) -> pid_t {
        let file = open(folder.path + "/" + output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw EndedEarly(.environment("\(SystemError("write \(output) in scratch space"))")) }
        defer { close(file) }
        var child: pid_t = 0
        try orEnd { () throws(SystemError) in
            child = try children.start(
                words,
                environment: Self.environment(from: GlideinProgram.currentEnvironment(), folder: folder.path)
                    .merging(adding) { _, new in new },
                directory: folder.path, output: file)
        }
        return child
    }

    /// The batch system's environment without what would change HTCondor's own behaviour: when the site runs HTCondor
    /// too, every `_CONDOR_` variable of the pilot's job would be a setting of the pilot's daemons.
    static func environment(from inherited: [String: String], folder: String) -> [String: String] {
        var kept = inherited.filter { name, _ in
            !name.uppercased().hasPrefix("_CONDOR_") && !name.hasPrefix("LD_") && name != "CONDOR_INHERIT"
                && name != "CONDOR_PRIVATE_INHERIT" && name != "CONDOR_PARENT_ID"
        }
        kept["CONDOR_CONFIG"] = folder + "/condor_config"
        kept["TMPDIR"] = folder + "/tmp"
        kept["PATH"] = kept["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        kept["HOME"] = kept["HOME"] ?? folder
        return kept
    }

    private func orEnd(_ body: () throws(SystemError) -> Void) throws(EndedEarly) {
        do {
            try body()
        } catch {
            throw EndedEarly(.environment(error.description))
        }
    }
}
