import Foundation
import InfoserviceAPI
import Testing
import VC3Commands
import VC3Model

@testable import Factory

/// Against real sites. `VC3_LAB_SITES` names them, e.g. `alpha,beta,gamma,local`; `VC3_LAB_KEY` is the file of a
/// private key that alice has installed, `VC3_LAB_KNOWN_HOSTS` the sites' host keys.
@Suite(.serialized) struct LabTests {
    static let environment = ProcessInfo.processInfo.environment
    static var sites: [String] {
        (environment["VC3_LAB_SITES"] ?? "").split(separator: ",").map(String.init)
    }
    static let flavors = ["alpha": "slurm", "beta": "sge", "gamma": "condor"]

    static func site(_ name: String) throws -> PilotSite {
        guard let flavor = flavors[name] else {
            return PilotSite(resource: "here", type: "local", method: "local", flavor: "local", account: "me")
        }
        let known = try String(contentsOfFile: environment["VC3_LAB_KNOWN_HOSTS"] ?? "", encoding: .utf8)
        let line = known.split(separator: "\n").first { $0.hasPrefix(name) && $0.contains("ed25519") }
        return PilotSite(
            resource: name, type: "batch", method: "ssh", flavor: flavor, host: name, account: "alice",
            hostkey: line.map(String.init), privatetoken: "login")
    }

    static func key(_ name: String) throws -> [UInt8]? {
        flavors[name] == nil ? nil : Array(try Data(contentsOf: URL(fileURLWithPath: environment["VC3_LAB_KEY"] ?? "")))
    }

    @Test(.enabled(if: !sites.isEmpty), .timeLimit(.minutes(3)), arguments: sites)
    func pilotsComeGrowShrinkAndGoWithoutATrace(_ name: String) async throws {
        try await withScratch { state in
            let bench = FactoryBench(state: state)
            try await bench.prepare(site: Self.key(name))
            let site = try Self.site(name)
            try await bench.create("set", at: site, wanted: 0) { $0.peaceful = false }
            let clock = ContinuousClock()
            let start = clock.now
            try await bench.running {
                let infoservice = bench.infoservice
                _ = try await infoservice.wait(for: "set", "reached") { $0.conditions.isTrue("SiteReachable") }
                print("\(name): reached and staged after \(clock.now - start)")
                let asked = clock.now
                try await infoservice.change("set") { $0.wanted = 3 }
                _ = try await infoservice.wait(for: "set", "submitted") { $0.first_submit != nil }
                print("\(name): submitted after \(clock.now - asked)")
                _ = try await infoservice.wait(for: "set", "running 3") { $0.running == 3 }
                print("\(name): 3 running after \(clock.now - asked)")
                try await infoservice.change("set") { $0.wanted = 1 }
                _ = try await infoservice.wait(for: "set", "running 1") { $0.running == 1 && $0.retiring == 0 }
                print("\(name): shrunk")
            }
            // Another process goes on where the first one ended.
            try await bench.running {
                let infoservice = bench.infoservice
                try await infoservice.change("set") { $0.wanted = 2 }
                _ = try await infoservice.wait(for: "set", "running 2") { $0.running == 2 }
                let asked = clock.now
                try await infoservice.delete(.pilotset, "set")
                try await infoservice.awaitRemoval(of: "set")
                print("\(name): gone after \(clock.now - asked)")
            }
            try await Self.expectNothingLeft(site, name)
        }
    }

    /// Prints how long it takes from a command of the site's own that ends a job to the end of the pilot's entity.
    @Test(.enabled(if: !sites.isEmpty), .timeLimit(.minutes(3)), arguments: sites.filter { flavors[$0] != nil })
    func anEndIsKnownByThePilotsOwnWord(_ name: String) async throws {
        try await withScratch { state in
            let bench = FactoryBench(state: state)
            try await bench.prepare(site: Self.key(name))
            let site = try Self.site(name)
            try await bench.create("set", at: site, wanted: 2)
            try await bench.running {
                let infoservice = bench.infoservice
                _ = try await infoservice.wait(for: "set", "followed") {
                    $0.running == 2 && $0.traffic?.spool == "followed"
                }
                let running = try await infoservice.entities(Pilot.self)
                let pilot = try #require(running.first { $0.status.state != "ended" && $0.status.job != nil })
                let end = ["alpha": "scancel", "beta": "qdel", "gamma": "condor_rm"][name] ?? "false"
                let start = ContinuousClock.now
                try await Self.run("\(end) '\(pilot.status.job ?? "")'", at: site, name)
                var status = pilot.status
                while status.state != "ended" {
                    try await Task.sleep(for: .milliseconds(20))
                    status = try await Entity<Pilot>(infoservice.record(.pilot, pilot.name)).status
                }
                print("\(name): end known \(ContinuousClock.now - start) after \(end) was called")
                #expect(status.cause == "signal", "the pilot's own word for it")
                _ = try await infoservice.wait(for: "set", "replaced") { $0.running == 2 && $0.done == 1 }
                try await infoservice.delete(.pilotset, "set")
                try await infoservice.awaitRemoval(of: "set")
            }
            try await Self.expectNothingLeft(site, name)
        }
    }

    private static func run(_ script: String, at site: PilotSite, _ name: String) async throws {
        let session = SSHSession(
            endpoint: SSHEndpoint(host: name, user: "alice", hostKey: site.hostkey.flatMap { PinnedHostKey(line: $0) }),
            credentials: SSHCredentials(privateKey: try key(name) ?? []), folder: "/tmp/vc3-lab-end-" + name)
        _ = try await session.run(.shell(script))
        await session.close()
    }

    static func expectNothingLeft(_ site: PilotSite, _ name: String) async throws {
        let command = Command.shell(
            "ls -d ~/.vc3 2>&1; squeue --me --noheader 2>/dev/null; qstat 2>/dev/null; condor_q -nobatch 2>/dev/null | grep vc3"
        )
        let output: String
        if let key = try key(name) {
            let session = SSHSession(
                endpoint: SSHEndpoint(
                    host: name, user: "alice", hostKey: site.hostkey.flatMap { PinnedHostKey(line: $0) }),
                credentials: SSHCredentials(privateKey: key), folder: "/tmp/vc3-lab-check-" + name)
            output = try await session.run(command).output
            await session.close()
        } else {
            output = try await LocalRunner().run(command).output
        }
        #expect(output.contains("No such file"), "\(output)")
        #expect(output.split(separator: "\n").count == 1, "\(output)")
    }
}
