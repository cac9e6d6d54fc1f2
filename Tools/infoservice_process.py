"""A `vc3-infoservice` of one's own for benchmarks and robustness runs: certificates, configuration, start, end.

Everything lies in one folder. The server is driven from outside only, as its users do.
"""
import http.client
import os
import resource
import signal
import ssl
import subprocess
import time


class Certificates:
    """An authority, a server's certificate for localhost, and clients' certificates, made with openssl."""

    def __init__(self, folder, days=3650):
        self.folder = folder
        self.days = days
        os.makedirs(folder, exist_ok=True)
        self.authority = f"{folder}/ca.pem"
        # A revocation list, once there is one.
        self.revocations = None
        self._key("ca")
        self._openssl(
            "req", "-x509", "-new", "-key", self.key("ca"), "-days", str(days), "-subj", "/CN=authority", "-out",
            self.authority, "-addext", "basicConstraints=critical,CA:TRUE", "-addext",
            "keyUsage=critical,keyCertSign,cRLSign")
        self.issue("server", "DNS:localhost,IP:127.0.0.1", "serverAuth,clientAuth")

    def certificate(self, name):
        return f"{self.folder}/{name}.pem"

    def key(self, name):
        return f"{self.folder}/{name}.key"

    def issue(self, name, names, usage="clientAuth", days=None):
        self._key(name)
        self._openssl("req", "-new", "-key", self.key(name), "-subj", f"/CN={name}", "-out", f"{self.folder}/{name}.csr")
        extensions = f"{self.folder}/{name}.ext"
        with open(extensions, "w") as file:
            file.write(f"subjectAltName={names}\nextendedKeyUsage={usage}\nkeyUsage=digitalSignature\n")
        self._openssl(
            "x509", "-req", "-in", f"{self.folder}/{name}.csr", "-CA", self.authority, "-CAkey", self.key("ca"),
            "-CAcreateserial", "-days", str(days or self.days), "-extfile", extensions, "-out", self.certificate(name))

    def identity(self, role, name):
        """A client's certificate as the Infoservice wants it."""
        self.issue(name, f"URI:vc3://{role}/{name}")

    def revoke(self, *names):
        """Takes these certificates back: writes the revocation list anew."""
        configuration = f"{self.folder}/ca.conf"
        with open(configuration, "w") as file:
            file.write(f"[ca]\ndefault_ca = own\n[own]\ndatabase = {self.folder}/index\ncrlnumber = {self.folder}/crlnumber\n"
                       f"certificate = {self.authority}\nprivate_key = {self.key('ca')}\ndefault_md = sha256\n"
                       "default_crl_days = 30\n")
        for name, text in (("index", ""), ("index.attr", "unique_subject = no\n"), ("crlnumber", "01\n")):
            if not os.path.exists(f"{self.folder}/{name}"):
                with open(f"{self.folder}/{name}", "w") as file:
                    file.write(text)
        for name in names:
            self._openssl("ca", "-config", configuration, "-revoke", self.certificate(name))
        self.revocations = f"{self.folder}/ca.crl"
        self._openssl("ca", "-config", configuration, "-gencrl", "-out", self.revocations)

    def context(self, name):
        context = ssl.create_default_context(cafile=self.authority)
        if name:
            context.load_cert_chain(self.certificate(name), self.key(name))
        return context

    def _key(self, name):
        self._openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self.key(name))

    def _openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)


class Infoservice:
    """The server's process. Its port stays the same over restarts."""

    # Those that run, for a caller that ends early.
    running = set()

    def __init__(self, program, folder, certificates, port, store=None, database=None, sealing=None, settings="",
                 environment=None, options=("--quiet",)):
        """`database`: how libpq finds it; without one the store is an SQLite file. `sealing`: the sealing key file, which
        all servers of one database share."""
        self.program, self.folder, self.certificates, self.port = program, folder, certificates, port
        self.store = store or f"{folder}/store"
        self.environment = environment or {}
        self.options = options
        self.process = None
        self.starts = 0
        os.makedirs(folder, exist_ok=True)
        os.makedirs(self.store, exist_ok=True)
        self.configuration = f"{folder}/infoservice.conf"
        plugin = "SQLite" if database is None else "PostgreSQL"
        place = f"filename = {self.store}/store.sqlite" if database is None else f"connection = {database}"
        with open(self.configuration, "w") as file:
            file.write(f"""[netcomm]
bind = 127.0.0.1
httpsport = {port}
certfile = {certificates.certificate("server")}
keyfile = {certificates.key("server")}
chainfile = {certificates.authority}
{f"crlfile = {certificates.revocations}" if certificates.revocations else ""}

[secrets]
keyfile = {sealing or f"{folder}/sealing.key"}

[persistence]
plugin = {plugin}

[plugin-{plugin.lower()}]
{place}
{settings}
""")

    def start(self, wait=30):
        """Starts it and waits until it answers. Returns the seconds from start to the first answer.

        Raises RuntimeError with the last lines of its log when it ends instead.
        """
        self.starts += 1
        log = open(f"{self.folder}/server.log", "ab")
        begin = time.monotonic()
        self.process = subprocess.Popen(
            [self.program, "--conf", self.configuration, *self.options], stdout=log, stderr=log,
            env={**os.environ, **self.environment}, preexec_fn=_more_files)
        log.close()
        Infoservice.running.add(self.process)
        while time.monotonic() < begin + wait:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}: {self.last_words()}")
            if self.answers():
                return time.monotonic() - begin
            time.sleep(0.002)
        raise RuntimeError(f"the server does not answer after {wait} s: {self.last_words()}")

    def answers(self):
        connection = http.client.HTTPSConnection(
            "localhost", self.port, timeout=5, context=self.certificates.context("client"))
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def last_words(self, count=3):
        with open(f"{self.folder}/server.log", errors="replace") as file:
            return " | ".join(line.strip() for line in file.readlines()[-count:])

    def kill(self):
        self._end(signal.SIGKILL)

    def stop(self):
        self._end(signal.SIGTERM)

    def _end(self, number):
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        Infoservice.running.discard(self.process)

    def processor_seconds(self):
        return processor_seconds(self.process.pid)


def processor_seconds(pid):
    """User and system time of a process so far (proc(5))."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free_port():
    import socket
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _more_files():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))
