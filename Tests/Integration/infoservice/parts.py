"""The parts of VC3 as programs of their own, with certificates of the built `credible`: for tests of what happens to these."""
import http.client
import json
import os
import re
import signal
import ssl
import subprocess
import time

from programs import PROGRAMS, free_port


class Parts:
    """An Infoservice, a Master and a Factory in one folder. `lifetime`: seconds that certificates last."""

    def __init__(self, folder, lifetime=None):
        self.folder, self.port, self.processes = folder, free_port(), {}
        self.certificates = f"{folder}/certificates"
        os.makedirs(self.certificates)
        self.credible_conf = self.write(
            "credible.conf", f"[credible]\nvardir = {folder}/ca\n"
            + (f"[credible-ssca]\nlifetime = {lifetime}s\n" if lifetime else ""))
        # The same authority, for those whose certificates outlive the test.
        self.lasting_conf = self.write("lasting.conf", f"[credible]\nvardir = {folder}/ca\n")
        self.write("certificates/chain.pem", self.credible("certchain"))
        self.host_files()
        for role, name in (("master", "master"), ("factory", "factory"), ("user", "ana")):
            self.identity(role, name)
        self.identity("admin", "admin", self.lasting_conf)
        self.bundle = self.write("bundle.tar.gz", "never sent by these tests")
        self.configure()

    def write(self, name, text):
        path = f"{self.folder}/{name}"
        with open(path + ".new", "w") as file:
            file.write(text)
        os.rename(path + ".new", path)
        return path

    def credible(self, *arguments, configuration=None):
        outcome = subprocess.run(
            [f"{PROGRAMS}/credible", "-c", configuration or self.credible_conf, *arguments], capture_output=True, text=True)
        assert outcome.returncode == 0, outcome.stderr
        return outcome.stdout

    def host_files(self):
        """The Infoservice's certificate and key: new ones when those were taken back."""
        certificate, key = self.credible("hostcert", "--fullchain", "localhost"), self.credible("hostkey", "localhost")
        self.write("certificates/host.key", key)
        self.write("certificates/host.pem", certificate)

    def identity(self, role, name, configuration=None):
        """A certificate for a key that `credible` never sees."""
        key, request = f"{self.certificates}/{name}.key", f"{self.folder}/{name}.csr"
        subprocess.run(
            ["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
             "-subj", f"/CN={name}", "-out", request], capture_output=True, check=True)
        self.write(f"certificates/{name}.pem", self.credible("sign", request, f"{role}/{name}", configuration=configuration))

    def configure(self, infoservice="", master="", factory=""):
        def network(name):
            return (f"[netcomm]\ncertfile = {self.certificates}/{name}.pem\nkeyfile = {self.certificates}/{name}.key\n"
                    f"chainfile = {self.certificates}/chain.pem\nhttpsport = {self.port}\n")
        self.write("infoservice.conf", network("host") + f"bind = 127.0.0.1\n{infoservice}\n[persistence]\nplugin = SQLite\n"
                   f"[plugin-sqlite]\nfilename = {self.folder}/store.sqlite\n[secrets]\nkeyfile = {self.folder}/sealing.key\n")
        self.write("master.conf", network("master") + f"infohost = localhost\ncrlfile = {self.folder}/master.crl.pem\n{master}\n"
                   f"[master]\nstatedir = {self.folder}/state\n[credible]\ncredconf = {self.credible_conf}\n")
        self.write("factory.conf", network("factory") + f"infohost = localhost\ncrlfile = {self.folder}/factory.crl.pem\n"
                   f"{factory}\n[Factory]\nstatedir = {self.folder}/state\nworkerbundle = {self.bundle}\n")
        self.write("client.conf", network("admin") + "infohost = localhost\n")

    # Processes

    def start(self, *names):
        """`master2` is a second vc3-master, with a configuration of its own."""
        for name in names:
            with open(f"{self.folder}/{name}.log", "ab") as log:
                self.processes[name] = subprocess.Popen(
                    [f"{PROGRAMS}/vc3-{name.rstrip('2')}", "--conf", f"{self.folder}/{name}.conf"], stdout=log, stderr=log)
        if "infoservice" in names:
            self.wait_for(lambda: self.status("admin") == 200, "the Infoservice does not serve")

    def signal(self, name, number):
        self.processes[name].send_signal(number)

    def kill(self, name):
        self.processes[name].kill()
        self.processes.pop(name).wait()

    def stop(self):
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        codes = {}
        for name, process in self.processes.items():
            try:
                codes[name] = process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                codes[name] = process.wait()
        self.processes = {}
        return codes

    def log(self, name):
        with open(f"{self.folder}/{name}.log", errors="replace") as file:
            return file.read()

    def wait_for(self, what, words, limit=60):
        """Until it is true; what is asked for here takes a second or two. `words`: what is wrong otherwise, or who tells it then."""
        end = time.monotonic() + limit
        while not (answer := what()):
            for name, process in self.processes.items():
                if process.poll() is not None:
                    raise AssertionError(f"vc3-{name} ended: {self.log(name)}")
            if time.monotonic() > end:
                said = words() if callable(words) else words
                raise AssertionError(f"{said}\n" + "\n".join(f"--- {name}\n{self.log(name)}" for name in self.processes))
            time.sleep(0.05)
        return answer

    def says(self, name, pattern, limit=60):
        """Until the log has it."""
        self.wait_for(lambda: re.search(pattern, self.log(name)), f"{name} does not say '{pattern}'", limit)

    # Requests

    def context(self, name):
        context = ssl.create_default_context(cafile=f"{self.certificates}/chain.pem")
        context.load_cert_chain(f"{self.certificates}/{name}.pem", f"{self.certificates}/{name}.key")
        return context

    def connection(self, name, timeout=60):
        return http.client.HTTPSConnection("localhost", self.port, context=self.context(name), timeout=timeout)

    def status(self, name, path="/v1/user", method="GET", body=None, headers=None):
        """Of the answer; None when there is none."""
        try:
            connection = self.connection(name)
            connection.request(method, path, body=body, headers=headers or {})
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None

    def client(self, *arguments, configuration="client.conf"):
        return subprocess.run(
            [f"{PROGRAMS}/vc3-client", "-c", f"{self.folder}/{configuration}", *arguments], capture_output=True, text=True)

    def json(self, path):
        connection = self.connection("admin")
        connection.request("GET", path)
        answer = connection.getresponse()
        assert answer.status == 200, (path, answer.status)
        return json.loads(answer.read())

    # Certificates

    def serial(self, name):
        return self.openssl("x509", "-noout", "-serial", "-in", f"{self.certificates}/{name}.pem").strip().split("=")[1]

    def openssl(self, *arguments):
        outcome = subprocess.run(["openssl", *arguments], capture_output=True, text=True)
        assert outcome.returncode == 0, outcome.stderr
        return outcome.stdout

    def curl(self, name, path, output, *arguments):
        """With somebody's certificate; its exit code."""
        return subprocess.run(
            ["curl", "-sS", "-f", "--cacert", f"{self.certificates}/chain.pem", "--cert", f"{self.certificates}/{name}.pem",
             "--key", f"{self.certificates}/{name}.key", "-o", output, *arguments,
             f"https://localhost:{self.port}{path}"], capture_output=True, text=True)
