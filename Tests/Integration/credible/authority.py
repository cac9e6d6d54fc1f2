"""An authority of the built `credible` under a configuration of its own, judged by OpenSSL and Python's cryptography."""
import os
import subprocess

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import verification

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../.."))
CREDIBLE = os.environ.get("CREDIBLE", f"{TOP}/.build/debug/credible")


def run(*command, feed="", fails=False):
    outcome = subprocess.run(command, input=feed.encode(), capture_output=True)
    text = (outcome.stdout + outcome.stderr).decode()
    if (outcome.returncode != 0) != fails:
        raise AssertionError(f"{' '.join(command)} ended with {outcome.returncode}: {text}")
    return outcome.stdout.decode() if not fails else text


class Authority:
    """An authority under a configuration of its own."""

    def __init__(self, settings, folder):
        self.folder = folder
        self.settings = settings
        lines = ["[credible]", f"vardir = {folder}/state", "[credible-ssca]"]
        self.write("credible.conf", "\n".join(lines + [f"{key} = {value}" for key, value in settings.items()]) + "\n")
        self.write("chain.pem", self("certchain"))
        root, intermediate = x509.load_pem_x509_certificates(self.read("chain.pem").encode())
        self.root, self.intermediate = root, intermediate
        self.write("root.pem", self.pem(root))
        self.write("intermediate.pem", self.pem(intermediate))

    def __call__(self, *arguments, **options):
        return run(CREDIBLE, "-c", f"{self.folder}/credible.conf", *arguments, **options)

    def write(self, name, text):
        path = f"{self.folder}/{name}"
        with open(path, "w") as file:
            file.write(text)
        return path

    def read(self, name):
        with open(f"{self.folder}/{name}") as file:
            return file.read()

    @staticmethod
    def pem(certificate):
        return certificate.public_bytes(Encoding.PEM).decode()

    def openssl(self, leaf, purpose, good=True, more=()):
        path = self.write("leaf.pem", leaf)
        command = ["openssl", "verify", "-x509_strict", "-purpose", purpose, "-CAfile", f"{self.folder}/root.pem",
                   "-untrusted", f"{self.folder}/intermediate.pem", *more, path]
        return run(*command, fails=not good)

    def python(self, leaf, purpose, name=None):
        """None when the certificate is accepted, or why it is not."""
        builder = verification.PolicyBuilder().store(verification.Store([self.root]))
        if purpose == "sslserver":
            verifier = builder.build_server_verifier(name)
        else:
            verifier = builder.build_client_verifier()
        try:
            verifier.verify(x509.load_pem_x509_certificate(leaf.encode()), [self.intermediate])
        except verification.VerificationError as error:
            return str(error)
        return None

    def uses(self, *kinds):
        """Whether a key of such a kind is in use anywhere."""
        return any(value in kinds for key, value in self.settings.items() if key.endswith("keytype"))
