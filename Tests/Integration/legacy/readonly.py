"""[infoservice] legacy = readonly."""
from legacy_client import Server, USER

admin = Server("admin")
assert admin.list("nodes")["kept"]["cores"] == 1
for method, parameters in (
        ("POST", dict(entityname="u", data={"u": USER})), ("POST", dict(data={})), ("PUT", dict(data={})),
        ("PUT", dict(entityname="kept", data={"kept": {"cores": 2}})), ("DELETE", dict(entityname="kept"))):
    status, _, text = admin.info(method, key="nodes", **parameters)
    assert status == 405 and "readonly" in text and "<html>" in text, (method, status, text)
assert "readonly" in admin.info("GET", key="pairing", pairingcode="x")[2]
assert admin.list("nodes")["kept"]["cores"] == 1
print("readonly: nothing is written")
