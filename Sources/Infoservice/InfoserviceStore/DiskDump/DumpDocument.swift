import Crypto
import Foundation
import VC3Model

/// The original's dump: `{key: {name: entity}}` with entities in their flat form.
///
/// Our own key `vc3` in it says which revision the dump shows, and the digest of the rest, so that a dump that another
/// program changed is told from one that we wrote. The original keeps keys that it does not know.
struct DumpDocument {
    static let ownKey = "vc3"

    var entities: [String: [String: JSONValue]]
    /// The revision that the dump says it shows; `nil` of a dump that we did not write.
    var revision: Revision?
    /// Whether another program changed it since.
    var isChanged: Bool

    /// - Throws: The reason why it cannot be read, for a sentence that names the file.
    init(reading bytes: Data) throws {
        let document: JSONValue
        do { document = try JSONValue(data: bytes) } catch { throw Unreadable("\(error)") }
        guard case .object(var keys) = document else { throw Unreadable("it is \(document.typeName), not an object") }
        let own = keys.removeValue(forKey: Self.ownKey)?["store"]
        entities = [:]
        for (key, value) in keys {
            guard case .object(let members) = value else {
                throw Unreadable("its key '\(key)' holds \(value.typeName), not entities by name")
            }
            for (name, entity) in members where entity.objectValue == nil {
                throw Unreadable("entity '\(name)' of key '\(key)' is \(entity.typeName), not an object")
            }
            entities[key] = members
        }
        revision = own?["revision"]?.intValue.map { Revision(Int64($0)) }
        isChanged = try revision == nil || own?["digest"]?.stringValue != Self.digest(keys)
    }

    struct Unreadable: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    /// UTF-8, four blanks of indentation, sorted keys.
    static func text(of entities: [String: [String: JSONValue]], at revision: Revision) throws -> Data {
        var keys = entities.mapValues { JSONValue.object($0) }
        keys[ownKey] = [
            "store": [
                "name": "store", "revision": .integer(Int(revision.rawValue)), "digest": .string(try digest(keys)),
            ]
        ]
        var text = ""
        write(.object(keys), indentation: 0, to: &text)
        return Data((text + "\n").utf8)
    }

    private static func digest(_ keys: [String: JSONValue]) throws -> String {
        let filled = keys.filter { $0.value.objectValue?.isEmpty == false }
        let hash = SHA256.hash(data: try JSONValue.object(filled).data())
        return hash.map { String($0 >> 4, radix: 16) + String($0 & 0xf, radix: 16) }.joined()
    }

    private static func write(_ value: JSONValue, indentation: Int, to text: inout String) {
        let inner = String(repeating: " ", count: indentation + 4)
        let outer = String(repeating: " ", count: indentation)
        switch value {
        case .object(let members) where !members.isEmpty:
            text += "{\n"
            for (index, (name, member)) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                text += (index == 0 ? "" : ",\n") + inner
                write(.string(name), indentation: 0, to: &text)
                text += ": "
                write(member, indentation: indentation + 4, to: &text)
            }
            text += "\n" + outer + "}"
        case .array(let elements) where !elements.isEmpty:
            text += "[\n"
            for (index, element) in elements.enumerated() {
                text += (index == 0 ? "" : ",\n") + inner
                write(element, indentation: indentation + 4, to: &text)
            }
            text += "\n" + outer + "]"
        default:
            text += (try? value.data()).map { String(decoding: $0, as: UTF8.self) } ?? "null"
        }
    }
}
