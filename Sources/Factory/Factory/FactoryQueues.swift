import VC3Model
import VC3Reconciling

/// What needs a look, by kind.
struct FactoryQueues: Sendable {
    static let kinds: Set<EntityKind> = [.pilotset, .pilot, .pilotlog, .sitelogin, .lease]

    let pilotSets = WorkQueue<String>()
    let pilots = WorkQueue<PilotID>()
    let logs = WorkQueue<String>()
    let logins = WorkQueue<String>()

    func add(_ key: EntityKey) async {
        switch key.kind {
        case .pilot: await pilots.add(PilotID(rawValue: key.name))
        case .pilotlog: await logs.add(key.name)
        case .sitelogin: await logins.add(key.name)
        case .lease: break
        default: await pilotSets.add(key.name)
        }
    }
}
