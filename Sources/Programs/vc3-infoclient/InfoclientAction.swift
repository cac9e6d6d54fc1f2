import Foundation
import InfoserviceClient
import VC3Model

/// What the command can do, each as the text that it prints.
struct InfoclientAction {
    let documents: Documents
    let retrievePairing: @Sendable (_ code: String) async throws -> (certificate: String, key: String)?
    let form: Infoclient.OutputForm
    let remarks: Remarks

    func get(_ key: String) async throws -> String { try shown(await documents.document(key)) }

    /// All files are read before the first is sent: a broken one changes nothing.
    func add(_ files: [String]) async throws -> String {
        let documents = try files.flatMap { file in
            guard let bytes = FileManager.default.contents(atPath: file) else {
                throw VC3Error(.invalid, "cannot read '\(file)'")
            }
            let value: JSONValue
            do {
                value = try JSONValue(data: bytes)
            } catch {
                throw VC3Error(.invalid, "'\(file)' is not JSON: \(error)", cause: error)
            }
            guard let members = value.objectValue, !members.isEmpty else {
                throw VC3Error(.invalid, "'\(file)' holds \(value.typeName); needed is {\"KEY\": {\"NAME\": {…}}}")
            }
            return members.sorted { $0.key < $1.key }.map { (key: $0.key.lowercased(), document: $0.value) }
        }
        for (key, document) in documents {
            try await self.documents.merge(document, into: key)
            remarks.detail("merged into \(key)")
        }
        return form == .json ? try shown(.object(["merged": .array(documents.map { .string($0.key) })])) : ""
    }

    func delete(_ path: String) async throws -> String {
        let parts = path.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2 else {
            throw VC3Error(.invalid, "'\(path)' names a whole document; give one entity as KEY.NAME, e.g. user.ana")
        }
        try await documents.delete(parts[1], in: parts[0].lowercased())
        return form == .json ? try shown(["deleted": .string(path)]) : ""
    }

    func requestPairing(_ commonName: String) async throws -> String {
        let code = commonName + "-" + String((0..<20).map { _ in "ABCDEFGHIJKLMNOPQRSTUVWXYZ".randomElement() ?? "A" })
        try await documents.requestPairing(commonName, code: code)
        return form == .json ? try shown(["pairingcode": .string(code)]) : code
    }

    /// Certificate, an empty line, key: each PEM.
    func pairing(_ code: String) async throws -> String {
        guard let (certificate, key) = try await retrievePairing(code) else {
            throw VC3Error(
                .notFound,
                "this request for a certificate is not answered yet; try again in 30 s. (A code that is wrong, was used"
                    + " before, or is somebody else's gets the same answer.)")
        }
        return form == .json
            ? try shown(["cert": .string(certificate), "key": .string(key)]) : certificate + "\n\n" + key
    }

    /// On one line for programs, indented for people; members in the order of their names.
    private func shown(_ value: JSONValue) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if form == .text { encoder.outputFormatting.insert(.prettyPrinted) }
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
