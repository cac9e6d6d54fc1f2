import Foundation
import VC3Model

/// Request bodies: JSON text, and what every kind's schema and flat form make of it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let value: JSONValue
    do {
        value = try JSONValue(utf8: bytes)
    } catch {
        precondition((0...count).contains(error.offset), "an error lies outside of its text")
        return 0
    }
    precondition(parsed(value.pythonText) == value, "the original's text reads back differently")
    if let data = try? value.data() { precondition(parsed(String(decoding: data, as: UTF8.self)) == value) }
    for kind in EntityKind.allCases { check(value, kind) }
    return 0
}

private func parsed(_ text: String) -> JSONValue? { try? JSONValue(utf8: Array(text.utf8)) }

private func check(_ value: JSONValue, _ kind: EntityKind) {
    let schema = KindSchema.of(kind)
    for part in [KindSchema.Part.spec, .status] {
        let problems = schema.problems(in: value, part: part)
        precondition(Set(problems).isSuperset(of: schema.advisoryProblems(in: value, part: part)))
        guard problems.isEmpty else { continue }
        let complete = schema.withDefaults(value, part: part)
        precondition(schema.problems(in: complete, part: part).isEmpty, "defaults made a valid value invalid")
        let secrets = schema.fields(of: part).filter(\.isSecret).map(\.name)
        precondition(secrets.allSatisfy { schema.redacted(complete, part: part)[$0] == nil })
    }
    guard let members = value.objectValue else { return }
    let form = FlatForm.of(kind)
    guard let change = try? form.change(members, named: "n", over: nil, shown: [:]) else { return }
    let moment = Timestamp(milliseconds: 0)
    let metadata = EntityMetadata(
        kind: kind, name: "n", revision: Revision(1), generation: 1, owner: change.owner ?? "o", created: moment,
        updated: moment)
    let record = EntityRecord(metadata: metadata, spec: change.spec, status: change.status)
    let shown = form.flat(record)
    let again = try? form.change(shown, named: "n", over: record, shown: shown)
    precondition(again?.spec == change.spec && again?.status == change.status, "writing back what was shown changes it")
}
