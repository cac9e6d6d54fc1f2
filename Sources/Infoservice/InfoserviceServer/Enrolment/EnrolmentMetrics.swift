import VC3Monitoring
import VC3Transport

/// What `/metrics` shows of the enrolment listener.
struct EnrolmentMetrics: Sendable {
    let counts: EnrolmentCounts
    let tls: OpenTLSServer

    func report(_ text: inout MetricsText) {
        let requests = "vc3_infoservice_enrolment_requests_total"
        text.begin(requests, .counter, "Requests of those who have no certificate, by outcome.")
        for (outcome, count) in counts.all { text.sample(requests, ["outcome": outcome.rawValue], Double(count)) }
        let (open, _, refusals) = tls.counts
        text.single(
            "vc3_infoservice_enrolment_connections", .gauge, "Open connections of the enrolment listener.", Double(open)
        )
        let closed = "vc3_infoservice_enrolment_connections_closed_total"
        text.begin(closed, .counter, "Connections that the enrolment listener closed, by reason.")
        for reason in ConnectionRefusal.allCases {
            text.sample(closed, ["reason": reason.rawValue], Double(refusals[reason] ?? 0))
        }
    }
}
