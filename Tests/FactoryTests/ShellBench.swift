import BatchSystems
import Foundation
import Testing
import VC3Commands
import VC3Model

@testable import Factory

/// A home folder and a batch system that only writes down what it is asked.
struct ShellBench: Sendable {
    let home: String
    let bundle: WorkerBundle

    func site(
        named name: String = "site", term: Int64 = 1, batch: any BatchSystem = ScribeBatchSystem(),
        permit: @escaping ShellSite.Permit = { () async throws(SiteFailure) in },
        mapping: @escaping @Sendable () -> StateMapping = { StateMapping() }
    ) -> ShellSite {
        let connection = ShellSite.Connection(runner: HomeRunner(home: home), batch: batch, mapping: mapping)
        return ShellSite(
            folder: "factory", site: SiteID(rawValue: name), term: term, bundle: bundle, payload: WaitingPayload(),
            permit: permit
        ) { () async throws(SiteFailure) in connection }
    }

    func id(_ name: String) -> PilotID { PilotID(rawValue: name) }
    func order(_ name: String) -> PilotOrder {
        PilotOrder(pilot: id(name), pilotSet: "set", spec: Simulation.spec(wanted: 1), token: "secret of \(name)")
    }
    var root: String { get throws { home + "/.vc3/factory/site" } }
    var submitted: [String] {
        get throws {
            guard let text = try? String(contentsOfFile: home + "/jobs", encoding: .utf8) else { return [] }
            return text.split(separator: "\n").map { String($0.dropFirst(4)) }.sorted()
        }
    }
    func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
    func changed(_ path: String) throws -> Date? {
        try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
    }
}

func withShell(_ body: (ShellBench) async throws -> Void) async throws {
    try await withScratch { home in
        let bundle = home + "/worker.tar.gz"
        try Data("bundle\n".utf8).write(to: URL(fileURLWithPath: bundle))
        try await body(ShellBench(home: home, bundle: try await WorkerBundle.opened(bundle)))
    }
}

/// Runs commands on this machine with another home.
struct HomeRunner: CommandRunner {
    let home: String
    func run(_ command: Command) async throws(CommandError) -> CommandResult {
        var command = command
        command.environment["HOME"] = home
        return try await LocalRunner().run(command)
    }
}
