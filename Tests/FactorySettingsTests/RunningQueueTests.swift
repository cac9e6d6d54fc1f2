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
    ) throws -> (queue: FileQueue?, problems: [QueueProblem]) {
        let text = "[DEFAULT]\nenabled = True\nexecutable = /bin/sh\n[q]\n" + lines.joined(separator: "\n") + "\n"
        let (document, warnings) = try QueueDocument.load(
            INIDocument(parsing: text, file: "q.conf"), homeDirectory: "/home/f")
        #expect(warnings == [])
        var programs = ProgramFiles()
        return try #require(document.queues.first).running(in: surroundings, &programs)
    }

    static func command(_ queue: FileQueue?) throws -> QueueCommand {
        guard case .command(let command)? = queue?.job else { throw QueueProblem(nil, "no command") }
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
        guard case .described(let describe)? = queue?.job else { throw QueueProblem(nil, "no description") }
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

    @Test func aThousandSectionsOfWhichOneChanges() throws {
        func queues(_ special: Int) throws -> [FileQueue] {
            var text = "[DEFAULT]\nenabled = True\nexecutable = /bin/sh\nbatchsubmitplugin = Slurm\n"
            for number in 0..<1000 {
                text += "[q\(number)]\nsched.keepnrunning.keep_running = \(number == special ? 7 : 1)\n"
            }
            let document = try QueueDocument.load(
                INIDocument(parsing: text, file: "q.conf"), homeDirectory: "/home/f"
            ).settings
            return try document.queues.running(in: Self.surroundings, of: INIDocument())
        }
        let board = QueueBoard(try queues(-1))
        let start = ContinuousClock.now
        #expect(board.replace(with: try queues(500)) == .init(changed: ["q500"]))
        print("1,000 sections of which one has changed, read and taken over: \(ContinuousClock.now - start)")
    }
}
