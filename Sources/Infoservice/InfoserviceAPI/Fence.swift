public import VC3Model

/// A term of a lease as a condition of writes: each is carried out only while that term lasts.
///
/// The store looks at the lease in the same step as it writes. So a leader that was stopped in the middle of its work, and goes on
/// after another took over, changes nothing any more, whatever its clock says.
public struct Fence: Sendable, Hashable, CustomStringConvertible {
    /// The lease's name.
    public let lease: String
    /// At which it was taken: higher for every later term.
    public let revision: Revision

    public init(lease: String, revision: Revision) {
        self.lease = lease
        self.revision = revision
    }

    /// Reads `NAME@REVISION`, as the header `VC3-Fence` has it; `nil` when it is not of that form.
    public init?(text: String) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, EntityName.problem(with: String(parts[0])) == nil,
            parts[1].first.map({ ("1"..."9").contains($0) }) == true, parts[1].utf8.count <= 18,
            let number = Int64(parts[1])
        else { return nil }
        self.init(lease: String(parts[0]), revision: Revision(number))
    }

    /// - Parameter record: A lease. Its holder notes the fence when renewing it; until then it is the revision itself.
    public init(of record: EntityRecord) {
        let noted = record.spec["fence"]?.intValue.map { Revision(Int64($0)) }
        self.init(lease: record.name, revision: noted ?? record.metadata.revision)
    }

    public var description: String { "\(lease)@\(revision)" }

    /// - Parameter record: The lease as it is now; `nil` when there is none.
    /// - Throws: ``VC3Error`` `conflict` when the term is over.
    public func enforce(on record: EntityRecord?) throws {
        if let record, Fence(of: record) == self { return }
        throw VC3Error(
            .conflict,
            "lease \(lease) is no longer held under fence \(revision): another took over, or it was given up; stop what"
                + " was begun under it")
    }
}
