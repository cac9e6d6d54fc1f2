#!/usr/bin/env python3
"""The Factory of the admin guide, installed at a host of the lab with the guide's own files, unchanged and where the guide has
them: it runs what sites there are, and says of those that are not there why. As root."""
import base64
import os
import sys

from lab_parts import BIN, ROOT, LabParts, at, condor, host_key, lab, slurm, step

GUIDE = f"{ROOT}/Tests/FactorySettingsTests/Fixtures"
HOSTS = ["alpha", "gamma"]
USER = "autopyfactory"
PROGRAM = "#!/bin/sh\ntrap 'exit 0' TERM USR2\nwhile :; do sleep 1 & wait $!; done\n"


def install(path, text):
    at("gamma", "sh", "-c", f"mkdir -p $(dirname {path}) && cat > {path}", input=text)


def section(name, plugin, number, *lines):
    prefix = f"batchsubmit.{plugin.lower()}."
    return (f"[{name}]\nenabled = True\nexecutable = /usr/local/libexec/pilot.sh\nbatchsubmitplugin = {plugin}\n"
            f"apfqueue.sleep = 1\nschedplugin = KeepNRunning\nsched.keepnrunning.keep_running = {number}\n"
            f"{prefix}overlay.peaceful = False\n"
            + "".join(f"{prefix}{line}\n" for line in lines))


def queues(number):
    return (section("here", "CondorLocal", number)
            + section("there", "CondorSSH", number, "host = alpha", "user = alice", "authprofile = lab")
            + section("nowhere", "CondorSSH", number, "host = 10.78.0.99", "user = alice", "authprofile = lab"))


def installed(parts):
    """A machine of a factory as the guide makes it: an account, its files, its certificate."""
    # The host's folders are the machine's, with its own above them.
    at("gamma", "sh", "-ec", f"! id {USER} >/dev/null 2>&1 || userdel {USER}; rm -rf /home/{USER} /var/lib/vc3"
       f"; useradd --create-home {USER}")
    at("gamma", "sh", "-c", "mkdir -p .condor && touch .condor/known_hosts", user=USER)
    for name in ("autopyfactory.conf", "vc3defaults.conf"):
        with open(f"{GUIDE}/{name}") as file:
            install(f"/etc/autopyfactory/{name}", file.read())
    with open(f"{parts.folder}/factory.conf") as file:
        network = file.read().split("[Factory]")[0]
    install("/etc/vc3/vc3-client.conf", network.replace(f"{parts.folder}/factory.crl.pem", f"/home/{USER}/crl.pem")
            .replace(f"{parts.certificates}/factory", f"/home/{USER}/factory"))
    key = parts.install_key("alice@alpha")
    install("/etc/autopyfactory/auth.conf",
            f"[lab]\nplugin = SSH\nssh.type = ed25519\nssh.privatekeyfile = /home/{USER}/id\n")
    install("/etc/autopyfactory/monitor.conf", "[dummy-monitor]\nmonitorplugin = Dummy\n")
    install("/etc/autopyfactory/mappings.conf",
            "[CONDORBATCHSTATUS-JOBSTATUS2INFO]\n0 = pending\n1 = pending\n2 = running\n3 = done\n4 = done\n5 = pending\n"
            "6 = running\n")
    install("/etc/autopyfactory/queues.conf", queues(2))
    install("/usr/local/libexec/pilot.sh", PROGRAM)
    at("gamma", "sh", "-ec", "chmod 755 /usr/local/libexec/pilot.sh"
       "; install -D /srv/vc3/.build/vc3-worker.tar.gz /usr/share/vc3/vc3-worker.tar.gz"
       f"; install -d -o {USER} /var/lib/vc3; cd {parts.certificates}; cp factory.key factory.pem {key} /home/{USER}/"
       f"; chown {USER}: /home/{USER}/id /home/{USER}/factory.*")
    return key


def pilot_set(name, host):
    return {"request": name, "nodeset": "w", "allocation": f"ana.{name}", "wanted": 1, "middleware": "htcondor", "cores": 1,
            "memory_mb": 64, "storage_mb": 64, "walltime": 3600, "peaceful": False,
            "site": {"resource": name, "type": "batch", "method": "ssh", "flavor": "slurm", "host": host, "port": 22,
                     "account": "bob", "hostkey": host_key("alpha"), "privatetoken": "key"},
            "headnode": {"collector": "gamma:1", "trustdomain": f"{name}.vc3", "privatetoken": "pool"}}


def condition(parts, name, kind):
    status = parts.ask("admin", f"/v1/pilotset/{name}").get("status") or {}
    return next((found for found in status.get("conditions", []) if found["type"] == kind), None)


def main():
    started = lab("status", check=False).returncode == 3
    lab("up", *HOSTS)
    parts = None
    try:
        parts = LabParts("guide", "gamma", "alice")
        key = installed(parts)
        at("alpha", "sh", "-c", "cat >> .ssh/authorized_keys", user="bob", input=open(key + ".pub").read())
        code = lab("exec", "gamma", "--", f"{BIN}/autopyfactory", "--runas", USER, "--check-config")
        assert code.stdout == "the configuration is fine\n" and not code.stderr, code
        step("the guide's files are fine as they are")
        parts.start("infoservice")
        parts.says("infoservice", "serving")
        with open(key, "rb") as file:
            parts.post("admin", "privatetoken", "key", {"data": base64.b64encode(file.read()).decode(), "type": "ssh"})
        parts.post("admin", "privatetoken", "pool", {"data": "QUJD" * 20, "type": "pool-signing-key"})
        parts.post("master", "pilotset", "near", pilot_set("near", "alpha"))
        parts.post("master", "pilotset", "far", pilot_set("far", "10.78.0.98"))
        parts.start("factory", "--runas", USER, user="root", program="autopyfactory")
        here = lambda: condor('MATCH_APF_QUEUE == "here"')
        parts.wait_for(lambda: len(here()) == 2, "no pilots at the schedd of this host", 300)
        parts.wait_for(lambda: len(slurm("alpha", "alice")) == 2, "no pilots at Slurm", 300)
        parts.wait_for(lambda: len(slurm("alpha", "bob")) == 1, "no pilot of VC3 at Slurm", 300)
        # Started in root's own folder, as somebody who may not be there.
        assert "queue=here reason" not in parts.log("factory"), parts.log("factory")
        step("pilots of both files' queues at the schedd here and at Slurm, and of a pilot set of VC3's")
        # What cannot be reached is told with its cause, and keeps nobody.
        found = parts.wait_for(
            lambda: (said := condition(parts, "far", "SiteReachable")) and said["status"] == "false" and said,
            "nobody tells that a site cannot be reached", 240)
        assert found["reason"] and "10.78.0.98" in found["message"], found
        parts.says("factory", r"10\.78\.0\.99")
        trouble = parts.wait_for(
            lambda: next((said for item in parts.ask("admin", "/v1/provisioner")["items"]
                          if (said := item["status"].get("trouble"))), None), "the provisioner tells no trouble", 240)
        assert "10.78.0." in trouble, trouble
        assert parts.processes["factory"].poll() is None
        step(f"the sites that are not there: {found['reason']}")
        # Its own pace holds for the files, too: a change counts within a second, the interval of 30 s is the longest.
        install("/etc/autopyfactory/queues.conf.new", queues(0))
        at("gamma", "mv", "/etc/autopyfactory/queues.conf.new", "/etc/autopyfactory/queues.conf")
        parts.ask("master", "/v1/pilotset/near", "PATCH", {"spec": {"wanted": 0}})
        parts.wait_for(lambda: not here() and not slurm("alpha", "alice") and not slurm("alpha", "bob"), "pilots are left", 300)
        # Ended earlier, it leaves them to its next start; this one has none.
        parts.files_gone(f"{USER}@gamma", "alice@alpha", "bob@alpha")
        days = at("gamma", "sh", "-c", f"ls /home/{USER}/factory/logs/*/here/*.log")
        assert len(days.split()) == 2, days
        codes = parts.stop()
        assert set(codes.values()) == {0}, codes
        step("all ended; the logs are where the guide has them")
    finally:
        if parts:
            parts.stop()
        if started:
            lab("down")
    print("the guide's factory: installed as written, it runs, and says what it cannot reach")


if __name__ == "__main__":
    sys.exit(main())
