import Credible
import Foundation
import PartWiring
import VC3Configuration
import VC3Daemon

/// `vc3-master.conf`. Sections and keys of the original keep their names.
struct MasterSettings: ConfigurationSchema {
    var logLevel: LogLevel?
    var network: PartNetwork
    var stateFolder: String
    /// Address at which workers reach head nodes on this machine.
    var address: String?
    /// `tasks.conf`; `nil`: there is none.
    var taskFile: String?
    /// `credible.conf` of the authority whose certificates are published; `nil`: it is on another machine.
    var credibleFile: String?
    var headNodes: HeadNodeSettings

    init(reading configuration: ConfigurationReader) {
        let master = configuration.section("master")
        logLevel = master.value(
            "loglevel", ValueKind<LogLevel>.caseOf(LogLevel.self, fallback: .info).optional, default: nil,
            "what is logged; unset: info. The options --debug, --info and --quiet go before it")
        stateFolder = master.value(
            "statedir", .path, default: "/var/lib/vc3",
            "folder of key pairs and head nodes; one Master at a time uses it. Back it up")
        address = master.value(
            "address", ValueKind<String>.nonEmptyText.optional, default: nil,
            "name or address at which workers reach head nodes on this machine; unset: that on the way to the first site"
        )
        taskFile = master.value(
            "taskconf", ValueKind<String>.path.optional, default: nil, "tasks.conf, for its intervals")
        credibleFile = configuration.section("credible").value(
            "credconf", ValueKind<String>.path.optional, default: nil,
            "credible.conf of the authority on this machine; unset: nothing is signed and no revocation list published")
        network = PartNetwork(reading: configuration)
        headNodes = HeadNodeSettings(reading: configuration)
        configuration.section("dynamic").ignored(
            "plugin", "head nodes are configured in [headnodes] and [headnode-<name>]")
        configuration.section("core").ignored("whitelist", "it never had an effect")
    }
}

/// `tasks.conf`: of the original's task sets, the intervals count: as the longest time without a look.
struct TaskSettings: ConfigurationSchema {
    /// Between two looks at allocations and requests.
    var resync: Duration?
    /// Between two looks at head nodes.
    var census: Duration?

    init(reading configuration: ConfigurationReader) {
        for name in configuration.sectionNames {
            let section = configuration.section(name)
            let plugins = section.value("taskplugins", .list, default: [], "what the set does")
            let interval = section.value(
                "polling_interval", .duration(in: .seconds(1) ... .seconds(86_400)), default: .seconds(120),
                "longest time between two looks")
            if plugins.contains(where: { ["HandleAllocations", "HandleRequests"].contains($0) }) {
                resync = min(resync ?? interval, interval)
            }
            if plugins.contains("HandleHeadNodes") { census = min(census ?? interval, interval) }
            // A set's other keys are for plugins of the original that are not here.
            _ = section.allValues()
        }
    }
}
