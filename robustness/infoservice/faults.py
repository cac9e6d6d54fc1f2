"""What is done to the server, its disk, its files and its connections. All choices come from the seed."""
import contextlib
import os
import random
import socket
import subprocess
import sys
import threading


class CuttingProxy:
    """Passes TCP connections on and ends each after a random number of bytes, in the middle of whatever that is."""

    def __init__(self, target, seed, least=200, most=40_000):
        self.target, self.random, self.least, self.most = target, random.Random(f"{seed}/proxy"), least, most
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.cuts, self.lock = 0, threading.Lock()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self.target), timeout=5)
                except OSError:
                    client.close()
                    continue
                budget = [self.random.randint(self.least, self.most)]
                for source, sink in ((client, server), (server, client)):
                    threading.Thread(target=self.pump, args=(source, sink, budget), daemon=True).start()

    def pump(self, source, sink, budget):
        try:
            while data := source.recv(4096):
                with self.lock:
                    part = data[:budget[0]]
                    budget[0] -= len(part)
                    is_cut = budget[0] <= 0
                sink.sendall(part)
                if is_cut:
                    self.cuts += 1
                    break
        except OSError:
            pass
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def close(self):
        self.listener.close()


@contextlib.contextmanager
def small_disk(folder, mebibytes):
    """A file system in memory that is soon full. Needs root."""
    os.makedirs(folder, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,mode=700", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill(path):
    """Takes all space that is left on the file system."""
    size = 0
    with open(path, "wb", buffering=0) as file:
        for piece in (65536, 512, 1):
            with contextlib.suppress(OSError):
                while True:
                    size += file.write(b"x" * piece)
    return size


class Clock:
    """The wall clock that the server sees; the monotonic clock is left alone. See clock.c."""

    def __init__(self, path):
        self.path = path
        self.set(0)
        library = path + ".so"
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "clock.c")
        # The compiler that comes with Swift.
        subprocess.run(["clang", "-shared", "-fPIC", "-O2", "-o", library, source], check=True)
        self.environment = {"LD_PRELOAD": library, "WALL_CLOCK_OFFSET": path}

    def set(self, seconds):
        """So many seconds beside the true time."""
        with open(self.path, "r+b" if os.path.exists(self.path) else "w+b") as file:
            file.write(seconds.to_bytes(8, sys.byteorder, signed=True))


def tear(path, chance):
    """Damages a file as a bad disk or a torn write does. Returns what was done."""
    size = os.path.getsize(path)
    if size == 0:
        return "nothing (empty)"
    how = chance.choice(["cut", "zeros", "flip", "rubbish"])
    place = chance.randrange(size)
    with open(path, "r+b") as file:
        if how == "cut":
            file.truncate(place)
        else:
            file.seek(place)
            length = {"zeros": 4096, "flip": 1, "rubbish": 512}[how]
            old = file.read(length)
            file.seek(place)
            if how == "flip":
                file.write(bytes([old[0] ^ 1 << chance.randrange(8)]))
            else:
                file.write(bytes(len(old)) if how == "zeros" else chance.randbytes(len(old)))
    return f"{how} at byte {place} of {size}"
