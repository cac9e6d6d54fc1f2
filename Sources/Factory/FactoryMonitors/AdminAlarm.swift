import Factory
import FactoryCredentials
import VC3Model

/// Something that an administrator should hear of by mail.
struct AdminAlarm: Sendable, Equatable {
    /// The same for all mails about the same cause; texts may differ in details.
    var key: String
    var subject: String
    var text: String

    /// What is known besides a Factory's own report.
    struct Surroundings: Sendable, Equatable {
        /// Since when the Infoservice has not answered; `nil` when it does.
        var silentSince: Timestamp?
        /// The life of the Factory's own certificate; `nil` when it has none.
        var certificate: CertificateLife?
        /// Those that queues and users have.
        var credentials: [CredentialState] = []
    }

    /// So many failures in a row are no accident.
    static let failuresInARow = 3
    /// How long the Infoservice may be silent: longer than its restart or a machine's.
    static let longestSilence = Duration.seconds(600)
    /// What to say now.
    static func alarms(
        _ report: FactoryReport?, _ surroundings: Surroundings, at now: Timestamp
    ) -> [AdminAlarm] {
        var alarms: [AdminAlarm] = []
        if let since = surroundings.silentSince, now - since >= longestSilence {
            alarms.append(
                AdminAlarm(
                    key: "infoservice", subject: "the Infoservice does not answer",
                    text: "The factory has had no answer from the Infoservice since \(since). Pilots go on; none is "
                        + "added or ended until it answers. Look at vc3-infoservice, its host and the network."))
        }
        if let certificate = surroundings.certificate, now >= certificate.late {
            alarms.append(
                AdminAlarm(
                    key: "certificate", subject: "the factory's certificate is about to end",
                    text:
                        "The factory's own certificate ends at \(certificate.end) and was not renewed. Without one the factory "
                        + "cannot work. Look for 'renew' in its log, or give it a new certificate."))
        }
        for credential in surroundings.credentials {
            guard let remark = credential.remark(at: now) else { continue }
            let outlook = credential.outlook(at: now)
            alarms.append(
                AdminAlarm(
                    key: "credential \(credential.kind) \(credential.name) \(outlook)",
                    subject: "the \(credential.kind.rawValue) credential '\(credential.name)' is \(outlook)",
                    text:
                        "Of the credentials that queues show: \(remark). Pilots that run go on; new ones may be refused."
                ))
        }
        let unwritable = report?.sites.compactMap(\.trouble).first { $0.reason == "LedgerUnavailable" }
        if let unwritable {
            alarms.append(
                AdminAlarm(
                    key: "ledger", subject: "the ledger of pilots cannot be written",
                    text: "Nothing is submitted until it can be written: \(unwritable.message). Look at the disk of "
                        + "the state folder."))
        }
        for (site, set) in report?.allSets ?? [] where set.breakerFailures >= failuresInARow {
            // While the next one is tried there is none.
            guard let trouble = set.trouble else { continue }
            let reason = trouble.reason
            alarms.append(
                AdminAlarm(
                    key: "breaker \(site.id) \(set.name) \(reason)",
                    subject: "pilots fail at \(site.name): \(reason)",
                    text:
                        "Pilots of \(set.queue) at \(site.name) (resource \(site.resource)) fail one after the other; "
                        + "one at a time is tried until one lives. \(trouble.message)"))
        }
        return alarms
    }
}
