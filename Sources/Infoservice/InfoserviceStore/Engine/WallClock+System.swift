import Foundation
public import VC3Model

extension WallClock {
    /// The machine's clock.
    public static let system = WallClock { Timestamp(Date()) }
}
