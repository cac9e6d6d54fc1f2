"""What an existing client of the original does, on Python's standard library alone.

Entities travel in the query string with an empty body. Of an answer, only status and body are looked at; 405 means that
the entity exists already or is missing, every other status of a write is taken for success. Before JSON is parsed,
plain apostrophes are deleted from it, as the original's library did.
"""
import http.client
import json
import os
import ssl
import urllib.parse


class Conflict(Exception):
    """Status 405."""


class Server:
    def __init__(self, role):
        folder = os.environ["VC3_LEGACY_PKI"]
        context = ssl.create_default_context(cafile=os.path.join(folder, "ca.pem"))
        context.load_cert_chain(os.path.join(folder, role + ".pem"), os.path.join(folder, role + ".key"))
        self.connection = http.client.HTTPSConnection(
            "127.0.0.1", int(os.environ["VC3_LEGACY_PORT"]), context=context, timeout=60)

    def raw(self, method, target, body=None, headers=None):
        """(status, headers, body text)"""
        headers = dict(headers or {})
        if body is None and method in ("POST", "PUT"):
            headers["Content-Length"] = "0"
        self.connection.request(method, target, body=body, headers=headers)
        answer = self.connection.getresponse()
        text = answer.read().decode("utf-8")
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, text

    def info(self, method, headers=None, **parameters):
        if "data" in parameters and not isinstance(parameters["data"], str):
            parameters["data"] = json.dumps(parameters["data"])
        return self.raw(method, "/info?" + urllib.parse.urlencode(parameters), headers=headers)

    # The original's client library.

    def create(self, key, entity, /, **attributes):
        return self._write("POST", key, entity, dict({"name": entity}, **attributes))

    def update(self, key, entity, /, **attributes):
        return self._write("PUT", key, entity, attributes)

    def _write(self, method, key, name, attributes):
        status, _, text = self.info(method, key=key, entityname=name, data={name: attributes})
        if status == 405:
            raise Conflict(text)
        assert status == 200, (status, text)
        assert text == "Entity %s stored in key %s\n" % (name, key), text
        return text

    def get(self, key, name):
        status, _, text = self.info("GET", key=key, entityname=name)
        if status == 405:
            raise Conflict(text)
        assert status == 200, (status, text)
        return json.loads(text.replace("'", ""))

    def list(self, key):
        status, _, text = self.info("GET", key=key)
        assert status == 200, (status, text)
        return json.loads(text.replace("'", ""))

    def delete(self, key, name):
        status, _, text = self.info("DELETE", key=key, entityname=name)
        if status == 405:
            raise Conflict(text)
        assert (status, text) == (200, "Entity %s deleted in key %s\n" % (name, key)), (status, text)


def refused(call, *words):
    """The text of a 405; all words must be in it."""
    try:
        call()
    except Conflict as conflict:
        for word in words:
            assert word in str(conflict), (word, str(conflict))
        return str(conflict)
    raise AssertionError("not refused")


USER = dict(state="new", first="First", last="Last", email="a@example.org", organization="Somewhere", identity_id=None,
            sshpubstring=None, description=None, displayname=None, url=None, docurl=None)
RESOURCE = dict(state="new", accesstype="batch", accessmethod="ssh", accessflavor="slurm", accesshost="login.example.org",
                accessport="22", accessgateway=None, nodeinfo="n1", scratchdir="/home/${USER}", sandboxdir=None,
                gridresource=None, cloudspotprice=None, cloudinstancetype=None, mfa=False, public=False,
                pubtokendocurl=None, organization=None, description=None, displayname=None, url=None, docurl=None)
NODESET = dict(state="new", state_reason="new", node_number=2, app_type="htcondor", app_role="worker-nodes", nodeinfo=None,
               app_host=None, app_port=None, app_sectoken=None, app_peaceful=True, app_lingertime=None,
               app_killorder=None, environment=None, description=None, displayname=None, url=None, docurl=None)
REQUEST = dict(state="new", state_reason=None, action="new", expiration=None, project="p1", cluster="c1",
               policy="static-balanced", allocations=["ana.r1"], environments=[], headnode=None, queuesconf=None,
               authconf=None, statusraw=None, statusinfo=None, organization=None, description=None, displayname=None,
               url=None, docurl=None)
ALLOCATION = dict(state="new", state_reason=None, action="new", resource="r1", accountname="ana", type="unlimited",
                  quantity=None, units=None, sectype=None, pubtoken=None, privtoken=None, pubtokendocurl=None,
                  description=None, displayname=None, url=None, docurl=None)
