import BatchSystems
import Testing
import VC3Commands
import VC3Model

@testable import Factory

/// Meanings that change while the Factory runs.
@Suite struct WordMappingsTests {
    @Test func whatIsTheSameIsNoChange() {
        let mappings = WordMappings()
        #expect(mappings.isEmpty && mappings.ready == ReadyWords() && mappings[.slurm] == StateMapping())
        #expect(!mappings.replace(with: [:], ready: ReadyWords()))
        let held = StateMapping(["SUSPENDED": .held])
        #expect(mappings.replace(with: [.slurm: held], ready: ReadyWords()))
        #expect(!mappings.replace(with: [.slurm: held], ready: ReadyWords()))
        #expect(!mappings.isEmpty && mappings[.slurm] == held && mappings[.sge] == StateMapping())
        #expect(mappings.replace(with: [.slurm: held], ready: ReadyWords(condor: [1, 5])))
        #expect(mappings.replace(with: [:], ready: ReadyWords()) && mappings.isEmpty)
    }

    /// Over a connection that was there before.
    @Test func aSiteIsReadByTheMeaningsOfNow() async throws {
        try await withShell { shell in
            let mappings = WordMappings()
            let connector = SiteConnector(infoservice: InMemoryInfoservice(), folder: shell.home, mappings: mappings)
            let connection = try await connector.connect(
                PilotSite(resource: "here", type: "batch", method: "local", flavor: "local", account: "me"))
            let site = shell.site(mapping: connection.mapping)
            try await site.open()
            _ = try await site.stage(epoch: "e1")
            _ = try await site.submit([shell.order("a")], epoch: "e1")
            #expect(try await site.look().jobs.map(\.state) == [.running])
            mappings.replace(with: [.local: StateMapping(["R": .held])], ready: ReadyWords())
            #expect(try await site.look().jobs.map(\.state) == [.held])
            mappings.replace(with: [.slurm: StateMapping(["R": .held])], ready: ReadyWords())
            #expect(try await site.look().jobs.map(\.state) == [.running])
        }
    }

    @Test func jobsAreCountedByTheWordsOfNow() async throws {
        struct Catalog: CommandRunner {
            func run(_ command: Command) async throws(CommandError) -> CommandResult {
                DemandTests.reply(#"[{"project": "m", "tasks_waiting": 4, "tasks_running": 3}]"#)
            }
        }
        let mappings = WordMappings()
        let source = CommandDemandSource(Catalog()) { mappings.ready }
        let place = DemandPlace.workQueue(WorkQueueDemand(projects: "m"))
        #expect(try await source.demand(at: place).ready == 4)
        mappings.replace(with: [:], ready: ReadyWords(workQueue: ["tasks_waiting", "tasks_running"]))
        #expect(try await source.demand(at: place).ready == 7)
    }
}
