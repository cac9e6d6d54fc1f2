import Logging
import Synchronization
import Testing
import VC3Transport

@Suite struct PatientListeningTests {
    private struct Taken: Error {}

    @Test func aPortThatIsTakenIsToldOnceAndTriedUntilItIsFree() async {
        let told = RecordingLog()
        let attempts = Mutex(0)
        let logger = Logger(label: "test") { _ in told }
        await PatientListening(
            orSay: "cannot be served", host: "127.0.0.1", port: 7, pause: .milliseconds(1), logger: logger
        ).run {
            let attempt = attempts.withLock { count in
                count += 1
                return count
            }
            if attempt < 4 { throw Taken() }
        }
        #expect(attempts.withLock { $0 } == 4)
        #expect(told.messages == ["cannot be served"])
    }

    @Test func whoEndsIsNotHeldUp() async {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let listening = Task {
            await PatientListening(orSay: "x", host: "h", port: 7, pause: .seconds(86_400), logger: logger).run {
                throw Taken()
            }
        }
        listening.cancel()
        await listening.value
    }

    @Test func allButUnreservedCharactersAreEncoded() {
        #expect("aZ09-._~".percentEncoded == "aZ09-._~")
        #expect("a b/ü%\n\u{1}".percentEncoded == "a%20b%2F%C3%BC%25%0A%01")
    }
}

/// Remembers what was said.
private final class RecordingLog: LogHandler {
    private let all = Mutex<[String]>([])
    var messages: [String] { all.withLock { $0 } }

    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }

    func log(event: LogEvent) { all.withLock { $0.append("\(event.message)") } }
}
