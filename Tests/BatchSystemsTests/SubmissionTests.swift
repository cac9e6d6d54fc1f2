import BatchSystems
import Testing
import VC3Commands
import VC3Model

@Suite struct SubmissionTests {
    static let job = PilotJob(
        tag: "vc3-p1", cores: 4, memoryMB: 2001, diskMB: 3, walltime: .milliseconds(3_600_500),
        options: BatchOptions(queue: "long queue", submitargs: ["--x=a b"]),
        folder: "/home/ana/it's here")

    @Test(
        arguments: [
            (
                BatchSystemFlavor.slurm,
                [
                    "cd -- '/home/ana/it'\\''s here'", "sbatch --parsable '--job-name=vc3-p1'", "'--nodes=1'",
                    "--cpus-per-task=4",
                    "--mem=2001", "--time=61", "--no-requeue", "'--partition=long queue'", "'--x=a b' pilot.sh",
                ]
            ),
            (
                .sge,
                [
                    "qsub -terse -notify -r n -N vc3-p1 -S /bin/sh -cwd", "-l 'h_rt=3601'", "-pe smp 4",
                    "-q 'long queue'",
                    "'--x=a b' pilot.sh",
                ]
            ),
            (
                .condor,
                [
                    "'request_cpus = 4'", "'request_memory = 2001'", "'request_disk = 3072'", "'JobBatchName = vc3-p1'",
                    "'+VC3_Pilot = \"vc3-p1\"'", "EnteredCurrentStatus > 3601)",
                    "'initialdir = /home/ana/it'\\''s here'", "'--x=a b' 'queue 1'",
                ]
            ),
            (.local, ["vc3-p1", "3601"]),
        ] as [(BatchSystemFlavor, [String])])
    func asksForWhatTheJobNeeds(flavor: BatchSystemFlavor, pieces: [String]) {
        let snippet = flavor.adapter().submission(of: Self.job)
        for piece in pieces { #expect(snippet.contains(piece)) }
    }

    @Test(
        arguments: [
            (BatchSystemFlavor.slurm, "'--exclude=n1,n2.x'"), (.sge, "-l 'h=!(n1|n1.*|n2.x|n2.x.*)'"),
            (.condor, #"!regexp("^(n1|n2[.]x)([.]|$)", TARGET.Machine, "i")"#),
        ])
    func nodesAreAvoidedInEachSystemsOwnWords(flavor: BatchSystemFlavor, words: String) {
        var job = Self.job
        #expect(!flavor.adapter().submission(of: job).contains(words))
        job.avoiding = ["n1", "n2.x"]
        #expect(flavor.adapter().submission(of: job).contains(words), "\(flavor.adapter().submission(of: job))")
        job.options.constraint = flavor == .sge ? "hostname=n3" : "true"
        let both = flavor.adapter().submission(of: job)
        #expect(flavor == .sge ? !both.contains("h=!(") : both.contains(words))
    }

    @Test func gridEngineAsksForMemoryByTheNameThatTheSiteGivesIt() {
        func snippet(_ settings: [String: String]) -> String {
            var job = Self.job
            job.settings = settings
            return GridEngineBatchSystem().submission(of: job)
        }
        #expect(!snippet([:]).contains("2001") && !snippet([:]).contains("501"))
        #expect(snippet(["memoryresource": "h_vmem"]).contains("-l 'h_vmem=501M'"))
        #expect(snippet(["parallelenvironment": "mp"]).contains("-pe mp 4"))
    }

    @Test(arguments: [
        (BatchSystemFlavor.slurm, "123\n", "123"), (.slurm, "123;cluster\n", "123"), (.slurm, "welcome\n42\n\n", "42"),
        (.sge, "7\n", "7"), (.sge, "filtered by site policy\n8.1-3:1\n", "8"), (.condor, "5.0 - 5.0\n", "5.0"),
        (.condor, "WARNING: x\n12.0 - 12.0", "12.0"), (.local, "vc3-p1\n", "vc3-p1"),
    ])
    func theJobIDIsRead(flavor: BatchSystemFlavor, output: String, id: String) throws {
        #expect(try flavor.adapter().jobID(fromSubmission: output).rawValue == id)
    }

    @Test(arguments: [
        (BatchSystemFlavor.slurm, ["", "\n", "Submitted batch job 5", "-5", "5 6", "٣"]),
        (.sge, ["", "Your job 5 has been", "x.1"]),
        (.condor, ["", "5", "5.0", "5.0 - 6.0", "5.0 - 5.0.1", "** Proc 5.0:"]),
        (.local, ["", "a b", "../x", ".x", "1x"]),
    ])
    func anythingElseIsNoJobID(flavor: BatchSystemFlavor, outputs: [String]) {
        for output in outputs {
            #expect(throws: BatchSystemError.self) { try flavor.adapter().jobID(fromSubmission: output) }
        }
    }

    /// Texts recorded from Slurm 22.05.8, Grid Engine 8.1.9 and HTCondor 23.9.6, but for those marked.
    @Test(
        arguments: [
            (
                BatchSystemFlavor.slurm, 1,
                "sbatch: error: invalid partition specified: nosuch\nsbatch: error: Batch job submission failed: Invalid partition name specified",
                SubmissionRefusal.Reason.unknownQueue
            ),
            (
                .slurm, 1,
                "sbatch: error: Memory specification can not be satisfied\nsbatch: error: Batch job submission failed: Requested node configuration is not available",
                .impossibleRequest
            ),
            (.slurm, 255, "sbatch: error: Invalid --time specification", .badOption),
            (
                .slurm, 255, "sbatch: unrecognized option '--nonsense'\nTry \"sbatch --help\" for more information",
                .badOption
            ),
            (.slurm, 1, "sbatch: error: Unable to open file nofile.sh", .missingFile),
            (
                .slurm, 1,
                "sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)",
                .unavailable
            ),
            // Seen at 24.11.5 with accounting.
            (
                .slurm, 1,
                "sbatch: error: QOSMaxWallDurationPerJobLimit\nsbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)",
                .impossibleRequest
            ),
            (
                .slurm, 1,
                "sbatch: error: QOSMaxSubmitJobPerUserLimit\nsbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)",
                .limitReached
            ),
            (.slurm, 1, "sbatch: error: Batch job submission failed: Job dependency problem", .impossibleRequest),
            (.slurm, 255, "sbatch: error: --uid only permitted by root user", .badOption),
            (
                .slurm, 1,
                "sbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)",
                .limitReached
            ),
            (
                .slurm, 1,
                "sbatch: error: Batch job submission failed: Invalid account or account/partition combination specified",
                .invalidAccount
            ),
            (.slurm, 127, "sh: 1: sbatch: not found", .notInstalled),
            (.slurm, 2, "sh: 3: cd: can't cd to /home/x", .missingFile),
            (
                .sge, 1, "Unable to run job: Job was rejected because job requests unknown queue \"nope\"\nExiting.",
                .unknownQueue
            ),
            (
                .sge, 1, "Unable to run job: job rejected: the requested project \"nope\" does not exist\nExiting.",
                .invalidAccount
            ),
            (
                .sge, 1,
                "Unable to run job: job rejected: the requested parallel environment \"nope\" does not exist\nExiting.",
                .unknownQueue
            ),
            (.sge, 1, "Unable to run job: unknown resource \"nope\"\nExiting.", .badOption),
            (
                .sge, 1,
                "Unable to run job: job rejected: you tried to submit a job with more than 75000 tasks\nExiting.",
                .arrayRefused
            ),
            (.sge, 1, "Unable to run job: attribute \"h_rt\" is not a time value\nExiting.", .badOption),
            (.condor, 1, "ERROR: Invalid accounting_group: a b", .invalidAccount),
            (.lsf, 255, "Request from non-LSF host rejected. Job not submitted.", .unavailable),
            (.pbs, 1, "qsub: Job rejected by all possible destinations", .impossibleRequest),
            (.sge, 1, "Unable to run job: error: no suitable queues\nExiting.", .impossibleRequest),
            (
                .sge, 1,
                "Unable to read script file because of error: error opening nofile.sh: No such file or directory",
                .missingFile
            ),
            (
                .sge, 1,
                "error: commlib error: got select error (Connection refused)\nUnable to run job: unable to send message to qmaster using port 1 on host \"siteb\": got send error\nExiting.",
                .unavailable
            ),
            // From msg_qmaster.h.
            (
                .sge, 1,
                "Unable to run job: job rejected: Only 5 jobs are allowed per user (current job count: 5).\nExiting.",
                .limitReached
            ),
            (.condor, 1, "\nERROR: Can't find address of local schedd", .unavailable),
            (.condor, 1, "ERROR: Parse error in expression: \n\tx = ((", .badOption),
            (
                .condor, 1, "\nERROR: on Line 2 of submit file: \n\nERROR: Failed to parse command file (line 2).",
                .badOption
            ),
            (.condor, 1, "ERROR: No such directory: /nope", .missingFile),
            (.condor, 1, "\nERROR: Cannot allocate a cluster id", .invalidAccount),
            // From schedd.cpp.
            (
                .condor, 1,
                "ERROR: Failed to commit job submission: Number of submitted jobs would exceed MAX_JOBS_PER_OWNER",
                .limitReached
            ),
            (.local, 1, "mkdir: cannot create directory '/x': No space left on device", .diskFull),
            (.local, 1, "mkdir: cannot create directory '/x': Disk quota exceeded", .diskFull),
            (.local, 1, "something new", .other),
        ] as [(BatchSystemFlavor, Int32, String, SubmissionRefusal.Reason)])
    func aRefusalHasItsReason(flavor: BatchSystemFlavor, code: Int32, text: String, reason: SubmissionRefusal.Reason) {
        let refusal = flavor.adapter().refusal(CommandResult(status: .exited(code), errorOutput: text))
        #expect(refusal.reason == reason)
        if [.unavailable, .limitReached, .arrayRefused].contains(reason) {
            #expect(refusal.mender == .nobody)
        } else {
            #expect(refusal.mender != .nobody)
        }
        #expect(!refusal.message.isEmpty && !refusal.message.contains("\n"))
    }

    /// As Debian's slurm-wlm-torque 22.05 says it: names in the command that it ran mean nothing.
    @Test(
        arguments: [
            ("sbatch: error: Batch job submission failed: Invalid node name specified", .impossibleRequest),
            (
                "sbatch: error: Batch job submission failed: Invalid account or account/partition combination specified",
                .invalidAccount
            ),
            ("sbatch: error: Batch job submission failed: Something new", .other),
        ] as [(String, SubmissionRefusal.Reason)])
    func torquesCommandsBeforeSlurmTellSlurmsCause(words: String, reason: SubmissionRefusal.Reason) {
        let said = """
            There was an error running the Slurm sbatch command.
            The command was:
            '/usr/bin/sbatch -e /dev/null -o /dev/null -N1 -n1 --account='job limit' -p unknown queue pilot.job 2>&1'
            and the output was:
            '\(words)
            '

            """
        let refusal = PBSBatchSystem(.torque).refusal(CommandResult(status: .exited(1), errorOutput: said))
        #expect(refusal.reason == reason && refusal.message == words)
    }

    @Test(arguments: [
        ("Slurm", BatchSystemFlavor.slurm), ("SGE", .sge), ("gridengine", .sge), ("HTCondor", .condor),
        ("condor", .condor), ("local", .local), ("PBSPro", .pbs), ("torque", .torque), ("lsf", .lsf),
        ("k8s", .kubernetes),
    ])
    func aFlavorHasItsUsualNames(name: String, flavor: BatchSystemFlavor) {
        #expect(BatchSystemFlavor(name: name) == flavor)
        #expect(flavor.adapter().flavor == flavor)
        #expect(BatchSystemFlavor(name: "oar") == nil)
    }
}
