#!/usr/bin/env python3
"""The grid universe: what `vc3-factory` gives a schedd for queues with CondorOSGCE and CondorEC2 does what is meant, at another real
schedd, and at a service with EC2's interface that checks signatures. As root, for names of its own."""
import http.server
import os
import re
import shutil
import subprocess
import tempfile
import threading
import urllib.error
import urllib.request

from personal_condor import PROGRAMS, ROOT, PersonalCondor, free_port, queues_of, until

GRID = os.environ.get("VC3_GRID_PREFIX", os.path.expanduser("~/.cache/vc3-lab/grid"))
# EC2's addresses say which region is meant, and signatures are made for it.
SERVICE = "ec2.eu-west-1.amazonaws.com"
IMAGE = "ami-03cf127a"


def submit(pool, text, queue):
    """A pilot of a queue of this configuration; the names of its schedd's job."""
    configuration = queues_of(pool.folder, text)
    description = subprocess.run(
        [f"{PROGRAMS}/vc3-factory", "--conf", configuration, "--show-submit", queue], capture_output=True, text=True, check=True).stdout
    # The Factory makes the day's folder before it submits.
    for folder in re.findall("^Dir = (.*)/$", description, re.M):
        os.makedirs(folder, exist_ok=True)
        shutil.chown(folder, "nobody")
    pool.run("condor_submit", "-terse", "-", text=description)


def compute_element(folder):
    """Another schedd, which takes the job over, runs it, and gives its output back."""
    # A schedd is called like its host there.
    element = PersonalCondor(folder + "/element", names=["ce.vc3.test"], settings="SCHEDD_NAME = ce.vc3.test\n")
    pool = None
    try:
        pool = PersonalCondor(folder + "/pool", startd=False, names=["factory.vc3.test", "ce.vc3.test"])
        pilot = f"{folder}/pool/pilot"
        with open(pilot, "w") as file:
            file.write("#!/bin/sh\necho \"$FACTORYQUEUE has $*\"\n")
        os.chmod(pilot, 0o755)
        submit(pool, (
            f"[ce]\nbatchsubmitplugin = CondorOSGCE\nexecutable = {pilot}\nexecutable.arguments = one two\n"
            f"batchsubmit.condorosgce.gridresource = ce.vc3.test\nbatchsubmit.condorosgce.port = {element.port}\n"), "ce")
        job = until(lambda: pool.jobs("ClusterId", "GridResource", "MATCH_APF_QUEUE", "Nonessential"), "a job")[0]
        assert job["GridResource"] == f"condor ce.vc3.test ce.vc3.test:{element.port}", job
        assert (job["MATCH_APF_QUEUE"], job["Nonessential"]) == ("ce", True), job
        until(lambda: not pool.jobs("ClusterId"), "the job's end")
        output = [os.path.join(path, name) for path, _, names in os.walk(pool.folder + "/jobs") for name in names if name.endswith(".out")]
        with open(output[0]) as file:
            said = file.read()
        assert (len(output), said) == (1, "ce has one two\n"), (output, said)
        # The element has it in its books.
        until(lambda: element.run("condor_history", "-limit", "1", "-af", "JobStatus", check=False).stdout.strip() == "4", "its record")
    except BaseException:
        for each in filter(None, (element, pool)):
            each.logs()
        raise
    finally:
        for each in filter(None, (element, pool)):
            each.stop()


class Door(http.server.BaseHTTPRequestHandler):
    """Hands everything on as it comes; answers begin as those of EC2 do, by which HTCondor tells it from others, which it treats
    in other ways."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = urllib.request.Request(f"http://127.0.0.1:{self.server.behind}{self.path}", body, dict(self.headers), method="POST")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                status, said = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, said = error.code, error.read()
        said = b'<?xml version="1.0" encoding="UTF-8"?>\n' + re.sub(rb"^<\?xml .*?\?>\s*", b"", said)
        self.send_response(status)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    do_GET = do_POST

    def version_string(self):
        return "AmazonEC2"

    def log_message(self, *_):
        pass


class Cloud:
    """moto's EC2, with one user, who may do what the pilots' machines need; everything else is refused."""

    POLICY = ('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ec2:RunInstances","ec2:Describe*",'
              '"ec2:TerminateInstances","ec2:CreateTags"],"Resource":"*"}]}')

    def __init__(self, folder, moto):
        self.port = free_port()
        # The first three actions make the user; from then on signatures and policies are checked.
        checks = {"INITIAL_NO_AUTH_ACTION_COUNT": "3", "MOTO_ENABLE_AMI_VALIDATION": "1", "MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION": "1"}
        with open(f"{folder}/moto.log", "w") as log:
            self.server = subprocess.Popen(
                [moto, "-H", "127.0.0.1", "-p", str(self.port)], env={**os.environ, **checks}, stdout=log, stderr=log)
        self.door = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.door.behind = self.port
        threading.Thread(target=self.door.serve_forever, daemon=True).start()
        self.key, self.secret = "first", "first"
        until(lambda: subprocess.run(["curl", "-s", "-o", "/dev/null", f"http://127.0.0.1:{self.port}/moto-api/"]).returncode == 0, "moto")
        self.call("iam", "Action=CreateUser&Version=2010-05-08&UserName=pilots")
        self.call("iam", "Action=PutUserPolicy&Version=2010-05-08&UserName=pilots&PolicyName=p", "--data-urlencode", "PolicyDocument=" + self.POLICY)
        made = self.call("iam", "Action=CreateAccessKey&Version=2010-05-08&UserName=pilots")
        self.key, self.secret = (re.search(f"<{name}>([^<]+)", made)[1] for name in ("AccessKeyId", "SecretAccessKey"))

    def call(self, service, action, *more):
        return subprocess.run(
            ["curl", "-s", "--aws-sigv4", f"aws:amz:eu-west-1:{service}", "-u", f"{self.key}:{self.secret}",
             f"http://127.0.0.1:{self.port}/", "-d", action, *more], capture_output=True, text=True, check=True).stdout

    def machines(self):
        """Their states by id."""
        told = self.call("ec2", "Action=DescribeInstances&Version=2016-11-15")
        return dict(re.findall(r"<instanceId>([^<]+)</instanceId>.*?<instanceState>.*?<name>([^<]+)", told, re.S))

    def stop(self):
        self.door.shutdown()
        self.door.server_close()
        self.server.kill()
        self.server.wait()


def cloud(folder, moto):
    """A machine that runs while its job does; refused with a secret that is wrong."""
    service, pool = Cloud(folder, moto), None
    try:
        pool = PersonalCondor(folder + "/cloud", startd=False, names=["factory.vc3.test", SERVICE], settings=(
            f"EC2_GAHP = {folder}/grid/sbin/ec2_gahp\nEC2_GAHP_LOG = {folder}/cloud/log/EC2GahpLog\nEC2_GAHP_DEBUG = D_FULLDEBUG\n"))
        for name, content in (("key", service.key), ("secret", service.secret), ("wrong", "x" * 40)):
            with open(f"{pool.folder}/{name}", "w") as file:
                os.fchmod(file.fileno(), 0o600)
                file.write(content)
            shutil.chown(file.name, "nobody")

        def queue(name, secret):
            prefix = "batchsubmit.condorec2."
            return (f"[{name}]\nbatchsubmitplugin = CondorEC2\n{prefix}gridresource = http://{SERVICE}:{service.door.server_port}/\n"
                    f"{prefix}access_key_id = {pool.folder}/key\n{prefix}secret_access_key = {pool.folder}/{secret}\n"
                    f"{prefix}ami_id = {IMAGE}\n{prefix}instance_type = t3.small\n{prefix}user_data = start-here\n{prefix}peaceful = no\n"
                    # Without one HTCondor makes a pair for each job.
                    f"{prefix}condor_attributes.ec2_keypair = pilots\n")

        submit(pool, queue("machines", "secret"), "machines")
        job = until(lambda: next((job for job in pool.jobs(
            "JobStatus", "EC2InstanceName", "MATCH_APF_QUEUE", "HoldReason", "GridJobStatus") if job["JobStatus"] in (2, 5)), None), "a machine")
        assert job["JobStatus"] == 2 and job["MATCH_APF_QUEUE"] == "machines", job
        machine, = service.machines()
        assert service.machines() == {machine: "running"}, service.machines()
        told = service.call("ec2", f"Action=DescribeInstanceAttribute&Version=2016-11-15&InstanceId={machine}&Attribute=userData")
        assert "c3RhcnQtaGVyZQ==" in told, told
        pool.run("condor_rm", "-all")
        until(lambda: set(service.machines().values()) <= {"terminated", "shutting-down"}, "the machine's end")
        until(lambda: not pool.jobs("ClusterId"), "the job's end")
        # Signatures are checked: the wrong secret brings no machine, and the job says so.
        submit(pool, queue("wrong", "wrong"), "wrong")
        until(lambda: any("GridResourceUnavailableTime" in job or job.get("HoldReason") for job in pool.jobs(
            "HoldReason", "GridResourceUnavailableTime")), "a complaint")
        assert list(service.machines()) in ([], [machine]), service.machines()
    except BaseException:
        if pool:
            pool.logs()
        raise
    finally:
        if pool:
            pool.stop()
        service.stop()


def main():
    if os.geteuid() != 0:
        print("grid: needs root; left out")
        return
    subprocess.run([ROOT + "/lab/grid-prefix", GRID], check=True)
    requirements = os.path.dirname(os.path.abspath(__file__)) + "/requirements.txt"
    python = subprocess.run([ROOT + "/Tools/python-tests", requirements], check=True, capture_output=True, text=True).stdout.strip()
    with tempfile.TemporaryDirectory(prefix="vc3-grid.") as folder:
        os.chmod(folder, 0o755)
        # For nobody, who cannot look into root's caches.
        shutil.copytree(GRID, folder + "/grid", symlinks=True)
        compute_element(folder)
        cloud(folder, os.path.dirname(python) + "/moto_server")
    print("grid: a compute element runs the pilot, and a cloud its machine")


if __name__ == "__main__":
    main()
