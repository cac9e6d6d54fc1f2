"""The same identities and rules as /v1: who may not is refused with 405, the one status that existing clients notice."""
import json

from legacy_client import ALLOCATION, NODESET, REQUEST, Server, USER, refused

admin, ana, ben, master = Server("admin"), Server("ana"), Server("ben"), Server("master")

# A new entity belongs to its creator; others leave it alone.
ana.create("nodes", "mine", cores=2)
assert ana.get("nodes", "mine")["owner"] == "ana"
refused(lambda: ben.update("nodes", "mine", cores=3), "ben", "owner")
refused(lambda: ben.delete("nodes", "mine"), "owner")
refused(lambda: ben.create("nodes", "theirs", cores=1, owner="ana"), "ben")
refused(lambda: ana.update("nodes", "mine", owner="ben"), "owner", "never changes")
status, headers, _ = ben.info("PUT", key="nodes", entityname="mine", data={"mine": {"cores": 3}})
assert status == 405 and headers["vc3-problem"] == "forbidden", headers
status, _, text = ben.info("POST", key="nodes", data={})
assert status == 405, "nobody replaces a document with what is not theirs"
assert ana.get("nodes", "mine")["cores"] == 2

# One writer for each field: what the master observed is not the owner's to write.
ana.create("request", "r", **dict(REQUEST, owner="ana"))
refused(lambda: ana.update("request", "r", state="running"), "state", "master")
refused(lambda: ana.update("request", "r", action="terminate", statusinfo={"w": {"running": 1}}), "statusinfo")
assert ana.get("request", "r")["action"] == "new", "nothing of a refused update is stored"
refused(lambda: ana.create("request", "r2", **dict(REQUEST, owner="ana", state="running")), "state")
master.update("request", "r", state="initializing", state_reason="soon", headnode="headnode-for-r")
refused(lambda: master.update("request", "r", project="p2"), "master")
refused(lambda: master.update("request", "r", queuesconf="eA=="), "queuesconf", "derived")
request = ana.get("request", "r")
assert (request["state"], request["state_reason"], request["headnode"]) == ("initializing", "soon", "headnode-for-r")
# Writing back what was read changes nothing, whoever does it.
ana.update("request", "r", **request)
ana.update("request", "r", **dict(request, description="mine"))
assert ana.get("request", "r") == dict(request, description="mine")

# Secrets stay where they are.
secret = "c2VjcmV0LW9mLWFuYQ=="
ana.create("privatetoken", "t", data=secret, type="ssh", state="new")
for server in (ana, admin, master):
    token = server.get("privatetoken", "t")
    assert token["data"] is None and token["type"] == "ssh", token
assert Server("factory").get("privatetoken", "t")["data"] == secret
refused(lambda: ben.get("privatetoken", "t"), "privatetoken")
assert ben.list("privatetoken") == {}
ana.update("privatetoken", "t", **dict(ana.get("privatetoken", "t"), type="other"))
assert Server("factory").get("privatetoken", "t")["data"] == secret, "writing back what was not shown keeps the secret"
refused(lambda: ana.create("allocation", "ana.x", **dict(ALLOCATION, privtoken=secret)), "privtoken", "private token")
refused(lambda: ana.create("nodes", "h", **dict(NODESET, app_sectoken=secret)), "app_sectoken")

# Pairing: made by an admin; collected once, by who asked for it.
agent, stranger = Server("agent"), Server("stranger")
code = "host.example.org-ABCDEF"
pairing = dict(name="host.example.org", state="new", acl=None, cn="host.example.org", pairingcode=code, cert=None, key=None,
               encoding="base64")
refused(lambda: agent.create("pairing", "host.example.org", **pairing), "admin")
status, headers, text = admin.info("PUT", key="pairing", entityname="host.example.org",
                                   data={"host.example.org": pairing})
assert status == 200, (status, text)
refused(lambda: admin.create("pairing", "host.example.org", **pairing), "host.example.org")


def collect(server, code):
    return server.info("GET", key="pairing", pairingcode=code)


status, headers, text = collect(admin, code)
assert status == 200 and headers["status"] == "404" and "30" in text and "{" not in text, (status, text)
master.update("pairing", "host.example.org", cert="Y2VydA==", key="a2V5")
assert admin.get("pairing", "host.example.org")["key"] is None, "the key is shown once, when it is collected"
for server, guess in ((stranger, code), (agent, code), (admin, "host.example.org-AAAAAA"), (ben, code)):
    assert "30 seconds" in collect(server, guess)[2]
paired = json.loads(collect(admin, code)[2])
assert (paired["cert"], paired["key"], paired["encoding"], paired["cn"]) == ("Y2VydA==", "a2V5", "base64", "host.example.org")
assert "30 seconds" in collect(admin, code)[2], "a pairing is collected once"
refused(lambda: admin.get("pairing", "host.example.org"))
print("authority: the rules of /v1 hold")
