import VC3Commands
import VC3Model

extension AllocationReconciler {
    /// Why there is nowhere to log in to.
    struct Obstacle: Error { let finding: Finding }

    /// Where the allocation's account is, with the host keys that count.
    func endpoint(
        of allocation: Entity<Allocation>, at resource: Entity<Resource>
    ) -> Result<SSHEndpoint, Obstacle> {
        let host = resource.spec.accesshost ?? ""
        let problems = SiteRules.problems(with: resource)
        if !problems.isEmpty { return .failure(Obstacle(finding: badResource(problems))) }
        guard let line = SiteRules.hostKey(of: allocation, at: resource), let pinned = PinnedHostKey(line: line) else {
            return refused("BadHostKey", "the host key given for \(host) is no host key line (type base64)")
        }
        let port = SiteRules.port(of: resource.spec) ?? 22
        let account = allocation.spec.accountname
        let gateway = Gateway.hop(resource.spec.accessgateway, account: account, hostKeys: line)
        if let gateway, gateway.hostKey == nil {
            return refused(
                "BadHostKey",
                "the host key given for \(host) needs a second line: the host key of its gateway \(gateway.host)")
        }
        return .success(SSHEndpoint(host: host, port: port, user: account, hostKey: pinned, gateway: gateway))
    }

    static let badResource = "BadResource"

    /// - Parameter problems: With the resource, at least one.
    func badResource(_ problems: [String]) -> Finding {
        .refused(reason: Self.badResource, message: problems.joined(separator: "; "), mender: .user)
    }

    private func refused(_ reason: String, _ message: String) -> Result<SSHEndpoint, Obstacle> {
        .failure(Obstacle(finding: .refused(reason: reason, message: message, mender: .user)))
    }

    /// Each accepted host key as people compare it: host, kind, fingerprint.
    func hostKeyFingerprints(of allocation: Entity<Allocation>, at resource: Entity<Resource>) -> [String] {
        let lines = SiteRules.hostKey(of: allocation, at: resource) ?? ""
        let hop = Gateway.hop(resource.spec.accessgateway, account: allocation.spec.accountname, hostKeys: nil)
        let hosts = [resource.spec.accesshost, hop?.host].compactMap { $0 }
        return zip(hosts, lines.split(separator: "\n")).compactMap { host, line in
            guard let key = PinnedHostKey(line: String(line)) else { return nil }
            return HostKeyFingerprint.of(key).map { "\(host) \(key.type) \($0)" }
        }
    }
}
