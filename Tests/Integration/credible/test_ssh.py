"""OpenSSH certificates of `credible`, read by ssh-keygen and used for a login between a real ssh and a real sshd."""
import getpass
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import unittest

from authority import Authority, run


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Certificates(unittest.TestCase):
    def test_ssh_keygen_reads_certificates_of_every_kind_of_key_by_every_kind_of_authority(self):
        for authority_type in [("ed25519", None), ("rsa", 2048), ("ecdsa", 256), ("ecdsa", 384)]:
            with tempfile.TemporaryDirectory() as folder:
                lines = f"[credible-ssh]\nkeytype = {authority_type[0]}\n"
                lines += f"bitlength = {authority_type[1]}\n" if authority_type[1] else ""
                authority = Authority({}, folder)
                authority.write("credible.conf", f"[credible]\nvardir = {folder}/state\n" + lines)
                ca = run("ssh-keygen", "-l", "-f", authority.write("ca.pub", authority("ssh-sign", "--user", "--authority")))
                self.assertEqual(ca.split()[0], str(authority_type[1] or 256))
                self.assertTrue(ca.strip().endswith(f"({authority_type[0].upper()})"), ca)
                for number, kind in enumerate(["ed25519", "rsa", "ecdsa"]):
                    key = f"{folder}/key{number}"
                    run("ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "a comment", "-f", key)
                    text = authority("ssh-sign", "--user", "--lifetime", "8", "--identifier", "login of ana", "ana,root",
                                     f"{key}.pub")
                    read = run("ssh-keygen", "-L", "-f", authority.write(f"key{number}-cert.pub", text))
                    self.assertIn("user certificate", read)
                    self.assertIn(ca.split()[1], read)
                    self.assertIn('Key ID: "login of ana"', read)
                    self.assertEqual(re.search(r"Principals:\s+(.*?)\s+Critical", read, re.S)[1].split(), ["ana", "root"])
                    self.assertRegex(read, r"Serial: [1-9]\d*")
                    begin, end = re.search(r"from (\S+) to (\S+)", read).groups()
                    seconds = [time.mktime(time.strptime(moment, "%Y-%m-%dT%H:%M:%S")) for moment in (begin, end)]
                    self.assertEqual(seconds[1] - seconds[0], 8 * 3600 + 60)
                log = authority.read("state/ssca/defaultca/ssh/index.txt").splitlines()
                self.assertEqual(len({line.split("\t")[3] for line in log}), 3)

    def test_nonsense_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority({}, folder)
            key = f"{folder}/key"
            run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
            for arguments in [("--user", ",", f"{key}.pub"), ("--user", "ana", key), ("--user", "ana", "/nonexistent"),
                              ("--user", "../ana", f"{key}.pub"), ("--user", "--host", "ana", f"{key}.pub"),
                              ("ana", f"{key}.pub"), ("--user", "--lifetime", "0", "ana", f"{key}.pub")]:
                authority("ssh-sign", *arguments, fails=True)


@unittest.skipUnless(os.path.exists("/usr/sbin/sshd"), "there is no sshd")
class Login(unittest.TestCase):
    def test_certificates_open_both_ends_of_a_login(self):
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority({}, folder)
            user = getpass.getuser()
            for name in ["host", "user"]:
                run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{folder}/{name}")
            authority.write("host-cert.pub", authority("ssh-sign", "--host", "localhost", f"{folder}/host.pub"))
            authority.write("ca.pub", authority("ssh-sign", "--user", "--authority"))
            authority.write("known_hosts", "@cert-authority * " + authority("ssh-sign", "--host", "--authority"))
            port = free_port()
            if os.geteuid() == 0:
                os.makedirs("/run/sshd", exist_ok=True)
            configuration = authority.write("sshd_config", "\n".join([
                "ListenAddress 127.0.0.1", f"Port {port}", f"HostKey {folder}/host", "PidFile none", "StrictModes no",
                f"HostCertificate {folder}/host-cert.pub", f"TrustedUserCAKeys {folder}/ca.pub", "UsePAM no",
                "AuthorizedKeysFile none", "PermitRootLogin yes", "PasswordAuthentication no",
                "KbdInteractiveAuthentication no", f"RevokedKeys {folder}/revoked"]) + "\n")
            authority("ssh-revoke", "--list", f"{folder}/revoked")
            server = subprocess.Popen(["/usr/sbin/sshd", "-D", "-f", configuration, "-E", f"{folder}/log"])
            try:
                for _ in range(200):
                    with socket.socket() as probe:
                        if probe.connect_ex(("127.0.0.1", port)) == 0:
                            break
                    time.sleep(0.05)
                login = ["ssh", "-F", "none", "-p", str(port), "-i", f"{folder}/user", "-o", "IdentitiesOnly=yes", "-o",
                         "BatchMode=yes", "-o", f"UserKnownHostsFile={folder}/known_hosts", "-o",
                         "GlobalKnownHostsFile=none", "-o", "StrictHostKeyChecking=yes", f"{user}@localhost", "echo", "in"]
                # Nobody put the key on the server: without a certificate there is no way in.
                self.assertIn("Permission denied", run(*login, fails=True))
                authority.write("user-cert.pub", authority("ssh-sign", "--user", user, f"{folder}/user.pub"))
                self.assertEqual(run(*login).strip(), "in")
                self.taken_back(authority, user, login)
                authority.write("user-cert.pub", authority("ssh-sign", "--user", "somebody-else", f"{folder}/user.pub"))
                self.assertIn("Permission denied", run(*login, fails=True))
                # A host's certificate is none of a user, and the other way round.
                shutil.copy(f"{folder}/user.pub", f"{folder}/copy.pub")
                authority.write("user-cert.pub", authority("ssh-sign", "--host", user, f"{folder}/copy.pub"))
                self.assertIn("Permission denied", run(*login, fails=True))
                authority.write("known_hosts", "")
                self.assertIn("Host key verification failed", run(*login, fails=True))
            finally:
                server.kill()
                server.wait()

    def taken_back(self, authority, user, login):
        """The one certificate is refused, by sshd and by ssh-keygen; another for the same key is not."""
        folder = authority.folder
        first = authority.read("user-cert.pub")
        serial = re.search(r"Serial: (\d+)", run("ssh-keygen", "-L", "-f", f"{folder}/user-cert.pub"))[1]
        for _ in range(2):
            authority("ssh-revoke", serial, "--list", f"{folder}/revoked")
        self.assertIn("Permission denied", run(*login, fails=True))
        self.assertIn("revoked by file", authority.read("log"))
        self.assertIn(f"serial: {serial}", run("ssh-keygen", "-Q", "-l", "-f", f"{folder}/revoked"))
        authority.write("old-cert.pub", first)
        self.assertIn("REVOKED", run("ssh-keygen", "-Q", "-f", f"{folder}/revoked", f"{folder}/old-cert.pub", fails=True))
        authority.write("user-cert.pub", authority("ssh-sign", "--user", user, f"{folder}/user.pub"))
        self.assertEqual(run(*login).strip(), "in")
        run("ssh-keygen", "-Q", "-f", f"{folder}/revoked", f"{folder}/host-cert.pub")
        self.assertIn("has signed no SSH key", authority("ssh-revoke", "1", "--list", f"{folder}/revoked", fails=True))
        self.assertIn("cannot write", authority("ssh-revoke", "--list", "/nonexistent/list", fails=True))


if __name__ == "__main__":
    unittest.main()
