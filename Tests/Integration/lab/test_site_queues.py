#!/usr/bin/env python3
"""Queues of files at real sites: each submit plugin that the lab has a site for, each with a chain of sched plugins of its own,
beside a pilot set of VC3. Pilots are counted from what HTCondor, Slurm, Grid Engine and the hosts have on record. As root."""
import base64
import os
import sys
import time

from lab_parts import LabParts, at, condor, grid_engine, host_key, lab, processes, slurm, step

HOSTS = ["alpha", "beta", "gamma", "delta", "zeta"]
PROGRAM = """#!/bin/sh
trap 'exit 0' TERM USR2
while :; do sleep 1 & wait $!; done
"""
PLUGINS = ["CondorLocal", "CondorSSH", "CondorSSHRemoteManager", "Slurm", "SGE", "Torque", "Local"]
ACCOUNTS = ["alice@alpha", "bob@alpha", "alice@beta", "bob@beta", "bob@gamma", "alice@delta", "alice@zeta", "bob@zeta"]
# More than all queues ask for but the one that is to be limited.
MOST = 20


class Queue:
    def __init__(self, plugin, chain, count, number, account=None, batch=None):
        self.plugin, self.chain, self.count, self.number = plugin, chain, count, number
        prefix = f"batchsubmit.{plugin.lower()}."
        self.lines = []
        if account:
            user, host = account.split("@")
            self.lines = [f"{prefix}host = {host}", f"{prefix}user = {user}", f"{prefix}authprofile = lab"]
        if batch:
            self.lines.append(f"{prefix}batch = {batch}")

    def text(self, name, *more):
        keys = "\n".join(f"sched.{key} = {value}" for key, value in self.chain[1].items())
        return (f"[{name}]\nbatchsubmitplugin = {self.plugin}\nschedplugin = {self.chain[0]}\n{keys}\n"
                + "\n".join([*self.lines, *more]) + "\n\n")


def queues():
    keep = lambda number: {"keepnrunning.keep_running": number}
    return {
        "condor-local": Queue("CondorLocal", ("KeepNRunning, MaxPerCycle, MaxPending",
                                              {**keep(2), "maxpercycle.maximum": 1, "maxpending.maximum": 5}),
                              lambda: condor('MATCH_APF_QUEUE == "condor-local"'), 2),
        "ssh-slurm": Queue("CondorSSH", ("Fixed, MaxPerCycle, MaxToRun",
                                         {"fixed.pilotspercycle": 5, "maxpercycle.maximum": 1, "maxtorun.maximum": 2}),
                           lambda: slurm("alpha", "alice"), 2, "alice@alpha", "slurm"),
        "ssh-condor": Queue("CondorSSH", ("KeepNRunning", keep(3)), lambda: condor('Owner == "bob"'), 3, "bob@gamma", "condor"),
        "managed-sge": Queue("CondorSSHRemoteManager", ("KeepNRunning, Scale", {**keep(2), "scale.factor": "0.5"}),
                             lambda: grid_engine("alice"), 2, "alice@beta", "sge"),
        "slurm": Queue("Slurm", ("Ready, MaxToRun", {"maxtorun.maximum": 2}), lambda: slurm("zeta", "alice"), 2, "alice@zeta"),
        "sge": Queue("SGE", ("MinPerCycle, MaxToRun", {"minpercycle.minimum": 1, "maxtorun.maximum": 2}),
                     lambda: grid_engine("bob"), 2, "bob@beta"),
        "torque": Queue("Torque", ("KeepNQueueLife", {"keepnqueuelife.njobs": 2}), lambda: slurm("delta", "alice"), 2,
                        "alice@delta"),
        "local": Queue("Local", ("Trivial, MaxToRun", {"trivial.default": 3, "maxtorun.maximum": 2}),
                       lambda: processes("gamma", "alice", "work.sh"), 2),
    }


DEMAND = "wmsstatusplugin = Condor\nwmsstatus.condor.constraint = Wants == \"slurm\""


def defaults(folder):
    return (f"[DEFAULT]\nenabled = True\nexecutable = {folder}/work.sh\napfqueue.sleep = 1\n"
            + "".join(f"batchsubmit.{plugin.lower()}.overlay.peaceful = False\n" for plugin in PLUGINS))


def write(parts, known, **changed):
    """All but what has a file of its own."""
    parts.write("queues.conf", defaults(parts.folder)
                + "".join(changed.get(name) or queue.text(name, *([DEMAND] if name == "slurm" else []))
                          for name, queue in known.items() if name != "torque"))


def wait(parts, known, limit=300):
    for name, queue in known.items():
        parts.wait_for(lambda: len(queue.count()) == queue.number, f"{name} has not {queue.number} pilots", limit)


def configure(parts, key):
    parts.write("auth.conf", f"[lab]\nplugin = SSH\nssh.type = ed25519\nssh.privatekeyfile = {key}\n")
    # Whoever holds a job does not expect it to go on.
    parts.write("mappings.conf", "[CONDORBATCHSTATUS-JOBSTATUS2INFO]\n5 = done\n")
    parts.bundle = "/srv/vc3/.build/vc3-worker.tar.gz"
    parts.configure()
    with open(f"{parts.folder}/factory.conf", "a") as file:
        file.write(
            f"factoryId = LAB-sites\nconfig.queues.plugin = File, VC3\nconfig.reconfig = True\nconfig.reconfig.interval = 3600\n"
            f"queueConf = {parts.folder}/queues.conf, {parts.folder}/more.conf\nqueueDirConf = {parts.folder}/queues.d\n"
            f"authConf = {parts.folder}/auth.conf\nmappingsConf = {parts.folder}/mappings.conf\n"
            f"config.queues.vc3.defaultsfile = {parts.folder}/none.conf\nbaseLogDir = {parts.folder}/logs\n"
            f"maxperfactory.maximum = {MOST}\n")


def vc3_queue(parts, key):
    """A pilot set as the Master makes it, whose pilots wait in vain to be let in."""
    with open(key, "rb") as file:
        secret = base64.b64encode(file.read()).decode()
    parts.post("admin", "privatetoken", "key", {"data": secret, "type": "ssh"})
    parts.post("admin", "privatetoken", "pool", {"data": "QUJD" * 20, "type": "pool-signing-key"})
    parts.post("master", "pilotset", "set1", {
        "request": "run1", "nodeset": "workers", "allocation": "bob.zeta", "wanted": 1, "middleware": "htcondor",
        "cores": 1, "memory_mb": 64, "storage_mb": 64, "walltime": 3600, "peaceful": False,
        "site": {"resource": "zeta", "type": "batch", "method": "ssh", "flavor": "slurm", "host": "zeta", "port": 22,
                 "account": "bob", "hostkey": host_key("zeta"), "privatetoken": "key"},
        "headnode": {"collector": "gamma:1", "trustdomain": "run1.vc3", "privatetoken": "pool"}})
    return Queue("VC3", None, lambda: slurm("zeta", "bob"), 1)


def jobs_that_wait():
    at("gamma", "sh", "-c", "condor_submit -terse -", user="bob", input=(
        "executable = /bin/true\nrequirements = False\n+Wants = \"slurm\"\nshould_transfer_files = NO\nqueue 2\n"))


def all_plugins(parts, key):
    known = queues()
    # Files are merged in their order: the later one has the last word.
    parts.write("queues.d/10.conf", known["torque"].text("torque"))
    parts.write("more.conf", "[ssh-slurm]\nsched.maxtorun.maximum = 2\n")
    write(parts, known, **{"ssh-slurm": known["ssh-slurm"].text("ssh-slurm").replace("torun.maximum = 2", "torun.maximum = 9")})
    jobs_that_wait()
    parts.start("infoservice")
    parts.says("infoservice", "serving")
    parts.start("factory")
    vc3 = vc3_queue(parts, key)
    wait(parts, {**known, "set1": vc3})
    number = sum(queue.number for queue in known.values()) + 1
    step(f"{len(known)} queues of files and one of VC3 have their pilots, {number} in all")
    parts.ask("master", "/v1/pilotset/set1", "PATCH", {"spec": {"wanted": 0}})
    vc3.number = 0
    wait(parts, {**known, "set1": vc3})
    return known


def changes(parts, known):
    untouched = {name: queue.count() for name, queue in known.items() if name not in ("ssh-slurm", "managed-sge")}
    # One bad line keeps all as it is.
    parts.write("more.conf", "[ssh-slurm]\nsched.maxtorun.maximum = many\n")
    parts.says("factory",
               r"more\.conf:2: error: \[ssh-slurm\] sched\.maxtorun\.maximum = 'many' is not allowed; give a whole number")
    parts.says("factory", "what it said before holds")
    wait(parts, known, 0)
    step("a bad line is told with file, line, key and what is allowed, and changes nothing")
    # Changed, added and removed at once; the others are not touched.
    parts.write("more.conf", "[ssh-slurm]\nsched.maxtorun.maximum = 3\n")
    known["ssh-slurm"].number = 3
    gone = known.pop("managed-sge")
    gone.number = 0
    known["late"] = Queue(
        "Slurm", ("KeepNRunning", {"keepnrunning.keep_running": 1}), lambda: slurm("alpha", "bob"), 1, "bob@alpha")
    write(parts, known)
    wait(parts, {**known, "managed-sge": gone})
    for name, before in untouched.items():
        assert known[name].count() == before, f"pilots of {name} were touched"
    step("a section changed, one came and one went; all others have the same pilots")


def held(parts, known):
    before = known["ssh-condor"].count()
    victim = sorted(before)[0]
    at("gamma", "condor_hold", victim, user="bob")
    parts.wait_for(lambda: not at("gamma", "condor_q", "-allusers", victim, "-af", "JobStatus").strip(),
                   "a held job is not given up, as mappings.conf has it", 240)
    wait(parts, {"ssh-condor": known["ssh-condor"]})
    assert before - known["ssh-condor"].count() == {victim}
    step("mappings.conf: a held job counts as done, and is replaced at once")


def limited(parts, known):
    """With the pilots of all other queues the limit leaves room for some of those that one asks for."""
    others = sum(queue.number for queue in known.values())
    known["capped"] = capped = Queue(
        "Slurm", ("KeepNRunning, MaxPerFactory", {"keepnrunning.keep_running": 9}), lambda: slurm("zeta", "bob"), MOST - others,
        "bob@zeta")
    write(parts, known)
    wait(parts, known)
    # Some cycles more: never beyond.
    for _ in range(10):
        assert len(capped.count()) <= capped.number, "more pilots than the whole factory may have"
        time.sleep(0.5)
    step(f"MaxPerFactory: {capped.number} of 9, since {MOST} are the most of all queues together")
    # The room that another queue leaves is taken, at another site.
    late = known.pop("late")
    capped.number += late.number
    late.number = 0
    write(parts, known)
    wait(parts, {**known, "late": late})
    step(f"another queue went, and its room is taken: {capped.number}")


def the_end(parts, known):
    at("gamma", "condor_rm", "-constraint", "Wants == \"slurm\"", user="bob")
    parts.write("queues.d/10.conf", "# none\n")
    parts.write("more.conf", "# none\n")
    parts.write("queues.conf", "# none\n")
    for queue in known.values():
        queue.number = 0
    wait(parts, known)
    parts.files_gone("alice@gamma", *ACCOUNTS)
    codes = parts.stop()
    assert set(codes.values()) == {0}, codes
    step("all sections gone: no pilot and no file of one is left; the programs ended in order")


def cycles_at_slurm(parts):
    """At a site's own host, without SSH, under the original's name."""
    parts.host = "alpha"
    parts.configure()
    usual = (f"factoryId = LAB-alpha\nconfig.queues.plugin = File\nqueueConf = {parts.folder}/own.conf\n"
             f"baseLogDir = {parts.folder}/logs\nconfig.queues.vc3.defaultsfile = {parts.folder}/none.conf\n"
             "factory.sleep = 1\n")
    with open(f"{parts.folder}/factory.conf") as file:
        plain = file.read().replace(f"statedir = {parts.folder}/state", f"statedir = {parts.folder}/state-alpha") + usual

    def run(more, sections, aborting=True):
        parts.write("own.conf", defaults(parts.folder) + sections)
        parts.write("autopyfactory.conf", f"{plain}abort_no_queues = {aborting}\n{more}")
        parts.start("autopyfactory", program="autopyfactory")

    parts.start("infoservice")
    parts.says("infoservice", "serving(?s:.*)serving")
    slurm_queue = Queue("Slurm", ("Fixed", {"fixed.pilotspercycle": 1}), lambda: slurm("alpha", "alice"), 2)
    local = Queue("Local", ("Fixed", {"fixed.pilotspercycle": 1}), lambda: processes("alpha", "alice", r"work\.sh$"), 2)
    both = slurm_queue.text("here") + local.text("processes")
    run("cycles = 2\n", both)
    assert parts.ended("autopyfactory") == 0, parts.log("autopyfactory")
    assert "abort_no_queues" in parts.log("autopyfactory")
    wait(parts, {"here": slurm_queue})
    before = slurm_queue.count()
    step("autopyfactory, cycles = 2: two pilots of one a cycle, and the program has ended")
    for off in ("enablequeues = False\n", "cycles = 0\n"):
        run(off, both)
        assert parts.ended("autopyfactory") == 0, parts.log("autopyfactory")
        assert slurm_queue.count() == before, "pilots came or went though queues are off"
    step("enablequeues = False, and cycles = 0: nothing comes, nothing goes, the program ends")
    # Without abort_no_queues it stays, and with other chains it ends what is too many.
    none = ("KeepNRunning", {"keepnrunning.keep_running": 0})
    run("", Queue("Slurm", none, None, 0).text("here") + Queue("Local", none, None, 0).text("processes"), aborting=False)
    slurm_queue.number = local.number = 0
    wait(parts, {"here": slurm_queue, "processes": local})
    parts.files_gone("alice@alpha")
    codes = parts.stop()
    assert set(codes.values()) == {0}, codes
    step("keep_running = 0: all of them are ended")


def main():
    started = lab("status", check=False).returncode == 3
    lab("up", *HOSTS)
    parts = None
    try:
        parts = LabParts("queues", "gamma", "alice")
        os.makedirs(f"{parts.folder}/queues.d")
        os.chmod(parts.write("work.sh", PROGRAM), 0o755)
        key = parts.install_key(*ACCOUNTS)
        configure(parts, key)
        known = all_plugins(parts, key)
        changes(parts, known)
        held(parts, known)
        limited(parts, known)
        the_end(parts, known)
        cycles_at_slurm(parts)
    finally:
        if parts:
            parts.stop()
        if started:
            lab("down")
    print("queues of files: every plugin that the lab has a site for, changed while they run, limited together")


if __name__ == "__main__":
    sys.exit(main())
