#!/usr/bin/env python3
"""`vc3-factory` with the admin guide's files, unchanged, where the guide has them; with broken ones; and with defaults that change
while it runs. Needs root, for file systems of its own over /etc, /home, /usr/share and /var/lib."""
import os
import re
import subprocess
import tempfile

from parts import PROGRAMS, Parts

GUIDE = os.path.join(os.path.dirname(__file__), "../../FactorySettingsTests/Fixtures")


def text(name):
    with open(f"{GUIDE}/{name}") as file:
        return file.read()


def as_installed(parts, command, **files):
    """Runs it on a machine that has these files, and the worker bundle, where the guide has them."""
    places = {"autopyfactory": "/etc/autopyfactory/autopyfactory.conf", "defaults": "/etc/autopyfactory/vc3defaults.conf",
              "queues": "/etc/autopyfactory/queues.conf", "client": "/etc/vc3/vc3-client.conf",
              "auth": "/etc/autopyfactory/auth.conf", "monitor": "/etc/autopyfactory/monitor.conf",
              "mappings": "/etc/autopyfactory/mappings.conf"}
    steps = ["set -e", "mount --make-rprivate /"]
    for number, folder in enumerate(["/etc", "/home", "/usr/share", "/var/lib"]):
        own = f"{parts.folder}/over/{number}"
        steps += [f"mkdir -p {own}", f"mount -t tmpfs over {own}", f"mkdir {own}/upper {own}/work",
                  f"mount -t overlay over -o lowerdir={folder},upperdir={own}/upper,workdir={own}/work {folder}"]
    steps += [f"install -D {parts.bundle} /usr/share/vc3/vc3-worker.tar.gz"]
    for name, content in files.items():
        steps += [f"install -D {parts.write('installed-' + name, content)} {places[name]}"]
    return subprocess.Popen(
        ["unshare", "--mount", "bash", "-c", "\n".join(steps + [f"exec {command}"])], stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True)


def check(parts, **files):
    process = as_installed(parts, f"{PROGRAMS}/autopyfactory --check-config", **files)
    output = process.communicate(timeout=60)[0]
    return process.returncode, output


def replace(process, file, content):
    """In one step, so that nobody reads half of it."""
    subprocess.run(
        ["nsenter", "--target", str(process.pid), "--mount", "sh", "-c", 'cat > "$0.new" && mv "$0.new" "$0"', file],
        input=content, text=True, check=True)


def spoilt(content, section, line):
    """With this line in place of that of its key, or at the beginning of the section."""
    key = line.partition(" = ")[0]
    changed = re.sub(rf"(?m)^{re.escape(key)} *=.*$", lambda _: line, content)
    return changed if changed != content else content.replace(f"[{section}]", f"[{section}]\n{line}", 1)


def client(parts):
    # A factory's own client configuration; the guide has its [netcomm] with logLevel.
    with open(f"{parts.folder}/factory.conf") as file:
        return file.read().split("[Factory]")[0] + "logLevel = warn\n"


def main():
    if os.geteuid() != 0:
        print("factory files: needs root; left out")
        return
    with tempfile.TemporaryDirectory(prefix="vc3-integration.") as folder:
        parts = Parts(folder)
        good = {"autopyfactory": text("autopyfactory.conf"), "defaults": text("vc3defaults.conf"), "client": client(parts)}
        code, output = check(parts, **good)
        assert (code, output) == (0, "the configuration is fine\n"), output
        # It runs, and ends in order.
        process = None
        try:
            parts.start("infoservice")
            quick = good["autopyfactory"].replace("config.reconfig.interval = 30", "config.reconfig.interval = 1")
            process = as_installed(parts, f"{PROGRAMS}/vc3-factory", **{**good, "autopyfactory": quick})
            seen = ""
            while "factory starts" not in seen:
                line = process.stdout.readline()
                assert line, seen
                seen += line
            # Changed defaults are taken over; a file with an error is told, and changes nothing.
            for line, words in [("schedplugin = KeepNRuning", "what it said before holds"), ("schedplugin = Null", "took over")]:
                replace(process, "/etc/autopyfactory/vc3defaults.conf", f"[DEFAULT]\n{line}\n")
                while words not in seen:
                    read = process.stdout.readline()
                    assert read, seen
                    seen += read
            process.terminate()
            seen += process.communicate(timeout=30)[0]
            assert process.returncode == 0 and "ended in order" in seen, seen
        finally:
            if process:
                process.kill()
            parts.stop()
        # One bad line in each file: its place, its key, and what is allowed.
        queue = "[my-queue]\nenabled = True\nexecutable = /bin/true\nbatchsubmitplugin = CondorLocal\n"
        good |= {"queues": queue, "auth": "[p]\nplugin = Noop\n", "monitor": "[dummy-monitor]\nmonitorplugin = Dummy\n",
                 "mappings": "[SLURMBATCHSTATUS-JOBSTATUS2INFO]\nPENDING = pending\n"}
        code, output = check(parts, **good)
        assert (code, output) == (0, "the configuration is fine\n"), output
        for name, section, line, words in [
            ("autopyfactory", "Factory", "cycles = soon", r"autopyfactory\.conf:\d+: error: \[Factory\] cycles = 'soon'.*whole number"),
            ("autopyfactory", "Factory", "no equals sign", r"autopyfactory\.conf:\d+: error: "),
            ("defaults", "DEFAULT", "sched.maxpending.maximum = -1", r"vc3defaults\.conf:\d+: error: .*maximum = '-1'.*whole number"),
            ("defaults", "DEFAULT", "schedplugin = KeepNRuning", r"vc3defaults\.conf:\d+: error: .*KeepNRuning.*KeepNRunning"),
            ("client", "netcomm", "httpsport = none", r"vc3-client\.conf:\d+: error: .*httpsport = 'none'.*65535"),
            ("queues", "my-queue", "enabled = perhaps", r"queues\.conf:2: error: \[my-queue\] enabled = 'perhaps'.*yes or no"),
            ("queues", "my-queue", "batchsubmit.condorlocal.condor_attributes = a=\\",
             r"queues\.conf:2: error: \[my-queue\] batchsubmit\.condorlocal\.condor_attributes cannot be submitted: .*backslash"),
            ("queues", "my-queue", "batchsubmitplugin = Local\nexecutable.arguments = $ENV(VC3_NOWHERE)",
             r"queues\.conf:5: error: \[my-queue\] executable\.arguments uses \$ENV\(VC3_NOWHERE\).*give a variable that is"),
            ("mappings", "SLURMBATCHSTATUS-JOBSTATUS2INFO", "PENDNG = held",
             r"mappings\.conf:2: error: \[SLURM\S*\] 'PENDNG' is no state of Slurm; give one of .*PENDING"),
            ("mappings", "SLURMBATCHSTATUS-JOBSTATUS2INFO", "PENDING = hold",
             r"mappings\.conf:2: error: .*PENDING = 'hold' is not allowed; give one of pending, running, done, held"),
            ("auth", "p", "plugin = Kerberos", r"auth\.conf:2: error: \[p\] plugin = 'Kerberos'.*one of SSH, X509"),
            ("monitor", "dummy-monitor", "monitorplugin = Loud", r"monitor\.conf:2: error: .*monitorplugin = 'Loud'.*Dummy, APF"),
        ]:
            code, output = check(parts, **{**good, name: spoilt(good[name], section, line)})
            assert code == 1 and re.search(words, output), output
        # The same key, or section, twice.
        for name, more, words in [("autopyfactory", "cycles = 1\n", r"autopyfactory\.conf:\d+: error: \[Factory\] cycles is given in line"),
                                  ("queues", queue, r"queues\.conf:5: error: section \[my-queue\] has begun in line 1 already")]:
            code, output = check(parts, **{**good, name: good[name] + "\n" * (name != "queues") + more})
            assert code == 1 and re.search(words, output), output
        # A name that leads nowhere may lead somewhere later.
        code, output = check(parts, **{**good, "queues": queue + "monitorsection = tow\n"})
        assert code == 0 and re.search(r"queues\.conf:5: warning: \[my-queue\] monitorsection names 'tow'", output), output
        code, output = check(parts, **{**good, "queues": queue})
        assert (code, output) == (0, "the configuration is fine\n"), output
        code, output = check(parts, autopyfactory=good["autopyfactory"])
        assert code == 1 and "/etc/vc3/vc3-client.conf" in output, output
    print("factory files: the guide's run as they are; what is wrong in one is told with its place")


if __name__ == "__main__":
    main()
