import Foundation
import InfoserviceAPI
import Logging
import Synchronization
import Testing
import VC3Certificates
import VC3Model
import VC3Testing
import VC3Transport

@testable import Enrolling

/// A party's certificate is issued anew for the same key, checked, put in the place of the old one, and taken over.
@Suite(.timeLimit(.minutes(5)))
struct CertificateRenewalTests {
    /// Signs requests as a Master does, or answers what a test says.
    private final class Issuer: CertificateRenewing {
        let authority: TestAuthority
        let profile: CertificateProfile
        let requests = Mutex<[String]>([])
        let faults: Mutex<[any Error]>

        var asked: [String] { requests.withLock(\.self) }

        init(_ authority: TestAuthority, _ profile: CertificateProfile, failing faults: [any Error] = []) {
            self.authority = authority
            self.profile = profile
            self.faults = Mutex(faults)
        }

        func renewCertificate(_ requestPEM: String) async throws -> String {
            requests.withLock { $0.append(requestPEM) }
            if let fault = faults.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { throw fault }
            return try authority.issuer.issue(profile, for: SigningRequest(pem: requestPEM), at: Date()).pem
        }
    }

    private final class Counter: Sendable {
        private let state = Mutex(0)
        func add() { state.withLock { $0 += 1 } }
        var count: Int { state.withLock(\.self) }
    }

    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func profile(_ role: String = "master", _ name: String = "m", lifetime: Duration = .days(1)) throws
        -> CertificateProfile
    {
        try .component(
            CertificateIdentity(role: role, name: name), alsoKnownAs: [.dns("localhost"), .ip("127.0.0.1")],
            lifetime: lifetime)
    }

    /// The files of a master whose certificate has `left` of 300 s to live.
    private static func files(_ folder: String, _ authority: TestAuthority, left: TimeInterval) throws
        -> (CredentialFiles, CertificateDocument)
    {
        let (certificate, key) = try authority.issue(
            role: "master", name: "m", from: Date(timeIntervalSinceNow: left - 240), lifetime: .seconds(240))
        let files = CredentialFiles(
            certificate: folder + "/cert.pem", key: folder + "/key.pem", chain: folder + "/chain.pem",
            revocations: nil)
        try SecretFile.write(certificate.pem, to: files.certificate, mode: 0o640, replacing: true)
        try SecretFile.write(key.pem, to: files.key, replacing: true)
        try SecretFile.write(authority.issuer.certificate.pem, to: files.chain, mode: 0o644, replacing: true)
        return (files, certificate)
    }

    private static func present(_ files: CredentialFiles) throws -> CertificateDocument {
        try CertificateDocument(pem: String(contentsOfFile: files.certificate, encoding: .utf8))
    }

    @Test func whatIsDueIsRenewedForTheSameKeyAndTakenOver() async throws {
        try await withScratchPath { folder in
            let authority = try TestAuthority()
            let (files, old) = try Self.files(folder, authority, left: 50)
            let issuer = Issuer(authority, try Self.profile())
            let taken = Counter()
            let renewal = CertificateRenewal(files: files, from: issuer, logger: Self.silent) {
                taken.add()
            }
            var progress = CertificateRenewal.Progress(stamps: files.stamps)
            await renewal.look(&progress)
            let new = try Self.present(files)
            #expect(new != old && new.identity == old.identity && new.notAfter > old.notAfter)
            #expect(new.matches(try PrivateKey(pem: String(contentsOfFile: files.key, encoding: .utf8))))
            #expect(taken.count == 1 && progress.failures == 0)
            let mode = try FileManager.default.attributesOfItem(atPath: files.certificate)[.posixPermissions]
            #expect((mode as? NSNumber)?.intValue == 0o640, "the file keeps its mode")
            // Once is enough.
            await renewal.look(&progress)
            #expect(try Self.present(files) == new)
            #expect(issuer.asked.count == 1)
        }
    }

    @Test func whatIsNotDueIsLeftAlone() async throws {
        try await withScratchPath { folder in
            let authority = try TestAuthority()
            let (files, old) = try Self.files(folder, authority, left: 200)
            let issuer = Issuer(authority, try Self.profile())
            let renewal = CertificateRenewal(files: files, from: issuer, logger: Self.silent) {}
            var progress = CertificateRenewal.Progress(stamps: files.stamps)
            await renewal.look(&progress)
            #expect(try Self.present(files) == old)
            #expect(issuer.asked.isEmpty)
            #expect(progress.schedule?.due ?? .distantPast > Date())
        }
    }

    @Test func afterAFailureTheSameRequestIsSentAgainAndNotBeforeItsTime() async throws {
        try await withScratchPath { folder in
            let authority = try TestAuthority()
            let (files, old) = try Self.files(folder, authority, left: 50)
            let issuer = Issuer(
                authority, try Self.profile(), failing: [VC3Error(.unavailable, "the Master has not answered")])
            let renewal = CertificateRenewal(files: files, from: issuer, logger: Self.silent) {}
            var progress = CertificateRenewal.Progress(stamps: files.stamps)
            await renewal.look(&progress)
            #expect(progress.failures == 1)
            #expect(try Self.present(files) == old)
            await renewal.look(&progress)
            #expect(issuer.asked.count == 1)
            progress.lastFailure = Date(timeIntervalSinceNow: -60)
            await renewal.look(&progress)
            #expect(try Self.present(files) != old)
            let requests = issuer.asked
            #expect(requests.count == 2 && requests[0] == requests[1])
        }
    }

    @Test func filesThatSomebodyElseReplacedAreTakenOver() async throws {
        try await withScratchPath { folder in
            let authority = try TestAuthority()
            let (files, _) = try Self.files(folder, authority, left: 200)
            let taken = Counter()
            let renewal = CertificateRenewal(
                files: files, from: Issuer(authority, try Self.profile()), logger: Self.silent
            ) { taken.add() }
            var progress = CertificateRenewal.Progress(stamps: files.stamps)
            await renewal.look(&progress)
            #expect(taken.count == 0)
            _ = try Self.files(folder, authority, left: 220)
            await renewal.look(&progress)
            await renewal.look(&progress)
            #expect(taken.count == 1)
        }
    }

    @Test func aLinkIsFollowedAndStays() async throws {
        try await withScratchPath { folder in
            let authority = try TestAuthority()
            var (files, old) = try Self.files(folder, authority, left: 50)
            let link = folder + "/link.pem"
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "cert.pem")
            files.certificate = link
            let renewal = CertificateRenewal(
                files: files, from: Issuer(authority, try Self.profile()), logger: Self.silent
            ) {}
            var progress = CertificateRenewal.Progress(stamps: files.stamps)
            await renewal.look(&progress)
            #expect(try Self.present(files) != old)
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "cert.pem")
            old = try CertificateDocument(pem: String(contentsOfFile: folder + "/cert.pem", encoding: .utf8))
            #expect(try Self.present(files) == old)
        }
    }

    /// What an answer may be wrong with, and the words for it.
    @Test func anAnswerThatDoesNotFitIsRefusedAndTheOldOneStays() async throws {
        let authority = try TestAuthority()
        let (old, key) = try authority.issue(role: "master", name: "m", lifetime: .seconds(240))
        let trusted = [authority.issuer.certificate]
        let request = try SigningRequest(key: key, commonName: "m")
        func refusal(_ pem: String) -> String? {
            do {
                _ = try RenewedCertificate(pem: pem, replacing: old, key: key, trusted: trusted)
                return nil
            } catch { return "\(error)" }
        }
        func issued(_ profile: CertificateProfile, by other: TestAuthority? = nil) throws -> String {
            try (other ?? authority).issuer.issue(profile, for: request, at: Date()).pem
        }
        #expect(try refusal(issued(Self.profile())) == nil)
        #expect(try refusal(issued(Self.profile("admin", "m")))?.contains("is admin/m's and not master/m's") == true)
        #expect(try refusal(issued(Self.profile("master", "other")))?.contains("other") == true)
        #expect(try refusal(issued(Self.profile(lifetime: .seconds(60))))?.contains("does not last longer") == true)
        #expect(
            try refusal(issued(Self.profile(), by: TestAuthority()))?.contains("no authority that is trusted") == true)
        var narrow = try Self.profile()
        narrow.alternativeNames.removeAll { $0 == .dns("localhost") }
        #expect(try refusal(issued(narrow))?.contains("lacks DNS:localhost") == true)
        let foreign = try authority.issuer.issue(
            Self.profile(), for: SigningRequest(key: PrivateKey(), commonName: "m"), at: Date())
        #expect(refusal(foreign.pem)?.contains("for another key") == true)
        #expect(refusal("nonsense")?.contains("cannot be read") == true)
    }

    @Test func aCertificateOfAnIntermediateIsAccepted() throws {
        let root = try CertificateIssuer.selfSigned(
            .root(SubjectName(commonName: "r")), key: PrivateKey(), at: Date())
        let intermediateKey = try PrivateKey()
        let intermediate = try CertificateIssuer(
            certificate: root.issue(.intermediate(SubjectName(commonName: "i")), for: intermediateKey, at: Date()),
            key: intermediateKey)
        let key = try PrivateKey()
        let old = try intermediate.issue(Self.profile(lifetime: .seconds(60)), for: key, at: Date())
        let new = try intermediate.issue(Self.profile(), for: key, at: Date())
        let renewed = try RenewedCertificate(
            pem: new.pem + intermediate.certificate.pem, replacing: old, key: key, trusted: [root.certificate])
        #expect(renewed.chain.certificates == [new, intermediate.certificate])
    }
}
