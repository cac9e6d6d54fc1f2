import Synchronization

@testable import Factory

/// What has changed and has not been looked at since.
final class ChangeBox: Sendable {
    private let changes = Mutex(SiteChange())

    func add(_ more: SiteChange) {
        changes.withLock {
            $0.pilotSets.formUnion(more.pilotSets)
            $0.pilots.formUnion(more.pilots)
        }
    }

    func take() -> SiteChange {
        changes.withLock { changes in
            defer { changes = SiteChange() }
            return changes
        }
    }
}
