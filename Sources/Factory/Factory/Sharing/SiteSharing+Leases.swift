import InfoserviceAPI
import Logging
import VC3Model

/// What leases tell, and writing them.
extension SiteSharing {
    /// Who renews its lease; deposes who does not.
    func members(_ leases: [EntityRecord]) async -> Set<String> {
        let now = clock.elapsed()
        var members: Set<String> = [own]
        for record in leases {
            guard let factory = LeaseName.factory(of: record.name), factory != own,
                record.spec["holder"] == .string(factory)
            else { continue }
            if seen[factory]?.revision != record.metadata.revision { seen[factory] = (record.metadata.revision, now) }
            if now - (seen[factory]?.since ?? now) >= Self.term(of: record) + Self.margin {
                if await depose(factory, record) { continue }
            }
            members.insert(factory)
        }
        for member in members where present[member] == nil { present[member] = now }
        present = present.filter { members.contains($0.key) }
        return members
    }

    /// For how long a member's lease holds after each write.
    static func term(of lease: EntityRecord) -> Duration { .seconds(lease.spec["term"]?.intValue ?? term) }

    /// Whether no other Factory has a lease of its own.
    func hasNoOthers(_ leases: [EntityRecord]) -> Bool {
        leases.allSatisfy { record in
            guard let factory = LeaseName.factory(of: record.name) else { return true }
            return factory == own || record.spec["holder"] == .string("")
        }
    }

    /// - Returns: Whether it holds nothing any more.
    private func depose(_ factory: String, _ record: EntityRecord) async -> Bool {
        var spec = record.spec
        spec["holder"] = ""
        spec["fence"] = .null
        guard
            let written = try? await infoservice.replaceSpec(
                .lease, record.name, with: spec, expecting: record.metadata.revision)
        else { return false }
        await mirror.note(written)
        logger.notice("another factory has fallen silent: its sites are free", metadata: ["factory": "\(factory)"])
        return true
    }

    func shares(
        _ demand: SiteDemand, _ leases: [EntityRecord], _ members: Set<String>
    ) -> SiteShares {
        let now = clock.elapsed()
        let records = Dictionary(leases.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var sites: [SiteID: SiteShares.Holder] = [:]
        for site in demand.all {
            if holdings[site] != nil {
                // One that is being given up is nobody's to count or to take.
                if ending[site] == nil { sites[site] = .held(by: own) }
                continue
            }
            // What the last holding there left is still under way.
            if ending[site] != nil { continue }
            let holder = records[LeaseName.site(site)]?.spec["holder"]?.stringValue ?? ""
            if holder != own, members.contains(holder) {
                sites[site] = .held(by: holder)
                freeSince[site] = nil
            } else {
                let since = freeSince[site] ?? now
                freeSince[site] = since
                // What this one had before it was started again is its own.
                sites[site] = .free(since: holder == own ? .zero - SiteShares.courtesy : since)
            }
        }
        others = Set(
            sites.compactMap { site, holder in if case .held = holder, holdings[site] == nil { site } else { nil } })
        return SiteShares(
            own: own, members: members, movable: demand.movable,
            settled: Set(present.filter { now - $0.value >= SiteShares.settling }.keys), sites: sites, now: now,
            lastHandover: lastHandover)
    }

    func take(_ site: SiteID, _ leases: [EntityRecord], membership: Revision) async {
        let name = LeaseName.site(site)
        let now = clock.wall.now()
        let spec: JSONValue = [
            "holder": .string(own), "expires": .string((now + .seconds(Self.term)).description), "renewed": 0,
            "fence": .null,
        ]
        do {
            let old = leases.first { $0.name == name }
            let record =
                if let old {
                    try await infoservice.replaceSpec(.lease, name, with: spec, expecting: old.metadata.revision)
                } else {
                    try await infoservice.create(EntityDraft(kind: .lease, name: name, spec: spec))
                }
            await mirror.note(record)
            let holding = SiteHolding(
                site: site, fence: Fence(of: record), membership: membership,
                isInherited: old.map { $0.spec["holder"] != .string(own) } ?? false, lease: lease)
            freeSince[site] = nil
            holdings[site] = holding
            logger.notice("took a site", metadata: ["site": "\(site)", "fence": "\(holding.fence)"])
            wins.yield(holding)
        } catch {
            // Another one was faster, or nothing is known: the next look tells.
            logger.debug("a site was not taken", metadata: ["site": "\(site)", "reason": "\(error)"])
        }
    }

    /// Goes on at a paused site under the same fence, if nobody has taken it: by a write to its lease, which fails for whoever
    /// else is about to.
    func resume(_ holding: SiteHolding, under term: LeaderLease.Term) async {
        let name = holding.fence.lease
        do {
            let record = try await infoservice.record(.lease, name)
            guard Fence(of: record) == holding.fence, record.spec["holder"] == .string(own) else {
                return lose(holding, "another factory took it")
            }
            var spec = record.spec
            spec["expires"] = .string((clock.wall.now() + .seconds(Self.term)).description)
            spec["renewed"] = .integer((spec["renewed"]?.intValue ?? 0) + 1)
            spec["fence"] = .integer(Int(holding.fence.revision.rawValue))
            let written = try await infoservice.replaceSpec(
                .lease, name, with: spec, expecting: record.metadata.revision)
            await mirror.note(written)
        } catch let error as VC3Error where [.conflict, .notFound].contains(error.code) {
            return lose(holding, "another factory took it")
        } catch {
            return logger.debug(
                "a site is not known to be held", metadata: ["site": "\(holding.site)", "reason": "\(error)"])
        }
        logger.notice("goes on at a site", metadata: ["site": "\(holding.site)", "fence": "\(holding.fence)"])
        holding.resume(under: term.fence)
    }

    /// Frees sites that this one is said to have, and neither works at nor has anything to do at: when it left them, nobody took
    /// that down. Others, who see it alive, would leave them to it for ever.
    func freeLeft(_ leases: [EntityRecord], wanted: Set<SiteID>) async {
        for record in leases where record.spec["holder"] == .string(own) {
            guard let site = LeaseName.site(of: record.name), !wanted.contains(site), holdings[site] == nil,
                ending[site] == nil
            else { continue }
            await giveUp(site)
        }
    }

    func giveUp(_ site: SiteID) async {
        let name = LeaseName.site(site)
        do {
            let record = try await infoservice.record(.lease, name)
            guard record.spec["holder"] == .string(own) else { return }
            var spec = record.spec
            spec["holder"] = ""
            let written = try await infoservice.replaceSpec(
                .lease, name, with: spec, expecting: record.metadata.revision)
            await mirror.note(written)
        } catch {
            logger.debug("a site's lease was not given up", metadata: ["site": "\(site)", "reason": "\(error)"])
        }
    }
}
