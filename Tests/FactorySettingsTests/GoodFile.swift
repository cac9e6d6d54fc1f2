import Foundation
import Testing

@testable import FactorySettings
@testable import VC3Configuration

/// A configuration file in which nothing is wrong, and how it is read.
struct GoodFile: Sendable, CustomTestStringConvertible {
    let name: String
    let lines: [String]
    /// What is remarked on; throws `ConfigurationError`.
    let load: @Sendable (INIDocument) throws -> [ConfigurationDiagnostic]
    /// What is read from it.
    let keys: @Sendable (INIDocument) -> [ConfigurationKey]

    var testDescription: String { name }

    /// - Parameter prefix: Of the keys whose values are looked at.
    init<Schema: ConfigurationSchema & SendableMetatype>(
        _ name: String, _ text: String, as schema: Schema.Type, keys prefix: String = ""
    ) {
        self.name = name
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        load = { try Schema.load($0, homeDirectory: "/home/f").warnings }
        keys = { document in
            let reader = ConfigurationReader(document, context: ConfigurationContext(homeDirectory: "/home/f"))
            _ = Schema(reading: reader)
            return reader.keys.filter { $0.name.hasPrefix(prefix) && (prefix.isEmpty || $0.section == "q") }
        }
    }

    /// All files of a Factory; of `queues.conf` one for each plugin, as each has keys of its own.
    static func all() throws -> [GoodFile] {
        let guide = GuideFileTests.self
        return try [
            GoodFile("autopyfactory.conf", guide.text("autopyfactory.conf"), as: MainFile.self),
            GoodFile("vc3defaults.conf", guide.text("vc3defaults.conf"), as: QueueDefaults.self),
            GoodFile("auth.conf", auth, as: AuthDocument.self),
            GoodFile("monitor.conf", monitors, as: MonitorDocument.self),
            GoodFile("mappings.conf", mappings, as: MappingsDocument.self),
        ]
            + SubmitPlugin.allCases.map { plugin in
                // The keys of all plugins are looked at once.
                GoodFile(
                    "queues.conf of \(plugin)", queues(plugin), as: QueueDocument.self,
                    keys: plugin == .condorLocal ? "" : plugin.prefix)
            }
    }

    /// What `autopyfactory.conf` has besides `[netcomm]`.
    private struct MainFile: ConfigurationSchema {
        init(reading configuration: ConfigurationReader) {
            _ = FactoryKeys(reading: configuration)
            _ = MonitoringSettings(reading: configuration)
        }
    }

    private static let mappings = """
        [CONDORBATCHSTATUS-JOBSTATUS2INFO]
        0 = pending
        4 = done
        5 = held
        [SGEBATCHSTATUS-JOBSTATUS2INFO]
        Eqw = held
        [CONDORWMSSTATUS-JOBSTATUS2INFO]
        0 = ready
        6 = running
        [WORKQUEUEWMSSTATUS-JOBSTATUS2INFO]
        tasks_waiting = ready
        tasks_failed = failed
        [SLURMBATCHSTATUS-JOBSTATUS2INFO]
        PENDING = pending
        CONFIGURING = pending
        RUNNING = running
        COMPLETING = running

        """

    private static let auth = """
        [DEFAULT]
        x509.lifetime = 604800
        [ana]
        plugin = SSH
        ssh.type = rsa
        ssh.privatekey = c2VjcmV0
        [robot]
        plugin = GSISSH
        ssh.privatekeyfile = ~/.ssh/robot
        [cms]
        plugin = X509
        x509.proxyfile = /tmp/cms.pem
        x509.flavor = voms
        x509.minlife = 3d
        x509.renew = True
        [scitoken]
        # Renewed by somebody else.
        plugin = Token
        token.file = /run/token
        [here]
        plugin = Noop

        """

    private static let monitors = """
        [dummy-monitor]
        monitorplugin = Dummy
        ; The panel.
        [apf]
        monitorplugin = APF
        monitorURL = https://apfmon.example.org/api

        """

    /// What a queue of the plugin must have.
    static func needed(_ plugin: SubmitPlugin) -> [String] {
        let lines: [String] =
            switch plugin {
            case .condorSSH, .condorSSHRemoteManager: ["host = h", "user = u", "authprofile = p"]
            case .condorOSGCE: ["gridresource = ce.example.org"]
            case .condorEC2:
                ["gridresource = https://ec2/", "access_key_id = /a", "secret_access_key = /s", "ami_id = i"]
                    + ["instance_type = t", "peaceful = False"]
            case .kubernetes: ["settings.image = worker"]
            case .condorLocal, .slurm, .sge, .pbs, .torque, .lsf, .local: []
            }
        return lines.map { plugin.prefix + $0 }
    }

    private static func queues(_ plugin: SubmitPlugin) -> String {
        """
        [DEFAULT]
        enabled = True
        apfqueue.sleep = 60
        [q]
        executable = /bin/sh
        executable.arguments = one
          two
        batchsubmitplugin = \(plugin.rawValue)
        schedplugin = KeepNRunning, MaxPerCycle
        sched.keepnrunning.keep_running = 2
        \(plugin.prefix)environ = A=1 B=2

        """ + needed(plugin).map { $0 + "\n" }.joined()
    }
}
