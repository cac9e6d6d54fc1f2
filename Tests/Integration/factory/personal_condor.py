"""An HTCondor pool of this machine in one folder: for tests of what is submitted to a schedd. HTCondor takes no jobs from root, so
that under root everything runs as nobody."""
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
PROGRAMS = ROOT + "/.build/debug"
PREFIX = os.environ.get("VC3_CONDOR_PREFIX", os.path.expanduser("~/.cache/vc3-lab/condor"))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(condition, words, seconds=120):
    """Its first true value."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.3)
    raise AssertionError(f"not within {seconds} s: {words}")


class PersonalCondor:
    """`settings`: lines of its configuration beside the usual ones. `names`: of hosts that are this machine for its daemons, the first of
    them its own; as root."""

    def __init__(self, folder, settings="", startd=True, names=()):
        self.folder, self.port = folder, free_port()
        for name in ("log", "spool", "execute", "run", "lock", "jobs", "tokens"):
            os.makedirs(f"{folder}/{name}")
        daemons = "MASTER COLLECTOR NEGOTIATOR SCHEDD" + (" STARTD" if startd else "")
        with open(f"{folder}/condor_config", "w") as file:
            file.write(f"""
RELEASE_DIR = {PREFIX}
BIN = {PREFIX}/bin
SBIN = {PREFIX}/sbin
LIBEXEC = {PREFIX}/libexec
LOCAL_DIR = {folder}
LOG = {folder}/log
SPOOL = {folder}/spool
EXECUTE = {folder}/execute
RUN = {folder}/run
LOCK = {folder}/lock
CONDOR_HOST = 127.0.0.1
COLLECTOR_HOST = 127.0.0.1:{self.port}
NETWORK_INTERFACE = 127.0.0.1
BIND_ALL_INTERFACES = False
USE_SHARED_PORT = True
SHARED_PORT_PORT = {self.port}
DAEMON_SOCKET_DIR = {folder}/run
DAEMON_LIST = {daemons}
SCHEDD_NAME = own{self.port}@
UID_DOMAIN = local
FILESYSTEM_DOMAIN = local{self.port}
SEC_DEFAULT_AUTHENTICATION_METHODS = FS
SEC_TOKEN_SYSTEM_DIRECTORY = {folder}/tokens
ALLOW_READ = *
ALLOW_WRITE = *
ALLOW_DAEMON = *
ALLOW_ADMINISTRATOR = *
ALLOW_NEGOTIATOR = *
NUM_CPUS = 4
MEMORY = 4096
NUM_SLOTS = 1
NUM_SLOTS_TYPE_1 = 1
SLOT_TYPE_1 = 100%
SLOT_TYPE_1_PARTITIONABLE = True
START = True
NEGOTIATOR_INTERVAL = 5
NEGOTIATOR_MIN_INTERVAL = 1
NEGOTIATOR_CYCLE_DELAY = 1
SCHEDD_MIN_INTERVAL = 1
GRIDMANAGER_JOB_PROBE_INTERVAL = 1
GRIDMANAGER_MINIMUM_JOB_PROBE_INTERVAL = 1
C_GAHP_LOG = {folder}/log/CGahpLog
C_GAHP_WORKER_THREAD_LOG = {folder}/log/CGahpWorkerLog
GRIDMANAGER_LOG = {folder}/log/GridmanagerLog.$(USERNAME)
{settings}
""")
        if os.geteuid() == 0:
            readable = subprocess.run(self.own(["test", "-x", f"{PREFIX}/sbin/condor_master"])).returncode == 0
            assert readable, f"nobody cannot run {PREFIX}: let VC3_CONDOR_PREFIX name a copy"
            for path, _, _ in os.walk(folder):
                shutil.chown(path, "nobody", "nogroup")
        with open(f"{folder}/hosts", "w") as file:
            file.write("127.0.0.1 " + " ".join([*names, "localhost"]) + "\n")
        script = 'mount --bind "$0" /etc/hosts && hostname "$1" && shift && exec "$@"'
        apart = ["unshare", "--mount", "--uts", "sh", "-c", script, f"{folder}/hosts", names[0]] if names else []
        self.master = subprocess.Popen(
            apart + self.own([f"{PREFIX}/sbin/condor_master", "-f"]), env=self.environment(), stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True)
        until(lambda: self.run("condor_status", "-schedd", "-af", "Name", check=False).stdout.strip(), "a schedd")
        self.schedd = self.run("condor_status", "-schedd", "-af", "Name").stdout.strip()

    def environment(self):
        return {"PATH": f"{PREFIX}/bin:{PREFIX}/sbin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": self.folder,
                "CONDOR_CONFIG": f"{self.folder}/condor_config", "HOSTNAME": "here"}

    @staticmethod
    def own(command):
        if os.geteuid() != 0:
            return command
        nobody = pwd.getpwnam("nobody")
        return ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups", *command]

    def run(self, *command, check=True, text=None):
        outcome = subprocess.run(
            self.own(list(command)), env=self.environment(), input=text, capture_output=True, text=True, cwd=self.folder + "/jobs",
            timeout=120)
        assert not check or outcome.returncode == 0, (command, outcome.stdout, outcome.stderr)
        return outcome

    def jobs(self, *attributes):
        """One dictionary for each job in the queue."""
        output = self.run("condor_q", "-allusers", "-json", "-attributes", ",".join(attributes)).stdout
        return json.loads(output) if output.strip() else []

    def logs(self):
        for name in sorted(os.listdir(self.folder + "/log")):
            if name.startswith(("Gridmanager", "Sched", "CGahp", "EC2")):
                print(f"--- {name}")
                with open(f"{self.folder}/log/{name}", errors="replace") as file:
                    print("".join(file.readlines()[-40:]))

    def stop(self):
        self.master.send_signal(signal.SIGQUIT)
        try:
            self.master.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(self.master.pid, signal.SIGKILL)
            self.master.wait()


def queues_of(folder, text, usual=""):
    """A configuration of the Factory with these queues; its path."""
    with open(f"{folder}/client.conf", "w") as file:
        file.write("[netcomm]\ninfohost = localhost\nhttpsport = 1\ncertfile = /none\nkeyfile = /none\nchainfile = /none\n")
    with open(f"{folder}/queues.conf", "w") as file:
        file.write(f"[DEFAULT]\nenabled = True\nexecutable = /bin/true\nbatchsubmitplugin = CondorLocal\n{usual}\n{text}")
    with open(f"{folder}/autopyfactory.conf", "w") as file:
        file.write(f"[Factory]\nfactoryId = f1\nqueueConf = {folder}/queues.conf\nbaseLogDir = {folder}/jobs\n"
                   f"config.queues.vc3.vc3clientconf = {folder}/client.conf\n"
                   f"config.queues.vc3.defaultsfile = {folder}/queues.conf\n")
    return f"{folder}/autopyfactory.conf"
