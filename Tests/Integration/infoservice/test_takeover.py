#!/usr/bin/env python3
"""Of two Masters one leads; the other goes on when that one is killed, and at once when it ends in order."""
import tempfile
import time

from parts import Parts


def second(parts):
    with open(f"{parts.folder}/master.conf") as file:
        text = file.read()
    parts.write("master2.conf", text.replace("/master.crl.pem", "/master2.crl.pem").replace("/state\n", "/state2\n"))


def main():
    with tempfile.TemporaryDirectory(prefix="vc3-integration.") as folder:
        parts = Parts(folder)
        try:
            second(parts)
            parts.start("infoservice")
            parts.start("master")
            parts.says("master", "leading")
            parts.start("master2")
            # Longer than a term: whoever leads and lives is left to lead.
            time.sleep(10)
            assert "leading" not in parts.log("master2"), parts.log("master2")
            begin = time.monotonic()
            parts.kill("master")
            parts.says("master2", "leading")
            killed = time.monotonic() - begin
            led = parts.log("master").count("leading")
            parts.start("master")
            time.sleep(2)
            begin = time.monotonic()
            parts.signal("master2", 15)
            assert parts.processes.pop("master2").wait(30) == 0
            parts.wait_for(lambda: parts.log("master").count("leading") > led, "nobody leads")
            ended = time.monotonic() - begin
            assert set(parts.stop().values()) == {0}
        finally:
            parts.stop()
    print(f"take-over: another Master led {killed:.1f} s after a kill -9, and {ended:.1f} s after an end in order")


if __name__ == "__main__":
    main()
