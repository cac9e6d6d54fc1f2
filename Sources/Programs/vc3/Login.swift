import ArgumentParser
import ClientSettings
import Enrolling
import Foundation
import InfoserviceClient
import VC3Certificates
import VC3Configuration
import VC3Model

/// `vc3 login [CODE]`: the certificate of a person, and the configuration of `vc3-client`.
struct Login: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Get your certificate by a code of an admin, or see who you are and until when.",
        discussion: """
            With a code: makes your key, gets the certificate for it, and writes vc3-client.conf where vc3-client looks \
            for it, so that it works at once. Without: says who you are, and renews a certificate that is in its last \
            third, for the same key.

            Examples:
              vc3 login info.example.org:20335/user-ana-8z0v6m1x2p/...
              vc3 login

            \(EnrolmentExit.explanation)
            """)

    @Argument(help: "The code, as vc3-client pairing-create prints it; - reads it from standard input.")
    var code: String?

    @Option(help: "Where vc3-client.conf and the folder vc3 are (default: ~/.local/etc).")
    var folder: String?

    @Flag(help: "Renew the certificate even if it is not in its last third.")
    var renew = false

    func validate() throws {
        if renew, code != nil {
            throw ValidationError("--renew is for those who have a certificate: leave out the code")
        }
    }

    func run() async throws {
        do {
            if let code { try await enrol(CodeArgument(code).code) } else { try await look() }
        } catch {
            throw EnrolmentExit.ending("login", error)
        }
    }

    private var place: String {
        folder.map { URL(filePath: $0).standardizedFileURL.path }
            ?? HomeFolder.path + "/.local/etc"
    }
    private var configurationFile: String { place + "/vc3-client.conf" }

    // MARK: With a code

    private func enrol(_ code: EnrolmentCode) async throws {
        let files = PartyFiles(folder: place + "/vc3")
        let configuration = WrittenConfiguration(path: configurationFile)
        try configuration.refuseAnothers()
        let result = try await Enrolment(code: code, files: files).run { result in
            try configuration.write(code: code, port: result.servicePort, files)
        }
        await fetchRevocations(try settings())
        print("you are \(result.identity), until \(result.notAfter.formatted(.iso8601)); try: vc3-client user-list")
    }

    /// Keeps the revocation list, so that vc3-client does not talk to a server whose certificate was taken back. Nobody to
    /// ask, or no list there, is no failure of the login.
    private func fetchRevocations(_ settings: ClientConfiguration) async {
        try? await settings.withInfoservice(fetchingListsOlderThan: 0) { _ in }
    }

    private func settings() throws -> ClientConfiguration {
        try ClientConfiguration.load(
            INIDocument(files: [configurationFile]), homeDirectory: HomeFolder.path
        ).settings
    }

    // MARK: Without one

    private func look() async throws {
        let settings = try settings()
        guard let certfile = settings.certfile, let keyfile = settings.keyfile else {
            throw EnrolmentError(.files, "\(configurationFile) names no certificate; get one with vc3 login CODE")
        }
        await fetchRevocations(settings)
        let certificate = try certificate(in: certfile)
        let life = certificate.notAfter.timeIntervalSince(certificate.notBefore)
        let isLate = Date() > certificate.notBefore + life * 2 / 3
        guard isLate || renew else { return say(certificate, "") }
        let renewed = try await renewed(certificate, settings, certfile, keyfile)
        say(renewed.certificate, " (renewed)")
    }

    private func renewed(
        _ old: CertificateDocument, _ settings: ClientConfiguration, _ certfile: String, _ keyfile: String
    ) async throws -> RenewedCertificate {
        let key = try PrivateKey(pem: text(of: keyfile))
        let roots = try CertificateChain(pem: text(of: settings.chainfile)).certificates
        let request = try SigningRequest(key: key, commonName: "renewal").pem()
        let pem = try await settings.withInfoservice { try await $0.renewCertificate(request) }
        let renewed = try RenewedCertificate(pem: pem, replacing: old, key: key, trusted: roots)
        try SecretFile.write(renewed.chain.pem, to: certfile, mode: 0o644, replacing: true)
        return renewed
    }

    private func certificate(in file: String) throws -> CertificateDocument {
        guard let first = try CertificateChain(pem: text(of: file)).certificates.first else {
            throw EnrolmentError(.files, "'\(file)' has no certificate")
        }
        return first
    }

    private func text(of file: String) throws -> String {
        guard let bytes = FileManager.default.contents(atPath: file) else {
            throw EnrolmentError(.files, "cannot read '\(file)': \(String(cString: strerror(errno)))")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func say(_ certificate: CertificateDocument, _ remark: String) {
        let who = certificate.identity?.description ?? certificate.subject
        let isOver = certificate.notAfter < Date()
        print(
            "you are \(who), until \(certificate.notAfter.formatted(.iso8601))\(remark)"
                + (isOver ? ": that is over; ask an admin for a new code" : ""))
    }
}
