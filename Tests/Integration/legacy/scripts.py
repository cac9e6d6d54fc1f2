"""What the original's own test scripts expect: API samples, a whole request, deletion in any order."""
import base64
import configparser
import random
import string

from legacy_client import ALLOCATION, Conflict, NODESET, REQUEST, RESOURCE, Server, USER, refused

admin = Server("admin")


def text_form(class_name, names, entity):
    """A line of the original's list commands, made from what the server answers."""
    def shown(value):
        return value[:25] + "... " if isinstance(value, str) and len(value) > 80 else str(value)
    return "%s( %s )" % (class_name, " ".join("%s=%s" % (name, shown(entity[name])) for name in names))


# testapi.py: a user that may exist already, ten more, one that is missing.
for _ in range(2):
    try:
        admin.create("user", "username", **USER)
    except Conflict:
        pass
names = {"".join(random.choice(string.ascii_lowercase) for _ in range(16)) for _ in range(10)}
for name in names:
    admin.create("user", name, **USER)
admin.update("user", "username", email="changed@example.org")
assert admin.get("user", "username")["email"] == "changed@example.org"
refused(lambda: admin.get("user", "username2"), "username2")
users = admin.list("user")
assert names | {"username"} <= set(users)
line = text_form("User", ["name", "state", "first", "last", "email", "organization"], users["username"])
assert line.split()[1].split("=")[1] == "username", line

# testcloning.py: a clone has a generated name.
clone = dict(users["username"], name="firstlast-" + "".join(random.choice(string.ascii_lowercase) for _ in range(8)))
name = clone.pop("name")
clone["owner"] = name
admin.create("user", name, **clone)
assert admin.get("user", name)["email"] == "changed@example.org"

# mock_full_request.sh and basictest1.sh: references need not exist yet, an invalid app_type is taken.
admin.create("user", "ana", **USER)
ana = Server("ana")
ana.create("project", "p1", state="new", owner="ana", members=["ana"], allocations=["ana.r1"], blueprints=[],
           organization=None)
admin.create("resource", "r1", **dict(RESOURCE, owner="ana"))
ana.create("allocation", "ana.r1", **dict(ALLOCATION, owner="ana"))
assert ana.get("allocation", "ana.r1")["pubtoken"] is None
ana.create("environment", "e1", state="new", owner="ana", packagelist=[], envmap={}, files={"f": "ZGF0YQ=="}, command=None)
ana.create("nodes", "w1", **dict(NODESET, owner="ana", app_type="no-such-type"))
ana.create("cluster", "c1", state="new", owner="ana", nodesets=["w1", "not-there"], public=False)
ana.update("cluster", "c1", nodesets=["w1"])
ana.create("request", "ana-run1", **dict(REQUEST, owner="ana", expiration="2031-01-31T12:00:00", environments=None))
request = ana.get("request", "ana-run1")
assert request["state"] == "new" and request["expiration"] == "2031-01-31T12:00:00" and request["environments"] == [], request
line = text_form("Request", ["name", "state", "state_reason", "owner", "action"], request)
assert line.startswith("Request( name=ana-run1 state=new state_reason=None owner=ana action=new "), line
# The master's pilot set shows as the original's queues and counts.
assert request["queuesconf"] is None and request["authconf"] is None and request["statusraw"] is None
master, factory = Server("master"), Server("factory")
queue = "ana-run1.w1.ana.r1"
site = dict(resource="r1", type="batch", method="ssh", flavor="slurm", host="login.example.org", port=22,
            account="ana")
master.create("pilotset", queue, request="ana-run1", nodeset="w1", allocation="ana.r1", wanted=2, middleware="htcondor",
              site=site, owner="ana")
factory.update("pilotset", queue, running=1, pending=1, factory="f1")
master.update("request", "ana-run1", pilotsets=[queue])
request = ana.get("request", "ana-run1")
queues = configparser.RawConfigParser()
queues.read_string(base64.b64decode(request["queuesconf"]).decode())
assert queues.sections() == [queue] and queues[queue]["sched.keepnrunning.keep_running"] == "2", queues.sections()
logins = base64.b64decode(request["authconf"]).decode()
assert logins.startswith("[ana.r1]\nplugin = SSH\n") and "privatekey" not in logins, logins
assert request["statusraw"]["f1"]["w1"][queue]["aggregated"] == {"running": 1, "idle": 1}, request["statusraw"]
assert ana.list("request")["ana-run1"] == request
ana.update("request", "ana-run1", **request)
ana.update("request", "ana-run1", action="terminate")
assert ana.get("request", "ana-run1")["action"] == "terminate"

# Asking for a validation, as the portal does it.
ana.update("allocation", "ana.r1", action="validate", state="configured")
assert ana.get("allocation", "ana.r1")["action"] == "validate"

# rm-all.sh deletes what others still refer to, in this order.
for key, name in (("environment", "e1"), ("cluster", "c1"), ("nodes", "w1"), ("allocation", "ana.r1"), ("project", "p1")):
    ana.delete(key, name)
admin.delete("resource", "r1")
ana.delete("request", "ana-run1")
# What the master has to tear down stays visible until that is done; everything else is gone.
assert set(ana.list("request")) <= {"ana-run1"} and ana.list("cluster") == {}
print("scripts: the original's scripts work")
