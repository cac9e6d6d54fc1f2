import Foundation
import HTCondorPool
import VC3Model

/// What a pilot's folder holds before it is submitted.
protocol PilotPayload: Sendable {
    /// The same files in the same order for all pilots of a set.
    func files(for order: PilotOrder, at place: PilotPlace) -> [PilotFile]
}

/// Where a pilot's files are at its site, as absolute paths.
struct PilotPlace: Sendable, Equatable {
    var folder: String
    /// The worker bundle; `nil` when the Factory has none.
    var bundle: String?
    /// The folder that the Factory follows.
    var spool: String
}

extension PilotPayload {
    /// The file that a pilot reads its token from, when it starts and again whenever the file was replaced.
    func tokenFile(_ token: String) -> PilotFile { PilotFile(name: "token", content: token) }
}

/// An HTCondor worker that joins the pilot set's head node.
struct GlideinPayload: PilotPayload {
    func files(for order: PilotOrder, at place: PilotPlace) -> [PilotFile] {
        let spec = order.spec
        var arguments = PilotArguments(
            collector: spec.headnode?.collector ?? "",
            trustDomain: spec.headnode.flatMap { TrustDomain($0.trustdomain) } ?? TrustDomain(cluster: spec.request),
            name: order.pilot.rawValue, cores: spec.cores, lingerTime: .seconds(spec.lingertime))
        arguments.memory = spec.memory_mb
        arguments.disk = spec.storage_mb
        arguments.walltime = .seconds(spec.walltime)
        arguments.containerTool = spec.containertool
        if spec.checkscript != nil { arguments.siteCheckTime = spec.checktime ?? 30 }
        arguments.attributes = [
            "VC3Request": spec.request, "VC3Nodeset": spec.nodeset, "VC3Allocation": spec.allocation,
            "VC3Resource": spec.site.resource,
        ]
        var script = PilotScript(
            pilotDirectory: place.folder, bundle: place.bundle ?? "", payload: .glidein(arguments, launcher: []))
        script.spool = place.spool
        script.prologue = spec.environment.filter { Self.isName($0.key) }.sorted { $0.key < $1.key }.map {
            "\($0.key)=\(ShellText.quoted($0.value)); export \($0.key)"
        }
        var files = [
            tokenFile(order.token),
            PilotFile(name: "pilot.sh", content: script.rendered()),
        ]
        if let check = spec.checkscript { files.append(PilotFile(name: "site-check", content: check)) }
        if !order.avoiding.isEmpty {
            files.append(
                PilotFile(name: "avoid", content: order.avoiding.joined(separator: "\n") + "\n"))
        }
        return files
    }

    /// Anything else could not be an environment variable's name, but could be a command.
    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}
