import Testing

@testable import Glidein

@Suite struct GlideinCommandTests {
    private static let needed = ["--collector", "h:1", "--token-file", "/t", "--release-dir", "/r"]

    private func parse(_ words: [String], environment: [String: String] = [:]) throws(OptionError) -> GlideinOptions {
        let command = try GlideinCommand.parse(words, environment: environment, defaultName: "n-1")
        guard case .run(let options) = command else { throw OptionError("not a run") }
        return options
    }

    private func complaint(_ words: [String], environment: [String: String] = [:]) -> String? {
        do throws(OptionError) {
            _ = try parse(words, environment: environment)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func defaultsAreThoseOfTheHelp() throws {
        let options = try parse(Self.needed)
        #expect(options.collector == .init(host: "h", port: 1))
        #expect(options.name == "n-1")
        #expect(options.daemonName == "n-1@vc3")
        #expect(options.cores == 1)
        #expect(options.lingerSeconds == 7200)
        #expect(options.joinSeconds == 600)
        #expect(options.scratch == "/tmp")
        #expect(options.drainStart == nil)
        #expect(try parse(Self.needed, environment: ["TMPDIR": "/x"]).scratch == "/x")
    }

    @Test func theOriginalsLettersStillWork() throws {
        let options = try parse(
            [
                "-c", "head.example.org", "-C", "10.0.0.1:99", "-p", "/pw", "-x", "60", "-t", "-D", "4", "-m", "2048",
                "-F",
                "10240", "-i", "glide-1", "-w", "/scratch", "-n", "-v", "-e", "/extra", "-E", "VC3_ENV",
                "--release-dir", "/r",
            ], environment: ["VC3_ENV": "/etc/profile.vc3"])
        #expect(options.collector == .init(host: "head.example.org", port: 9618))
        #expect(options.broker == .init(host: "10.0.0.1", port: 99))
        #expect(options.tokenFile == "/pw")
        #expect(options.lingerSeconds == 60)
        #expect(options.cores == 4)
        #expect(options.memory == 2048)
        #expect(options.disk == 10240)
        #expect(options.name == "glide-1")
        #expect(options.scratch == "/scratch")
        #expect(options.keepsFiles)
        #expect(options.isVerbose)
        #expect(options.extraConfiguration == "/extra")
        #expect(options.jobProfile == "/etc/profile.vc3")
    }

    @Test func valuesMayFollowAnEqualsSign() throws {
        let options = try parse(Self.needed + ["--disk=7", "--attribute=A=b=c"])
        #expect(options.disk == 7 * 1024)
        #expect(options.attributes == [.init(name: "A", value: "b=c")])
    }

    @Test(arguments: [
        (["--cores", "0"], "--cores must be a whole number of cores from 1 to 4096, not '0'"),
        (["--memory", "2G"], "--memory must be a whole number of MiB from 64 to 67108864, not '2G'"),
        (["--lingertime", "-1"], "--lingertime must be a whole number of seconds from 1 to 31536000, not '-1'"),
        (["--cores"], "--cores needs a value"),
        (["--name", ""], "--name must not be empty"),
        (["--name", "a b"], "--name must be letters, digits, '.', '_' and '-', not 'a b'"),
        (["--name", "a@b"], "--name must be letters, digits, '.', '_' and '-', not 'a@b'"),
        (["--trust-domain", "a\nALLOW_WRITE = *"], "--trust-domain must not contain control characters"),
        (["--scratch", "here"], "--scratch must be an absolute path, not 'here'"),
        (["--attribute", "A"], "--attribute must be NAME=VALUE, not 'A'"),
        (["--attribute", "1A=x"], "--attribute needs a name of letters, digits and '_', not '1A'"),
        (["--attribute", "A=x\\"], "--attribute cannot publish a backslash, as in A"),
        (["--attribute", "A=x", "--attribute", "a=y"], "--attribute gives a twice"),
        (["--drain-time", "5"], "--drain-time means nothing without --walltime"),
        (
            ["--walltime", "60", "--drain-time", "61"],
            "--drain-time is longer than --walltime: the pilot would never take work"
        ),
        (["--release-tarball", "/x"], "--release-dir and --release-tarball exclude each other"),
        (["-s", "2"], "-s is gone: the slot is always partitionable; give --cores"),
        (["-a", "password"], "-a is gone: pilots join with a token; give --token-file"),
        (["-E", "UNSET"], "--vc3-env names UNSET, which is not set to an absolute path"),
        (["--frob"], "--frob is not an option of vc3-glidein; see vc3-glidein --help"),
        (["frob"], "frob is not expected here; see vc3-glidein --help"),
        (["--no-cleanup=yes"], "--no-cleanup takes no value"),
    ])
    func complaintsNameTheOptionAndTheObstacle(words: [String], message: String) {
        #expect(complaint(Self.needed + words) == message)
    }

    @Test(arguments: [0, 2, 4])
    func whatIsNeededIsAskedFor(position: Int) {
        var words = Self.needed
        words.removeSubrange(position..<position + 2)
        #expect(complaint(words)?.hasPrefix(Self.needed[position]) == true)
    }

    @Test(arguments: ["h:0", "h:65536", "h:x", ":1", "a:b:1", "[::1", "[h]:1", "[::1]x", "h $(X):1", "::1"])
    func wrongAddressesAreRefused(address: String) {
        #expect(
            complaint(["-c", address]) == "-c must be HOST:PORT, a numeric IPv6 address in brackets, not '\(address)'")
    }

    @Test func bracketsHoldIPv6() throws {
        let options = try parse(Self.needed + ["-c", "[2001:db8::1]:77"])
        #expect(options.collector.host == "2001:db8::1")
        #expect(options.collector.description == "[2001:db8::1]:77")
    }

    /// (walltime, drain time, when draining begins)
    @Test(arguments: [(3600, nil, 3000), (400, nil, 300), (3600, 60, 3540), (10, nil, 8), (60, 60, 0)])
    func drainingBeginsBeforeTheWalltimeEnds(walltime: Int, drain: Int?, start: Int) throws {
        let more = drain.map { ["--drain-time", String($0)] } ?? []
        #expect(try parse(Self.needed + ["--walltime", String(walltime)] + more).drainStart == start)
    }

    @Test func everyOptionIsInTheHelp() {
        for word in [
            "--collector", "--ccb", "--trust-domain", "--token-file", "--name", "--cores", "--memory", "--disk",
            "--lingertime", "--walltime", "--drain-time", "--join-timeout", "--attribute", "--release-dir",
            "--release-tarball", "--scratch", "--extra-config", "--wrapper", "--vc3-env", "--report", "--events",
            "--drain-file",
            "--no-cleanup",
            "--verbose", "--version", "--help",
        ] {
            #expect(GlideinCommand.helpText.contains(word), "\(word)")
            #expect(complaint([word, "x"])?.contains("not an option") != true, "\(word)")
        }
    }
}
