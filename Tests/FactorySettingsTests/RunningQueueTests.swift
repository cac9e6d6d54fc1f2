import BatchSystems
import FactoryLogs
import Foundation
import Testing
import VC3Configuration
import VC3Model

@testable import Factory
@testable import FactorySettings

/// Sections as the Factory runs them.
@Suite struct RunningQueueTests {
    static let surroundings = QueueSurroundings(
        id: "MYSITE 1", user: "apf", admins: [], logs: LogLayout(base: "/logs", address: "http://h:1"), account: "me",
        areEnabled: true, cycles: nil, environment: ["HOSTNAME": "here"])

    static func running(
        _ lines: String..., in surroundings: QueueSurroundings = surroundings
    ) throws -> (queue: FileQueue?, problems: [String]) {
        let text = "[q]\nenabled = True\nexecutable = /bin/sh\n" + lines.joined(separator: "\n") + "\n"
        let (document, warnings) = try QueueDocument.load(
            INIDocument(parsing: text, file: "q.conf"), homeDirectory: "/home/f")
        #expect(warnings == [])
        var programs = ProgramFiles()
        return try #require(document.queues.first).running(in: surroundings, &programs)
    }

    static func command(_ queue: FileQueue?) throws -> QueueCommand {
        guard case .command(let command)? = queue?.job else { throw QueueProblem("no command") }
        return command
    }

    @Test func aBatchSystemOfThisMachineGetsTheProgramItself() throws {
        let (queue, problems) = try Self.running(
            "batchsubmitplugin = Slurm", #"executable.arguments = "--id $ENV(HOSTNAME)#$(Cluster).$(Process) 'a b'""#,
            "batchsubmit.slurm.queue = long", "batchsubmit.slurm.cores = 4", "batchsubmit.slurm.walltime = 2h",
            "batchsubmit.slurm.environ = A=1", "batchsubmit.slurm.overlay.peaceful = False")
        #expect(problems == [])
        #expect(queue?.site.method == "local" && queue?.site.flavor == "slurm" && queue?.site.account == "me")
        #expect(queue?.site.resource == "queues-MYSITE_1" && queue?.site.type == FileQueue.siteType)
        #expect(queue?.size == .init(cores: 4, walltime: 7200) && queue?.batch.queue == "long")
        #expect(queue?.isPeaceful == false && queue?.cycles == nil)
        let command = try Self.command(queue)
        #expect(command.arguments == ["--id", "here#$(Cluster).$(Process)", "a b"])
        #expect(command.program?.content.isEmpty == false)
        #expect(command.environment.contains(.init(name: "FACTORYQUEUE", value: "q")))
        #expect(command.environment.last == .init(name: "A", value: "1"))
    }

    @Test func anAccountOverSSHIsAskedInItsBatchSystemsWords() throws {
        let (queue, problems) = try Self.running(
            "batchsubmitplugin = CondorSSHRemoteManager", "batchsubmit.condorsshremotemanager.host = h",
            "batchsubmit.condorsshremotemanager.user = u", "batchsubmit.condorsshremotemanager.authprofile = p",
            "batchsubmit.condorsshremotemanager.batch = sge", "batchsubmit.condorsshremotemanager.port = 2222",
            "batchsubmit.condorsshremotemanager.condor_attributes.request_cpus = 8",
            "batchsubmit.condorsshremotemanager.condor_attributes.request_disk = 2048",
            "batchsubmit.condorsshremotemanager.condor_attributes.+nonessential = True",
            "batchsubmit.condorsshremotemanager.condor_attributes.+remote_queue = \"all.q\"",
            "batchsubmit.condorsshremotemanager.condor_attributes.transfer_executable = False")
        #expect(problems == [])
        #expect(queue?.site.method == "ssh" && queue?.site.flavor == "sge" && queue?.site.host == "h")
        #expect(queue?.site.port == 2222 && queue?.site.account == "u" && queue?.site.privatetoken == "p")
        #expect(queue?.size.cores == 8 && queue?.size.diskMB == 2 && queue?.batch.queue == "all.q")
        #expect(try Self.command(queue).program == nil)
    }

    @Test func theScheddHereIsToldWhatTheOriginalTellsIt() throws {
        let (queue, problems) = try Self.running("batchsubmitplugin = CondorLocal")
        #expect(problems == [])
        guard case .described(let describe)? = queue?.job else { throw QueueProblem("no description") }
        #expect(describe(Timestamp(milliseconds: 86_400_000)).value(of: "dir") == "/logs/1970-01-02/q/")
    }

    @Test func aQueueThatIsOffRests() throws {
        var off = Self.surroundings
        off.areEnabled = false
        #expect(try Self.running("batchsubmitplugin = Local", in: off).queue?.cycles == 0)
        off.areEnabled = true
        off.cycles = 7
        #expect(try Self.running("batchsubmitplugin = Local", in: off).queue?.cycles == 7)
    }

    @Test(arguments: [
        ("batchsubmitplugin = Local\nexecutable.arguments = \"a", "in double quotes"),
        ("batchsubmitplugin = Local\nexecutable.arguments = $ENV(NOWHERE)", "$ENV(NOWHERE)"),
        ("batchsubmitplugin = Slurm\nbatchsubmit.slurm.host = h", "authprofile' is missing"),
        (
            "batchsubmitplugin = Slurm\nbatchsubmit.slurm.host = h\nbatchsubmit.slurm.authprofile = p\nbatchsubmit.slurm.gateway = g",
            "with batchsubmit.slurm.gateway it has the host's key"
        ),
        ("batchsubmitplugin = Slurm\nbatchsubmit.slurm.queue = -x", "queue begins with '-'"),
        ("batchsubmitplugin = Slurm\nbatchsubmit.slurm.submitargs = --wrap=x", "submitargs[0]"),
        ("batchsubmitplugin = Local\nbatchsubmit.local.gpus = 1", "gpus cannot be asked"),
        ("batchsubmitplugin = Kubernetes", "image must be given"),
    ])
    func whatCannotRunIsSaid(lines: String, words: String) throws {
        let (_, problems) = try Self.running(lines)
        #expect(problems.count == 1 && problems[0].contains(words), "\(problems)")
    }

    /// Each key of a good section with a value that cannot be meant: one error, with its file, line, key and what is
    /// allowed.
    @Test func everyBadLineIsToldWithItsPlace() throws {
        let good = [
            "enabled = True", "executable = /bin/sh", "batchsubmitplugin = Slurm", "apfqueue.sleep = 60",
            "schedplugin = KeepNRunning, MaxPerCycle, Throttle, Scale", "sched.keepnrunning.keep_running = 2",
            "sched.maxpercycle.maximum = 1", "sched.throttle.ratio = 0.5", "sched.scale.factor = 1",
            "batchsubmit.slurm.port = 22", "batchsubmit.slurm.cores = 1", "batchsubmit.slurm.memory = 10",
            "batchsubmit.slurm.disk = 10", "batchsubmit.slurm.walltime = 60", "batchsubmit.slurm.gpus = 0",
            "batchsubmit.slurm.wholenode = False", "batchsubmit.slurm.transferexecutable = True",
            "batchsubmit.slurm.overlay.peaceful = True", "batchsubmit.slurm.overlay.killorder = newest",
            "batchsubmit.slurm.environ = A=1",
        ]
        func load(_ lines: [String]) throws {
            _ = try QueueDocument.load(
                INIDocument(parsing: "[q]\n" + lines.joined(separator: "\n"), file: "q.conf"), homeDirectory: "/home/f")
        }
        try load(good)
        for (index, line) in good.enumerated() where !line.hasPrefix("executable") {
            let key = try #require(line.split(separator: " ").first)
            for value in ["-1 x", "@"] {
                var bad = good
                bad[index] = "\(key) = \(value)"
                let error = try #require(throws: ConfigurationError.self, "\(bad[index])") { try load(bad) }
                #expect(
                    error.diagnostics.contains { "\($0)".hasPrefix("q.conf:\(index + 2): error: [q] \(key)") },
                    "\(error)")
            }
            var broken = good
            broken[index] = "\(key) without a sign"
            let error = try #require(throws: ConfigurationError.self) { try load(broken) }
            #expect("\(error)".hasPrefix("q.conf:\(index + 2): error: "), "\(error)")
        }
    }

    @Test func aThousandSectionsOfWhichOneChanges() throws {
        func queues(_ special: Int) throws -> [FileQueue] {
            var text = "[DEFAULT]\nenabled = True\nexecutable = /bin/sh\nbatchsubmitplugin = Slurm\n"
            for number in 0..<1000 {
                text += "[q\(number)]\nsched.keepnrunning.keep_running = \(number == special ? 7 : 1)\n"
            }
            let document = try QueueDocument.load(
                INIDocument(parsing: text, file: "q.conf"), homeDirectory: "/home/f"
            ).settings
            var programs = ProgramFiles()
            return document.queues.compactMap { $0.running(in: Self.surroundings, &programs).queue }
        }
        let board = QueueBoard(try queues(-1))
        let start = ContinuousClock.now
        #expect(board.replace(with: try queues(500)) == .init(changed: ["q500"]))
        print("1,000 sections of which one has changed, read and taken over: \(ContinuousClock.now - start)")
    }
}
