import HTCondorPool
import VC3Model

/// What a head node is made for.
struct HeadNodeOrder: Sendable {
    var request: String
    var owner: String
    /// Signs the tokens of this pool's pilots.
    var signingKey: PoolSigningKey
    /// SSH public key lines by user: who may use the head node.
    var users: [String: String] = [:]
    /// Federated identity by user.
    var identities: [String: String] = [:]
    /// Login hosts of the sites whose workers will join.
    var siteHosts: [String] = []
    /// Packages of the request's environments.
    var packages: [String] = []
    /// Pilots whose tokens were taken back.
    var refused: [String] = []

    var trustDomain: TrustDomain { TrustDomain(cluster: request) }
}

enum HeadNodeState: Sendable, Equatable {
    /// Under way; look again soon.
    case starting(String)
    case ready(address: String, port: Int)
    /// Waits for something that others must mend; tried again all the same.
    case blocked(reason: String, String, mender: Condition.Mender)
    /// Will never succeed.
    case failed(String)
}

/// Makes head nodes in one way.
///
/// Every operation may be repeated, and continues what an interrupted one began. Throwing means "not now".
protocol HeadNodeProvider: Sendable {
    /// What a request's `headnode` says.
    var name: String { get }

    /// Chooses all that must be known before anything is started, so that it can be written down first.
    ///
    /// - Parameter recorded: What was chosen before, which is kept.
    func prepare(_ order: HeadNodeOrder, recorded: JSONValue) async throws -> JSONValue

    /// Brings the head node up, or finds it running.
    ///
    /// - Parameter detail: What ``prepare(_:recorded:)`` chose.
    /// - Parameter progress: Told of each long step.
    func ensure(
        _ order: HeadNodeOrder, detail: JSONValue, progress: @escaping @Sendable (String) async -> Void
    ) async throws -> HeadNodeState

    /// Has the running pool refuse the order's refused pilots from now on and whenever it is started again, and no others.
    ///
    /// - Throws: When it is not certain that the pool does so and shows nothing of them.
    func refusePilots(of order: HeadNodeOrder, detail: JSONValue) async throws

    /// How many workers the head node sees. No answer is a throw, never zero.
    func workers(of request: String, detail: JSONValue) async throws -> Int

    /// Ends and removes everything, also when nothing is there.
    ///
    /// - Parameter detail: What is known of it; may be empty.
    func remove(_ request: String, detail: JSONValue) async throws
}

extension JSONValue {
    /// The member of a head node's detail that tells which secret was published.
    static let keyMember = "key"
    static let providerMember = "provider"
}
