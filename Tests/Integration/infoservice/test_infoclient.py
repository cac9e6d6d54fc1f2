#!/usr/bin/env python3
"""vc3-infoclient against a running server: each of its actions succeeds, and says so when it does not."""
import base64
import json
import os
import re
import subprocess
import tempfile

from programs import PROGRAMS
from service import ROLES, clients, infoservice

USER = {"first": "Ana", "last": "Arias", "email": "ana@example.org", "organization": "Somewhere"}
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n"
KEY = "-----BEGIN PRIVATE KEY-----\nREVG\n-----END PRIVATE KEY-----\n"


class Infoclient:
    def __init__(self, service, folder, role):
        certificates, name = service.certificates, ROLES[role]
        self.configuration = f"{folder}/{role}.conf"
        with open(self.configuration, "w") as file:
            file.write(f"[netcomm]\nchainfile = {certificates.authority}\ncertfile = {certificates.certificate(name)}\n"
                       f"keyfile = {certificates.key(name)}\ninfohost = localhost\nhttpsport = {service.port}\n")

    def run(self, *arguments):
        """(exit code, standard output, standard error)"""
        outcome = subprocess.run(
            [os.path.join(PROGRAMS, "vc3-infoclient"), "-c", self.configuration, *arguments],
            capture_output=True, text=True, timeout=60, check=False)
        return outcome.returncode, outcome.stdout, outcome.stderr

    def output(self, *arguments):
        code, output, errors = self.run(*arguments)
        assert code == 0 and not errors, (arguments, code, output, errors)
        return output


def documents(admin, folder):
    """--add, --getkey, --deletesubtree."""
    files = {"users.json": {"user": {"ana": {"name": "ana", **USER}, "ben": {"name": "ben", **USER}}},
             "nodes.json": {"nodes": {"n1": {"name": "n1", "cores": 4}}, "user": {"cem": {"name": "cem", **USER}}},
             "change.json": {"user": {"ana": {"email": "new@example.org"}}}, "wrong.json": {"nodes": {"n2": {"cores": "many"}}}}
    for name, content in files.items():
        with open(f"{folder}/{name}", "w") as file:
            json.dump(content, file)
    with open(f"{folder}/broken.json", "w") as file:
        file.write('{"user": ')
    assert admin.output("--add", f"{folder}/users.json,{folder}/nodes.json") == ""
    users = json.loads(admin.output("--getkey", "user"))
    assert set(users) == {"ana", "ben", "cem"} and users["ana"]["first"] == "Ana", users
    assert json.loads(admin.output("--getkey", "nodes", "--output", "json"))["n1"]["cores"] == 4
    assert json.loads(admin.output("--getkey", "no-such-key")) == {}
    merged = json.loads(admin.output("--add", f"{folder}/change.json", "--output", "json"))
    assert merged == {"merged": ["user"]}, merged
    users = json.loads(admin.output("--getkey", "user"))
    assert (users["ana"]["email"], users["ana"]["first"]) == ("new@example.org", "Ana"), users["ana"]
    for broken, words in (("wrong.json", "cores"), ("broken.json", "not JSON"), ("none.json", "cannot read")):
        code, output, errors = admin.run("--add", f"{folder}/users.json,{folder}/{broken}")
        assert code == 1 and words in errors and not output, (broken, code, errors)
    assert admin.output("--deletesubtree", "user.ben") == ""
    assert json.loads(admin.output("--deletesubtree", "user.cem", "--output", "json")) == {"deleted": "user.cem"}
    assert set(json.loads(admin.output("--getkey", "user"))) == {"ana"}
    code, _, errors = admin.run("--deletesubtree", "user.ben")
    assert code == 3 and "ben" in errors, (code, errors)
    code, _, errors = admin.run("--deletesubtree", "user")
    assert code == 1 and "KEY.NAME" in errors, (code, errors)


def pairing(admin, other, by_role, folder):
    """--requestpairing stores the request; --getpairing says that it is not answered until it is, and then gives it once."""
    refused = other.run("--requestpairing", "new.example.org")
    assert refused[0] == 1 and "admin" in refused[2], refused
    code = admin.output("--requestpairing", "new.example.org").strip()
    assert re.fullmatch(r"new\.example\.org-[A-Z]{20}", code), code
    stored = by_role["admin"].get("/v1/pairing").json()["items"]
    assert [item["spec"]["cn"] for item in stored] == ["new.example.org"], stored
    assert code not in json.dumps(stored) and stored[0]["owner"] == "admin", "the code is for who asked"
    answer = json.loads(admin.output("--requestpairing", "two.example.org", "--output", "json"))
    assert answer["pairingcode"].startswith("two.example.org-"), answer

    for client, wanted in ((admin, code), (admin, "no-such-code"), (other, code)):
        status, output, errors = client.run("--getpairing", wanted)
        assert status == 3 and "not answered yet" in errors and not output, (status, output, errors)

    # The answer, as whoever issues certificates writes it.
    path = f"/v1/pairing/{stored[0]['name']}"
    status = dict(stored[0]["status"], cert=base64.b64encode(CERTIFICATE.encode()).decode(),
                  key=base64.b64encode(KEY.encode()).decode())
    written = by_role["master"].put(path + "/status", json={"status": status}, headers={
        "If-Match": f'"{stored[0]["revision"]}"'})
    assert written.status_code == 200, written.text
    assert other.run("--getpairing", code)[0] == 3
    assert admin.output("--getpairing", code) == CERTIFICATE + "\n\n" + KEY + "\n"
    status, _, errors = admin.run("--getpairing", code)
    assert status == 3 and "used" in errors, (status, errors)
    assert by_role["admin"].get(path).status_code == 404


def main():
    with infoservice() as service, tempfile.TemporaryDirectory() as folder:
        documents(Infoclient(service, folder, "admin"), folder)
        pairing(Infoclient(service, folder, "admin"), Infoclient(service, folder, "user"), clients(service), folder)
    print("infoclient: documents and pairings over a running server")


if __name__ == "__main__":
    main()
