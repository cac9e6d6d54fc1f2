/// A submit plugin by the name that `batchsubmitplugin` gives it.
public enum SubmitPlugin: String, Sendable, CaseIterable {
    case condorLocal = "CondorLocal"
    case condorSSH = "CondorSSH"
    case condorSSHRemoteManager = "CondorSSHRemoteManager"
    case condorOSGCE = "CondorOSGCE"
    case condorEC2 = "CondorEC2"

    /// What the plugin's keys begin with.
    public var prefix: String { "batchsubmit.\(rawValue.lowercased())." }
}
