import InfoserviceAPI
import Logging
import Synchronization
import Testing
import VC3Model

@testable import Factory

/// What ended pilots had to say is handed on before their files go, to whom it belongs.
@Suite struct OutputKeepingTests {
    @Test func everyEndedPilotsOutputIsHandedOnBeforeItsFilesGo() async {
        let kept = Kept()
        let bench = await SiteBench(faults: .none) { outputs, world in
            for entry in outputs { kept.add(entry, isThere: await world.folders[entry.output.pilot] != nil) }
        }
        await bench.world.setLives(30...60)
        await bench.want(5)
        await bench.pass(.seconds(300))
        let records = await bench.world.ledgerContents.pilots.values.filter { $0.clearedAt != nil }
        #expect(records.count > 5)
        for record in records {
            let entries = kept.entries(of: record.id)
            #expect(entries.count == 1)
            #expect(entries.first?.pilotSet == "a")
            #expect(entries.first?.output.lines == ["the last line of \(record.id)"])
            let end = [record.end?.rawValue, record.exit?.word].compactMap(\.self).joined(separator: ": ")
            #expect(entries.first?.output.end == end && entries.first?.output.host == record.host)
            #expect(entries.first?.output.endedAt == record.endedAt)
            #expect(entries.first?.output.queue == QueueSections.name(of: Simulation.spec(wanted: 1)))
        }
        #expect(kept.wereThere)
    }

    /// A log that is written twice is better than one that is lost.
    @Test func whatMayNotHaveBeenKeptIsHandedOnAgain() async {
        let kept = Kept()
        var unreachable = FakeWorld.Faults.none
        unreachable.unreachable = 1
        let bench = await SiteBench(faults: .none) { [unreachable] outputs, world in
            for entry in outputs { kept.add(entry, isThere: true) }
            // The files cannot be removed now.
            if kept.count <= 1 { await world.set(unreachable) }
        }
        await bench.world.setLives(30...30)
        await bench.want(1)
        await bench.pass(.seconds(60))
        guard let pilot = kept.first else {
            Issue.record("nothing was handed on")
            return
        }
        #expect(await bench.world.folders[pilot] != nil)
        let before = kept.entries(of: pilot).count
        await bench.want(0)
        await bench.world.set(.none)
        await bench.pass(.seconds(600))
        #expect(kept.entries(of: pilot).count > before)
        #expect(await bench.world.folders.isEmpty)
    }

    @Test func anOutputIsItsRequestsOwners() async throws {
        let infoservice = InMemoryInfoservice()
        for (name, owner) in [("a", "ana"), ("b", "ben")] {
            _ = try await infoservice.create(
                EntityDraft(
                    kind: .pilotset, name: name, owner: owner, spec: JSONValue(encoding: Simulation.spec(wanted: 1))))
        }
        let mirror = EntityMirror(source: infoservice, kinds: [.pilotset])
        _ = try await mirror.fill()
        let kept = Mutex<[PilotOutput]>([])
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        func hand(_ sets: [String], failing: Bool = false) async {
            let keeping = OutputKeeping(
                mirror: mirror,
                keep: { outputs in
                    kept.withLock { $0 += outputs }
                    if failing { throw VC3Error(.unavailable, "the disk is full") }
                }, logger: logger)
            await keeping.hand(on: sets.map { EndedOutput(pilotSet: $0, output: Self.output("p-\($0)")) })
        }
        // That of nobody is left out, as are those of queues of files.
        await hand(["b", "gone", "a"])
        #expect(kept.withLock { $0.map { "\($0.pilot) \($0.owner)" } } == ["p-b ben", "p-a ana"])
        // No pilot waits for a disk.
        await hand(["a"], failing: true)
        await hand(["gone"])
        #expect(kept.withLock { $0.count } == 3)
    }

    private static func output(_ pilot: String) -> PilotOutput {
        PilotOutput(
            pilot: PilotID(rawValue: pilot), queue: "q", owner: "", endedAt: Timestamp(milliseconds: 0), end: "done",
            lines: ["one"])
    }

    private final class Kept: Sendable {
        private let all = Mutex<(entries: [EndedOutput], wereThere: Bool)>(([], true))

        func add(_ entry: EndedOutput, isThere: Bool) {
            all.withLock {
                $0.entries.append(entry)
                $0.wereThere = $0.wereThere && isThere
            }
        }

        var count: Int { all.withLock { $0.entries.count } }
        var first: PilotID? { all.withLock { $0.entries.first?.output.pilot } }
        var wereThere: Bool { all.withLock { $0.wereThere } }
        func entries(of pilot: PilotID) -> [EndedOutput] {
            all.withLock { $0.entries.filter { $0.output.pilot == pilot } }
        }
    }
}
