extension GlideinCommand {
    /// Options as they come in, before it is known whether they are complete.
    struct Found {
        var collector: GlideinOptions.Address?
        var broker: GlideinOptions.Address?
        var trustDomain: String?
        var tokenFile: String?
        var name: String?
        var cores: Int?
        var memory: Int?
        var disk: Int?
        var linger: Int?
        var walltime: Int?
        var drain: Int?
        var join: Int?
        var attributes: [GlideinOptions.Attribute] = []
        var releaseDirectory: String?
        var releaseTarball: String?
        var scratch: String?
        var extraConfiguration: String?
        var jobWrapper: String?
        var profileVariable: String?
        var report: String?
        var drainFile: String?
        var events: String?
        var containerTool: String?
        var siteCheck: String?
        var siteCheckSeconds: Int?
        var keepsFiles = false
        var isVerbose = false

        func options(environment: [String: String], defaultName: String) throws(OptionError) -> GlideinOptions {
            guard let collector else {
                throw OptionError("--collector HOST:PORT is missing: which pool is to be joined?")
            }
            guard let tokenFile else {
                throw OptionError("--token-file FILE is missing: the collector admits nobody without")
            }
            let release: GlideinOptions.Release
            switch (releaseDirectory, releaseTarball) {
            case (let path?, nil): release = .directory(path)
            case (nil, let path?): release = .tarball(path)
            case (nil, nil):
                throw OptionError("--release-dir DIR or --release-tarball FILE is missing: where is HTCondor?")
            default: throw OptionError("--release-dir and --release-tarball exclude each other")
            }
            if drain != nil, walltime == nil { throw OptionError("--drain-time", "means nothing without --walltime") }
            if let drain, let walltime, drain > walltime {
                throw OptionError("--drain-time", "is longer than --walltime: the pilot would never take work")
            }
            var names: Set<String> = []
            for attribute in attributes where !names.insert(attribute.name.lowercased()).inserted {
                throw OptionError("--attribute", "gives \(attribute.name) twice")
            }
            var options = GlideinOptions(
                collector: collector, tokenFile: tokenFile, name: name ?? defaultName, release: release,
                scratch: scratch ?? environment["TMPDIR"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp")
            options.broker = broker
            options.trustDomain = trustDomain
            options.cores = cores ?? options.cores
            options.memory = memory
            options.disk = disk
            options.lingerSeconds = linger ?? options.lingerSeconds
            options.walltimeSeconds = walltime
            options.drainSeconds = drain
            options.joinSeconds = join ?? options.joinSeconds
            options.attributes = attributes
            options.extraConfiguration = extraConfiguration
            options.jobWrapper = jobWrapper
            if let profileVariable {
                guard let path = environment[profileVariable], path.hasPrefix("/") else {
                    throw OptionError("--vc3-env", "names \(profileVariable), which is not set to an absolute path")
                }
                options.jobProfile = path
            }
            options.report = report
            options.drainFile = drainFile
            options.events = events
            options.containerTool = containerTool
            options.siteCheck = siteCheck
            options.siteCheckSeconds = siteCheckSeconds ?? options.siteCheckSeconds
            options.keepsFiles = keepsFiles
            options.isVerbose = isVerbose
            return options
        }
    }

    struct Option {
        enum Kind {
            case value((inout Found, Value) throws(OptionError) -> Void)
            case flag((inout Found) -> Void)
            case ignored
            case refused(String)
            case help
            case version
        }

        let names: [String]
        let kind: Kind

        static func named(_ name: String) -> Option? { all.first { $0.names.contains(name) } }

        private static let seconds = "seconds"
        private static var all: [Option] {
            [
                value("--collector", "-c") { found, value throws(OptionError) in found.collector = try value.address()
                },
                value("--ccb", "-C") { found, value throws(OptionError) in found.broker = try value.address() },
                value("--trust-domain") { found, value throws(OptionError) in found.trustDomain = try value.name() },
                value("--token-file", "-p", "--password") { found, value throws(OptionError) in
                    found.tokenFile = try value.absolutePath()
                },
                value("--name", "-i", "--id") { found, value throws(OptionError) in found.name = try value.name() },
                value("--cores", "-D") { found, value throws(OptionError) in
                    found.cores = try value.integer(1...4096, "cores")
                },
                value("--memory", "-m") { found, value throws(OptionError) in
                    found.memory = try value.integer(64...67_108_864, "MiB")
                },
                value("--disk") { found, value throws(OptionError) in
                    found.disk = try value.integer(1...1_073_741_824, "MiB") * 1024
                },
                value("-F") { found, value throws(OptionError) in
                    found.disk = try value.integer(1...1_099_511_627_776, "KiB")
                },
                value("--lingertime", "-x") { found, value throws(OptionError) in
                    found.linger = try value.integer(1...31_536_000, seconds)
                },
                value("--walltime") { found, value throws(OptionError) in
                    found.walltime = try value.integer(1...31_536_000, seconds)
                },
                value("--drain-time") { found, value throws(OptionError) in
                    found.drain = try value.integer(0...31_536_000, seconds)
                },
                value("--join-timeout") { found, value throws(OptionError) in
                    found.join = try value.integer(1...86_400, seconds)
                },
                value("--attribute") { found, value throws(OptionError) in
                    found.attributes.append(try value.attribute())
                },
                value("--release-dir") { found, value throws(OptionError) in
                    found.releaseDirectory = try value.absolutePath()
                },
                value("--release-tarball") { found, value throws(OptionError) in
                    found.releaseTarball = try value.absolutePath()
                },
                value("--scratch", "-w", "--workdir") { found, value throws(OptionError) in
                    found.scratch = try value.absolutePath()
                },
                value("--extra-config", "-e") { found, value throws(OptionError) in
                    found.extraConfiguration = try value.absolutePath()
                },
                value("--wrapper", "-W") { found, value throws(OptionError) in
                    found.jobWrapper = try value.absolutePath()
                },
                value("--vc3-env", "-E") { found, value throws(OptionError) in found.profileVariable = value.text },
                value("--drain-file") { found, value throws(OptionError) in
                    found.drainFile = try value.absolutePath()
                },
                value("--events") { found, value throws(OptionError) in found.events = try value.absolutePath() },
                value("--report") { found, value throws(OptionError) in found.report = try value.absolutePath() },
                value("--container-tool") { found, value throws(OptionError) in
                    found.containerTool = try value.name()
                },
                value("--site-check") { found, value throws(OptionError) in
                    found.siteCheck = try value.absolutePath()
                },
                value("--site-check-time") { found, value throws(OptionError) in
                    found.siteCheckSeconds = try value.integer(1...600, seconds)
                },
                Option(names: ["--no-cleanup", "-n"], kind: .flag { $0.keepsFiles = true }),
                Option(names: ["--verbose", "-v", "--debug", "-d"], kind: .flag { $0.isVerbose = true }),
                Option(names: ["--partitionable", "-t"], kind: .ignored),
                Option(names: ["--help", "-h"], kind: .help),
                Option(names: ["--version"], kind: .version),
                refused("is gone: the slot is always partitionable; give --cores", "--slots", "-s"),
                refused("is gone: HTCondor comes with the worker bundle", "--condor-version", "-V", "--repo", "-r"),
                refused("is gone: pilots join with a token; give --token-file", "--auth", "-a"),
                refused("is gone: put a startd cron job into --extra-config", "--periodic", "-P"),
            ]
        }

        private static func value(
            _ names: String..., set: @escaping (inout Found, Value) throws(OptionError) -> Void
        ) -> Option {
            Option(names: names, kind: .value(set))
        }

        private static func refused(_ instead: String, _ names: String...) -> Option {
            Option(names: names, kind: .refused(instead))
        }
    }
}
