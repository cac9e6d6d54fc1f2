"""The parts of VC3 as programs at hosts of the lab; their files lie where this machine and all hosts see them. As root."""
import json
import os
import re
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
LAB = ROOT + "/lab/lab"
BIN = "/srv/vc3/.build/debug"
sys.path.insert(0, ROOT + "/Tests/Integration/infoservice")
from parts import Parts  # noqa: E402

begin = time.monotonic()


def step(text):
    print(f"[{time.monotonic() - begin:6.1f}s] {text}", flush=True)


def lab(*words, check=True, **options):
    outcome = subprocess.run([LAB, *words], capture_output=True, text=True, **options)
    assert not check or outcome.returncode == 0, (words, outcome.stdout, outcome.stderr)
    return outcome


def at(host, *words, user=None, check=True, **options):
    return lab("exec", host, *(["--user", user] if user else []), "--", *words, check=check, **options).stdout


class LabParts(Parts):
    """`host`, `user`: where programs run unless `start` is told another place, and whose the files are."""

    def __init__(self, name, host, user):
        self.host, self.user = host, user
        folder = f"{lab('share').stdout.strip()}/{name}"
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        super().__init__(folder)
        self.give()

    def give(self):
        uid = int(at(self.host, "id", "-u", self.user))
        for path, folders, files in os.walk(self.folder):
            for entry in [path, *(f"{path}/{name}" for name in folders + files)]:
                os.chown(entry, uid, uid)

    def start(self, name, *words, host=None, user=None, program=None):
        """Without words, with its configuration; what it says is in NAME.log."""
        command = [f"{BIN}/{program or 'vc3-' + name}", *(words or ["--conf", f"{self.folder}/{name}.conf"])]
        with open(f"{self.folder}/{name}.log", "ab") as log:
            self.processes[name] = subprocess.Popen(
                [LAB, "exec", host or self.host, "--user", user or self.user, "--", *command], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log)

    def ended(self, name, limit=120):
        """The exit code of a program that ends by itself."""
        return self.processes.pop(name).wait(limit)

    def says(self, name, pattern, limit=180, after=0):
        return self.wait_for(
            lambda: re.search(pattern, self.log(name)[after:]), f"{name} does not say '{pattern}'", limit)

    def files_gone(self, *accounts, limit=180):
        """Until nothing is left at the accounts (`USER@HOST`) of pilots of the Factories that run.

        Those of others are not looked at: the lab's hosts and homes outlive a test."""
        folders = {
            folder for name in self.processes for folder in re.findall(r"factory starts .*?\bfolder=(\w+)", self.log(name))}
        assert folders, "no Factory says what its folder at sites is called"
        begin = time.monotonic()
        for account in accounts:
            user, host = account.split("@")

            def left():
                find = 'find .vc3/$folder/*/pilots -mindepth 1 -printf "%p, changed at %TT\\n" 2>/dev/null'
                return at(host, "sh", "-c", f'for folder; do {find}; done; date "+it is %T"', "sh", *folders, user=user)

            self.wait_for(lambda: left().startswith("it is"), lambda: (
                f"files of pilots are left of {account} after {time.monotonic() - begin:.0f} s:\n{left()}"), limit)

    def ask(self, who, path, method="GET", body=None):
        """The Infoservice, from the host where it runs, as that identity."""
        kind = "merge-patch+json" if method == "PATCH" else "json"
        words = ["-X", method, "-H", f"Content-Type: application/{kind}"] if body is not None else []
        said = at(self.host, "curl", "-sS", "--fail-with-body", "--cacert", f"{self.certificates}/chain.pem", "--cert",
                  f"{self.certificates}/{who}.pem", "--key", f"{self.certificates}/{who}.key", *words,
                  *(["-d", json.dumps(body)] if body is not None else []), f"https://localhost:{self.port}{path}")
        return json.loads(said) if said else None

    def post(self, who, kind, name, spec):
        self.ask(who, f"/v1/{kind}", "POST", {"name": name, "spec": spec})

    def install_key(self, *accounts):
        """A key that opens these accounts (`USER@HOST`); its file."""
        key = f"{self.folder}/id"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "queues", "-f", key], check=True)
        self.give()
        with open(key + ".pub") as file:
            public = file.read()
        for account in accounts:
            user, host = account.split("@")
            at(host, "sh", "-c", "cat >> .ssh/authorized_keys", user=user, input=public)
        return key


def host_key(host):
    """A line with the true key, as the site's operator publishes it."""
    with open(f"{lab('share').stdout.strip()}/known_hosts") as file:
        return next(line.strip() for line in file if line.split()[0].split(",")[0] == host)


# What sites have on record of the pilots that run there.

def slurm(host, user):
    return set(at(host, "squeue", "-h", "-r", "-u", user, "-t", "RUNNING", "-o", "%i").split())


def grid_engine(user):
    lines = at("beta", "qstat", "-u", user, "-s", "r", "-g", "d").splitlines()[2:]
    return {" ".join(words[:1] + words[9:]) for words in map(str.split, lines)}


def condor(constraint):
    return set(at("gamma", "condor_q", "-allusers", "-constraint", f"JobStatus == 2 && ({constraint})", "-format", "%d.",
                  "ClusterId", "-format", "%d\n", "ProcId").split())


def processes(host, user, program):
    return set(at(host, "pgrep", "-u", user, "-f", rf"^/bin/sh \./{program}", check=False).split())
