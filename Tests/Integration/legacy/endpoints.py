"""Endpoints, parameters, statuses and texts of /info."""
import json
import re
import urllib.parse

from legacy_client import Conflict, NODESET, RESOURCE, Server, USER, refused

admin = Server("admin")

# Greeting and generated characters.
status, headers, text = admin.raw("GET", "/")
assert status == 200 and "/info" in text, (status, text)
for length in (0, 1, 22):
    status, _, text = admin.raw("GET", "/generate?length=%d" % length)
    assert status == 200 and re.fullmatch("[0-9a-fA-F]{%d}" % length, text) and len(set(text)) == length, text
assert len(admin.raw("GET", "/generate")[2]) == 8
assert admin.raw("GET", "/generate?length=23")[0] == 500
assert admin.raw("GET", "/generate?length=x")[0] == 500

# An unknown key is an empty document.
status, headers, text = admin.info("GET", key="no-such-key")
assert (status, text) == (200, "{}"), (status, text)
assert admin.info("GET", key="nodeset")[2] == "{}", "the original's key is nodes"
assert admin.info("GET", key="user")[2] == "{}"
assert headers["content-type"] == "text/html;charset=utf-8", headers
assert headers["allow"] == "DELETE, GET, HEAD, POST, PUT", headers

# Create, read, list, update, delete, with the texts and statuses that clients look at.
admin.create("user", "ana", **USER)
refused(lambda: admin.create("user", "ana", **USER), "ana")
ana = admin.get("user", "ana")
assert ana["name"] == "ana" and ana["first"] == "First" and ana["identity_id"] is None and ana["state"] == "new", ana
assert set(USER) < set(ana), "every attribute of the original is there"
assert admin.list("user") == {"ana": ana}
admin.update("user", "ana", email="b@example.org")
assert admin.get("user", "ana") == dict(ana, email="b@example.org")
refused(lambda: admin.get("user", "nobody"), "nobody")
refused(lambda: admin.update("user", "nobody", email="c"), "nobody")
refused(lambda: admin.delete("user", "nobody"), "nobody")
status, _, text = admin.info("PUT", key="user", entityname="ana", data={"ben": {"email": "c"}})
assert status == 405 and "ana" in text, (status, text)
status, _, text = admin.info("POST", key="user", entityname="cem", data={"ben": USER})
assert status == 405 and "cem" in text, (status, text)

# JSON in the original's form: ASCII, ", " and ": ".
admin.update("user", "ana", first="Änne's \U0001f600", description="a, b: <c> & \"d\" \\ '")
text = admin.info("GET", key="user", entityname="ana")[2]
assert text.isascii() and '"name": "ana", ' in text and "\\u00c4nne" in text and "\\ud83d\\ude00" in text, text
assert "'" not in text, "apostrophes survive clients that delete them"
assert "<" not in text
ana = admin.get("user", "ana")
assert ana["first"] == "Änne's \U0001f600" and ana["description"] == "a, b: <c> & \"d\" \\ '", ana
assert json.dumps(ana, sort_keys=True).replace("'", "\\u0027").replace("<", "\\u003c").replace(
    ">", "\\u003e").replace("&", "\\u0026") == text, text

# HEAD is GET without the body.
status, headers, text = admin.info("HEAD", key="user", entityname="ana")
assert status == 200 and text == "", (status, text)
assert int(headers["content-length"]) == len(admin.info("GET", key="user", entityname="ana")[2])
assert admin.info("HEAD", key="user", entityname="nobody")[0] == 405

# The key as a path segment; form decoding; a form body.
assert admin.raw("GET", "/info/user?entityname=ana")[0] == 200
assert json.loads(admin.raw("GET", "/info/user")[2]) == {"ana": ana}
assert admin.raw("GET", "/info/no%20such")[2] == "{}"
assert admin.raw("GET", "/info/")[0] == 404
assert admin.raw("GET", "/info/user/ana")[0] == 404
assert admin.raw("GET", "/info/user?key=user")[0] == 404
data = '{"ana":+{"last":+"A%20B+C%2BD%C3%BC"}}'
assert admin.raw("PUT", "/info?key=user&entityname=ana&data=" + data)[0] == 200
assert admin.get("user", "ana")["last"] == "A B C+Dü"
body = urllib.parse.urlencode({"key": "user", "entityname": "ana", "data": json.dumps({"ana": {"last": "Form & body"}})})
form = {"Content-Type": "application/x-www-form-urlencoded"}
assert admin.raw("PUT", "/info", body=body, headers=form)[0] == 200
assert admin.get("user", "ana")["last"] == "Form & body"
assert admin.raw("PUT", "/info?key=user", body=body, headers=form)[0] == 404, "a parameter given twice"

# Errors.
for method, target, expected, word in (
        ("GET", "/info", 404, "key"), ("GET", "/info?key=user&colour=red", 404, "colour"),
        ("GET", "/info?key=user&key=user", 404, "twice"), ("GET", "/info?key=%FF", 404, "UTF-8"),
        ("GET", "/info?key=user&pairingcode=x", 404, "pairingcode"),
        ("DELETE", "/info?key=user", 404, "entityname"), ("DELETE", "/info?key=user&entityname=ana&data=x", 404, "data"),
        ("POST", "/info?entityname=ana&data={}", 404, "key"), ("POST", "/info?key=user&entityname=x", 500, "data"),
        ("POST", "/info?key=user&entityname=x&data={", 500, "JSON"), ("PUT", "/info?key=user&data=[]", 500, "object"),
        ("POST", "/info?key=user&entityname=x&data={%22x%22:{},%22x%22:{}}", 500, "twice"),
        ("POST", "/info?key=user&entityname=x&data=" + "[" * 1000, 500, "deep"),
        ("POST", "/info?key=user&entityname=x&data={%22x%22:%22%ED%A0%80%22}", 404, "UTF-8"),
        ("PATCH", "/info?key=user", 405, "method"), ("OPTIONS", "/info", 405, "method")):
    status, headers, text = admin.raw(method, target)
    assert status == expected and word in text, (method, target, status, text)
    assert "<html>" in text and "Traceback" not in text and ".swift" not in text, text
    assert headers["allow"] == "DELETE, GET, HEAD, POST, PUT"
status, _, text = admin.info("PUT", headers={"Accept": "application/json"}, key="user", entityname="ana",
                             data={"ana": {"last": "X"}})
assert status == 406 and "<html>" in text, (status, text)
for accept in ("*/*", "text/*", "application/json, text/plain;q=0.5"):
    assert admin.info("PUT", headers={"Accept": accept}, key="user", entityname="ana",
                      data={"ana": {"last": "Last"}})[0] == 200, accept
assert admin.get("user", "ana")["last"] == "Last", "what was refused changed nothing"

# A head of nearly 500 KiB comes through; a longer one is told so; the connection and the server live on.
admin.create("user", "long", **USER)
room = 500 * 1024 - 600
text = "x" * room
admin.update("user", "long", description=text)
assert admin.get("user", "long")["description"] == text
status, _, text = admin.info("PUT", key="user", entityname="long", data={"long": {"description": "y" * 501 * 1024}})
assert status == 414, (status, text)
assert admin.get("user", "long")["description"].startswith("x")
try:
    status = admin.info("PUT", key="user", entityname="long", data={"long": {"description": "y" * 3 * 1024 * 1024}})[0]
except (ConnectionError, OSError):
    status = 400
assert status in (400, 414, 431), status
admin = Server("admin")
assert admin.get("user", "long")["description"].startswith("x")
admin.delete("user", "long")

# Nodeinfo and nodeset share the key nodes, and a name of one is a name of both.
admin.create("nodes", "n1", state="new", cores=8, memory_mb=2048, storage_mb=1024, native_os="unknown", features=["cvmfs"])
admin.create("nodes", "w1", **NODESET)
nodes = admin.list("nodes")
assert set(nodes) == {"n1", "w1"} and nodes["n1"]["cores"] == 8 and nodes["w1"]["node_number"] == 2, nodes
refused(lambda: admin.create("nodes", "n1", **NODESET), "n1")
refused(lambda: admin.create("nodes", "x", cores=1, app_type="spark"), "two kinds")
admin.update("nodes", "n1", cores="16")
assert admin.get("nodes", "n1")["cores"] == 16, "numbers written as text are numbers"
assert admin.get("nodes", "w1")["app_role"] == "worker-nodes"
admin.delete("nodes", "w1")
assert set(admin.list("nodes")) == {"n1"}

# Types and sizes hold; unknown attributes are named; references and advisory values are taken and shown.
refused(lambda: admin.create("nodes", "bad", cores="many"), "cores", "integer")
refused(lambda: admin.create("nodes", "bad", cores=0, coers=1), "coers", "did you mean cores?")
refused(lambda: admin.create("user", "bad name", **USER), "name")
refused(lambda: admin.create("user", "incomplete", first="x"), "last", "email", "organization")
refused(lambda: admin.create("colours", "red", name="red"), "colours")
admin.create("resource", "r1", **dict(RESOURCE, nodeinfo="none-yet", accessflavor="oar"))
conditions = {c["type"]: c for c in admin.get("resource", "r1")["conditions"]}
message = conditions["SpecUnderstood"]["message"]
assert conditions["SpecUnderstood"]["status"] == "false" and "oar" in message and "none-yet" in message, conditions
admin.update("resource", "r1", nodeinfo="n1", accessflavor="slurm")
assert admin.get("resource", "r1")["conditions"] == []

# The well-known document.
chain = admin.list("infoservice")["infoservice"]
assert chain["encoding"] == "base64"
import base64
assert b"BEGIN CERTIFICATE" in base64.b64decode(chain["ca-chain"])
print("endpoints: all as the original")
