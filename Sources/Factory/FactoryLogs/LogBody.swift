import Hummingbird
import NIOCore

/// A log on its way to a reader, piece by piece; of text, line by line, without secrets.
struct LogBody {
    let reader: LogReader
    let isText: Bool

    /// A line that is longer goes in several pieces.
    private static let longestLine = 65_536

    var body: ResponseBody {
        ResponseBody { [self] writer in
            if isText { try await writeText(to: &writer) } else { try await writeBytes(to: &writer) }
            try await writer.finish(nil)
        }
    }

    private func writeBytes(to writer: inout any ResponseBodyWriter) async throws {
        var left = reader.size
        while left > 0 {
            let bytes = try await reader.next(Int(min(left, 65_536)))
            if bytes.isEmpty { return }
            left -= Int64(bytes.count)
            try await writer.write(ByteBuffer(bytes: bytes))
        }
    }

    /// What the file had when it was opened; a pilot may go on writing.
    private func writeText(to writer: inout any ResponseBodyWriter) async throws {
        var text = LogText()
        var left = reader.size
        var rest: [UInt8] = []
        while left > 0 {
            let bytes = try await reader.next(Int(min(left, 65_536)))
            if bytes.isEmpty { break }
            left -= Int64(bytes.count)
            rest += bytes
            var shown = ""
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                if let line = text.shown(String(decoding: rest[..<end], as: UTF8.self)) { shown += line + "\n" }
                rest.removeSubrange(...end)
            }
            if rest.count > Self.longestLine {
                shown += text.shown(String(decoding: rest, as: UTF8.self)) ?? ""
                rest = []
            }
            if !shown.isEmpty { try await writer.write(ByteBuffer(string: shown)) }
        }
        if !rest.isEmpty, let line = text.shown(String(decoding: rest, as: UTF8.self)) {
            try await writer.write(ByteBuffer(string: line))
        }
    }
}
