/// What comes from a login node. The first byte says which reader: `f` the frame around a command, `s` a standing shell's
/// answer, `p` a followed folder, and else the reply to one of the Factory's scripts. MARK in the rest stands for the mark that
/// the far end was told, which nobody can guess; a zero byte parts the two streams, or the pieces in which bytes come.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let first = bytes.first else { return 0 }
    let rest = Array(bytes.dropFirst())
    switch first {
    case UInt8(ascii: "f"): frame(rest)
    case UInt8(ascii: "s"): answer(rest)
    case UInt8(ascii: "p"): spool(rest)
    default: reply(String(decoding: rest, as: UTF8.self))
    }
    return 0
}

/// What comes between zeros.
private func divided(_ bytes: [UInt8]) -> [[UInt8]] {
    bytes.split(separator: 0, omittingEmptySubsequences: false).map(Array.init)
}

/// A result is only what both streams frame, and nothing of the frame is in it.
private func frame(_ bytes: [UInt8]) {
    let frame = RemoteFrame()
    let mark = frame.proxyCommand.split(separator: " ").first { $0.hasPrefix("vc3-") } ?? ""
    let streams = divided(replacing(bytes, with: String(mark)))
    let ended = ChildProcess.Ended(
        status: .exited(0), output: streams[0], errorOutput: streams.count > 1 ? streams[1] : [], duration: .zero)
    if case .ended(let result) = frame.reply(ended, to: Command(["true"])) {
        let start = Array("\n\(mark) start\n".utf8)
        precondition(ended.output.firstEnd(of: start) != nil && ended.errorOutput.firstEnd(of: start) != nil)
        precondition(result.output.utf8.count <= 3 * ended.output.count)
    }
}

/// It does not matter in which pieces an answer comes.
private func answer(_ bytes: [UInt8]) {
    let request = StandingRequest(script: ":", input: [], timeout: .seconds(1), outputLimit: 1 << 20)
    let mark = String(decoding: request.over, as: UTF8.self).split(separator: " ")[0].dropFirst()
    let pieces = divided(replacing(bytes, with: String(mark)))
    var whole = StandingAnswer(to: request)
    var parted = whole
    for stream in [ChildProcess.OutputStream.output, .errorOutput] {
        whole.take(pieces.flatMap { $0 }, on: stream)
        for piece in pieces { parted.take(piece, on: stream) }
    }
    precondition(whole.whole?.output == parted.whole?.output && whole.isWhole == parted.isWhole)
}

private func spool(_ bytes: [UInt8]) {
    let pieces = divided(replacing(bytes, with: "vc3-mark"))
    func files(_ pieces: [[UInt8]]) -> [SpooledFile] {
        var reader = SpoolReader(mark: "vc3-mark")
        var files: [SpooledFile] = []
        for piece in pieces {
            var next: [UInt8]? = piece
            // A batch is handed over before what follows it is looked at.
            while let more = next, let batch = reader.take(more) {
                files += batch
                next = []
            }
            next = nil
        }
        return files
    }
    precondition(files([pieces.flatMap { $0 }]) == files(pieces))
}

/// Only the last line says that a reply is whole, and control characters do not get into what people read.
private func reply(_ text: String) {
    let reply = SiteReply(text)
    // By scalars: Swift takes CR LF for one character, which is not LF.
    let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { Substring($0) }
    precondition(reply.pieces.count <= lines.count)
    let ends = lines.filter { $0.hasPrefix("@@vc3 ") && $0.hasSuffix("end") || $0.contains("end ") }
    precondition(!reply.isWhole || !ends.isEmpty)
    for piece in reply.pieces {
        for line in piece.lines.values.joined() {
            precondition(!line.contains("\n"))
            precondition(PrintableText.cleaned(line).unicodeScalars.allSatisfy { $0.value >= 32 || $0 == "\t" })
        }
    }
}

private func replacing(_ bytes: [UInt8], with mark: String) -> [UInt8] {
    var rest = bytes[...]
    var result: [UInt8] = []
    let word = Array("MARK".utf8)
    while let end = rest.firstEnd(of: word) {
        result += rest[..<(end - word.count)] + Array(mark.utf8)
        rest = rest[end...]
    }
    return result + rest
}
