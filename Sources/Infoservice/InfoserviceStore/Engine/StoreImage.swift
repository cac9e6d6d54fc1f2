import Foundation
import InfoserviceAPI
import VC3Model

/// What a persistence kept, decoded.
struct StoreImage: Sendable {
    var contents: [EntityKind: [String: EntityRecord]] = [:]
    var history: History
    var revision: Revision

    @concurrent
    init(decoding state: StoredState, with codec: RecordCodec) async throws {
        revision = state.revision
        for record in try await Self.records(decoding: state.entities, with: codec) {
            contents[record.metadata.kind, default: [:]][record.name] = record
        }
        history = History(compacted: state.compacted)
        for (event, moment) in try await Self.events(decoding: state.history, with: codec) {
            history.appendRestored(event, at: moment)
        }
    }

    /// In order.
    @concurrent
    static func events(
        decoding changes: [StoredChange], with codec: RecordCodec
    ) async throws -> [(event: WatchEvent, moment: Timestamp)] {
        zip(changes, try await records(decoding: changes.map(\.body), with: codec)).map { change, record in
            (change.isRemoval ? .removed(record) : .changed(record), change.moment)
        }
    }

    /// In order, on all processors: a store of many entities must not take long to start.
    private static func records(decoding bodies: [Data], with codec: RecordCodec) async throws -> [EntityRecord] {
        let size = 1000
        return try await withThrowingTaskGroup(of: (Int, [EntityRecord]).self) { group in
            for start in stride(from: 0, to: bodies.count, by: size) {
                group.addTask {
                    let slice = bodies[start..<min(start + size, bodies.count)]
                    return (start, try slice.map { try codec.decode($0) })
                }
            }
            var parts: [Int: [EntityRecord]] = [:]
            for try await (start, records) in group { parts[start] = records }
            return parts.sorted { $0.key < $1.key }.flatMap(\.value)
        }
    }
}
