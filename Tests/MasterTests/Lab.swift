import Foundation

/// The lab's hosts, for tests on real ones. `VC3_LAB_KEY` names a private key (0600) whose public half is in the
/// `authorized_keys` of `vc3admin` at head and of `alice` at alpha and gateway; the tests run where these hosts can be reached.
enum Lab {
    static let key = ProcessInfo.processInfo.environment["VC3_LAB_KEY"]
    static let isThere = key != nil
    static let head = "10.78.0.3"
    static let gateway = "10.78.0.2"
    static let alpha = "10.78.0.11"

    static let playbooks = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../playbooks").standardizedFileURL.path
}
