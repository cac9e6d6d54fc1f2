#!/usr/bin/env python3
"""A site that asks for a second factor, from the first login to the end, with the lab's real sshd, PAM and Slurm. As root.

The lab's hosts alpha and vc3 are started if they are not up; who started them takes them down.
"""
import contextlib
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
LAB = ROOT + "/lab/lab"
STATE = "/home/vc3/site-login"
BIN = "/srv/vc3/.build/debug"
steps = time.monotonic()


def step(text):
    print(f"[{time.monotonic() - steps:6.1f}s] {text}", flush=True)


def lab(*words, check=True, **options):
    outcome = subprocess.run([LAB, *words], capture_output=True, text=True, **options)
    assert not check or outcome.returncode == 0, (words, outcome.stdout, outcome.stderr)
    return outcome


def at(host, *words, user=None, check=True):
    return lab("exec", host, *(["--user", user] if user else []), "--", *words, check=check).stdout


def as_vc3(*words):
    """The words of a command of VC3's user."""
    path = f"PATH={BIN}:{lab('share').stdout.strip()}/condor/bin:/usr/bin:/bin"
    return [LAB, "exec", "vc3", "--user", "vc3", "--", "env", path, f"VC3_CLIENT_CONF={STATE}/vc3-client.conf", *words]


def client(*words, check=True):
    outcome = subprocess.run(as_vc3("vc3-client", *words), capture_output=True, text=True)
    assert not check or outcome.returncode == 0, (words, outcome.stdout, outcome.stderr)
    return outcome.stdout + outcome.stderr


def entity(kind, name):
    option = {"allocation": "allocationname", "request": "requestname"}[kind]
    found = json.loads(client(f"{kind}-list", f"--{option}", name, "--output", "json"))
    return found[0] if isinstance(found, list) else found


def condition(name, kind):
    conditions = entity("allocation", name)["status"].get("conditions", [])
    return next((found for found in conditions if found["type"] == kind), None)


def wait_for(what, words, limit=120):
    end = time.monotonic() + limit
    while not (answer := what()):
        assert time.monotonic() < end, f"{words}; vc3 up says: {at('vc3', 'tail', '-n', '40', STATE + '.log', check=False)}"
        time.sleep(0.2)
    return answer


class Up:
    """`vc3 up`, killed or ended as one likes. `before`: words of the command that it is given to."""

    latest = None

    def __init__(self, *before):
        Up.latest = self
        share = lab("share").stdout.strip()
        self.process = subprocess.Popen(
            as_vc3(*before, "sh", "-c", f'echo $$ > {STATE}.pid; exec vc3 up --state {STATE} --condor {share}/condor '
                   f'--worker-bundle /srv/vc3/.build/vc3-worker.tar.gz >> {STATE}.log 2>&1'), stdin=subprocess.DEVNULL)
        wait_for(lambda: "Error" not in client("user-list", check=False), "it does not serve")

    def signal(self, name):
        at("vc3", "sh", "-c", f"kill -{name} $(cat {STATE}.pid)")
        self.process.wait(60)


@contextlib.contextmanager
def standing(*hosts):
    """Hosts of the lab, and afterwards no `vc3 up` of the test."""
    started = lab("status", check=False).returncode == 3
    lab("up", *hosts)
    try:
        yield
    finally:
        if started:
            lab("down")
        elif Up.latest is not None and Up.latest.process.poll() is None:
            Up.latest.process.send_signal(signal.SIGTERM)
            Up.latest.process.wait(60)


class SiteLogin:
    """`vc3 site-login` in a terminal of its own."""

    def __init__(self, *words):
        self.terminal, end = pty.openpty()
        self.process = subprocess.Popen(as_vc3("vc3", "site-login", *words), stdin=end, stdout=end, stderr=end)
        os.close(end)
        self.said = ""

    def until(self, pattern, limit=60):
        """Reads on until the terminal shows it, after what was waited for before."""
        end, start = time.monotonic() + limit, len(self.said)
        while not re.search(pattern, self.said[start:]):
            assert time.monotonic() < end, f"no '{pattern}' in: {self.said}"
            if select.select([self.terminal], [], [], 0.2)[0]:
                try:
                    self.said += os.read(self.terminal, 4096).decode(errors="replace")
                except OSError:
                    assert re.search(pattern, self.said[start:]), f"no '{pattern}' in: {self.said}"

    def type(self, text):
        os.write(self.terminal, text.encode() + b"\n")

    def code(self):
        code = self.process.wait(60)
        while select.select([self.terminal], [], [], 0)[0]:
            try:
                self.said += os.read(self.terminal, 4096).decode(errors="replace")
            except OSError:
                break
        os.close(self.terminal)
        return code


def token(user="alice"):
    return at("alpha", "lab-token", "show", user).strip()


def log_in(*words, wrong_first=False, user="alice"):
    login = SiteLogin(*words)
    login.until(r"Password: ")
    assert re.search(r"host key: alpha ssh-ed25519 SHA256:", login.said[:login.said.index("Password")]), login.said
    assert "asks for the code that your token shows" in login.said, login.said
    if wrong_first:
        login.type("000000")
        login.until(r"Password: ")
    code = token(user)
    login.type(code)
    assert login.code() == 0, login.said
    assert "you are logged in to" in login.said and code not in login.said, login.said
    return login.said


def jobs():
    return sorted(at("alpha", "squeue", "-h", "-u", "alice", "-t", "RUNNING", "-o", "%i").split())


def knocks():
    """Connections to the sshd with the second factor, and keys that were shown to it."""
    log = at("alpha", "cat", "/var/log/sshd.log")
    return len(re.findall(r"Connection from \S+ port \d+ on \S+ port 2222", log)), len(re.findall("Accepted key", log))


def connection():
    """Process ids of the connections that people made."""
    return at("vc3", "pgrep", "-u", "vc3", "-f", r"ssh: .*\[mux\]", check=False).split()


def make_group():
    at("vc3", "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ana", "-f", STATE + ".ana-key", user="vc3")
    key = at("vc3", "cat", STATE + ".ana-key.pub").strip()
    client("user-create", "ana", "--firstname", "Ana", "--lastname", "Arias", "--email", "ana@example.org",
           "--institution", "Example University", "--sshpubstring", key)
    client("project-create", "trees", "--owner", "ana", "--members", "ana")
    client("nodeinfo-create", "small", "--owner", "ana", "--cores", "1", "--memory_mb", "256", "--storage_mb", "256")
    site = ["--owner", "ana", "--accesstype", "batch", "--accessmethod", "ssh", "--accessflavor", "slurm", "--accesshost",
            "alpha", "--accessport", "2222", "--nodeinfo", "small", "--mfa"]
    client("resource-create", "alpha", *site, "--sessionhours", "12")
    client("resource-create", "codeonly", *site)
    client("allocation-create", "ana.alpha", "--owner", "ana", "--resource", "alpha", "--accountname", "alice")
    client("allocation-create", "ana.code", "--owner", "ana", "--resource", "codeonly", "--accountname", "bob")
    client("project-addallocation", "trees", "ana.alpha")
    wait_for(lambda: (condition("ana.alpha", "LoggedIn") or {}).get("reason") == "LoginNeeded", "nobody asks for a login")
    client("nodeset-create", "few", "--owner", "ana", "--node_number", "2", "--app_type", "htcondor", "--app_role",
           "worker-nodes", "--app_lingertime", "600")
    client("cluster-create", "few", "--owner", "ana", "--nodesets", "few")


def first_logins(shown):
    """`shown`: keys that others have shown to alpha before."""
    said = condition("ana.alpha", "LoggedIn")
    assert "vc3 site-login alpha" in said["message"] and said["mender"] == "user", said
    assert knocks()[1] == shown, "somebody tried the key where only a person can log in"
    piped = subprocess.run(as_vc3("vc3", "site-login", "alpha"), input="123456\n", capture_output=True, text=True)
    assert piped.returncode == 2 and "needs a person at a terminal" in piped.stdout + piped.stderr, piped
    step("without a login nothing is tried, and a pipe is no person")

    key = client("allocation-getpubtoken", "--allocationname", "ana.alpha")
    lab("exec", "alpha", "--user", "alice", "--", "sh", "-c", "cat >> .ssh/authorized_keys", input=key)
    given_up = SiteLogin("alpha")
    given_up.until(r"Password: ")
    given_up.type("\x03")
    assert given_up.code() == 1, given_up.said
    refused = SiteLogin("alpha")
    for _ in range(3):
        refused.until(r"Password: ")
        refused.type("000000")
    assert refused.code() == 1 and "login to alpha failed" in refused.said, refused.said
    assert not connection(), "a login that failed has left something"
    step("given up by Ctrl-C, then three wrong codes: refused, and nothing is left")

    assert "ends in" in log_in("alpha", wrong_first=True)
    wait_for(lambda: entity("allocation", "ana.alpha")["status"]["state"] == "ready", "the login is no validation")
    assert "until" in condition("ana.alpha", "LoggedIn")["message"]
    assert "until the site ends it" in log_in("codeonly", user="bob")
    listed = client("site-login", "--list")
    assert re.search(r"ana.alpha alice@alpha .*logged in, ends in (12h|11h)", listed), listed
    step("a wrong code, then the right one: logged in with key and code, and as bob with a code alone")


def password_method():
    """A site that knows only ssh's method `password`, at a port of its own: PAM takes the code as the password."""
    pid = "/run/sshd-password.pid"
    at("alpha", "/usr/sbin/sshd", "-f", "/etc/ssh/lab_sshd_config", "-E", "/var/log/sshd.log", "-p", "2223", "-o", "UsePAM=yes",
       "-o", "PasswordAuthentication=yes", "-o", "AuthenticationMethods=password", "-o", "PidFile=" + pid)
    client("resource-create", "password", "--owner", "ana", "--accesstype", "batch", "--accessmethod", "ssh", "--accessflavor",
           "slurm", "--accesshost", "alpha", "--accessport", "2223", "--nodeinfo", "small", "--mfa")
    client("allocation-create", "ana.password", "--owner", "ana", "--resource", "password", "--accountname", "bob")
    login = SiteLogin("password")
    login.until(r"bob@alpha's password: ")
    code = token("bob")
    login.type(code)
    assert login.code() == 0 and "you are logged in to" in login.said and code not in login.said, login.said
    assert "is ended" in client("site-login", "--end", "password")
    client("allocation-delete", "ana.password")
    at("alpha", "sh", "-c", f"kill $(cat {pid})")
    refused = client("resource-create", "both", "--owner", "ana", "--accesstype", "batch", "--accessmethod", "ssh",
                     "--accessflavor", "slurm", "--accesshost", "alpha", "--nodeinfo", "small", "--mfa", "--accessgateway",
                     "alice@gateway", check=False)
    if "mfa and an accessgateway" not in refused:
        client("allocation-create", "ana.both", "--owner", "ana", "--resource", "both", "--accountname", "alice")
        wait_for(lambda: "mfa and an accessgateway" in json.dumps(entity("allocation", "ana.both")["status"]),
                 "mfa behind a gateway is not refused")
        client("allocation-delete", "ana.both")
    step("logged in by the method password; mfa behind a gateway is refused")


def end_to_end():
    client("request-create", "wood", "--owner", "ana", "--project", "trees", "--cluster", "few", "--allocations", "ana.alpha")
    client("request-wait", "--requestname", "wood", "--for", "joined", "--timeout", "180s")
    running = jobs()
    assert len(running) == 2, running
    step("two workers have joined over the login")
    return running


def killed_factory(up, running):
    before, made = connection(), knocks()
    up.signal("KILL")
    up = Up()
    wait_for(lambda: "logged in" in client("site-login", "--list"), "the login was forgotten")
    client("request-wait", "--requestname", "wood", "--for", "joined", "--timeout", "60s")
    assert connection() == before and knocks() == made and jobs() == running
    step("vc3 up killed and started again: the same connection, no new login")
    return up


def lost_connection(running):
    made = knocks()
    at("vc3", "pkill", "-KILL", "-u", "vc3", "-f", r"ssh: .*\[mux\]")
    wait_for(lambda: condition("ana.alpha", "LoggedIn")["status"] == "false", "the end of the login is not told")
    said = condition("ana.alpha", "LoggedIn")
    assert said["reason"] == "LoginNeeded" and said["mender"] == "user" and "has ended" in said["message"], said
    explained = wait_for(
        lambda: "LoginNeeded" in (text := client("request-explain", "--requestname", "wood")) and text,
        "the request does not tell")
    assert "you can mend this" in explained and "site-login" in explained, explained
    assert jobs() == running and entity("allocation", "ana.alpha")["status"]["state"] == "ready"
    # A second look of every part that might try: the longest pause between two looks is less.
    time.sleep(35)
    assert knocks() == made, "somebody tried to log in by itself"
    assert jobs() == running, "pilots were lost or doubled"
    step("the connection killed: it is said, the pilots run on, nobody knocks")
    log_in("alpha")
    client("request-wait", "--requestname", "wood", "--for", "joined", "--timeout", "60s")
    assert jobs() == running
    step("logged in again: the same pilots")


def the_end():
    client("request-terminate", "--requestname", "wood")
    client("request-wait", "--requestname", "wood", "--for", "terminated", "--timeout", "120s")
    wait_for(lambda: not at("alpha", "squeue", "-h", "-u", "alice").strip(), "jobs are left")
    client("request-delete", "wood")
    assert "is ended" in client("site-login", "--end", "alpha")
    client("project-removeallocation", "trees", "ana.alpha")
    client("allocation-delete", "ana.code")
    client("allocation-delete", "ana.alpha")
    wait_for(lambda: not connection(), "a connection is left")
    wait_for(lambda: "no logins" in client("site-login", "--list"), "a login is left")
    step("terminated; logins ended, by their owner and with an allocation")


def main():
    with standing("alpha", "vc3"):
        at("vc3", "sh", "-c", f"rm -rf {STATE} {STATE}.*")
        shown = knocks()[1]
        up = Up()
        make_group()
        first_logins(shown)
        password_method()
        running = end_to_end()
        up = killed_factory(up, running)
        lost_connection(running)
        the_end()
        up.signal("TERM")
    print("site login: key and code, code alone, a password, a killed factory, a lost connection, the end")


if __name__ == "__main__":
    sys.exit(main())
