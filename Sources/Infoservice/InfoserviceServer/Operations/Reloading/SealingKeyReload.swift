public import InfoserviceStore
public import Logging
import NIOConcurrencyHelpers
import VC3Transport

/// Takes up new sealing keys while serving, seals everything at rest under the first of them, and marks the others in
/// the key file as retired when that is durable.
public struct SealingKeyReload: Reloading {
    private let file: String
    private let engine: EntityStore
    private let logger: Logger
    private let seen = NIOLockedValueBox<FileStamp?>(nil)

    public init(file: String, engine: EntityStore, logger: Logger) {
        self.file = file
        self.engine = engine
        self.logger = logger
    }

    /// The first look ends what an earlier run of the server did not.
    public func look(isAsked: Bool) async {
        let stamp = FileStamp(file)
        guard isAsked || stamp != seen.withLockedValue(\.self) else { return }
        seen.withLockedValue { $0 = stamp }
        do {
            let keys = try await SealingKey.file(file, creating: false)
            let known = await engine.sealingKeys
            if known.keys.map(\.id) != keys.keys.map(\.id) {
                try await engine.use(keys)
                logger.notice("sealing keys were read again", metadata: ["sealing": "\(keys.keys[0].id)"])
            }
            guard keys.isRotating else { return }
            try await reseal(keys)
        } catch {
            logger.error("sealing keys cannot be changed; those known stay in use", metadata: ["reason": "\(error)"])
        }
    }

    private func reseal(_ keys: SealingKey) async throws {
        let count = try await engine.resealAll()
        let old = Set(keys.keys.dropFirst().filter { $0.duty == .used }.map(\.id))
        let changed = try await SealingKey.change(file, by: .retire(old))
        seen.withLockedValue { $0 = FileStamp(file) }
        try await engine.use(changed)
        logger.notice(
            "everything is sealed under the new key; keep the retired ones with older backups",
            metadata: [
                "sealing": "\(keys.keys[0].id)", "retired": "\(old.sorted().joined(separator: ","))",
                "records": "\(count)",
            ])
    }
}
