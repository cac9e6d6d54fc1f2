#!/usr/bin/env python3
"""/openapi.json is true: a running server is held against it, over mutual TLS.

First each operation on an entity of each kind, by whoever may carry it out, then requests that schemathesis draws from the
description, as an admin: such that follow it, and such that break it, which must be refused.

environment: OPENAPI_SEED     another seed than the fixed one; it is printed
             OPENAPI_EVERY=1  every boundary of every operation, not of some kinds alone (about three minutes)
"""
import json
import os
import re
import subprocess
import sys
import tempfile

from description import Description
from seeds import ENTITIES, sow
from service import clients, infoservice

SEED = os.environ.get("OPENAPI_SEED", "20260101")
CHECKS = ("not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
          "response_schema_conformance,negative_data_rejection,unsupported_method")
# What is tried at the boundaries of each value unless everything is: all operations of one kind, and bodies with fields of
# every type, which is what differs from kind to kind.
BOUNDARIES = (r"^(get_(audit|openapi_json|healthz|readyz|metrics)|[a-z]+_lease(_.*)?|get_privatetoken"
              r"|post_(nodeset|pilotset)|put_request_name_status)$")
# Who reports on what the Master does not.
REPORTERS = {"provisioner": "factory", "pilotset": "factory", "pilot": "factory", "pilotlog": "factory",
             "usage": "factory", "sitelogin": "factory", "privatetoken": "factory"}


def operations(by_role, description):
    """Each operation on an entity that is there."""
    for maker, kind, spec in ENTITIES:
        writer, reporter = by_role[maker], by_role[REPORTERS.get(kind, "master")]
        listing, one = f"/v1/{kind}", f"/v1/{kind}/{{name}}"
        path = f"/v1/{kind}/sound"
        for reader in by_role.values():
            description.judge("GET", listing, reader.get(listing))
            description.judge("GET", one, reader.get(path))
        found = by_role["admin"].get(listing, params={"limit": 1}).json()
        assert found["items"], f"no {kind} is seen"
        entity = by_role["factory"].get(path)
        assert entity.json()["name"] == "sound"
        # What a code stands for is never changed.
        changed = 403 if kind == "pairing" else 200
        answer = writer.patch(path, data='{"spec":{}}', headers={"Content-Type": "application/merge-patch+json"})
        assert answer.status_code == changed, answer.text
        description.judge("PATCH", one, answer)
        revision = writer.get(path).headers["ETag"]
        answer = writer.put(path, json={"spec": spec}, headers={"If-Match": revision})
        assert answer.status_code == changed, answer.text
        description.judge("PUT", one, answer)
        revision = writer.get(path).headers["ETag"]
        answer = reporter.put(path + "/status", json={"status": {}}, headers={"If-Match": revision})
        assert answer.status_code == 200, answer.text
        description.judge("PUT", one + "/status", answer)
        for request, status in (
                (lambda: writer.put(path, json={"spec": {}}), 428),
                (lambda: writer.put(path, json={"spec": spec}, headers={"If-Match": '"99999999"'}),
                 403 if kind == "pairing" else 412),
                (lambda: writer.put(path, json={"spec": {}}, headers={"If-None-Match": "*"}), (409, 422)),
                (lambda: writer.put(path, json={}, headers={"If-Match": '"1"'}), 422),
                (lambda: writer.put(path, json={"spec": {}}, headers={"If-Match": "1"}), 422)):
            answer = request()
            assert answer.status_code in (status if isinstance(status, tuple) else (status,)), (kind, status, answer.text)
            description.judge("PUT", one, answer)
        answer = writer.post(path + "/remove", headers={"If-Match": entity.headers["ETag"]})
        description.judge("POST", one + "/remove", answer)
        answer = writer.get(path, params={"cascade": "true"})
        assert answer.status_code == 422 and answer.json()["problems"], "a parameter that it does not have"
        description.judge("GET", one, answer)
    lenient = by_role["admin"].get("/v1/nodeset/lenient")
    assert lenient.json()["spec"]["app_type"] == "no-such-type"
    description.judge("GET", "/v1/nodeset/{name}", lenient)


def paging(admin, description):
    """Pages of one revision, together the whole; filters by attribute."""
    for number in range(25):
        answer = admin.post("/v1/nodeinfo", json={"name": f"page{number}", "spec": {"cores": 1 + number % 2}})
        description.judge("POST", "/v1/nodeinfo", answer)
    names, revisions, parameters = [], set(), {"limit": 10, "field.cores": 2, "field.features": "singularity"}
    assert [found["name"] for found in admin.get("/v1/nodeinfo", params={"field.cores": 4}).json()["items"]] == ["sound"]
    assert admin.get("/v1/nodeinfo", params=parameters).json()["items"] == []
    parameters = {"limit": 10, "field.cores": 2}
    while True:
        answer = admin.get("/v1/nodeinfo", params=parameters)
        description.judge("GET", "/v1/nodeinfo", answer)
        page = answer.json()
        names += [found["name"] for found in page["items"]]
        revisions.add(page["revision"])
        if "continue" not in page:
            break
        parameters["continue"] = page["continue"]
    assert len(revisions) == 1 and len(names) == len(set(names)) == 12, (revisions, names)


def watching(admin, description):
    """What is described of the lines of a watch; schemathesis cannot wait for the end of what has none."""
    revision = admin.get("/v1/nodeinfo").json()["revision"]
    answer = admin.get("/v1/watch", params={"kinds": "nodeinfo,user", "after": 0}, stream=True)
    operation = description.document["paths"]["/v1/watch"]["get"]
    schema = operation["responses"]["200"]["content"]["application/x-ndjson"]["schema"]
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/x-ndjson", answer.headers
    types, last = set(), 0
    for line in answer.iter_lines():
        value = json.loads(line)
        description.validate(value, schema)
        types.add(value["type"])
        last = max(last, value.get("revision", 0), value.get("entity", {}).get("revision", 0))
        if value["type"] == "removed":
            break
        if last == revision:
            admin.post("/v1/nodeinfo", json={"name": "brief", "spec": {}})
            admin.delete("/v1/nodeinfo/brief")
    answer.close()
    assert types == {"heartbeat", "changed", "removed"}, types
    for parameters, status in (({}, 422), ({"kinds": "cat", "after": 0}, 422), ({"kinds": "user"}, 422),
                               ({"kinds": "user", "after": -1}, 422), ({"kinds": "user", "after": 10**15}, 422),
                               ({"kinds": "user", "after": 0, "sort": "name"}, 422)):
        answer = admin.get("/v1/watch", params=parameters)
        assert answer.status_code == status, (parameters, answer.text)
        description.judge("GET", "/v1/watch", answer)


def drawn(service, what, *arguments):
    """Requests that schemathesis draws."""
    certificates = service.certificates
    with tempfile.TemporaryDirectory(prefix="schemathesis.") as folder:
        run = subprocess.run(
            [os.path.join(os.path.dirname(sys.executable), "schemathesis"), "run",
             f"https://localhost:{service.port}/openapi.json", "--request-cert", certificates.certificate("admin"),
             "--request-cert-key", certificates.key("admin"), "--tls-verify", certificates.authority, "--checks", CHECKS,
             "--exclude-path", "/v1/watch", "--seed", SEED, "--continue-on-failure", "--no-color", *arguments],
            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    counts = re.search(r"(\d+) generated, (\d+) passed", run.stdout)
    if run.returncode or not counts or int(counts[1]) < 100 or counts[1] != counts[2]:
        print(run.stdout)
        sys.exit(f"openapi: {what}: the description and the server differ; again with OPENAPI_SEED={SEED}")
    print(f"openapi: {what}: {counts[1]} requests, all answered as described", flush=True)


def main():
    print(f"openapi: seed {SEED}", flush=True)
    with infoservice() as service:
        by_role = clients(service)
        sow(by_role)
        description = Description(by_role["admin"].get("/openapi.json").json())
        operations(by_role, description)
        paging(by_role["admin"], description)
        watching(by_role["admin"], description)
        print("openapi: every operation on every kind is answered as described", flush=True)
        drawn(service, "at random", "--phases", "fuzzing", "--max-examples", "4")
        boundaries = [] if os.environ.get("OPENAPI_EVERY") else ["--include-operation-id-regex", BOUNDARIES]
        drawn(service, "at the boundaries", "--phases", "coverage", *boundaries)


if __name__ == "__main__":
    main()
