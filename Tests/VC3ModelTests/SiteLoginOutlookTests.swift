import Testing
import VC3Model

/// What a login means for its allocation, and when its end is told ahead.
@Suite struct SiteLoginOutlookTests {
    static let hour: Int64 = 3_600_000

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var state: SiteLogin.State?
        /// Hours since the login succeeded, and those that it lasts.
        var age: Double = 0
        var lasts: Int64?
        var isOpen: Bool
        var reason: String
        /// Hours after the login.
        var changes: Double?
    }

    static let cases = [
        Case(testDescription: "never", isOpen: false, reason: "LoginNeeded"),
        Case(testDescription: "asking", state: .asking, isOpen: false, reason: "LoginNeeded"),
        Case(testDescription: "closed", state: .closed, isOpen: false, reason: "LoginNeeded"),
        Case(testDescription: "as the site likes", state: .open, age: 100, isOpen: true, reason: "LoggedIn"),
        Case(
            testDescription: "just begun", state: .open, lasts: 12, isOpen: true, reason: "LoggedIn", changes: 11),
        Case(testDescription: "in its last hour", state: .open, age: 11, lasts: 12, isOpen: true, reason: "EndsSoon"),
        Case(
            testDescription: "a short one", state: .open, age: 0.5, lasts: 1, isOpen: true, reason: "LoggedIn",
            changes: 0.8),
        Case(testDescription: "in its last fifth", state: .open, age: 0.8, lasts: 1, isOpen: true, reason: "EndsSoon"),
    ]

    @Test(arguments: cases) func aLoginHasAnOutlook(_ test: Case) {
        let begin = Timestamp(milliseconds: 1000 * Self.hour)
        func moment(_ hours: Double) -> Timestamp { begin + .milliseconds(Int64(hours * Double(Self.hour))) }
        let login = test.state.map { state in
            var status = SiteLogin.Status()
            status.state = state.rawValue
            if state == .open { status.since = begin }
            status.until = test.lasts.map { moment(Double($0)) }
            return Self.entity(SiteLogin.self, SiteLogin.Spec(open: 1), status)
        }
        let allocation = Self.entity(
            Allocation.self, Allocation.Spec(resource: "alpha", accountname: "alice"), Allocation.Status())
        let outlook = SiteLoginOutlook(login, of: allocation, now: moment(test.age))
        #expect(outlook.isOpen == test.isOpen)
        #expect(outlook.reason == test.reason)
        #expect(outlook.changes == test.changes.map(moment))
        #expect(outlook.message.contains("vc3 site-login alpha") == (test.reason != "LoggedIn"))
    }

    private static func entity<Kind: EntityType>(
        _ type: Kind.Type, _ spec: Kind.Spec, _ status: Kind.Status
    ) -> Entity<Kind> {
        let moment = Timestamp(milliseconds: 0)
        return Entity(
            metadata: EntityMetadata(
                kind: Kind.kind, name: "ana.alpha", revision: Revision(1), generation: 1, owner: "ana", created: moment,
                updated: moment), spec: spec, status: status)
    }
}
