#!/usr/bin/env python3
"""/v1/audit over HTTPS: who may read it, filters, pages, and how long entries are kept."""
from description import Description
from service import clients, infoservice

SECRET = "c2VjcmV0LW9mLXRoZS1hdWRpdA=="


def trail(client, **parameters):
    answer = client.get("/v1/audit", params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def main():
    with infoservice("[history]\nchanges = 20\nauditentries = 50\nauditage = 30 d") as service:
        by_role = clients(service)
        admin, user, portal = by_role["admin"], by_role["user"], by_role["portal"]
        description = Description(admin.get("/openapi.json").json())
        acting = {"VC3-Acting-For": "ana"}
        made = user.post("/v1/nodeinfo", json={"name": "n", "spec": {}}).json()
        changed = portal.patch("/v1/nodeinfo/n", data='{"spec":{"cores":2}}', headers={
            **acting, "Content-Type": "application/merge-patch+json"}).json()
        user.post("/v1/privatetoken", json={"name": "t", "spec": {"data": SECRET, "type": "ssh"}})
        user.delete("/v1/nodeinfo/n")

        # Who may read it: admins, and nobody else.
        for role, client in by_role.items():
            answer = client.get("/v1/audit")
            assert answer.status_code == (200 if role == "admin" else 403), (role, answer.text)
            description.judge("GET", "/v1/audit", answer)
        assert portal.get("/v1/audit", headers={"VC3-Acting-For": "admin"}).status_code == 403

        # Newest first; names of fields, no values.
        items = trail(admin)["items"]
        assert [(item["action"], item["kind"], item["name"]) for item in items] == [
            ("delete", "nodeinfo", "n"), ("create", "privatetoken", "t"), ("change", "nodeinfo", "n"),
            ("create", "nodeinfo", "n")], items
        assert items[2]["fields"] == ["spec.cores"] and items[2]["via"] == "portal portal", items[2]
        assert items[3]["revision"] == made["revision"] and items[3]["role"] == "user" and items[3]["who"] == "ana"
        assert items[3]["origin"].startswith("127.0.0.1:") and "via" not in items[3], items[3]
        assert SECRET not in admin.get("/v1/audit").text

        # Filters, alone and together.
        for filters, count in ((dict(kind="nodeinfo"), 3), (dict(name="t"), 1), (dict(role="user"), 4), (dict(who="ben"), 0),
                               (dict(role="admin"), 0), (dict(kind="nodeinfo", name="t"), 0),
                               (dict(since="2000-01-01T00:00:00Z"), 4), (dict(until="2000-01-01T00:00:00Z"), 0),
                               (dict(since=changed["updated"], kind="nodeinfo"), 2), (dict(until=changed["updated"]), 1),
                               (dict(before=changed["revision"]), 1)):
            assert len(trail(admin, **filters)["items"]) == count, (filters, trail(admin, **filters))
        for parameters in (dict(rolle="user"), dict(role="king"), dict(kind="cat"), dict(since="yesterday"), dict(limit=0),
                           dict(limit=1001), dict(before=-1), {"kind": ["user", "project"]}):
            answer = admin.get("/v1/audit", params=parameters)
            assert answer.status_code == 422 and answer.json()["problems"], (parameters, answer.text)
            description.judge("GET", "/v1/audit", answer)

        # Pages: together the whole, in order, although others write meanwhile.
        for number in range(10):
            user.post("/v1/nodeinfo", json={"name": f"n{number}", "spec": {}})
        whole = [item["revision"] for item in trail(admin)["items"]]
        revisions, parameters = [], dict(limit=4)
        while True:
            page = trail(admin, **parameters)
            revisions += [item["revision"] for item in page["items"]]
            assert len(page["items"]) <= 4
            user.post("/v1/nodeinfo", json={"name": f"m{len(revisions)}", "spec": {}})
            if "next" not in page:
                break
            parameters["before"] = page["next"]
        assert revisions == whole and len(whole) == 14, (revisions, whole)

        # Kept: the last ones. What goes, goes together with old changes, a batch of which is due now and then.
        for number in range(200):
            admin.post("/v1/nodeinfo", json={"name": f"k{number}", "spec": {}})
        kept = [item["revision"] for item in trail(admin, limit=1000)["items"]]
        assert 50 <= len(kept) < 150 and kept == sorted(kept, reverse=True), len(kept)
        service.stop()
        service.start()
        assert [item["revision"] for item in trail(admin, limit=1000)["items"]] == kept, "and are after a restart"
    print("audit: read by admins alone, filtered, in pages, kept as long as was said")


if __name__ == "__main__":
    main()
