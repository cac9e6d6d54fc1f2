import Testing
import VC3Model

@testable import BatchSystems

@Suite struct StateTableTests {
    /// The states that squeue's page lists.
    @Test(arguments: [
        ("BOOT_FAIL", JobState.failed), ("CANCELLED", .cancelled), ("COMPLETED", .done), ("CONFIGURING", .pending),
        ("COMPLETING", .finishing), ("DEADLINE", .failed), ("FAILED", .failed), ("NODE_FAIL", .failed),
        ("OUT_OF_MEMORY", .failed), ("PENDING", .pending), ("PREEMPTED", .failed), ("RUNNING", .running),
        ("RESV_DEL_HOLD", .held), ("REQUEUE_FED", .pending), ("REQUEUE_HOLD", .held), ("REQUEUED", .pending),
        ("RESIZING", .running), ("REVOKED", .cancelled), ("SIGNALING", .running), ("SPECIAL_EXIT", .held),
        ("STAGE_OUT", .finishing), ("STOPPED", .running), ("SUSPENDED", .running), ("TIMEOUT", .failed),
        ("NEW_IN_30", .unknown), ("", .unknown),
    ])
    func slurm(native: String, state: JobState) {
        #expect(SlurmBatchSystem().state(native, reason: nil) == state)
    }

    @Test(arguments: [
        ("JobHeldUser", JobState.held), ("JobHeldAdmin", .held), ("PartitionTimeLimit", .held),
        ("BadConstraints", .held),
        ("Priority", .pending), ("Resources", .pending), ("QOSMaxJobsPerUserLimit", .pending), ("NewReason", .pending),
    ])
    func slurmsReasonsTellHeldFromWaiting(reason: String, state: JobState) {
        #expect(SlurmBatchSystem().state("PENDING", reason: reason) == state)
        #expect(SlurmBatchSystem().state("RUNNING", reason: reason) == .running)
    }

    @Test(arguments: [
        ("qw", JobState.pending), ("hqw", .held), ("hRwq", .held), ("Rq", .pending), ("Eqw", .held), ("Ehqw", .held),
        ("r", .running),
        ("t", .running), ("Rr", .running), ("hr", .running), ("s", .running), ("ts", .running), ("S", .running),
        ("tT", .running),
        ("dr", .finishing), ("dRr", .finishing), ("dt", .finishing), ("dEqw", .finishing), ("z", .unknown),
        ("", .unknown),
        ("P", .unknown), ("h", .held), ("R", .unknown),
    ])
    func gridEngine(native: String, state: JobState) {
        #expect(GridEngineBatchSystem.state(native) == state)
    }

    @Test(
        arguments: [
            ("STARTING", nil, JobState.pending), ("RUNNING", nil, .running), ("EXITED", 0, .done),
            ("EXITED", 1, .failed),
            ("EXITED", nil, .failed), ("CANCELLED", nil, .cancelled), ("TIMEOUT", nil, .failed),
            ("KILLED", nil, .failed),
            ("LOST", nil, .failed), ("DANCING", nil, .unknown),
        ] as [(String, Int32?, JobState)])
    func local(native: String, code: Int32?, state: JobState) {
        #expect(LocalBatchSystem().state(native, code).0 == state)
    }

    @Test(arguments: [
        ("<a><r><x>1</x><y/></r><r><x>a &amp; &lt;b&gt; &#65;&#x42;</x></r></a>", ["x=1,y=", "x=a & <b> AB"]),
        ("<?xml version='1.0'?>\n<!-- no --><a  n=\"1\">\n<l><r k='v'><x> </x></r></l>\n</a>\n", ["x= "]),
        ("<a></a>", []),
        ("<a><r></r></a>", [""]),
    ])
    func flatXML(text: String, records: [String]) throws {
        let read = try FlatXML.records("r", within: "a", of: text)
        #expect(
            read.map { $0.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",") } == records
        )
    }

    @Test(arguments: [
        "", " ", "<b></b>", "<a>", "<a><r></a>", "<a></a></a>", "<a></a><a></a>", "<a", "</a>", "<a/>",
        "<a><x>&no;</x></a>",
        "<a><x>&amp</x></a>", "<a><x>&#xZZ;</x></a>",
    ])
    func brokenXMLIsRefused(text: String) {
        #expect(throws: FlatXML.Malformed.self) { try FlatXML.records("r", within: "a", of: text) }
    }
}
