import NIOConcurrencyHelpers
import NIOCore

/// All connections of a server: how many there are, whose, and which have not proven yet who they are.
///
/// Touched when a connection comes, is named and goes; never by a request.
final class ConnectionRegistry: Sendable {
    typealias ID = UInt64

    enum Admission {
        /// `crowdedOut` has to make room.
        case admitted(ID, crowdedOut: (any Channel)?)
        case refused(ConnectionRefusal)
    }

    private struct Entry {
        var channel: any Channel
        var address: String
        var peer: Peer?
    }

    private struct AddressState {
        var connections = 0
        /// When all failures so far are forgiven.
        var forgiven = NIODeadline.uptimeNanoseconds(0)
    }

    private struct State {
        var entries: [ID: Entry] = [:]
        var pending: Set<ID> = []
        var addresses: [String: AddressState] = [:]
        var last: ID = 0
        var refusals: [ConnectionRefusal: Int] = [:]
    }

    private let limits: ConnectionLimits
    private let state = NIOLockedValueBox(State())

    init(limits: ConnectionLimits) { self.limits = limits }

    func admit(_ channel: any Channel, from address: String, at now: NIODeadline) -> Admission {
        state.withLockedValue { state in
            if let refusal = refusal(address, state, now) {
                state.refusals[refusal, default: 0] += 1
                return .refused(refusal)
            }
            var victim: (any Channel)?
            if state.pending.count >= limits.pending, let oldest = state.pending.min() {
                state.pending.remove(oldest)
                state.refusals[.crowdedOut, default: 0] += 1
                victim = state.entries[oldest]?.channel
                if let entry = state.entries[oldest] { charge(entry.address, &state, now) }
            }
            state.last += 1
            state.entries[state.last] = Entry(channel: channel, address: address)
            state.pending.insert(state.last)
            state.addresses[address, default: AddressState()].connections += 1
            return .admitted(state.last, crowdedOut: victim)
        }
    }

    private func refusal(_ address: String, _ state: State, _ now: NIODeadline) -> ConnectionRefusal? {
        if state.entries.count >= limits.total { return .tooMany }
        guard let known = state.addresses[address] else { return nil }
        if known.connections >= limits.perAddress { return .addressTooMany }
        return known.forgiven > now + limits.failureRecovery.nio * limits.failures ? .addressFailing : nil
    }

    /// The handshake of somebody without a certificate has ended.
    func settle(_ id: ID) { state.withLockedValue { _ = $0.pending.remove(id) } }

    /// The handshake has ended.
    func name(_ id: ID, _ peer: Peer) {
        state.withLockedValue { state in
            state.pending.remove(id)
            state.entries[id]?.peer = peer
        }
    }

    /// Counts a refusal of a connection that was admitted.
    func note(_ refusal: ConnectionRefusal) { state.withLockedValue { $0.refusals[refusal, default: 0] += 1 } }

    /// The connection is closed.
    ///
    /// - Returns: Whether that was before its handshake had ended.
    func remove(_ id: ID, at now: NIODeadline) {
        state.withLockedValue { state in
            guard let entry = state.entries.removeValue(forKey: id) else { return }
            state.addresses[entry.address]?.connections -= 1
            if state.pending.remove(id) != nil { charge(entry.address, &state, now) }
            if let known = state.addresses[entry.address], known.connections <= 0, known.forgiven <= now {
                state.addresses[entry.address] = nil
            }
        }
    }

    /// A failed handshake: the generic cell rate algorithm (ITU-T I.371), which needs one time for each address.
    private func charge(_ address: String, _ state: inout State, _ now: NIODeadline) {
        let forgiven = max(state.addresses[address]?.forgiven ?? now, now)
        state.addresses[address, default: AddressState()].forgiven = forgiven + limits.failureRecovery.nio
    }

    /// Connections of peers that `isMeant` picks.
    func channels(where isMeant: (Peer) -> Bool) -> [any Channel] {
        state.withLockedValue { state in
            state.entries.values.compactMap { entry in entry.peer.flatMap { isMeant($0) ? entry.channel : nil } }
        }
    }

    /// Forgets addresses that have no connection and owe nothing any more.
    func tidy(at now: NIODeadline) {
        state.withLockedValue { state in
            state.addresses = state.addresses.filter { $0.value.connections > 0 || $0.value.forgiven > now }
        }
    }

    var counts: (open: Int, pending: Int, refusals: [ConnectionRefusal: Int]) {
        state.withLockedValue { ($0.entries.count, $0.pending.count, $0.refusals) }
    }
}

extension Duration {
    var nio: TimeAmount {
        .nanoseconds(components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000)
    }
}
