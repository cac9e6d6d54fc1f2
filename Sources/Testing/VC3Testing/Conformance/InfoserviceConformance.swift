public import InfoserviceAPI
public import VC3Model

/// What every implementation of `Infoservice` promises. A check throws ``Broken`` where a promise is not kept.
///
/// Each check wants an empty store.
public struct InfoserviceConformance: Sendable {
    /// A promise that was not kept.
    public struct Broken: Error, CustomStringConvertible {
        public let description: String
    }

    /// One promise, by name.
    public struct Check: Sendable, CustomStringConvertible {
        public let name: String
        let run: @Sendable (InfoserviceConformance) async throws -> Void
        public var description: String { name }
    }

    private let open: @Sendable (Identity) async throws -> any Infoservice

    /// - Parameter open: The service as this identity sees it; all identities share one store.
    public init(open: @escaping @Sendable (Identity) async throws -> any Infoservice) { self.open = open }

    public func run(_ check: Check) async throws { try await check.run(self) }

    public static let checks: [Check] = reading + writing + authority + watching + listing + references + sharing

    func service(_ identity: Identity) async throws -> any Infoservice { try await open(identity) }

    /// What a sample allocation refers to.
    func prepareSites() async throws {
        let admin = try await service(.admin)
        _ = try await admin.create(.sampleNodeinfo("small"))
        _ = try await admin.create(.sampleResource("midway", nodeinfo: "small"))
    }

    func require(_ holds: Bool, _ promise: String) throws {
        if !holds { throw Broken(description: promise) }
    }

    /// The error that `body` throws.
    @discardableResult
    func expect(_ code: VC3Error.Code, _ promise: String, _ body: () async throws -> Void) async throws -> VC3Error {
        do {
            try await body()
        } catch let error as VC3Error where error.code == code {
            return error
        } catch {
            throw Broken(description: "\(promise): expected \(code.rawValue), got \(error)")
        }
        throw Broken(description: "\(promise): expected \(code.rawValue), nothing was thrown")
    }
}
