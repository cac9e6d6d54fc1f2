import Foundation
import InfoserviceAPI
import VC3Model

@testable import Factory

/// The whole Factory, ledger and tokens included, at a real site over SSH; only its Infoservice is in memory.
struct SiteLoad {
    let folder: String
    let site: String
    let flavor: String
    let key: String
    let knownHosts: String

    /// From writing the pilot set, with a Factory that has never been connected to the site but knows it to be well, until
    /// its status says that the site has all pilots. Then they are ended, and nothing may be left.
    func submit(_ pilots: Int) async throws {
        var trial = FactoryBench(state: folder)
        trial.edit = { $0.canaries = .max }
        let bench = trial
        try await prepare(bench)
        let place = try place()
        try await bench.running {
            let began = ContinuousClock.now
            try await bench.create("load", at: place, wanted: pilots) { spec in
                spec.maxpercycle = pilots
                spec.maxpending = pilots
            }
            _ = try await bench.infoservice.wait(for: "load", "submitted") { $0.pending + $0.running == pilots }
            say("submit_s=\(began.duration(to: .now) / .seconds(1))")
            try await end(bench)
        }
    }

    /// From writing the pilot set, with a Factory that knows nothing of the site, until its status says that all run: two go
    /// first, and the others when one of these has joined.
    func first(_ pilots: Int) async throws {
        var trial = FactoryBench(state: folder)
        trial.payload = EndingPayload()
        let bench = trial
        try await prepare(bench)
        let place = try place()
        try await bench.running {
            say("first_running_s=\(try await seconds(untilRun: pilots, at: place, bench))")
            try await end(bench)
        }
    }

    /// The same with a Factory that knows the site to be well; then, how long after a pilot's last act its entity says that it has
    /// ended.
    func follow(_ pilots: Int) async throws {
        var trial = FactoryBench(state: folder)
        trial.payload = EndingPayload()
        trial.edit = { $0.canaries = .max }
        let bench = trial
        try await prepare(bench)
        let place = try place()
        try await bench.running {
            say("running_s=\(try await seconds(untilRun: pilots, at: place, bench))")
            for try await event in await bench.infoservice.watch([.pilot], after: .zero) {
                guard case .changed(let record) = event, record.metadata.kind == .pilot else { continue }
                let status = try Entity<Pilot>(record).status
                guard status.end != nil, let moment = status.state_reason.flatMap({ Double($0) }) else { continue }
                say("known_s=\(Date().timeIntervalSince1970 - moment)")
                break
            }
            try await end(bench)
        }
    }

    private func seconds(untilRun pilots: Int, at place: PilotSite, _ bench: FactoryBench) async throws -> Double {
        let began = ContinuousClock.now
        try await bench.create("load", at: place, wanted: pilots)
        _ = try await bench.infoservice.wait(for: "load", "running") { $0.running == pilots }
        return began.duration(to: .now) / .seconds(1)
    }

    private func end(_ bench: FactoryBench) async throws {
        try await bench.infoservice.delete(.pilotset, "load")
        try await bench.infoservice.awaitRemoval(of: "load", atMost: 300)
    }

    private func prepare(_ bench: FactoryBench) async throws {
        try await bench.prepare(site: Array(try Data(contentsOf: URL(fileURLWithPath: key))))
    }

    private func place() throws -> PilotSite {
        let known = try String(contentsOfFile: knownHosts, encoding: .utf8)
        let line = known.split(separator: "\n").first { $0.hasPrefix(site) && $0.contains("ed25519") }
        return PilotSite(
            resource: site, type: "batch", method: "ssh", flavor: flavor, host: site, account: "alice",
            hostkey: line.map(String.init), privatetoken: "login")
    }
}

/// A pilot that says at once that it has joined, ends well by itself, and says when: seconds since 1970, with their fraction.
private struct EndingPayload: PilotPayload {
    func files(for order: PilotOrder, at place: PilotPlace) -> [PilotFile] {
        let folder = place.folder
        let script = """
            #!/bin/sh
            tell() {
                printf "$2\\n" "$(date +%s.%N)" >'\(folder)/report.json.new'
                mv -f '\(folder)/report.json.new' '\(folder)/report.json'
                cp '\(folder)/report.json' "\(place.spool)/.\(order.pilot).$1"
                mv "\(place.spool)/.\(order.pilot).$1" "\(place.spool)/\(order.pilot).$1"
            }
            tell joined '{"phase":"joined","message":"%s","phases":{"joined":'$(date +%s)'}}'
            sleep $((20 + $$ % 5))
            tell ended '{"phase":"ended","message":"%s","exitCode":0}'
            """
        return [
            PilotFile(name: "token", content: order.token),
            PilotFile(name: "pilot.sh", content: script),
        ]
    }
}
