import BatchSystems
import VC3Model

/// How far a pilot got, as far as it is proved.
enum PilotStage: String, Codable, Sendable {
    /// To be submitted, or submitted with an outcome that nobody knows yet.
    case intended
    /// In the site's queue.
    case pending
    case running
    /// Proved not to exist any more.
    case ended
}

/// How a pilot ended.
enum PilotEnd: String, Codable, Sendable {
    /// By itself, as it should.
    case done
    /// With its walltime, which is no failure.
    case expired
    /// Otherwise: an error, a limit, somebody else's cancellation.
    case failed
    /// Nobody saw how.
    case vanished
    /// Because the Factory ended it.
    case cancelled
    /// It was never submitted, and cannot be any more.
    case neverSubmitted
}

/// Why the Factory ends a pilot.
enum RetirementCause: String, Codable, Sendable {
    /// More than wanted.
    case surplus
    /// Its token was taken back.
    case revoked
    /// Its pilot set goes.
    case terminated
    /// The site does not list it any more; it is cancelled all the same, so that it certainly does not exist.
    case missing
    /// It waits at a site where the first ones failed.
    case withdrawn
    /// The site holds it and it would not run by itself.
    case held
}

/// What the ledger keeps about one pilot, over its whole life and after its end for as long as its set remembers it.
///
/// A value as any other, but copies share their storage until one of them is changed: the ledger and the site keep the
/// same pilots, which so take memory once.
@dynamicMemberLookup
struct PilotRecord: Codable, Sendable, Equatable {
    /// `@unchecked`: changed only while nobody else refers to it.
    private final class Storage: @unchecked Sendable {
        var facts: PilotFacts
        init(_ facts: PilotFacts) { self.facts = facts }
    }

    private var storage: Storage

    init(_ facts: PilotFacts) { storage = Storage(facts) }

    init(
        id: PilotID, pilotSet: String, site: SiteID, intendedAt: Timestamp, wantedAt: Timestamp? = nil,
        walltime: Int? = nil, tokenEnds: Timestamp? = nil
    ) {
        self.init(
            PilotFacts(
                id: id, pilotSet: pilotSet, site: site, wantedAt: wantedAt, intendedAt: intendedAt, walltime: walltime,
                tokenEnds: tokenEnds))
    }

    var facts: PilotFacts {
        get { storage.facts }
        set {
            if isKnownUniquelyReferenced(&storage) { storage.facts = newValue } else { storage = Storage(newValue) }
        }
    }

    subscript<Value>(dynamicMember path: KeyPath<PilotFacts, Value>) -> Value { storage.facts[keyPath: path] }

    subscript<Value>(dynamicMember path: WritableKeyPath<PilotFacts, Value>) -> Value {
        get { storage.facts[keyPath: path] }
        set {
            if !isKnownUniquelyReferenced(&storage) { storage = Storage(storage.facts) }
            storage.facts[keyPath: path] = newValue
        }
    }

    static func == (left: PilotRecord, right: PilotRecord) -> Bool {
        left.storage === right.storage || left.storage.facts == right.storage.facts
    }

    init(from decoder: any Decoder) throws { self.init(try PilotFacts(from: decoder)) }
    func encode(to encoder: any Encoder) throws { try storage.facts.encode(to: encoder) }
}
