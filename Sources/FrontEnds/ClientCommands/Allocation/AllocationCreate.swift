import ArgumentParser
import Foundation
import InfoserviceAPI
import VC3Model

struct AllocationCreate: CreatingCommand {
    static let kind = EntityKind.allocation
    static let configuration = usage(
        "allocation-create", "Tell VC3 about an account at a site. It makes a key pair for it.",
        example: """
            vc3-client allocation-create ana.midway --resource midway --accountname alima
            vc3-client allocation-getpubtoken --allocationname ana.midway
            """)
    static let additions = BatchArguments.names.union(BatchSizeArguments.names).union(["hostkey", "keytype"])

    @Argument(help: "Allocation name, by custom USER.RESOURCE.")
    var allocationname: String
    @Option(help: "User who owns it; unset: you.")
    var owner: String?
    @Option(help: "The site.")
    var resource: String?
    @Option(help: "Unix account at the site.")
    var accountname: String?
    @Option(help: "The site's page about installing SSH keys.")
    var pubtokendocurl: String?
    @Option(
        help: ArgumentHelp(
            "A key of your own instead of one made by VC3: base64 of it, or the file that it is in.",
            discussion: "Prefer @FILE: other users of this machine can see what stands on a command line.",
            valueName: "base64|@file"))
    var privtoken: String?
    @Option(help: "Host key line that you vouch for; logins to a site with another host key are refused.")
    var hostkey: String?
    @Option(help: "Kind of key that the site takes: ed25519, ecdsa or rsa (4096 bits); unset: as the resource says.")
    var keytype: String?
    @OptionGroup var batch: BatchArguments
    @OptionGroup var size: BatchSizeArguments
    @OptionGroup var about: AboutOptions

    var name: String { allocationname }

    func spec(in session: ClientSession) throws -> [String: JSONValue?] {
        [
            "resource": resource.json, "accountname": accountname.json, "pubtokendocurl": pubtokendocurl.json,
            "hostkey": hostkey.json, "keytype": keytype.json, "batch": batch.json(size.members),
        ] + about
    }

    func perform(in session: ClientSession) async throws {
        guard let privtoken else {
            try await create(in: session)
            return
        }
        // The token first: the allocation's first reconciliation must find it, or VC3 would make a key of its own.
        let token = try content(of: privtoken, homeFolder: session.surroundings.homeFolder)
        let isNew = try await store(token, in: session)
        do { try await create(in: session) } catch {
            if isNew { try? await session.infoservice.delete(.privatetoken, allocationname) }
            throw error
        }
    }

    /// - Returns: Whether there was no token of that name.
    private func store(_ token: String, in session: ClientSession) async throws -> Bool {
        let spec: JSONValue = ["data": .string(token), "type": "ssh"]
        do {
            _ = try await session.infoservice.create(
                EntityDraft(kind: .privatetoken, name: allocationname, owner: owner, spec: spec))
            return true
        } catch let error as VC3Error where error.code == .exists {
            // Left by an attempt that was cut off; the token of an allocation that exists is not ours to replace.
            let allocations = try await session.infoservice.records(.allocation)
            if allocations.items.contains(where: { $0.name == allocationname }) {
                throw VC3Error(.exists, "allocation \(allocationname) exists already")
            }
            _ = try await session.infoservice.patchSpec(.privatetoken, allocationname, with: spec, expecting: nil)
            return false
        }
    }

    private func content(of text: String, homeFolder: String) throws -> String {
        if text.hasPrefix("@") {
            return try LocalFile(named: String(text.dropFirst()), homeFolder: homeFolder).contents()
                .base64EncodedString()
        }
        guard let data = Data(base64Encoded: text), !data.isEmpty else {
            throw ClientFailure(
                exitCode: ExitCodes.unusable, message: "--privtoken is not base64",
                advice: "give the key file itself as --privtoken @FILE")
        }
        return text
    }
}
