public import Logging

/// What the places say that queues depend on: each is asked once for all its queues, again and again.
public actor DemandBoard {
    private struct Line {
        var pace: DemandPace
        var nextQuestion: Duration
        var isAsking = false
        var failures = 0
        var answer: (demand: JobDemand, at: Duration)?
        var error: DemandError?
        /// Somebody was told of ``answer``, and not yet that it has lapsed.
        var isShown = false
    }

    /// How many places are asked at the same time.
    static let most = 4

    private let source: any DemandSource
    private let elapsed: @Sendable () -> Duration
    private let logger: Logger
    private let onChange: @Sendable (Set<DemandPlace>) async -> Void
    private let signal = WakeSignal()
    private var lines: [DemandPlace: Line] = [:]

    /// - Parameters:
    ///   - elapsed: Time since any fixed moment; never goes back.
    ///   - onChange: Told the places that say something else than before, or about which nothing is known any more.
    public init(
        source: any DemandSource, elapsed: @escaping @Sendable () -> Duration = DemandBoard.uptime(), logger: Logger,
        onChange: @escaping @Sendable (Set<DemandPlace>) async -> Void
    ) {
        self.source = source
        self.elapsed = elapsed
        self.logger = logger
        self.onChange = onChange
    }

    public static func uptime() -> @Sendable () -> Duration {
        let start = ContinuousClock.now
        return { start.duration(to: .now) }
    }

    /// From now on these places are asked, and no others. What those say that were asked before stays known.
    public func watch(_ places: [DemandPlace: DemandPace]) {
        let now = elapsed()
        lines = lines.filter { places[$0.key] != nil }
        for (place, pace) in places {
            lines[place, default: Line(pace: pace, nextQuestion: now)].pace = pace
        }
        signal.signal()
    }

    /// What a place said last; `nil` when that is not known, or too old to count.
    public func demand(at place: DemandPlace) -> JobDemand? {
        guard let line = lines[place], let answer = line.answer, elapsed() - answer.at <= line.pace.maxAge else {
            return nil
        }
        return answer.demand
    }

    /// Why the last question had no answer; `nil` when it had one.
    public func error(at place: DemandPlace) -> DemandError? { lines[place]?.error }

    /// Asks until the task is cancelled.
    public func run() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                for place in takeDue() { group.addTask { await self.ask(place) } }
                await tellLapsed()
                await signal.wait(atMost: untilNext())
            }
        }
    }

    /// The places that are to be asked now, those that have waited longest first.
    private func takeDue() -> [DemandPlace] {
        let now = elapsed()
        let free = Self.most - lines.values.count { $0.isAsking }
        let due = lines.filter { !$0.value.isAsking && $0.value.nextQuestion <= now }
            .sorted { $0.value.nextQuestion < $1.value.nextQuestion }.prefix(max(0, free)).map(\.key)
        for place in due { lines[place]?.isAsking = true }
        return due
    }

    private func untilNext() -> Duration? {
        let now = elapsed()
        let isFull = lines.values.count { $0.isAsking } >= Self.most
        let questions = isFull ? [] : lines.values.filter { !$0.isAsking }.map(\.nextQuestion)
        let lapses = lines.values.compactMap { line in line.isShown ? line.answer.map { $0.at + line.pace.maxAge } : nil
        }
        return (questions + lapses).min().map { max(.milliseconds(10), $0 - now) }
    }

    private func ask(_ place: DemandPlace) async {
        let begin = elapsed()
        let result: Result<JobDemand, DemandError>
        do { result = .success(try await source.demand(at: place)) } catch { result = .failure(error) }
        if Task.isCancelled { return }
        defer { signal.signal() }
        // It may be wanted no more, or again by others.
        guard var line = lines[place] else { return }
        let now = elapsed()
        line.isAsking = false
        let hasChanged: Bool
        switch result {
        case .success(let demand):
            hasChanged = !line.isShown || line.answer?.demand != demand
            if line.error != nil { logger.info("demand is known again", metadata: ["place": "\(place)"]) }
            (line.answer, line.error, line.failures, line.isShown) = ((demand, now), nil, 0, true)
        case .failure(let error):
            hasChanged = false
            if line.error != error {
                logger.warning("demand is not known", metadata: ["place": "\(place)", "reason": "\(error)"])
            }
            line.error = error
            line.failures += 1
        }
        line.nextQuestion = now + line.pace.pause(after: now - begin, failures: line.failures)
        lines[place] = line
        if hasChanged { await onChange([place]) }
    }

    private func tellLapsed() async {
        let now = elapsed()
        var lapsed: Set<DemandPlace> = []
        for (place, line) in lines where line.isShown {
            if let answer = line.answer, now - answer.at > line.pace.maxAge {
                lines[place]?.isShown = false
                lapsed.insert(place)
            }
        }
        if !lapsed.isEmpty { await onChange(lapsed) }
    }
}
