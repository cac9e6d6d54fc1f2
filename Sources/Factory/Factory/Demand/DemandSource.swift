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
    private let words: @Sendable () -> ReadyWords

    /// - Parameter words: Asked each time, as they may change.
    public init(_ runner: any CommandRunner, counting words: @escaping @Sendable () -> ReadyWords) {
        self.runner = runner
        self.words = words
    }

    public func demand(at place: DemandPlace) async throws(DemandError) -> JobDemand {
        let words = words()
        let reply: CommandResult
        do { reply = try await runner.run(place.command(counting: words)) } catch {
            throw DemandError("\(place): \(error.message)")
        }
        return try place.demand(from: reply, counting: words)
    }
}
