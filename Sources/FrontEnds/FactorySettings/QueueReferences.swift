public import FactoryCredentials
public import FactoryMonitors
public import VC3Configuration

extension [QueueSettings] {
    /// Remarks on names of sections of other files that these do not have. No errors, as sections may come later.
    ///
    /// - Parameters:
    ///   - monitors: Those of `monitor.conf`; `nil`: there is no such file.
    ///   - profiles: Those of `auth.conf`; `nil`: there are others as well.
    ///   - document: What the queues were read from.
    public func dangling(
        monitors: [QueueMonitor]?, profiles: [AuthProfile]?, in document: INIDocument
    ) -> [ConfigurationDiagnostic] {
        flatMap { queue in
            func remark(_ key: String, _ name: String, _ names: [String], _ file: String) -> ConfigurationDiagnostic? {
                if names.contains(name) { return nil }
                let known = names.isEmpty ? "which has none" : "which has \(names.joined(separator: ", "))"
                return .warning(
                    "[\(queue.name)] \(key) names '\(name)', which is no section of \(file), \(known)",
                    at: document.origin(of: key, in: queue.name))
            }
            let told = monitors.map { monitors in
                queue.monitors.compactMap { remark("monitorsection", $0, monitors.map(\.name), "monitor.conf") }
            }
            let shown = profiles.flatMap { profiles in
                queue.profile.flatMap {
                    remark(queue.plugin.prefix + "authprofile", $0, profiles.map(\.name), "auth.conf")
                }
            }
            return (told ?? []) + (shown.map { [$0] } ?? [])
        }
    }
}

extension QueueSettings {
    /// The section of `auth.conf` with the key that it needs.
    fileprivate var profile: String? {
        switch place {
        case .ssh(let account): account.profile
        case .batch(let account): account.host == nil ? nil : account.profile
        case .local, .computeElement, .ec2, .incomplete: nil
        }
    }
}
