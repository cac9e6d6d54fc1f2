import Hummingbird
import InfoserviceAPI
import VC3Model

extension EntityRoutes {
    var routes: [Route<InfoserviceContext>] {
        [
            Route(Self.listing, list), Route(Self.creation, create), Route(Self.reading, read),
            Route(Self.replacement, replace), Route(Self.patch, patch), Route(Self.deletion, delete),
            Route(Self.report, report), Route(Self.removal, remove),
        ]
    }

    private static let listing = APIRoute(
        method: .GET, path: "/v1/:kind", summary: "Lists what the caller may see; in pages, all of one revision.",
        parameters: [
            .init(name: "owner", schema: ["type": "string"], meaning: "Owned by this user."),
            .init(
                name: "project", schema: ["type": "string"],
                meaning: "Of this project: itself, its people, allocations and requests, and what was made for these."),
            .init(name: "state", schema: ["type": "string"], meaning: "Whose status has this word as its state."),
            .init(
                name: "limit",
                schema: ["type": "integer", "minimum": 1, "maximum": .integer(ListQuery.longestPage)],
                meaning: "Most entities in the answer; unset: all. The answer's `continue` leads to the next page."),
            .init(
                name: "continue", schema: ["type": "string"],
                meaning: "`continue` of the page before, with the same filters. Refused with 410 when the revision that"
                    + " the first page had is not kept any more: begin again."),
            actingFor,
        ],
        filtersByField: true,
        answers: [200: .json(.ofKind("-list"), "Entities by name; `revision` is where a watch goes on from.")],
        refusals: [410] + APIRoute.usual)

    private static let creation = APIRoute(
        method: .POST, path: "/v1/:kind", summary: "Creates.", parameters: [actingFor, fence],
        body: .init(
            members: ["name": .inline(KindSchema.name), "owner": .inline(owner), "spec": .ofKind("-spec")],
            required: ["name", "spec"]),
        answers: [201: .entity("Created; `Location` says where.")], refusals: [409, 412, 413] + APIRoute.usual)

    private static let reading = APIRoute(
        method: .GET, path: "/v1/:kind/:name", summary: "Reads.", parameters: [actingFor],
        answers: [200: .entity("The entity, without secrets that are not for the caller.")],
        refusals: [404] + APIRoute.usual)

    private static let replacement = APIRoute(
        method: .PUT, path: "/v1/:kind/:name",
        summary: "Replaces the spec at the revision of If-Match; with If-None-Match: * creates. One of them is needed.",
        parameters: [revision(required: false), absence, actingFor, fence],
        body: .init(members: ["owner": .inline(owner), "spec": .ofKind("-spec")], required: ["spec"]),
        answers: [200: .entity("Replaced."), 201: .entity("Created; `Location` says where.")],
        refusals: [404, 409, 412, 413, 428] + APIRoute.usual)

    private static let patch = APIRoute(
        method: .PATCH, path: "/v1/:kind/:name", summary: "Applies a merge patch (RFC 7396) to the spec.",
        parameters: [revision(required: false), actingFor, fence],
        body: .init(
            type: "application/merge-patch+json", members: ["spec": .inline(["type": "object"])], required: ["spec"]),
        answers: [200: .entity("Changed.")], refusals: [404, 412, 413, 415] + APIRoute.usual)

    private static let deletion = APIRoute(
        method: .DELETE, path: "/v1/:kind/:name", summary: "Marks for deletion, or removes at once.",
        parameters: [
            .init(
                name: "cascade", schema: ["type": "boolean"],
                meaning: "Whether all that refers to it goes as well. Otherwise it is refused with 409 (`in-use`), and"
                    + " the problems name what does."),
            actingFor, fence,
        ],
        answers: [202: .entity("Marked; it goes when it is torn down."), 204: .nothing("It is gone.")],
        refusals: [404, 409, 412] + APIRoute.usual)

    private static let report = APIRoute(
        method: .PUT, path: "/v1/:kind/:name/status",
        summary: "Replaces the status at the revision of If-Match; for the part of VC3 that writes it.",
        parameters: [revision(required: true), actingFor, fence],
        body: .init(members: ["status": .ofKind("-status")], required: ["status"]),
        answers: [200: .entity("Replaced.")], refusals: [404, 412, 413, 428] + APIRoute.usual)

    private static let removal = APIRoute(
        method: .POST, path: "/v1/:kind/:name/remove",
        summary: "Removes what is marked for deletion and torn down, at the revision of If-Match.",
        parameters: [revision(required: true), actingFor, fence],
        answers: [204: .nothing("It is gone.")], refusals: [404, 412, 428] + APIRoute.usual)

    private static func revision(required: Bool) -> APIRoute.Parameter {
        .init(
            name: "If-Match", place: .header, isRequired: required,
            schema: ["type": "string", "minLength": 3, "pattern": "^\"(0|[1-9][0-9]{0,17})\"$"],
            meaning: "The revision that is replaced, in quotes, as `ETag` had it. Refused with 412 when it is not the"
                + " stored one.")
    }

    private static let absence = APIRoute.Parameter(
        name: "If-None-Match", place: .header, schema: ["const": "*"],
        meaning: "`*`: there must be no such entity; it is created.")

    static let actingFor = APIRoute.Parameter(
        name: "VC3-Acting-For", place: .header, schema: KindSchema.name,
        meaning: "The user for whom a portal asks; refused from all but portals.")

    private static let fence = APIRoute.Parameter(
        name: "VC3-Fence", place: .header,
        schema: ["type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*@[1-9][0-9]{0,17}$"],
        meaning:
            "The lease under which a leader writes, and the revision at which it took it. Refused with 412 when that"
            + " term is over, from all but those who hold leases.")

    private static var owner: JSONValue {
        var name = KindSchema.name
        name["type"] = ["string", "null"]
        name["description"] = "Unset: the caller."
        return name
    }
}
