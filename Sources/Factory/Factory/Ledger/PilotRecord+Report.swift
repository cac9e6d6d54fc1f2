import VC3Model

extension PilotFacts {
    /// Takes over what the pilot tells about itself.
    ///
    /// Times are those of its node's clock, which may be wrong: none is believed to be before the submission or to lie
    /// in the future.
    mutating func learn(from own: PilotReport, at now: Timestamp) {
        host = own.node ?? host
        let earliest = wasAdopted == true ? intendedAt : submittedAt ?? intendedAt
        func moment(_ phase: PilotPhase) -> Timestamp? {
            own.phases?[phase.rawValue].map { min(now, max(earliest, Timestamp(milliseconds: Int64($0) * 1000))) }
        }
        // The pilot itself counts its walltime from a little earlier; its report has whole seconds.
        if wasAdopted == true, stage == .running, let ready = moment(.validated) {
            // Never later than before: with a clock that was set back, each look would change it.
            runningAt = min(runningAt ?? now, ready + .seconds(1))
        }
        validatedAt = validatedAt ?? moment(.validated)
        joinedAt = joinedAt ?? moment(.joined)
        drainingAt = drainingAt ?? moment(.draining)
        if let lines = own.log, !lines.isEmpty, own.hasEnded { lastLines = lastLines ?? lines }
    }

    /// The last step of its life that is known.
    var phase: PilotPhase {
        if hasEnded { return .ended }
        return timeline.last { $0.phase != .ended }?.phase ?? .intended
    }

    /// When it took each step, in the order of a pilot's life.
    var timeline: [(phase: PilotPhase, at: Timestamp)] {
        // The site is looked at now and then; the pilot may have told of later steps from before.
        let startedAt = runningAt.map { min($0, validatedAt ?? $0) }
        let moments: [(PilotPhase, Timestamp?)] = [
            (.wanted, wantedAt), (.intended, intendedAt), (.submitted, submittedAt), (.queued, queuedAt),
            (.started, startedAt), (.validated, validatedAt), (.joined, joinedAt), (.draining, drainingAt),
            (.ended, endedAt),
        ]
        return moments.compactMap { phase, at in at.map { (phase, $0) } }
    }
}
