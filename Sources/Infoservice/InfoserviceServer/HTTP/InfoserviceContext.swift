import Hummingbird
import InfoserviceAPI
import InfoserviceStore
import VC3Model
import VC3Transport

/// What a route knows of its request beside the request: whose it is.
struct InfoserviceContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let peer: Peer?
    /// The user for whom the peer says that it acts: the header `VC3-Acting-For`.
    var actingFor: String?
    /// The term of a lease under which the peer writes: the header `VC3-Fence`.
    var fence: String?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = Peer.current
    }

    /// The certificate that was shown, whatever it says.
    ///
    /// - Throws: ``VC3Error`` `unauthenticated`.
    func presented() throws -> Peer {
        guard let peer else { throw VC3Error(.unauthenticated, "no certificate was presented") }
        return peer
    }

    /// - Throws: ``VC3Error`` `unauthenticated`.
    func caller() throws -> Caller {
        let peer = try presented()
        let caller = Caller(try peer.identity(), address: peer.address)
        return try actingFor.map { try caller.acting(for: $0) } ?? caller
    }

    /// - Throws: ``VC3Error`` `unauthenticated`; `invalid` for a fence of another form.
    func session(on engine: EntityStore) throws -> InfoserviceSession {
        let session = InfoserviceSession(caller: try caller(), engine: engine)
        guard let fence else { return session }
        guard let fence = Fence(text: fence) else {
            throw VC3Error(
                .invalid, "the fence is not valid",
                problems: [.init(field: "VC3-Fence", problem: "must be a lease and a revision, e.g. shard-1@17")])
        }
        return session.fenced(by: fence)
    }
}
