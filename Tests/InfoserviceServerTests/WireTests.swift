import AsyncHTTPClient
import Foundation
import InfoserviceAPI
import NIOCore
import NIOHTTP1
import Testing
import VC3Model
import VC3Testing
import VC3Transport

/// The wire as other clients see it: statuses, headers and bodies.
@Suite(.timeLimit(.minutes(5)))
struct WireTests {
    struct Answer: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var body: JSONValue
    }

    struct Caller: Sendable {
        let client: MutualTLSClient
        let port: Int

        func callAsFunction(
            _ method: HTTPMethod, _ path: String, _ body: String? = nil, headers: [String: String] = [:]
        ) async throws -> Answer {
            var request = HTTPClientRequest(url: "https://127.0.0.1:\(port)\(path)")
            request.method = method
            for (name, value) in headers { request.headers.add(name: name, value: value) }
            if let body { request.body = .bytes(ByteBuffer(string: body)) }
            let response = try await client.execute(request, deadline: .now() + .seconds(30))
            let bytes = try await response.body.collect(upTo: 1 << 24)
            let isText = response.headers.first(name: "Content-Type")?.hasPrefix("text/plain") == true
            let value =
                bytes.readableBytes == 0
                ? .null
                : isText ? .string(String(buffer: bytes)) : try JSONValue(data: Data(bytes.readableBytesView))
            return Answer(status: Int(response.status.code), headers: response.headers, body: value)
        }
    }

    private func withCaller(
        _ identity: Identity = .ana, _ body: @escaping @Sendable (Caller) async throws -> Void
    ) async throws {
        try await withStore { store in
            try await withRunningInfoservice(on: store) { running in
                let client = MutualTLSClient(
                    try running.authority.credentials(identity), connectTimeout: .seconds(30), silence: .seconds(30))
                try await body(Caller(client: client, port: running.port))
                try await client.shutdown()
            }
        }
    }

    @Test func aPortalActsForAUserWithTheirRightsAndNoOthers() async throws {
        try await withCaller(Identity(role: .portal, name: "portal")) { call in
            let acting = ["VC3-Acting-For": "ana"]
            let body = #"{"name":"n","spec":{"cores":2}}"#
            #expect(try await call(.POST, "/v1/nodeinfo", body).status == 403)
            let made = try await call(.POST, "/v1/nodeinfo", body, headers: acting)
            #expect(made.status == 201 && made.body["owner"] == "ana")
            let other = try await call(.DELETE, "/v1/nodeinfo/n", headers: ["VC3-Acting-For": "ben"])
            #expect(other.status == 403)
            let nobody = try await call(.GET, "/v1/nodeinfo/n", headers: ["VC3-Acting-For": "no/body"])
            #expect(nobody.status == 422)
            #expect(try await call(.DELETE, "/v1/nodeinfo/n", headers: acting).status == 204)
        }
    }

    @Test func nobodyButThePortalActsForOthers() async throws {
        try await withCaller(.ben) { call in
            let answer = try await call(.GET, "/v1/nodeinfo", headers: ["VC3-Acting-For": "ana"])
            #expect(answer.status == 403 && answer.body["detail"]?.stringValue?.contains("only the portal") == true)
        }
    }

    @Test func theDescriptionIsServedAndRefersToNothingThatIsMissing() async throws {
        try await withCaller { call in
            let document = try await call(.GET, "/openapi.json").body
            #expect(document["openapi"] == "3.1.0")
            let paths = document["paths"]?.objectValue ?? [:]
            for kind in EntityKind.allCases {
                #expect(paths["/v1/\(kind.rawValue)/{name}"]?["patch"] != nil)
            }
            for reference in Self.references(in: document) {
                var target: JSONValue? = document
                for part in reference.dropFirst(2).split(separator: "/") { target = target?[String(part)] }
                #expect(target != nil, "\(reference)")
            }
        }
    }

    /// Each described operation is routed: the answer is never that there is no such route or method.
    @Test func everyDescribedOperationIsServed() async throws {
        try await withCaller { call in
            let document = try await call(.GET, "/openapi.json").body
            let methods: [String: HTTPMethod] = [
                "get": .GET, "post": .POST, "put": .PUT, "patch": .PATCH, "delete": .DELETE,
            ]
            for (path, item) in document["paths"]?.objectValue ?? [:] {
                guard path.contains("nodeinfo") || !path.contains("{name}") else { continue }
                for (name, method) in methods {
                    let isDescribed = item[name] != nil
                    let answer = try await call(method, path.replacing("{name}", with: "n"))
                    let isRouted =
                        answer.status != 405 && answer.body["detail"]?.stringValue?.contains("no route") != true
                    #expect(isRouted == isDescribed, "\(name) \(path): \(answer.status)")
                    if !isDescribed {
                        let allowed = answer.headers.first(name: "Allow") ?? ""
                        #expect(item.objectValue?.keys.allSatisfy { allowed.contains($0.uppercased()) } == true)
                    }
                }
            }
        }
    }

    private static func references(in value: JSONValue) -> [String] {
        switch value {
        case .object(let members):
            members.flatMap { name, member in
                name == "$ref" ? [member.stringValue ?? ""] : references(in: member)
            }
        case .array(let items): items.flatMap(references)
        default: []
        }
    }

    @Test func anEntityGoesThroughItsLife() async throws {
        try await withCaller { call in
            let created = try await call(.POST, "/v1/nodeinfo", #"{"name":"n","spec":{"cores":2}}"#)
            #expect(created.status == 201)
            #expect(created.headers.first(name: "Location") == "/v1/nodeinfo/n")
            let tag = try #require(created.headers.first(name: "ETag"))
            #expect(tag == "\"1\"")
            #expect(created.body["owner"] == "ana" && created.body["generation"] == 1)
            #expect(created.body["spec"]?["cores"] == 2)

            let read = try await call(.GET, "/v1/nodeinfo/n")
            #expect(read.status == 200 && read.body == created.body)

            let replaced = try await call(.PUT, "/v1/nodeinfo/n", #"{"spec":{"cores":3}}"#, headers: ["If-Match": tag])
            #expect(replaced.status == 200 && replaced.body["revision"] == 2)
            let stale = try await call(.PUT, "/v1/nodeinfo/n", #"{"spec":{"cores":4}}"#, headers: ["If-Match": tag])
            #expect(stale.status == 412 && stale.body["code"] == "conflict")

            let patched = try await call(
                .PATCH, "/v1/nodeinfo/n", #"{"spec":{"cores":8,"description":"big"}}"#,
                headers: ["Content-Type": "application/merge-patch+json"])
            #expect(patched.status == 200 && patched.body["spec"]?["description"] == "big")

            let list = try await call(.GET, "/v1/nodeinfo")
            #expect(list.body["items"]?.arrayValue?.count == 1 && list.body["revision"] == 3)

            #expect(try await call(.DELETE, "/v1/nodeinfo/n").status == 204)
            #expect(try await call(.GET, "/v1/nodeinfo/n").status == 404)
        }
    }

    @Test func aPutWithIfNoneMatchCreatesOnce() async throws {
        try await withCaller { call in
            let body = #"{"spec":{"cores":2}}"#
            #expect(try await call(.PUT, "/v1/nodeinfo/n", body, headers: ["If-None-Match": "*"]).status == 201)
            let again = try await call(.PUT, "/v1/nodeinfo/n", body, headers: ["If-None-Match": "*"])
            #expect(again.status == 409 && again.body["code"] == "exists")
        }
    }

    @Test func deletingWithAFinalizerIsAccepted() async throws {
        try await withCaller { call in
            let size = #"{"name":"s","spec":{}}"#
            let resource = """
                {"name":"r","spec":{"accesstype":"local","accessmethod":"local","accessflavor":"local","nodeinfo":"s"}}
                """
            for (kind, body) in [("nodeinfo", size), ("resource", resource)] {
                #expect(try await call(.POST, "/v1/" + kind, body).status == 201)
            }
            let body = #"{"name":"a","spec":{"resource":"r","accountname":"ana"}}"#
            #expect(try await call(.POST, "/v1/allocation", body).status == 201)
            let marked = try await call(.DELETE, "/v1/allocation/a")
            #expect(marked.status == 202 && marked.body["deleting"]?.stringValue != nil)
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var method: HTTPMethod
        var path: String
        var body: String?
        var headers: [String: String] = [:]
        var status: Int
        var code: String
        var testDescription: String { "\(method) \(path) \(body?.prefix(40) ?? "") -> \(status)" }
    }

    @Test(arguments: [
        Refusal(method: .GET, path: "/v1/nodeinfo/none", status: 404, code: "not-found"),
        Refusal(method: .GET, path: "/v1/nodeinfos", status: 404, code: "not-found"),
        Refusal(method: .GET, path: "/elsewhere", status: 404, code: "not-found"),
        Refusal(method: .POST, path: "/v1/nodeinfo", body: "{", status: 422, code: "invalid"),
        Refusal(method: .POST, path: "/v1/nodeinfo", body: "[]", status: 422, code: "invalid"),
        Refusal(method: .POST, path: "/v1/nodeinfo", body: #"{"spec":{}}"#, status: 422, code: "invalid"),
        Refusal(method: .POST, path: "/v1/nodeinfo", body: #"{"name":1}"#, status: 422, code: "invalid"),
        Refusal(method: .POST, path: "/v1/nodeinfo", body: #"{"name":"n","spce":{}}"#, status: 422, code: "invalid"),
        Refusal(
            method: .POST, path: "/v1/nodeinfo", body: #"{"name":"n","owner":"ben","spec":{}}"#, status: 403,
            code: "forbidden"),
        Refusal(method: .POST, path: "/v1/nodeinfo", body: #"{"name":"n"}"#, status: 422, code: "invalid"),
        Refusal(method: .GET, path: "/v1/nodeinfo/n?cascade=true", status: 422, code: "invalid"),
        Refusal(method: .DELETE, path: "/v1/nodeinfo/n?cascade=1", status: 422, code: "invalid"),
        Refusal(method: .GET, path: "/healthz?verbose", status: 422, code: "invalid"),
        Refusal(method: .PUT, path: "/v1/nodeinfo/n", body: "{}", status: 428, code: "precondition-required"),
        Refusal(
            method: .PUT, path: "/v1/nodeinfo/n", body: "{}", headers: ["If-Match": "7"], status: 422, code: "invalid"),
        Refusal(method: .PATCH, path: "/v1/nodeinfo/n", body: "{}", status: 415, code: "unsupported-media-type"),
        Refusal(
            method: .POST, path: "/v1/nodeinfo", body: String(repeating: " ", count: 2 * 1024 * 1024 + 1), status: 413,
            code: "too-large"),
        Refusal(method: .GET, path: "/v1/watch?kinds=nodeinfo&after=99", status: 422, code: "invalid"),
        Refusal(method: .GET, path: "/v1/watch?kinds=nope", status: 422, code: "invalid"),
    ])
    func refusalsAreProblemDocuments(_ refusal: Refusal) async throws {
        try await withCaller { call in
            let answer = try await call(refusal.method, refusal.path, refusal.body, headers: refusal.headers)
            #expect(answer.status == refusal.status)
            #expect(answer.headers.first(name: "Content-Type") == "application/problem+json")
            #expect(answer.body["code"]?.stringValue == refusal.code)
            #expect(answer.body["status"]?.intValue == refusal.status)
            #expect(answer.body["detail"]?.stringValue?.isEmpty == false)
        }
    }

    @Test func everyProblemHasItsField() async throws {
        try await withCaller { call in
            let answer = try await call(
                .POST, "/v1/nodeinfo", #"{"name":"a b","spec":{"cores":0,"memory":5}}"#)
            let fields = answer.body["problems"]?.arrayValue?.compactMap { $0["field"]?.stringValue }
            #expect(fields.map(Set.init) == ["name", "spec.cores", "spec.memory"])
            let request = try await call(.POST, "/v1/request", #"{"name":"a.b","spec":{"project":"p","cluster":"c"}}"#)
            let named = request.body["problems"]?.arrayValue?.compactMap { $0["field"]?.stringValue } ?? []
            #expect(named.contains("name"), "a request's name has no dot")
        }
    }

    @Test func nobodyIsAMemberTwice() async throws {
        try await withCaller { call in
            let user = #"{"name":"ana","spec":{"first":"A","last":"A","email":"a@example.org","organization":"O"}}"#
            #expect(try await call(.POST, "/v1/user", user).status == 201)
            let project = try await call(
                .POST, "/v1/project", #"{"name":"p","spec":{"members":["ana","ana"]}}"#)
            #expect(project.status == 201 && project.body["spec"]?["members"] == ["ana"])
            let body = #"{"spec":{"members":["ana","ana","ana"]}}"#
            let patched = try await call(
                .PATCH, "/v1/project/p", body, headers: ["Content-Type": "application/merge-patch+json"])
            #expect(patched.status == 200 && patched.body["spec"]?["members"] == ["ana"])
        }
    }

    @Test func anUnknownErrorCodeSurvives() throws {
        let code = VC3Error.Code(rawValue: "minted-later")
        let body = try JSONValue.encoder().encode(ProblemDocument(VC3Error(code, "something new")))
        let error = ProblemDocument.error(status: 500, body: body)
        #expect(error.code == code && error.message == "something new")
        #expect(ProblemDocument.error(status: 502, body: Data("<html>".utf8)).code == .unavailable)
    }
}
