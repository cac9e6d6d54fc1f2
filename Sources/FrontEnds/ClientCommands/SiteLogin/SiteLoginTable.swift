import InfoserviceAPI
import VC3Model

/// The logins that a person has, and until when.
enum SiteLoginTable {
    static func show(in session: ClientSession) async throws {
        let logins = try await session.infoservice.entities(SiteLogin.self).sorted { $0.name < $1.name }
        if logins.isEmpty { session.console.note("note: there are no logins to sites") }
        for login in logins { session.console.write(line(login, at: session.now)) }
    }

    static func line(_ login: Entity<SiteLogin>, at now: Timestamp) -> String {
        let status = login.status
        let place = status.site.map { " \($0.account)@\($0.host ?? $0.resource) (resource \($0.resource))" } ?? ""
        if status.state == SiteLogin.State.open.rawValue {
            return "\(login.name)\(place): logged in\(ending(login, at: now))"
        }
        return "\(login.name)\(place): \(status.state)\(status.state_reason.map { ", \($0)" } ?? "")"
    }

    /// `, ends in 2h, at 2026-01-31T12:00Z`
    static func ending(_ login: Entity<SiteLogin>, at now: Timestamp) -> String {
        guard let until = login.status.until else { return ", until the site ends it" }
        return ", ends in \(TimeSpan.text(until - now)), at \(until.description.prefix(16))Z"
    }
}
