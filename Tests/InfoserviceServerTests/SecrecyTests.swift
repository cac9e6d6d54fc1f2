import AsyncHTTPClient
import Foundation
import InfoserviceAPI
import InfoserviceServer
import InfoserviceStore
import Logging
import NIOCore
import NIOHTTP1
import Synchronization
import Testing
import VC3Model
import VC3Testing
import VC3Transport

/// Plants secrets, does everything that the Infoservice can do, and looks for them in whatever comes out of it.
@Suite(.timeLimit(.minutes(5)))
struct SecrecyTests {
    /// Recognisable in any text that carries them.
    private static let secrets = (1...6).map { "PLANTED-\($0)-sUrQh7" }
    /// The secrets as they are, in base64 and twice in base64, in hexadecimal and percent-encoded.
    private static let forms: [String] = secrets.flatMap { secret in
        let base64 = Data(secret.utf8).base64EncodedString()
        // Base64 of a longer text shows the secret's middle only, shifted by up to two bytes.
        let shifted = ["", "x", "xx"].map { prefix in
            let text = Data((prefix + secret).utf8).base64EncodedString()
            return String(text.dropFirst(4).dropLast(4))
        }
        let twice = Data(base64.utf8).base64EncodedString()
        let hexadecimal = secret.utf8.map { String($0, radix: 16) }.joined()
        return [secret, String(base64.prefix(20)), String(twice.prefix(24)), hexadecimal] + shifted
    }

    private static func leaks(in text: String) -> [String] { leaks(in: Data(text.utf8)) }

    private static func leaks(in bytes: Data) -> [String] { forms.filter { bytes.range(of: Data($0.utf8)) != nil } }

    /// Everything that callers were answered, with what they had asked.
    private actor Transcript {
        private(set) var entries: [(question: String, answer: String)] = []
        func add(_ question: String, _ answer: String) { entries.append((question, answer)) }
    }

    private struct Caller: Sendable {
        let name: String
        let client: MutualTLSClient
        let port: Int
        let transcript: Transcript

        @discardableResult
        func callAsFunction(
            _ method: HTTPMethod, _ target: String, _ body: String? = nil, headers: [String: String] = [:]
        ) async throws -> String {
            var request = HTTPClientRequest(url: "https://127.0.0.1:\(port)\(target)")
            request.method = method
            for (name, value) in headers { request.headers.add(name: name, value: value) }
            if let body { request.body = .bytes(ByteBuffer(string: body)) }
            let response = try await client.execute(request, deadline: .now() + .seconds(30))
            let bytes = try await response.body.collect(upTo: 1 << 24)
            let answer = "\(response.status.code) \(response.headers)\n\(String(buffer: bytes))"
            await transcript.add("\(name) \(method) \(target.prefix(60)) \(body?.prefix(60) ?? "")", answer)
            return answer
        }
    }

    private static let callers: [Identity] = [
        .admin, .ana, .ben, .master, Identity(role: .portal, name: "portal"), Identity(role: .agent, name: "host"),
    ]

    /// What is at rest outside the process, by name.
    private typealias Rest = @Sendable () async throws -> [(name: String, content: Data)]

    @Test(arguments: [StorePlugin.sqlite, .diskDump])
    func plantedSecretsComeOutForNobodyButTheFactory(plugin: StorePlugin) async throws {
        try await withScratchDirectory { directory in
            try await withScratchDirectory { keys in
                let location = try StoreLocation(
                    plugin: plugin.rawValue, place: directory.appending(path: "store").path)
                try await look(StoreConfiguration(location, keyFile: keys.appending(path: "sealing.key").path)) {
                    try Self.files(in: directory)
                }
            }
        }
    }

    #if PostgreSQL
        @Test(.enabled(if: PostgreSQLServer.installed != nil, "there is no PostgreSQL server on this machine"))
        func plantedSecretsDoNotComeOutOfPostgreSQL() async throws {
            try await PostgreSQLServer.with { server in
                try await withScratchDirectory { keys in
                    let location = StoreLocation.postgreSQL(connection: try await server.database("store"))
                    let patterns = keys.appending(path: "patterns").path
                    try Self.forms.joined(separator: "\n").write(toFile: patterns, atomically: true, encoding: .utf8)
                    try await look(StoreConfiguration(location, keyFile: keys.appending(path: "sealing.key").path)) {
                        // Files of the database and its log are too many to read here.
                        let found = try await Tool.run(["grep", "-raohF", "-f", patterns, server.data])
                        #expect(found.status <= 1, "\(found.output)")
                        return [
                            ("dump", Data(try await server.dump("store").utf8)),
                            ("database files", Data(found.output.utf8)),
                        ]
                    }
                }
            }
        }
    #endif

    /// In what `rest` gives, and in backups.
    private func look(_ configuration: StoreConfiguration, _ rest: @escaping Rest) async throws {
        try await withScratchDirectory { backups in
            try await plantAndLook(configuration) {
                let backup = backups.appending(path: UUID().uuidString)
                _ = try await StoreCopy.backUp(configuration.location, to: backup.path, at: WallClock.system.now())
                return try await rest() + [("backup", try Data(contentsOf: backup))]
            }
        }
    }

    private func plantAndLook(_ configuration: StoreConfiguration, _ rest: Rest) async throws {
        let store = try await EntityStore.open(configuration)
        let transcript = Transcript()
        let logged = Lines()
        var logger = Logger(label: "secrecy") { _ in RecordingLogHandler(lines: logged) }
        logger.logLevel = .trace
        try await withRunningInfoservice(on: store, logger: logger) { running in
            var calls: [String: Caller] = [:]
            for identity in Self.callers + [.factory] {
                let client = MutualTLSClient(
                    try running.authority.credentials(identity), connectTimeout: .seconds(30), silence: .seconds(30)
                )
                calls[identity.name] = Caller(
                    name: identity.name, client: client, port: running.port, transcript: transcript)
            }
            try await Self.write(calls)
            try await Self.read(calls)
            try await Self.writeWrongly(calls)
            try await Self.watch(calls)
            let shown = try await calls["factory"]?(.GET, "/v1/privatetoken/t1") ?? ""
            #expect(Self.leaks(in: shown).contains(Self.secrets[0]), "the factory needs it")
            for call in calls.values { try await call.client.shutdown() }
        }
        let entries = await transcript.entries
        #expect(entries.count > 100)
        for entry in entries where !entry.question.hasPrefix("factory ") {
            #expect(Self.leaks(in: entry.answer).isEmpty, "\(entry.question): \(entry.answer)")
        }
        let lines = logged.all.withLock(\.self)
        #expect(lines.count > 100, "the log is really kept")
        for line in lines { #expect(Self.leaks(in: line).isEmpty, "\(line)") }
        try await Self.requireSilence(of: rest, "after the commits")
        try await store.close()
        try await Self.requireSilence(of: rest, "after the checkpoint")

        let reopened = try await EntityStore.open(configuration)
        let token = try await InfoserviceSession(identity: .factory, engine: reopened).record(.privatetoken, "t1")
        #expect(token.spec["data"]?.stringValue == Self.secrets[0], "what was looked for was there")
        try await Self.proveThatALeakIsFound(reopened, rest)
        try await reopened.close()
    }

    /// The same secret in a place that everybody may see is found, as it is and in base64.
    private static func proveThatALeakIsFound(_ store: EntityStore, _ rest: Rest) async throws {
        #expect(leaks(in: "a line with \(secrets[3])") == [secrets[3]])
        let base64 = Data("a longer text, \(secrets[3]), in base64".utf8).base64EncodedString()
        #expect(!leaks(in: base64).isEmpty)
        let draft = EntityDraft(kind: .nodeinfo, name: "leaky", spec: ["description": .string(base64)])
        let record = try await InfoserviceSession(identity: .ana, engine: store).create(draft)
        #expect(!leaks(in: record.spec.pythonText).isEmpty)
        let found = try await rest().filter { !leaks(in: $0.content).isEmpty }.map(\.name)
        #expect(found.contains("backup") && found.count > 1, "\(found)")
    }

    private static func requireSilence(of rest: Rest, _ moment: String) async throws {
        let files = try await rest()
        #expect(files.count > 1)
        for file in files { #expect(leaks(in: file.content).isEmpty, "\(file.name) \(moment)") }
    }

    private static func files(in directory: URL) throws -> [(name: String, content: Data)] {
        try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil).map { file in
            (file.lastPathComponent, try Data(contentsOf: file))
        }
    }

    /// Secrets of every kind, by both interfaces, created, replaced, patched and reported.
    private static func write(_ calls: [String: Caller]) async throws {
        let base64 = Data(secrets[1].utf8).base64EncodedString()
        try await calls["ana"]?(
            .POST, "/v1/privatetoken", #"{"name":"t1","spec":{"type":"ssh","data":"\#(secrets[0])"}}"#)
        try await calls["ana"]?(.POST, "/v1/privatetoken", #"{"name":"t2","spec":{"type":"ssh","data":"\#(base64)"}}"#)
        try await calls["ana"]?(
            .PATCH, "/v1/privatetoken/t2", #"{"spec":{"data":"\#(secrets[2])"}}"#,
            headers: ["Content-Type": "application/merge-patch+json"])
        let data = #"{"t3":{"name":"t3","type":"ssh","data":"\#(secrets[3])"}}"#
        try await calls["ana"]?(.POST, "/info?key=privatetoken&entityname=t3&data=\(escaped(data))")
        let pairing = #"{"host":{"name":"host","cn":"host","pairingcode":"\#(secrets[4])"}}"#
        try await calls["root"]?(.POST, "/info?key=pairing&entityname=host&data=\(escaped(pairing))")
        let key = #"{"host":{"cert":"Y2VydA==","key":"\#(secrets[5])"}}"#
        try await calls["master"]?(.PUT, "/info?key=pairing&entityname=host&data=\(escaped(key))")
        // Somebody else's guess gets nothing.
        for name in ["ana", "ben", "host", "master", "portal"] {
            try await calls[name]?(.GET, "/info?key=pairing&pairingcode=\(secrets[4])")
        }
    }

    private static func read(_ calls: [String: Caller]) async throws {
        for call in calls.values {
            for kind in ["privatetoken", "pairing", "user"] {
                try await call(.GET, "/v1/\(kind)")
                try await call(.GET, "/info?key=\(kind)")
            }
            for name in ["t1", "t2", "t3"] {
                try await call(.GET, "/v1/privatetoken/\(name)")
                try await call(.GET, "/info?key=privatetoken&entityname=\(name)")
            }
            try await call(.GET, "/v1/pairing/host")
            try await call(.GET, "/info?key=pairing&entityname=host")
        }
    }

    /// Bad input with a secret in it: the answer says what is wrong without repeating it.
    private static func writeWrongly(_ calls: [String: Caller]) async throws {
        let secret = secrets[0]
        let bodies = [
            #"{"name":"t9","spec":{"type":"ssh","data":"\#(secret)","colour":1}}"#,
            #"{"name":"bad name","spec":{"type":"ssh","data":"\#(secret)"}}"#,
            #"{"name":"t9","spec":{"data":"\#(secret)"}}"#, #"{"name":"t9","spec":{"type":1,"data":["\#(secret)"]}}"#,
            #"{"name":"t9","spec":{"type":"ssh","data":"\#(secret)","data":"\#(secret)"}}"#,
            #"{"name":"t9","spec":{"type":"ssh","data":"\#(secret)"#, #"{"name":"t9","spec":"\#(secret)"}"#,
            #"{"name":"t1","spec":{"type":"ssh","data":"\#(secret)"}}"#, "\u{1}\(secret)",
            #"{"name":"t9","owner":"ben","spec":{"type":"ssh","data":"\#(secret)"}}"#,
        ]
        for call in calls.values {
            for body in bodies {
                try await call(.POST, "/v1/privatetoken", body)
                try await call(.PUT, "/v1/privatetoken/t1", body, headers: ["If-Match": "\"1\""])
                let entity = #"{"t9":\#(body)}"#
                try await call(.POST, "/info?key=privatetoken&entityname=t9&data=\(escaped(entity))")
                try await call(.PUT, "/info?key=privatetoken&entityname=t1&data=\(escaped(entity))")
                // As the original's clients send it: not escaped.
                try await call(.PUT, "/info?key=privatetoken&data=x&data=\(secret)&entityname=t1")
            }
            try await call(.PUT, "/info?key=privatetoken&entityname=t1&data={}&\(secret)=1")
            try await call(.GET, "/info?key=privatetoken&entityname=t1&pairingcode=\(secret)")
            let allocation = #"{"a":{"resource":"r","accountname":"a","privtoken":"\#(secret)"}}"#
            try await call(.POST, "/info?key=allocation&entityname=a&data=\(escaped(allocation))")
        }
    }

    private static func watch(_ calls: [String: Caller]) async throws {
        for call in calls.values {
            var request = HTTPClientRequest(
                url: "https://127.0.0.1:\(call.port)/v1/watch?kinds=privatetoken,pairing,nodeinfo&after=0")
            request.method = .GET
            let response = try await call.client.stream(request, deadline: .now() + .seconds(30))
            // Something that every caller's watch shows, after everything that it might.
            let marker = "seen-by-\(call.name)"
            try await calls["root"]?(.POST, "/v1/nodeinfo", #"{"name":"\#(marker)","owner":"\#(call.name)","spec":{}}"#)
            var text = ""
            for try await part in response.body {
                text += String(buffer: part)
                if text.contains(marker) { break }
            }
            await call.transcript.add("\(call.name) watch", text)
        }
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let character = Character(Unicode.Scalar(byte))
            if byte < 0x80, character.isLetter || character.isNumber { return String(character) }
            return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}

private final class Lines: Sendable {
    let all = Mutex<[String]>([])
}

/// Keeps every line with all that belongs to it.
private struct RecordingLogHandler: LogHandler {
    let lines: Lines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let line = "\(event.level) \(event.message) \(all) \(event.error.map { "\($0)" } ?? "")"
        lines.all.withLock { $0.append(line) }
    }
}
