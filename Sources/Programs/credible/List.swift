import ArgumentParser
import Credible
import Foundation
import VC3Certificates

struct List: ParsableCommand {
    enum Output: String, ExpressibleByArgument, CaseIterable {
        case table
        case json
    }

    static let configuration = CommandConfiguration(
        abstract: "List the certificates that were issued.",
        discussion: """
            In a terminal the table is as wide as that, and ends of validity are coloured: red when past or revoked, yellow
            within 30 days. NO_COLOR turns colours off.

            Example: credible list --output json | jq -r '.[] | select(.status == "valid") | .serial'
            """)

    @ParentCommand var credible: CredibleCommand
    @OptionGroup var authority: AuthorityOption
    @Option(help: "Columns for people, or an array for programs.") var output = Output.table

    func run() throws {
        try credible.withSettings { settings in
            let issued = try credible.authority(settings, authority.name).issued()
            return switch output {
            case .json: try Self.json(issued)
            case .table: CertificateTable(issued, at: Date()).text(for: Screen.standardOutput())
            }
        }
    }

    private struct Entry: Encodable {
        let serial: String
        let identity: String?
        let subject: String
        let status: String
        let notAfter: Date
    }

    private static func json(_ issued: [IssuedCertificate]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        let entries = issued.map {
            Entry(
                serial: $0.serial, identity: $0.identity?.description, subject: $0.subject, status: $0.status.rawValue,
                notAfter: $0.notAfter)
        }
        return String(decoding: try encoder.encode(entries), as: UTF8.self)
    }
}
