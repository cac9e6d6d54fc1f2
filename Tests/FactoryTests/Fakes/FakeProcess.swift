@testable import Factory

/// A Factory's process, one start after the other, and its disk.
struct FakeProcess {
    var contents = LedgerContents()
    private var oldContents = LedgerContents()
    var ledgerIsFullUntil = Duration.zero
    /// The Infoservice cannot be reached from here.
    var storeIsAwayUntil = Duration.zero
    private var incarnation = 0
    var hasCrashed = false
    /// How many pilots of each set it may have believed to be wanted when it began what it does now.
    var believed: [String: Int] = [:]

    mutating func begin() -> Int {
        incarnation += 1
        hasCrashed = false
        return incarnation
    }

    func isAlive(_ caller: Int) -> Bool { caller == incarnation && !hasCrashed }

    mutating func loseLedger(oldCopy: Bool) { contents = oldCopy ? oldContents : LedgerContents() }
    mutating func copyLedger() { oldContents = contents }

    mutating func calmDown() {
        ledgerIsFullUntil = .zero
        storeIsAwayUntil = .zero
    }
}
