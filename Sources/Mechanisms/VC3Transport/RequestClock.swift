import NIOCore

/// For how long a connection has been where it is, and whether that is too long. A value: no timer, no channel.
struct RequestClock {
    private enum Phase: Equatable {
        /// Nothing of the next request is there.
        case idle
        /// A request began and has not ended.
        case receiving
        /// A request was read; its answer, which may go on for days, has not ended.
        case answering
    }

    private let limits: ConnectionLimits
    private var phase = Phase.idle
    private var since = NIODeadline.now()
    private var isAnswerOpen = false
    private var unreadSince: NIODeadline?

    init(limits: ConnectionLimits) { self.limits = limits }

    /// A quarter of the shortest limit: a connection lives at most that much longer than allowed.
    var lookEvery: TimeAmount { (min(limits.request, limits.idle, limits.unread) / 4).nio }

    mutating func opened(at now: NIODeadline) { since = now }

    mutating func received(at now: NIODeadline) {
        guard phase == .idle else { return }
        phase = .receiving
        isAnswerOpen = true
        since = now
    }

    mutating func requestEnded() {
        if phase == .receiving { phase = .answering }
        if !isAnswerOpen { phase = .idle }
    }

    mutating func answerEnded(at now: NIODeadline) {
        isAnswerOpen = false
        // An answer that came before the request's end leaves the rest of it to be read.
        guard phase == .answering else { return }
        phase = .idle
        since = now
    }

    mutating func writable(_ isWritable: Bool, at now: NIODeadline) {
        unreadSince = isWritable ? nil : unreadSince ?? now
    }

    /// Why the connection should be closed; `nil` while all is well.
    func overdue(at now: NIODeadline) -> ConnectionRefusal? {
        if let unreadSince, now - unreadSince > limits.unread.nio { return .unread }
        switch phase {
        case .idle: return now - since > limits.idle.nio ? .idle : nil
        case .receiving: return now - since > limits.request.nio ? .slowRequest : nil
        case .answering: return nil
        }
    }
}
