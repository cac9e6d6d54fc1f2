import Testing

@testable import Glidein

@Suite struct WorkerConfigurationTests {
    private func sample(_ change: (inout GlideinOptions) -> Void = { _ in }) -> WorkerConfiguration {
        let address = GlideinOptions.Address(host: "192.0.2.7", port: 9701)
        var options = GlideinOptions(
            collector: address, tokenFile: "/t", name: "p1", release: .directory("/r"), scratch: "/tmp")
        change(&options)
        return WorkerConfiguration(
            options: options, trustDomain: "a.vc3", collector: address, broker: address, releaseDirectory: "/r",
            localDirectory: "/tmp/x", memory: 512, jobWrapper: "/tmp/x/job-wrapper")
    }

    private func settings(_ configuration: WorkerConfiguration) -> [String: String] {
        var found: [String: String] = [:]
        for line in configuration.rendered().split(separator: "\n") where !line.hasPrefix("#") && line.contains("=") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = parts[0].filter { $0 != " " }
            #expect(found[name] == nil, "\(name) is set twice")
            found[name] = String(parts[1].drop { $0 == " " })
        }
        return found
    }

    /// Each of these was found out the hard way with HTCondor 23.9.6.
    @Test(arguments: [
        ("SEC_CLIENT_AUTHENTICATION_METHODS", "IDTOKENS"), ("SEC_USE_FAMILY_SESSION", "False"),
        ("USE_SHARED_PORT", "False"), ("MACHINE_RESOURCE_INVENTORY_GPUs", ""), ("MASTER_NEW_BINARY_RESTART", "NEVER"),
        ("STARTD_NAME", "p1@vc3"), ("MASTER_NAME", "p1@vc3"), ("CCB_ADDRESS", "192.0.2.7:9701"), ("NO_DNS", "True"),
        ("COLLECTOR_HOST", "192.0.2.7:9701"), ("NUM_CPUS", "1"), ("MEMORY", "512"),
        ("SLOT_TYPE_1_PARTITIONABLE", "True"),
        ("STARTD_NOCLAIM_SHUTDOWN", "7200"), ("UPDATE_INTERVAL", "30"),
    ])
    func whatMatteredInTheLabIsSet(name: String, value: String) {
        #expect(settings(sample())[name] == value)
    }

    @Test func jobsStartAtAnyTimeWithoutAWalltimeAndInTimeWithOne() {
        #expect(settings(sample())["START"] == "True")
        var limited = sample { $0.attributes = [GlideinOptions.Attribute(name: "A", value: "x")] }
        limited.endsAt = 1_800_000_000
        let found = settings(limited)
        #expect(found["VC3EndsAt"] == "1800000000")
        #expect(found["START"]?.hasSuffix("time() + $(VC3JobSeconds) <= $(VC3EndsAt)") == true)
        #expect(found["STARTD_ATTRS"] == "$(STARTD_ATTRS) VC3EndsAt A")
    }

    @Test func nobodyIsTrustedForTheirAddress() {
        for (name, value) in settings(sample()) where name.hasPrefix("ALLOW_") {
            #expect(!value.contains("*"), "\(name) = \(value)")
        }
    }

    @Test func sizesAreSetOnlyWhenGiven() {
        #expect(settings(sample())["DISK"] == nil)
        #expect(settings(sample { $0.disk = 77 })["DISK"] == "77")
    }

    @Test(arguments: [
        ("plain", "\"plain\""), ("a \"b\"", "\"a \\\"b\\\"\""),
        ("$(RANDOM_CHOICE(1,2))", "\"$(DOLLAR)(RANDOM_CHOICE(1,2))\""),
        ("", "\"\""),
    ])
    func attributesAreStringsWhateverTheyHold(value: String, text: String) {
        let found = settings(sample { $0.attributes = [.init(name: "VC3_Request", value: value)] })
        #expect(found["VC3_Request"] == text)
        #expect(found["STARTD_ATTRS"] == "$(STARTD_ATTRS) VC3_Request")
    }

    @Test func extraConfigurationComesLast() {
        var configuration = sample { $0.attributes = [.init(name: "A", value: "b")] }
        configuration.extra = "START = False"
        #expect(configuration.rendered().hasSuffix("\nSTART = False\n"))
    }

    @Test func aShortLingerTimeIsKept() {
        #expect(settings(sample { $0.lingerSeconds = 40 })["UPDATE_INTERVAL"] == "10")
        #expect(settings(sample { $0.lingerSeconds = 1 })["UPDATE_INTERVAL"] == "5")
    }
}

@Suite struct JobWrapperTests {
    @Test func jobsGetAHome() {
        #expect(JobWrapper().rendered().hasSuffix("exec \"$@\"\n"))
        #expect(JobWrapper().rendered().contains("HOME=${_CONDOR_SCRATCH_DIR:-$PWD}"))
    }

    @Test func profileAndProgramComeBeforeTheJob() {
        let text = JobWrapper(profile: "/it's/profile", program: "/opt/run").rendered()
        #expect(text.hasSuffix(". '/it'\\''s/profile'\nexec '/opt/run' \"$@\"\n"))
    }
}

@Suite struct WorkSiteTests {
    @Test func theSitesOwnHTCondorDoesNotConfigureOurs() {
        let kept = WorkSite.environment(
            from: [
                "_CONDOR_SLOT": "slot1", "_condor_START": "False", "LD_LIBRARY_PATH": "/x", "LD_PRELOAD": "/y",
                "CONDOR_INHERIT": "1", "CONDOR_CONFIG": "/site", "SLURM_JOB_ID": "7", "HOME": "/h",
            ], folder: "/f")
        #expect(
            kept == [
                "CONDOR_CONFIG": "/f/condor_config", "TMPDIR": "/f/tmp", "PATH": "/usr/local/bin:/usr/bin:/bin",
                "SLURM_JOB_ID": "7", "HOME": "/h",
            ])
    }
}
