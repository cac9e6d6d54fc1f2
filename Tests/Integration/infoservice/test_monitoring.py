#!/usr/bin/env python3
"""What a Factory tells those who watch over it: its provisioner entity, Graphite (Debian's carbon, read back with whisper),
Prometheus (judged by promtool), and mail (a local SMTP server)."""
import email
import json
import os
import subprocess
import tempfile
import urllib.request

from aiosmtpd.controller import Controller
from parts import Parts
from programs import free_port

HERE = os.path.dirname(os.path.abspath(__file__))
QUEUE = "run1.workers.ana.here"


class Carbon:
    """Debian's carbon-cache in a folder."""

    def __init__(self, folder):
        self.tools = subprocess.run(
            [f"{HERE}/../../../Tools/monitoring-tools"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
        self.folder, self.port = folder, free_port()
        os.makedirs(f"{folder}/conf")
        settings = {"STORAGE_DIR": folder, "LOCAL_DATA_DIR": f"{folder}/whisper", "CONF_DIR": f"{folder}/conf",
                    "LOG_DIR": f"{folder}/log", "PID_DIR": folder, "LINE_RECEIVER_PORT": self.port,
                    "PICKLE_RECEIVER_PORT": free_port(), "CACHE_QUERY_PORT": free_port(), "ENABLE_TAGS": False,
                    "MAX_CREATES_PER_MINUTE": "inf", "ENABLE_LOGROTATION": False}
        settings.update((f"{kind}_INTERFACE", "127.0.0.1") for kind in ("LINE_RECEIVER", "PICKLE_RECEIVER", "CACHE_QUERY"))
        with open(f"{folder}/conf/carbon.conf", "w") as file:
            file.write("[cache]\n" + "".join(f"{name} = {value}\n" for name, value in settings.items()))
        with open(f"{folder}/conf/storage-schemas.conf", "w") as file:
            file.write("[all]\npattern = .*\nretentions = 1s:1h\n")
        with open(f"{folder}/carbon.log", "w") as log:
            self.process = subprocess.Popen(
                [f"{self.tools}/carbon-cache", f"--config={folder}/conf/carbon.conf", "--nodaemon", "--debug", "start"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def values(self, metric):
        """Those that are known, oldest first."""
        file = f"{self.folder}/whisper/{metric.replace('.', '/')}.wsp"
        if not os.path.exists(file):
            return []
        lines = subprocess.run([f"{self.tools}/whisper-fetch", file], capture_output=True, text=True).stdout.splitlines()
        return [float(line.split()[1]) for line in lines if line.split()[1:] and line.split()[1] != "None"]

    def names(self):
        return sorted(
            os.path.join(place, name)[len(self.folder) + 9:-4].replace("/", ".")
            for place, _, names in os.walk(f"{self.folder}/whisper") for name in names
            if "/condor/" in os.path.join(place, name))

    def stop(self):
        self.process.kill()
        self.process.wait()


class MailBox:
    def __init__(self):
        self.mails, self.port = [], free_port()
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((envelope, email.message_from_bytes(envelope.content)))
        return "250 taken"


def post(parts, who, kind, name, spec):
    status = parts.status(who, f"/v1/{kind}", "POST", json.dumps({"name": name, "spec": spec}),
                          {"Content-Type": "application/json"})
    assert status == 201, (kind, status)


def main():
    with tempfile.TemporaryDirectory(prefix="vc3-integration.") as folder:
        parts, box = Parts(folder), MailBox()
        carbon, port = Carbon(f"{folder}/carbon"), free_port()
        try:
            # Its last section is the Factory's.
            with open(f"{folder}/factory.conf", "a") as file:
                file.write(f"factoryId = f-test\nfactoryAdminEmail = ana@example.org, bo@example.org\n"
                           f"factorySMTPServer = 127.0.0.1:{box.port}\n"
                           f"[graphite]\nhost = 127.0.0.1\nport = {carbon.port}\ninterval = 1s\n[metrics]\nport = {port}\n")
            parts.start("infoservice", "factory")
            parts.says("factory", "factory starts")
            watch(parts, carbon, port, box)
            codes = parts.stop()
            assert set(codes.values()) == {0}, codes
        finally:
            parts.stop()
            carbon.stop()
            box.controller.stop()
    print("monitoring: provisioner, Graphite, Prometheus and mail say what the Factory does")


def watch(parts, carbon, port, box):
    # It has announced itself before anything else was asked for.
    parts.wait_for(lambda: parts.json("/v1/provisioner")["items"], "there is no provisioner")
    status = parts.wait_for(
        lambda: next((item["status"] for item in parts.json("/v1/provisioner")["items"] if item["status"].get("heartbeat")), None),
        "no factory has told how it does")
    assert status["version"] and status["heartbeat"], status
    listed = parts.client("provisioner-list", "--output", "table")
    assert "f-test" in listed.stdout and status["version"] in listed.stdout, listed
    # A pilot set whose pilots fail on this machine: what they carry is no bundle.
    post(parts, "admin", "privatetoken", "key", {"data": "QUJD" * 20, "type": "pool-signing-key"})
    spec = {"request": "run1", "nodeset": "workers", "allocation": "ana.here", "wanted": 0, "middleware": "htcondor",
            "site": {"resource": "here", "type": "batch", "method": "local", "flavor": "local", "port": 22, "account": "ana"},
            "headnode": {"collector": "127.0.0.1:1", "trustdomain": "run1.vc3", "privatetoken": "key"}}
    post(parts, "master", "pilotset", "set1", spec)
    host = os.uname().nodename.replace(".", "_")
    for kind in ("idle", "running"):
        name = f"condor.factory.{host}.{kind}.{QUEUE}"
        parts.wait_for(lambda: 0.0 in carbon.values(name), f"carbon has no zero for {name}, but {carbon.names()}")
    assert [name.split(".")[-5] for name in carbon.names()] == ["idle", "running"], carbon.names()
    # Prometheus' own tool has nothing to say against the form; its client library reads it.
    text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
    judged = subprocess.run([f"{carbon.tools}/promtool", "check", "metrics"], input=text, capture_output=True, text=True)
    assert judged.returncode == 0 and not judged.stderr, judged
    assert 'vc3_factory_pilots{' in text and "vc3_factory_working 1\n" in text, text
    # Pilots that fail one after the other are told by mail, once.
    want(parts, 1)
    parts.wait_for(lambda: box.mails, "no mail has come", 180)
    envelope, mail = box.mails[0]
    assert envelope.rcpt_tos == ["ana@example.org", "bo@example.org"], envelope.rcpt_tos
    assert mail["Subject"].startswith("VC3 factory f-test: pilots fail at this machine: "), mail["Subject"]
    assert QUEUE in mail.get_payload(), mail.get_payload()
    text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
    assert "vc3_factory_breaker_open" in text and "vc3_factory_pilot_failures_total{" in text, text
    want(parts, 0)


def want(parts, number):
    status = parts.status("master", "/v1/pilotset/set1", "PATCH", json.dumps({"spec": {"wanted": number}}),
                          {"Content-Type": "application/merge-patch+json"})
    assert status == 200, status


if __name__ == "__main__":
    main()
