import ArgumentParser
import ClientSettings
import Foundation
import InfoserviceClient
import VC3CommandLine
import VC3Configuration
import VC3Model

/// `vc3-infoclient`: reads and changes documents of an Infoservice as the original's command did, over `/info`.
@main
struct Infoclient: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vc3-infoclient",
        abstract: "Read and change the Infoservice's documents, in the form of the original.",
        discussion: """
            A document holds all entities of one key, such as user or request: {"NAME": {…}, …}. One action at a time. \
            For everyday work `vc3-client` is the better tool: it knows what the entities mean.

            Examples:
              vc3-infoclient --getkey user
              vc3-infoclient --add users.json,projects.json
              vc3-infoclient --deletesubtree user.ana
              vc3-infoclient --requestpairing factory2.example.org
              vc3-infoclient --getpairing factory2.example.org-QXNDAZWYBTREKPLMVHOC

            A pairing is for whoever asked for it; without certfile and keyfile in the configuration, for whoever has its             code, at the Infoservice's enrolment listener. `vc3 enrol` is the better way: the key never travels.

            Exit codes: 0 done; 1 failed; 2 the command line is wrong, or an entity to create is there already; 3 there \
            is no such entity or pairing (yet).
            """,
        version: Release.version)

    enum OutputForm: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Option(
        name: [.short, .long],
        help: "Configuration files, comma-separated; later ones win (default: /etc/vc3/vc3-infoclient.conf).")
    var config: String?

    @Option(
        help: ArgumentHelp("Merge JSON files, each {\"KEY\": {\"NAME\": {…}}}; comma-separated.", valueName: "files"))
    var add: String?

    @Option(help: ArgumentHelp("Print the document of a key.", valueName: "key"))
    var getkey: String?

    @Option(help: ArgumentHelp("Delete one entity, given as KEY.NAME.", valueName: "path"))
    var deletesubtree: String?

    @Option(
        help: ArgumentHelp("Ask for a certificate for this common name; print the code to fetch it.", valueName: "cn"))
    var requestpairing: String?

    @Option(help: ArgumentHelp("Fetch certificate and key with a code. They are given out once.", valueName: "code"))
    var getpairing: String?

    @Option(help: "Form of what is printed: text or json.")
    var output: OutputForm = .text

    @Option(help: ArgumentHelp("Where remarks go: a file, 'stdout', or 'stderr' (the default).", valueName: "file"))
    var log: String?

    @Flag(name: [.short, .long], help: "Say what is sent and where.")
    var debug = false

    @Flag(name: [.short, .customLong("info"), .long], help: "As --debug.")
    var verbose = false

    @Flag(help: "Say nothing but errors.")
    var quiet = false

    func validate() throws {
        let actions = [add, getkey, deletesubtree, requestpairing, getpairing].compactMap(\.self)
        guard actions.count == 1 else {
            throw ValidationError(
                "give one of --getkey, --add, --deletesubtree, --requestpairing and --getpairing; see --help")
        }
    }

    func run() async throws {
        let remarks = Remarks(place: log, isTalkative: debug || verbose, isQuiet: quiet)
        do {
            let settings = try InfoclientSettings.load(config, remarks)
            remarks.detail("infoservice \(settings.addresses.map(\.description).joined(separator: ", "))")
            let text = try await settings.withInfoservice { remote in
                try await perform(
                    InfoclientAction(
                        documents: remote.documents, retrievePairing: { try await settings.pairing($0) }, form: output,
                        remarks: remarks))
            }
            if !text.isEmpty { print(text) }
        } catch let error as ConfigurationError {
            throw remarks.failure("\(error)", code: 1)
        } catch let error as VC3Error {
            let code: Int32 = error.code == .notFound ? 3 : error.code == .exists ? 2 : 1
            throw remarks.failure(error.description, code: code)
        }
    }

    static func main() async { await runToEnd() }

    private func perform(_ action: InfoclientAction) async throws -> String {
        if let add { return try await action.add(add.split(separator: ",").map(String.init)) }
        if let getkey { return try await action.get(getkey.lowercased()) }
        if let deletesubtree { return try await action.delete(deletesubtree) }
        if let requestpairing { return try await action.requestPairing(requestpairing) }
        return try await action.pairing(getpairing ?? "")
    }
}
