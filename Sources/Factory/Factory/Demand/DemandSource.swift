public import VC3Commands

/// Who can be asked how many jobs wait.
public protocol DemandSource: Sendable {
    /// What `place` says now.
    ///
    /// - Throws: ``DemandError`` when nothing is known.
    func demand(at place: DemandPlace) async throws(DemandError) -> JobDemand
}

/// Asks by commands.
public struct CommandDemandSource: DemandSource {
    private let runner: any CommandRunner

    public init(_ runner: any CommandRunner) { self.runner = runner }

    public func demand(at place: DemandPlace) async throws(DemandError) -> JobDemand {
        let reply: CommandResult
        do { reply = try await runner.run(place.command) } catch { throw DemandError("\(place): \(error.message)") }
        return try place.demand(from: reply)
    }
}
