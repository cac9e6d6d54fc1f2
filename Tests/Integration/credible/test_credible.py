"""Whatever `credible` issues under any configuration, OpenSSL and the path validation of Python's cryptography accept for
the purpose meant, and refuse for others. Configurations are drawn at random; a failure prints the seed.

environment: SEED=<number>, ROUNDS=12 (configurations), CREDIBLE=<path of the program>
"""
import datetime
import ipaddress
import json
import os
import random
import socket
import subprocess
import tempfile
import time
import unittest

from cryptography import x509

from authority import Authority, run

SEED = int(os.environ.get("SEED", random.SystemRandom().randrange(1 << 32)))
ROUNDS = int(os.environ.get("ROUNDS", 12))


def draw(source):
    """A configuration that credible accepts."""
    settings = {}
    for prefix in ["", "ca", "host", "user"]:
        kind = source.choice([None, "rsa", "ecdsa", "p256", "p384", "ed25519"])
        if kind == "rsa":
            # Larger keys take seconds to make and are checked by the same code.
            settings |= {f"{prefix}keytype": "rsa", f"{prefix}bitlength": 2048}
        elif kind == "ecdsa":
            settings |= {f"{prefix}keytype": "ecdsa", f"{prefix}bitlength": source.choice([256, 384])}
        elif kind:
            settings[f"{prefix}keytype"] = kind
    if settings.get("keytype") == "rsa" and "cakeytype" not in settings:
        settings |= {"cakeytype": "rsa", "cabitlength": 2048}
    optional = {
        "country": ["US", "de"], "state": ["NY", "Île-de-France"], "organization": ["BNL", "O, \"quoted\" + more", "x" * 64],
        "orgunit": ["SDCC", "a=b/c"], "email": ["pki@example.org"], "lifetime": ["2h", "30d", "375d", "7000d"],
        "permitteddomains": ["example.org", "example.org, test.example.com"],
        "permittednetworks": ["10.0.0.0/8", "10.0.0.0/8, 2001:db8::/32"],
    }
    for key, values in optional.items():
        if source.random() < 0.5:
            settings[key] = source.choice(values)
    return settings


class Property(unittest.TestCase):
    def test_issued_certificates_are_good_for_what_they_are_for(self):
        for number in range(ROUNDS):
            source = random.Random(f"{SEED}/{number}")
            settings = draw(source)
            with self.subTest(SEED=SEED, number=number, settings=settings), tempfile.TemporaryDirectory() as folder:
                self.check(Authority(settings, folder), source)

    def check(self, authority, source):
        host = source.choice(["a.example.org", "deep.er.example.org", "10.1.2.3"])
        user = source.choice(["ana", "ana.maria", "Ana María", "a@example.org", "u" * 100, "100%"])
        server, client = authority("hostcert", host), authority("usercert", user)
        for purpose, good in [("sslserver", True), ("sslclient", True), ("smimesign", False), ("crlsign", False)]:
            authority.openssl(server, purpose, good)
        for purpose, good in [("sslclient", True), ("sslserver", False), ("smimesign", False)]:
            authority.openssl(client, purpose, good)
        check = ("-verify_ip" if host[0] == "1" else "-verify_hostname")
        authority.openssl(server, "sslserver", more=(check, host))
        authority.openssl(server, "sslserver", False, more=("-verify_hostname", "other.example.org"))
        self.by_python(authority, server, client, host)
        self.revoked(authority, server, client)

    def by_python(self, authority, server, client, host):
        name = x509.IPAddress(ipaddress.ip_address(host)) if host[0] == "1" else x509.DNSName(host)
        if authority.uses("ed25519"):
            # The profile of the web, which cryptography validates by, has no Ed25519; it must say so of nothing else.
            outcomes = [authority.python(server, "sslserver", name), authority.python(client, "sslclient")]
            self.assertTrue(all(o is None or "algorithm" in o.lower() or "forbidden" in o.lower() for o in outcomes), outcomes)
            return
        self.assertIsNone(authority.python(server, "sslserver", name))
        self.assertIsNone(authority.python(server, "sslclient"))
        self.assertIsNone(authority.python(client, "sslclient"))
        self.assertIsNotNone(authority.python(server, "sslserver", x509.DNSName("other.example.org")))
        self.assertIsNotNone(authority.python(client, "sslserver", name))

    def revoked(self, authority, server, client):
        serial = "%X" % x509.load_pem_x509_certificate(client.encode()).serial_number
        crl = authority("revoke", serial)
        path = authority.write("crl.pem", crl)
        run("openssl", "crl", "-verify", "-noout", "-CAfile", f"{authority.folder}/intermediate.pem", "-in", path)
        lists = ("-crl_check", "-CRLfile", path)
        authority.openssl(server, "sslserver", more=lists)
        self.assertIn("certificate revoked", authority.openssl(client, "sslclient", False, more=lists))
        read = x509.load_pem_x509_crl(crl.encode())
        self.assertTrue(read.is_signature_valid(authority.intermediate.public_key()))
        self.assertEqual([entry.serial_number for entry in read], [int(serial, 16)])

    def test_limits_hold_against_an_authority_that_breaks_them(self):
        """The intermediate's key signs what credible would not; the limits in its certificate stop the readers."""
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority({"permitteddomains": "example.org"}, folder)
            authority("hostcert", "evil.example.com", fails=True)
            request = f"{folder}/request.pem"
            run("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-keyout",
                f"{folder}/key.pem", "-out", request, "-subj", "/CN=evil.example.com")
            extensions = authority.write(
                "extensions", "subjectAltName=DNS:evil.example.com\nextendedKeyUsage=serverAuth\n"
                "authorityKeyIdentifier=keyid\nkeyUsage=digitalSignature\nsubjectKeyIdentifier=hash\n"
                "basicConstraints=critical,CA:FALSE\n")
            tree = f"{folder}/state/ssca/defaultca/intermediate/private/intermediate.keynopw.pem"
            leaf = run("openssl", "x509", "-req", "-in", request, "-CA", f"{folder}/intermediate.pem", "-CAkey", tree,
                       "-extfile", extensions, "-days", "1", "-CAcreateserial")
            self.assertIn("permitted subtree violation", authority.openssl(leaf, "sslserver", False))
            self.assertIsNotNone(authority.python(leaf, "sslserver", x509.DNSName("evil.example.com")))


class Requests(unittest.TestCase):
    def test_requests_of_openssl_are_signed_and_only_their_key_counts(self):
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority({}, folder)
            for form in ["PEM", "DER"]:
                path = f"{folder}/request"
                run("openssl", "req", "-new", "-newkey", "rsa:2048", "-noenc", "-keyout", f"{folder}/key.pem", "-out",
                    path, "-outform", form, "-subj", "/CN=root", "-addext", "basicConstraints=critical,CA:TRUE",
                    "-addext", "subjectAltName=DNS:wished.example.org,URI:vc3://admin/root")
                chain = authority("sign", path, "host/a.example.org", "--name", "10.1.2.3")
                leaf = x509.load_pem_x509_certificates(chain.encode())[0]
                names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
                self.assertEqual(names.get_values_for_type(x509.DNSName), ["a.example.org"])
                self.assertEqual(names.get_values_for_type(x509.UniformResourceIdentifier), ["vc3://host/a.example.org"])
                self.assertIsNone(authority.python(chain, "sslserver", x509.DNSName("a.example.org")))
                authority.openssl(chain, "sslserver")
                wished = authority("sign", path, "host/a.example.org", "--names-from-request")
                names = x509.load_pem_x509_certificates(wished.encode())[0].extensions.get_extension_for_class(
                    x509.SubjectAlternativeName).value
                self.assertEqual(names.get_values_for_type(x509.DNSName), ["a.example.org", "wished.example.org"])
                self.assertEqual(names.get_values_for_type(x509.UniformResourceIdentifier), ["vc3://host/a.example.org"])

    def test_weak_and_broken_requests_are_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority({}, folder)
            index = f"{folder}/state/ssca/defaultca/intermediate/index.txt"
            weak = run("openssl", "req", "-new", "-newkey", "rsa:1024", "-noenc", "-keyout", f"{folder}/key.pem", "-subj",
                       "/CN=x")
            self.assertIn("RSA key of under 2048 bits", authority("sign", "-", "user/ana", feed=weak, fails=True))
            odd = run("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-521", "-noenc", "-keyout",
                      f"{folder}/key.pem", "-subj", "/CN=x")
            self.assertIn("P-521", authority("sign", "-", "user/ana", feed=odd, fails=True))
            for text in ["", "nonsense", weak[:200], weak.replace("REQUEST", "THING")]:
                authority("sign", "-", "user/ana", feed=text, fails=True)
            authority("sign", "/nonexistent", "user/ana", fails=True)
            self.assertFalse(os.path.exists(index))


class Connections(unittest.TestCase):
    def test_curl_with_a_client_certificate_reaches_a_server_of_openssl(self):
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority({}, folder)
            files = {"server.pem": ("hostcert", "--fullchain", "localhost"), "server.key": ("hostkey", "localhost"),
                     "client.pem": ("usercert", "--fullchain", "ana"), "client.key": ("userkey", "ana")}
            for name, command in files.items():
                authority.write(name, authority(*command))
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            server = subprocess.Popen(
                ["openssl", "s_server", "-accept", str(port), "-www", "-quiet", "-cert", f"{folder}/server.pem", "-cert_chain",
                 f"{folder}/server.pem", "-key", f"{folder}/server.key", "-CAfile", f"{folder}/root.pem", "-Verify", "2",
                 "-verify_return_error"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                for _ in range(200):
                    with socket.socket() as probe:
                        if probe.connect_ex(("127.0.0.1", port)) == 0:
                            break
                    time.sleep(0.05)
                url = ["curl", "--silent", "--show-error", "--fail", "--cacert", f"{folder}/root.pem",
                       f"https://localhost:{port}/"]
                client = ["--cert", f"{folder}/client.pem", "--key", f"{folder}/client.key"]
                self.assertIn("Verify return code: 0 (ok)", run(*url, *client))
                run(*url, fails=True)
                other = ["--cert", f"{folder}/server.pem", "--key", f"{folder}/server.key"]
                run(*url, *other)
                run(*url[:-1], f"https://127.0.0.1:{port}/", *client, fails=True)
            finally:
                server.kill()
                server.wait()


class Listing(unittest.TestCase):
    def test_list_is_the_records(self):
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority({}, folder)
            certificate = x509.load_pem_x509_certificate(authority("hostcert", "a.example.org").encode())
            user = x509.load_pem_x509_certificate(authority("usercert", "ana").encode())
            authority("revoke", "%X" % user.serial_number)
            host, revoked = json.loads(authority("list", "--output", "json"))
            self.assertEqual((host["serial"], host["status"], host["identity"]),
                             ("%X" % certificate.serial_number, "valid", "host/a.example.org"))
            self.assertEqual((revoked["status"], revoked["identity"]), ("revoked", "user/ana"))
            end = datetime.datetime.fromisoformat(host["notAfter"].replace("Z", "+00:00"))
            self.assertEqual(end, certificate.not_valid_after_utc)


if __name__ == "__main__":
    print(f"credible: SEED={SEED}", flush=True)
    unittest.main()
