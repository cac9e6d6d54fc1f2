import VC3Model

extension Site {
    /// The end of a pilot's output, fetched now; `nil` when the site has none of it.
    ///
    /// It counts as a command like any other, but does not wait for its turn: somebody does.
    func output(of pilot: PilotID, lines: Int) async throws(SiteFailure) -> String? {
        let wait = budget.wait(at: clock.elapsed())
        guard wait < settings.longestWaitForOutput else {
            throw SiteFailure(
                reason: "Busy",
                message: "\(name) is asked no more for now, to spare it; ask again in \(wait.components.seconds) s",
                mender: .nobody, isOurs: true)
        }
        budget.spend(at: clock.elapsed())
        commands.note(.files, at: clock.elapsed())
        return try await access.output(of: pilot, lines: lines)
    }
}
