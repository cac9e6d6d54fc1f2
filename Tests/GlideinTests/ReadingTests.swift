import Testing

@testable import Glidein

@Suite struct DaemonLogTests {
    /// Lines of HTCondor 23.9.6.
    @Test(arguments: [
        (
            "CCBListener: registered with CCB server 127.0.0.1:19701 as ccbid 127.0.0.1:19701?noUDP&sock=collector#2",
            DaemonLog.registered
        ),
        ("Initial update sent to collector(s)", .advertised),
        (
            "SECMAN: required authentication with collector 127.0.0.1:1 failed, so aborting command UPDATE_STARTD_AD.",
            .refused
        ),
        ("SECMAN: FAILED: Received \"DENIED\" from server for user p@a.vc3 using method IDTOKENS.", .refused),
        ("Failed to send update to collector 127.0.0.1:36273.", .updateFailed),
        ("Failed to start non-blocking update to <127.0.0.1:36273>.", .updateFailed),
        ("No resources have been claimed for 30 seconds", .idle),
        ("slot1_2: Changing activity: Idle -> Busy", .activity(slot: "slot1_2", isBusy: true)),
        ("slot1_2: Changing activity: Busy -> Retiring", .activity(slot: "slot1_2", isBusy: true)),
        (
            "slot1_2: Changing state and activity: Claimed/Busy -> Preempting/Vacating",
            .activity(slot: "slot1_2", isBusy: false)
        ),
        ("slot1_2: Changing state: Owner -> Delete", .activity(slot: "slot1_2", isBusy: false)),
        ("**** condor_startd (condor_STARTD) pid 6077 EXITING WITH STATUS 99", .exited(99)),
    ])
    func linesThatMatterAreKnown(line: String, meaning: DaemonLog) {
        #expect(DaemonLog(line: "11/22/26 13:54:11.002 " + line) == meaning)
    }

    @Test(arguments: [
        "", "slot1: Changing state: Owner -> Unclaimed", "EXITING WITH STATUS", "attempt to connect failed",
    ])
    func othersMeanNothing(line: String) {
        #expect(DaemonLog(line: line) == nil)
    }
}

@Suite struct JoinTokenTests {
    @Test func claimsAreRead() throws {
        // {"exp":1700086400,"iss":"alpha.vc3"}
        let token = try #require(JoinToken(text: "eyJhIjoxfQ.eyJleHAiOjE3MDAwODY0MDAsImlzcyI6ImFscGhhLnZjMyJ9.c2ln"))
        #expect(token.issuer == "alpha.vc3")
        #expect(token.expires == 1_700_086_400)
    }

    @Test func tokensNeedNotExpire() throws {
        // {"iss" : "a?>"}: characters of base64url's own
        let token = try #require(JoinToken(text: "e30.eyJpc3MiIDogImE_PiJ9.c2ln"))
        #expect(token.issuer == "a?>")
        #expect(token.expires == nil)
    }

    @Test(arguments: [
        "", "a.b", "e30.e30.c2ln", "e30.!!.c2ln", "e30..c2ln", "-----BEGIN PRIVATE KEY-----", "e30.eyJpc3MiOjd9.c2ln",
    ])
    func whatIsNoTokenIsRefused(text: String) {
        #expect(JoinToken(text: text) == nil)
    }
}

@Suite struct GlideinReportTests {
    private let report = GlideinReport(name: "p", node: "n\"1", started: 10)

    @Test func aReportIsOneLineOfJSON() {
        let expected =
            #"{"phase":"started","name":"p","node":"n\"1","started":10,"time":10,"phases":{"started":10}}"#
        #expect(report.line == expected)
    }

    @Test func theEndSaysWhyAndHowLong() {
        var ended = report
        ended.enter(.joined, at: 11)
        ended.enter(.validated, at: 12)
        ended.enter(.joined, at: 13)
        ended.log = ["last\twords"]
        ended.enter(.ended(.notJoined("a\n\u{1}b\\")), at: 20)
        let expected =
            #"{"phase":"ended","name":"p","node":"n\"1","started":10,"time":20,"#
            + #""phases":{"started":10,"joined":11,"validated":12,"ended":20},"joined":13,"secondsJoined":7,"#
            + #""reason":"not-joined","message":"a\u000a\u0001b\\","exitCode":12,"log":["last\u0009words"]}"#
        #expect(ended.line == expected)
    }

    @Test(arguments: [
        (EndReason.idle, Int32(0)), (.stoppedByHead, 0), (.walltime, 0), (.badArguments(""), 10),
        (.environment(""), 11),
        (.notJoined(""), 12), (.daemonDied(""), 13), (.signal(15), 143), (.signal(1), 129),
    ])
    func exitCodesAreDistinct(reason: EndReason, code: Int32) {
        #expect(reason.exitCode == code)
        #expect(reason.exitCode != 99 && reason.exitCode != 100)
    }
}
