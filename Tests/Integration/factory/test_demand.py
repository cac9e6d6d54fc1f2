#!/usr/bin/env python3
"""Whom a queue of files asks how many jobs wait, with a schedd of HTCondor and with a catalog of Work Queue, both real."""
import os
import subprocess
import tempfile

from personal_condor import PROGRAMS, ROOT, PersonalCondor, free_port, queues_of, until

WORK_QUEUE = os.environ.get("VC3_WORK_QUEUE_PREFIX", os.path.expanduser("~/.cache/vc3-lab/workqueue"))

MANAGER = """
import sys, time
import work_queue
queue = work_queue.WorkQueue(port=0, name=sys.argv[1])
for number in range(3):
    task = work_queue.Task("sleep 600")
    task.specify_cores(2)
    queue.submit(task)
while True:
    queue.wait(1)
"""


def asked(configuration, queue, environment, own=lambda words: words):
    """The exit code, and what is said."""
    outcome = subprocess.run(
        own([f"{PROGRAMS}/vc3-factory", "--conf", configuration, "--show-demand", queue]), env=environment, capture_output=True,
        text=True, timeout=120)
    return outcome.returncode, outcome.stdout if outcome.returncode == 0 else outcome.stderr


def of_condor(folder):
    pool = PersonalCondor(folder + "/pool", startd=False)
    try:
        condor = "wmsstatusplugin = Condor\n"
        here = f"wmsstatus.condor.collectorhost = 127.0.0.1\nwmsstatus.condor.collectorport = {pool.port}\n"
        configuration = queues_of(folder + "/pool", (
            f"[all]\n{condor}"
            f"[named]\n{condor}{here}wmsstatus.condor.scheddhost = {pool.schedd}\n"
            f"[small]\n{condor}wmsstatus.condor.constraint = RequestCpus <= 2\n"
            f"[marked]\n{condor}wmsstatus.condor.queueskey = Site\nwmsqueue = north\n"
            f"[nowhere]\n{condor}{here}wmsstatus.condor.scheddhost = no-such-schedd\n"
            "[none]\n"))

        def ready(queue):
            code, said = asked(configuration, queue, pool.environment(), pool.own)
            assert code == 0, (queue, said)
            return said.splitlines()[-1]

        assert ready("all") == "ready: 0", "an empty queue is an answer"
        usual = "executable = /bin/sleep\narguments = 600\nshould_transfer_files = NO\n"
        submit = lambda lines, number: pool.run("condor_submit", "-", text=f"{usual}{lines}\nqueue {number}\n")
        submit("request_cpus = 1\n+Site = \"north\"", 3)
        submit("request_cpus = 8", 4)
        submit("hold = True", 5)
        # Pilots, of this configuration and of pilot sets, and what runs at the schedd or goes elsewhere, are no demand.
        submit("+MATCH_APF_QUEUE = \"all\"", 6)
        submit("+VC3_Pilot = \"p1\"", 7)
        submit("universe = scheduler\nhold = True", 1)
        submit("universe = grid\ngrid_resource = batch slurm", 2)
        assert ready("all") == "ready: 7"
        assert ready("named") == "ready: 7"
        assert ready("small") == "ready: 3"
        assert ready("marked") == "ready: 3"
        code, said = asked(configuration, "nowhere", pool.environment(), pool.own)
        assert code == 1 and "condor_q does not answer" in said and "no-such-schedd" not in said.split("answer")[0], said
        code, said = asked(configuration, "none", pool.environment(), pool.own)
        assert code == 1 and "nobody is asked" in said, said
    finally:
        pool.stop()
    code, said = asked(configuration, "all", pool.environment(), pool.own)
    assert code == 1 and "condor_q does not answer" in said, "a schedd that is down is no empty one: " + said


def of_work_queue(folder):
    subprocess.run([ROOT + "/lab/workqueue-prefix", WORK_QUEUE], check=True)
    os.makedirs(folder)
    port, running = free_port(), []
    configuration = queues_of(folder, (
        f"[ours]\nwmsstatusplugin = WorkQueueCatalog\nworkqueue.exe.status = {WORK_QUEUE}/usr/bin/work_queue_status\n"
        f"workqueue.catalog = 127.0.0.1:{port}\n"
        f"[theirs]\nwmsstatusplugin = WorkQueueCatalog\nworkqueue.exe.status = {WORK_QUEUE}/usr/bin/work_queue_status\n"
        f"workqueue.catalog = 127.0.0.1:{port}\nworkqueue.mastername = theirs\n"
        f"[missing]\nwmsstatusplugin = WorkQueueCatalog\nworkqueue.exe.status = /no/such/program\n"))
    environment = {"PATH": "/usr/bin:/bin", "HOME": folder, "CATALOG_HOST": f"127.0.0.1:{port}",
                   "PYTHONPATH": WORK_QUEUE + "/usr/lib/python3/dist-packages"}
    start = lambda *words: running.append(subprocess.Popen(
        words, env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    try:
        start(WORK_QUEUE + "/usr/bin/catalog_server", "-p", str(port), "-I", "127.0.0.1", "-H", folder)
        # It is told by a datagram, which is lost if nobody listens yet.
        until(lambda: asked(configuration, "ours", environment)[0] == 0, "a catalog that answers")
        assert "ready: 0" in asked(configuration, "ours", environment)[1]
        start("/usr/bin/python3", "-B", "-c", MANAGER, "APF_master_of_tests")
        said = until(
            lambda: (lambda text: "ready: 3" in text and text)(asked(configuration, "ours", environment)[1]), "three tasks")
        assert "cores: 0 in use, 6 wanted by waiting tasks, 0 in all" in said, said
        assert "ready: 0" in asked(configuration, "theirs", environment)[1]
        code, said = asked(configuration, "missing", environment)
        assert code == 1 and "/no/such/program" in said, said
    finally:
        for process in running:
            process.kill()
            process.wait()
    code, said = asked(configuration, "ours", environment)
    assert code == 1 and "does not answer" in said, "a catalog that is down is no empty one: " + said


def main():
    with tempfile.TemporaryDirectory(prefix="vc3-demand.") as folder:
        os.chmod(folder, 0o755)
        of_condor(folder)
        of_work_queue(folder + "/catalog")
    print("demand: a schedd and a Work Queue catalog tell which jobs wait, and silence is no zero")


if __name__ == "__main__":
    main()
