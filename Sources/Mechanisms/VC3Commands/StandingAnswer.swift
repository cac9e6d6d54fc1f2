/// What has come of a standing shell's answer so far.
struct StandingAnswer: Sendable {
    struct Stream: Sendable {
        private(set) var bytes: [UInt8] = []
        private let mark: [UInt8]
        /// Where the mark of the end begins, once it is there.
        private(set) var end: Int?

        init(until mark: [UInt8]) {
            self.mark = mark
        }

        var content: [UInt8]? { end.map { Array(bytes[..<$0]) } }

        mutating func take(_ piece: [UInt8]) {
            guard end == nil else { return }
            // The mark may have come in pieces.
            let start = max(0, bytes.count - mark.count + 1)
            bytes += piece
            end = bytes[start...].firstEnd(of: mark).map { $0 - mark.count }
        }
    }

    private(set) var output: Stream
    private(set) var errorOutput: Stream
    private let outputLimit: Int

    init(to request: StandingRequest) {
        output = Stream(until: request.over)
        errorOutput = Stream(until: request.over)
        outputLimit = request.outputLimit
    }

    var isWhole: Bool { output.end != nil && errorOutput.end != nil && !isTooLong }

    var isTooLong: Bool {
        output.bytes.count > outputLimit + Self.frameSize
            || errorOutput.bytes.count > ChildProcess.errorOutputLimit + Self.frameSize
    }

    /// Both streams without the mark of the end, when that is there.
    var whole: (output: [UInt8], errorOutput: [UInt8])? {
        guard isWhole, let output = output.content, let errorOutput = errorOutput.content else { return nil }
        return (output, errorOutput)
    }

    mutating func take(_ piece: [UInt8], on stream: ChildProcess.OutputStream) {
        if isTooLong { return }
        switch stream {
        case .output: output.take(piece)
        case .errorOutput: errorOutput.take(piece)
        }
    }

    /// More than what the marks around an answer take.
    private static let frameSize = 1024
}
