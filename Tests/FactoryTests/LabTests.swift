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
            try await bench.create("set", at: site, wanted: 0)
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
