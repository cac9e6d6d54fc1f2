#!/usr/bin/env python3
"""What VC3 makes of nodes, sites and accounts that are not well, with the lab's real Slurms and Grid Engine: a resource's own check and a
container tool that fail and are mended, quotas of accounts, a node that swallows pilots and is tried again later. As root.

The lab's hosts are started if they are not up; who started them takes them down.
"""
import json
import re
import sys
import tempfile

from test_site_login import ROOT, STATE, Up, at, client, lab, standing, step, wait_for

sys.path.insert(0, f"{ROOT}/robustness/infoservice")
from faults import Clock  # noqa: E402

TRIAL = STATE + ".trial"
# The nodes of alpha are one host: a file there says which of them are broken.
CHECK = """if [ -e "/var/tmp/broken-$SLURMD_NODENAME" ]; then
    echo "looking at $VC3_CORES cores"
    echo "the scratch disk of $SLURMD_NODENAME is dying"
    exit 3
fi
"""
# Longer than a node is shunned for the first time, and shorter than a token lives.
AGO = 900


def break_nodes(*names):
    at("alpha", "sh", "-c", "rm -f /var/tmp/broken-*; for node; do touch /var/tmp/broken-$node; done", "sh", *names)


def container_tool(commands):
    lab("exec", "alpha", "--", "sh", "-c", "cat > /usr/local/bin/apptainer; chmod 755 /usr/local/bin/apptainer",
        input=f"#!/bin/sh\n{commands}\n")


def quota(limit):
    """Of jobs at once: alice's that run at zeta and beta, and all that bob has at zeta; None: without."""
    for user, kind in (("alice", "MaxJobs"), ("bob", "MaxSubmitJobs")):
        at("zeta", "sacctmgr", "-i", "-Q", "modify", "user", "where", f"name={user}", "account=physics", "set", f"{kind}={limit or -1}")
    rules = f"{{\n name mine\n description NONE\n enabled TRUE\n limit users alice to slots={limit}\n}}\n"
    if limit:
        lab("exec", "beta", "--", "sh", "-c", "cat > /tmp/rules; qconf -Arqs /tmp/rules", input=rules)
    else:
        at("beta", "qconf", "-drqs", "mine")


def told(request, what, words, limit=240):
    """Waits for something about a request; what is known of it is told when it does not come."""
    try:
        return wait_for(what, f"{request}: {words}", limit)
    except AssertionError as error:
        raise AssertionError(f"{error}\n{client('request-explain', '--requestname', request, check=False)}") from None


def pilot_set(request):
    found = json.loads(client("request-explain", "--requestname", request, "--output", "json"))
    return next((item for item in found if item["kind"] == "pilotset"), None)


def link(request, name):
    """A step of its chain that keeps some."""
    found = (pilot_set(request) or {}).get("status", {}).get("chain", [])
    return next((one for one in found if one["step"] == name and one.get("reason")), None)


def refusal(request):
    found = (pilot_set(request) or {}).get("status", {}).get("conditions", [])
    return next((one for one in found if one["type"] == "Submitting" and one["status"] == "false"), None)


def joined(request, number, limit=240):
    told(request, lambda: ((pilot_set(request) or {}).get("status", {}).get("chain") or [{}])[-1].get("count") == number,
         f"it has not {number} workers", limit)


def pilots(request):
    found = json.loads(client("pilot-list", "--requestname", request, "--output", "json"))
    return found if isinstance(found, list) else [found]


def make_group():
    at("vc3", "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ana", "-f", STATE + ".ana-key", user="vc3")
    client("user-create", "ana", "--firstname", "Ana", "--lastname", "Arias", "--email", "ana@example.org", "--institution",
           "Example University", "--sshpubstring", at("vc3", "cat", STATE + ".ana-key.pub").strip())
    client("project-create", "trees", "--owner", "ana", "--members", "ana")
    client("nodeinfo-create", "small", "--owner", "ana", "--cores", "1", "--memory_mb", "256", "--storage_mb", "256")
    client("environment-create", "contained", "--owner", "ana", "--containertool", "apptainer")
    for name, host, flavor, account, more in (
        ("checked", "alpha", "slurm", "alice", ["--checkscript", TRIAL + "/check"]), ("plain", "alpha", "slurm", "alice", []),
        ("zeta", "zeta", "slurm", "alice", []), ("zetabob", "zeta", "slurm", "bob", []), ("beta", "beta", "sge", "alice", []),
    ):
        client("resource-create", name, "--owner", "ana", "--accesstype", "batch", "--accessmethod", "ssh", "--accessflavor", flavor,
               "--accesshost", host, "--nodeinfo", "small", *more)
        client("allocation-create", f"ana.{name}", "--owner", "ana", "--resource", name, "--accountname", account)
        client("project-addallocation", "trees", f"ana.{name}")
        key = wait_for(lambda: (text := client("allocation-getpubtoken", "--allocationname", f"ana.{name}")).startswith("ssh-") and text,
                       f"ana.{name} has no key")
        lab("exec", host, "--user", account, "--", "sh", "-c", "umask 077; mkdir -p .ssh; cat >> .ssh/authorized_keys", input=key)
        client("allocation-validate", "--allocationname", f"ana.{name}", "--wait")


def request(name, allocation, workers, *options, nodeset=()):
    client("nodeset-create", name, "--owner", "ana", "--node_number", str(workers), "--app_type", "htcondor", "--app_role", "worker-nodes",
           "--app_lingertime", "1200", *nodeset)
    client("cluster-create", name, "--owner", "ana", "--nodesets", name)
    client("request-create", name, "--owner", "ana", "--project", "trees", "--cluster", name, "--allocations", allocation, *options)


def end(*names):
    for name in names:
        client("request-terminate", "--requestname", name)
    for name in names:
        client("request-wait", "--requestname", name, "--for", "terminated", "--timeout", "120s")
        client("request-delete", name)


def accounts_and_sites():
    """Four things that are wrong at the same time, each at a site of its own, and mended."""
    break_nodes("n1", "n2", "n3", "n4")
    container_tool('echo "FATAL: no user namespaces here" >&2; exit 255')
    quota(1)
    request("check", "ana.checked", 2)
    request("tool", "ana.plain", 2, "--environments", "contained")
    for name in ("zeta", "zetabob", "beta"):
        request(name, f"ana.{name}", 3)
    for name, reason, words in (
        ("check", "SiteCheckFailed", "own check ended with 3: the scratch disk of n[1-4] is dying"),
        ("tool", "ContainerToolBroken", "apptainer --version ended with 255: FATAL: no user namespaces here"),
    ):
        said = told(name, lambda: refusal(name), "nothing is said")
        assert said["reason"] == reason and re.search(words, said["message"]) and said["mender"] == "operator", said
        # One that failed on its node is what keeps the others.
        assert link(name, "breaker")["reason"] == reason, pilot_set(name)["status"]["chain"]
        assert not pilot_set(name)["status"]["shunned"], "all nodes are bad, so that none is to blame"
        assert len([one for one in pilots(name) if one["status"].get("end") == "failed"]) <= 3, pilots(name)
    step("a resource's own check and a container tool fail: named, in their own words")
    for name, words in (
        ("zeta", "AssocMaxJobsLimit"), ("beta", "resource quota mine/1: 1 of 1 slots are used"),
        ("zetabob", "does not take pilots: .*AssocMaxSubmitJobLimit"),
    ):
        kept = told(
            name, lambda: (one := link(name, "quota")) and one["count"] == 1 and re.search(words, one["message"]) and one,
            "the quota is not told")
        assert kept["reason"] == "LimitReached" and kept["mender"] == "nobody", kept
        joined(name, 1)
        said = client("request-explain", "--requestname", name)
        assert re.search(r"quota keeps 2 .*\(LimitReached\)", said) and not re.search("(limits|breaker|batch) keeps", said), said
    step("quotas: of jobs that run (Slurm), of slots (Grid Engine), of jobs at all (Slurm)")
    break_nodes()
    container_tool("echo apptainer version 1")
    quota(None)
    for name, number in (("check", 2), ("tool", 2), ("zeta", 3), ("zetabob", 3), ("beta", 3)):
        joined(name, number, 400)
        assert not link(name, "quota") and not refusal(name), pilot_set(name)["status"]
    step("all is mended: every worker has joined")
    end("check", "tool", "zeta", "zetabob", "beta")


def a_bad_node():
    """One node fails each time, and each pilot has a node for itself."""
    break_nodes("n2")
    request("wood", "ana.checked", 3, nodeset=["--wholenode"])
    joined("wood", 3)
    shunned = pilot_set("wood")["status"]["shunned"]
    assert [one["node"] for one in shunned] == ["n2"] and "the scratch disk of n2 is dying" in shunned[0]["reason"], shunned
    assert "node n2 gets no pilots" in client("request-explain", "--requestname", "wood")
    assert refusal("wood") is None, refusal("wood")
    # The third only where the first at another node took its time to join.
    assert len(swallowed()) in (2, 3) and all(one["status"]["cause"] == "site-check-failed" for one in swallowed()), swallowed()
    assert running_at() == ["n1", "n3", "n4"], running_at()
    step(f"a node that fails each time: {len(swallowed())} pilots, then no more; the others joined elsewhere")


def swallowed():
    return [one for one in pilots("wood") if one["status"].get("host") == "n2"]


def running_at():
    return sorted(at("alpha", "squeue", "-h", "-u", "alice", "-t", "RUNNING", "-o", "%N").split())


def a_second_chance(up, clock):
    """The ban outlives a restart, and not itself: then one pilot tries the node."""
    before = len(swallowed())
    up.signal("TERM")
    up = Up(*clock)
    told("wood", lambda: [one["node"] for one in pilot_set("wood")["status"]["shunned"]] == ["n2"], "the node is forgotten")
    joined("wood", 3)
    up.signal("TERM")
    # In place: head nodes have it mapped.
    at("vc3", "sh", "-c", f"dd if=/dev/zero of={TRIAL}/clock bs=8 count=1 conv=notrunc 2>/dev/null")
    up = Up()
    told("wood", lambda: not pilot_set("wood")["status"]["shunned"], "the node is shunned for ever")
    joined("wood", 3)
    # n2 alone is left for the next.
    at("alpha", "scontrol", "update", "nodename=n1", "state=drain", "reason=trial")
    at("alpha", "scancel", "--nodelist=n1", "--user=alice")
    shunned = told("wood", lambda: pilot_set("wood")["status"]["shunned"], "nobody has tried the node")
    assert shunned[0]["node"] == "n2" and shunned[0]["reason"].startswith(f"{before + 1} pilots in a row"), shunned
    assert len(swallowed()) == before + 1, swallowed()
    step("its time was over: one pilot tried the node, and it is shunned again, for longer")
    at("alpha", "scontrol", "update", "nodename=n1", "state=resume")
    joined("wood", 3)
    assert running_at() == ["n1", "n3", "n4"], running_at()
    end("wood")
    return up


def main():
    with standing("alpha", "beta", "zeta", "vc3"), tempfile.TemporaryDirectory(prefix="vc3-health.") as folder:
        at("vc3", "sh", "-c", f"rm -rf {STATE} {STATE}.*")
        Clock(f"{folder}/clock").set(-AGO)
        with open(f"{folder}/check", "w") as file:
            file.write(CHECK)
        lab("put", "vc3", *(f"{folder}/{name}" for name in ("check", "clock", "clock.so")), TRIAL)
        clock = ["env", f"LD_PRELOAD={TRIAL}/clock.so", f"WALL_CLOCK_OFFSET={TRIAL}/clock"]
        up = Up(*clock)
        make_group()
        step("a group with five allocations at three sites")
        accounts_and_sites()
        a_bad_node()
        up = a_second_chance(up, clock)
        up.signal("TERM")
    print("health: checks, container tools and quotas are told; a bad node is shunned, and tried again")


if __name__ == "__main__":
    sys.exit(main())
