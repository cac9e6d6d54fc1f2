import InfoserviceAPI
import NIOCore
import Synchronization
import VC3Model

/// Encodes what watchers are told. The latest changes are encoded once for all of them: a thousand watchers of one kind
/// get the same bytes.
final class WatchLines: Sendable {
    private static let capacity = 64
    private let latest = Mutex<[Revision: ByteBuffer]>([:])

    func line(_ line: WatchLine) throws -> ByteBuffer {
        // Of kinds with secrets watchers see different things.
        guard case .event(.changed(let record)) = line, !KindSchema.of(record.metadata.kind).hasSecrets else {
            return try Self.encode(line)
        }
        let revision = record.metadata.revision
        if let known = latest.withLock({ $0[revision] }) { return known }
        let buffer = try Self.encode(line)
        latest.withLock { latest in
            if latest.count >= Self.capacity { latest = [:] }
            latest[revision] = buffer
        }
        return buffer
    }

    private static func encode(_ line: WatchLine) throws -> ByteBuffer {
        var buffer = ByteBuffer(bytes: try line.jsonBytes())
        buffer.writeInteger(UInt8(ascii: "\n"))
        return buffer
    }
}
