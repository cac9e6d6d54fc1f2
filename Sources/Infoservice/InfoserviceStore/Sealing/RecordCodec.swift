import Foundation
import VC3Model

/// Turns records into what is kept, and back, with every secret field sealed.
struct RecordCodec: Sendable {
    let sealing: SealingKey

    func encode(_ record: EntityRecord) throws -> Data {
        guard KindSchema.of(record.metadata.kind).hasSecrets else { return Data(try record.jsonBytes()) }
        var sealed = record
        sealed.spec = try sealingSecrets(of: record, record.spec, part: .spec)
        sealed.status = try sealingSecrets(of: record, record.status, part: .status)
        return Data(try sealed.jsonBytes())
    }

    func decode(_ body: Data) throws -> EntityRecord {
        var record: EntityRecord
        do {
            record = try EntityRecord(json: JSONValue(data: body))
        } catch {
            throw VC3Error(
                .internal, "a record of the store is damaged (\(error)); restore the store from a backup", cause: error)
        }
        guard KindSchema.of(record.metadata.kind).hasSecrets else { return record }
        record.spec = try openingSecrets(of: record, record.spec, part: .spec)
        record.status = try openingSecrets(of: record, record.status, part: .status)
        return record
    }

    private func sealingSecrets(of record: EntityRecord, _ value: JSONValue, part: KindSchema.Part) throws -> JSONValue
    {
        var result = value
        for (name, place) in secrets(of: record, part: part) {
            guard let secret = value[name] else { continue }
            result[name] = .object([Self.mark: .string(try sealing.seal(secret.data(), for: place))])
        }
        return result
    }

    private func openingSecrets(of record: EntityRecord, _ value: JSONValue, part: KindSchema.Part) throws -> JSONValue
    {
        var result = value
        for (name, place) in secrets(of: record, part: part) {
            guard let text = value[name]?[Self.mark]?.stringValue else { continue }
            result[name] = try JSONValue(data: sealing.open(text, for: place))
        }
        return result
    }

    private func secrets(of record: EntityRecord, part: KindSchema.Part) -> [(name: String, place: String)] {
        KindSchema.of(record.metadata.kind).fields(of: part).filter(\.isSecret).map { field in
            (field.name, "\(record.metadata.kind.rawValue)/\(record.name) \(part.rawValue).\(field.name)")
        }
    }

    private static let mark = "$sealed"
}
