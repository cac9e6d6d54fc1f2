import Foundation
import Testing
import VC3Commands
import VC3Configuration

@testable import BatchSystems
@testable import FactorySettings

/// The folder of an unpacked HTCondor.
private let condorPrefix = ProcessInfo.processInfo.environment["VC3_CONDOR_PREFIX"]

/// What HTCondor's own reader makes of submit descriptions is what was meant, whatever characters there are in it.
@Suite(.enabled(if: condorPrefix != nil)) struct CondorReadingTests {
    @Test func textsAreReadAsMeant() async throws {
        let texts = (0..<300).map { AnyText(pieces: $0 % 12) }
        var description = SubmitDescription()
        description.add("universe", "vanilla")
        description.add("executable", "/bin/true")
        for (number, text) in texts.enumerated() {
            #expect(description.add(attribute: "VC3_T\(number)", text: text.written) == nil, "\(text)")
        }
        description.add(environment: texts.enumerated().map { ("VC3_E\($0.offset)", $0.element.written) })
        let job = try await Self.read(description)
        for (number, text) in texts.enumerated() {
            #expect(job.text(of: "VC3_T\(number)") == text.meant, "\(text)")
            #expect(job.environment["VC3_E\(number)"] == text.meant, "\(text)")
        }
    }

    /// Sections of `queues.conf` with texts of any characters in everything that the writer of a section has a free hand
    /// in, one for each of HTCondor's plugins.
    @Test(arguments: [SubmitPlugin.condorLocal, .condorSSH, .condorSSHRemoteManager, .condorOSGCE, .condorEC2])
    func sectionsAreReadAsMeant(plugin: SubmitPlugin) async throws {
        let section = AnySection(of: plugin)
        let (document, warnings) = try QueueDocument.load(
            INIDocument(parsing: section.text, file: "q.conf"), homeDirectory: "/home/f")
        #expect(warnings == [], "\(section.text)")
        let queue = try #require(document.queues.first)
        let (description, problems) = queue.description(for: QueueSettingsTests.facts, keyFile: "/keys/p")
        #expect(problems == [])
        let job = try await Self.read(description)
        for (name, text) in section.attributes { #expect(job.text(of: name) == text.meant, "\(section.text)") }
        #expect(job.text(of: "GridResource") == section.gridResource, "\(section.text)")
        #expect(job.text(of: "APF_QUEUE") == "q")
        if plugin == .condorEC2 {
            #expect(job.text(of: "EC2UserData") == section.userData.meant, "\(section.text)")
            return
        }
        for (name, text) in section.environment { #expect(job.environment[name] == text.meant, "\(section.text)") }
        #expect(job.environment["APFCID"] == "1.0" && job.environment["FACTORYQUEUE"] == "q")
        #expect(job.arguments == section.arguments.map(\.meant), "\(section.text)")
    }

    /// As the schedd would get it; nothing is submitted.
    private static func read(_ description: SubmitDescription) async throws -> SubmittedJob {
        let folder = FileManager.default.temporaryDirectory.appending(path: "vc3-submit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data().write(to: folder.appending(path: "empty.conf"))
        let file = folder.appending(path: "description")
        try Data(description.text(count: 1).utf8).write(to: file)
        let result = try await LocalRunner().run(
            Command(
                ["\(try #require(condorPrefix))/bin/condor_submit", "-dry-run", "-", file.path],
                environment: ["CONDOR_CONFIG": folder.appending(path: "empty.conf").path, "HOSTNAME": "here"]))
        #expect(result.succeeded, "\(result.errorOutput) of:\n\(description.text(count: 1))")
        return SubmittedJob(result.output)
    }
}

/// A text as it is written in a submit description, and what it means there.
struct AnyText: Sendable {
    var written = ""
    var meant = ""

    private static let letters = #"ab 1""""''\\\\\\,;#=(){}[]<>|&*?!%^~`:./@+-_äß€漢"#
    private static let macros = [
        ("$(Cluster)", "1"), ("$(Process)", "0"), ("$(nowhere)", ""), ("$(DOLLAR)(Cluster)", "$(Cluster)"),
        ("$$(OpSys)", "$$(OpSys)"), ("$.", "$."), ("$ENV(HOSTNAME)", "here"),
    ]

    /// - Parameter unwanted: Characters that it does not have.
    init(pieces: Int, without unwanted: String = "") {
        let letters = Self.letters.filter { !unwanted.contains($0) }
        for _ in 0..<pieces {
            if Int.random(in: 0..<6) == 0, let macro = Self.macros.randomElement() {
                written += macro.0
                meant += macro.1
            } else if let letter = letters.randomElement() {
                written.append(letter)
                meant.append(letter)
            }
        }
    }

    /// The same within other words.
    func within(_ before: String, _ after: String) -> AnyText {
        var text = self
        text.written = before + written + after
        text.meant = before + meant + after
        return text
    }
}

/// A section, and what it means.
private struct AnySection {
    var text = "[q]\nenabled = True\nexecutable = /bin/true\n"
    var attributes: [(name: String, text: AnyText)] = []
    var environment: [(name: String, text: AnyText)] = []
    var arguments: [AnyText] = []
    var gridResource: String?
    var userData = AnyText(pieces: 0)

    init(of plugin: SubmitPlugin) {
        text += "batchsubmitplugin = \(plugin.rawValue)\n"
        // What follows a blank and a semicolon is a remark, but not in a line that goes on.
        func add(_ key: String, _ value: String) { text += "\(plugin.prefix)\(key) = \(Self.escaped(value))\n" }
        func addBelow(_ key: String, _ value: String) { text += "\(key) =\n  \(Self.escaped(value))\n" }
        // A blank divides variables.
        environment = (0..<40).map { ("VC3_E\($0)", AnyText(pieces: 1 + $0 % 9, without: " ").within("x", "")) }
        addBelow(
            plugin.prefix + "environ", environment.map { "\($0.name)=\($0.text.written)" }.joined(separator: " "))
        let together = (0..<30).map { ("VC3_T\($0)", AnyText(pieces: $0 % 9)) }
        let single = (30..<60).map { ("VC3_T\($0)", AnyText(pieces: $0 % 9, without: ";").within("x", "")) }
        attributes = together.map { ($0, $1) } + single
        addBelow(
            plugin.prefix + "condor_attributes",
            together.map { Self.kept("+\($0) = \(SubmitDescription.quoted($1.written))") }.joined(separator: ", "))
        for (name, text) in single { add("condor_attributes.+\(name)", SubmitDescription.quoted(text.written)) }
        // All that is no blank, so that whoever reads grid_resource finds its words.
        func word() -> AnyText { AnyText(pieces: 9, without: " ;").within("w", "w") }
        let (host, user) = (word(), word())
        switch plugin {
        case .condorSSH, .condorSSHRemoteManager:
            for (key, value) in [("host", host.written), ("user", user.written), ("authprofile", "p")] {
                add(key, value)
            }
            gridResource = "batch slurm \(user.meant)@\(host.meant) --rgahp-key /keys/p"
            if plugin == .condorSSHRemoteManager { gridResource? += " --rgahp-glite ~/.condor/bosco/glite" }
        case .condorOSGCE:
            add("gridresource", host.written)
            gridResource = "condor \(host.meant) \(host.meant):9619"
        case .condorEC2:
            userData = AnyText(pieces: 30, without: ";").within("x", "x")
            let words = [
                ("gridresource", "https://" + host.written), ("access_key_id", "/dev/null"), ("ami_id", "i"),
                ("secret_access_key", "/dev/null"), ("instance_type", "t"), ("user_data", userData.written),
                ("peaceful", "False"),
            ]
            for (key, value) in words { add(key, value) }
            gridResource = "ec2 https://" + host.meant
        default: break
        }
        // A word that is nothing but a macro without a value is none.
        arguments = (0..<30).map { AnyText(pieces: $0 % 9).within("x", "") }
        let all = arguments.map { SubmitDescription.word($0.written) }
        for (key, words) in [("defaultarguments", all.prefix(15)), ("arguments", all.dropFirst(15))] {
            let value = words.joined(separator: " ").replacing("\"", with: "\"\"")
            addBelow("executable.\(key)", "\"\(value)\"")
        }
    }

    private static func escaped(_ value: String) -> String { value.replacing("%", with: "%%") }

    /// As a part of `condor_attributes`, whose commas divide.
    private static func kept(_ line: String) -> String {
        var text = ""
        var backslashes = 0
        for character in line {
            if character == "," { text += String(repeating: "\\", count: backslashes + 1) }
            backslashes = character == "\\" ? backslashes + 1 : 0
            text.append(character)
        }
        return text
    }
}

/// A job's ad as `condor_submit -dry-run` shows it.
private struct SubmittedJob {
    private var members: [String: String] = [:]

    init(_ output: String) {
        members = Dictionary(
            output.split(separator: "\n").compactMap { line -> (String, String)? in
                guard let equals = line.firstIndex(of: "=") else { return nil }
                return (String(line[..<equals]), String(line[line.index(after: equals)...]))
            }, uniquingKeysWith: { first, _ in first })
    }

    /// A member that is a ClassAd string.
    func text(of name: String) -> String? {
        members[name].map { String($0.dropFirst().dropLast()).replacing("\\\"", with: "\"") }
    }

    var environment: [String: String] {
        Dictionary(
            Self.words(text(of: "Environment") ?? "").map { word in
                let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
            }, uniquingKeysWith: { first, _ in first })
    }

    var arguments: [String] { Self.words(text(of: "Arguments") ?? "") }

    /// Words between blanks, with pieces in single quotes.
    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        var word: String?
        var isQuoted = false
        var rest = text[...]
        while let character = rest.popFirst() {
            switch character {
            case "'" where isQuoted && rest.first == "'":
                word = (word ?? "") + "'"
                rest.removeFirst()
            case "'":
                isQuoted.toggle()
                word = word ?? ""
            case " " where !isQuoted:
                if let word { words.append(word) }
                word = nil
            default: word = (word ?? "") + String(character)
            }
        }
        return words + (word.map { [$0] } ?? [])
    }
}
