"""Concurrent clients over real sockets that note everything they did and were told."""
import http.client
import json
import random
import threading
import time

from history import *

KIND = "nodeinfo"
TIMEOUT = 5


class Connection:
    """Requests on a connection that is kept, and made anew after a failure."""

    def __init__(self, port, context):
        self.port, self.context, self.connection = port, context, None

    def call(self, method, path, body=None, headers=None):
        """(status, body as a value). Raises OSError or HTTPException when no answer came."""
        if self.connection is None:
            self.connection = http.client.HTTPSConnection("localhost", self.port, timeout=TIMEOUT, context=self.context)
        try:
            text = None if body is None else json.dumps(body)
            self.connection.request(method, path, text, headers or {})
            answer = self.connection.getresponse()
            content = answer.read()
            return answer.status, json.loads(content) if content else None
        except BaseException:
            self.close()
            raise

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None


class Worker(threading.Thread):
    """Reads and writes few names, so that it often meets the others."""

    def __init__(self, number, seed, port, context, names, stop, pause=0.0, reads=True):
        super().__init__(name=f"client-{number}", daemon=True)
        self.random = random.Random(f"{seed}/{number}")
        self.connection = Connection(port, context)
        self.names, self.stopping, self.pause = names, stop, pause
        self.operations, self.seen, self.count, self.reads = [], {}, 0, reads

    def run(self):
        while not self.stopping.is_set():
            self.one()
            if self.pause:
                time.sleep(self.pause)
        self.connection.close()

    def one(self):
        name = self.random.choice(self.names)
        revision = self.seen.get(name)
        # Without a revision to go by only some actions make sense; now and then an old one is used on purpose.
        weights = [20, 35 if self.reads else 0, 30 if revision else 0, 10, 5]
        action = self.random.choices([CREATE, READ, REPLACE, PATCH, DELETE], weights)[0]
        operation = Operation(self.name, action, name, time.monotonic())
        if action in (CREATE, REPLACE, PATCH):
            self.count += 1
            operation.token = f"{self.name}-{self.count}"
        if action == REPLACE:
            operation.expected = revision if self.random.random() < 0.9 else max(1, revision - 1)
        self.operations.append(operation)
        try:
            status, answer = self.send(operation)
        except (OSError, http.client.HTTPException, ValueError):
            # Nobody knows whether it happened.
            self.seen.pop(name, None)
            self.stopping.wait(0.02)
            return
        operation.end = time.monotonic()
        operation.outcome = self.outcome(operation, status, answer)
        if operation.outcome == OK and answer:
            operation.revision, operation.value = answer["revision"], answer["spec"]["description"]
            self.seen[name] = operation.revision
        elif operation.outcome in (NOT_FOUND, OK):
            self.seen.pop(name, None)

    def send(self, operation):
        path = f"/v1/{KIND}/{operation.name}"
        spec = {"description": operation.token}
        if operation.action == CREATE:
            return self.connection.call("POST", f"/v1/{KIND}", {"name": operation.name, "spec": spec})
        if operation.action == REPLACE:
            return self.connection.call("PUT", path, {"spec": spec}, {"If-Match": f'"{operation.expected}"'})
        if operation.action == PATCH:
            return self.connection.call(
                "PATCH", path, {"spec": spec}, {"Content-Type": "application/merge-patch+json"})
        return self.connection.call("DELETE" if operation.action == DELETE else "GET", path)

    @staticmethod
    def outcome(operation, status, answer):
        if status in (200, 201, 204):
            return OK
        if status == 404:
            return NOT_FOUND
        if status == 409:
            return EXISTS
        if status == 412:
            # Its deletion met a removal in between, or its expectation another revision.
            return CONFLICT
        if status >= 500:
            return UNKNOWN
        raise RuntimeError(f"unexpected answer {status} {answer} to {operation}")


class Watcher(threading.Thread):
    """Follows all changes over as many connections as it takes, each resuming where the last one ended."""

    def __init__(self, number, port, context, after, stop):
        super().__init__(name=f"watcher-{number}", daemon=True)
        self.port, self.context, self.seen, self.stopping = port, context, after, stop
        self.events, self.connections, self.failure = [], 0, None

    def run(self):
        while not self.stopping.is_set() and self.failure is None:
            try:
                self.follow()
            except (OSError, http.client.HTTPException, ValueError):
                self.stopping.wait(0.05)

    def follow(self):
        connection = http.client.HTTPSConnection("localhost", self.port, timeout=15, context=self.context)
        try:
            connection.request("GET", f"/v1/watch?kinds={KIND}&after={self.seen}")
            answer = connection.getresponse()
            if answer.status != 200:
                text = answer.read().decode()
                if answer.status < 500:
                    self.failure = f"watch after {self.seen} refused: {text}"
                return
            self.connections += 1
            while not self.stopping.is_set():
                line = answer.readline()
                if not line.endswith(b"\n"):
                    return
                if not self.take(json.loads(line)):
                    return
        finally:
            connection.close()

    def take(self, line):
        if line["type"] == "failed":
            return False
        if line["type"] in ("changed", "removed"):
            entity = line["entity"]
            value = entity["spec"]["description"] if line["type"] == "changed" else None
            self.events.append(Event(entity["revision"], entity["name"], value))
            self.seen = entity["revision"]
        return True
