/// The pool that pilots join.
public struct PilotHeadNode: Codable, Sendable, Hashable {
    public var collector: String
    public var trustdomain: String
    public var privatetoken: String

    public init(collector: String, trustdomain: String, privatetoken: String) {
        self.collector = collector
        self.trustdomain = trustdomain
        self.privatetoken = privatetoken
    }
}
