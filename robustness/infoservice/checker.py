"""Judges a history against a small model: each entity is one register that is present or absent, every change of the
store has the next revision, and a replacement names the revision that it replaces.

Because versions are numbered, the order of an entity's versions needs no search (as the general problem does: Wing and
Gong, "Testing and Verifying Concurrent Objects", 1993): what remains is whether every operation can have happened at one
moment between its start and its end.
"""
import bisect
import math

from history import CONFLICT, CREATE, DELETE, EXISTS, NOT_FOUND, OK, READ, REPLACE, UNKNOWN, WRITES

KEPT = 20


def check(history):
    """All that is wrong with the history, in words; empty when it is as promised."""
    found = []
    changes = check_watches(history, found)
    check_final(history, changes, found)
    versions = versions_by_name(history, changes)
    makers = check_writes(history, versions, found)
    for name in sorted({operation.name for operation in history.operations}):
        operations = [operation for operation in history.operations if operation.name == name]
        check_register(operations, versions.get(name, [(0, None)]), makers, found)
    check_store_order(history, found)
    return found[:KEPT]


def check_watches(history, found):
    """All watchers tell the same: every revision once, in order, none left out. Returns the changes."""
    longest = []
    for number, watch in enumerate(history.watches):
        expected = history.begin
        for event in watch:
            expected += 1
            if event.revision != expected:
                kind = "repeats or goes back to" if event.revision < expected else "skips to"
                found.append(f"watch {number} {kind} revision {event.revision} where {expected} comes next")
                break
        if len(watch) > len(longest):
            longest = watch
    known = {event.revision: event for event in longest}
    for number, watch in enumerate(history.watches):
        for event in watch:
            if known.get(event.revision) != event:
                found.append(f"watches differ at revision {event.revision}: {known.get(event.revision)} and {event}")
                break
    if longest and longest[-1].revision < history.final_revision:
        found.append(f"the watches end at {longest[-1].revision}, the store at {history.final_revision}")
    return longest


def check_final(history, changes, found):
    state = {}
    for event in changes:
        if event.value is None:
            state.pop(event.name, None)
        else:
            state[event.name] = (event.revision, event.value)
    for name in sorted(set(state) | set(history.final)):
        if state.get(name) != history.final.get(name):
            found.append(f"{name} ends as {history.final.get(name)}; its last change was {state.get(name)}")


def versions_by_name(history, changes):
    """name -> [(revision, value)] in order, beginning with absence. Names are new, so all begin absent."""
    versions = {}
    for event in changes:
        versions.setdefault(event.name, [(history.begin, None)]).append((event.revision, event.value))
    return versions


def check_writes(history, versions, found):
    """Each version has exactly one operation that can have made it. Returns (name, index) -> operation."""
    by_token = {operation.token: operation for operation in history.operations if operation.token}
    makers = {}
    for name, sequence in versions.items():
        for index, (revision, value) in enumerate(sequence):
            if index == 0 or value is None:
                continue
            maker = by_token.get(value)
            if maker is None or maker.name != name:
                found.append(f"nobody wrote {value} to {name} (revision {revision})")
            elif maker.outcome not in (OK, UNKNOWN):
                found.append(f"revision {revision} of {name} was made by a refused write: {maker}")
            elif any(made is maker for made in makers.values()):
                found.append(f"carried out twice, again at revision {revision}: {maker}")
            else:
                makers[name, index] = maker
                before = sequence[index - 1]
                if maker.action == REPLACE and before[0] != maker.expected:
                    found.append(f"lost update: replaces revision {before[0]}: {maker}")
                if maker.action == CREATE and before[1] is not None:
                    found.append(f"created what existed: {maker}")
                if maker.action not in (CREATE,) and before[1] is None:
                    found.append(f"changed what did not exist: {maker}")
    made = {id(maker) for maker in makers.values()}
    for operation in history.operations:
        if operation.token and operation.outcome == OK and id(operation) not in made:
            found.append(f"acknowledged and lost: {operation}")
    return makers


def check_register(operations, versions, makers, found):
    """Every operation on one entity can have happened at a moment between its start and its end."""
    index_of = {revision: index for index, (revision, _) in enumerate(versions)}
    written = {id(operation): index for (name, index), operation in makers.items() if name == operations[0].name}
    # Where the answer pins an operation: (start, end, lowest index, highest index, whether it made the version).
    pinned, open_ended = [], []
    for operation in operations:
        end = math.inf if operation.end is None or operation.outcome == UNKNOWN else operation.end
        index = written.get(id(operation))
        if index is not None:
            if operation.revision is not None and operation.revision != versions[index][0]:
                found.append(f"was told another revision than {versions[index][0]}: {operation}")
            pinned.append((operation.start, end, index, True, operation))
        elif operation.outcome == OK and operation.action == READ:
            index = index_of.get(operation.revision)
            if index is None or versions[index][1] != operation.value:
                found.append(f"read what never was: {operation}")
            else:
                pinned.append((operation.start, end, index, False, operation))
        elif operation.outcome in (CONFLICT, EXISTS, NOT_FOUND) or operation.action == DELETE:
            open_ended.append(operation)
    check_order(pinned, found)
    settle(open_ended, pinned, versions, found)


def settle(operations, pinned, versions, found):
    """Each remaining answer needs a version that allows it. One that only one allows narrows the others down."""
    waiting = [operation for operation in operations if operation.outcome != UNKNOWN]
    progress = True
    while progress:
        progress = False
        for operation in list(waiting):
            made = operation.outcome == OK
            low = max((index for _, end, index, _, _ in pinned if end < operation.start), default=0) + made
            high = min(
                (index - later for start, _, index, later, _ in pinned if start > operation.end),
                default=len(versions) - 1)
            taken = {index for _, _, index, maker, _ in pinned if maker} if made else set()
            choices = [
                index for index in range(low, high + 1)
                if index not in taken and allows(operation, versions[index])]
            if not choices:
                found.append(
                    f"no moment of its time allows this answer (versions {versions[low:high + 1]}): {operation}")
            if len(choices) == 1:
                pinned.append((operation.start, operation.end, choices[0], made, operation))
            if len(choices) < 2:
                waiting.remove(operation)
                progress = True


def allows(operation, version):
    revision, value = version
    if operation.outcome == CONFLICT:
        return value is not None and revision != operation.expected
    if operation.outcome == EXISTS:
        return value is not None
    # Not found, or a removal, which makes a version of absence.
    return value is None


def check_order(pinned, found):
    """What ended before another began saw or made an earlier version; the same one at most when the later only reads."""
    by_end = sorted(pinned, key=lambda entry: entry[1])
    ends, highest, best = [], [], None
    for entry in by_end:
        best = entry if best is None or entry[2] > best[2] else best
        ends.append(entry[1])
        highest.append(best)
    for start, _, index, made, operation in pinned:
        place = bisect.bisect_left(ends, start)
        if place == 0:
            continue
        before = highest[place - 1]
        if before[2] > index or made and before[2] == index:
            found.append(f"out of order: [{before[4]}] ended before [{operation}] began")


def check_store_order(history, found):
    """Revisions are those of the whole store: a write that began after another was answered has a higher one."""
    writes = [
        operation for operation in history.operations
        if operation.action in WRITES and operation.outcome == OK and operation.revision is not None]
    by_end = sorted(writes, key=lambda operation: operation.end)
    ends, highest, best = [], [], None
    for operation in by_end:
        best = operation if best is None or operation.revision > best.revision else best
        ends.append(operation.end)
        highest.append(best)
    for operation in writes:
        place = bisect.bisect_left(ends, operation.start)
        if place and highest[place - 1].revision >= operation.revision:
            found.append(f"revisions go back: [{highest[place - 1]}] ended before [{operation}] began")
