import Foundation
import VC3Model

extension AllocationReconciler {
    /// Replaces the key pair when its owner asks: the new key goes to the site through the old one, is proved by a login,
    /// takes the old one's place here and at the Factory, and only then does the site forget the old one.
    ///
    /// Each step is in the status before it is taken, and can be repeated: cut off anywhere, at least one key works.
    ///
    /// - Parameter isNew: Somebody changed something, so what failed is tried again now.
    /// - Returns: The allocation as it is then, and when to look again.
    func rotate(
        _ allocation: Entity<Allocation>, isNew: Bool
    ) async throws -> (allocation: Entity<Allocation>, again: Duration?) {
        var look = allocation
        var isNew = isNew
        while look.status.conditions.isTrue(AllocationLifeCycle.keyMade) {
            if let wait = wait(of: look), !isNew { return (look, wait) }
            guard let resource = try await store.entity(Resource.self, look.spec.resource) else { return (look, nil) }
            let old = look.status
            let result: RotationAdvance
            switch look.status.rotation {
            case nil:
                guard look.spec.rotate > look.status.rotate_observed else { return (look, nil) }
                result = try await begin(&look, resource)
            case let rotation? where rotation.step == .installing && look.spec.rotate > rotation.request:
                result = try await begin(&look, resource)
            case let rotation?:
                switch rotation.step {
                case .installing: result = try await install(rotation, &look, resource)
                case .publishing: result = try await publish(rotation, &look)
                case .settling: result = try await settle(rotation, &look)
                case .retiring: result = try await retire(rotation, &look, resource)
                }
            }
            derive(&look)
            look = try await store.save(look, was: old)
            if case .waits(let duration) = result { return (look, duration) }
            isNew = false
        }
        return (look, nil)
    }

    /// What a step of a rotation came to.
    enum RotationAdvance {
        /// The next step is due at once.
        case goesOn
        case waits(Duration)
    }

    private func wait(of allocation: Entity<Allocation>) -> Duration? {
        guard let retryAt = allocation.status.conditions[AllocationLifeCycle.keyRotated]?.retryAt else { return nil }
        let wait = retryAt - clock.now()
        return wait > .zero ? wait : nil
    }

    // MARK: - Steps

    /// Makes the new pair. What an earlier attempt brought to the site is among what has to go in the end.
    func begin(
        _ allocation: inout Entity<Allocation>, _ resource: Entity<Resource>
    ) async throws -> RotationAdvance {
        guard resource.spec.accessmethod == "ssh", !SiteRules.isLocal(resource.spec) else {
            allocation.status.rotate_observed = allocation.spec.rotate
            tell(.yes, "NotNeeded", "this resource is not reached with a key of VC3", in: &allocation)
            return .goesOn
        }
        if SiteRules.needsPerson(resource.spec) {
            allocation.status.rotate_observed = allocation.spec.rotate
            tell(
                .no, "NotPossible",
                "a key is not replaced where only a person can log in; delete the allocation and make another one",
                .user,
                in: &allocation)
            return .goesOn
        }
        let current = try await keys.pair(of: allocation.name)
        let earlier = allocation.status.rotation.map { [$0.newkey] + $0.oldkeys } ?? []
        let next = try await keys.makeNext(of: allocation.name, kind: keyKind(of: allocation, at: resource))
        let old = ([current.publicLine] + earlier).filter { $0 != next.publicLine }
        allocation.status.rotation = KeyRotation(
            request: allocation.spec.rotate, newkey: next.publicLine,
            oldkeys: old.enumerated().filter { !old.prefix($0.offset).contains($0.element) }.map(\.element),
            since: clock.now())
        tell(.unknown, "Installing", "the new key \(Self.keyName(next.publicLine)) is made", in: &allocation)
        return .goesOn
    }

    /// The new pair takes the old one's place: first for the Factory, then here.
    func publish(
        _ rotation: KeyRotation, _ allocation: inout Entity<Allocation>
    ) async throws -> RotationAdvance {
        var pair = try await keys.next(of: allocation.name)
        if pair?.publicLine != rotation.newkey { pair = try await keys.pair(of: allocation.name) }
        guard let pair, pair.publicLine == rotation.newkey else {
            // Both copies are lost. The key at the site is of no use to anybody; another one takes the same way.
            allocation.status.rotation?.step = .installing
            tell(.unknown, "Installing", "the new key was lost; another one is made", in: &allocation)
            return .goesOn
        }
        try await store.publish(
            pair.privateKey, type: SecretType.ssh, as: allocation.name, owner: allocation.metadata.owner)
        try await keys.promote(pair, of: allocation.name)
        allocation.status.pubtoken = Data(pair.publicLine.utf8).base64EncodedString()
        allocation.status.pubtoken_fingerprint = Self.fingerprint(of: pair.publicLine)
        advance(to: .settling, in: &allocation)
        tell(
            .unknown, "Settling", "the new key is in use; the old one goes once the factory has followed",
            in: &allocation)
        return .goesOn
    }

    /// Waits for the Factory's sessions, so that none meets a refusal; but not for ever, as ours has succeeded.
    func settle(
        _ rotation: KeyRotation, _ allocation: inout Entity<Allocation>
    ) async throws -> RotationAdvance {
        let sets = try await store.entities(PilotSet.self).filter { set in
            set.spec.allocation == allocation.name && !set.isDeleting && set.status.factory != nil
                && set.status.key_in_use != allocation.status.pubtoken_fingerprint
        }
        let left = rotation.since + AllocationLifeCycle.longestSettling - clock.now()
        guard !sets.isEmpty, left > .zero else {
            advance(to: .retiring, in: &allocation)
            tell(.unknown, "Retiring", "the old key's line is taken out at the site", in: &allocation)
            return .goesOn
        }
        let names = sets.map(\.name).sorted().joined(separator: ", ")
        tell(
            .unknown, "Settling",
            "the new key is in use; the old one goes once the factory has logged in with it for \(names)",
            in: &allocation)
        return .waits(left)
    }

    // MARK: - Telling

    func advance(to step: KeyRotation.Step, in allocation: inout Entity<Allocation>) {
        allocation.status.rotation?.step = step
        allocation.status.rotation?.since = clock.now()
    }

    func note(_ finding: Finding, in allocation: inout Entity<Allocation>) -> RotationAdvance {
        switch finding {
        case .ready: return .goesOn
        case .refused(let reason, let message, let mender): return stop(reason, message, mender, in: &allocation)
        case .noAnswer(let message):
            return stop("Unreachable", message + "; tried again by itself", .nobody, in: &allocation)
        }
    }

    /// Something is in the way. It is tried again: soon where nobody answered, seldom where somebody has to act, for
    /// hosts lock out addresses that knock too often.
    func stop(
        _ reason: String, _ message: String, _ mender: Condition.Mender, in allocation: inout Entity<Allocation>
    ) -> RotationAdvance {
        let now = clock.now()
        let known = allocation.status.conditions[AllocationLifeCycle.keyRotated]
        let since = known.flatMap { $0.status == .no ? $0.since : nil } ?? now
        let least: Duration = mender == .nobody ? .zero : .seconds(300)
        let delay = max(least, AllocationLifeCycle.retryDelay(failingSince: since, now: now))
        tell(.no, reason, "the key is being replaced: " + message, mender, retryAt: now + delay, in: &allocation)
        return .waits(delay)
    }

    func tell(
        _ status: Condition.State, _ reason: String, _ message: String, _ mender: Condition.Mender? = nil,
        retryAt: Timestamp? = nil, in allocation: inout Entity<Allocation>
    ) {
        allocation.status.conditions.set(
            condition(
                AllocationLifeCycle.keyRotated, status, reason, message, mender: mender, retryAt: retryAt))
    }

    static func keyName(_ publicLine: String) -> String { fingerprint(of: publicLine) ?? "an unreadable one" }
}
