import Synchronization
import VC3Model

@testable import Factory

/// A clock that the world moves, and a time of day that may be wrong.
final class FakeClock: Sendable {
    private let state = Mutex((elapsed: Duration.zero, offset: Duration.zero))

    var elapsed: Duration {
        get { state.withLock { $0.elapsed } }
        set { state.withLock { $0.elapsed = newValue } }
    }
    var offset: Duration {
        get { state.withLock { $0.offset } }
        set { state.withLock { $0.offset = newValue } }
    }

    var site: SiteClock {
        SiteClock(
            elapsed: { self.elapsed },
            wall: WallClock { Timestamp(milliseconds: 0) + self.elapsed + self.offset })
    }
}
