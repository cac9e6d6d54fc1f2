"""The files of `credible` when processes race, are killed, disks are full, modes are wrong and keys are sealed."""
import os
import pty
import random
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from authority import CREDIBLE, Authority, run

HOSTS = 500


class Races(unittest.TestCase):
    def test_two_processes_and_kills_among_them(self):
        """Two issue 500 certificates each. They are killed at random moments and started again until both have finished."""
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority({}, folder)
            tree = f"{folder}/state/ssca/defaultca"
            queues = []
            for number in range(2):
                names = [f"n{number}-{host}.example.org" for host in range(HOSTS)]
                # Short lists, so that the two take turns often.
                queues.append([authority.write(f"{number}.{start}", "\n".join(names[start:start + 25]))
                               for start in range(0, HOSTS, 25)])
            running, kills = {}, 0
            while queues[0] or queues[1] or running:
                for number, queue in enumerate(queues):
                    if number not in running and queue:
                        running[number] = subprocess.Popen(
                            [CREDIBLE, "-c", f"{folder}/credible.conf", "hostcerts", queue[0]],
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                time.sleep(random.uniform(0, 0.2))
                for number, process in list(running.items()):
                    if process.poll() is None:
                        if kills < 30 and random.random() < 0.5:
                            process.kill()
                            kills += 1
                        else:
                            continue
                    status, errors = process.wait(), process.stderr.read()
                    process.stderr.close()
                    self.assertIn(status, (0, -signal.SIGKILL), errors)
                    if status == 0:
                        queues[number].pop(0)
                    del running[number]
            self.assertGreater(kills, 5)
            lines = authority.read("state/ssca/defaultca/intermediate/index.txt").splitlines()
            serials = [line.split("\t")[3] for line in lines if line.count("\t") == 5]
            self.assertEqual(len(serials), len(set(serials)))
            self.assertGreaterEqual(len(serials), 2 * HOSTS)
            issued = {name[:-4] for name in os.listdir(f"{tree}/intermediate/newcerts")}
            self.assertLessEqual(issued, set(serials))
            for number in range(2):
                for host in range(HOSTS):
                    path = f"{tree}/intermediate/certs/n{number}-{host}.example.org.cert.pem"
                    # One file by two names: what is in use is what was recorded.
                    self.assertEqual(os.stat(path).st_nlink, 2)
            self.sample(authority, tree)
            authority("crl")
            self.assertEqual(os.listdir(f"{tree}/.unfinished"), [])

    def sample(self, authority, tree):
        for _ in range(20):
            host = f"n{random.randrange(2)}-{random.randrange(HOSTS)}.example.org"
            with open(f"{tree}/intermediate/certs/{host}.cert.pem") as file:
                authority.openssl(file.read(), "sslserver", more=("-verify_hostname", host))
            of_key = run("openssl", "pkey", "-pubout", "-in", f"{tree}/intermediate/private/{host}.keynopw.pem")
            of_certificate = run("openssl", "x509", "-pubkey", "-noout", "-in",
                                 f"{tree}/intermediate/certs/{host}.cert.pem")
            self.assertEqual(of_key, of_certificate)


@unittest.skipUnless(os.geteuid() == 0, "only root can mount")
class FullDisks(unittest.TestCase):
    def test_what_does_not_fit_is_refused_whole(self):
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority({}, folder)
            shutil.move(f"{folder}/state", f"{folder}/kept")
            os.mkdir(f"{folder}/state")
            run("mount", "-t", "tmpfs", "-o", "size=400k,mode=700", "tmpfs", f"{folder}/state")
            try:
                shutil.copytree(f"{folder}/kept", f"{folder}/state", dirs_exist_ok=True)
                message = None
                for number in range(200):
                    before = self.content(f"{folder}/state")
                    outcome = subprocess.run([CREDIBLE, "-c", f"{folder}/credible.conf", "hostcert", f"h{number}"],
                                             capture_output=True, text=True)
                    if outcome.returncode != 0:
                        message = outcome
                        break
                self.assertIsNotNone(message, "the disk never filled up")
                self.assertEqual(message.returncode, 1)
                self.assertIn("No space left on device", message.stderr)
                self.assertEqual(message.stdout, "")
                self.assertEqual(self.content(f"{folder}/state"), before)
                authority("certchain")
                os.remove(f"{folder}/state/ssca/defaultca/intermediate/certs/h0.cert.pem")
                os.remove(f"{folder}/state/ssca/defaultca/intermediate/private/h0.keynopw.pem")
                for number in range(1, 12):
                    os.remove(f"{folder}/state/ssca/defaultca/intermediate/private/h{number}.keynopw.pem")
                authority.openssl(authority("hostcert", f"h{number}"), "sslserver")
            finally:
                run("umount", f"{folder}/state")

    @staticmethod
    def content(folder):
        found = {}
        for parent, _, names in os.walk(folder):
            for name in names:
                with open(os.path.join(parent, name), "rb") as file:
                    found[os.path.join(parent, name)] = file.read()
        return found


class Modes(unittest.TestCase):
    def test_keys_that_others_could_read_are_closed_and_said(self):
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority({}, folder)
            key = f"{folder}/state/ssca/defaultca/intermediate/private/intermediate.keynopw.pem"
            os.chmod(key, 0o644)
            outcome = subprocess.run([CREDIBLE, "-c", f"{folder}/credible.conf", "certchain"], capture_output=True, text=True)
            self.assertIn("warning: others could read", outcome.stderr)
            self.assertEqual(outcome.stdout, authority("certchain"))
            self.assertEqual(os.stat(key).st_mode & 0o777, 0o600)

    @unittest.skipUnless(os.geteuid() == 0, "only root can become somebody else")
    def test_files_that_are_not_ours_are_named(self):
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority({}, folder)
            os.chmod(folder, 0o755)
            program = shutil.copy(CREDIBLE, f"{folder}/credible")
            os.chmod(program, 0o755)
            stranger = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program, "-c"]
            text = run(*stranger, f"{folder}/credible.conf", "certchain", fails=True)
            self.assertIn(f"{folder}/state", text)
            self.assertIn("Permission denied", text)
            os.chmod(f"{folder}/credible.conf", 0o600)
            self.assertIn("credible.conf", run(*stranger, f"{folder}/credible.conf", "certchain", fails=True))
            authority("certchain")


class Memory(unittest.TestCase):
    def test_nothing_touches_the_disk(self):
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/c"
            with open(path, "w") as file:
                file.write("[credible]\nstorageplugin = Memory\n")
            trace = f"{folder}/trace"
            command = [CREDIBLE, "-c", path, "hostcert", "a.example.org"]
            if shutil.which("strace"):
                command = ["strace", "-f", "-e", "trace=file", "-o", trace] + command
            outcome = subprocess.run(command, capture_output=True, text=True, cwd=folder)
            self.assertEqual(outcome.returncode, 0, outcome.stderr)
            self.assertIn("storageplugin = Memory: nothing is kept", outcome.stderr)
            self.assertTrue(outcome.stdout.startswith("-----BEGIN CERTIFICATE-----"))
            self.assertEqual([name for name in os.listdir(folder) if name != "trace"], ["c"])
            if os.path.exists(trace):
                with open(trace) as file:
                    writes = [line for line in file if "O_CREAT" in line or "mkdir(" in line or "rename" in line]
                self.assertEqual(writes, [])


class Sealed(unittest.TestCase):
    PASSPHRASE = "correct horse battery staple"

    def test_sealed_keys_are_openssls_and_need_the_passphrase(self):
        with tempfile.TemporaryDirectory() as folder:
            secret = self.passphrase_file(folder, self.PASSPHRASE)
            authority = Authority({"keypassphrase": f"file:{secret}"}, folder)
            authority.openssl(authority("hostcert", "a.example.org"), "sslserver")
            private = f"{folder}/state/ssca/defaultca/intermediate/private"
            self.assertIn("intermediate.key.pem", os.listdir(private))
            self.assertNotIn("intermediate.keynopw.pem", os.listdir(private))
            key = f"{private}/intermediate.key.pem"
            public = run("openssl", "pkey", "-in", key, "-passin", f"file:{secret}", "-pubout")
            self.assertEqual(public, run("openssl", "x509", "-pubkey", "-noout", "-in", f"{folder}/intermediate.pem"))
            self.passphrase_file(folder, "wrong")
            before = authority("hostcert", "a.example.org")
            self.assertIn("does not open", authority("hostcert", "b.example.org", fails=True))
            self.assertEqual(authority("hostcert", "a.example.org"), before)
            os.chmod(secret, 0o644)
            self.assertIn("chmod 600", authority("hostcert", "b.example.org", fails=True))
            os.remove(secret)
            self.assertIn(secret, authority("hostcert", "b.example.org", fails=True))

    def test_init_seals_an_authority_that_is_not(self):
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority({}, folder)
            before = authority("hostcert", "a.example.org")
            self.passphrase_file(folder, self.PASSPHRASE)
            authority.write("credible.conf", f"[credible]\nvardir = {folder}/state\n[credible-ssca]\n"
                                             "keypassphrase = credential:passphrase\n")
            environment = {**os.environ, "CREDENTIALS_DIRECTORY": folder}
            subprocess.run([CREDIBLE, "-c", f"{folder}/credible.conf", "init"], env=environment, check=True,
                           stdout=subprocess.DEVNULL)
            for level in ["root", "intermediate"]:
                names = os.listdir(f"{folder}/state/ssca/defaultca/{level}/private")
                self.assertIn(f"{level}.key.pem", names)
                self.assertNotIn(f"{level}.keynopw.pem", names)
            self.assertEqual(authority("hostcert", "a.example.org"), before)
            self.assertIn("CREDENTIALS_DIRECTORY", authority("hostcert", "b.example.org", fails=True))

    def test_prompt_asks_at_the_terminal_without_echo(self):
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/c"
            with open(path, "w") as file:
                file.write(f"[credible]\nvardir = {folder}/state\n[credible-ssca]\nkeypassphrase = prompt\n")
            child, terminal = pty.fork()
            if child == 0:
                os.execv(CREDIBLE, [CREDIBLE, "-c", path, "init"])
            shown = b""
            while b"Passphrase" not in shown:
                shown += os.read(terminal, 1024)
            os.write(terminal, self.PASSPHRASE.encode() + b"\n")
            try:
                while chunk := os.read(terminal, 1024):
                    shown += chunk
            except OSError:
                pass
            self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0, shown)
            os.close(terminal)
            self.assertNotIn(self.PASSPHRASE.encode(), shown)
            key = f"{folder}/state/ssca/defaultca/root/private/root.key.pem"
            run("openssl", "pkey", "-noout", "-in", key, "-passin", f"pass:{self.PASSPHRASE}")

    def passphrase_file(self, folder, text):
        path = f"{folder}/passphrase"
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text + "\n")
        return path


class Terminal(unittest.TestCase):
    def list(self, authority, columns, **environment):
        import fcntl
        import struct
        import termios
        primary, secondary = pty.openpty()
        fcntl.ioctl(secondary, termios.TIOCSWINSZ, struct.pack("HHHH", 25, columns, 0, 0))
        process = subprocess.Popen([CREDIBLE, "-c", f"{authority.folder}/credible.conf", "list"], stdout=secondary,
                                   env={**os.environ, "TERM": "xterm", **environment})
        os.close(secondary)
        text = b""
        try:
            while chunk := os.read(primary, 65536):
                text += chunk
        except OSError:
            pass
        process.wait()
        os.close(primary)
        return text.decode()

    def test_table_fits_and_colours_are_for_terminals(self):
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority({"lifetime": "2h"}, folder)
            authority("hostcert", "a-host-with-a-rather-long-name.in-some-department.example.org")
            shown = self.list(authority, 70)
            self.assertIn("\x1b[33m", shown)
            self.assertLessEqual(max(len(line.replace("\x1b[33m", "").replace("\x1b[0m", ""))
                                     for line in shown.splitlines()), 70)
            self.assertIn("…", shown)
            self.assertNotIn("\x1b", self.list(authority, 70, NO_COLOR="1"))
            self.assertNotIn("…", self.list(authority, 200))
            self.assertNotIn("\x1b", authority("list"))


if __name__ == "__main__":
    unittest.main()
