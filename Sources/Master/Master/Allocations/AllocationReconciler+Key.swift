import Foundation
import VC3Certificates
import VC3Model

extension AllocationReconciler {
    /// Phase `new`: a key pair in the Master's keeping, its private half published for the Factory, its public half
    /// shown to the owner. Each step is skipped when it was done, so a crash in between costs nothing.
    func withKey(_ allocation: Entity<Allocation>) async throws -> Entity<Allocation> {
        var allocation = allocation
        guard let resource = try await store.entity(Resource.self, allocation.spec.resource) else {
            return waiting(allocation, for: "resource \(allocation.spec.resource), which does not exist yet")
        }
        if SiteRules.isLocal(resource.spec) {
            guard !allocation.status.conditions.isTrue(AllocationLifeCycle.keyMade) else { return allocation }
            allocation.status.conditions.set(
                condition(AllocationLifeCycle.keyMade, .yes, "NotNeeded", "no key is needed on this machine"))
            return allocation
        }
        guard resource.spec.accessmethod == "ssh" else {
            return waiting(
                allocation, for: "access method \(resource.spec.accessmethod), which is not supported in this release")
        }
        allocation.status.hostkey_fingerprints = hostKeyFingerprints(of: allocation, at: resource)
        // While a new pair takes the old one's place, either may be here.
        if allocation.status.rotation?.step == .publishing { return allocation }
        let pair: AllocationKeys.Pair
        do {
            pair = try await keys.pair(of: allocation.name, kind: keyKind(of: allocation, at: resource))
        } catch {
            return waiting(allocation, for: "a key store that works: \(error)", mender: .operator)
        }
        let publicToken = Data(pair.publicLine.utf8).base64EncodedString()
        let isPublished = allocation.status.pubtoken == publicToken
        if !isPublished {
            try await store.publish(
                pair.privateKey, type: SecretType.ssh, as: allocation.name, owner: allocation.metadata.owner)
        }
        let wasAnother = !isPublished && allocation.status.pubtoken != nil
        allocation.status.pubtoken = publicToken
        allocation.status.pubtoken_fingerprint = Self.fingerprint(of: pair.publicLine)
        if !allocation.status.conditions.isTrue(AllocationLifeCycle.keyMade) || wasAnother {
            allocation.status.conditions.set(
                condition(AllocationLifeCycle.keyMade, .yes, "Made", "the key pair of this allocation is made"))
        }
        if allocation.status.conditions[AllocationLifeCycle.validated] == nil || wasAnother {
            let lead = wasAnother ? "the old key was lost and a new one made; " : ""
            allocation.status.conditions.set(
                condition(
                    AllocationLifeCycle.validated, .unknown, "WaitingForKey",
                    lead + installing(pair.publicLine, allocation, resource), mender: .user))
        }
        return allocation
    }

    func keyKind(of allocation: Entity<Allocation>, at resource: Entity<Resource>) -> KeyKind {
        KeyKind(type: SiteRules.keyType(of: allocation.spec, at: resource.spec), bits: nil) ?? .ed25519
    }

    /// Kind and fingerprint, as `ssh-ed25519 SHA256:...`.
    static func fingerprint(of publicLine: String) -> String? {
        (try? SSHPublicKey(parsing: publicLine)).map { "\($0.type) \($0.fingerprint)" }
    }

    private func installing(
        _ line: String, _ allocation: Entity<Allocation>, _ resource: Entity<Resource>
    ) -> String {
        let place = "\(allocation.spec.accountname)@\(resource.spec.accesshost ?? "its login host")"
        if SiteRules.needsPerson(resource.spec) {
            return
                "log in with: vc3 site-login \(resource.name); if \(place) wants a key as well, append this line to its "
                + "~/.ssh/authorized_keys before: \(line)"
        }
        return "append this line to ~/.ssh/authorized_keys of \(place), then ask for a validation: \(line)"
    }

    private func waiting(
        _ allocation: Entity<Allocation>, for obstacle: String, mender: Condition.Mender = .user
    ) -> Entity<Allocation> {
        // A key that was made stays made, whatever became of the resource.
        guard !allocation.status.conditions.isTrue(AllocationLifeCycle.keyMade) else { return allocation }
        var allocation = allocation
        allocation.status.conditions.set(
            condition(
                AllocationLifeCycle.keyMade, .no, "Waiting", "no key can be made: waits for \(obstacle)", mender: mender
            ))
        return allocation
    }
}

/// What the data of a private token is: its `type`.
enum SecretType {
    static let ssh = "ssh"
    static let poolSigningKey = "pool-signing-key"
}
