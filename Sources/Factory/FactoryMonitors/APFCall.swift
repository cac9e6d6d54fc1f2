import Factory
import VC3Model
import VC3Transport

/// One request of the REST interface of AutoPyFactory's monitor.
struct APFCall: Sendable, Equatable {
    enum Body: Sendable, Equatable {
        case json(JSONValue)
        /// `application/x-www-form-urlencoded`, one field.
        case form(String, String)
    }

    var method: String
    /// Below the monitor's address, encoded.
    var path: String
    var body: Body
}

/// What a monitor has been told, and what it is to be told next. A value: what was not taken is not marked as told.
struct APFDiary: Sendable, Equatable {
    private(set) var isAnnounced = false
    private(set) var labels: Set<String> = []
    private(set) var jobs: [String: Set<String>] = [:]
    private(set) var statuses: [String: String] = [:]

    /// The most jobs in one request.
    static let batch = 500

    /// What is new, in the order in which it is to be told; each with the diary that holds once it was taken.
    ///
    /// - Parameters:
    ///   - factory: What administrators call it.
    ///   - contact: Whom to write to.
    ///   - address: Where its logs are.
    ///   - queues: Whose sets are told of.
    func news(
        of report: FactoryReport, factory: String, contact: String, address: String, version: String,
        queues: (String) -> Bool
    ) -> [(call: APFCall, then: APFDiary)] {
        var news: [(call: APFCall, then: APFDiary)] = []
        var diary = self
        if !isAnnounced {
            diary.isAnnounced = true
            news.append(
                (
                    APFCall(
                        method: "PUT", path: "/factories/\(factory.percentEncoded)",
                        body: .json([
                            "version": .string(version), "email": .string(contact), "url": .string(address),
                        ])), diary
                ))
        }
        let sets = report.sites.flatMap { site in site.sets.map { (site: site, set: $0) } }.filter {
            queues($0.set.queue)
        }
        let fresh = sets.filter { !labels.contains($0.set.queue) }
        if !fresh.isEmpty {
            diary.labels.formUnion(fresh.map(\.set.queue))
            let values = fresh.map { entry -> JSONValue in
                [
                    "name": .string(entry.set.queue), "factory": .string(factory), "wmsqueue": .string(entry.set.queue),
                    "batchqueue": .string(entry.set.queue), "resource": .string(entry.site.resource), "localqueue": "",
                ]
            }
            news.append((APFCall(method: "PUT", path: "/labels", body: .json(.array(values))), diary))
        }
        for entry in sets {
            let queue = entry.set.queue
            let new = entry.set.jobs.filter { jobs[queue]?.contains($0) != true }
            // What has ended need not be remembered.
            diary.jobs[queue, default: []].formIntersection(entry.set.jobs)
            for start in stride(from: 0, to: new.count, by: Self.batch) {
                let part = new[start..<min(start + Self.batch, new.count)]
                diary.jobs[queue, default: []].formUnion(part)
                let values = part.map { job -> JSONValue in
                    ["cid": .string(job), "label": .string(queue), "factory": .string(factory)]
                }
                news.append((APFCall(method: "PUT", path: "/jobs", body: .json(.array(values))), diary))
            }
            let status = Self.status(of: entry.set, at: entry.site)
            if statuses[queue] != status {
                diary.statuses[queue] = status
                news.append(
                    (
                        APFCall(
                            method: "POST", path: "/labels/\(factory.percentEncoded):\(queue.percentEncoded)",
                            body: .form("status", status)), diary
                    ))
            }
        }
        return news
    }

    private static func status(of set: PilotSetReport, at site: SiteReport) -> String {
        let trouble = (set.trouble ?? site.trouble).map { " \($0.reason)" } ?? ""
        return "pending=\(set.pending) running=\(set.running)" + trouble
    }
}
