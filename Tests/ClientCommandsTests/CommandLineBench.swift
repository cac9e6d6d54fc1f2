import ClientCommands
import Foundation
import InfoserviceAPI
import Synchronization
import VC3Model

/// `vc3-client` on a store in memory: argument words in; exit code, output and effects out.
struct CommandLineBench: Sendable {
    let infoservice = InMemoryInfoservice()
    var trustedFile = "/nonexistent/chain.pem"
    /// 2026-11-22T12:00:00Z
    static let now = Timestamp(milliseconds: 1_795_348_800_000)

    struct Outcome: Sendable {
        let exitCode: Int32
        let output: String
        let notes: String
    }

    /// - Parameters:
    ///   - isTimeShort: Whether every pause is over at once; else none ever ends.
    ///   - connecting: Runs before there is a connection.
    func run(
        _ arguments: [String], width: Int? = nil, isTimeShort: Bool = false,
        connecting: @escaping @Sendable () throws -> Void = {}
    ) async -> Outcome {
        let recording = Recording()
        let console = Console(
            write: { recording.write($0) }, note: { recording.note($0) }, width: width)
        let surroundings = ClientSurroundings(
            console: console, clock: WallClock { Self.now },
            sleep: { duration in
                // Short pauses are those between attempts; they are always over at once.
                if isTimeShort || duration < .seconds(10) { return try Task.checkCancellation() }
                try await Task.sleep(for: .seconds(3600))
            }, homeFolder: "/nonexistent")
        let tool = ClientTool(surroundings: surroundings) { [infoservice, trustedFile] _, body in
            try connecting()
            return await body(
                ClientConnection(
                    infoservice: infoservice, endpoint: "info.example.edu:20334", configuredIn: "/etc/client.conf:3",
                    enrolment: ("info.example.edu", 20_335), trustedFile: trustedFile,
                    retrievePairing: { $0 == "w1-ABCDEF" ? ("CERTIFICATE", "KEY") : nil }))
        }
        let code = await tool.run(arguments)
        return Outcome(exitCode: code, output: recording.output, notes: recording.notes)
    }

    /// Splits at blanks; there are no quotes.
    @discardableResult
    func run(
        _ line: String, width: Int? = nil, isTimeShort: Bool = false,
        connecting: @escaping @Sendable () throws -> Void = {}
    ) async -> Outcome {
        await run(
            line.split(separator: " ").map(String.init), width: width, isTimeShort: isTimeShort, connecting: connecting)
    }

    /// Everything that the main job needs, up to and with request `run1`.
    func prepare() async { await infoservice.load(Self.prepared.value) }

    /// The state after the main job's commands, which run once for all tests.
    private static let prepared = Task {
        let bench = CommandLineBench()
        for line in mainJob { await bench.run(line) }
        return await bench.infoservice.contents
    }

    static let mainJob = [
        "user-create ana --firstname Ana --lastname Lima --email ana@example.edu --institution Example",
        "nodeinfo-create small --cores 2",
        "resource-create midway --accesstype batch --accessmethod ssh --accessflavor slurm --accesshost login "
            + "--nodeinfo small",
        "allocation-create ana.midway --resource midway --accountname alima",
        "project-create survey --members ben",
        "project-addallocation survey ana.midway",
        "nodeset-create workers --node_number 6 --app_type htcondor --app_role worker-nodes",
        "cluster-create pool --nodesets workers",
        "environment-create analysis --packages python",
        "request-create run1 --project survey --cluster pool --allocations ana.midway",
    ]
}

private final class Recording: Sendable {
    private let lines = Mutex<(output: [String], notes: [String])>(([], []))

    func write(_ text: String) { lines.withLock { $0.output.append(text) } }
    func note(_ text: String) { lines.withLock { $0.notes.append(text) } }
    var output: String { lines.withLock { $0.output.joined(separator: "\n") } }
    var notes: String { lines.withLock { $0.notes.joined(separator: "\n") } }
}
