import Foundation

/// The lab's hosts, for tests on real ones. `VC3_LAB_KEY` names a private key (0600) whose public half is in the
/// `authorized_keys` of `vc3admin` at head and of `alice` at alpha; the tests run where these hosts can be reached.
enum Lab {
    static let key = ProcessInfo.processInfo.environment["VC3_LAB_KEY"]
    static let isThere = key != nil
    static let head = "10.78.0.3"
    static let alpha = "10.78.0.11"

    /// What runs inside a host as root: a command that takes the rest as arguments, e.g. `lab exec`.
    static let tool = ProcessInfo.processInfo.environment["VC3_LAB_TOOL"]

    static let playbooks = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../playbooks").standardizedFileURL.path
}
