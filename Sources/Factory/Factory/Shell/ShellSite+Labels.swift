import VC3Model

/// Pilots' folders say whose they are, so that a Factory which lost its ledger knows them again.
extension ShellSite {
    /// Milliseconds since 1970 of the intent, the walltime in seconds, and the pilot set. Written before anything else.
    static func label(of order: PilotOrder) -> PilotFile {
        PilotFile(
            name: "pilotset",
            content: "\(order.intendedAt.milliseconds) \(order.spec.walltime) \(order.pilotSet)")
    }

    /// A folder without a label was given up before anything was submitted from it, or is an older release's.
    static func found(_ piece: SiteReply.Piece) -> FoundPilot? {
        guard piece.words.count == 2 else { return nil }
        var found = FoundPilot(pilot: PilotID(rawValue: piece.words[1]))
        let words = piece.text("o").split(separator: " ").map(String.init)
        if words.count == 3, let moment = Int64(words[0]), let walltime = Int(words[1]) {
            found.intendedAt = Timestamp(milliseconds: moment)
            found.walltime = walltime
            found.pilotSet = words[2]
        }
        return found
    }
}
