"""What an enemy or a broken program may send, over real sockets. Each must get a clear answer and change nothing."""
import json
import socket
import ssl
import time

PATH = "/v1/nodeinfo"


def body(text, path=PATH, method="POST", headers=()):
    if isinstance(text, str):
        text = text.encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", f"Content-Length: {len(text)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + text


def plain(path, method="GET", headers=()):
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", *headers]).encode() + b"\r\n\r\n"


def spec(inside):
    return '{"name":"bad","spec":{' + inside + "}}"


PATCH = ("Content-Type: application/merge-patch+json",)

# What is sent, the statuses that are right, and words that the explanation has. A status of None: the connection may be
# ended without an answer, because HTTP itself was broken.
REQUESTS = {
    "body of 3 MiB": (body(spec('"description":"' + "x" * 3 * 2**20 + '"')), {413}, "longer than"),
    "values nested 65 deep": (body(spec('"features":' + "[" * 65 + "]" * 65)), {400, 422}, "deep"),
    "values nested 100,000 deep": (body(spec('"features":' + "[" * 100_000 + "]" * 100_000)), {400, 422}, "deep"),
    "invalid UTF-8": (body(b'{"name":"bad","spec":{"description":"\xff\xfe"}}'), {400, 422}, "UTF-8"),
    "half a surrogate pair": (body(spec('"description":"\\ud800"')), {400, 422}, "surrogate"),
    "a member twice": (body(spec('"cores":1,"cores":2')), {400, 422}, "twice"),
    "a name twice": (body('{"name":"bad","name":"worse","spec":{}}'), {400, 422}, "twice"),
    "an integer of 30 digits": (body(spec('"cores":' + "9" * 30)), {400, 422}, "64 bits"),
    "a number beyond doubles": (body(spec('"cores":1e999')), {400, 422}, "double"),
    "a number of a million digits": (body(spec('"cores":' + "1" * 1_000_000)), {400, 422}, "64 bits"),
    "an integer beyond its range": (body(spec('"cores":1000000')), {422}, "spec.cores"),
    "a fraction for an integer": (body(spec('"cores":1.5')), {422}, "spec.cores"),
    "a string for an integer": (body(spec('"cores":"four"')), {422}, "spec.cores"),
    "an object for a list": (body(spec('"features":{}')), {422}, "spec.features"),
    "an unknown attribute": (body(spec('"coers":4')), {422}, "did you mean cores"),
    "an unknown member": (body('{"name":"bad","spec":{},"revision":7}'), {422}, "revision"),
    "a status along with the spec": (body('{"name":"bad","spec":{},"status":{}}'), {422}, "status"),
    "no name": (body('{"spec":{}}'), {422}, "name"),
    "a name with a slash": (body('{"name":"a/b","spec":{}}'), {422}, "name"),
    "a name of a newline": (body('{"name":"a\\nb","spec":{}}'), {422}, "name"),
    "a name with a null": (body('{"name":"a\\u0000b","spec":{}}'), {422}, "name"),
    "a name of 10,000 letters": (body(json.dumps({"name": "n" * 10_000, "spec": {}})), {422}, "name"),
    "a list for an object": (body("[]"), {400, 422}, "object"),
    "no body": (body(""), {400, 422}, "JSON"),
    "half a body": (body('{"name":"bad","spec":{'), {400, 422}, "JSON"),
    "text after the body": (body('{"name":"bad","spec":{}} {}'), {400, 422}, "JSON"),
    "form data": (body("name=bad"), {400, 415, 422}, ""),
    "a patch of an unknown type": (body("{}", PATH + "/sound", "PATCH"), {415}, "merge-patch"),
    "a patch that makes it invalid": (body('{"spec":{"cores":0}}', PATH + "/sound", "PATCH", PATCH), {422}, "spec.cores"),
    "a replacement without a revision": (body('{"spec":{}}', PATH + "/sound", "PUT"), {428}, "If-Match"),
    "a revision of words": (body('{"spec":{}}', PATH + "/sound", "PUT", ['If-Match: "x"']), {422}, "If-Match"),
    "a revision of 30 digits": (body('{"spec":{}}', PATH + "/sound", "PUT", ['If-Match: "' + "9" * 30 + '"']), {422}, "If-Match"),
    "an old revision": (body('{"spec":{}}', PATH + "/sound", "PUT", ['If-Match: "0"']), {412}, "revision"),
    "an unknown kind": (body("{}", "/v1/nodeinf"), {404}, "nodeinfo"),
    "an unknown route": (plain("/nowhere"), {404}, "route"),
    "a path that climbs": (plain("/v1/../../etc/passwd"), {404}, ""),
    "a name that climbs": (plain("/v1/nodeinfo/..%2f..%2fetc%2fpasswd"), {404, 422}, ""),
    "a null in the path": (plain("/v1/nodeinfo/a%00b"), {404, 422}, ""),
    "a broken escape in the path": (plain("/v1/nodeinfo/%zz%"), {404, 422}, ""),
    "invalid UTF-8 in the path": (plain("/v1/nodeinfo/%ff%fe"), {404, 422}, ""),
    "a watch of nothing": (plain("/v1/watch"), {422}, "kinds"),
    "a watch of an unknown kind": (plain("/v1/watch?kinds=nodeinf&after=0"), {422}, "kinds"),
    "a watch from before time": (plain("/v1/watch?kinds=nodeinfo&after=-1"), {422}, "after"),
    "a watch from the future": (plain("/v1/watch?kinds=nodeinfo&after=999999999"), {422}, "future"),
    "no HTTP": (b"\x00\x01\x02\x03 nonsense\r\n\r\n", {400, None}, ""),
    "a header of 2 MB": (plain("/healthz", headers=["X-Long: " + "x" * 2_000_000]), {400, 431, None}, ""),
    "5000 headers": (plain("/healthz", headers=[f"X-{n}: y" for n in range(5000)]), {400, 431, None}, ""),
    "a negative length": (
        b"POST /v1/nodeinfo HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n{}", {400, None}, ""),
    "two lengths": (
        b"POST /v1/nodeinfo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 30\r\n\r\n{}",
        {400, None}, ""),
    "a length and chunks": (
        b"POST /v1/nodeinfo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"5\r\n{}\r\n\r\n0\r\n\r\n", {400, 422, None}, ""),
    "a chunk of no size": (
        b"POST /v1/nodeinfo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n",
        {400, 422, None}, "cannot be read"),
}


def send(port, context, data, timeout=20):
    """(status or None, headers, body). None: the server ended the connection without an answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as raw:
        with context.wrap_socket(raw, server_hostname="localhost") as tls:
            try:
                tls.sendall(data)
            except OSError:
                pass  # It may answer and hang up before it has read everything.
            answer = b""
            try:
                while True:
                    piece = tls.recv(65536)
                    if not piece:
                        break
                    answer += piece
                    if b"\r\n\r\n" in answer and is_whole(answer):
                        break
            except TimeoutError:
                raise
            except OSError:
                pass
    if not answer:
        return None, {}, b""
    head, _, content = answer.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    return int(lines[0].split()[1]), headers, content


def is_whole(answer):
    head, _, content = answer.partition(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(content) >= int(line.split(b":")[1])
    return False


def problem(name, answer):
    """What is wrong with the answer to one of REQUESTS; None when it is as it should be."""
    _, statuses, words = REQUESTS[name]
    status, headers, content = answer
    if status not in statuses:
        return f"status {status} is none of {statuses}: {content[:300]}"
    if status is None or not words and not content:
        return None
    if not headers.get("content-type", "").startswith("application/problem+json"):
        return f"status {status} comes without a problem document: {headers} {content[:200]}"
    document = json.loads(content)
    if document.get("status") != status or not document.get("code") or not document.get("detail"):
        return f"an incomplete problem document: {document}"
    if words not in content.decode():
        return f"the explanation lacks '{words}': {content[:400]}"
    return None


def is_refused(port, context):
    """Whether a client with this TLS context gets no answer to a request. With TLS 1.3 it learns so on its first read."""
    try:
        status, _, _ = send(port, context, plain("/healthz"), timeout=10)
    except (ssl.SSLError, ConnectionError):
        return True
    return status is None


def silent(port, patience):
    """Seconds after which a connection that never says anything is closed; None when it is still open."""
    begin = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as raw:
        try:
            raw.recv(1)
        except TimeoutError:
            return None
        except OSError:
            pass
    return time.monotonic() - begin


def trickling(port, context, patience):
    """Seconds after which a request that comes as one byte a second is ended; None when it still may go on. All that comes
    is right as far as it goes: only its pace is wrong."""
    begin = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=1) as raw:
        with context.wrap_socket(raw, server_hostname="localhost") as tls:
            for byte in b"POST / HTTP/1.1\r\nX-Slow: " + b"x" * 10_000:
                try:
                    tls.send(bytes([byte]))
                    if tls.recv(1024) == b"":
                        break
                except TimeoutError:
                    pass
                except OSError:
                    break
                if time.monotonic() - begin > patience:
                    return None
    return time.monotonic() - begin
