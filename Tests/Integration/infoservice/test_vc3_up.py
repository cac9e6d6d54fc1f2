#!/usr/bin/env python3
"""The Infoservice within `vc3 up`: limits for users, certificates that are taken back while it serves, an end in order."""
import http.client
import json
import os
import signal
import ssl
import subprocess
import tempfile
import time

from programs import PROGRAMS, free_port


class Up:
    def __init__(self, folder):
        self.state, self.port, self.log = folder + "/state", free_port(), folder + "/log"
        self.logs = free_port()
        with open(folder + "/vc3.conf", "w") as file:
            file.write(f"[factory]\nworkerbundle = {folder}/vc3.conf\nbaseLogDirUrl = https://localhost:{self.logs}\n")
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                [PROGRAMS + "/vc3", "up", "--state", self.state, "--port", str(self.port), "--conf", folder + "/vc3.conf"],
                stdout=log, stderr=log)
        self.credible = folder + "/credible.conf"
        with open(self.credible, "w") as file:
            file.write(f"[credible]\nvardir = {self.state}/ca\n")

    def made(self, *arguments):
        return subprocess.run(
            [PROGRAMS + "/credible", "-c", self.credible, *arguments], capture_output=True, text=True, check=True).stdout

    def context(self, certificate, key):
        context = ssl.create_default_context(cafile=self.state + "/certificates/chain.pem")
        context.load_cert_chain(certificate, key)
        return context

    def connection(self, context, port=None):
        return http.client.HTTPSConnection("localhost", port or self.port, context=context, timeout=30)

    def wait_for(self, what, words):
        """Until it is true; at most a minute."""
        end = time.monotonic() + 60
        while not what():
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"{words}: {open(self.log).read()}")
            time.sleep(0.05)


def status(connection, method="GET", path="/v1/user", body=None):
    """Of the answer; None when there is none, because the server closes the connection or does not take it."""
    try:
        connection.request(method, path, body=body)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except (OSError, http.client.HTTPException):
        return None


def serial(*arguments, text=None):
    return subprocess.run(
        ["openssl", "x509", "-noout", "-serial", *arguments], input=text, capture_output=True, text=True,
        check=True).stdout.strip().removeprefix("serial=")


def shown(up):
    """The serial number of the certificate that it shows."""
    return serial(text=ssl.get_server_certificate(("localhost", up.port)))


def files(up, folder):
    """A user's certificate and key, as files."""
    for name, command in (("cert", "usercert"), ("key", "userkey")):
        with open(f"{folder}/ana.{name}", "w") as file:
            file.write(up.made(command, "ana"))
    with open(f"{folder}/ana.cert", "a") as file:
        file.write(up.made("certchain"))
    return f"{folder}/ana.cert", f"{folder}/ana.key"


LOG = "/2026-11-20/run.workers.ana.here/p1.out"


def beside_the_factory(up, user, admin):
    """Users read the logs of their own pilots, and are told how their credentials do."""
    for owner in ("ana", "ben"):
        folder = f"{up.state}/logs{os.path.dirname(LOG)}".replace("ana", owner)
        os.makedirs(folder)
        for name, line in ((".owner", owner), ("p1.out", "said")):
            with open(f"{folder}/{name}", "w") as file:
                file.write(line + "\n")
    up.wait_for(lambda: status(up.connection(user, up.logs), path=LOG) == 200, "no logs are served")
    assert status(up.connection(user, up.logs), path=LOG.replace("ana", "ben")) == 404
    assert status(up.connection(admin, up.logs), path=LOG.replace("ana", "ben")) == 200
    spec = json.dumps({"name": "t", "spec": {"type": "token", "data": "no token at all"}})
    assert status(up.connection(admin), "POST", "/v1/privatetoken", spec) == 201
    up.wait_for(lambda: '"unusable"' in text(up.connection(admin), "/v1/privatetoken/t"), "nobody looks at the token")


def text(connection, path):
    connection.request("GET", path)
    return connection.getresponse().read().decode()


def main():
    with tempfile.TemporaryDirectory() as folder:
        up = Up(folder)
        try:
            admin_files = [up.state + "/certificates/admin." + name for name in ("cert.pem", "key.pem")]
            up.wait_for(lambda: "listens on port" in open(up.log).read(), "it does not start")
            certificate, key = files(up, folder)
            user, admin = up.context(certificate, key), up.context(*admin_files)

            # A user has limits, however many requests it takes to get there on this machine; an admin has none.
            line, count = up.connection(user), 0
            while (answer := status(line, "POST", "/v1/nodeinfo", "{}")) == 422 and count < 20_000:
                count += 1
            assert answer == 429 and count >= 500, (answer, count)
            line = up.connection(admin)
            statuses = {status(line, "POST", "/v1/nodeinfo", "{}") for _ in range(count + 100)}
            assert statuses == {422}, statuses

            beside_the_factory(up, user, admin)

            # A certificate that is taken back: its open connections end, and no new one is let in.
            line = up.connection(user)
            assert status(line) == 200
            up.made("revoke", serial("-in", certificate))
            up.wait_for(lambda: status(up.connection(user)) is None, "a certificate that was taken back is let in")
            up.wait_for(lambda: status(up.connection(user, up.logs), path=LOG) is None, "the log server lets it in")
            line.auto_open = False
            assert status(line) is None, "the open connection goes on"
            assert status(up.connection(admin)) == 200, "others are let in"
            taken = [line for line in open(up.log) if "a revocation list was taken" in line]
            assert any("revoked=1" in line for line in taken), open(up.log).read()

            # Its own certificate, too: it makes another key, and shows the new certificate without a restart.
            old = shown(up)
            up.made("revoke", old)
            up.process.send_signal(signal.SIGHUP)
            up.wait_for(lambda: shown(up) != old, "it shows a certificate that was taken back")
            assert status(up.connection(admin)) == 200

            # So it is after the next start.
            up.process.terminate()
            assert up.process.wait(30) == 0, open(up.log).read()
            up = Up(folder)
            up.wait_for(lambda: status(up.connection(admin)) == 200, "it does not start again")
            assert status(up.connection(user)) is None, "forgotten over a restart"
            up.process.terminate()
            assert up.process.wait(30) == 0, open(up.log).read()
        finally:
            if up.process.poll() is None:
                up.process.kill()
                up.process.wait()
    print("vc3 up: users have limits, what is taken back is refused at once and after a restart; logs and credentials are looked after")


if __name__ == "__main__":
    main()
