#!/usr/bin/env python3
"""Parts whose certificates last two minutes: each has its own renewed, and goes on over the old one's end without a restart.
In the second round the Master is away, and the Infoservice and the Factory are killed while they wait for it."""
import os
import signal
import subprocess
import tempfile
import time

from parts import Parts

NAMES = ("infoservice", "master", "factory")
FILES = {"infoservice": "host", "master": "master", "factory": "factory"}
LIFETIME = 120


def shown(parts):
    """The serial number of the certificate that the server shows."""
    session = subprocess.run(
        ["openssl", "s_client", "-connect", f"localhost:{parts.port}", "-servername", "localhost", "-CAfile",
         f"{parts.certificates}/chain.pem", "-verify_return_error", "-cert", f"{parts.certificates}/admin.pem", "-key",
         f"{parts.certificates}/admin.key"], input="", capture_output=True, text=True).stdout
    certificate = session[session.index("-----BEGIN"):session.index("-----END CERTIFICATE-----") + 25] + "\n"
    return subprocess.run(
        ["openssl", "x509", "-noout", "-serial"], input=certificate, capture_output=True, text=True,
        check=True).stdout.strip().split("=")[1]


def ended(parts, name):
    """Whether a certificate's time is over."""
    return subprocess.run(
        ["openssl", "x509", "-noout", "-checkend", "0", "-in", name], capture_output=True).returncode != 0


def renewals(parts, name):
    return parts.log(name).count("the certificate was renewed")


def leases(parts):
    """How often Master and Factory have renewed their leases: who cannot write any more stands still."""
    leases = parts.json("/v1/lease")["items"]
    return [lease["spec"]["renewed"] for lease in leases if lease["name"] == "master" or lease["name"].startswith("factory.")]


def first_round(parts):
    old = {}
    for name in NAMES:
        old[name] = parts.serial(FILES[name])
        os.link(f"{parts.certificates}/{FILES[name]}.pem", f"{parts.folder}/old-{name}.pem")
        key = f"{parts.certificates}/{FILES[name]}.key"
        os.link(key, f"{parts.folder}/old-{name}.key")
    ids = {name: parts.processes[name].pid for name in NAMES}
    connection = parts.connection("admin", timeout=300)
    connection.request("GET", "/v1/watch?kinds=nodeinfo&after=0")
    watch = connection.getresponse()
    for name in NAMES:
        parts.wait_for(lambda: renewals(parts, name) >= 1, f"{name} does not renew its certificate", 2 * LIFETIME)
    for name in NAMES:
        assert parts.serial(FILES[name]) != old[name]
        parts.openssl("verify", "-CAfile", f"{parts.certificates}/chain.pem", f"{parts.certificates}/{FILES[name]}.pem")
        assert open(f"{parts.certificates}/{FILES[name]}.key").read() == open(f"{parts.folder}/old-{name}.key").read()
        assert not ended(parts, f"{parts.folder}/old-{name}.pem"), "it was renewed in good time"
    assert shown(parts) == parts.serial("host")
    # Over the end of all the old ones.
    parts.wait_for(
        lambda: all(ended(parts, f"{parts.folder}/old-{name}.pem") for name in NAMES), "they do not end", 2 * LIFETIME)
    before = leases(parts)
    parts.wait_for(
        lambda: all(new > old for new, old in zip(leases(parts), before)), "Master or Factory cannot write any more")
    assert {name: parts.processes[name].pid for name in NAMES} == ids
    # The server has taken its new certificate over, and nobody's watch has noticed.
    status = parts.status("admin", "/v1/nodeinfo", "POST", '{"name":"n","spec":{}}', {"Content-Type": "application/json"})
    assert status == 201, status
    while b'"n"' not in (line := watch.readline()):
        assert line, "the watch has ended"
    assert "ERROR" not in parts.log("master") + parts.log("factory"), parts.log("master") + parts.log("factory")


def waiting(parts):
    """Whose renewals wait for the Master."""
    return {pairing["spec"]["role"] for pairing in parts.json("/v1/pairing")["items"]
            if pairing["spec"].get("renews") and not pairing["status"].get("cert")}


def second_round(parts):
    before = {name: renewals(parts, name) for name in NAMES}
    parts.signal("master", signal.SIGSTOP)
    try:
        parts.wait_for(lambda: waiting(parts), "nobody asks", 2 * LIFETIME)
        # Who was renewed just before the Master stood still asks when the other one's certificate is over: that is not waited for.
        latest = time.monotonic() + LIFETIME / 8
        parts.wait_for(lambda: {"host", "factory"} <= waiting(parts) or time.monotonic() > latest, "no time has passed")
        asked = waiting(parts)
        for name in ("factory", "infoservice"):
            parts.kill(name)
        parts.start("infoservice")
        parts.start("factory")
        time.sleep(1)
    finally:
        parts.signal("master", signal.SIGCONT)
    print("renewal: killed while they waited for the Master:", *sorted(asked))
    for name in ("infoservice", "factory"):
        parts.wait_for(lambda: renewals(parts, name) > before[name], f"{name} does not renew its certificate", 2 * LIFETIME)
    assert shown(parts) == parts.serial("host")
    parts.wait_for(lambda: renewals(parts, "master") > before["master"], "the Master does not renew its own", 2 * LIFETIME)
    before = leases(parts)
    parts.wait_for(
        lambda: all(new != old for new, old in zip(leases(parts), before)), "Master or Factory cannot write any more")


def main():
    with tempfile.TemporaryDirectory(prefix="vc3-integration.") as folder:
        parts = Parts(folder, lifetime=LIFETIME)
        try:
            parts.start("infoservice")
            parts.start("master", "factory")
            first_round(parts)
            second_round(parts)
            codes = parts.stop()
            assert set(codes.values()) == {0}, codes
            keys = [open(f"{parts.certificates}/{name}.key").read().split("\n")[1] for name in FILES.values()]
            logs = "".join(parts.log(name) for name in NAMES)
            assert not any(key in logs for key in keys), "a key is in a log"
        finally:
            parts.stop()
    print("renewal: Infoservice, Master and Factory went on over the end of their certificates, and over kills while they"
          " waited for the Master")


if __name__ == "__main__":
    main()
