import InfoserviceAPI
import VC3Model

/// Query strings of `/info`: the first byte chooses the method.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let first = bytes.first else { return 0 }
    let methods = LegacyOperation.Method.allCases
    let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
    guard let parameters = try? FormParameters(parsing: text[...]) else { return 0 }
    for name in parameters.names { precondition(parameters[name] != nil) }
    guard let operation = try? LegacyOperation(methods[Int(first) % methods.count], parameters) else { return 0 }
    switch operation {
    case .create(let key, _, let members), .replaceDocument(let key, let members), .update(let key, _, let members),
        .mergeDocument(let key, let members):
        merge(members, in: FlatForm.kinds(of: key))
    case .document, .entity, .pairing, .delete: break
    }
    return 0
}

private func merge(_ members: [String: JSONValue], in kinds: [EntityKind]) {
    for (name, entity) in members {
        guard let attributes = entity.objectValue else { continue }
        let merged = entity.deepMerged(with: entity)
        precondition(merged.objectValue?.keys == attributes.keys)
        guard let kind = try? LegacyKind.among(kinds, attributes, named: name) else { continue }
        _ = try? FlatForm.of(kind).change(attributes, named: name, over: nil, shown: [:])
    }
}
