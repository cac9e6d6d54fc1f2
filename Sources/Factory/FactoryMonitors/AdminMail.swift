public import Factory
public import FactoryCredentials
import Foundation
public import Logging
public import ServiceLifecycle
public import VC3Model
public import VC3Monitoring

/// Writes to the administrators what they should know at once. The same is not written again for a while, not even after
/// a restart.
public struct AdminMail: Service {
    /// From a mail that may not have been taken to its next attempt.
    static let retry = Duration.seconds(600)

    private let observation: FactoryObservation
    private let settings: AdminMailSettings
    private let clock: WallClock
    private let logger: Logger

    public init(_ observation: FactoryObservation, _ settings: AdminMailSettings, clock: WallClock, logger: Logger) {
        self.observation = observation
        self.settings = settings
        self.clock = clock
        self.logger = logger
    }

    public func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                var surroundings = AdminAlarm.Surroundings()
                while true {
                    let isAnswering = await settings.infoserviceAnswers()
                    surroundings.silentSince = isAnswering ? nil : surroundings.silentSince ?? clock.now()
                    surroundings.certificate = await settings.certificate()
                    surroundings.credentials = settings.credentials.states
                    await tell(AdminAlarm.alarms(await observation.report(), surroundings, at: clock.now()))
                    try await Task.sleep(for: settings.interval)
                }
            }
        } catch is CancellationError {
            return
        }
    }

    private func tell(_ alarms: [AdminAlarm]) async {
        if alarms.isEmpty { return }
        do {
            var throttle = try await settings.throttle.load()
            for alarm in alarms {
                guard
                    throttle.begins(
                        alarm.key, at: clock.now().milliseconds, interval: settings.repeatInterval, retry: Self.retry)
                else { continue }
                // Before the attempt: a crash after it repeats the mail later, not at every restart.
                try await settings.throttle.store(throttle)
                try await settings.server.deliver(message(alarm), date: Self.date(clock.now()), id: UUID().uuidString)
                throttle.sent(alarm.key, at: clock.now().milliseconds)
                try await settings.throttle.store(throttle)
            }
        } catch {
            logger.warning("the administrators could not be written to", metadata: ["reason": "\(error)"])
        }
    }

    private func message(_ alarm: AdminAlarm) -> MailMessage {
        MailMessage(
            from: settings.sender, to: settings.recipients, subject: "VC3 factory \(settings.name): \(alarm.subject)",
            text: alarm.text + "\n\nThe same is not written again for \(settings.repeatInterval / .seconds(1)) s.\n")
    }

    /// RFC 5322, 3.3.
    static func date(_ moment: Timestamp) -> String {
        let style = Date.VerbatimFormatStyle(
            format: """
                \(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \(year: .defaultDigits) \
                \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\
                \(second: .twoDigits) +0000
                """, locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt,
            calendar: Calendar(identifier: .gregorian))
        return moment.date.formatted(style)
    }
}

/// Whom a Factory writes to, how, and what it is told of its surroundings.
public struct AdminMailSettings: Sendable {
    public var recipients: [String]
    public var sender: String
    public var server: MailServer
    /// What the factory is called in subjects.
    public var name: String
    /// How long the same message is not sent again.
    public var repeatInterval: Duration
    public var throttle: MailThrottleFile
    public var interval: Duration
    /// Whether the Infoservice answers at the moment.
    public var infoserviceAnswers: @Sendable () async -> Bool
    /// Those that queues and users have.
    public var credentials: CredentialBoard
    /// The life of the factory's own certificate; `nil` when it has none.
    public var certificate: @Sendable () async -> CertificateLife?

    public init(
        recipients: [String], sender: String, server: MailServer, name: String, repeatInterval: Duration,
        throttle: MailThrottleFile, interval: Duration = .seconds(30),
        infoserviceAnswers: @escaping @Sendable () async -> Bool = { true },
        certificate: @escaping @Sendable () async -> CertificateLife? = { nil },
        credentials: CredentialBoard = CredentialBoard()
    ) {
        self.recipients = recipients
        self.sender = sender
        self.server = server
        self.name = name
        self.repeatInterval = repeatInterval
        self.throttle = throttle
        self.interval = interval
        self.infoserviceAnswers = infoserviceAnswers
        self.certificate = certificate
        self.credentials = credentials
    }
}
