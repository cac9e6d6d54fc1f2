import AsyncHTTPClient
import Foundation
import InfoserviceAPI
import NIOCore
import NIOHTTP1
import VC3Model

/// One watch over as many connections and endpoints as it takes: after a lost one it goes on behind the last revision
/// that it saw.
actor RemoteWatch {
    private let sender: Sender
    private let kinds: Set<EntityKind>
    private var seen: Revision
    private var hasBegun = false
    private var current: (index: Int, endpoint: Endpoint)?
    private var chunks: HTTPClientResponse.Body.AsyncIterator?
    private var buffer = ByteBuffer()

    init(sender: Sender, kinds: Set<EntityKind>, after revision: Revision) {
        self.sender = sender
        self.kinds = kinds
        seen = revision
    }

    /// Connects, to each endpoint in turn if need be, as often as a read is tried.
    ///
    /// - Throws: ``VC3Error``: what the server refuses the watch with, `unavailable` when none is reached.
    func begin() async throws {
        var pauses = Pauses()
        for _ in 1..<max(sender.timeouts.attempts, sender.endpoints.count, 1) {
            do {
                return try await connect()
            } catch let error as VC3Error where error.code == .unavailable {
                if !sender.health.hasWell() { try await pauses.rest() }
            }
        }
        try await connect()
    }

    private func connect() async throws {
        let index = sender.health.choice()
        let endpoint = sender.endpoints[index]
        let names = kinds.map(\.rawValue).sorted().joined(separator: ",")
        let request = endpoint.request(.GET, ["v1", "watch"], query: "?kinds=\(names)&after=\(seen)")
        buffer.clear()
        do {
            chunks = try await endpoint.stream(request).makeAsyncIterator()
        } catch let failure as Endpoint.Failure {
            sender.health.failed(index)
            throw failure.error
        } catch let error as VC3Error where error.code == .unavailable {
            sender.health.failed(index)
            throw error
        } catch let error as VC3Error where error.code == .invalid && hasBegun {
            // Kinds and revision were fine before: this replica has not come as far yet as the one before.
            throw VC3Error(.unavailable, error.message, cause: error)
        }
        current = (index, endpoint)
        hasBegun = true
    }

    func next() async throws -> WatchEvent {
        let clock = ContinuousClock()
        var trouble: ContinuousClock.Instant?
        var pauses = Pauses()
        while true {
            do {
                if chunks == nil { try await connect() }
                let event = try await received()
                if let current { sender.health.succeeded(current.index) }
                seen = event.revision
                return event
            } catch let error as VC3Error where error.code == .unavailable {
                chunks = nil
                let since = trouble ?? clock.now
                if clock.now - since >= sender.timeouts.resume { throw error }
                trouble = since
                try await pauses.rest()
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
            guard var iterator = chunks, let (index, endpoint) = current else { throw ended }
            let chunk: ByteBuffer?
            do {
                chunk = try await endpoint.reaching { try await iterator.next(isolation: self) }
            } catch let failure as Endpoint.Failure {
                sender.health.failed(index)
                throw failure.error
            }
            chunks = iterator
            guard var chunk else {
                sender.health.failed(index)
                throw ended
            }
            buffer.discardReadBytes()
            buffer.writeBuffer(&chunk)
        }
    }

    private func decoded(_ line: Data) throws -> WatchLine {
        do {
            return try JSONDecoder().decode(WatchLine.self, from: line)
        } catch {
            throw current?.endpoint.notUnderstood("the watch", error) ?? ended
        }
    }

    private var ended: VC3Error {
        let place = current.map { " at \($0.endpoint.address)" } ?? ""
        return VC3Error(.unavailable, "the Infoservice\(place) ended the watch")
    }

    private func takeLine() -> Data? {
        guard let end = buffer.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let line = Data(buffer.readableBytesView[..<end])
        buffer.moveReaderIndex(forwardBy: line.count + 1)
        return line
    }
}
