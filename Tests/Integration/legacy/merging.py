"""Shallow and deep merges, whole documents."""
from legacy_client import Server, USER, refused

admin = Server("admin")


def document(method, key, data):
    return admin.info(method, key=key, data=data)


environment = dict(state="new", packagelist=["a", "b"], envmap={"A": "1", "B": "2"}, files={}, command=None, required_os=None,
                   builder_extra_args=None)
admin.create("environment", "e", **environment)

# An update is shallow: lists and maps are replaced, absent attributes stay.
admin.update("environment", "e", packagelist=["c"], envmap={"C": "3"})
entity = admin.get("environment", "e")
assert entity["packagelist"] == ["c"] and entity["envmap"] == {"C": "3"} and entity["files"] == {}, entity
admin.update("environment", "e", packagelist=None)
assert admin.get("environment", "e")["packagelist"] == []

# PUT of a document is a deep merge (it always failed in the original).
admin.update("environment", "e", packagelist=["a", "b"], envmap={"A": "1", "B": "2"}, description=None)
status, _, text = document("PUT", "environment", {
    "e": {"packagelist": ["b", "c"], "envmap": {"B": "20", "C": "3"}, "description": "new"},
    "f": {"name": "f", "packagelist": ["x"]}})
assert (status, text) == (200, "Document stored for key environment\n"), (status, text)
entity = admin.get("environment", "e")
assert entity["packagelist"] == ["a", "b", "c"], "lists take what they lack"
assert entity["envmap"] == {"A": "1", "B": "20", "C": "3"}, "maps merge, scalars are replaced"
assert entity["description"] == "new", "null gives way"
assert admin.get("environment", "f")["packagelist"] == ["x"], "what was not there is new"
document("PUT", "environment", {"e": {"packagelist": "no list", "envmap": "no map"}})
entity = admin.get("environment", "e")
assert entity["packagelist"] == ["a", "b", "c"] and len(entity["envmap"]) == 3, "lists and maps keep themselves"
document("PUT", "environment", {"e": {"envmap": None}})
assert admin.get("environment", "e")["envmap"] == {}, "null over a map gives null"

# Creating merges further members of the data into the entities of their names.
status, _, text = admin.info("POST", key="environment", entityname="g", data={
    "g": {"name": "g"}, "f": {"packagelist": ["y"]}})
assert (status, text) == (200, "Entity g stored in key environment\n"), (status, text)
assert admin.get("environment", "f")["packagelist"] == ["x", "y"]

# All or nothing.
status, _, text = document("PUT", "environment", {"a1": {"name": "a1"}, "z9": {"name": "z9", "packagelist": [1]}})
assert status == 405 and "packagelist" in text, (status, text)
assert set(admin.list("environment")) == {"e", "f", "g"}, "nothing of a refused document is stored"

# POST of a document replaces it whole.
status, _, text = document("POST", "environment", {"e": {"name": "e", "command": "run"}, "h": {"name": "h"}})
assert (status, text) == (200, "Document stored for key environment\n"), (status, text)
entities = admin.list("environment")
assert set(entities) == {"e", "h"}, entities
assert entities["e"]["command"] == "run" and entities["e"]["packagelist"] == [], entities
assert document("POST", "environment", {})[0] == 200
assert admin.list("environment") == {}
print("merging: all as the original intended")
