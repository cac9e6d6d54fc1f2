import Foundation
import Testing
import VC3Model

@testable import BatchSystems

@Suite struct BatchSystemTablesTests {
    private static let marker = "<!-- What follows is made of the code's tables: see BatchSystemTablesTests. -->\n"
    private static let page =
        #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/docs/batch-systems.md"

    /// With `VC3_WRITE_TABLES` set the page is written, else compared.
    @Test func thePageHasTheTablesOfTheCode() throws {
        let text = try String(contentsOfFile: Self.page, encoding: .utf8)
        let start = try #require(text.range(of: Self.marker))
        let tables = BatchSystemFlavor.allCases.map(BatchSystemTables.text).joined(separator: "\n")
        if ProcessInfo.processInfo.environment["VC3_WRITE_TABLES"] != nil {
            try (text[..<start.upperBound] + "\n" + tables).write(toFile: Self.page, atomically: true, encoding: .utf8)
        } else {
            #expect(
                text[start.upperBound...] == "\n" + tables,
                "docs/batch-systems.md is behind the code; run this test with VC3_WRITE_TABLES=1")
        }
    }

    @Test(arguments: BatchSystemFlavor.allCases) func aStateIsListedOnce(flavor: BatchSystemFlavor) {
        let states = flavor.adapter().states
        #expect(Set(states.rows.map(\.word)).count == states.rows.count)
        #expect(states.rows.allSatisfy { !$0.word.isEmpty && !$0.meaning.isEmpty } && !states.manual.isEmpty)
    }

    /// A word that the manual does not list is neither alive nor dead.
    @Test(arguments: BatchSystemFlavor.allCases) func anUnknownWordIsUnknown(flavor: BatchSystemFlavor) {
        let states = flavor.adapter().states
        for word in ["", "NEW_IN_30", "z", "Running", states.rows[0].word + "x"] {
            #expect(states.state(of: word, exitCode: 0) == .unknown)
        }
    }
}
