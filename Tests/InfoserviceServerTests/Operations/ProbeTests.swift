import AsyncHTTPClient
import Foundation
import InfoserviceAPI
import InfoserviceClient
import InfoserviceServer
import InfoserviceStore
import NIOCore
import NIOHTTP1
import Synchronization
import Testing
import VC3Model
import VC3Testing
import VC3Transport

@Suite(.timeLimit(.minutes(5)))
struct ProbeTests {
    private static func get(
        _ path: String, _ running: RunningInfoservice, role: String = "host"
    ) async throws -> (status: Int, body: String, type: String) {
        let client = MutualTLSClient(
            try running.authority.credentials(role: role, name: "monitor"), connectTimeout: .seconds(30),
            silence: .seconds(30))
        let response = try await client.execute(
            HTTPClientRequest(url: "https://127.0.0.1:\(running.port)\(path)"), deadline: .now() + .seconds(30))
        let body = String(buffer: try await response.body.collect(upTo: 1 << 24))
        try await client.shutdown()
        return (Int(response.status.code), body, response.headers.first(name: "Content-Type") ?? "")
    }

    @Test func anyValidCertificateIsEnoughForProbesAndForNothingElse() async throws {
        try await withStore { store in
            try await withRunningInfoservice(on: store) { running in
                for (path, status) in [("/healthz", 200), ("/readyz", 200), ("/metrics", 200), ("/v1/user", 401)] {
                    let answer = try await Self.get(path, running)
                    #expect(answer.status == status, "\(path)")
                }
            }
        }
    }

    @Test func aStoreThatTakesNoWritesIsNotReadyAndSaysWhy() async throws {
        let disk = FullDisk()
        let store = try await EntityStore.open(disk, sealing: SealingKey())
        try await withRunningInfoservice(on: store) { running in
            disk.isFull.store(true, ordering: .relaxed)
            let client = try await running.client(.ana)
            await #expect(throws: VC3Error.self) { _ = try await client.create(.sampleNodeinfo("n")) }
            let answer = try await Self.get("/readyz", running)
            #expect(answer.status == 503 && answer.body.contains("no space"), "\(answer)")
            #expect(try await Self.get("/healthz", running).status == 200)
            disk.isFull.store(false, ordering: .relaxed)
            _ = try await client.create(.sampleNodeinfo("n"))
            #expect(try await Self.get("/readyz", running).status == 200)
        }
    }

    @Test func theFiguresAreWellFormedAndTrue() async throws {
        try await withStore { store in
            try await withRunningInfoservice(on: store) { running in
                let client = try await running.client(.ana)
                for number in 0..<3 { _ = try await client.create(.sampleNodeinfo("n\(number)")) }
                for _ in 0..<2 {
                    await #expect(throws: VC3Error.self) { _ = try await client.record(.nodeinfo, "none") }
                }
                let watch = try await client.watch([.nodeinfo], after: .zero)
                _ = try await watch.first { _ in true }
                let answer = try await Self.get("/metrics", running)
                #expect(answer.type.hasPrefix("text/plain; version=0.0.4"))
                let metrics = try ParsedMetrics(answer.body)
                #expect(metrics[#"vc3_infoservice_entities{kind="nodeinfo"}"#] == 3)
                #expect(metrics["vc3_infoservice_revision"] == 3)
                #expect(metrics["vc3_infoservice_store_writable"] == 1)
                let name = "vc3_infoservice_request_duration_seconds_count"
                #expect(metrics[name + #"{method="POST",route="/v1/{kind}",status="2xx"}"#] == 3)
                #expect(metrics[name + #"{method="GET",route="/v1/{kind}/{name}",status="4xx"}"#] == 2)
                #expect(metrics["vc3_infoservice_commit_batch_size_sum"] == 3)
                #expect(metrics["vc3_infoservice_requests_in_flight"] == 1, "this one")
                let expiry = metrics[#"vc3_infoservice_certificate_expiry_timestamp_seconds{certificate="own"}"#]
                #expect((expiry ?? 0) > Date().timeIntervalSince1970)
            }
        }
    }
}

/// A persistence that has no room while it is full.
private final class FullDisk: Persistence {
    struct NoSpace: Error, CustomStringConvertible { let description = "no space left on device" }

    let isFull = Atomic<Bool>(false)
    private let base = InMemoryPersistence()

    func load() async throws -> StoredState { await base.load() }
    func commit(_ batch: StoredBatch) async throws {
        if isFull.load(ordering: .relaxed) { throw NoSpace() }
        await base.commit(batch)
    }
    func isCommitted(_ batch: StoredBatch) async throws -> Bool { try await base.isCommitted(batch) }
    func audit(_ query: AuditQuery) async throws -> AuditPage { await base.audit(query) }
    func rewrite(entities: [StoredChange], history: [StoredChange]) async throws {
        await base.rewrite(entities: entities, history: history)
    }
    func close() async throws {}
}
