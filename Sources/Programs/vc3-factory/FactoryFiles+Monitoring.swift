import Factory
import FactoryLogs
import FactoryMonitors
import FactorySettings
import Foundation
import Logging
import PartWiring
import ServiceLifecycle
import VC3Certificates
import VC3Model
import VC3Transport

extension FactoryFiles {
    /// How the Factory presents itself.
    var appearance: FactoryAppearance {
        let host = ProcessInfo.processInfo.hostName
        return FactoryAppearance(displayName: keys.factoryID ?? host, version: Release.version, host: host)
    }

    /// What tells the monitors that queues name.
    func queueMonitoring(
        _ observation: FactoryObservation, queues: CurrentQueues, logger: Logger
    ) -> CurrentMonitoring {
        let host = appearance.host
        let factory = MonitoredFactory(
            name: keys.factoryID ?? host, contact: keys.mail.recipients.first ?? "",
            address: keys.logs.layout(host: host).address, version: Release.version)
        return CurrentMonitoring(observation: observation, queues: queues, factory: factory, logger: logger)
    }

    /// How mails go to the administrators; `nil`: none do.
    ///
    /// - Throws: `StartError` naming the key with a value that cannot be used.
    func mail(over connection: PartConnection) throws -> AdminMailSettings? {
        let host = appearance.host
        var mail = try keys.mail.settings(
            sender: "\(NSUserName())@\(host)", name: keys.factoryID ?? host,
            keptIn: keys.own.stateFolder + "/factory-mails.json")
        mail?.infoserviceAnswers = { await connection.answers(aboutLease: "factory") }
        mail?.certificate = { [files = network.files] in
            // Whatever its dates are: one that has ended is what is looked for.
            guard let (credentials, _) = try? await files.load(at: .distantPast),
                let certificate = try? credentials.certificate()
            else { return nil }
            return CertificateLife(begin: Timestamp(certificate.notBefore), end: Timestamp(certificate.notAfter))
        }
        return mail
    }
}
