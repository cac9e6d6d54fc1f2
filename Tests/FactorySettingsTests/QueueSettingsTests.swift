import BatchSystems
import Testing
import VC3Configuration

@testable import Factory
@testable import FactorySettings

@Suite struct QueueSettingsTests {
    static let facts = FactoryFacts(
        id: "f1", user: "apf", admins: ["a@x.org", "b@x.org"], logFolder: "/logs/2020-01-02/q",
        logAddress: "http://h:1/2020-01-02/q")

    static func queue(_ lines: String...) throws -> QueueSettings {
        let text = "[DEFAULT]\nenabled = True\nexecutable = /bin/pilot\n[q]\n" + lines.joined(separator: "\n") + "\n"
        let (document, warnings) = try QueueDocument.load(
            INIDocument(parsing: text, file: "q.conf"), homeDirectory: "/home/f")
        #expect(warnings == [])
        return try #require(document.queues.first)
    }

    static func lines(_ queue: QueueSettings, keyFile: String? = nil) throws -> [String] {
        let (description, problems) = queue.description(for: facts, keyFile: keyFile)
        #expect(problems == [])
        return description.commands.map { "\($0.name) = \($0.value)" }
    }

    static let base = [
        "Dir = /logs/2020-01-02/q/", "notify_user = a@x.org,b@x.org", #"+MATCH_APF_QUEUE = "q""#,
        #"+FACTORY_JOBID = "$ENV(HOSTNAME)#$(Cluster).$(Process)""#, #"+APF_QUEUE = "q""#,
        #"+APF_LOGURL = "http://h:1/2020-01-02/q/$(Cluster).$(Process).log""#,
        #"+APF_OUTURL = "http://h:1/2020-01-02/q/$(Cluster).$(Process).out""#,
        #"+APF_ERRURL = "http://h:1/2020-01-02/q/$(Cluster).$(Process).err""#,
        #"environment = "PANDA_JSID=f1 GTAG=http://h:1/2020-01-02/q/$(Cluster).$(Process).out APFCID=$(Cluster).$(Process) "#
            + #"APFFID=f1 FACTORY_JOBID=$ENV(HOSTNAME)#$(Cluster).$(Process) FACTORYQUEUE=q FACTORYUSER=apf""#,
        "executable = /bin/pilot", "output = $(Dir)/$(Cluster).$(Process).out",
        "error = $(Dir)/$(Cluster).$(Process).err",
        "log = $(Dir)/$(Cluster).$(Process).log", "stream_output = False", "stream_error = False",
        "notification = Error",
        "transfer_executable = True",
    ]

    /// The submit lines of each plugin, before or after those of all.
    @Test func theLinesOfEachPlugin() throws {
        #expect(
            try Self.lines(Self.queue("batchsubmitplugin = CondorLocal"))
                == ["universe = vanilla", "should_transfer_files = IF_NEEDED", #"+TransferOutput = """#] + Self.base)
        let account = ["host = h", "port = 2222", "user = u", "authprofile = p", "batch = pbs"]
        let ssh = account.map { "batchsubmit.condorssh.\($0)" }.joined(separator: "\n")
        #expect(
            try Self.lines(Self.queue("batchsubmitplugin = CondorSSH", ssh), keyFile: "/keys/p")
                == ["universe = grid", "grid_resource = batch pbs u@h --rgahp-key /keys/p", #"+TransferOutput = """#]
                + Self.base)
        let managed = account.map { "batchsubmit.condorsshremotemanager.\($0)" }.joined(separator: "\n")
        #expect(
            try Self.lines(Self.queue("batchsubmitplugin = CondorSSHRemoteManager", managed), keyFile: "/keys/p")[1]
                == "grid_resource = batch pbs u@h --rgahp-key /keys/p --rgahp-glite ~/.condor/bosco/glite")
        let proxied = managed + "\nbatchsubmit.condorsshremotemanager.method = gsissh"
        #expect(
            try Self.lines(Self.queue("batchsubmitplugin = condorsshremotemanager", proxied), keyFile: "/keys/p")[1]
                == "grid_resource = batch pbs u@h --rgahp-port 2222 --rgahp-proxy /keys/p --rgahp-glite ~/.condor/bosco/glite"
        )
        #expect(
            try Self.lines(
                Self.queue("batchsubmitplugin = CondorOSGCE", "batchsubmit.condorosgce.gridresource = ce.x.org"))
                == [
                    "universe = grid", "grid_resource = condor ce.x.org ce.x.org:9619", #"+TransferOutput = """#,
                    "+Nonessential = True",
                ] + Self.base)
        let machines = [
            "gridresource = https://ec2.x.org/", "access_key_id = /k/a", "secret_access_key = /k/s", "ami_id = ami-1",
            "instance_type = m1.small", "peaceful = False",
            "user_data = text", "spot_price = 0.1", "security_groups = a,b",
        ]
        let ec2 = machines.map { "batchsubmit.condorec2.\($0)" }.joined(separator: "\n")
        #expect(
            try Self.lines(Self.queue("batchsubmitplugin = CondorEC2", ec2))
                == Self.base + [
                    "universe = grid", "grid_resource = ec2 https://ec2.x.org/", "ec2_access_key_id = /k/a",
                    "ec2_secret_access_key = /k/s", "ec2_ami_id = ami-1", "executable = q",
                    "ec2_instance_type = m1.small",
                    "ec2_user_data = text", "ec2_spot_price = 0.1", "ec2_security_groups = a,b",
                ])
    }

    /// Nobody tells machines to finish, which a queue of them has to say; the guide's defaults for all may still have it.
    @Test func machinesEndAtOnceTheOldestFirst() throws {
        let keys = [
            "gridresource = https://ec2.x.org/", "access_key_id = /k/a", "secret_access_key = /k/s", "ami_id = ami-1",
            "instance_type = m1.small", "peaceful = False", "usessh = False",
        ].map { "batchsubmit.condorec2.\($0)" }
        let queue = try Self.queue("batchsubmitplugin = CondorEC2", keys.joined(separator: "\n"))
        #expect(queue.ending == QueueSettings.Ending(isPeaceful: false, order: .oldest))
        let text =
            "[DEFAULT]\nbatchsubmit.condorec2.peaceful = True\nenabled = True\nexecutable = /bin/pilot\n"
            + "batchsubmitplugin = CondorLocal\n[q]\n"
        let (document, warnings) = try QueueDocument.load(
            INIDocument(parsing: text, file: "q.conf"), homeDirectory: "/home/f")
        #expect(warnings == [] && document.queues.map(\.ending.isPeaceful) == [true])
    }

    @Test func ownLinesComeLast() throws {
        let lines = try Self.lines(
            Self.queue(
                "batchsubmitplugin = CondorLocal", #"executable.arguments = "--a 'b c'""#,
                "executable.defaultarguments = -v",
                "batchsubmit.condorlocal.environ = A=1 B=x=y",
                #"batchsubmit.condorlocal.condor_attributes = request_cpus = 2, +Note="a\, b",periodic_remove = (JobStatus == 5)"#,
                "batchsubmit.condorlocal.condor_attributes.+nonessential = True"))
        #expect(
            lines.suffix(4) == [
                "request_cpus = 2", #"+Note = "a, b""#, "periodic_remove = (JobStatus == 5)", "+nonessential = True",
            ])
        #expect(lines.contains(#"arguments = "-v --a 'b c'""#))
        #expect(lines.contains { $0.hasPrefix("environment") && $0.hasSuffix(#"FACTORYUSER=apf A=1 B=x=y""#) })
    }

    @Test(arguments: [
        ("a=1", ["a=1"]), (" a = 1 ,, b=2=3,", ["a=1", "b=2=3"]), (#"a=1\,2"#, ["a=1,2"]),
        (#"a=1\\,b=2"#, [#"a=1\"#, "b=2"]),
        (#"a=1\\\,2"#, [#"a=1\,2"#]), (#"a=\1"#, [#"a=\1"#]), ("a", ["-"]), ("", []),
    ])
    func commasDivideAndBackslashesKeepThem(text: String, lines: [String]) {
        #expect(CondorAttributes.lines(in: text).map { line in line.map { "\($0.name)=\($0.value)" } ?? "-" } == lines)
    }

    @Test(arguments: [
        ("batchsubmitplugin = CondorGT2", "batchsubmitplugin = 'CondorGT2' is not allowed; give one of CondorLocal"),
        ("batchsubmitplugin = CondorSSH", "batchsubmit.condorssh.host' is missing from [q]"),
        ("batchsubmitplugin = CondorLocal\nenabled = perhaps", "enabled = 'perhaps' is not allowed"),
        ("batchsubmitplugin = CondorLocal\nbatchsubmit.condorlocal.environ = A", "environ = 'A' is not allowed"),
        (
            "batchsubmitplugin = CondorLocal\nbatchsubmit.condorlocal.condor_attributes = request_cpus",
            "condor_attributes has a part without '='"
        ),
        (
            "batchsubmitplugin = CondorLocal\nbatchsubmit.condorlocal.overlay.killorder = random",
            "overlay.killorder = 'random' is not allowed; give one of newest, oldest"
        ),
        ("batchsubmitplugin = CondorLocal\nschedplugin = None", "schedplugin names 'None', which is none"),
        (
            "batchsubmitplugin = CondorEC2\nbatchsubmit.condorec2.peaceful = True",
            "batchsubmit.condorec2.peaceful = 'True' is not allowed; give False (machines that are too many are ended at once"
        ),
        ("batchsubmitplugin = CondorEC2", "'batchsubmit.condorec2.peaceful' is missing from [q]; give False ("),
        (
            "batchsubmitplugin = CondorEC2\nbatchsubmit.condorec2.usessh = yes",
            "batchsubmit.condorec2.usessh = 'yes' is not allowed; give False (nobody logs in at machines)"
        ),
    ])
    func whatIsWrongIsToldWithItsPlace(lines: String, words: String) throws {
        let error = try #require(throws: ConfigurationError.self) { try Self.queue(lines) }
        #expect("\(error)".contains(words))
        #expect("\(error)".hasPrefix("q.conf:"))
    }

    /// Each with the line of its key; without one that of the section.
    @Test(arguments: [
        ("Slurm", 4, "batchsubmit.slurm.host = h", "batchsubmit.slurm.authprofile is missing"),
        ("Slurm", 4, "batchsubmit.slurm.gateway = g", "with batchsubmit.slurm.gateway it has the host's key"),
        ("Slurm", 6, "batchsubmit.slurm.queue = -x", "batchsubmit.slurm.queue begins with '-'"),
        ("Slurm", 6, "batchsubmit.slurm.submitargs = --wrap=x", "batchsubmit.slurm.submitargs "),
        ("Slurm", 6, "batchsubmit.slurm.settings.colour = x", "batchsubmit.slurm.settings.colour is no setting"),
        ("Local", 6, "batchsubmit.local.gpus = 1", "batchsubmit.local.gpus cannot be asked"),
        ("Kubernetes", 4, "", "batchsubmit.kubernetes.settings.image must be given"),
        (
            "CondorLocal", 6, "batchsubmit.condorlocal.condor_attributes = queue=2",
            "condor_attributes cannot be submitted"
        ),
        ("CondorLocal", 6, "batchsubmit.condorlocal.condor_attributes = a=1\\", "ends with a backslash"),
        ("CondorLocal", 6, "batchsubmit.condorlocal.condor_attributes = a=1\n  b", "control character 10"),
        (
            "CondorLocal", 6, "batchsubmit.condorlocal.condor_attributes.1a = 1",
            "condor_attributes.1a cannot be submitted"
        ),
        ("CondorSSH", 6, "batchsubmit.condorssh.condor_attributes = request_cpus=all", "request_cpus = all"),
        (
            "CondorSSH", 6, "batchsubmit.condorssh.condor_attributes = request_cpus=1, batch_queue=-x",
            "condor_attributes cannot be submitted: batch_queue = -x begins with '-'"
        ),
        (
            "CondorSSHRemoteManager", 6, "batchsubmit.condorsshremotemanager.condor_attributes.batch_project = a b",
            "condor_attributes.batch_project cannot be submitted: batch_project = a b "
        ),
    ])
    func whatCannotBeSubmittedIsToldWithItsPlace(plugin: String, line: Int, text: String, words: String) throws {
        let error = try #require(throws: ConfigurationError.self) {
            try Self.queue("batchsubmitplugin = \(plugin)", text)
        }
        #expect(
            error.diagnostics.contains { "\($0)".hasPrefix("q.conf:\(line): error: [q] ") && "\($0)".contains(words) },
            "\(error)")
    }

    /// Who is asked for waiting jobs, by the words of `wmsstatusplugin`.
    @Test func whoKnowsTheJobs() throws {
        let local = "batchsubmitplugin = CondorLocal"
        #expect(try Self.queue(local).demand == nil)
        #expect(try Self.queue(local, "wmsstatusplugin = None").demand == nil)
        #expect(try Self.queue(local, "wmsstatusplugin = condor").demand?.place == .condor(HTCondorDemand()))
        let far = [
            "scheddhost = s@h", "collectorhost = c", "collectorport = 9700", "queueskey = Site", "constraint = A > (1)",
        ]
        let queue = try Self.queue(
            local, "wmsstatusplugin = Condor", "wmsqueue = q1",
            far.map { "wmsstatus.condor.\($0)" }.joined(separator: "\n"))
        #expect(
            queue.demand?.place
                == .condor(
                    HTCondorDemand(
                        schedd: "s@h", pool: "c:9700", mark: .init(attribute: "Site", value: "q1"),
                        constraint: "A > (1)")))
        let catalog = try Self.queue(
            local, "wmsstatusplugin = WorkQueueCatalog", "workqueue.exe.status = /opt/wqs", "workqueue.sleep = 40")
        #expect(
            catalog.demand?.place == .workQueue(WorkQueueDemand(program: "/opt/wqs", projects: "APF_master_.*")))
        // Queues that ask the same share the answer, as often as the most eager needs it.
        let usual = DemandPace(longest: .seconds(150), maxAge: .seconds(360))
        let eager = try Self.queue(local, "wmsstatusplugin = WorkQueueCatalog", "workqueue.exe.status = /opt/wqs")
        let places = [queue, catalog, eager, queue].demandPlaces(usual)
        #expect(places.map(\.value.longest).sorted() == [.seconds(30), .seconds(150)])
    }

    @Test(arguments: [
        ("wmsstatusplugin = Panda", "'Panda' is not allowed; give one of None, Condor, WorkQueueCatalog"),
        ("wmsstatusplugin = Condor\nwmsstatus.condor.queueskey = Site", "queueskey needs wmsqueue"),
        ("wmsstatusplugin = Condor\nwmsstatus.condor.queueskey = a || b", "queueskey is no name of an attribute"),
        ("wmsstatusplugin = Condor\nwmsstatus.condor.scheddhost = -x", "scheddhost is no name of a schedd"),
        ("wmsstatusplugin = Condor\nwmsstatus.condor.constraint = A) || (B", "constraint has a bracket"),
        ("wmsstatusplugin = Condor\nwmsstatus.condor.constraint = A == \"b", "constraint has a bracket"),
        ("wmsstatusplugin = WorkQueueCatalog\nworkqueue.mastername = APF_(", "is no regular expression"),
    ])
    func whatIsWrongWithTheJobsSourceIsTold(lines: String, words: String) throws {
        let error = try #require(throws: ConfigurationError.self) {
            try Self.queue("batchsubmitplugin = CondorLocal", lines)
        }
        #expect("\(error)".contains(words))
        #expect("\(error)".hasPrefix("q.conf:"))
    }

    @Test func aThousandQueuesAreReadEachWithItsOwn() throws {
        var text = "[DEFAULT]\nenabled = True\nexecutable = /bin/pilot\nbatchsubmitplugin = CondorLocal\n"
        for number in 0..<1000 { text += "[q\(number)]\nexecutable.arguments = \(number)\n" }
        let (document, warnings) = try QueueDocument.load(
            INIDocument(parsing: text, file: "q.conf"), homeDirectory: "/home/f")
        #expect(warnings == [])
        #expect(document.queues.map(\.arguments) == (0..<1000).map { "\($0)" })
    }
}
