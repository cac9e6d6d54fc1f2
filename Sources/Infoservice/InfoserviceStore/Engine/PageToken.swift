import Foundation
import InfoserviceAPI
import VC3Model

/// Where a page of a list ended, at which revision. Opaque to clients.
struct PageToken: Equatable {
    let revision: Revision
    /// The name of the page's last entity.
    let last: String

    init(revision: Revision, last: String) {
        self.revision = revision
        self.last = last
    }

    /// - Throws: ``VC3Error`` `invalid` for a text that is not the continuation of this very list.
    init(_ text: String, of kind: EntityKind, _ filter: EntityFilter) throws {
        let padded = text.replacing("-", with: "+").replacing("_", with: "/")
        let data = Data(base64Encoded: padded + String(repeating: "=", count: (4 - padded.utf8.count % 4) % 4))
        let parts = data.flatMap { String(data: $0, encoding: .utf8) }?.split(
            separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
        guard let parts, parts.count == 3, let revision = Int64(parts[0]), revision >= 0 else {
            throw Self.invalid("is not where a page ended")
        }
        guard parts[2] == Self.list(kind, filter) else {
            throw Self.invalid("is of another list; kind and filters must stay the same from page to page")
        }
        self.init(revision: Revision(revision), last: String(parts[1]))
    }

    func text(of kind: EntityKind, _ filter: EntityFilter) -> String {
        Data("\(revision)\n\(last)\n\(Self.list(kind, filter))".utf8).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    private static func list(_ kind: EntityKind, _ filter: EntityFilter) -> String {
        kind.rawValue + ListQuery(filter: filter).parameters.map { "\n\($0.name)=\($0.value)" }.joined()
    }

    private static func invalid(_ problem: String) -> VC3Error {
        VC3Error(.invalid, "this cannot be listed", problems: [.init(field: "continue", problem: problem)])
    }
}
