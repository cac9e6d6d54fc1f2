import VC3Model

/// What others may want to know of since the last time.
struct SiteChange: Sendable, Equatable {
    /// Pilot sets whose view has changed.
    var pilotSets: Set<String> = []
    /// Pilots whose record has changed, or is gone.
    var pilots: Set<PilotID> = []
}
