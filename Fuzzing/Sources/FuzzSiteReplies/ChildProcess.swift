/// What the readers know of a process: its streams. No program is run here.
enum ChildProcess {
    struct Ended: Sendable {
        var status: ExitStatus
        var output: [UInt8]
        var errorOutput: [UInt8]
        var duration: Duration
    }
    enum OutputStream: Sendable { case output, errorOutput }
    static let errorOutputLimit = 4 << 20
}
