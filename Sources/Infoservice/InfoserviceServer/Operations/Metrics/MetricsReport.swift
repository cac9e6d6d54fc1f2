import Foundation
import InfoserviceStore
import Synchronization
import VC3Certificates
import VC3Model
import VC3Monitoring
import VC3Transport

/// Everything that `/metrics` shows.
struct MetricsReport: Sendable {
    let metrics: RequestMetrics
    let engine: EntityStore
    let tls: MutualTLSServer
    /// Of the enrolment listener, where there is one.
    let enrolments: EnrolmentMetrics?

    func text() async -> String {
        var text = MetricsText()
        requests(&text)
        connections(&text)
        enrolments?.report(&text)
        await store(&text)
        certificates(&text)
        await sites(&text)
        return text.text
    }

    private func requests(_ text: inout MetricsText) {
        let name = "vc3_infoservice_request_duration_seconds"
        text.begin(name, .histogram, "Time from a request's head to the head of its answer.")
        for (route, latency) in metrics.routes {
            text.histogram(
                name, ["method": route.method, "route": route.path, "status": route.status], bounds: latency.bounds,
                latency.snapshot)
        }
        text.single(
            "vc3_infoservice_requests_in_flight", .gauge, "Requests whose answer has not begun.",
            Double(metrics.inFlight.load(ordering: .relaxed)))
        text.single(
            "vc3_infoservice_watchers", .gauge, "Open watches.", Double(metrics.watchers.load(ordering: .relaxed)))
        let refused = "vc3_infoservice_requests_refused_total"
        text.begin(refused, .counter, "Requests beyond the limits of their identity.")
        for (kind, count) in metrics.refusalCounts { text.sample(refused, ["limit": kind.rawValue], Double(count)) }
    }

    private func connections(_ text: inout MetricsText) {
        let (open, pending, refusals) = tls.counts
        text.single("vc3_infoservice_connections", .gauge, "Open connections.", Double(open))
        text.single(
            "vc3_infoservice_handshakes_pending", .gauge, "Connections whose handshake has not ended.", Double(pending))
        let closed = "vc3_infoservice_connections_closed_total"
        text.begin(closed, .counter, "Connections that the server closed, by reason.")
        for reason in ConnectionRefusal.allCases {
            text.sample(closed, ["reason": reason.rawValue], Double(refusals[reason] ?? 0))
        }
    }

    private func store(_ text: inout MetricsText) async {
        let counts = await engine.counts
        text.begin("vc3_infoservice_entities", .gauge, "Entities at rest.")
        for kind in EntityKind.allCases {
            text.sample("vc3_infoservice_entities", ["kind": kind.rawValue], Double(counts[kind] ?? 0))
        }
        text.single(
            "vc3_infoservice_revision", .gauge, "Revision of the last durable change.",
            Double(await engine.revision.rawValue))
        text.single(
            "vc3_infoservice_store_writable", .gauge, "Whether the store takes writes.",
            await engine.obstacle == nil ? 1 : 0)
        let size = "vc3_infoservice_commit_batch_size"
        text.begin(size, .histogram, "Changes that became durable together.")
        text.histogram(size, bounds: engine.statistics.batchSizes.bounds, engine.statistics.batchSizes.snapshot)
        let time = "vc3_infoservice_commit_duration_seconds"
        text.begin(time, .histogram, "Time that a commit takes until it is durable.")
        text.histogram(time, bounds: engine.statistics.commitSeconds.bounds, engine.statistics.commitSeconds.snapshot)
        let keys = await engine.sealingKeys.keys
        text.single(
            "vc3_infoservice_sealing_keys_in_use", .gauge,
            "Keys under which something at rest may be sealed; more than one while they are being changed.",
            Double(keys.filter { $0.duty == .used }.count))
    }

    private func certificates(_ text: inout MetricsText) {
        let name = "vc3_infoservice_certificate_expiry_timestamp_seconds"
        text.begin(name, .gauge, "When a certificate runs out, in seconds since 1970.")
        let credentials = tls.credentials
        if let expiry = try? credentials.expiry() {
            text.sample(name, ["certificate": "own"], expiry.timeIntervalSince1970.rounded())
        }
        for authority in (try? credentials.authorities()) ?? [] {
            text.sample(
                name, ["certificate": authority.subject], authority.notAfter.timeIntervalSince1970.rounded())
        }
        let revoked = tls.revoked
        text.single(
            "vc3_infoservice_revoked_certificates", .gauge, "Certificates on the revocation lists.",
            Double(revoked.count))
        if let next = revoked.nextUpdate {
            text.single(
                "vc3_infoservice_revocation_list_next_update_timestamp_seconds", .gauge,
                "When a newer revocation list is due, in seconds since 1970.", next.timeIntervalSince1970.rounded())
        }
    }
}
