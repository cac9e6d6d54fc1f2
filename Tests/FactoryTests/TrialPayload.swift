import Foundation
import HTCondorPool
import InfoserviceAPI
import Logging
import VC3Model

@testable import Factory

/// A pilot that only waits, and says how it ended.
struct WaitingPayload: PilotPayload {
    var seconds = 600
    var code = 0

    func files(for order: PilotOrder, at place: PilotPlace) -> [PilotFile] {
        let folder = place.folder
        let event = "\(place.spool)/.\(order.pilot).ended"
        let script = """
            #!/bin/sh
            [ -e '\(folder)/cancelled' ] && exit 0
            finish() {
                printf '{"phase":"ended","reason":"%s","exitCode":%s}\\n' "$1" "$2" >'\(folder)/report.json.new'
                mv -f '\(folder)/report.json.new' '\(folder)/report.json'
                cp '\(folder)/report.json' '\(event)' && mv '\(event)' '\(place.spool)/\(order.pilot).ended'
                exit "$2"
            }
            trap 'kill "$child" 2>/dev/null; finish signal 0' TERM USR2
            sleep \(seconds) &
            child=$!
            wait "$child"
            finish 'it was to end' \(code)
            """
        return [
            PilotFile(name: "token", content: order.token),
            PilotFile(name: "pilot.sh", content: script),
        ]
    }
}

/// A Factory with an Infoservice of its own, in a folder of its own.
struct FactoryBench: Sendable {
    let infoservice = InMemoryInfoservice()
    let state: String
    var payload: any PilotPayload = WaitingPayload()
    var edit: @Sendable (inout FactoryConfiguration) -> Void = { _ in }

    func prepare(site key: [UInt8]?) async throws {
        try Data("bundle\n".utf8).write(to: URL(fileURLWithPath: state + "/worker.tar.gz"))
        try await keep("pool", PoolSigningKey.random().fileContents, "pool-signing-key")
        if let key { try await keep("login", key, "ssh") }
    }

    func keep(_ name: String, _ bytes: [UInt8], _ type: String) async throws {
        _ = try await infoservice.create(
            EntityDraft(kind: .privatetoken, name: name, spec: Self.secret(bytes, type)))
    }

    private static func secret(_ bytes: [UInt8], _ type: String) -> JSONValue {
        ["data": .string(Data(bytes).base64EncodedString()), "type": .string(type)]
    }

    func create(_ name: String, at site: PilotSite, wanted: Int, _ edit: (inout PilotSet.Spec) -> Void = { _ in })
        async throws
    {
        var spec = PilotSet.Spec(
            request: "r", nodeset: "n", allocation: "a", wanted: wanted, memory_mb: 64, storage_mb: 10, walltime: 600,
            site: site, headnode: PilotHeadNode(collector: "head:9618", trustdomain: "r.vc3", privatetoken: "pool"))
        edit(&spec)
        _ = try await infoservice.create(
            EntityDraft(kind: .pilotset, name: name, spec: JSONValue(encoding: spec)))
    }

    /// Runs a Factory while `body` runs.
    func running(_ body: @escaping @Sendable () async throws -> Void) async throws {
        var logger = Logger(label: "factory")
        logger.logLevel = ProcessInfo.processInfo.environment["VC3_LOG"] == nil ? .error : .debug
        var configuration = FactoryConfiguration(state: state, bundle: state + "/worker.tar.gz")
        edit(&configuration)
        let factory = Factory(
            infoservice: infoservice, fencing: { [infoservice] _ in infoservice }, configuration: configuration,
            clock: WallClock { Timestamp(Date()) },
            logger: logger, payload: payload)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do { try await factory.run() } catch is CancellationError {}
            }
            group.addTask { try await body() }
            try await group.next()
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}
