public import Foundation
public import VC3Certificates

/// Gets a party its first certificate by a code.
///
/// Key and request are on disk before anything is sent, and the certificate is the last file that is written; so whoever is
/// interrupted anywhere repeats the command with the same code, which then goes on with the same key and the same request.
public struct Enrolment: Sendable {
    public let code: EnrolmentCode
    public let files: PartyFiles

    public struct Result: Sendable {
        public let identity: CertificateIdentity
        public let notAfter: Date
        /// The port of the Infoservice itself; `nil` when it is not known.
        public let servicePort: Int?
        /// Whether there was nothing left to do.
        public let wasDone: Bool
    }

    private struct Prepared: Sendable {
        let key: PrivateKey
        let request: String
        /// Of an enrolment by the same code that was completed before.
        let certificate: CertificateDocument?
    }

    public init(code: EnrolmentCode, files: PartyFiles) {
        self.code = code
        self.files = files
    }

    /// - Parameter complete: Writes what else the party needs; called before the certificate appears, and again when the
    ///   command is repeated after an interruption.
    /// - Throws: ``EnrolmentError``.
    public func run(
        completing complete: @escaping @Sendable (Result) throws -> Void = { _ in }
    ) async throws -> Result {
        let lock = try await onDisk {
            // Others' files may come to lie beside the folder, but not into it.
            try SecretFile.makeDirectory((files.folder as NSString).deletingLastPathComponent, mode: 0o755)
            try SecretFile.makeDirectory(files.folder)
            let lock = try FolderLock(files.folder)
            // What an interrupted run left.
            try SecretFile.removeUnfinished(in: files.folder)
            return lock
        }
        defer { withExtendedLifetime(lock) {} }
        let prepared = try await onDisk { try prepare() }
        if let certificate = prepared.certificate, let identity = certificate.identity {
            return Result(identity: identity, notAfter: certificate.notAfter, servicePort: nil, wasDone: true)
        }
        let server = EnrolmentServer(host: code.host, port: code.port)
        let trusted = try pinned(try await server.claimedChain())
        let answer = try await answer(from: server, prepared, trusted)
        let issued = try FirstCertificate(
            pem: answer.certificate, for: prepared.key, rootedIn: trusted.certificates, at: Date())
        let result = Result(
            identity: issued.identity, notAfter: issued.certificate.notAfter, servicePort: answer.servicePort,
            wasDone: false)
        try await onDisk {
            try SecretFile.write(trusted.pem, to: files.chain, mode: 0o644, replacing: true)
            try complete(result)
            try SecretFile.write(issued.pem, to: files.certificate, mode: 0o644, replacing: true)
        }
        return result
    }

    /// The root that the code names, and what it vouches for directly; whatever else was shown is left out.
    private func pinned(_ claimed: CertificateChain) throws -> CertificateChain {
        guard
            let root = claimed.certificates.first(where: { EnrolmentCode.fingerprint(of: $0) == code.fingerprint }),
            root.isAuthority
        else {
            throw EnrolmentError(
                .untrusted,
                "what answers at \(code.host):\(code.port) does not know the authority whose fingerprint is in the code."
                    + " Neither the code nor a request was sent. Is the code copied whole? If so, somebody may be in between"
            )
        }
        let below = claimed.certificates.filter { $0 != root && $0.isAuthority && $0.isSigned(by: root) }
        return CertificateChain([root] + below)
    }

    /// The Master may take a while; the same request is asked for again.
    private func answer(
        from server: EnrolmentServer, _ prepared: Prepared, _ trusted: CertificateChain
    ) async throws -> EnrolmentServer.Answer {
        for _ in 1..<3 {
            do {
                return try await server.enrol(
                    pairing: code.pairing, secret: code.secret, request: prepared.request, trusting: trusted)
            } catch let error as EnrolmentError where error.code == .unavailable {
                try await Task.sleep(for: .seconds(1))
            }
        }
        return try await server.enrol(
            pairing: code.pairing, secret: code.secret, request: prepared.request, trusting: trusted)
    }

    // MARK: Files

    private func prepare() throws -> Prepared {
        let key: PrivateKey
        if let text = try text(of: files.key) {
            key = try PrivateKey(pem: text)
        } else {
            key = try PrivateKey()
            try SecretFile.write(key.pem, to: files.key, mode: 0o400, replacing: false)
        }
        let known = try text(of: files.request).map { try SigningRequest(pem: $0) }
        let isOurs = known?.subject == "CN=\(code.pairing)" && known?.matches(key) == true
        if let text = try text(of: files.certificate) {
            let certificate = try CertificateChain(pem: text).certificates.first
            if isOurs, let certificate, certificate.matches(key) {
                return Prepared(key: key, request: "", certificate: certificate)
            }
            let holder = certificate?.identity?.description ?? "somebody"
            throw EnrolmentError(
                .files,
                "'\(files.certificate)' is the certificate of \(holder) already, by another code; give another --folder, or"
                    + " move \(files.folder) away first")
        }
        if isOurs, let known { return Prepared(key: key, request: try known.pem(), certificate: nil) }
        let request = try SigningRequest(key: key, commonName: code.pairing).pem()
        try SecretFile.write(request, to: files.request, mode: 0o600, replacing: true)
        return Prepared(key: key, request: request, certificate: nil)
    }

    private func text(of file: String) throws -> String? {
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        guard let bytes = FileManager.default.contents(atPath: file) else {
            throw EnrolmentError(.files, "cannot read '\(file)': \(String(cString: strerror(errno)))")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func onDisk<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        do {
            return try await OwnFiles.waiting(body)
        } catch let error as CredentialError {
            throw EnrolmentError(.files, error.message)
        }
    }
}
