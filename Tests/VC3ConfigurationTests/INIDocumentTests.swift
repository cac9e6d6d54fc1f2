import Testing

@testable import VC3Configuration

@Suite struct INIDocumentTests {
    @Test(arguments: [
        ("key = value", "value"),
        ("key: value", "value"),
        ("key=value", "value"),
        ("key = value\n# remark", "value"),
        ("KEY = value", "value"),
        ("key = a = b : c", "a = b : c"),
        ("key = value ; remark", "value"),
        ("key = value;no remark", "value;no remark"),
        ("key = ; remark", ""),
        ("key =", ""),
        ("key = \"\"", ""),
        ("key = # is kept", "# is kept"),
        ("key = one\n  two\n\ttwo and a half\nother = 3", "one\ntwo\ntwo and a half"),
        ("key = one\n  # remark\n  two", "one\ntwo"),
        ("key = one\n\n  two", "one\ntwo"),
        ("key = one\n  two ; kept", "one\ntwo ; kept"),
        ("key = value\r\nother = 2\r\n", "value"),
        ("key = 100%", "100%"),
        ("key = 100%%", "100%"),
        ("key = %A|%T", "%A|%T"),
        ("base = /var\nkey = %(base)s/lib", "/var/lib"),
        ("base = /var\nkey = %(BASE)s/lib", "/var/lib"),
        ("key = %(shared)s!", "from default!"),
        ("a = 1\nb = %(a)s2\nkey = %(b)s3", "123"),
        ("key = %%(a)s", "%(a)s"),
    ])
    func valueIsReadAsTheDialectSays(body: String, expected: String) throws {
        let document = try INIDocument(parsing: "[DEFAULT]\nshared = from default\n[s]\n" + body, file: "f")
        #expect(try document.value("key", in: "s")?.text == expected)
    }

    @Test(arguments: [
        ("key = 1", 1, "before the first section"),
        ("[s]\nnonsense", 2, "neither a comment"),
        ("[s]\n= value", 2, "neither a comment"),
        ("[s\nkey = 1", 1, "section heading"),
        ("[]\nkey = 1", 1, "section heading"),
        ("[s]\n  key = 1\n  other = 2", 2, "no value above it goes on"),
        ("[s]\nkey = 1\n [t]\nkey = 2", 3, "section heading '[t]' is indented"),
        ("[s]\nkey = 1\n[t]\n[s]", 4, "section [s] has begun in line 1 already"),
        ("[DEFAULT]\n[DEFAULT]", 2, "section [DEFAULT] has begun in line 1 already"),
        ("[s]\nkey = 1\nKey = 1", 3, "[s] Key is given in line 2 already"),
    ])
    func lineWithoutMeaningIsReportedWithItsPlace(text: String, line: Int, message: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try INIDocument(parsing: text, file: "a.conf") }
        let first = try #require(error?.diagnostics.first)
        #expect(first.origin == INIOrigin(file: "a.conf", line: line))
        #expect(first.message.contains(message))
    }

    /// What stands below a heading that cannot be read is nobody's.
    @Test func oneBadHeadingIsOneError() throws {
        let error = #expect(throws: ConfigurationError.self) {
            try INIDocument(parsing: "[s]\nkey = 1\n[t\nkey = 2\n  more\n[u]\nkey = 3", file: "f")
        }
        #expect(error?.diagnostics.count == 1)
    }

    @Test func bytesThatAreNoTextAreReportedWithTheirLine() throws {
        let marked: [UInt8] = [0xef, 0xbb, 0xbf]
        #expect(try INIDocument(parsing: marked + Array("[s]\nkey = é".utf8), file: "f")[section: "s"] != nil)
        let error = #expect(throws: ConfigurationError.self) {
            try INIDocument(parsing: Array("[s]\nkey = ".utf8) + [0xe9, 10] + Array("b = 1".utf8), file: "f")
        }
        #expect(error?.description == "f:2: error: this line is not UTF-8 text; save the file in that encoding")
    }

    @Test func lineThatMayBeASecretIsNotRepeated() throws {
        let error = #expect(throws: ConfigurationError.self) { try INIDocument(parsing: "[s]\nhunter2", file: "f") }
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test(arguments: [
        ("key = %(missing)s", "neither in [s] nor in [DEFAULT]"),
        ("key = %(key)s", "refers to itself"),
        ("a = %(key)s\nkey = %(a)s", "refers to itself"),
        ("key = %(a", "unfinished reference"),
        ("a = 1\nkey = %(a)d", "unfinished reference"),
    ])
    func brokenReferenceIsReported(body: String, message: String) throws {
        let document = try INIDocument(parsing: "[s]\n" + body, file: "f")
        let error = #expect(throws: ConfigurationError.self) { try document.value("key", in: "s") }
        #expect(error?.description.contains(message) == true)
    }

    @Test func laterFilesOverrideEarlierOnesAndValuesRememberWhereTheyStand() throws {
        let first = try INIDocument(parsing: "[s]\na = 1\nb = 1\n[DEFAULT]\nd = 1", file: "one")
        let second = try INIDocument(parsing: "\n[s]\nB = 2\n[t]\nc = 2\n[DEFAULT]\nd = 2", file: "two")
        let merged = first.merging(second)
        #expect(merged.sections.map(\.name) == ["s", "t"])
        #expect(
            try merged.value("a", in: "s") == .init(text: "1", origin: .init(file: "one", line: 2), isInherited: false))
        #expect(
            try merged.value("b", in: "s") == .init(text: "2", origin: .init(file: "two", line: 3), isInherited: false))
        #expect(
            try merged.value("d", in: "t") == .init(text: "2", origin: .init(file: "two", line: 7), isInherited: true))
        #expect(try merged.value("x", in: "t") == nil)
    }

    @Test func missingFileIsAnErrorUnlessAllowed() throws {
        #expect(try INIDocument(files: ["/nonexistent/a.conf"], missingFilesAllowed: true) == INIDocument())
        let error = #expect(throws: ConfigurationError.self) { try INIDocument(files: ["/nonexistent/a.conf"]) }
        #expect(
            error?.description
                == "error: cannot read configuration file '/nonexistent/a.conf': No such file or directory")
    }

    @Test func anyTextIsReadOrRefused() {
        let pieces = [
            "[", "]", "s", "=", ":", ";", " ", "\t", "\n", "\r\n", "%", "(", ")", "%(a)s", "a", "#", "\u{301}", "\"",
        ]
        for _ in 0..<2000 {
            let text = (0..<40).map { _ in pieces.randomElement() ?? "" }.joined()
            guard let document = try? INIDocument(parsing: "[s]\n" + text, file: "f") else { continue }
            for section in document.sections {
                for entry in section.entries { _ = try? document.value(entry.key, in: section.name) }
            }
        }
    }

    /// A few lines that would take longer than anybody waits.
    @Test func referencesThatMultiplyAreRefused() throws {
        let lines = (0..<10).map { key in "k\(key) = " + String(repeating: "%(k\(key + 1))s", count: 10) } + ["k10 ="]
        let document = try INIDocument(parsing: "[a]\n" + lines.joined(separator: "\n"), file: "f")
        #expect(try document.value("k8", in: "a")?.text == "")
        let error = #expect(throws: ConfigurationError.self) { try document.value("k0", in: "a") }
        #expect(error?.diagnostics.first?.message.contains("more than 1000") == true)
    }

    @Test func chainsOfReferencesEnd() throws {
        let lines = (0..<20).map { "k\($0) = %(k\($0 + 1))s" } + ["k20 = end"]
        let document = try INIDocument(parsing: "[a]\n" + lines.joined(separator: "\n"), file: "f")
        #expect(try document.value("k10", in: "a")?.text == "end")
        let error = #expect(throws: ConfigurationError.self) { try document.value("k9", in: "a") }
        #expect(error?.diagnostics.first?.message.contains("more than 10 references") == true)
    }
}
