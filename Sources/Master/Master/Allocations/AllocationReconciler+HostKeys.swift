import VC3Commands
import VC3Model

extension AllocationReconciler {
    /// Records the host's key at first use, durably and before the host is logged in to; the gateway's key with it.
    ///
    /// - Returns: What went wrong; `nil` when there is a key to compare with.
    func pinHostKeys(_ allocation: inout Entity<Allocation>, _ resource: Entity<Resource>) async throws -> Finding? {
        guard SiteRules.hostKey(of: allocation, at: resource) == nil else { return nil }
        let host = resource.spec.accesshost ?? ""
        let port = SiteRules.port(of: resource.spec) ?? 22
        let account = allocation.spec.accountname
        var lines: [String] = []
        do throws(CommandError) {
            var gateway = Gateway.hop(resource.spec.accessgateway, account: account, hostKeys: nil)
            if let hop = gateway { gateway?.hostKey = try await login.hostKey(host: hop.host, port: hop.port) }
            let key = try await hostKey(host: host, port: port, through: gateway, of: allocation.name)
            lines = [key.line] + [gateway?.hostKey?.line].compactMap { $0 }
        } catch {
            return await finding(
                error, at: SSHEndpoint(host: host, port: port, user: account), allocation: allocation.name)
        }
        let old = allocation.status
        allocation.status.hostkey = lines.joined(separator: "\n")
        allocation.status.hostkey_fingerprints = hostKeyFingerprints(of: allocation, at: resource)
        allocation = try await store.save(allocation, was: old)
        return nil
    }

    /// The key that a host shows, seen from here or from its gateway.
    func hostKey(
        host: String, port: Int, through gateway: SSHHop?, of allocation: String
    ) async throws(CommandError) -> PinnedHostKey {
        guard let gateway else { return try await login.hostKey(host: host, port: port) }
        let pair: AllocationKeys.Pair
        do {
            pair = try await keys.pair(of: allocation)
        } catch {
            throw CommandError(.localFailure, "the key of allocation \(allocation) cannot be read: \(error)")
        }
        return try await login.hostKey(
            host: host, port: port, through: gateway, key: pair.privateKey, folder: "\(sessionFolder)/\(allocation)")
    }

    /// Says which host shows another key than the recorded one, names both keys, and what to do.
    func changedHostKey(_ endpoint: SSHEndpoint, allocation: String) async -> Finding {
        if let gateway = endpoint.gateway, let pinned = gateway.hostKey,
            let shown = try? await login.hostKey(host: gateway.host, port: gateway.port), shown != pinned
        {
            return changed(gateway.host, from: pinned, to: shown, place: "second line")
        }
        let target = endpoint.target
        guard let pinned = target.hostKey else {
            return .refused(reason: "BadHostKey", message: "no host key of \(target.host) is known", mender: .user)
        }
        let shown = try? await hostKey(
            host: target.host, port: target.port, through: endpoint.gateway, of: allocation)
        return changed(target.host, from: pinned, to: shown, place: endpoint.gateway == nil ? "line" : "first line")
    }

    private func changed(_ host: String, from old: PinnedHostKey, to new: PinnedHostKey?, place: String) -> Finding {
        let oldName = HostKeyFingerprint.of(old) ?? old.type
        let newName = new.map { HostKeyFingerprint.of($0) ?? $0.type } ?? "another one"
        let line = new.map { ": \($0.line)" } ?? ""
        return .refused(
            reason: "HostKeyChanged",
            message:
                "\(host) shows host key \(newName) instead of the recorded \(oldName); nothing was sent to it. Ask "
                + "the operator of \(host); if the change is right, vouch for the new key: allocation-validate "
                + "--hostkey, with the new \(place)\(line)",
            mender: .user)
    }
}
