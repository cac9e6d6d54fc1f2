import Factory
import FactoryMonitors
import FactorySettings
import Foundation
import PartWiring
import VC3Certificates
import VC3Model
import VC3Transport

extension FactoryFiles {
    /// How the Factory presents itself.
    var appearance: FactoryAppearance {
        let host = ProcessInfo.processInfo.hostName
        return FactoryAppearance(displayName: keys.factoryID ?? host, version: Release.version, host: host)
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
