#!/usr/bin/env python3
"""Certificates that are taken back while everything runs: a user's, a component's, the server's."""
import os
import tempfile
import time

from parts import Parts


def watch(parts, name):
    """An open watch, and the lines that it is read by."""
    connection = parts.connection(name)
    connection.request("GET", "/v1/watch?kinds=nodeinfo&after=0")
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    return answer


def ends(answer):
    """When the connection of a watch was closed."""
    try:
        while answer.readline():
            pass
    except OSError:
        pass
    return time.monotonic()


def a_user(parts):
    his, hers = watch(parts, "admin"), watch(parts, "ana")
    begin = time.monotonic()
    parts.credible("revoke", "--key-compromised", parts.serial("ana"))
    seconds = ends(hers) - begin
    assert seconds < 60, seconds
    assert parts.status("ana") is None, "a new connection is let in"
    assert parts.status("admin", "/v1/nodeinfo", "POST", '{"name":"n","spec":{}}', {"Content-Type": "application/json"}) == 201
    while b'"n"' not in (line := his.readline()):
        assert line, "the watch of others has ended"
    return seconds


def the_list(parts):
    """It is what openssl and curl take for one."""
    binary, text = f"{parts.folder}/served.crl", f"{parts.folder}/served.pem"
    outcome = parts.curl("factory", "/v1/crl", binary, "-w", "%{content_type}")
    assert outcome.returncode == 0 and outcome.stdout == "application/pkix-crl", outcome
    chain = f"{parts.certificates}/chain.pem"
    parts.openssl("crl", "-inform", "DER", "-in", binary, "-CAfile", chain, "-verify", "-noout")
    shown = parts.openssl("crl", "-inform", "DER", "-in", binary, "-noout", "-text")
    assert parts.serial("ana") in shown and "Key Compromise" in shown, shown
    outcome = parts.curl("factory", "/v1/crl", text, "-H", "Accept: application/x-pem-file")
    assert outcome.returncode == 0, outcome
    parts.openssl("crl", "-in", text, "-CAfile", chain, "-verify", "-noout")
    return text


def a_component(parts):
    begin = time.monotonic()
    parts.credible("revoke", parts.serial("factory"))
    parts.says("infoservice", r"revocation list was taken.*connections-closed=[1-9]")
    parts.wait_for(lambda: parts.status("factory") is None, "the Factory is let in")
    seconds = time.monotonic() - begin
    assert parts.status("master") == 200
    # With a new certificate it goes on, without a restart: the file is looked at.
    parts.identity("factory", "factory")
    assert parts.status("factory") == 200
    return seconds


def the_server(parts, crl):
    """Whoever hears that the server's certificate was taken back leaves it, until it shows another one."""
    assert parts.client("nodeinfo-list").returncode == 0
    begin = time.monotonic()
    parts.credible("revoke", "--key-compromised", parts.serial("host"))
    parts.says("master", r"revocation list was taken.*connections-closed=[1-9]")
    seconds = time.monotonic() - begin
    # The Master remembers over a restart, vc3-client from one command to the next, and curl goes by a file.
    parts.says("master", "lease was lost|lease cannot be asked for")
    parts.kill("master")
    parts.start("master")
    parts.says("master", "taken back the server's certificate")
    outcome = parts.curl("admin", "/v1/crl?form=pem", crl)
    assert outcome.returncode == 0, outcome
    # It asks once a minute.
    os.utime(f"{parts.certificates}/vc3.crl.pem", (0, 0))
    parts.client("nodeinfo-list")
    outcome = parts.client("nodeinfo-list")
    assert outcome.returncode != 0 and "taken back the server's certificate" in outcome.stdout, outcome
    outcome = parts.curl("admin", "/v1/nodeinfo", "/dev/null", "--crlfile", crl)
    assert outcome.returncode != 0 and "revoked" in outcome.stderr, outcome

    parts.host_files()
    parts.signal("infoservice", 1)
    parts.says("infoservice", "certificates were read again")
    outcome = parts.client("nodeinfo-list")
    assert outcome.returncode == 0, outcome
    leading = parts.log("master").count("leading")
    parts.wait_for(lambda: parts.log("master").count("leading") >= max(leading, 2), "the Master does not go on")
    return seconds


def main():
    with tempfile.TemporaryDirectory(prefix="vc3-integration.") as folder:
        parts = Parts(folder)
        try:
            parts.start("infoservice")
            parts.start("master", "factory")
            parts.says("master", "revocation list was published")
            parts.says("factory", "factory starts")
            user = a_user(parts)
            crl = the_list(parts)
            component = a_component(parts)
            server = the_server(parts, crl)
            assert set(parts.stop().values()) == {0}
            # After a restart, with nothing but the store, they are still refused.
            parts.start("infoservice")
            assert parts.status("ana") is None
        finally:
            parts.stop()
    print(f"revocation: after credible revoke a user's watch ended in {user:.1f} s, a component was refused in {component:.1f} s,"
          f" the Master left its server in {server:.1f} s")


if __name__ == "__main__":
    main()
