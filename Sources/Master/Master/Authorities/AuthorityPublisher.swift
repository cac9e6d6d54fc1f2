import Credible
import InfoserviceAPI
import Logging
import VC3Certificates
import VC3Model

/// Tells everybody what the authority at hand has taken back: writes the status of its entity within a second or two of
/// `credible revoke`.
///
/// The authority's files say what is so; the entity is a copy that is made again after every start.
struct AuthorityPublisher: Sendable {
    let authority: CertificateAuthority
    let infoservice: any EntityReader & EntityWriter
    let clock: WallClock
    let logger: Logger
    /// Between two looks at the files' stamps.
    var pace = Duration.seconds(1)
    /// A list grows old without any file changing.
    var longestPause = Duration.seconds(3600)

    /// Works until cancelled.
    func run() async {
        var published: (stamp: PublicStamp, at: ContinuousClock.Instant)?
        var pause = pace
        while !Task.isCancelled {
            // Taken before reading: what changes meanwhile is read again.
            let stamp = authority.publicStamp()
            let isDue = published.map { $0.stamp != stamp || ContinuousClock.now - $0.at >= longestPause } ?? true
            if isDue {
                do {
                    try await publish()
                    published = (stamp, .now)
                    pause = pace
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning(
                        "the revocation list cannot be published; it is tried again",
                        metadata: ["authority": "\(authority.authorityName)", "reason": "\(error)"])
                    pause = min(pause * 2, .seconds(30))
                }
            }
            try? await Task.sleep(for: pause)
        }
    }

    /// Reads the authority's files, and writes what they say if it is news.
    func publish() async throws {
        let name = authority.authorityName
        var entity: Entity<Authority>
        do {
            entity = try await infoservice.entity(Authority.self, name)
        } catch let error as VC3Error where error.code == .notFound {
            do {
                entity = try await infoservice.create(Authority.self, name, owner: nil, spec: .init())
            } catch let error as VC3Error where error.code == .exists {
                entity = try await infoservice.entity(Authority.self, name)
            }
        }
        let old = entity.status
        do {
            let (chain, list) = try await WaitingThread.run {
                (try authority.certificateChainPEM(), try authority.revocationList())
            }
            entity.status = old.showing(chain: chain, list: list, at: clock.now())
        } catch {
            entity.status = old.showing(unreadable: "\(error)", at: clock.now())
            if entity.status != old { _ = try await infoservice.writeStatus(of: entity) }
            throw error
        }
        guard entity.status != old else { return }
        _ = try await infoservice.writeStatus(of: entity)
        logger.notice(
            "the revocation list was published",
            metadata: [
                "authority": "\(name)", "number": "\(entity.status.crlnumber ?? 0)",
                "revoked": "\(entity.status.revoked)",
            ])
    }
}

extension Authority.Status {
    private static let condition = "ListPublished"

    /// The status after the authority's files were read.
    func showing(chain: String, list: RevocationList, at now: Timestamp) -> Self {
        var status = self
        status.state = "ready"
        status.state_reason = nil
        status.chain = chain
        status.crl = list.pem
        status.crlnumber = list.number
        status.thisupdate = Timestamp(list.thisUpdate)
        status.nextupdate = Timestamp(list.nextUpdate)
        status.revoked = list.serials.count
        status.conditions.set(
            Condition(
                type: Self.condition, status: .yes, reason: "Published",
                message: "the list is that of the authority's files",
                since: now))
        return status
    }

    /// The status after they could not be read: what was published stays in force.
    func showing(unreadable reason: String, at now: Timestamp) -> Self {
        var status = self
        status.state = "failure"
        status.state_reason = reason
        status.conditions.set(
            Condition(
                type: Self.condition, status: .no, reason: "Unreadable",
                message: "\(reason); the list published before stays in force", since: now, mender: .operator))
        return status
    }
}
