import VC3Model

/// Gives each pilot a token of its own for its pool.
protocol PilotTokenSource: Sendable {
    func tokens(for pilots: [PilotID], of spec: PilotSet.Spec) async throws -> [(PilotID, String)]
}
