#!/usr/bin/env python3
"""Queues of files that run: pilots of any program, changed while the factory runs, through errors in the file and a kill, until the
section is gone and nothing is left of them."""
import glob
import os
import re
import signal
import tempfile
import time

from parts import Parts

PROGRAM = """#!/bin/sh
trap 'exit 0' TERM
echo "$FACTORYQUEUE $FACTORYUSER $*" >"%(out)s/$$"
while [ ! -e "%(out)s/end" ]; do sleep 0.2; done
rm -f "%(out)s/$$"
"""


def section(name, program, running, more=""):
    return (f"[{name}]\nenabled = True\nexecutable = {program}\nexecutable.arguments = \"--queue 'a b' $(Process)\"\n"
            f"batchsubmitplugin = Local\nschedplugin = KeepNRunning\nsched.keepnrunning.keep_running = {running}\n"
            f"apfqueue.sleep = 1\n{more}")


def main():
    with tempfile.TemporaryDirectory(prefix="vc3-integration.") as folder:
        os.environ["HOME"] = folder
        out = f"{folder}/out"
        os.makedirs(out)
        parts = Parts(folder)
        program = parts.write("program", PROGRAM % {"out": out})
        os.chmod(program, 0o755)
        parts.configure(factory="", infoservice="")
        with open(f"{folder}/factory.conf", "a") as file:
            file.write("factoryId = TEST\nconfig.queues.plugin = File\nconfig.reconfig = True\nconfig.reconfig.interval = 30\n"
                       f"queueConf = {folder}/queues.conf\nconfig.queues.vc3.defaultsfile = {folder}/none.conf\n"
                       f"mappingsConf = {folder}/mappings.conf\nmonitorConf = {folder}/monitor.conf\n"
                       "abort_no_queues = True\nfactory.sleep = 1\n")
        parts.write("monitor.conf", "[watcher]\nmonitorplugin = Dummy\n")

        def running(queue):
            lines = []
            for file in glob.glob(f"{out}/[0-9]*"):
                try:
                    with open(file) as content:
                        lines.append(content.read().strip())
                except FileNotFoundError:
                    pass
            return [line for line in lines if line.startswith(queue + " ")]

        told = "monitorsection = watcher\n"
        try:
            parts.write("queues.conf", section("one", program, 2, told) + section("two", program, 1))
            parts.start("infoservice", "factory")
            parts.wait_for(lambda: len(running("one")) == 2 and len(running("two")) == 1, "the pilots do not run", 120)
            assert running("one")[0] == "one autopyfactory --queue a b 0", running("one")
            # What a word means follows its file; an error in that, or no file any more, changes nothing.
            def meaning(line):
                parts.write("mappings.conf", f"[LOCALBATCHSTATUS-JOBSTATUS2INFO]\n{line}\n")
            meaning("RUNING = pending")
            parts.says("factory", r"mappings\.conf:2: error: \[LOCAL\S*\] 'RUNING' is no state of [^;]*; give one of STARTING, RUNNING")
            meaning("RUNNING = pending")
            parts.says("factory", r"took over[^\n]*mappings\.conf|mappings\.conf[^\n]*took over")
            os.remove(f"{folder}/mappings.conf")
            parts.says("factory", r"cannot read configuration file '\S*mappings\.conf'")
            # One that lacks pilots gets them; what is not touched stays as it is.
            two = set(glob.glob(f"{out}/[0-9]*"))
            parts.write("queues.conf", section("one", program, 3, told) + section("two", program, 1))
            parts.wait_for(lambda: len(running("one")) == 3, "a changed section is not taken over")
            assert two <= set(glob.glob(f"{out}/[0-9]*")), "pilots of an untouched queue were ended"
            parts.says("factory", "changed=one")
            parts.wait_for(lambda: counts(parts) == "pending=3 running=0", "a changed meaning does not count", 120)
            parts.write("mappings.conf", "# none\n")
            parts.wait_for(lambda: counts(parts) == "pending=0 running=3", "the former meaning does not count again", 120)
            # An error changes nothing, and is told with its place.
            parts.write("queues.conf", section("one", program, "many") + section("two", program, 1))
            parts.says("factory", r"queues\.conf:7: error: \[one\] sched\.keepnrunning\.keep_running = 'many'")
            assert len(running("one")) == 3
            # So does a file that is gone.
            os.rename(f"{folder}/queues.conf", f"{folder}/hidden.conf")
            parts.says("factory", r"queues\.conf[^\n]*(cannot be read|is not there|does not exist|No such file)")
            assert len(running("one")) == 3 and len(running("two")) == 1
            # Killed, and started again with another file: it knows its pilots, and submits none twice.
            before = set(glob.glob(f"{out}/[0-9]*"))
            parts.kill("factory")
            parts.write("queues.conf", section("one", program, 4) + section("two", program, 1))
            parts.start("factory")
            parts.wait_for(lambda: len(running("one")) == 4, "the factory does not go on", 120)
            assert before <= set(glob.glob(f"{out}/[0-9]*")) and len(running("two")) == 1
            # Too many, not peacefully: cancelled.
            hard = "batchsubmit.local.overlay.peaceful = False\n"
            parts.write("queues.conf", section("one", program, 1, hard) + section("two", program, 1))
            parts.wait_for(lambda: parts_alive(folder) == 2, "what is too many is not ended")
            # A section that goes ends its pilots as it said; one that comes gets them.
            parts.write("queues.conf", section("three", program, 1) + section("two", program, 1))
            parts.wait_for(lambda: len(running("three")) == 1 and parts_alive(folder) == 2, "the sections are not taken over")
            # Peacefully: they finish what they have.
            parts.write("queues.conf", "# none\n")
            parts.says("factory", 'removed="three, two"')
            time.sleep(2)
            assert len(running("two")) == 1 and len(running("three")) == 1, "pilots that may finish were ended"
            with open(f"{out}/end", "w"):
                pass
            process = parts.processes["factory"]
            process.wait(60)
            parts.processes.pop("factory")
            assert process.returncode == 0 and "abort_no_queues" in parts.log("factory"), parts.log("factory")
            assert not glob.glob(f"{folder}/.vc3/*/*/pilots/*"), "files of pilots are left"
            # An Infoservice that does not answer does not keep it from ending in order.
            parts.write("queues.conf", section("four", program, 1))
            os.remove(f"{out}/end")
            parts.start("factory")
            parts.wait_for(lambda: len(running("four")) == 1, "the pilot does not run", 120)
            parts.signal("infoservice", signal.SIGSTOP)
            parts.signal("factory", signal.SIGTERM)
            try:
                code = parts.processes.pop("factory").wait(60)
            finally:
                parts.signal("infoservice", signal.SIGCONT)
            assert code == 0, parts.log("factory")
        finally:
            with open(f"{out}/end", "w"):
                pass
            parts.stop()
    print("file queues: sections come, change and go while the factory runs; errors and a kill change nothing")


def counts(parts):
    """What the monitor was told last."""
    return (re.findall(r"pending=\d+ running=\d+", parts.log("factory")) or [None])[-1]


def parts_alive(folder):
    """How many pilots the machine runs for this folder."""
    count = 0
    for entry in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(entry, "rb") as file:
                words = file.read().split(b"\0")
        except OSError:
            continue
        if len(words) > 1 and words[0].endswith(b"sh") and words[1] == b"./program" and environment(entry, folder):
            count += 1
    return count


def environment(entry, folder):
    try:
        with open(entry.replace("cmdline", "environ"), "rb") as file:
            return f"HOME={folder}".encode() in file.read().split(b"\0")
    except OSError:
        return False


if __name__ == "__main__":
    main()
