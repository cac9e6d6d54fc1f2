import AsyncHTTPClient
import Foundation
import InfoserviceAPI
import NIOCore
import NIOHTTP1
import VC3Model

/// One watch over as many connections as it takes: after a lost one it goes on behind the last revision that it saw.
actor RemoteWatch {
    private let endpoint: Endpoint
    private let kinds: Set<EntityKind>
    private var seen: Revision
    private var chunks: HTTPClientResponse.Body.AsyncIterator?
    private var buffer = ByteBuffer()

    init(endpoint: Endpoint, kinds: Set<EntityKind>, after revision: Revision) {
        self.endpoint = endpoint
        self.kinds = kinds
        seen = revision
    }

    /// Connects.
    ///
    /// - Throws: What the server refuses the watch with.
    func begin() async throws {
        let names = kinds.map(\.rawValue).sorted().joined(separator: ",")
        let request = endpoint.request(.GET, ["v1", "watch"], query: "?kinds=\(names)&after=\(seen)")
        buffer.clear()
        chunks = try await endpoint.stream(request).makeAsyncIterator()
    }

    func next() async throws -> WatchEvent {
        let clock = ContinuousClock()
        var trouble: (error: VC3Error, since: ContinuousClock.Instant)?
        var pause = Duration.milliseconds(100)
        while true {
            do {
                if chunks == nil { try await begin() }
                let event = try await received()
                seen = event.revision
                return event
            } catch let error as VC3Error where error.code == .unavailable {
                chunks = nil
                let since = trouble?.since ?? clock.now
                if clock.now - since >= endpoint.timeouts.resume { throw error }
                trouble = (error, since)
                try await Task.sleep(for: pause * Double.random(in: 0.5...1))
                pause = min(pause * 2, .seconds(2))
            }
        }
    }

    private func received() async throws -> WatchEvent {
        while true {
            if let line = takeLine() {
                switch try decoded(line) {
                case .event(let event): return event
                case .failed(let error): throw error
                }
            }
            guard var iterator = chunks else { throw ended }
            let chunk = try await endpoint.reaching { try await iterator.next(isolation: self) }
            chunks = iterator
            guard var chunk else { throw ended }
            buffer.discardReadBytes()
            buffer.writeBuffer(&chunk)
        }
    }

    private func decoded(_ line: Data) throws -> WatchLine {
        do {
            return try JSONDecoder().decode(WatchLine.self, from: line)
        } catch {
            throw VC3Error(
                .internal,
                "the watch of \(endpoint.host):\(endpoint.port) is not understood; is it of another release?",
                cause: error)
        }
    }

    private var ended: VC3Error {
        VC3Error(.unavailable, "the Infoservice at \(endpoint.host):\(endpoint.port) ended the watch")
    }

    private func takeLine() -> Data? {
        guard let end = buffer.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let line = Data(buffer.readableBytesView[..<end])
        buffer.moveReaderIndex(forwardBy: line.count + 1)
        return line
    }
}
