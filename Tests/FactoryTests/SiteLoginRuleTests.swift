import Testing
import VC3Model

@testable import Factory

@Suite struct SiteLoginRuleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var spec = SiteLogin.Spec(open: 1)
        var state = SiteLogin.State.new
        var observed = 0
        var until: Int64?
        var isDeleting = false
        var attempt: SiteLoginRule.Attempt?
        var step: SiteLoginRule.Step
    }

    static let question = SiteLogin.Question(number: 1, text: "Code: ", key: "k")

    static let cases = [
        Case(testDescription: "nobody has asked", spec: .init(), step: .rest),
        Case(testDescription: "asked for", step: .begin(1)),
        Case(testDescription: "connecting", state: .connecting, attempt: .connecting, step: .show(.connecting)),
        Case(testDescription: "asking", state: .connecting, attempt: .asking(question), step: .show(.asking(question))),
        Case(testDescription: "failed", state: .asking, attempt: .failed("no"), step: .show(.failed("no"))),
        Case(
            testDescription: "a crash while it connects is no reason for another login", state: .connecting,
            step: .giveUp("the factory was started anew during the login")),
        Case(
            testDescription: "nor is one while it asks", state: .asking,
            step: .giveUp("the factory was started anew during the login")),
        Case(testDescription: "open", state: .open, observed: 1, step: .check),
        Case(testDescription: "open, after a crash", state: .open, observed: 1, until: 101, step: .check),
        Case(
            testDescription: "its time is over", state: .open, observed: 1, until: 100,
            step: .end("the time of the login is over")),
        Case(
            testDescription: "asked for anew", spec: .init(open: 2), state: .open, observed: 1, until: 100,
            step: .begin(2)),
        Case(testDescription: "closed and nobody asks: never by itself", state: .closed, observed: 1, step: .rest),
        Case(
            testDescription: "closed, asked for anew", spec: .init(open: 2), state: .closed, observed: 1,
            step: .begin(2)),
        Case(
            testDescription: "ended", spec: .init(open: 1, end: 1), state: .open, observed: 1,
            step: .end("ended by its owner")),
        Case(
            testDescription: "ended while it asks", spec: .init(open: 1, end: 1), state: .asking,
            attempt: .asking(question), step: .end("ended by its owner")),
        Case(testDescription: "deleted", state: .open, observed: 1, isDeleting: true, step: .remove),
    ]

    @Test(arguments: cases)
    func oneStepFollows(_ test: Case) {
        var status = SiteLogin.Status()
        status.state = test.state.rawValue
        status.open_observed = test.observed
        status.until = test.until.map { Timestamp(milliseconds: $0) }
        #expect(
            SiteLoginRule.step(
                test.spec, status, isDeleting: test.isDeleting, attempt: test.attempt,
                now: Timestamp(milliseconds: 100)) == test.step)
    }

    @Test func aLoginAtAnotherFactoryIsToldApartFromOneThatEnded() {
        var status = SiteLogin.Status()
        #expect(SiteLoginRule.whyGone(status, own: "a").contains("by the site or on the way"))
        status.factory = "a"
        #expect(SiteLoginRule.whyGone(status, own: "a").contains("by the site or on the way"))
        #expect(SiteLoginRule.whyGone(status, own: "b").contains("at another factory"))
    }

    @Test func aPersonsLoginIsNobodyElsesThatNamesTheSameAccount() {
        var site = PilotSite(resource: "r", type: "batch", method: "ssh", flavor: "slurm", host: "h", account: "alice")
        site.privatetoken = "ana.alpha"
        var other = site
        other.privatetoken = "bob.alpha"
        #expect(SiteID(site) == SiteID(other))
        site.mfa = true
        other.mfa = true
        #expect(SiteID(site) != SiteID(other))
    }
}
