import VC3Model

@testable import Master

/// Head nodes that are up as soon as they are asked for.
actor FakeHeadNodes: HeadNodeProvider {
    nonisolated let name = "local"
    private(set) var running: [String: JSONValue] = [:]
    private var state: HeadNodeState?
    private var joined = 0
    private(set) var removals = 0

    /// What it was made to refuse, each time.
    private(set) var refusals: [[String]] = []
    private var refusalProblem: VC3Error?
    func failRefusing(_ problem: VC3Error?) { refusalProblem = problem }

    func answer(_ state: HeadNodeState?) { self.state = state }
    func join(_ workers: Int) { joined = workers }

    func prepare(_ order: HeadNodeOrder, recorded: JSONValue) -> JSONValue {
        recorded["port"] == nil ? ["port": 9620] : recorded
    }

    func ensure(
        _ order: HeadNodeOrder, detail: JSONValue, progress: @escaping @Sendable (String) async -> Void
    ) -> HeadNodeState {
        if let state { return state }
        running[order.request] = detail
        return .ready(address: "192.0.2.1", port: 9620)
    }

    func refusePilots(of order: HeadNodeOrder, detail: JSONValue) throws {
        if let refusalProblem { throw refusalProblem }
        refusals.append(order.refused)
    }

    func workers(of request: String, detail: JSONValue) -> Int { joined }

    func remove(_ request: String, detail: JSONValue) {
        removals += 1
        running[request] = nil
    }
}
