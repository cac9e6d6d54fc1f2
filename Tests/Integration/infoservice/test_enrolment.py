#!/usr/bin/env python3
"""Enrolment by real processes: a new host in one line, all that must not work, and what survives being killed.

environment: VC3_INFOSERVICE, the folder of which has the other programs too
"""
import base64
import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time

from programs import PROGRAMS, free_port

LIMIT = 60


def run(*arguments, check=True, home=None, text=None, **more):
    environment = {**os.environ, **({"HOME": home} if home else {})}
    outcome = subprocess.run(
        [os.path.join(PROGRAMS, arguments[0]), *arguments[1:]], capture_output=True, text=True, timeout=120, check=False,
        env=environment, input=text, **more)
    assert not check or outcome.returncode == 0, (arguments[:2], outcome.returncode, outcome.stdout, outcome.stderr)
    return outcome


def openssl(*arguments):
    return subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=True, timeout=60).stdout


def wait_for(what, words):
    end = time.monotonic() + LIMIT
    while not (found := what()):
        if time.monotonic() > end:
            raise AssertionError(words() if callable(words) else words)
        time.sleep(0.02)
    return found


def two_ports():
    """A free port whose next one is free too."""
    while True:
        port = free_port()
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port + 1))
                return port
            except OSError:
                continue


class Process:
    def __init__(self, log, *arguments):
        self.log = log
        with open(log, "a") as file:
            self.process = subprocess.Popen(
                [os.path.join(PROGRAMS, arguments[0]), *arguments[1:]], stdout=file, stderr=file)

    def text(self):
        with open(self.log, errors="replace") as file:
            return file.read()

    def wait_for(self, pattern):
        def found():
            assert self.process.poll() is None, self.text()
            return re.search(pattern, self.text())
        return wait_for(found, self.text)

    def end(self, number=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(60)


class Up(Process):
    """`vc3 up`, and its administrator."""

    def __init__(self, folder, log="up.log"):
        self.folder, self.state, self.port = folder, folder + "/state", two_ports()
        super().__init__(f"{folder}/{log}", "vc3", "up", "--debug", "--state", self.state, "--port", str(self.port),
                         "--address", "127.0.0.1")
        self.wait_for("listens on port")
        self.admin = self.state + "/vc3-client.conf"
        self.chain = self.state + "/certificates/chain.pem"
        self.credible = folder + "/credible.conf"
        with open(self.credible, "w") as file:
            file.write(f"[credible]\nvardir = {self.state}/ca\n")

    def client(self, *arguments, check=True):
        return run("vc3-client", "-c", self.admin, *arguments, check=check)

    def code(self, *arguments):
        return self.client("pairing-create", *arguments).stdout.strip()

    def pairing(self, code):
        return json.loads(self.client("pairing-list", "--pairingname", code.split("/")[1], "--output", "json").stdout)


class Cutter:
    """Between a client and the server: what the server says is held back for a moment, and the first answer after
    something has happened is cut off with its connection."""

    def __init__(self, port, happened):
        self.port, self.happened, self.cuts, self.connections = port, happened, 0, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            far = socket.create_connection(("127.0.0.1", self.port))
            for source, sink, held in ((near, far, False), (far, near, True)):
                threading.Thread(target=self.copy, args=(source, sink, held), daemon=True).start()

    def copy(self, source, sink, held):
        try:
            while piece := source.recv(65536):
                if held and not self.cuts and self.happened():
                    self.cuts += 1
                    break
                sink.sendall(piece)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def lost_answer(up, folder):
    """The answer to pairing-create is lost after the pairing was made: the command asks again, and its one code works."""
    pairings = lambda: {item["name"] for item in json.loads(up.client("pairing-list", "--output", "json").stdout)
                        if item["spec"]["cn"] == "lost.example.org"}
    cutter = Cutter(up.port, pairings)
    configuration = f"{folder}/cut.conf"
    with open(up.admin) as file, open(configuration, "w") as other:
        other.write(re.sub(r"(?m)^httpsport = .*$", f"httpsport = {cutter.address}", file.read()))
    code = run("vc3-client", "-c", configuration, "pairing-create", "lost.example.org", "--role", "host").stdout.strip()
    cutter.listener.close()
    assert cutter.cuts == 1 and cutter.connections >= 2, (cutter.cuts, cutter.connections)
    assert pairings() == {code.split("/")[1]}, "one pairing, that of the code"
    run("vc3", "enrol", code, "--folder", f"{folder}/lost")
    assert up.pairing(code)["status"]["state"] == "paired"


def stranger(port, method, path, body=None):
    """(status, text) of the enrolment listener, which is not checked."""
    context = ssl._create_unverified_context()
    connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=60)
    try:
        connection.request(method, path, body=json.dumps(body) if body is not None else None)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def request(folder):
    """A signing request of openssl's."""
    key, csr = f"{folder}/own.key", f"{folder}/own.csr"
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
    openssl("req", "-new", "-key", key, "-subj", "/CN=root/O=whatever", "-out", csr)
    with open(csr) as file:
        return file.read()


def one_line_on_a_new_host(up, folder):
    code = up.code("web.example.org", "--role", "host", "--host-name", "www.example.org", "--host-name", "10.9.8.7")
    assert re.fullmatch(r"[A-Za-z0-9.:/-]+", code), "it needs quotes"
    secret = code.split("/")[2]
    files = f"{folder}/web"
    outcome = run("vc3", "enrol", code, "--folder", files)
    assert "enrolled as host/web.example.org" in outcome.stdout and f"keyfile = {files}/key.pem" in outcome.stdout, outcome
    assert oct(os.stat(f"{files}/key.pem").st_mode & 0o777) == "0o400" and oct(os.stat(files).st_mode & 0o777) == "0o700"
    assert openssl("verify", "-CAfile", f"{files}/chain.pem", "-untrusted", f"{files}/cert.pem", f"{files}/cert.pem")
    for purpose in ("sslserver", "sslclient"):
        openssl("verify", "-purpose", purpose, "-CAfile", f"{files}/chain.pem", "-untrusted", f"{files}/cert.pem",
                f"{files}/cert.pem")
    text = openssl("x509", "-in", f"{files}/cert.pem", "-noout", "-text")
    for name in ("DNS:web.example.org", "DNS:www.example.org", "IP Address:10.9.8.7", "URI:vc3://host/web.example.org"):
        assert name in text, (name, text)
    assert openssl("pkey", "-in", f"{files}/key.pem", "-pubout") == openssl("x509", "-in", f"{files}/cert.pem", "-noout", "-pubkey")
    with open(f"{files}/chain.pem") as mine, open(up.chain) as theirs:
        assert mine.read() == theirs.read()

    # Again: nothing left to do, even where nobody answers. Another code into the same folder: refused.
    before = {name: os.stat(f"{files}/{name}").st_mtime_ns for name in os.listdir(files)}
    again = run("vc3", "enrol", "-", "--folder", files, text=code + "\n")
    assert "this is host/web.example.org" in again.stdout, again
    assert before == {name: os.stat(f"{files}/{name}").st_mtime_ns for name in os.listdir(files)}
    other = run("vc3", "enrol", up.code("other", "--role", "agent"), "--folder", files, check=False)
    assert other.returncode == 1 and "host/web.example.org already" in other.stderr, other

    # Whoever finds the code later gets nothing.
    late = run("vc3", "enrol", code, "--folder", f"{folder}/late", check=False)
    assert late.returncode == 3 and "the code is not good" in late.stderr and secret not in late.stderr, late
    assert not os.path.exists(f"{folder}/late/cert.pem")
    shown = up.pairing(code)
    assert shown["status"]["state"] == "paired" and "codehash" not in shown["spec"], shown
    table = up.client("pairing-list", "--output", "table").stdout
    assert re.search(r"host-web\.example\.org-\w+ +paired +host +web\.example\.org", table), table
    return code


def wrong_codes(up, folder):
    code = up.code("f2", "--role", "factory")
    host, pairing, secret, fingerprint = code.split("/")
    csr = request(folder)
    refusals = set()
    for number in range(5):
        status, text = stranger(up.port + 1, "POST", "/enrol", dict(pairing=pairing, secret=f"{number}" * 26, csr=csr))
        assert status == 403, (status, text)
        refusals.add(text)
    assert up.pairing(code)["spec"]["tries"] == 5
    status, text = stranger(up.port + 1, "POST", "/enrol", dict(pairing=pairing, secret=secret, csr=csr))
    refusals.add(text)
    for name in ("none", "../x", pairing + "x"):
        refusals.add(stranger(up.port + 1, "POST", "/enrol", dict(pairing=name, secret=secret, csr=csr))[1])
    assert len(refusals) == 1 and status == 403, refusals
    outcome = run("vc3", "enrol", code, "--folder", f"{folder}/f2", check=False)
    assert outcome.returncode == 3 and not os.path.exists(f"{folder}/f2/cert.pem"), outcome
    wait_for(lambda: up.pairing(code)["status"]["state"] == "refused", "the Master does not end it")


def expired(up, folder):
    code = up.code("f3", "--role", "factory", "--lifetime", "1s")
    wait_for(lambda: up.pairing(code)["status"]["state"] == "expired", "it does not expire")
    outcome = run("vc3", "enrol", code, "--folder", f"{folder}/f3", check=False)
    assert outcome.returncode == 3 and not os.path.exists(f"{folder}/f3/cert.pem"), outcome


def bound_to_the_first_request(up, folder):
    code = up.code("f4", "--role", "factory")
    _, pairing, secret, _ = code.split("/")
    mine = dict(pairing=pairing, secret=secret, csr=request(folder))
    # A request that is none leaves the code good.
    status, text = stranger(up.port + 1, "POST", "/enrol", dict(mine, csr="nonsense"))
    assert status == 422 and secret not in text, (status, text)
    status, first = stranger(up.port + 1, "POST", "/enrol", mine)
    assert status == 200, (status, first)
    # The answer was lost: the same again.
    status, second = stranger(up.port + 1, "POST", "/enrol", mine)
    assert status == 200 and second == first
    status, text = stranger(up.port + 1, "POST", "/enrol", dict(mine, csr=request(folder)))
    assert status == 403 and "certificate" not in text, (status, text)
    certificate = json.loads(first)["certificate"]
    with open(f"{folder}/f4.pem", "w") as file:
        file.write(certificate)
    text = openssl("x509", "-in", f"{folder}/f4.pem", "-noout", "-text")
    assert "URI:vc3://factory/f4" in text and "whatever" not in text, "names of the request do not count"
    openssl("verify", "-CAfile", up.chain, "-untrusted", f"{folder}/f4.pem", f"{folder}/f4.pem")


def nothing_else_is_served(up):
    port = up.port + 1
    status, chain = stranger(port, "GET", "/chain")
    with open(up.chain) as file:
        assert status == 200 and chain == file.read()
    for method, path in (("GET", "/v1/user"), ("GET", "/info?key=user"), ("GET", "/metrics"), ("GET", "/healthz"),
                         ("GET", "/"), ("PUT", "/chain"), ("GET", "/enrol"), ("GET", "/openapi.json"),
                         ("POST", "/v1/renewals")):
        status, text = stranger(port, method, path)
        assert status in (404, 405), (method, path, status, text)
    status, text = stranger(port, "POST", "/enrol", dict(pairing="p", secret="s", csr="x" * 20_000))
    assert status == 413, (status, text)
    for body in ({}, [], dict(pairing="p", secret="s"), dict(pairing=1, secret="s", csr="x"),
                 dict(pairing="p", secret="s", csr="x", more=1)):
        status, text = stranger(port, "POST", "/enrol", body)
        assert status == 422, (body, status, text)


class Relay:
    """Somebody in between: terminates TLS with a certificate of their own, and keeps what they hear."""

    def __init__(self, folder, port):
        self.heard, self.port = [], free_port()
        certificate, key = f"{folder}/relay.pem", f"{folder}/relay.key"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key,
                "-out", certificate, "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2")
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.behind = port
        self.own_chain = None
        self.socket = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                raw, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(raw,), daemon=True).start()

    def serve(self, raw):
        try:
            with self.context.wrap_socket(raw, server_side=True) as line:
                head = line.recv(65536).decode(errors="replace")
                self.heard.append(head)
                if not head.startswith("GET /chain"):
                    return
                chain = self.own_chain or stranger(self.behind, "GET", "/chain")[1]
                line.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(chain)}\r\n\r\n{chain}".encode())
                # What comes after on the same connection is heard too.
                while more := line.recv(65536):
                    self.heard.append(more.decode(errors="replace"))
        except (OSError, ssl.SSLError):
            pass


def man_in_the_middle(up, folder):
    code = up.code("f5", "--role", "factory")
    _, pairing, secret, fingerprint = code.split("/")
    relay = Relay(folder, up.port + 1)
    redirected = f"127.0.0.1:{relay.port}/{pairing}/{secret}/{fingerprint}"
    # One that passes the true chain on, and one that shows a chain of its own.
    for chain in (None, open(f"{folder}/relay.pem").read()):
        relay.own_chain = chain
        outcome = run("vc3", "enrol", redirected, "--folder", f"{folder}/f5", check=False)
        assert outcome.returncode == 4 and "Neither the code nor a request was sent" in outcome.stderr, outcome
    assert len(relay.heard) >= 2 and all(head.startswith("GET /chain") for head in relay.heard), relay.heard
    for word in (secret, "CERTIFICATE REQUEST", pairing):
        assert not any(word in head for head in relay.heard), "a secret was told"
    # The same code is good at the true place, in the same folder.
    run("vc3", "enrol", code, "--folder", f"{folder}/f5")
    # Another fingerprint: the true server is not believed either.
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    outcome = run("vc3", "enrol", wrong, "--folder", f"{folder}/f5b", check=False)
    assert outcome.returncode == 4, outcome
    for broken in ("x", code[:-1], code.replace("/", "", 1)):
        outcome = run("vc3", "enrol", broken, "--folder", f"{folder}/f5c", check=False)
        assert outcome.returncode == 2 and secret not in outcome.stderr, outcome


def killed_midway(up, folder):
    """`vc3 enrol` is killed at random moments; the same command finishes, with one certificate for one key."""
    for number in range(8):
        code = up.code(f"k{number}", "--role", "agent")
        files = f"{folder}/k{number}"
        process = subprocess.Popen(
            [PROGRAMS + "/vc3", "enrol", code, "--folder", files], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # From before the first file to after the last one.
        time.sleep(0.012 * number)
        process.kill()
        process.wait()
        run("vc3", "enrol", code, "--folder", files)
        assert openssl("pkey", "-in", f"{files}/key.pem", "-pubout") == openssl(
            "x509", "-in", f"{files}/cert.pem", "-noout", "-pubkey")
        assert not [name for name in os.listdir(files) if name.startswith(".unfinished")], os.listdir(files)


def login(up, folder):
    code = up.code("ana")
    home = f"{folder}/home"
    os.mkdir(home)
    outcome = run("vc3", "login", code, home=home)
    assert "you are user/ana" in outcome.stdout, outcome
    created = run("vc3-client", "user-create", "ana", "--firstname", "Ana", "--lastname", "Arias", "--email",
                  "ana@example.org", "--institution", "X", home=home)
    assert not created.stdout, created
    assert "ana" in run("vc3-client", "user-list", home=home).stdout
    refused = run("vc3-client", "pairing-create", "eve", "--role", "admin", home=home, check=False)
    assert refused.returncode == 1 and "admin" in refused.stdout and "/" not in refused.stdout.split("Error")[0], refused

    status = run("vc3", "login", home=home)
    assert "you are user/ana, until" in status.stdout and "renewed" not in status.stdout, status
    files = f"{home}/.local/etc/vc3"
    old = openssl("x509", "-in", f"{files}/cert.pem", "-noout", "-serial", "-pubkey")
    time.sleep(1.1)  # a certificate's end has seconds, and the new one has to last longer
    renewed = run("vc3", "login", "--renew", home=home)
    assert "renewed" in renewed.stdout, renewed
    new = openssl("x509", "-in", f"{files}/cert.pem", "-noout", "-serial", "-pubkey")
    assert old.split("\n", 1)[0] != new.split("\n", 1)[0] and old.split("\n", 1)[1] == new.split("\n", 1)[1], (old, new)
    openssl("verify", "-purpose", "sslclient", "-CAfile", f"{files}/chain.pem", "-untrusted", f"{files}/cert.pem",
            f"{files}/cert.pem")
    assert "ana" in run("vc3-client", "user-list", home=home).stdout, "the renewed one works"

    # What is taken back is known: the list came with the login, and comes anew with each look.
    with open(f"{home}/.local/etc/vc3-client.conf") as file:
        assert f"crlfile = {files}/crl.pem" in file.read()
    first = openssl("crl", "-in", f"{files}/crl.pem", "-noout", "-crlnumber")
    taken = openssl("x509", "-in", f"{folder}/web/cert.pem", "-noout", "-serial").strip().split("=")[1]
    run("credible", "-c", up.credible, "revoke", taken)
    chain = up.chain
    openssl("crl", "-in", f"{files}/crl.pem", "-CAfile", chain, "-noout", "-verify")

    def refreshed():
        run("vc3", "login", home=home)
        return taken in openssl("crl", "-in", f"{files}/crl.pem", "-noout", "-text")
    wait_for(refreshed, "the list is not refreshed")
    assert openssl("crl", "-in", f"{files}/crl.pem", "-noout", "-crlnumber") != first
    assert "ana" in run("vc3-client", "user-list", home=home).stdout

    # A configuration that somebody else wrote stays.
    other = f"{folder}/other"
    os.makedirs(f"{other}/.local/etc")
    with open(f"{other}/.local/etc/vc3-client.conf", "w") as file:
        file.write("[netcomm]\n")
    code = up.code("ben")
    outcome = run("vc3", "login", code, home=other, check=False)
    assert outcome.returncode == 1 and "vc3-client.conf" in outcome.stderr, outcome
    assert up.pairing(code)["status"]["state"] == "new", "the code was not used"
    return home


def legacy(up, folder):
    """The original's clients: a pairing asked for with a code of their form, fetched without a certificate."""
    with open(up.admin) as file:
        settings = file.read()
    nobody = f"{folder}/nobody.conf"
    with open(nobody, "w") as file:
        file.write(re.sub(r"(?m)^(certfile|keyfile) = .*\n", "", settings))
    code = run("vc3-infoclient", "-c", up.admin, "--requestpairing", "old.example.org").stdout.strip()
    answered = lambda: json.loads(up.client("pairing-list", "--pairingname", "old.example.org", "--output", "json").stdout)[
        "status"]["state"] == "paired"
    wait_for(answered, "the Master does not answer")
    # As the original asks: GET without a certificate.
    status, text = stranger(up.port + 1, "GET", "/info?key=pairing&pairingcode=old.example.org-AAAAAA")
    assert status == 200 and "Retry in 30 seconds" in text, (status, text)
    status, text = stranger(up.port + 1, "GET", f"/info?key=pairing&pairingcode={code}")
    entity = json.loads(text)
    assert status == 200 and entity["cn"] == "old.example.org" and entity["encoding"] == "base64", entity
    for name in ("cert", "key"):
        with open(f"{folder}/old.{name}", "wb") as file:
            file.write(base64.b64decode(entity[name]))
    openssl("verify", "-CAfile", up.chain, "-untrusted", f"{folder}/old.cert", f"{folder}/old.cert")
    assert openssl("pkey", "-in", f"{folder}/old.key", "-pubout") == openssl(
        "x509", "-in", f"{folder}/old.cert", "-noout", "-pubkey")
    status, text = stranger(up.port + 1, "GET", f"/info?key=pairing&pairingcode={code}")
    assert "Retry in 30 seconds" in text, "it is given out once"

    # The same by our commands, without a certificate in the configuration.
    secrets = [entity["key"], code]
    for number, program in enumerate(("vc3-infoclient", "vc3-client")):
        name = f"old{number}.example.org"
        code = run("vc3-infoclient", "-c", up.admin, "--requestpairing", name).stdout.strip()
        secrets.append(code)
        arguments = ("--getpairing", code) if program == "vc3-infoclient" else ("pairing-retrieve", code)
        wrong = run(program, "-c", nobody, arguments[0], name + "-WRONGS", check=False)
        assert (wrong.returncode, "30 s" in wrong.stdout + wrong.stderr) == ((3, True) if number == 0 else (0, True)), wrong
        certificate, key = wait_for(
            lambda: (output := run(program, "-c", nobody, *arguments, check=False).stdout).count("BEGIN") >= 2
            and output.strip().rsplit("\n\n", 1), "it is not answered")
        assert certificate.startswith("-----BEGIN CERTIFICATE") and key.startswith("-----BEGIN PRIVATE KEY"), key[:30]
    # Into files.
    code = run("vc3-infoclient", "-c", up.admin, "--requestpairing", "file.example.org").stdout.strip()
    wait_for(lambda: not run("vc3-client", "-c", nobody, "pairing-retrieve", code, "--certfile", f"{folder}/c", "--keyfile",
                             f"{folder}/k").stdout, "it is not answered")
    assert oct(os.stat(f"{folder}/k").st_mode & 0o777) == "0o600"
    # Five wrong tries end it.
    code = run("vc3-infoclient", "-c", up.admin, "--requestpairing", "guess.example.org").stdout.strip()
    for _ in range(5):
        stranger(up.port + 1, "GET", "/info?key=pairing&pairingcode=guess.example.org-GUESSED")
    status, text = stranger(up.port + 1, "GET", f"/info?key=pairing&pairingcode={code}")
    assert "Retry in 30 seconds" in text
    return secrets


def too_many(up):
    """Who keeps on guessing is kept waiting; the code of somebody else stays good."""
    code = up.code("patient", "--role", "agent")
    guess = dict(pairing="none", secret="0" * 26, csr="x")
    statuses = [stranger(up.port + 1, "POST", "/enrol", guess)[0]]
    while statuses[-1] != 429 and len(statuses) < 500:
        statuses.append(stranger(up.port + 1, "POST", "/enrol", guess)[0])
    assert set(statuses) == {403, 429}, set(statuses)
    assert up.pairing(code)["spec"]["tries"] == 0


def metrics(up):
    context = ssl.create_default_context(cafile=up.chain)
    context.load_cert_chain(up.state + "/certificates/admin.cert.pem", up.state + "/certificates/admin.key.pem")
    connection = http.client.HTTPSConnection("localhost", up.port, context=context, timeout=60)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    connection.close()
    for outcome in ("chain", "enrolled", "collected", "refused", "limited", "failed"):
        number = re.search(rf'vc3_infoservice_enrolment_requests_total{{outcome="{outcome}"}} (\d+)', text)
        assert number and int(number[1]) > 0, (outcome, text)


def no_secret_is_kept(up, log, codes, secrets):
    """Neither in the log, written at its most talkative, nor in what is stored."""
    words = [code.split("/")[2] for code in codes] + secrets
    assert len(words) > 4 and all(len(word) > 10 for word in words)
    assert len(log) > 1000
    stored = b"".join(open(f"{up.state}/infoservice/{name}", "rb").read() for name in os.listdir(f"{up.state}/infoservice"))
    assert b"host-web.example.org" in stored, "what was looked at is not the store"
    for word in words:
        assert word not in log, f"a secret is in the log: {word[:6]}"
        assert word.encode() not in stored, f"a secret is in the store: {word[:6]}"
    shown = up.client("pairing-list", "--output", "json").stdout
    assert not any(word in shown for word in words)


def all_in_one(folder):
    up = Up(folder)
    try:
        codes = [one_line_on_a_new_host(up, folder)]
        wrong_codes(up, folder)
        expired(up, folder)
        bound_to_the_first_request(up, folder)
        nothing_else_is_served(up)
        man_in_the_middle(up, folder)
        killed_midway(up, folder)
        login(up, folder)
        secrets = legacy(up, folder)
        lost_answer(up, folder)
        too_many(up)
        metrics(up)
        codes += [up.code(f"unused{number}", "--role", "agent") for number in range(3)]
        up.end()
        assert up.process.returncode == 0, up.text()[-2000:]
        # Asked of the next process, after a checkpoint of the store.
        log, up = up.text(), Up(folder, "again.log")
        no_secret_is_kept(up, log + up.text(), codes, secrets)
    finally:
        up.end(signal.SIGKILL)


class Apart:
    """vc3-infoservice and vc3-master as two processes, with Credible's authority between them."""

    def __init__(self, folder):
        self.folder, self.port = folder, two_ports()
        self.credible = f"{folder}/credible.conf"
        with open(self.credible, "w") as file:
            file.write(f"[credible]\nvardir = {folder}/ca\n")
        self.made("hostcert", "localhost")
        for name, arguments in {"chain.pem": ("certchain",), "host.pem": ("hostcert", "localhost"),
                                "host.key": ("hostkey", "localhost")}.items():
            self.keep(name, *arguments)
        with open(f"{folder}/host.pem", "a") as file:
            file.write(open(f"{folder}/chain.pem").read())
        for role in ("admin", "master"):
            self.component(role)
        with open(f"{folder}/infoservice.conf", "w") as file:
            file.write(f"""[netcomm]
bind = 127.0.0.1
httpsport = {self.port}
certfile = {folder}/host.pem
keyfile = {folder}/host.key
chainfile = {folder}/chain.pem
[enrolment]
port = {self.port + 1}
[secrets]
keyfile = {folder}/sealing.key
[persistence]
plugin = SQLite
[plugin-sqlite]
filename = {folder}/store.sqlite
""")
        with open(f"{folder}/master.conf", "w") as file:
            file.write(self.netcomm("master") + f"[master]\nstatedir = {folder}/master\n[credible]\ncredconf = {self.credible}\n")
        with open(f"{folder}/client.conf", "w") as file:
            file.write(self.netcomm("admin") + f"enrolment = localhost:{self.port + 1}\n")

    def netcomm(self, role):
        return (f"[netcomm]\nchainfile = {self.folder}/chain.pem\ncertfile = {self.folder}/{role}.pem\n"
                f"keyfile = {self.folder}/{role}.key\ninfohost = localhost\nhttpsport = {self.port}\n")

    def made(self, *arguments):
        return run("credible", "-c", self.credible, *arguments).stdout

    def keep(self, name, *arguments):
        text = self.made(*arguments)
        with open(f"{self.folder}/{name}", "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(text)

    def component(self, role):
        key, csr = f"{self.folder}/{role}.key", f"{self.folder}/{role}.csr"
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
        openssl("req", "-new", "-key", key, "-subj", f"/CN={role}", "-out", csr)
        self.keep(f"{role}.pem", "sign", csr, f"{role}/{role}")

    def infoservice(self):
        process = Process(f"{self.folder}/infoservice.log", "vc3-infoservice", "--conf", f"{self.folder}/infoservice.conf")
        before = process.text().count("taking enrolments")
        wait_for(lambda: process.process.poll() is not None or process.text().count("taking enrolments") > before
                 or answers(self.port + 1), process.text)
        assert process.process.poll() is None, process.text()
        return process

    def master(self):
        return Process(f"{self.folder}/master.log", "vc3-master", "--conf", f"{self.folder}/master.conf")


def answers(port):
    try:
        return stranger(port, "GET", "/chain")[0] == 200
    except OSError:
        return False


def killed_between_claim_and_answer(folder):
    apart = Apart(folder)
    service, master, enrol = apart.infoservice(), None, None
    try:
        code = run("vc3-client", "-c", f"{folder}/client.conf", "pairing-create", "f1", "--role", "factory").stdout.strip()
        files = f"{folder}/f1"
        # There is no Master yet: the code is claimed, and no answer comes.
        with open(f"{folder}/enrol.log", "w") as log:
            enrol = subprocess.Popen([PROGRAMS + "/vc3", "enrol", code, "--folder", files], stdout=log, stderr=log)
        claimed = lambda: json.loads(run(
            "vc3-client", "-c", f"{folder}/client.conf", "pairing-list", "--output", "json").stdout)[0]["spec"].get("csr")
        csr = wait_for(claimed, "it is not claimed")
        service.end(signal.SIGKILL)
        assert enrol.wait(120) == 5, open(f"{folder}/enrol.log").read()
        assert not os.path.exists(f"{files}/cert.pem")
        service, master = apart.infoservice(), apart.master()
        assert claimed() == csr, "the claim was durable"
        outcome = run("vc3", "enrol", code, "--folder", files)
        assert "enrolled as factory/f1" in outcome.stdout, outcome
        openssl("verify", "-CAfile", f"{files}/chain.pem", "-untrusted", f"{files}/cert.pem", f"{files}/cert.pem")
        assert claimed() == csr, "one request, one certificate"
        issued = json.loads(run("credible", "-c", apart.credible, "list", "--output", "json").stdout)
        assert [entry["identity"] for entry in issued].count("factory/f1") == 1, issued
    finally:
        for process in (service, master):
            if process:
                process.end(signal.SIGKILL)
        if enrol and enrol.poll() is None:
            enrol.kill()


def main():
    for what in (all_in_one, killed_between_claim_and_answer):
        with tempfile.TemporaryDirectory() as folder:
            what(folder)
    print("enrolment: one line on a new host; wrong, late, second and guessed codes bring nothing; killed anywhere, it goes on")


if __name__ == "__main__":
    main()
