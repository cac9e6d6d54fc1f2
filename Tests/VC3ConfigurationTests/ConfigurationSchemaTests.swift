import Testing
import VC3Configuration

private enum Colour: String, CaseIterable, Sendable {
    case red, green
}

private struct SampleSettings: ConfigurationSchema {
    var port: Int
    var share: Double
    var debug: Bool
    var interval: Duration
    var directory: String
    var plugins: [String]
    var colour: Colour
    var proxy: String?
    var password: String
    var url: String
    var open: [String]

    init(reading configuration: ConfigurationReader) {
        let main = configuration.section("main")
        port = main.value("port", .integer(in: 1...65_535), default: 20_334, "TCP port of the service")
        share = main.value("share", .number(in: 0...1), default: 0.5, "part of the fleet")
        debug = main.value("debug", .boolean, default: false, "log more")
        interval = main.value("interval", .duration(), default: .seconds(120), "longest time without a look")
        directory = main.value("directory", .path, default: "/var/lib", "where state is kept")
        plugins = main.value("plugins", .list, default: ["File"], "what to load")
        colour = main.value("colour", .caseOf(Colour.self, fallback: .red), default: .red, "of the page")
        proxy = main.value("proxy", ValueKind<String>.path.optional, default: nil, "grid proxy")
        password = main.value("password", .secret, default: "", "of the cloud account")
        url = main.required("url", .nonEmptyText, "where the service is")
        main.obsolete("template", because: "certificates are made without templates")
        open = configuration.section("anything").allValues().map { "\($0.key)=\($0.value)" }
    }
}

private func load(_ body: String) throws -> (settings: SampleSettings, warnings: [ConfigurationDiagnostic]) {
    try SampleSettings.load(
        INIDocument(parsing: "[main]\nurl = u\n" + body, file: "f.conf"), homeDirectory: "/home/ana")
}

@Suite struct ConfigurationSchemaTests {
    @Test func writtenValuesWinOverDefaults() throws {
        let settings = try load(
            """
            PORT = 1
            share = 0.25
            debug = On
            interval = 2h
            directory = ~/state
            plugins = File, VC3,
            colour = GREEN
            proxy = None
            """
        ).settings
        #expect(settings.port == 1)
        #expect(settings.share == 0.25)
        #expect(settings.debug)
        #expect(settings.interval == .seconds(7200))
        #expect(settings.directory == "/home/ana/state")
        #expect(settings.plugins == ["File", "VC3"])
        #expect(settings.colour == .green)
        #expect(settings.proxy == nil)
    }

    @Test func absentKeysHaveTheirDefaults() throws {
        let (settings, warnings) = try load("")
        #expect(settings.port == 20_334)
        #expect(settings.interval == .seconds(120))
        #expect(settings.plugins == ["File"])
        #expect(warnings.isEmpty)
    }

    @Test(arguments: [
        ("port = abc", "f.conf:3: error: [main] port = 'abc' is not allowed; give a whole number from 1 to 65535"),
        ("port = 0", "f.conf:3: error: [main] port = '0' is not allowed; give a whole number from 1 to 65535"),
        (
            "debug = maybe",
            "f.conf:3: error: [main] debug = 'maybe' is not allowed; give yes or no (or true/false, on/off, 1/0)"
        ),
        (
            "interval = soon",
            "f.conf:3: error: [main] interval = 'soon' is not allowed; give a number of seconds, or a number with unit: 90s, 15m, 2h, 7d"
        ),
        ("colour = blue", "f.conf:3: error: [main] colour = 'blue' is not allowed; give one of red, green"),
        (
            "directory = ~bob/x",
            "f.conf:3: error: [main] directory = '~bob/x' is not allowed; give a path; only '~' or '~/' may stand for a home directory"
        ),
    ])
    func badValueIsAnErrorThatSaysWhatIsAllowed(body: String, message: String) {
        let error = #expect(throws: ConfigurationError.self) { _ = try load(body) }
        #expect(error?.description == message)
    }

    @Test func allErrorsAreReportedAtOnce() {
        let error = #expect(throws: ConfigurationError.self) {
            _ = try SampleSettings.load(
                INIDocument(parsing: "[main]\nport = x\ndebug = x", file: "f"), homeDirectory: "/")
        }
        #expect(error?.diagnostics.count == 3)
        #expect(
            error?.description.contains("key 'url' is missing from [main]; give some text (where the service is)")
                == true)
    }

    @Test(arguments: [
        ("prot = 1", "f.conf:3: warning: key 'prot' in [main] is not known and has no effect; did you mean 'port'?"),
        ("zebra = 1", "f.conf:3: warning: key 'zebra' in [main] is not known and has no effect"),
        (
            "template = x",
            "f.conf:3: warning: key 'template' in [main] has no effect: certificates are made without templates"
        ),
        ("[mian]\nx = 1", "f.conf:3: warning: section [mian] is not known; did you mean [main]?"),
    ])
    func whatNobodyReadsIsAWarning(body: String, message: String) throws {
        #expect(try load(body).warnings.map(\.description) == [message])
    }

    @Test func aKeyThatIsIndentedByMistakeIsAnError() {
        let error = #expect(throws: ConfigurationError.self) { _ = try load("directory = /x\n  Port = 7\nshare = 1") }
        #expect(
            error?.description.hasSuffix(
                "f.conf:3: error: [main] directory goes on in an indented line that looks like the key 'port';"
                    + " begin that line without a blank") == true)
    }

    @Test func keysThatOtherValuesReferToAreKnown() throws {
        let (settings, warnings) = try load("base = /srv\ndirectory = %(base)s/x")
        #expect(settings.directory == "/srv/x")
        #expect(warnings.isEmpty)
    }

    @Test func openSectionHasItsOwnAndTheInheritedKeys() throws {
        let (settings, warnings) = try load("[anything]\nA = 1\nb = %(a)s2\n[DEFAULT]\nc = 3\na = 0")
        #expect(settings.open == ["A=1", "b=12", "c=3"])
        #expect(warnings.isEmpty)
    }

    @Test func secretIsNeverShown() throws {
        let settings = try load("password = hunter2").settings
        #expect(settings.password == "hunter2")
        #expect(!SampleSettings.sample.contains("hunter2"))
    }

    @Test func sampleIsAValidConfigurationWithEveryKeyAtItsDefault() throws {
        let sample = SampleSettings.sample
        #expect(sample.contains("# TCP port of the service. Give a whole number from 1 to 65535.\n#port = 20334\n"))
        let uncommented = sample.replacing("\n#", with: "\n").replacing("url =", with: "url = u")
            .split(separator: "\n").filter { $0.hasPrefix("[") || ($0.contains("=") && !$0.hasPrefix(" ")) }
            .joined(separator: "\n")
        let (settings, warnings) = try SampleSettings.load(
            INIDocument(parsing: uncommented, file: "sample"), homeDirectory: "/")
        #expect(settings.port == 20_334)
        #expect(settings.interval == .seconds(120))
        #expect(warnings.isEmpty)
    }
}

@Suite struct ValueKindTests {
    @Test(arguments: [
        ("90", Duration.seconds(90)), ("90s", .seconds(90)), ("15m", .seconds(900)), ("2 h", .seconds(7200)),
        ("7d", .seconds(604_800)), ("250ms", .milliseconds(250)), ("0", .zero),
    ])
    func durationsHaveUnits(text: String, expected: Duration) throws {
        #expect(try load("interval = \(text)").settings.interval == expected)
    }

    @Test(arguments: ["", "-1", "1.5", "m", "1 fortnight", "99999999999999999999", "9223372036854775807d"])
    func otherTextIsNoDuration(text: String) {
        #expect(throws: ConfigurationError.self) { _ = try load("interval = \(text)") }
    }
}
