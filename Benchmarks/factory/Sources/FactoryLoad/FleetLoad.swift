import Foundation
import Logging
import Synchronization
import VC3Model

@testable import Factory

/// A fleet in pilot sets of a hundred at ten simulated batch systems, with the real ledger on the real disk.
///
/// Its life: all pilots are submitted and run; then, ten times, a tenth of them ends and is replaced. Each
/// turn is taken by hand, one site beside the other, and what the clock says is up to this program: no waiting is
/// measured.
struct FleetLoad {
    static let sites = 10
    static let perSet = 100
    let folder: String
    let pilots: Int

    private struct Place {
        let site: Site
        let access: SimulatedSite
        let sets: [String]
    }

    func run(resting: Bool) async throws {
        let empty = Usage.memory
        let ledger = CountingLedger(try Ledger(folder: folder))
        let time = HandClock()
        let clock = SiteClock(
            elapsed: { time.now }, wall: WallClock { Timestamp(milliseconds: 1_800_000_000_000) + time.now })
        let sets = (0..<max(1, pilots / Self.perSet)).map { "request-\($0).workers.group.site" }
        let perSite = max(1, sets.count / Self.sites)
        var places: [Place] = []
        for number in 0..<min(Self.sites, sets.count) {
            let own = Array(sets[(number * perSite)..<(number == Self.sites - 1 ? sets.count : (number + 1) * perSite)])
            places.append(await place(number, own, ledger, clock))
        }
        // A first turn makes contact, a second sees all run.
        let start = Moment(ledger)
        try await tell(places, wanted: Self.perSet)
        while await !areRunning(places) { try await turn(places, time) }
        report("submit", start, ledger)
        let memory = Usage.memory
        say("bytes_per_pilot=\((memory - empty) / pilots)")

        let churn = Moment(ledger)
        for _ in 0..<10 {
            for place in places { await place.access.end(place.sets.count * Self.perSet / 10) }
            try await turn(places, time)
            while await !areRunning(places) { try await turn(places, time) }
        }
        report("churn", churn, ledger)
        say("bytes_per_pilot_later=\((Usage.memory - empty) / pilots)")
        if resting { try await rest(places, ledger) }
    }

    private func place(
        _ number: Int, _ sets: [String], _ ledger: CountingLedger, _ clock: SiteClock
    ) async -> Place {
        let access = SimulatedSite()
        var settings = SiteSettings()
        // A site that is known to be well.
        settings.canaries = .max
        settings.commandsPerMinute = 1_000_000
        settings.commandBurst = 1_000_000
        let site = Site(
            place: Self.site(number), remembering: await ledger.contents(), ledger: ledger, tokens: OneToken(),
            settings: settings, clock: clock, logger: Logger(label: "load") { _ in SwiftLogNoOpLogHandler() }
        ) { _ in
            access
        } onChange: { _ in
        }
        return Place(site: site, access: access, sets: sets)
    }

    static func site(_ number: Int) -> PilotSite {
        PilotSite(
            resource: "site\(number)", type: "batch", method: "ssh", flavor: "slurm", host: "site\(number)",
            account: "ana")
    }

    private func tell(_ places: [Place], wanted: Int) async throws {
        for (number, place) in places.enumerated() {
            for name in place.sets {
                var spec = PilotSet.Spec(
                    request: "r", nodeset: "n", allocation: "a", wanted: wanted, site: Self.site(number),
                    headnode: PilotHeadNode(collector: "head:9618", trustdomain: "r.vc3", privatetoken: "t"))
                spec.maxpercycle = wanted
                spec.maxpending = wanted
                await place.site.want(name, spec, isDeleting: false)
            }
        }
    }

    /// One turn of each site, and the time until the next look.
    private func turn(_ places: [Place], _ time: HandClock) async throws {
        await withDiscardingTaskGroup { group in
            for place in places { group.addTask { _ = await place.site.turn() } }
        }
        time.advance(by: .seconds(20))
    }

    private func areRunning(_ places: [Place]) async -> Bool {
        for place in places {
            for name in place.sets where await place.site.view(of: name).running != Self.perSet { return false }
        }
        return true
    }

    /// A minute in which the sites do what they do by themselves, on a clock of their own.
    private func rest(_ places: [Place], _ ledger: CountingLedger) async throws {
        let contents = await ledger.contents()
        let clock = SiteClock.system(WallClock { Timestamp(Date()) })
        var settings = SiteSettings()
        // A site that is known to be well.
        settings.canaries = .max
        settings.looks.steps = []
        await withTaskGroup(of: Void.self) { group in
            for (number, place) in places.enumerated() {
                let site = Site(
                    place: Self.site(number), remembering: contents, ledger: ledger, tokens: OneToken(),
                    settings: settings, clock: clock, logger: Logger(label: "load") { _ in SwiftLogNoOpLogHandler() }
                ) { _ in
                    place.access
                } onChange: { _ in
                }
                for name in place.sets {
                    let spec = PilotSet.Spec(
                        request: "r", nodeset: "n", allocation: "a", wanted: Self.perSet, site: Self.site(number),
                        headnode: PilotHeadNode(collector: "head:9618", trustdomain: "r.vc3", privatetoken: "t"))
                    await site.want(name, spec, isDeleting: false)
                }
                group.addTask { await site.run() }
            }
            try? await Task.sleep(for: .seconds(5))
            let (began, used) = (ContinuousClock.now, Usage.processor)
            try? await Task.sleep(for: .seconds(60))
            let elapsed = began.duration(to: .now) / .seconds(1)
            say("rest_cpu=\((Usage.processor - used) / elapsed * 100)")
            group.cancelAll()
        }
    }

    private struct Moment {
        let changes: Int
        let time = ContinuousClock.now
        let processor = Usage.processor
        init(_ ledger: CountingLedger) { changes = ledger.count }
    }

    private func report(_ part: String, _ start: Moment, _ ledger: CountingLedger) {
        let changes = Double(ledger.count - start.changes)
        let seconds = start.time.duration(to: .now) / .seconds(1)
        say("\(part)_changes=\(Int(changes))")
        say("\(part)_changes_per_s=\(Int(changes / seconds))")
        say("\(part)_us_per_change=\((Usage.processor - start.processor) * 1e6 / changes)")
    }
}

/// A clock that stands until it is set.
private final class HandClock: Sendable {
    private let time = Mutex(Duration.zero)
    var now: Duration { time.withLock { $0 } }
    func advance(by step: Duration) { time.withLock { $0 += step } }
}

/// The ledger, and how many changes it was given.
private final class CountingLedger: PilotLedger {
    private let ledger: Ledger
    private let changes = Mutex(0)
    init(_ ledger: Ledger) { self.ledger = ledger }

    var count: Int { changes.withLock { $0 } }
    func append(_ entries: [LedgerEntry]) async throws {
        try await ledger.append(entries)
        changes.withLock { $0 += entries.count }
    }
    func contents() async -> LedgerContents { await ledger.contents() }
    func record(_ pilot: PilotID) async -> PilotRecord? { await ledger.record(pilot) }
    var sites: [SiteID: PilotSite] { get async { await ledger.sites } }
}

/// Every pilot gets the same.
private struct OneToken: PilotTokenSource {
    func tokens(for pilots: [PilotID], of spec: PilotSet.Spec) async throws -> [(PilotID, String)] {
        pilots.map { ($0, "token") }
    }
}
