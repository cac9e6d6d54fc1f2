import Testing

@testable import FactorySettings
@testable import VC3Configuration

/// Every configuration file, with one thing wrong in it, in every place where that thing can be wrong.
@Suite struct BadLineTests {
    @Test(arguments: try GoodFile.all()) func theGoodFileHasNothingWrong(file: GoodFile) throws {
        let text = file.lines.joined(separator: "\n")
        #expect(try file.load(INIDocument(parsing: text, file: file.name)) == [])
        #expect(file.assignments.count >= 3)
    }

    @Test(arguments: try GoodFile.all()) func everyBadValueIsToldWithItsPlaceAndWhatIsAllowed(file: GoodFile) throws {
        try check(file.badValues(), of: file, atLeast: 10)
    }

    @Test(arguments: try GoodFile.all()) func everyBadReferenceIsToldWithItsPlace(file: GoodFile) throws {
        try check(file.badReferences(), of: file, atLeast: 12)
    }

    @Test(arguments: try GoodFile.all()) func everySpoiltLineIsToldWithItsPlace(file: GoodFile) throws {
        try check(file.badLines(), of: file, atLeast: 20)
    }

    private func check(_ badLines: [BadLine], of file: GoodFile, atLeast least: Int) throws {
        #expect(badLines.count >= least, "\(badLines.count)")
        for bad in badLines {
            let remarks = self.remarks(on: bad, of: file)
            let severity = bad.isRemark ? "warning" : "error"
            let told = remarks.contains { remark in
                "\(remark)".hasPrefix("\(file.name):\(bad.line): \(severity): ")
                    && bad.words.allSatisfy { "\(remark)".contains($0) }
            }
            #expect(told, "line \(bad.line) \(bad.words), but: \(remarks) of:\n\(bad.text)")
            if let secret = bad.secret, !secret.isEmpty { #expect(!"\(remarks)".contains(secret)) }
        }
    }

    private func remarks(on bad: BadLine, of file: GoodFile) -> [ConfigurationDiagnostic] {
        do {
            return try file.load(INIDocument(parsing: bad.bytes, file: file.name))
        } catch let error as ConfigurationError {
            return error.diagnostics
        } catch {
            Issue.record(error)
            return []
        }
    }

    /// Whatever becomes of a file, it is read or refused, and each error has a place in it.
    @Test(arguments: try GoodFile.all()) func mangledFilesAreReadOrRefusedWithAPlace(file: GoodFile) throws {
        var random = SplitMix(state: 0x5eed)
        let pieces: [[UInt8]] = ["[", "]", "=", ":", ";", "%", "%(", ")s", "\n", " ", "\t", "\\", "\"", ",", "é"].map {
            Array($0.utf8)
        }
        for _ in 0..<100 {
            var bytes = Array(file.lines.joined(separator: "\n").utf8)
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let start = Int.random(in: 0..<bytes.count, using: &random)
                let end = min(bytes.count, start + Int.random(in: 0...20, using: &random))
                let other = Int.random(in: 0...2, using: &random)
                let piece = other == 0 ? Array(bytes[start..<end]) : pieces.randomElement(using: &random) ?? []
                bytes.replaceSubrange(start..<(other == 1 ? end : start), with: piece)
            }
            let bad = BadLine(bytes: bytes, line: 0, words: [])
            let lines = bad.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).count
            for remark in remarks(on: bad, of: file) {
                let line = try #require(remark.origin?.line, "\(remark) of:\n\(bad.text)")
                #expect((1...lines).contains(line), "\(remark) of:\n\(bad.text)")
            }
        }
    }

    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var bits = state
            bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
            bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
            return bits ^ (bits >> 31)
        }
    }
}
