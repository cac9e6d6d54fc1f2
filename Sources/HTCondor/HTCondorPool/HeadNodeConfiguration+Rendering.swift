extension HeadNodeConfiguration {
    /// The text of `condor_config`. The same value always gives the same text.
    public func rendered() -> String {
        [places, network, security, pace].joined(separator: "\n")
    }

    private var places: String {
        """
        # Written by VC3. Changes are lost when the head node is configured again.
        RELEASE_DIR = \(releaseDirectory)
        LOCAL_DIR = \(localDirectory)
        LOG = $(LOCAL_DIR)/log
        SPOOL = $(LOCAL_DIR)/spool
        EXECUTE = $(LOCAL_DIR)/execute
        LOCK = $(LOCAL_DIR)/lock
        RUN = $(LOCAL_DIR)/run
        BIN = $(RELEASE_DIR)/bin
        SBIN = $(RELEASE_DIR)/sbin
        LIBEXEC = $(RELEASE_DIR)/libexec
        LIB = $(RELEASE_DIR)/lib
        LOCAL_CONFIG_FILE = \(RefusedPilots.file(in: "$(LOCAL_DIR)"))
        REQUIRE_LOCAL_CONFIG_FILE = False
        LOCAL_CONFIG_DIR =
        \(daemonIDs)DAEMON_LIST = MASTER SHARED_PORT COLLECTOR NEGOTIATOR SCHEDD
        # An upgrade must not restart a running cluster by itself.
        MASTER_NEW_BINARY_RESTART = NEVER
        MAX_DEFAULT_LOG = 10 Mb
        MAX_NUM_DEFAULT_LOG = 2

        """
    }

    private var daemonIDs: String {
        switch account {
        case .user: ""
        case .root(let user, let group): "CONDOR_IDS = \(user).\(group)\n"
        }
    }

    private var network: String {
        let listen =
            listenAddress.map { "NETWORK_INTERFACE = \($0)\nBIND_ALL_INTERFACES = False\n" }
            ?? "BIND_ALL_INTERFACES = True\n"
        // An address that is not the machine's own, as behind a router's port forwarding, has to be advertised as such.
        let forwarding = listenAddress.map { $0 == address ? "" : "TCP_FORWARDING_HOST = \(address)\n" } ?? ""
        return """
            CONDOR_HOST = \(address)
            COLLECTOR_HOST = \(collector)
            COLLECTOR_NAME = \(trustDomain)
            USE_SHARED_PORT = True
            SHARED_PORT_PORT = \(port)
            # Workers seldom have names that resolve; nothing here depends on names.
            NO_DNS = True
            DEFAULT_DOMAIN_NAME = \(trustDomain)
            \(listen)\(forwarding)ENABLE_IPV6 = \(address.contains(":") ? "True" : "False")

            """
    }

    private var security: String {
        let own = owner.map { " " + trustDomain.identity(of: $0) } ?? ""
        let daemons = "condor@\(trustDomain) condor_pool@\(trustDomain)" + own
        // They advertise nothing, but take back what a refused pilot advertised.
        let administrators = daemons + (owner == nil ? " " + trustDomain.identity(of: "root") : "")
        let users = submitterIdentities
        return """
            TRUST_DOMAIN = \(trustDomain)
            UID_DOMAIN = \(trustDomain)
            TRUST_UID_DOMAIN = True
            FILESYSTEM_DOMAIN = head.\(trustDomain)
            use security:recommended_v9_0
            SEC_DEFAULT_AUTHENTICATION = REQUIRED
            SEC_DEFAULT_ENCRYPTION = REQUIRED
            SEC_DEFAULT_INTEGRITY = REQUIRED
            SEC_READ_AUTHENTICATION = REQUIRED
            SEC_CLIENT_AUTHENTICATION = REQUIRED
            SEC_DEFAULT_AUTHENTICATION_METHODS = FS, IDTOKENS
            SEC_CLIENT_AUTHENTICATION_METHODS = FS, IDTOKENS
            SEC_READ_AUTHENTICATION_METHODS = FS, IDTOKENS
            SEC_PASSWORD_DIRECTORY = $(LOCAL_DIR)/passwords.d
            SEC_TOKEN_ISSUER_KEY = \(signingKeyID)
            SEC_TOKEN_POOL_SIGNING_KEY_FILE = $(LOCAL_DIR)/passwords.d/\(signingKeyID)
            SEC_TOKEN_DIRECTORY = $(LOCAL_DIR)/tokens.d
            SEC_TOKEN_SYSTEM_DIRECTORY = $(LOCAL_DIR)/tokens.d
            # Pilots come with a token or not at all: nobody can be tricked into approving a request for one.
            SEC_ENABLE_TOKEN_REQUEST = False
            SEC_ENABLE_TOKEN_FETCH = False
            ALLOW_READ = \(daemons) \(users)
            ALLOW_WRITE = \(daemons) \(users)
            ALLOW_DAEMON = \(daemons)
            ALLOW_NEGOTIATOR = \(daemons)
            ALLOW_ADMINISTRATOR = \(administrators)
            ALLOW_ADVERTISE_SCHEDD = \(daemons)
            ALLOW_ADVERTISE_MASTER = \(administrators) \(trustDomain.everyPilot)
            ALLOW_ADVERTISE_STARTD = \(administrators) \(trustDomain.everyPilot)
            ALLOW_CONFIG =
            QUEUE_SUPER_USERS = \(owner ?? "root, condor")

            """
    }

    private var owner: String? {
        if case .user(let name) = account { name } else { nil }
    }

    private var submitterIdentities: String {
        let named = submitters.filter { $0 != owner }.map(trustDomain.identity(of:))
        // FS proves an account of this machine, so the wildcard is those and not the pilots, who have scopes.
        return owner == nil && named.isEmpty ? "*@\(trustDomain)" : named.joined(separator: " ")
    }

    private var pace: String {
        """
        # A submitted job wakes the negotiator by itself; the interval is for slots that arrive while jobs wait.
        NEGOTIATOR_INTERVAL = 2
        NEGOTIATOR_MIN_INTERVAL = 1
        NEGOTIATOR_CYCLE_DELAY = 1
        SCHEDD_MIN_INTERVAL = 1
        SCHEDD_INTERVAL = 60
        JOB_START_DELAY = 0
        JOB_START_COUNT = 50
        # Pilots repeat their ads every 30 s; one that died without a word is forgotten after three misses. Until then
        # it would get the same job in every cycle, and no other slot would: so a slot that missed one comes last, and
        # now and then the best slot does not come first.
        CLASSAD_LIFETIME = 100
        NEGOTIATOR_PRE_JOB_RANK = (10000000 * My.Rank) + (1000000 * (RemoteOwner =?= UNDEFINED)) \
            - (100000 * Cpus) - Memory - 100000000000 * (time() - LastHeardFrom > 40) + 10000000000 * (random(4) == 0)
        NEGOTIATOR_CONSIDER_PREEMPTION = False
        COLLECTOR_UPDATE_INTERVAL = 60
        MASTER_UPDATE_INTERVAL = 60
        NEGOTIATOR_UPDATE_INTERVAL = 60
        SHADOW_QUEUE_UPDATE_INTERVAL = 60
        SEC_DEFAULT_SESSION_DURATION = 3600
        # When a worker is lost without a word, its job runs again after this long rather than after 40 minutes.
        JOB_DEFAULT_LEASE_DURATION = 300

        """
    }
}
