import Dispatch

/// Where calls run that wait for the disk or a name server, off the threads that serve everybody.
enum WaitingThread {
    private static let queue = DispatchQueue(label: "vc3.master.waiting", attributes: .concurrent)

    static func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try work() }) }
        }
    }
}
