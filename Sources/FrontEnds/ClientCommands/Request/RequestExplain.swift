import ArgumentParser
import InfoserviceAPI
import VC3Model

struct RequestExplain: ClientCommand {
    static let effect = CommandEffect.read
    static let additions = OutputOptions.additions
    static let configuration = usage(
        "request-explain", "Tell why a virtual cluster is as large as it is, and who can do something about it.",
        example: "vc3-client request-explain --requestname ana-run1")

    @Option(name: .customLong("requestname"), help: "Request name.")
    var name: String
    @OptionGroup var options: OutputOptions

    var target: EntityKey? { EntityKey(.request, name) }

    func perform(in session: ClientSession) async throws {
        var entities = FollowedEntities(moment: session.now)
        let request = try await session.infoservice.record(.request, name)
        for kind in RequestStory.kinds.subtracting([.request]) {
            for record in try await session.infoservice.records(kind).items { entities.records[record.key] = record }
        }
        entities.records[request.key] = request
        guard let story = try RequestStory(name, in: entities) else { return }
        switch options.output {
        case .text:
            session.console.write(RequestExplanation(story: story, now: session.now).lines.joined(separator: "\n"))
        case .json:
            let related = [story.headNode?.key].compactMap { $0 } + story.workerSets.map(\.key)
            let records = [request] + related.compactMap { entities.records[$0] }
            session.console.write(try JSONForm.text(records.map(\.withoutSecrets)))
        case .table:
            session.console.write(Self.table(story, width: session.console.width))
        }
    }

    private static func table(_ story: RequestStory, width: Int?) -> String {
        let rows = story.workerSets.map { set in
            let counts = [set.spec.wanted, set.status.running, set.status.pending, set.status.failed].map(String.init)
            let reasons =
                [ConditionText.mostUrgent(set.status.conditions)?.message].compactMap { $0 }
                + set.status.last_errors + set.status.explanation
            return [set.spec.nodeset, set.spec.allocation] + counts + [reasons.first ?? "-"]
        }
        return TableForm.text(
            header: ["NODESET", "ALLOCATION", "WANTED", "RUNNING", "PENDING", "FAILED", "WHY"], rows: rows, width: width
        )
    }
}
