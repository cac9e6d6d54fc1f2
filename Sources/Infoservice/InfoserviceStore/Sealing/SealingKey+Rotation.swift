import VC3Model

extension SealingKey {
    /// A step of changing the key, as a change of the key file.
    public enum RotationStep: Sendable, Equatable {
        /// A new key on top: seals from now on.
        case begin
        /// A new key at the end: opens, but does not seal yet. For replicas, which must all have it first.
        case stage
        /// The staged key to the top.
        case promote
        /// These keys seal nothing at rest any more.
        case retire(Set<String>)
        /// Retired keys go.
        case finish
    }

    /// - Throws: ``VC3Error`` `conflict` when the step does not come next.
    public func taking(_ step: RotationStep) throws -> SealingKey {
        var result = self
        switch step {
        case .begin:
            result.keys.insert(Key(), at: 0)
        case .stage:
            var key = Key()
            key.duty = .staged
            result.keys.append(key)
        case .promote:
            guard let index = keys.firstIndex(where: { $0.duty == .staged }) else {
                throw VC3Error(.conflict, "no key is staged; stage one first")
            }
            var key = result.keys.remove(at: index)
            key.duty = .used
            result.keys.insert(key, at: 0)
        case .retire(let ids):
            for index in result.keys.indices.dropFirst()
            where ids.contains(result.keys[index].id) && result.keys[index].duty == .used {
                result.keys[index].duty = .retired
            }
        case .finish:
            let busy = keys.dropFirst().filter { $0.duty == .used }.map(\.id)
            guard busy.isEmpty else {
                throw VC3Error(
                    .conflict,
                    "secrets may still be sealed under key \(busy.joined(separator: ", ")); the running Infoservice "
                        + "marks it as retired when it is done, and says so in its log")
            }
            result.keys.removeAll { $0.duty == .retired }
        }
        return result
    }
}
