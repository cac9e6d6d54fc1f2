#!/usr/bin/env python3
"""Pilots' logs of a `vc3-factory` that runs, read with curl by those to whom they belong; and everything that a user may try to get at
what is somebody else's: logs, secrets, queues. What files say of queues' logs and monitors is followed while it runs."""
import base64
import glob
import json
import os
import re
import subprocess
import tempfile

from parts import Parts
from programs import free_port

DAY = "2026-11-20"
SECRETS = {"private token": "c2VjcmV0LXRva2Vu-of-ana", "profile": "the-key-of-a-profile", "pool key": "QUJD" * 20}


def seed(base):
    """Logs of ana's and ben's pilots as the Factory leaves them, and of a queue of a file as HTCondor does."""
    for folder, owner, names in [("run1.workers.ana.here", "ana", ["p1.out"]), ("run2.workers.ben.here", "ben", ["p2.out"]),
                                 ("afile", None, ["1.0.out", "1.0.jdl", "1.0.bin"])]:
        place = f"{base}/{DAY}/{folder}"
        os.makedirs(place)
        if owner:
            with open(f"{place}/.owner", "w") as file:
                file.write(owner + "\n")
        for name in names:
            with open(f"{place}/{name}", "w") as file:
                file.write(f"log of {owner or 'a queue'}\neyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln\n"
                           "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\nend\n")


class Reader:
    """curl, with somebody's certificate."""

    def __init__(self, parts, port):
        self.parts, self.base = parts, f"https://localhost:{port}"

    def get(self, who, path, *arguments):
        """Status and body; 0 when there is no answer."""
        certificates = self.parts.certificates
        identity = ["--cert", f"{certificates}/{who}.pem", "--key", f"{certificates}/{who}.key"] if who else []
        outcome = subprocess.run(
            ["curl", "-sS", "--path-as-is", "-m", "60", "--cacert", f"{certificates}/chain.pem", *identity, "-o", "-", "-D",
             f"{self.parts.folder}/headers", "-w", "\n%{http_code}", *arguments, self.base + path],
            capture_output=True)
        body, _, code = outcome.stdout.decode(errors="replace").rpartition("\n")
        return int(code or 0), body

    def headers(self):
        with open(f"{self.parts.folder}/headers") as file:
            return file.read().lower()


def main():
    with tempfile.TemporaryDirectory(prefix="vc3-integration.") as folder:
        os.environ["HOME"] = folder
        parts, port, port2 = Parts(folder), free_port(), free_port()
        for role, name in [("user", "ben"), ("user", "rita"), ("portal", "ana-portal")]:
            parts.identity(role, name)
        logs = f"{folder}/logs"
        seed(logs)
        own = (f"factoryId = TEST\nbaseLogDir = {logs}\nbaseLogDirUrl = http://localhost:{port}\nlogserver.bind = 127.0.0.1\n"
               f"logserver.readers = rita\nconfig.queues.plugin = File, VC3\nconfig.reconfig = True\nconfig.reconfig.interval = 5\n"
               f"queueConf = {folder}/queues.conf\nauthConf = {folder}/auth.conf\nmonitorConf = {folder}/monitor.conf\n"
               f"config.queues.vc3.defaultsfile = {folder}/none.conf\nlogserver.certfile = {parts.certificates}/host.pem\n"
               f"logserver.keyfile = {parts.certificates}/host.key\n")
        parts.write("queues.conf", "")
        secret = base64.b64encode(SECRETS["profile"].encode()).decode()
        parts.write("auth.conf", f"[p]\nplugin = SSH\nssh.privatekey = {secret}\n")
        with open(f"{folder}/factory.conf", "a") as file:
            file.write(own)
        try:
            parts.start("infoservice", "factory")
            parts.says("factory", "serving pilots' logs")
            reader = Reader(parts, port)
            authorized(reader)
            kept(parts, reader, logs)
            intruders(parts, reader, logs)
            followed(parts, folder, secret)
            codes = parts.stop()
            assert codes == {"infoservice": 0, "factory": 0}, codes
            # The same folder, without an index, and for everybody's robots.
            with open(f"{folder}/factory.conf") as file:
                text = file.read().replace(f"localhost:{port}", f"localhost:{port2}")
            parts.write("factory.conf", text + "logserver.index = False\nlogserver.allowrobots = True\n")
            parts.start("infoservice", "factory")
            parts.wait_for(lambda: len(re.findall("serving pilots' logs", parts.log("factory"))) == 2, "no logs are served")
            without_index(Reader(parts, port2))
            said = parts.log("factory") + parts.log("infoservice")
            for what, text in SECRETS.items():
                assert text not in said and base64.b64encode(text.encode()).decode() not in said, what
        finally:
            parts.stop()
    print("factory logs: each reads their own, nobody gets at what is another's; what files say of logs and monitors is followed")


def authorized(reader):
    own, queue = f"/{DAY}/run1.workers.ana.here/p1.out", f"/{DAY}/afile/1.0.out"
    code, body = reader.get("ana", own)
    assert (code, body.splitlines()) == (200, ["log of ana", "[token]", "[private key]", "end"]), body
    headers = reader.headers()
    for line in ("x-robots-tag: noindex, nofollow", "cache-control: private, no-store", "x-content-type-options: nosniff"):
        assert line in headers, headers
    for who, path, expected in [("admin", own, 200), ("admin", queue, 200), ("rita", queue, 200), ("ben", queue, 404),
                                ("rita", own, 404), ("rita", queue.replace(".out", ".jdl"), 404), ("ana", "/robots.txt", 200)]:
        assert reader.get(who, path)[0] == expected, (who, path)
    assert reader.get("ana", "/robots.txt")[1] == "User-agent: *\nDisallow: /\n"
    assert f'href="/{DAY}/"' in reader.get("ana", "/")[1]
    day = reader.get("ana", f"/{DAY}/")[1]
    assert "run1.workers.ana.here" in day and "ben" not in day and "afile" not in day, day
    folder = reader.get("ana", f"/{DAY}/run1.workers.ana.here/")[1]
    assert "p1.out" in folder and ".owner" not in folder, folder


def kept(parts, reader, logs):
    """What a pilot of ana's that fails had to say, from the site to her."""
    post(parts, "admin", "privatetoken", "key", {"data": SECRETS["pool key"], "type": "pool-signing-key"})
    spec = {"request": "run9", "nodeset": "workers", "allocation": "ana.here", "wanted": 1, "middleware": "htcondor",
            "site": {"resource": "here", "type": "batch", "method": "local", "flavor": "local", "port": 22, "account": "ana"},
            "headnode": {"collector": "127.0.0.1:1", "trustdomain": "run1.vc3", "privatetoken": "key"}}
    status = parts.status("master", "/v1/pilotset", "POST", json.dumps({"name": "set1", "owner": "ana", "spec": spec}),
                          {"Content-Type": "application/json"})
    assert status == 201, status
    pattern = f"{logs}/*/run9.workers.ana.here/*.out"
    found = parts.wait_for(lambda: glob.glob(pattern), "no log of the pilot is kept", 180)
    path = found[0][len(logs):]
    code, body = reader.get("ana", path)
    assert code == 200 and body.startswith("# pilot ") and ", failed" in body.splitlines()[0], body
    assert reader.get("ben", path)[0] == 404 and reader.get("admin", path)[0] == 200
    place = os.path.dirname(found[0])
    assert [os.stat(name).st_mode & 0o777 for name in (place, found[0], place + "/.owner")] == [0o700, 0o600, 0o600]
    parts.status("master", "/v1/pilotset/set1", "PATCH", json.dumps({"spec": {"wanted": 0}}),
                 {"Content-Type": "application/merge-patch+json"})


def intruders(parts, reader, logs):
    """ben is after what is ana's."""
    post(parts, "ana", "privatetoken", "ana-key", {"data": SECRETS["private token"], "type": "ssh"})
    folder = f"{logs}/{DAY}/run2.workers.ben.here"
    # What a job of his might leave among his own logs, if it could write there.
    os.symlink(f"../run1.workers.ana.here/p1.out", f"{folder}/link.out")
    os.symlink(f"{parts.folder}/auth.conf", f"{folder}/auth.out")
    os.symlink(f"run1.workers.ana.here", f"{logs}/{DAY}/mine")
    os.link(f"{parts.folder}/auth.conf", f"{folder}/hard.out")
    ana, mine = f"/{DAY}/run1.workers.ana.here", f"/{DAY}/run2.workers.ben.here"
    assert reader.get("ben", mine + "/p2.out")[0] == 200
    missing = reader.get("ben", mine + "/none.out")
    assert missing[0] == 404
    for path in [ana + "/p1.out", ana, ana + "/", mine + "/link.out", mine + "/auth.out", mine + "/hard.out",
                 f"/{DAY}/mine/p1.out", f"/{DAY}/mine", mine + "/../run1.workers.ana.here/p1.out",
                 mine + "/%2e%2e/run1.workers.ana.here/p1.out", mine + "/..%2frun1.workers.ana.here%2fp1.out",
                 f"/{DAY}/../../auth.conf", "/../auth.conf", "/%2e%2e/auth.conf", "/..%2fauth.conf", "//etc/passwd", "/etc/passwd",
                 "/%2fetc%2fpasswd", mine + "/..%5c..%5cauth.conf", mine + "/.owner", ana + "/.owner", mine + "/p2.out%00",
                 "/queues.conf", "/state/factory/credentials/p", mine + "/p2.out/../../run1.workers.ana.here/p1.out"]:
        # Not even whether there is such a thing.
        assert reader.get("ben", path) == missing, (path, reader.get("ben", path))
    for method in ("PUT", "POST", "DELETE", "PROPFIND", "TRACE"):
        code, body = reader.get("ben", ana + "/p1.out", "-X", method)
        assert code in (405, 400, 501) and "log of ana" not in body, (method, code, body)
    # A header that a portal may send says nothing here, whoever sends it.
    for who in ("ben", "ana-portal", "factory", "master"):
        code, body = reader.get(who, ana + "/p1.out", "-H", "VC3-Acting-For: ana")
        assert code in (403, 404) and "log of ana" not in body, (who, code, body)
    # Without a certificate, and with one of another authority under her name.
    strange = f"{parts.certificates}/strange"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", strange + ".key",
         "-out", strange + ".pem", "-subj", "/CN=ana", "-addext", "subjectAltName=URI:vc3://user/ana"], capture_output=True, check=True)
    for who in (None, "strange"):
        assert reader.get(who, ana + "/p1.out") == (0, ""), who
        assert Reader(parts, parts.port).get(who, "/v1/privatetoken/ana-key")[0] in (0, 401, 403), who
    by_infoservice(parts)
    for name in ("link.out", "auth.out", "hard.out"):
        os.remove(f"{folder}/{name}")
    os.remove(f"{logs}/{DAY}/mine")


def by_infoservice(parts):
    """The same, by the Infoservice: secrets, logs and queues of others."""
    service = Reader(parts, parts.port)
    assert service.get("ana", "/v1/privatetoken/ana-key")[0] == 200
    seen = ""
    for path in ["/v1/privatetoken/ana-key", "/v1/privatetoken/ana-key/secret", "/v1/pilotset/set1", "/v1/pilotset/set1/secret",
                 "/v1/privatetoken", "/v1/pilotset", "/v1/pilot", "/v1/pilotlog", "/v1/audit", "/v1/watch?kinds=privatetoken&timeout=1",
                 "/info?key=privatetoken", "/info?key=queuesconf", "/info?key=authconf", "/info?key=allocation",
                 "/v1/privatetoken/..%2fprivatetoken%2fana-key", "/v1/pilotset/%2e%2e/privatetoken/ana-key"]:
        code, body = service.get("ben", path)
        seen += body
        assert code != 200 or "ana" not in body, (path, code, body)
    # Nobody but the Factory is told a secret, not even its owner or an administrator.
    for who in ("ana", "admin", "master", "ana-portal"):
        for path in ("/v1/privatetoken/ana-key", "/v1/privatetoken", "/info?key=privatetoken", "/info?key=authconf"):
            seen += service.get(who, path)[1]
    for what, text in SECRETS.items():
        assert text not in seen and base64.b64encode(text.encode()).decode() not in seen, (what, seen)
    # What is not his he neither changes nor ends, nor asks the output of.
    for method, path, body in [
            ("PATCH", "/v1/pilotset/set1", {"spec": {"wanted": 0}}), ("DELETE", "/v1/pilotset/set1", None),
            ("DELETE", "/v1/privatetoken/ana-key", None), ("PATCH", "/v1/privatetoken/ana-key", {"spec": {"data": "x"}}),
            ("POST", "/v1/pilotset", {"name": "x", "spec": {}}),
            ("POST", "/v1/privatetoken", {"name": "ana-key", "spec": {"data": "x", "type": "ssh"}})]:
        status = parts.status("ben", path, method, json.dumps(body) if body else None,
                              {"Content-Type": "application/merge-patch+json" if method == "PATCH" else "application/json"})
        assert status in (403, 404, 409, 422), (method, path, status)
    pilots = parts.json("/v1/pilot")["items"]
    assert pilots, "there is no pilot to be asked about"
    status = parts.status("ben", "/v1/pilotlog", "POST", json.dumps({"name": "b1", "spec": {"pilot": pilots[0]["name"]}}),
                          {"Content-Type": "application/json"})
    if status == 201:
        answer = parts.wait_for(lambda: finished(service), "the question for a log has no answer")
        assert "# pilot" not in answer and "text" not in json.loads(answer)["status"], answer


def finished(service):
    code, body = service.get("ben", "/v1/pilotlog/b1")
    return body if code == 200 and json.loads(body)["status"].get("state") else None


def without_index(reader):
    for path in ("/", f"/{DAY}/", f"/{DAY}/run1.workers.ana.here/"):
        assert reader.get("ana", path)[0] == 404 and reader.get("admin", path)[0] == 404, path
    assert reader.get("ana", f"/{DAY}/run1.workers.ana.here/p1.out")[0] == 200
    assert "x-robots-tag" not in reader.headers(), reader.headers()
    assert reader.get("ana", "/robots.txt")[1] == "User-agent: *\nDisallow:\n"


def followed(parts, folder, secret):
    """Monitors and queues of files come and change; a file with an error changes nothing."""
    def section(more):
        return (f"[afile]\nenabled = True\nexecutable = /bin/true\nbatchsubmitplugin = Local\n"
                f"sched.keepnrunning.keep_running = 0\n{more}")
    told = "pending=0 running=0 failed=0"
    parts.write("queues.conf", section("monitorsection = watcher\n"))
    parts.says("factory", "took over queues")
    assert told not in parts.log("factory"), parts.log("factory")
    # A monitor that comes is told of the queue that names it.
    parts.write("monitor.conf", "[watcher]\nmonitorplugin = None\n")
    parts.says("factory", r"monitor\.conf:2: error: \[watcher\] monitorplugin = 'None' is not allowed; give one of Dummy, APF")
    parts.write("monitor.conf", "[watcher]\nmonitorplugin = Dummy\n")
    parts.says("factory", r"took over file=[^ ]*monitor\.conf|file=\S*monitor\.conf\S* .*took over")
    parts.says("factory", told)
    # One that is changed for the worse is told, and the one before goes on.
    parts.write("auth.conf", f"[p]\nplugin = SSH\nssh.privatekey = {secret}!\n")
    parts.says("factory", r"auth\.conf:3: error: \[p\] the value of ssh\.privatekey is not allowed; give base64")
    parts.write("queues.conf", section("cleanlogs.keepdays = many\n"))
    parts.says("factory", r"queues\.conf:6: error: \[afile\] cleanlogs\.keepdays = 'many' is not allowed; give a whole number")
    before = len(re.findall("took over queues", parts.log("factory")))
    # What does not concern pilots is taken over, too.
    parts.write("queues.conf", section("cleanlogs.keepdays = 3\n"))
    parts.wait_for(lambda: len(re.findall("took over queues", parts.log("factory"))) > before, "changed days are not taken over")
    parts.write("auth.conf", f"[p]\nplugin = SSH\nssh.privatekey = {secret}\n")


def post(parts, who, kind, name, spec):
    status = parts.status(who, f"/v1/{kind}", "POST", json.dumps({"name": name, "spec": spec}),
                          {"Content-Type": "application/json"})
    assert status == 201, (kind, status)


if __name__ == "__main__":
    main()
