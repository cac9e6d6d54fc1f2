import HTTPTypes
import Hummingbird
import NIOCore
import VC3Model

/// An answer in the original's form: always HTML by its type, whatever it is.
struct LegacyAnswer: Sendable {
    var status = 200
    var text: String
    var code: VC3Error.Code?
    var headers: HTTPFields = [:]

    init(text: String) { self.text = text }

    init(json value: JSONValue) { text = value.pythonText }

    init(_ refusal: LegacyRefusal) {
        status = refusal.status
        code = refusal.code
        let escaped = refusal.text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(
            ">", with: "&gt;")
        guard refusal.isPage else {
            text = escaped.hasSuffix("\n") ? escaped : escaped + "\n"
            return
        }
        let title = HTTPResponse.Status(code: refusal.status)
        text = """
            <!DOCTYPE html>
            <html><head><title>\(title)</title></head>
            <body><h2>\(title)</h2><p>\(escaped)</p></body></html>

            """
    }

    /// The original said "not found" in a header of its own while the status stayed 200. Its clients look for JSON.
    static var noPairingYet: LegacyAnswer {
        var answer = LegacyAnswer(text: "There is no certificate for this pairing code yet. Retry in 30 seconds.\n")
        answer.headers[.status] = "404"
        return answer
    }

    func response(to request: Request) -> Response {
        let body = ByteBuffer(string: text)
        var fields = headers
        fields[.contentType] = "text/html;charset=utf-8"
        fields[.allow] = "DELETE, GET, HEAD, POST, PUT"
        // Whatever text is in there, a browser does not run it.
        fields[.contentSecurityPolicy] = "default-src 'none'; sandbox"
        fields[.xContentTypeOptions] = "nosniff"
        if let code { fields[.problem] = code.rawValue }
        if request.method == .head { fields[.contentLength] = String(body.readableBytes) }
        return Response(
            status: HTTPResponse.Status(code: status), headers: fields,
            body: request.method == .head ? ResponseBody() : ResponseBody(byteBuffer: body))
    }
}

extension HTTPField.Name {
    fileprivate static let status = HTTPField.Name("Status") ?? .contentType
    /// The code of `/v1` for clients that can tell more than the original's.
    fileprivate static let problem = HTTPField.Name("VC3-Problem") ?? .contentType
}
