import VC3Model

/// A step of a pilot's life, as it told it by a file `<pilot>.<phase>` in the spool folder: its report at that moment.
struct PilotEvent: Sendable, Equatable {
    var pilot: PilotID
    var report: PilotReport
}
