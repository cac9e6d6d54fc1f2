import NIOCore

/// Runs tasks on the event loop of their connection.
///
/// A request then goes from socket to answer on one thread. On the shared pool each request would change threads twice,
/// which costs more than the request itself.
final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
