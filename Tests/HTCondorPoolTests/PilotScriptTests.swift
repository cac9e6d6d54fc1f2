import Foundation
import HTCondorPool
import Testing

/// Runs the rendered script for real, in every POSIX shell that the machine has, with a stub in place of the payload.
@Suite struct PilotScriptTests {
    static let shells: [[String]] = [["/bin/dash"], ["/bin/bash", "--posix"], ["/bin/busybox", "sh"], ["/bin/sh"]]
        .filter { FileManager.default.isExecutableFile(atPath: $0[0]) }

    @Test(arguments: shells)
    func thePayloadGetsItsArgumentsAndScratchIsCleared(shell: [String]) throws {
        try withPilot(stub: #"printf '%s\n' "$@" >"$OUT"; pwd >"$OUT.pwd"; exit 7"#) { pilot in
            let (code, output) = try pilot.run(shell)
            #expect(code == 7, "\(output)")
            let words = try pilot.text("out").split(separator: "\n").map(String.init)
            #expect(words.prefix(2) == ["--collector", "192.0.2.7:9701"])
            #expect(words.contains("VC3_Note=it's $HOME; \"x\" `id`"))
            let scratch = try pilot.text("out.pwd").trimmingCharacters(in: .newlines)
            #expect(scratch.hasPrefix(pilot.scratch.path))
            #expect(!FileManager.default.fileExists(atPath: scratch))
        }
    }

    @Test(arguments: shells)
    func aCancelledPilotEndsAtOnce(shell: [String]) throws {
        try withPilot(stub: #"touch "$OUT""#) { pilot in
            try Data().write(to: pilot.folder.appending(path: "cancelled"))
            try #expect(pilot.run(shell).code == 0)
            #expect(!pilot.exists("out"))
        }
    }

    @Test(arguments: shells)
    func signalsReachThePayloadAndItsCodeComesBack(shell: [String]) throws {
        let stub = #"trap 'echo got >"$OUT"; exit 143' TERM; touch "$OUT.ready"; while :; do sleep 0.05; done"#
        try withPilot(stub: stub) { pilot in
            let process = try pilot.start(shell)
            while !pilot.exists("out.ready"), process.isRunning { usleep(10_000) }
            kill(process.id, SIGTERM)
            #expect(process.wait() == 143)
            try #expect(pilot.text("out") == "got\n")
            try #expect(FileManager.default.contentsOfDirectory(atPath: pilot.scratch.path).isEmpty)
        }
    }

    @Test(arguments: shells, [99, 100])
    func codesThatGridEngineTakesAsOrdersAreHidden(shell: [String], code: Int) throws {
        try withPilot(stub: "exit \(code)") { pilot in
            try #expect(pilot.run(shell).code == 1)
        }
    }

    @Test(arguments: shells)
    func aKilledPayloadIsReportedAllTheSame(shell: [String]) throws {
        try withPilot(stub: #"grep -q '"phase":"started"' "$OUT/../report.json" && kill -9 $$; exit 9"#) { pilot in
            try FileManager.default.createDirectory(
                at: pilot.folder.appending(path: "out"), withIntermediateDirectories: true)
            try #expect(pilot.run(shell).code == 137)
            let report = try JSONDecoder().decode(Report.self, from: Data(pilot.text("report.json").utf8))
            #expect(report == Report(phase: "ended", exitCode: 137))
        }
    }

    private struct Report: Decodable, Equatable {
        let phase: String
        let exitCode: Int
    }

    @Test(arguments: shells)
    func aBundleThatCannotRunIsReported(shell: [String]) throws {
        try withPilot(stub: nil) { pilot in
            let (code, output) = try pilot.run(shell)
            #expect(code == 11, "\(output)")
            try #expect(pilot.text("report.json").contains("\"exitCode\":11"))
        }
    }

    @Test(arguments: shells)
    func aBundleThatIsOnItsWayIsAwaited(shell: [String]) throws {
        try withPilot(stub: "exit 6") { pilot in
            try pilot.moveBundle(away: true)
            let process = try pilot.start(shell)
            try pilot.untilStarted()
            usleep(300_000)
            #expect(process.isRunning)
            try pilot.moveBundle(away: false)
            #expect(process.wait() == 6)
        }
    }

    @Test(arguments: shells)
    func whileItWaitsForTheBundleAPilotCanBeEnded(shell: [String]) throws {
        try withPilot(stub: "exit 6") { pilot in
            try pilot.moveBundle(away: true)
            let signalled = try pilot.start(shell)
            try pilot.untilStarted()
            kill(signalled.id, SIGTERM)
            #expect(signalled.wait() == 143)
            try FileManager.default.removeItem(at: pilot.folder.appending(path: "report.json"))
            let cancelled = try pilot.start(shell)
            usleep(100_000)
            try Data().write(to: pilot.folder.appending(path: "cancelled"))
            #expect(cancelled.wait() == 0)
        }
    }

    @Test(arguments: shells)
    func itsStartAndItsEndAreToldInTheSpool(shell: [String]) throws {
        try withPilot(stub: "exit 7") { pilot in
            var told = pilot
            let spool = pilot.folder.appending(path: "spool")
            try FileManager.default.createDirectory(at: spool, withIntermediateDirectories: false)
            told.script.spool = spool.path
            let (code, output) = try told.run(shell)
            #expect(code == 7, "\(output)")
            let name = pilot.folder.lastPathComponent
            try #expect(
                FileManager.default.contentsOfDirectory(atPath: spool.path).sorted() == [
                    "\(name).ended", "\(name).started",
                ])
            try #expect(told.text("spool/\(name).ended") == told.text("report.json"))
            try #expect(told.text("spool/\(name).ended").contains("\"exitCode\":7"))
        }
    }

    @Test(arguments: shells)
    func withoutASpoolAPilotGoesOn(shell: [String]) throws {
        try withPilot(stub: "exit 7") { pilot in
            var told = pilot
            told.script.spool = pilot.folder.appending(path: "none").path
            let (code, output) = try told.run(shell)
            #expect(code == 7 && !output.contains("none"), "\(output)")
            #expect(!told.exists("none"))
        }
    }

    @Test(arguments: shells)
    func aPilotThatHasEndedIsNotRunAgain(shell: [String]) throws {
        try withPilot(stub: #"echo x >>"$OUT"; exit 7"#) { pilot in
            try #expect(pilot.run(shell).code == 7)
            try #expect(pilot.run(shell).code == 0)
            try #expect(pilot.text("out") == "x\n")
        }
    }

    @Test(arguments: shells)
    func otherPayloadsRunInScratch(shell: [String]) throws {
        try withPilot(stub: "exit 0") { pilot in
            var other = pilot
            other.script.payload = .command(["/bin/sh", "-c", #"[ "$PWD" -ef "$VC3_SCRATCH" ] && exit "$1""#, "x", "5"])
            try #expect(other.run(shell).code == 5)
        }
    }
}

private struct PilotFixture {
    let folder: URL
    var scratch: URL { folder.appending(path: "tmp") }
    var script: PilotScript

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: folder.appending(path: name).path) }
    func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    func moveBundle(away: Bool) throws {
        let places = [folder.appending(path: "b.tar.gz"), folder.appending(path: "elsewhere")]
        try FileManager.default.moveItem(at: places[away ? 0 : 1], to: places[away ? 1 : 0])
    }

    func untilStarted() throws {
        for _ in 0..<1000 where !exists("report.json") { usleep(10_000) }
        try #require(text("report.json").contains("started"))
    }

    func start(_ shell: [String]) throws -> SpawnedShell {
        let file = folder.appending(path: "pilot.sh")
        try Data(script.rendered().utf8).write(to: file)
        return try SpawnedShell(
            shell + [file.path], output: folder.appending(path: "log").path,
            environment: ["PATH=/usr/bin:/bin", "TMPDIR=\(scratch.path)", "OUT=\(folder.appending(path: "out").path)"])
    }

    func run(_ shell: [String]) throws -> (code: Int32, output: String) {
        let code = try start(shell).wait()
        return (code, try text("log"))
    }
}

/// - Parameter stub: What `vc3-glidein` does in this test; nil gives a bundle without it.
private func withPilot(stub: String?, _ body: (PilotFixture) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "it's a pilot \(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    for name in ["tmp", "bundle/condor"] {
        try FileManager.default.createDirectory(at: folder.appending(path: name), withIntermediateDirectories: true)
    }
    if let stub {
        let program = folder.appending(path: "bundle/vc3-glidein")
        try Data("#!/bin/sh\n[ \"$1\" = --version ] && exit 0\n\(stub)\n".utf8).write(to: program)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
    }
    let tar = Process()
    tar.executableURL = URL(fileURLWithPath: "/bin/tar")
    tar.arguments = ["-czf", folder.appending(path: "b.tar.gz").path, "-C", folder.appending(path: "bundle").path, "."]
    try tar.run()
    tar.waitUntilExit()
    var arguments = PilotArguments(
        collector: "192.0.2.7:9701", trustDomain: TrustDomain(cluster: "a"), name: "p1", cores: 1,
        lingerTime: .seconds(60))
    arguments.attributes = ["VC3_Note": "it's $HOME; \"x\" `id`"]
    try body(
        PilotFixture(
            folder: folder,
            script: PilotScript(
                pilotDirectory: folder.path, bundle: folder.appending(path: "b.tar.gz").path,
                payload: .glidein(arguments, launcher: []))))
}
