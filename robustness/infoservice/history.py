"""What concurrent clients did and were told, in a form that can be kept and judged later.

A value is a token that is written only once, so that every version of an entity tells which operation made it.
"""
import dataclasses
import json

CREATE, REPLACE, PATCH, DELETE, READ = "create", "replace", "patch", "delete", "read"
WRITES = {CREATE, REPLACE, PATCH, DELETE}

# Outcomes. UNKNOWN: no answer came, or one that leaves open whether it happened.
OK, CONFLICT, EXISTS, NOT_FOUND, UNKNOWN, REFUSED = "ok", "conflict", "exists", "not-found", "unknown", "refused"


@dataclasses.dataclass
class Operation:
    client: str
    action: str
    name: str
    start: float
    # None while it runs, and for what was never answered.
    end: float = None
    outcome: str = UNKNOWN
    # The value that it wants to write.
    token: str = None
    # The revision that it expects, for REPLACE.
    expected: int = None
    # What the answer showed: of a write the new version, of a read the one that was read.
    revision: int = None
    value: str = None

    def __str__(self):
        shown = {key: value for key, value in dataclasses.asdict(self).items() if value is not None}
        return " ".join(f"{key}={value}" for key, value in shown.items())


@dataclasses.dataclass
class Event:
    """One line of a watch. `value` is None for a removal."""

    revision: int
    name: str
    value: str = None


@dataclasses.dataclass
class History:
    operations: list
    # One list of events for each watcher, as received over all of its connections.
    watches: list
    # The revision after which the watches began.
    begin: int = 0
    # What the store showed in the end: name -> (revision, value), and its revision.
    final: dict = dataclasses.field(default_factory=dict)
    final_revision: int = 0

    def save(self, path):
        with open(path, "w") as file:
            json.dump(dataclasses.asdict(self), file)

    @staticmethod
    def load(path):
        with open(path) as file:
            raw = json.load(file)
        return History(
            [Operation(**fields) for fields in raw["operations"]],
            [[Event(**fields) for fields in watch] for watch in raw["watches"]],
            raw["begin"], {name: tuple(version) for name, version in raw["final"].items()}, raw["final_revision"])
