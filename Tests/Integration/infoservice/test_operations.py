#!/usr/bin/env python3
"""What operators see of vc3-infoservice: settings, exit codes, logs, metrics."""
import json
import os
import re
import subprocess
import tempfile

import requests
from prometheus_client.parser import text_string_to_metric_families

from programs import PROGRAMS, free_port
from service import clients, infoservice

SECRETS = ["c2VjcmV0LWluLWEtdG9rZW4=", "code-that-fetches-a-certificate", "word-in-a-broken-body"]


def run(program, *arguments):
    """(exit code, standard output, standard error)"""
    path = os.path.join(PROGRAMS, program)
    outcome = subprocess.run([path, *arguments], capture_output=True, text=True, timeout=60, check=False)
    return outcome.returncode, outcome.stdout, outcome.stderr


def exit_codes():
    """2 for a command line that cannot be understood, by every program, said on standard error."""
    for program, *arguments in (
            ("vc3-infoservice", "--no-such-option"), ("vc3-infoservice", "no-such-subcommand"),
            ("vc3-infoservice", "--maxlogsize", "0"), ("vc3-infoservice", "--maxlogsize", "many"),
            ("vc3-infoservice", "--log-format", "xml"), ("vc3-infoservice", "migrate"),
            ("vc3-infoservice", "rotate-key", "--stage", "--finish"), ("vc3-infoclient",),
            ("vc3-infoclient", "--getkey", "user", "--add", "file"), ("vc3", "down"), ("vc3", "up", "--port", "x"),
            ("credible", "--no-such-option"), ("vc3-client", "--no-such-option")):
        code, _, errors = run(program, *arguments)
        assert code == 2 and errors, (program, arguments, code, errors)
    for program in ("vc3-infoservice", "vc3-infoclient", "vc3"):
        for option in ("--help", "--version"):
            code, output, errors = run(program, option)
            assert code == 0 and output and not errors, (program, option, code, errors)
    for arguments in (("--conf", "/no/such/file"), ("backup", "--store", "SQLite:/no/such/store", "/tmp/x"),
                      ("backup", "--store", "Nothing:x", "/tmp/x"), ("rotate-key", "--conf", "/no/such/file")):
        code, _, errors = run("vc3-infoservice", *arguments)
        assert code == 1 and errors.startswith("vc3-infoservice: "), (arguments, code, errors)


def settings(service):
    """--check-config finds what is wrong and says where; --show-config has every key."""
    with tempfile.TemporaryDirectory() as folder:
        good = open(service.configuration).read()

        def check(text):
            with open(folder + "/x.conf", "w") as file:
                file.write(text)
            return run("vc3-infoservice", "--check-config", "--conf", folder + "/x.conf")

        assert check(good)[:2] == (0, "the configuration is fine\n"), check(good)
        for section, key, value in (
                ("history", "auditentries", "0"), ("history", "auditage", "1 s"), ("history", "changes", "many"),
                ("history", "age", "-1"), ("netcomm", "httpsport", "70000"), ("netcomm", "recheck", "soon"),
                ("persistence", "plugin", "Paper"), ("infoservice", "legacy", "maybe"), ("limits", "reads", "-1"),
                ("monitoring", "port", "http"), ("netcomm", "loglevel", "loud")):
            kept = re.sub(rf"(?m)^{key} = .*\n", "", good)
            text = kept.replace(f"[{section}]\n", f"[{section}]\n{key} = {value}\n") if f"[{section}]" in kept else (
                f"{kept}\n[{section}]\n{key} = {value}\n")
            code, _, errors = check(text)
            assert code == 1, (key, value, errors)
            place = rf"x\.conf:{text[:text.index(f'{key} = {value}')].count(chr(10)) + 1}\b"
            assert re.search(place, errors) and key in errors and value in errors, (key, value, errors)
        code, _, errors = check(good + "\n[history]\nauditentires = 5\n")
        assert code == 0 and "auditentires" in errors and "auditentries" in errors, errors
        for name in ("certfile", "keyfile", "chainfile"):
            code, _, errors = check(re.sub(rf"(?m)^{name} = .*", f"{name} = {folder}/none", good))
            assert code == 1 and f"{folder}/none" in errors, (name, errors)
        code, sample, _ = run("vc3-infoservice", "--show-config")
        for key in ("auditentries", "auditage", "crlfile", "recheck", "legacy", "writeburst", "unreadtimeout"):
            assert code == 0 and re.search(rf"(?m)^#? ?{key} = ", sample), (key, sample)


def things_happen(service):
    """Writes, refusals and secrets, for the log and the metrics."""
    by_role = clients(service)
    by_role["user"].post("/v1/privatetoken", json={"name": "t", "spec": {"data": SECRETS[0], "type": "ssh"}})
    by_role["admin"].post("/v1/pairing", json={"name": "p", "spec": {"cn": "x.example.org", "pairingcode": SECRETS[1]}})
    by_role["admin"].get("/info", params={"key": "pairing", "pairingcode": SECRETS[1]})
    assert by_role["user"].post("/v1/privatetoken", data='{"spec":"' + SECRETS[2]).status_code == 422
    assert by_role["user"].post("/v1/privatetoken", json={"name": "u", "spec": {"data": [SECRETS[0]]}}).status_code == 422
    assert by_role["user"].get("/v1/nodeinfo/none").status_code == 404
    assert by_role["user"].get("/v1/audit").status_code == 403
    assert by_role["user"].get("/a\"b\\c%0Ad").status_code == 404
    return by_role["admin"]


def whole_object(pairs):
    members = dict(pairs)
    assert len(members) == len(pairs), f"a member twice: {pairs}"
    return members


def logs():
    """One event on each line, as JSON or text; everything at --debug, and still no secret."""
    with tempfile.TemporaryDirectory() as folder:
        for form in ("json", "text"):
            file = f"{folder}/{form}.log"
            with infoservice(options=["--debug", "--log", file, "--log-format", form]) as service:
                things_happen(service)
            text = open(file).read()
            for secret in SECRETS:
                assert secret not in text, f"{secret} is in the log"
            lines = text.splitlines()
            assert len(lines) > 10 and os.stat(file).st_mode & 0o7 == 0, (len(lines), oct(os.stat(file).st_mode))
            for line in lines:
                if form == "json":
                    event = json.loads(line, object_pairs_hook=whole_object)
                    assert all(isinstance(value, str) for value in event.values()), line
                    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", event["time"]), line
                    assert event["level"] in ("trace", "debug", "info", "notice", "warning", "error", "critical"), line
                    assert event["message"], line
                else:
                    assert re.match(r"\d{4}-\d\d-\d\dT\S+Z [A-Z]+ \S", line), line
            if form == "json":
                events = [json.loads(line) for line in lines]
                request = next(event for event in events if event.get("path") == "/v1/nodeinfo/none")
                assert (request["status"], request["peer"]) == ("404", "user ana"), request
                assert any(event["message"] == "serving" and event["port"] == str(service.port) for event in events)
                assert events[-1]["message"] == "ended in order", events[-1]


def metrics(service, plain):
    """Read by the parser of Prometheus' own client library."""
    admin = things_happen(service)
    answer = admin.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8", answer.headers
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    kinds = {name: family.type for name, family in families.items()}
    for name, kind in (("request_duration_seconds", "histogram"), ("requests_in_flight", "gauge"), ("watchers", "gauge"),
                       ("requests_refused", "counter"), ("connections", "gauge"), ("connections_closed", "counter"),
                       ("entities", "gauge"), ("revision", "gauge"), ("store_writable", "gauge"),
                       ("commit_batch_size", "histogram"), ("commit_duration_seconds", "histogram"),
                       ("certificate_expiry_timestamp_seconds", "gauge"), ("revoked_certificates", "gauge")):
        assert kinds.get("vc3_infoservice_" + name) == kind, (name, kinds)
    seen = set()
    for family in families.values():
        assert family.documentation, family.name
        buckets = {}
        for sample in family.samples:
            labels = tuple(sorted(sample.labels.items()))
            assert (sample.name, labels) not in seen, ("twice", sample)
            seen.add((sample.name, labels))
            assert sample.value == sample.value and sample.value >= 0, sample
            if family.type == "histogram":
                rest = tuple(label for label in labels if label[0] != "le")
                if sample.name.endswith("_bucket"):
                    buckets.setdefault(rest, []).append((float(sample.labels["le"]), sample.value))
                elif sample.name.endswith("_count"):
                    bounds = buckets[rest]
                    assert bounds == sorted(bounds) and [c for _, c in bounds] == sorted(c for _, c in bounds), bounds
                    assert bounds[-1] == (float("inf"), sample.value), (bounds, sample)
    routes = {(sample.labels["method"], sample.labels["route"], sample.labels["status"])
              for sample in families["vc3_infoservice_request_duration_seconds"].samples}
    assert ("GET", "/v1/{kind}/{name}", "4xx") in routes and ("POST", "/v1/{kind}", "2xx") in routes, routes
    entities = {sample.labels["kind"]: sample.value for sample in families["vc3_infoservice_entities"].samples}
    assert entities["privatetoken"] == 1 and entities["nodeinfo"] == 0, entities
    # The same, without a certificate, where that was asked for; and nothing else there.
    base = f"http://127.0.0.1:{plain}"
    assert requests.get(base + "/healthz", timeout=20).status_code == 200
    assert requests.get(base + "/readyz", timeout=20).text == "ready\n"
    assert {family.name for family in text_string_to_metric_families(requests.get(base + "/metrics", timeout=20).text)} == set(
        families)
    assert requests.get(base + "/v1/user", timeout=20).status_code == 404


def main():
    exit_codes()
    plain = free_port()
    with infoservice(f"[monitoring]\nport = {plain}\n") as service:
        settings(service)
        metrics(service, plain)
    logs()
    print("operations: settings, exit codes, logs and metrics are as documented")


if __name__ == "__main__":
    main()
