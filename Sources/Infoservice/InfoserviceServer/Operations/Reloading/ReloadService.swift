public import ServiceLifecycle
import UnixSignals

/// Something that is read from files and may change while the server runs.
public protocol Reloading: Sendable {
    /// Looks whether something changed, and takes it over. Says in the log what happened; never fails.
    ///
    /// - Parameter isAsked: Whether a person asked for it: then it is read again even if it looks the same.
    func look(isAsked: Bool) async
}

/// Looks at files now and then, and at once on SIGHUP.
public struct ReloadService: Service {
    private let parts: [any Reloading]
    private let interval: Duration
    private let onHangup: @Sendable () -> Void

    /// - Parameters:
    ///   - interval: Between two looks of its own accord.
    ///   - onHangup: Called on SIGHUP before the parts look.
    public init(_ parts: [any Reloading], every interval: Duration, onHangup: @escaping @Sendable () -> Void = {}) {
        self.parts = parts
        self.interval = interval
        self.onHangup = onHangup
    }

    public func run() async throws {
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                let turns = Turns()
                group.addTask {
                    while !Task.isCancelled {
                        await turns.take { for part in parts { await part.look(isAsked: false) } }
                        try? await Task.sleep(for: interval)
                    }
                }
                group.addTask {
                    for await _ in hangups {
                        onHangup()
                        await turns.take { for part in parts { await part.look(isAsked: true) } }
                    }
                }
            }
        }
    }
}

/// One after the other.
private actor Turns {
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func take(_ body: @Sendable () async -> Void) async {
        if isTaken { await withCheckedContinuation { waiting.append($0) } }
        isTaken = true
        await body()
        if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
    }
}
