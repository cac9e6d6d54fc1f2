import VC3Certificates
import VC3Commands
import VC3Model

extension AllocationReconciler {
    /// Appends the new key's line at the site and logs in with the new key alone. Where the line cannot be appended,
    /// somebody else may do it: the login decides.
    func install(
        _ rotation: KeyRotation, _ allocation: inout Entity<Allocation>, _ resource: Entity<Resource>
    ) async throws -> RotationAdvance {
        guard let next = try await keys.next(of: allocation.name), next.publicLine == rotation.newkey else {
            return try await begin(&allocation, resource)
        }
        if let obstacle = try await pinHostKeys(&allocation, resource) { return note(obstacle, in: &allocation) }
        let endpoint: SSHEndpoint
        switch self.endpoint(of: allocation, at: resource) {
        case .success(let found): endpoint = found
        case .failure(let obstacle): return note(obstacle.finding, in: &allocation)
        }
        let why: String
        switch try await append(rotation, at: endpoint, allocation) {
        case .done: why = "its line was appended, but \(endpoint.target.host) does not take keys from there"
        case .refused(let words): why = words
        case .failed(let finding): return note(finding, in: &allocation)
        }
        let place = "\(endpoint.target.user)@\(endpoint.target.host)"
        let finding = await there(allocation, resource) { next }
        switch finding {
        case .refused(let reason, _, _) where reason == Self.refusedLogin:
            return stop(
                "InstallByHand",
                "the new key is not accepted as \(place): \(why). Append this line where the site keeps the keys of "
                    + "\(place) (~/.ssh/authorized_keys, its web page, its help desk); the rotation goes on by itself, at "
                    + "once after allocation-validate: \(rotation.newkey)", .user, in: &allocation)
        case .refused, .noAnswer:
            return note(finding, in: &allocation)
        case .ready:
            allocation = answered(allocation, finding)
            advance(to: .publishing, in: &allocation)
            tell(.unknown, "Publishing", "\(place) accepts the new key; it is given to the factory", in: &allocation)
            return .goesOn
        }
    }

    private enum Appending {
        case done
        /// In words.
        case refused(String)
        case failed(Finding)
    }

    private func append(
        _ rotation: KeyRotation, at endpoint: SSHEndpoint, _ allocation: Entity<Allocation>
    ) async throws -> Appending {
        let current = try await keys.pair(of: allocation.name)
        let change = AuthorizedKeysChange.add(
            try SSHPublicKey(parsing: rotation.newkey), beside: try? SSHPublicKey(parsing: current.publicLine))
        do throws(CommandError) {
            let refusals = try await carry(out: change, at: endpoint, with: current, allocation.name).refusals
            return refusals.isEmpty ? .done : .refused(refusals.joined(separator: "; "))
        } catch {
            switch error.reason {
            case .authenticationRefused: return .refused("the old key is not accepted either")
            case .accountRefused, .loginScript: return .refused(error.message)
            default: return .failed(await finding(error, at: endpoint, allocation: allocation.name))
            }
        }
    }

    /// Takes the old lines out at the site, and forgets the old pair.
    func retire(
        _ rotation: KeyRotation, _ allocation: inout Entity<Allocation>, _ resource: Entity<Resource>
    ) async throws -> RotationAdvance {
        let endpoint: SSHEndpoint
        switch self.endpoint(of: allocation, at: resource) {
        case .success(let found): endpoint = found
        case .failure(let obstacle): return note(obstacle.finding, in: &allocation)
        }
        let pair = try await keys.pair(of: allocation.name)
        let old = rotation.oldkeys.filter { $0 != pair.publicLine }
        let result: CarriedOut
        do throws(CommandError) {
            let change = AuthorizedKeysChange.remove(old.compactMap { try? SSHPublicKey(parsing: $0) })
            result = try await carry(out: change, at: endpoint, with: pair, allocation.name)
        } catch {
            return note(await finding(error, at: endpoint, allocation: allocation.name), in: &allocation)
        }
        try await keys.removeNext(of: allocation.name)
        allocation.status.rotation = nil
        allocation.status.rotate_observed = rotation.request
        let names =
            "the new key is \(Self.keyName(pair.publicLine)); the old one was \(old.map(Self.keyName).joined(separator: ", "))"
        if result.refusals.isEmpty, result.hasChanged {
            tell(.yes, "Rotated", names + ", and is gone at the site", in: &allocation)
        } else {
            let why =
                result.refusals.isEmpty
                ? "no such line is in ~/.ssh/authorized_keys (any more)" : result.refusals.joined(separator: "; ")
            tell(
                .yes, "OldKeyLeft",
                "\(names). If the site still accepts it, remove its line by hand (\(why)): "
                    + old.joined(separator: "; "),
                .user, in: &allocation)
        }
        return .goesOn
    }

    private struct CarriedOut {
        /// What hosts that refused the change say.
        var refusals: [String] = []
        var hasChanged = false
    }

    /// Changes `authorized_keys` at the login host and at its gateway, which may share a home or not.
    private func carry(
        out change: AuthorizedKeysChange, at endpoint: SSHEndpoint, with pair: AllocationKeys.Pair, _ name: String
    ) async throws(CommandError) -> CarriedOut {
        var result = CarriedOut()
        for place in [endpoint.gateway.map { SSHEndpoint(target: $0) }, endpoint].compactMap({ $0 }) {
            do throws(CommandError) {
                let answer = try await login.changeKeys(
                    change, at: place, key: pair.privateKey, folder: "\(sessionFolder)/\(name)")
                switch answer {
                case .done: result.hasChanged = true
                case .unchanged: break
                case .refused(let words): result.refusals.append("\(place.target.host): \(words)")
                }
            } catch {
                // A gateway that only forwards runs no commands; its keys are somebody else's to change.
                guard error.reason == .accountRefused, place.target == endpoint.gateway else { throw error }
                result.refusals.append(error.message)
            }
        }
        return result
    }
}
