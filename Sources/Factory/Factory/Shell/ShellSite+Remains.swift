import BatchSystems
import Foundation
import VC3Commands
import VC3Model

extension ShellSite {
    func inquire(_ pilots: [PilotID], books jobs: [JobID]) async throws(SiteFailure) -> SiteRemains {
        let books = try await connected().batch.books
        let question = jobs.isEmpty ? nil : books?.question(about: jobs)
        let result = try await perform(
            .piped(script: scripts.remains(pilots, lines: 20, books: question), timeout: .seconds(60)))
        let reply = SiteReply(result.output)
        guard reply.isWhole else { throw SiteFailure("ask how pilots ended", result) }
        var remains = SiteRemains()
        for piece in reply.all("pilot") where piece.words.count == 2 {
            let pilot = PilotID(rawValue: piece.words[1])
            remains.reports[pilot] = Self.report(in: piece, "r")
            remains.lines[pilot] = (piece.lines["l"] ?? []).suffix(20).map {
                String(PrintableText.cleaned($0).prefix(500))
            }
        }
        if let books, let text = Self.text(between: "books", "books-end", of: result.output) {
            let code = reply.first("books-end")?.words.last.flatMap { Int32($0) } ?? 1
            let own = CommandResult(status: .exited(code), output: text, errorOutput: result.errorOutput)
            // Books that are shut are no reason to wait: they are the second source, and there may be none.
            for job in (try? books.reports(from: own)) ?? [] { remains.jobs[job.job] = job }
        }
        return remains
    }

    func output(of pilot: PilotID, lines: Int) async throws(SiteFailure) -> String? {
        let reply = try await run(scripts.output(pilot, lines: lines), "read the output of a pilot")
        guard let piece = reply.first("pilot") else { return nil }
        return (piece.lines["l"] ?? []).map(PrintableText.cleaned).joined(separator: "\n")
    }

    static func report(in piece: SiteReply.Piece, _ letter: Character) -> PilotReport? {
        try? JSONDecoder().decode(PilotReport.self, from: Data(piece.text(letter).utf8))
    }

    /// What was printed between two of our lines, as it is.
    static func text(between start: String, _ end: String, of output: String) -> String? {
        guard let first = output.range(of: "@@vc3 \(start)\n"),
            let last = output.range(of: "\n@@vc3 \(end)", range: first.upperBound..<output.endIndex)
        else { return nil }
        return String(output[first.upperBound..<last.lowerBound])
    }
}
