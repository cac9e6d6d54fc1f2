/// The `condor_config` of one pilot. A value: the same always renders the same text.
public struct WorkerConfiguration: Sendable, Hashable {
    public var options: GlideinOptions
    public var trustDomain: String
    /// Numeric: the daemons are told not to use DNS, which on workers may not know the worker itself.
    public var collector: GlideinOptions.Address
    public var broker: GlideinOptions.Address
    public var releaseDirectory: String
    public var localDirectory: String
    public var memory: Int
    /// The program through which every job is run.
    public var jobWrapper: String
    /// When the walltime ends, less the time that stopping takes, in seconds since 1970 by this node's clock; nil
    /// without a walltime.
    public var endsAt: Int?
    /// Text of `--extra-config`.
    public var extra: String?

    public func rendered() -> String {
        [places, network, security, slot, life].joined(separator: "\n") + attributes
            + (extra.map { "\n" + $0 + "\n" } ?? "")
    }

    private var places: String {
        """
        RELEASE_DIR = \(Self.literal(releaseDirectory))
        LOCAL_DIR = \(Self.literal(localDirectory))
        LOG = $(LOCAL_DIR)/log
        SPOOL = $(LOCAL_DIR)/spool
        EXECUTE = $(LOCAL_DIR)/execute
        LOCK = $(LOCAL_DIR)/lock
        RUN = $(LOCAL_DIR)/run
        BIN = $(RELEASE_DIR)/bin
        SBIN = $(RELEASE_DIR)/sbin
        LIBEXEC = $(RELEASE_DIR)/libexec
        LIB = $(RELEASE_DIR)/lib
        LOCAL_CONFIG_FILE =
        LOCAL_CONFIG_DIR =
        DAEMON_LIST = MASTER STARTD
        MASTER_NEW_BINARY_RESTART = NEVER
        MAX_DEFAULT_LOG = 2 Mb
        MAX_NUM_DEFAULT_LOG = 1

        """
    }

    private var network: String {
        """
        CONDOR_HOST = \(collector.host)
        COLLECTOR_HOST = \(collector)
        CCB_ADDRESS = \(broker)
        CCB_HEARTBEAT_INTERVAL = 300
        PRIVATE_NETWORK_NAME = \(options.name)
        # With a shared port of its own, a pilot would show its master only after a minute.
        USE_SHARED_PORT = False
        NO_DNS = True
        DEFAULT_DOMAIN_NAME = \(trustDomain)
        ENABLE_IPV6 = \(collector.host.contains(":") ? "True" : "False")

        """
    }

    private var security: String {
        """
        TRUST_DOMAIN = \(trustDomain)
        UID_DOMAIN = \(trustDomain)
        FILESYSTEM_DOMAIN = \(options.name)
        use security:recommended_v9_0
        SEC_DEFAULT_AUTHENTICATION = REQUIRED
        SEC_DEFAULT_ENCRYPTION = REQUIRED
        SEC_DEFAULT_INTEGRITY = REQUIRED
        SEC_DEFAULT_AUTHENTICATION_METHODS = FS, IDTOKENS
        # As a client, never FS: on the head node's own machine it would win over the token and be nobody there.
        SEC_CLIENT_AUTHENTICATION_METHODS = IDTOKENS
        # On the head node's own address the daemons would otherwise take its collector for one of their family.
        SEC_USE_FAMILY_SESSION = False
        SEC_TOKEN_DIRECTORY = $(LOCAL_DIR)/tokens.d
        SEC_TOKEN_SYSTEM_DIRECTORY = $(LOCAL_DIR)/tokens.d
        SEC_PASSWORD_DIRECTORY = $(LOCAL_DIR)/passwords.d
        SEC_TOKEN_POOL_SIGNING_KEY_FILE =
        SEC_ENABLE_TOKEN_FETCH = False
        SEC_ENABLE_MATCH_PASSWORD_AUTHENTICATION = True
        # The pool's schedd and shadows come with the session of a match; nobody else comes from outside.
        ALLOW_READ = execute-side@matchsession submit-side@matchsession $(USERNAME)@\(trustDomain)
        ALLOW_WRITE = execute-side@matchsession submit-side@matchsession $(USERNAME)@\(trustDomain)
        ALLOW_DAEMON = execute-side@matchsession submit-side@matchsession $(USERNAME)@\(trustDomain)
        ALLOW_ADMINISTRATOR = $(USERNAME)@\(trustDomain)

        """
    }

    private var slot: String {
        """
        MASTER_NAME = \(options.daemonName)
        STARTD_NAME = \(options.daemonName)
        NUM_CPUS = \(options.cores)
        MEMORY = \(memory)
        \(options.disk.map { "DISK = \($0)\n" } ?? "")NUM_SLOTS = 1
        NUM_SLOTS_TYPE_1 = 1
        SLOT_TYPE_1 = 100%
        SLOT_TYPE_1_PARTITIONABLE = True
        # Looking for a Java would start one, which leaves files in /tmp.
        JAVA =
        # The bundle has no probe for GPUs, and without one the startd would not start.
        MACHINE_RESOURCE_INVENTORY_GPUs =
        FILETRANSFER_PLUGINS =
        ENABLE_URL_TRANSFERS = False
        HIBERNATION_PLUGIN =
        STARTD_CRON_JOBLIST =
        BENCHMARKS_JOBLIST =
        RUNBENCHMARKS = False
        USE_PROCD = False
        STARTER_ALLOW_RUNAS_OWNER = False
        USER_JOB_WRAPPER = \(Self.literal(jobWrapper))

        """
    }

    private var life: String {
        """
        \(start)
        SUSPEND = False
        PREEMPT = False
        KILL = False
        RANK = 0
        STARTD_NOCLAIM_SHUTDOWN = \(options.lingerSeconds)
        # When the startd has gone for good, so does the master; vc3-glidein sees it sooner, from the log.
        MASTER.DAEMON_SHUTDOWN = STARTD_StartTime =?= 0
        # Whoever drains the pilot lets its jobs finish; the walltime is vc3-glidein's to keep.
        MAXJOBRETIREMENTTIME = 31536000
        SHUTDOWN_GRACEFUL_TIMEOUT = 31536000
        # Changes are advertised as they happen; this only says that the pilot still lives. The startd also counts its
        # idle time only so often.
        UPDATE_INTERVAL = \(min(30, max(5, options.lingerSeconds / 4)))
        UPDATE_OFFSET = 0
        MASTER_UPDATE_INTERVAL = 60
        STARTER_UPDATE_INTERVAL = 60
        ALL_DEBUG = D_SUB_SECOND

        """
    }

    /// A job that says how long it takes starts only if it can finish before the end; one that says nothing always may.
    ///
    /// What jobs say: HTCondor's own limits (`allowed_execute_duration`, `allowed_job_duration`, seconds; condor_submit(1)),
    /// and `MaxWallTimeMins`, minutes, the custom of grids. Of several the shortest holds, as in HTCondor.
    private var start: String {
        guard let endsAt else { return "START = True" }
        let lengths = ["TARGET.AllowedExecuteDuration", "TARGET.AllowedJobDuration", "60 * TARGET.MaxWallTimeMins"]
        // A list may have members that are undefined, and min() wants none.
        let known = lengths.map { "ifThenElse(isUndefined(\($0)) || isError(\($0)), \(Self.unknownLength), \($0))" }
        return """
            VC3EndsAt = \(endsAt)
            VC3JobSeconds = min({\(known.joined(separator: ", "))})
            START = $(VC3JobSeconds) == \(Self.unknownLength) || time() + $(VC3JobSeconds) <= $(VC3EndsAt)
            """
    }

    private static let unknownLength = 1 << 31

    private var attributes: String {
        let published = (endsAt == nil ? [] : ["VC3EndsAt"]) + options.attributes.map(\.name)
        guard !published.isEmpty else { return "" }
        return options.attributes.map { "\($0.name) = \(Self.classAdString($0.value))\n" }.joined()
            + "STARTD_ATTRS = $(STARTD_ATTRS) \(published.joined(separator: " "))\n"
    }

    /// Text that the configuration language takes as it is: it expands whatever follows a `$`.
    static func literal(_ text: String) -> String {
        text.split(separator: "$", omittingEmptySubsequences: false).joined(separator: "$(DOLLAR)")
    }

    static func classAdString(_ text: String) -> String {
        var quoted = ""
        for character in text {
            // In this form of ClassAds a backslash means itself unless a quote follows.
            if character == "\"" { quoted.append("\\") }
            quoted.append(character)
        }
        return literal("\"" + quoted + "\"")
    }
}
