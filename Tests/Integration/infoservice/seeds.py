"""One entity of each kind, each made by who may."""
import json

SITE = dict(resource="cluster", type="batch", method="ssh", flavor="slurm", host="login.example.org", port=22,
            account="ana")
NODESET = dict(node_number=2, app_type="htcondor", app_role="worker-nodes")
RESOURCE = dict(accesstype="batch", accessmethod="ssh", accessflavor="slurm", accesshost="login.example.org",
                nodeinfo="sound", public=True)
REQUEST = dict(project="sound", cluster="sound", allocations=["sound"])
SECRET = "c2VjcmV0LW9mLXRoZS1zZWVkcw=="

# (who makes it, kind, spec), in an order in which nothing refers to what is not there yet.
ENTITIES = [
    ("admin", "user", dict(first="Ana", last="Arias", email="ana@example.org", organization="Somewhere")),
    ("admin", "nodeinfo", dict(cores=4, features=["singularity"])),
    ("admin", "resource", RESOURCE),
    ("admin", "allocation", dict(resource="sound", accountname="ana", quantity=None)),
    ("admin", "project", dict(allocations=["sound"])),
    ("admin", "environment", dict(packagelist=["python:3"], envmap={"A": "1"})),
    ("admin", "nodeset", NODESET),
    ("admin", "cluster", dict(nodesets=["sound"])),
    ("admin", "policy", dict(pluginname="static-balanced")),
    ("admin", "request", REQUEST),
    ("admin", "privatetoken", dict(data=SECRET, type="ssh")),
    ("factory", "provisioner", {}),
    ("admin", "pairing", dict(cn="new.example.org", role="host", pairingcode="a-code")),
    ("master", "pilotset", dict(request="sound", nodeset="sound", allocation="sound", wanted=1, middleware="htcondor",
                                site=SITE)),
    ("factory", "pilot", dict(pilotset="sound", request="sound", allocation="sound", resource="cluster")),
    ("admin", "pilotlog", dict(pilot="sound", lines=7)),
    ("master", "lease", dict(holder="master", expires="2030-01-01T00:00:00Z")),
    ("master", "event", dict(about="request/sound", reason="Made", message="It was made.")),
    ("factory", "usage", dict(allocation="sound", day="2026-01-01", node_seconds=7)),
    ("master", "authority", {}),
    ("admin", "sitelogin", dict(open=1)),
]


def sow(clients):
    """Makes all of them, each with the name `sound`. `clients`: HTTP sessions by role."""
    for role, kind, spec in ENTITIES:
        answer = clients[role].post(f"/v1/{kind}", json={"name": "sound", "spec": spec})
        assert answer.status_code == 201, (kind, answer.status_code, answer.text)
    # By the original's protocol, which takes what is on no list.
    data = json.dumps({"lenient": {"name": "lenient", "node_number": 1, "app_type": "no-such-type", "app_role": "worker-nodes"}})
    answer = clients["admin"].post("/info", params=dict(key="nodes", entityname="lenient", data=data))
    assert answer.status_code == 200, answer.text
