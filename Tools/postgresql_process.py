"""A PostgreSQL server of one's own for benchmarks and robustness runs, on a Unix socket, run by an ordinary user."""
import glob
import os
import shutil
import signal
import subprocess
import tempfile
import time


def programs():
    """The folder of the newest installed version as Debian lays them out; None without any."""
    versions = [folder for folder in glob.glob("/usr/lib/postgresql/*/bin") if os.path.exists(f"{folder}/initdb")]
    return max(versions, key=lambda folder: float(folder.split("/")[-2]), default=None)


class PostgreSQL:
    """Durable as PostgreSQL is by default: every commit is flushed."""

    # Those that run, for a caller that ends early.
    running = set()

    def __init__(self, disk):
        """`disk`: a folder on the disk that the data shall lie on; where an ordinary user may not come, /var/tmp."""
        self.programs = programs()
        # Short, because the path of a socket is limited.
        self.socket = tempfile.mkdtemp(prefix="vc3-pg.", dir="/tmp")
        self.data = tempfile.mkdtemp(prefix="postgresql.", dir=disk if _is_open(disk) else "/var/tmp")
        if os.geteuid() == 0:
            for folder in (self.socket, self.data):
                shutil.chown(folder, "nobody", "nogroup")
        self._run("initdb", "-D", self.data, "-U", "vc3", "-A", "trust", "-E", "UTF8", "--locale=C")

    def start(self, wait=30):
        """Starts it and waits until it takes connections; again while what a killed one left is still ending."""
        PostgreSQL.running.add(self)
        deadline = time.monotonic() + wait
        while True:
            try:
                return self._control("-l", f"{self.data}/log", "-o", f"-k {self.socket} -c listen_addresses=", "start")
            except RuntimeError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def create(self, database):
        self._run("createdb", "-h", self.socket, "-U", "vc3", database)

    def connection(self, database):
        """How libpq finds it."""
        return f"host={self.socket} user=vc3 dbname={database}"

    def stop(self, mode="fast"):
        """`mode` as pg_ctl has it: fast, or immediate, which is a crash with time to say goodbye."""
        self._control("-m", mode, "stop")
        PostgreSQL.running.discard(self)

    def restart(self, mode="fast"):
        self._control(
            "-m", mode, "-l", f"{self.data}/log", "-o", f"-k {self.socket} -c listen_addresses=", "restart")

    def kill(self):
        """SIGKILL to the server and all of its processes at once, as the kernel does it when memory runs out."""
        with open(f"{self.data}/postmaster.pid") as file:
            server = int(file.readline())
        family = [server] + [pid for pid in _processes() if _parent(pid) == server]
        for pid in family:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        while any(os.path.exists(f"/proc/{pid}") and _state(pid) != "Z" for pid in family):
            time.sleep(0.01)

    def remove(self):
        """Ends it if it runs, and takes its folders away."""
        try:
            self.stop("immediate")
        except RuntimeError:
            PostgreSQL.running.discard(self)
        for folder in (self.socket, self.data):
            shutil.rmtree(folder, ignore_errors=True)

    def _control(self, *arguments):
        self._run("pg_ctl", "-D", self.data, "-w", *arguments)

    def _run(self, program, *arguments):
        # PostgreSQL refuses to run as root.
        user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []
        # The server inherits its output: a pipe would be held open by it.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                [*user, f"{self.programs}/{program}", *arguments], stdin=subprocess.DEVNULL, stdout=output,
                stderr=output, cwd="/")
            output.seek(0)
            if done.returncode != 0:
                raise RuntimeError(f"{program}: {output.read().decode(errors='replace').strip()}")


def _is_open(folder):
    """Whether everybody may pass through it."""
    while folder != "/":
        if not os.stat(folder).st_mode & 0o001:
            return False
        folder = os.path.dirname(folder)
    return True


def _processes():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _status(pid):
    """State and parent (proc(5)); of one that is gone, neither."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return fields[0], int(fields[1])
    except OSError:
        return None, None


def _state(pid):
    return _status(pid)[0]


def _parent(pid):
    return _status(pid)[1]
