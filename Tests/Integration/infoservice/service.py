"""A vc3-infoservice of its own for a test, and HTTP sessions of each role over mutual TLS."""
import contextlib
import tempfile

import requests
from programs import PROGRAM, Certificates, Infoservice, free_port

ROLES = {"admin": "admin", "master": "master", "factory": "factory", "portal": "portal", "user": "ana", "agent": "host"}


class Client(requests.Session):
    """A session of one identity; addresses begin with the path."""

    def __init__(self, service, name):
        super().__init__()
        certificates = service.certificates
        self.base = f"https://localhost:{service.port}"
        self.verify = certificates.authority
        self.cert = (certificates.certificate(name), certificates.key(name)) if name else None
        self.trust_env = False

    def request(self, method, url, **options):
        options.setdefault("timeout", 60)
        return super().request(method, self.base + url if url.startswith("/") else url, **options)


@contextlib.contextmanager
def infoservice(settings="", **more):
    """A running service with a certificate for each role; its folder goes with it."""
    with tempfile.TemporaryDirectory(prefix="vc3-integration.") as folder:
        certificates = Certificates(folder + "/certificates")
        certificates.identity("agent", "client")
        for role, name in ROLES.items():
            certificates.identity(role, name)
        service = Infoservice(PROGRAM, folder, certificates, free_port(), settings=settings, **more)
        service.start()
        try:
            yield service
        finally:
            service.stop()


def clients(service):
    return {role: Client(service, name) for role, name in ROLES.items()}
