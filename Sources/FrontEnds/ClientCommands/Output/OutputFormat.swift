import ArgumentParser
import Foundation
import VC3Model

/// How entities are shown.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// The original's form, one entity per line.
    case text
    /// The records of `/v1`, without secrets.
    case json
    /// Columns for people, as wide as the terminal.
    case table

    /// Shows one entity.
    func show(_ record: EntityRecord, on console: Console) throws {
        switch self {
        case .text: console.write(TextForm.line(for: record))
        case .json: console.write(try JSONForm.text(record.withoutSecrets))
        case .table: console.write(TableForm.text([record], of: record.metadata.kind, width: console.width))
        }
    }

    /// Shows entities of one kind; none of them prints nothing, `[]`, or the head of the table.
    func show(_ records: [EntityRecord], of kind: EntityKind, on console: Console) throws {
        switch self {
        case .text: for record in records { console.write(TextForm.line(for: record)) }
        case .json: console.write(try JSONForm.text(records.map(\.withoutSecrets)))
        case .table: console.write(TableForm.text(records, of: kind, width: console.width))
        }
    }
}

/// The option of every command that shows something.
struct OutputOptions: ParsableArguments, Sendable {
    static let additions: Set<String> = ["output"]

    @Option(help: "How to show it: text (the original's form), json (the stored records), table (for people).")
    var output = OutputFormat.text
}

enum JSONForm {
    static func text(_ value: some Encodable) throws -> String {
        String(decoding: try JSONValue.encoder(pretty: true).encode(value), as: UTF8.self)
    }
}

extension EntityRecord {
    var withoutSecrets: EntityRecord {
        let schema = KindSchema.of(metadata.kind)
        return EntityRecord(
            metadata: metadata, spec: schema.redacted(spec, part: .spec), status: schema.redacted(status, part: .status)
        )
    }
}
