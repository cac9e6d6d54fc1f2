"""[infoservice] legacy = off."""
import json

from legacy_client import Server

admin = Server("admin")
for method in ("GET", "POST", "PUT", "DELETE", "HEAD"):
    for target in ("/info?key=user", "/info/user"):
        status, headers, text = admin.raw(method, target)
        assert status == 404 and headers["content-type"] == "application/problem+json", (method, status, headers)
        assert method == "HEAD" or json.loads(text)["code"] == "not-found"
print("off: there is no /info")
