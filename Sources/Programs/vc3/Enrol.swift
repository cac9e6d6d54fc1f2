import ArgumentParser
import Enrolling
import Foundation
import VC3Certificates

#if canImport(Glibc)
    import Glibc
#endif

/// `vc3 enrol CODE`: the certificate of a host or of a part of VC3.
struct Enrol: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Get the first certificate of a host or a part of VC3, by a code of an admin.",
        discussion: """
            The key is made here and stays here: key.pem, cert.pem (certificate and intermediate) and chain.pem (whom to \
            trust) come into one folder. The code says by which authority the Infoservice is known; nothing is sent to \
            anybody else.

            Examples:
              vc3 enrol info.example.org:20335/factory-f2-4ckz7w0n8d/...
              vc3 enrol - --folder /etc/vc3/factory < code

            \(EnrolmentExit.explanation)
            """)

    @Argument(help: "The code, as vc3-client pairing-create prints it; - reads it from standard input.")
    var code: String

    @Option(help: "Where the files go (default: /etc/vc3/credentials for root, else ~/.config/vc3/credentials).")
    var folder: String?

    @Flag(help: "Print the outcome as JSON.")
    var json = false

    func run() async throws {
        do {
            let files = PartyFiles(folder: folder.map(absolute) ?? usualFolder)
            let result = try await Enrolment(code: CodeArgument(code).code, files: files).run()
            print(json ? try text(result, files) : words(result, files))
        } catch {
            throw EnrolmentExit.ending("enrol", error)
        }
    }

    private var usualFolder: String {
        geteuid() == 0
            ? "/etc/vc3/credentials"
            : HomeFolder.path + "/.config/vc3/credentials"
    }

    private func absolute(_ path: String) -> String { URL(filePath: path).standardizedFileURL.path }

    private func words(_ result: Enrolment.Result, _ files: PartyFiles) -> String {
        """
        \(result.wasDone ? "this is" : "enrolled as") \(result.identity), valid until \(result.notAfter.formatted(.iso8601))

        [netcomm]
        chainfile = \(files.chain)
        certfile = \(files.certificate)
        keyfile = \(files.key)
        """
    }

    private func text(_ result: Enrolment.Result, _ files: PartyFiles) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(
            decoding: try encoder.encode([
                "role": result.identity.role, "name": result.identity.name,
                "until": result.notAfter.formatted(.iso8601), "chainfile": files.chain, "certfile": files.certificate,
                "keyfile": files.key,
            ]), as: UTF8.self)
    }
}
