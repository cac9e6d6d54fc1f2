#!/usr/bin/env python3
"""Credentials of queues with the real tools: proxies that a real vc3-factory makes again by voms-proxy-init and from a MyProxy server,
of a user certificate of our own authority; tools that fail; tokens that end. What is known of each stands in `/metrics` and in the
Factory's entity."""
import base64
import glob
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

from personal_condor import PREFIX, ROOT, free_port

sys.path.insert(0, f"{ROOT}/Tests/Integration/infoservice")
from parts import Parts  # noqa: E402

PASSPHRASE = "correct-horse"


class Grid:
    """The tools; a folder of trusted authorities as they read it; a user certificate with an RSA key, which is all that Globus' tools sign
    with; and a MyProxy server."""

    def __init__(self, folder):
        tools = subprocess.run([f"{ROOT}/Tools/grid-tools"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
        self.folder, self.port, self.server = folder, free_port(), None
        os.makedirs(f"{folder}/trusted")
        os.makedirs(f"{folder}/store", mode=0o700)
        self.configuration = self.write("credible.conf", f"[credible]\nvardir = {folder}/ca\n[credible-ssca]\nkeytype = rsa\nbitlength = 2048\n")
        self.environment = {**os.environ, "PATH": f"{tools}/bin:{os.environ['PATH']}", "X509_CERT_DIR": f"{folder}/trusted",
                            "HOME": folder, "MYPROXY_SERVER_PORT": str(self.port)}
        for number, certificate in enumerate(re.findall("-----BEGIN.*?-----END CERTIFICATE-----\n", self.credible("certchain"), re.S)):
            self.trust(self.write(f"trusted/{number}.pem", certificate))
        self.run("openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{folder}/user.key", "-subj", "/CN=ana", "-out",
                 f"{folder}/user.csr")
        self.write("user.pem", self.credible("sign", f"{folder}/user.csr", "user/ana"))
        self.write("host.pem", self.credible("hostcert", "--fullchain", "localhost"))
        self.write("host.key", self.credible("hostkey", "localhost"))

    def write(self, name, text):
        path = f"{self.folder}/{name}"
        with open(path, "w", opener=lambda file, flags: os.open(file, flags, 0o600)) as file:
            file.write(text)
        return path

    def run(self, *command, text=None):
        outcome = subprocess.run(command, input=text, capture_output=True, text=True, env=self.environment, timeout=120)
        assert outcome.returncode == 0, (command, outcome.stdout, outcome.stderr)
        return outcome.stdout

    def credible(self, *words):
        return self.run(f"{ROOT}/.build/debug/credible", "-c", self.configuration, *words)

    def trust(self, certificate):
        """As /etc/grid-security/certificates has it: by the hash of its name, with what it may sign."""
        name, subject = self.run("openssl", "x509", "-noout", "-hash", "-subject", "-nameopt", "compat", "-in", certificate).splitlines()
        os.symlink(certificate, f"{self.folder}/trusted/{name}.0")
        self.write(f"trusted/{name}.signing_policy", (
            f"access_id_CA X509 '{subject.removeprefix('subject=')}'\npos_rights globus CA:sign\ncond_subjects globus '\"*\"'\n"))

    def proxy(self, name, hours):
        path = f"{self.folder}/{name}"
        self.run("grid-proxy-init", "-cert", f"{self.folder}/user.pem", "-key", f"{self.folder}/user.key", "-out", path, "-valid",
                 f"{hours}:00")
        return path

    def serve(self):
        """MyProxy with a credential of ana, whose proxies live twelve hours at most."""
        rules = self.write("myproxy.conf", 'accepted_credentials "*"\nauthorized_retrievers "*"\ndefault_retrievers "*"\n')
        host = {"X509_USER_CERT": f"{self.folder}/host.pem", "X509_USER_KEY": f"{self.folder}/host.key"}
        subprocess.run(
            ["myproxy-server", "-c", rules, "-s", f"{self.folder}/store", "-p", str(self.port), "-P", f"{self.folder}/server.pid"],
            env={**self.environment, **host}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        end = time.monotonic() + 30
        while not os.path.exists(f"{self.folder}/server.pid") or not open(f"{self.folder}/server.pid").read().strip():
            assert time.monotonic() < end, "no MyProxy server"
            time.sleep(0.1)
        self.server = int(open(f"{self.folder}/server.pid").read())
        self.run("myproxy-init", "-s", "localhost", "-l", "ana", "-c", "168", "-t", "12", "-S", "-C", f"{self.folder}/user.pem", "-y",
                 f"{self.folder}/user.key", text=PASSPHRASE + "\n")

    def stop(self):
        if self.server:
            os.kill(self.server, 15)
            self.server = None


def idtoken(folder):
    """As HTCondor makes it for an advertiser; an hour long."""
    key = f"{folder}/signing-key"
    with open(key, "wb", opener=lambda file, flags: os.open(file, flags, 0o600)) as file:
        file.write(os.urandom(64))
    with open(f"{folder}/token_config", "w") as file:
        file.write(f"RELEASE_DIR = {PREFIX}\nLOCAL_DIR = {folder}\nSEC_TOKEN_POOL_SIGNING_KEY_FILE = {key}\nTRUST_DOMAIN = pool\n")
    return subprocess.run(
        [f"{PREFIX}/bin/condor_token_create", "-identity", "pilot@pool", "-lifetime", "3600"], capture_output=True, text=True, check=True,
        env={**os.environ, "CONDOR_CONFIG": f"{folder}/token_config"}).stdout


def scitoken(begin, end):
    """Nobody here checks its signature."""
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
    return f"{part({'alg': 'ES256'})}.{part({'iss': 'https://vo.example.org', 'iat': int(begin), 'nbf': int(begin), 'exp': int(end)})}.c2ln"


def profiles(folder, grid, now):
    # What is renewed ends in an hour, or is not there yet.
    made = {name: f"{folder}/made-{name}.pem" for name in ("certified", "my", "short", "wrong", "lost", "fresh", "watched")}
    for name, hours in (("certified", 1), ("lost", 1), ("fresh", 20), ("watched", 2)):
        os.rename(grid.proxy(f"{name}.pem", hours), made[name])
    user = f"x509.usercert = {grid.folder}/user.pem\nx509.userkey = {grid.folder}/user.key\n"
    myproxy = "x509.flavor = myproxy\nx509.myproxy_hostname = localhost\nx509.myproxy_username = ana\n"
    own = {
        "certified": user, "my": f"{myproxy}x509.myproxy_passphrase = {PASSPHRASE}\n",
        "short": f"{myproxy}x509.myproxy_passphrase = {PASSPHRASE}\n",
        "wrong": f"{myproxy}x509.myproxy_passphrase = not-{PASSPHRASE}\n", "lost": "x509.vorole = nosuch:/nosuch\n" + user,
        "fresh": user, "watched": "x509.renew = no\n",
    }
    text = "".join(
        f"[{name}]\nplugin = X509\nx509.proxyfile = {made[name]}\nx509.lifetime = 24h\nx509.minlife = {'20h' if name == 'short' else '6h'}\n"
        f"{more}\n" for name, more in own.items())
    for name, token in (("sci", scitoken(now - 36_000, now + 1800)), ("old", scitoken(now - 7200, now - 3600)), ("id", idtoken(folder)),
                        ("none", "no token")):
        with open(f"{folder}/{name}.token", "w") as file:
            file.write(token)
        text += f"[{name}]\nplugin = Token\ntoken.file = {folder}/{name}.token\n"
    # One that has nearly ended, made again by HTCondor's own program.
    made["robot"] = f"{folder}/robot.token"
    with open(made["robot"], "w") as file:
        file.write(scitoken(now - 3000, now + 120))
    text += (f"[robot]\nplugin = Token\ntoken.file = {made['robot']}\ntoken.renewcommand = /usr/bin/env CONDOR_CONFIG={folder}/token_config "
             f"{PREFIX}/bin/condor_token_create -identity robot@pool -lifetime 3600\n")
    return made, text


def ends(path):
    """Of the shortest certificate of a proxy's chain."""
    with open(path) as file:
        chain = re.findall("-----BEGIN CERTIFICATE.*?-----END CERTIFICATE-----\n", file.read(), re.S)
    told = [subprocess.run(["openssl", "x509", "-noout", "-enddate", "-dateopt", "iso_8601"], input=one, capture_output=True, text=True,
                           check=True).stdout.strip().removeprefix("notAfter=") for one in chain]
    return min(told)


def check(parts, made, port):
    hours = 3600
    text, figures = "", {}

    def told():
        nonlocal text, figures
        try:
            text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
        except OSError:
            return False
        figures = {(kind, name): float(value) for kind, name, value in re.findall(
            r'^vc3_factory_credential_(end|trouble)\w*\{[^}]*name="([^"]+)"\} (\S+)$', text, re.M)}
        return len([kind for kind, _ in figures if kind == "trouble"]) == 12

    parts.wait_for(told, "not all credentials are told", 120)
    now = time.time()
    assert {name for (kind, name), value in figures.items() if kind == "trouble" and value} == {"wrong", "lost", "short", "none"}, text
    assert ("end", "none") not in figures, text
    for name, most in (("certified", 24), ("my", 12), ("short", 12), ("lost", 1), ("fresh", 20), ("watched", 2), ("id", 1), ("sci", 0.5)):
        left = figures["end", name] - now
        assert (most - 0.1) * hours < left <= most * hours, (name, left)
    assert figures["end", "old"] < now, text
    for name in ("certified", "my", "short"):
        assert os.stat(made[name]).st_mode & 0o777 == 0o600, name
    # What is shown is what the shortest certificate says.
    shown = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(figures["end", "my"]))
    assert ends(made["my"]) == shown, (ends(made["my"]), shown)
    assert not os.path.exists(made["wrong"]) and not glob.glob(f"{parts.folder}/*.new-*"), os.listdir(parts.folder)

    def conditions():
        items = parts.json("/v1/provisioner")["items"]
        own = {condition["type"]: condition for item in items for condition in item["status"].get("conditions", [])}
        return own if sum(name.startswith("Credential.") for name in own) == 12 else None

    said = parts.wait_for(conditions, "the entity does not tell of them", 120)
    for name, status, reason, words in (
        ("certified", "true", "Valid", "good until"), ("my", "true", "Valid", "good until"), ("watched", "true", "Valid", "good until"),
        ("wrong", "false", "Unreadable", "myproxy-get-delegation failed: .*invalid credential passphrase"),
        ("lost", "true", "NotRenewed", "voms-proxy-init failed: .*VOMS Server for nosuch:/nosuch not known"),
        ("short", "true", "NotRenewed", "what it is made from ends then"), ("sci", "true", "EndsSoon", "give a new one before"),
        ("old", "false", "Ended", "has ended at"), ("id", "true", "Valid", "good until"),
        ("robot", "true", "Valid", "good until"), ("none", "false", "Unreadable", "no token"),
    ):
        one = said[f"Credential.{name}"]
        assert re.fullmatch(status, one["status"]) and re.fullmatch(reason, one["reason"]), one
        assert re.search(words, one["message"], re.S), one
        assert (one.get("mender") == "operator") == (reason != "Valid"), one
    with open(made["robot"]) as file:
        claims = file.read().split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    assert claims["sub"] == "robot@pool" and os.stat(made["robot"]).st_mode & 0o777 == 0o600, claims
    everything = parts.log("factory") + text + json.dumps(said)
    assert PASSPHRASE not in everything, "a passphrase was told"


def main():
    with tempfile.TemporaryDirectory(prefix="vc3-proxies.") as folder:
        parts = Parts(folder)
        os.makedirs(f"{folder}/grid")
        grid = Grid(f"{folder}/grid")
        try:
            grid.serve()
            made, text = profiles(folder, grid, time.time())
            grid.write("auth.conf", text)
            port = free_port()
            # Its last section is the Factory's.
            with open(f"{folder}/factory.conf", "a") as file:
                file.write(f"factoryId = f-test\nauthConf = {folder}/grid/auth.conf\nauthmanager.sleep = 1\n"
                           f"config.auth.vc3.defaultsfile = {folder}/none.conf\n[metrics]\nport = {port}\n")
            os.environ.update({name: grid.environment[name] for name in ("PATH", "X509_CERT_DIR", "MYPROXY_SERVER_PORT", "HOME")})
            parts.start("infoservice", "factory")
            check(parts, made, port)
            # The server is gone: the proxy that was made stays, and goes on being told.
            grid.stop()
            with open(made["my"], "w") as file, open(grid.proxy("short.pem", 1)) as short:
                file.write(short.read())
            parts.says("factory", r"a proxy was not renewed[^\n]*made-my[^\n]*(refused|connect)", 120)
            assert ends(made["my"]) > time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime()), "the old one did not stay"
        finally:
            parts.stop()
            grid.stop()
    print("proxies: made again by VOMS' and MyProxy's own tools; what fails is told in their words, what ends ahead of time")


if __name__ == "__main__":
    main()
