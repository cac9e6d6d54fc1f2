import Testing
import VC3Model

struct SchemaTests {
    @Test(
        arguments: [
            ("cores", "four", "needed is a"), ("cores", 0, "needed is an integer from 1"),
            ("cores", .number(1.5), "is number"),
            ("features", "x", "list of string"), ("features", [1], "needed is a string"),
            ("core", 1, "did you mean cores?"), ("colour", 1, "is not a known attribute"),
        ] as [(String, JSONValue, String)])
    func aBadFieldIsNamedWithItsProblem(name: String, value: JSONValue, words: String) throws {
        let problems = KindSchema.of(.nodeinfo).problems(in: .object([name: value]), part: .spec)
        #expect(problems.count == 1)
        let problem = try #require(problems.first)
        #expect(problem.field.hasPrefix("spec.\(name)"))
        #expect(problem.problem.contains(words), "\(problem.problem)")
    }

    @Test func allProblemsAreFoundAtOnce() {
        let problems = KindSchema.of(.nodeset).problems(
            in: ["app_type": "pbs", "node_number": -1, "walltime": "1h", "nodeinfo": "a b"], part: .spec)
        #expect(
            Set(problems.map(\.field))
                == ["spec.app_type", "spec.node_number", "spec.walltime", "spec.nodeinfo", "spec.app_role"])
    }

    @Test func onlyTextsOutsideAListAreAdvisory() {
        let schema = KindSchema.of(.nodeset)
        let value: JSONValue = ["app_type": "pbs", "app_killorder": 7, "node_number": -1, "app_role": "head-node"]
        #expect(schema.problems(in: value, part: .spec).count == 3)
        let advisory = schema.advisoryProblems(in: value, part: .spec)
        #expect(advisory.map(\.field) == ["spec.app_type"])
        #expect(Set(schema.problems(in: value, part: .spec)).isSuperset(of: advisory))
    }

    @Test func aBodyFullOfMistakesIsReportedInPart() {
        let schema = KindSchema.of(.nodeinfo)
        let numbers = JSONValue.array(Array(repeating: 1, count: 100_000))
        #expect(schema.problems(in: ["features": numbers], part: .spec).count == 100)
        let unknown = Dictionary(uniqueKeysWithValues: (0..<10_000).map { ("x\($0)", JSONValue.null) })
        #expect(schema.problems(in: .object(unknown), part: .spec).count == 100)
        let long = JSONValue.object([String(repeating: "x", count: 1_000_000): 1])
        #expect(schema.problems(in: long, part: .spec).count == 1)
    }

    @Test func objectsWithinAreFilledInToo() throws {
        let site: JSONValue = ["resource": "r", "type": "batch", "method": "ssh", "flavor": "slurm", "account": "a"]
        let spec = KindSchema.of(.pilotset).withDefaults(
            ["request": "q", "nodeset": "n", "allocation": "a", "middleware": "htcondor", "site": site], part: .spec)
        let typed = try spec.decoded(as: PilotSet.Spec.self)
        #expect(typed.site.port == 22 && typed.batch == BatchOptions() && typed.headnode == nil)
    }

    @Test func nullCountsAsUnset() {
        let schema = KindSchema.of(.nodeset)
        let problems = schema.problems(in: ["app_type": nil, "app_role": "head-node"], part: .spec)
        #expect(problems.map(\.field) == ["spec.app_type"])
        #expect(schema.withDefaults(["node_number": nil], part: .spec)["node_number"] == 1)
    }

    @Test(arguments: [JSONValue.null, "text", [1]])
    func onlyAnObjectIsASpec(value: JSONValue) {
        #expect(KindSchema.of(.user).problems(in: value, part: .spec).map(\.field) == ["spec"])
    }

    @Test func secretsAreLeftOut() {
        let shown = KindSchema.of(.privatetoken).redacted(["data": "x", "type": "ssh"], part: .spec)
        #expect(shown == ["type": "ssh"])
    }

    @Test(arguments: EntityKind.allCases)
    func everyKindHasASchemaWithWriters(kind: EntityKind) {
        let schema = KindSchema.of(kind)
        #expect(schema.kind == kind)
        #expect(!schema.purpose.isEmpty)
        #expect(!schema.specWriters.isEmpty && !schema.statusWriters.isEmpty)
    }

    @Test(arguments: EntityKind.allCases)
    func defaultsAreValid(kind: EntityKind) {
        let schema = KindSchema.of(kind)
        for part in [KindSchema.Part.spec, .status] {
            let given = schema.fields(of: part).filter { !$0.fallback.isNull }.map { ($0.name, $0.fallback) }
            let problems = schema.problems(in: .object(Dictionary(uniqueKeysWithValues: given)), part: part)
                .filter { $0.problem != "is required" }
            #expect(problems.isEmpty, "\(problems)")
        }
    }
}
