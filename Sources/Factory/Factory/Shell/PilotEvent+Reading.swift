import Foundation
import VC3Commands
import VC3Model

extension PilotEvent {
    /// The most bytes of a file: a bad end has twenty lines of three hundred characters.
    static let longest = 65_536
    /// What pilots tell by files.
    static let phases: Set<String> = ["started", "validated", "joined", "draining", "ended"]

    /// `nil` for what no pilot of ours can have written: anybody in the account may put files there.
    init?(_ file: SpooledFile) {
        guard let dot = file.name.lastIndex(of: "."), dot != file.name.startIndex else { return nil }
        let phase = String(file.name[file.name.index(after: dot)...])
        guard Self.phases.contains(phase), file.content.count < Self.longest,
            String(validating: file.content, as: UTF8.self) != nil,
            let report = try? JSONDecoder().decode(PilotReport.self, from: Data(file.content)),
            report.phase == phase
        else { return nil }
        self.init(pilot: PilotID(rawValue: String(file.name[..<dot])), report: report)
    }
}
