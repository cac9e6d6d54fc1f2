import InfoserviceAPI
import Testing
import VC3Model

@testable import InfoserviceServer

/// How a request to `/info` is read, without a server.
struct LegacyOperationTests {
    @Test(
        arguments: [
            ("", [:]), ("key=user", ["key": "user"]), ("key", ["key": ""]), ("key=", ["key": ""]),
            ("&&a=1&", ["a": "1"]),
            ("a=1+2%2B3", ["a": "1 2+3"]), ("a=b=c", ["a": "b=c"]), ("a=%C3%BC%f0%9f%98%80", ["a": "ü😀"]),
            ("a=100%&b=%zz&c=%4", ["a": "100%", "b": "%zz", "c": "%4"]), ("a=%%41", ["a": "%A"]),
            ("%61=1;b", ["a": "1;b"]),
        ] as [(String, [String: String])])
    func parametersAreFormDecoded(text: String, values: [String: String]) throws {
        let parameters = try FormParameters(parsing: text[...])
        #expect(parameters.names == Set(values.keys))
        for (name, value) in values { #expect(parameters[name] == value) }
    }

    @Test(arguments: ["a=1&a=1", "a=1&%61=2", "a=%FF", "%C3=1", "a=%ED%A0%80"])
    func ambiguousOrBrokenParametersAreRefusedWithoutTheirValue(text: String) {
        let error = #expect(throws: VC3Error.self) { try FormParameters(parsing: text[...]) }
        #expect(error?.code == .invalid)
        let secret = #expect(throws: VC3Error.self) { try FormParameters(parsing: "data=SECRET&data=SECRET") }
        #expect(secret?.description.contains("SECRET") == false)
    }

    @Test(
        arguments: [
            (.get, "key=k", .document(key: "k")), (.get, "key=k&entityname=e", .entity(key: "k", name: "e")),
            (.get, "key=pairing&pairingcode=c", .pairing(code: "c")),
            (.post, "key=k&entityname=e&data={}", .create(key: "k", name: "e", members: [:])),
            (.post, "key=k&data={}", .replaceDocument(key: "k", members: [:])),
            (.put, "key=k&entityname=e&data={}", .update(key: "k", name: "e", members: [:])),
            (.put, "key=k&data={}", .mergeDocument(key: "k", members: [:])),
            (.delete, "key=k&entityname=e", .delete(key: "k", name: "e")),
        ] as [(LegacyOperation.Method, String, LegacyOperation)])
    func everyRequestIsOneOperation(
        method: LegacyOperation.Method, query: String, operation: LegacyOperation
    ) throws {
        #expect(try LegacyOperation(method, FormParameters(parsing: query[...])) == operation)
        #expect(operation.isWrite == !(method == .get && !query.contains("pairingcode")))
    }

    @Test(arguments: [
        ([], true), (["*/*"], true), (["text/plain"], true), (["text/html, text/*;q=0.3"], true),
        (["application/json"], false), (["text/plain;q=0"], false), (["text/plain; q=0.0", "*/*"], true),
    ])
    func putNeedsAClientThatTakesText(accept: [String], isTaken: Bool) {
        #expect(LegacyRoutes.takesText(accept) == isTaken)
    }

    @Test(
        arguments: [
            (["cores": 1], EntityKind.nodeinfo), (["app_type": "x", "name": "n"], .nodeset), (["name": "n"], .nodeinfo),
            (["cores": nil, "app_role": "head-node"], .nodeset), (["node_number": 1, "cores": nil], .nodeset),
        ] as [([String: JSONValue], EntityKind)])
    func aNodeIsOfTheKindWhoseAttributesItHas(attributes: [String: JSONValue], kind: EntityKind) throws {
        #expect(try LegacyKind.among(FlatForm.kinds(of: "nodes"), attributes, named: "n") == kind)
    }

    @Test func everyErrorOfTheServiceHasAnAnswerThatExistingClientsNotice() {
        let refusals: [VC3Error.Code] = [
            .notFound, .exists, .conflict, .invalid, .forbidden, .unauthenticated, .compacted, .inUse,
        ]
        for code in refusals { #expect(LegacyRefusal(VC3Error(code, "why")).status == 405, "\(code.rawValue)") }
        #expect(LegacyRefusal(VC3Error(.unavailable, "why")).status == 503)
        let defect = LegacyRefusal(VC3Error(.internal, "at /some/file.swift"))
        #expect(defect.status == 500 && !defect.text.contains("swift"))
    }
}
