import Foundation
import NIOCore

/// Serving on a port that its last holder may be just letting go: a child that an earlier process had forked may keep it until
/// it execs.
enum TakingPort {
    /// - Parameters:
    ///   - serve: Tried again for a second while the port is taken.
    ///   - refused: What to do when it cannot be had, and why, in words.
    static func run(
        _ serve: () async throws -> Void, else refused: (_ reason: String, _ cause: IOError) async throws -> Void
    ) async throws {
        for attempt in 1...20 {
            do {
                return try await serve()
            } catch let error as IOError where error.errnoCode == EADDRINUSE && attempt < 20 {
                try await Task.sleep(for: .milliseconds(50))
            } catch let error as IOError where [EADDRINUSE, EACCES, EADDRNOTAVAIL].contains(error.errnoCode) {
                return try await refused(String(cString: strerror(error.errnoCode)), error)
            }
        }
    }
}
