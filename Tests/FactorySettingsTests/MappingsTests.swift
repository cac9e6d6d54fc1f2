import BatchSystems
import Testing
import VC3Configuration
import VC3Model

@testable import Factory
@testable import FactorySettings

/// `mappings.conf`.
@Suite struct MappingsTests {
    /// The file of AutoPyFactory.
    static let original = """
        [NATIVECONDORBATCHSTATUS]
        0 = unexpanded
        1 = idle
        2 = running
        3 = removed
        4 = completed
        5 = held
        6 = submission_err
        [CONDORBATCHSTATUS-JOBSTATUS2INFO]
        0 = pending
        1 = pending
        2 = running
        3 = done
        4 = done
        5 = pending
        6 = running
        [CONDOREC2BATCHSTATUS-JOBSTATUS2INFO]
        0 = pending
        5 = pending
        [CONDORWMSSTATUS-JOBSTATUS2INFO]
        0 = ready
        1 = ready
        2 = running
        3 = done
        4 = done
        5 = failed
        6 = running
        [PANDAWMSSTATUS-JOBSSTATISTICSPERSITE2INFO]
        pending = notready
        activated = ready
        [WORKQUEUEWMSSTATUS-JOBSTATUS2INFO]
        tasks_waiting = ready
        tasks_running = running
        tasks_done = done
        tasks_cancelled = done
        tasks_failed = failed
        """

    static func load(_ text: String) throws -> (settings: MappingsDocument, warnings: [ConfigurationDiagnostic]) {
        try MappingsDocument.load(INIDocument(parsing: text, file: "m.conf"), homeDirectory: "/home/f")
    }

    static func report(_ flavor: BatchSystemFlavor, _ word: String, _ state: JobState) -> JobReport {
        JobReport(tag: "vc3-a", job: JobID(rawValue: "1"), state: state, nativeState: word)
    }

    /// With the original's own file everything is as without one, but for a status that HTCondor has no more.
    @Test func theOriginalsFileSaysWhatTheProgramKnows() throws {
        let (settings, warnings) = try Self.load(Self.original)
        #expect(warnings == [])
        let mapping = try #require(settings.batchSystems[.condor])
        for row in BatchSystemFlavor.condor.adapter().states.rows {
            let states: [JobState] =
                switch row.outcome {
                case .state(let state): [state]
                case .byExitCode: [.done, .failed, .vanished]
                }
            for state in states {
                let report = Self.report(.condor, row.word, state)
                #expect(mapping.applied(report) == report)
            }
        }
        #expect(mapping.applied(Self.report(.condor, "0", .unknown)).state == .pending)
        #expect(settings.ready == ReadyWords(condor: [0, 1]))
        #expect(settings.batchSystems.count == 1)
        let (none, _) = try Self.load("")
        #expect(none.batchSystems.isEmpty && none.ready == ReadyWords())
    }

    @Test(arguments: [
        (BatchSystemFlavor.condor, "CONDORBATCHSTATUS", "7 = pending", "7", JobState.running, JobState.pending),
        (.condor, "CONDORBATCHSTATUS", "5 = running", "5", .held, .running),
        (.condor, "CONDORBATCHSTATUS", "5 = done", "5", .held, .vanished),
        (.condor, "CONDORBATCHSTATUS", "0 = Running", "0", .unknown, .running),
        (.slurm, "SLURMBATCHSTATUS", "SUSPENDED = held", "SUSPENDED", .running, .held),
        (.sge, "SGEBATCHSTATUS", "Eqw = done", "Eqw", .held, .vanished),
        (.torque, "TORQUEBATCHSTATUS", "W = held", "W", .pending, .held),
        (.lsf, "LSFBATCHSTATUS", "UNKWN = running", "UNKWN", .unknown, .running),
        (.kubernetes, "KUBERNETESBATCHSTATUS", "Pod Unknown = running", "Pod Unknown", .unknown, .running),
        (.pbs, "PBSBATCHSTATUS", "U = done", "U", .running, .vanished),
        (.local, "LOCALBATCHSTATUS", "LOST = done", "LOST", .failed, .failed),
    ])
    func eachBatchSystemHasASection(
        flavor: BatchSystemFlavor, section: String, line: String, word: String, before: JobState, after: JobState
    ) throws {
        let (settings, warnings) = try Self.load("[\(section)-JOBSTATUS2INFO]\n\(line)\n")
        #expect(warnings == [])
        let mapping = try #require(settings.batchSystems[flavor])
        #expect(mapping.applied(Self.report(flavor, word, before)).state == after)
    }

    @Test(arguments: [
        ("CONDORWMSSTATUS", "5 = ready", ReadyWords(condor: [1, 5])),
        ("CONDORWMSSTATUS", "1 = notready\n5 = ready", ReadyWords(condor: [5])),
        ("WORKQUEUEWMSSTATUS", "tasks_running = ready", ReadyWords(workQueue: ["tasks_waiting", "tasks_running"])),
    ])
    func whatCountsAsReady(section: String, lines: String, words: ReadyWords) throws {
        #expect(try Self.load("[\(section)-JOBSTATUS2INFO]\n\(lines)\n").settings.ready == words)
    }

    @Test(arguments: [
        ("CONDORBATCHSTATUS", "5 = waiting", "5 = 'waiting' is not allowed; give one of pending, running, done, held"),
        ("CONDORBATCHSTATUS", "4 = running", "4 = running is not allowed: a job in that state has ended (completed)"),
        ("SLURMBATCHSTATUS", "FAILED = pending", "FAILED = pending is not allowed: a job in that state has ended"),
        ("CONDORBATCHSTATUS", "8 = held", "'8' is no state of HTCondor; give one of 0, 1, 2, 3, 4, 5, 6, 7"),
        ("CONDORBATCHSTATUS", "05 = held", "'05' is no state of HTCondor; give one of 0, 1"),
        ("SLURMBATCHSTATUS", "pending = held", "'pending' is no state of Slurm; give one of BOOT_FAIL, "),
        ("SGEBATCHSTATUS", "Equ = held", "'Equ' is no state of Grid Engine; give one or more of the letters d, E, r"),
        ("PBSBATCHSTATUS", "QR = held", "'QR' is no state of PBS; give one of B, E, F"),
        ("TORQUEBATCHSTATUS", "M = held", "'M' is no state of Torque; give one of C, E, H"),
        ("LSFBATCHSTATUS", "RUNNING = held", "'RUNNING' is no state of LSF; give one of PEND, "),
        ("KUBERNETESBATCHSTATUS", "Pod pending = held", "'Pod pending' is no state of Kubernetes; give one of Job, "),
        (
            "LOCALBATCHSTATUS", "Lost = held",
            "'Lost' is no state of a machine without a batch system; give one of START"
        ),
        ("CONDORWMSSTATUS", "idle = ready", "'idle' is no state of HTCondor; give one of 0, 1"),
        ("CONDORWMSSTATUS", "9 = ready", "'9' is no state of HTCondor; give one of 0, 1"),
        (
            "WORKQUEUEWMSSTATUS", "task_waiting = ready",
            "'task_waiting' is no count of tasks of Work Queue; give one of "
        ),
        ("CONDORWMSSTATUS", "5 = perhaps", "5 = 'perhaps' is not allowed; give one of ready, notready"),
        ("CONDORWMSSTATUS", "1 = running", "leaves nothing that is ready"),
        ("WORKQUEUEWMSSTATUS", "tasks_waiting = done", "leaves nothing that is ready"),
    ])
    func whatIsWrongIsToldWithItsPlace(section: String, line: String, words: String) throws {
        let error = try #require(throws: ConfigurationError.self) {
            try Self.load("[\(section)-JOBSTATUS2INFO]\n\(line)\n")
        }
        #expect("\(error)".hasPrefix("m.conf:2: error: [\(section)-JOBSTATUS2INFO] "), "\(error)")
        #expect("\(error)".contains(words), "\(error)")
    }

    @Test func aSectionThatIsNoneIsToldWithItsNeighbour() throws {
        let (_, warnings) = try Self.load("[CONDORBATCHSTATUS-JOBSTATUS2INF]\n1 = pending\n")
        #expect("\(warnings)".contains("did you mean [CONDORBATCHSTATUS-JOBSTATUS2INFO]?"))
    }
}
