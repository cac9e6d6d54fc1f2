import VC3Model

extension PilotRecord {
    /// What was written down while the clock was ahead counts from `now`: until then files would stay, or a pilot that is
    /// one too many.
    /// A token lasts no longer than one that is made now.
    func believed(at now: Timestamp, tokenLife: Duration) -> PilotRecord {
        var known = facts
        known.runningAt = known.runningAt.map { min($0, now) }
        known.retiringAt = known.retiringAt.map { min($0, now) }
        known.endedAt = known.endedAt.map { min($0, now) }
        known.tokenEnds = known.tokenEnds.map { min($0, now + tokenLife) }
        return known == facts ? self : PilotRecord(known)
    }
}
