public import Foundation
public import VC3Model

/// An error as HTTP carries it: `application/problem+json` (RFC 9457) with the members `code` and `problems` of our own.
public struct ProblemDocument: Codable, Sendable, Equatable {
    public static let mediaType = "application/problem+json"

    public var type: String
    public var title: String
    public var status: Int
    public var detail: String
    public var code: VC3Error.Code
    public var problems: [VC3Error.Problem]?

    public init(_ error: VC3Error) {
        type = "/problems/" + error.code.rawValue
        title = error.code.rawValue.replacing("-", with: " ")
        status = Self.status(of: error.code)
        detail = error.message
        code = error.code
        problems = error.problems.isEmpty ? nil : error.problems
    }

    public var error: VC3Error { VC3Error(code, detail, problems: problems ?? []) }

    /// The error in the answer of a server: its problem document, or what can be told from the status alone, for
    /// instance when a proxy answered.
    public static func error(status: Int, body: Data) -> VC3Error {
        if let document = try? JSONDecoder().decode(ProblemDocument.self, from: body) { return document.error }
        let code = statuses.first { $0.status == status }?.code ?? (status >= 500 ? .unavailable : .internal)
        return VC3Error(code, "the server answered with HTTP status \(status) and no explanation")
    }

    /// The HTTP status for an error; 500 for codes that this release does not know.
    static func status(of code: VC3Error.Code) -> Int { statuses.first { $0.code == code }?.status ?? 500 }

    private static let statuses: [(code: VC3Error.Code, status: Int)] = [
        (.unauthenticated, 401),
        (.forbidden, 403),
        (.notFound, 404),
        (.methodNotAllowed, 405),
        (.exists, 409),
        (.inUse, 409),
        (.compacted, 410),
        (.conflict, 412),
        (.tooLarge, 413),
        (.unsupportedMediaType, 415),
        (.invalid, 422),
        (.preconditionRequired, 428),
        (.tooManyRequests, 429),
        (.internal, 500),
        (.unavailable, 503),
    ]
}

extension VC3Error.Code {
    /// The address is served, but not with this method.
    public static let methodNotAllowed = VC3Error.Code(rawValue: "method-not-allowed")
    /// The request's body is longer than the server takes.
    public static let tooLarge = VC3Error.Code(rawValue: "too-large")
    /// The body is of a type that the route does not read.
    public static let unsupportedMediaType = VC3Error.Code(rawValue: "unsupported-media-type")
    /// More than the caller's share in a short time; the header `Retry-After` says when to come again.
    public static let tooManyRequests = VC3Error.Code(rawValue: "too-many-requests")
    /// The write must say which revision it expects (RFC 6585, section 3).
    public static let preconditionRequired = VC3Error.Code(rawValue: "precondition-required")
}
