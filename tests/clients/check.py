"""Clients in Python against a running demo: the library `miniflux`, and Schemathesis over the description of the API.

Run by `tests/clients/python`, which makes an environment with both. FIRSTHAND_BIN names the server's binary.
"""

import http.cookiejar
import json
import os
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request

import miniflux

BINARY = os.environ.get("FIRSTHAND_BIN", "target/debug/firsthand")
# What Schemathesis checks. That everything which fits a schema is accepted is not among it: whether an address can be
# followed is no matter of its form.
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,negative_data_rejection,missing_required_header,unsupported_method,ignored_auth"
)
# What does not end, and what would take the token itself away.
LEFT_OUT = r"^/events$|^/me/password$|^/users/\{id\}|^/tokens/\{id\}$"


def start():
    """Starts a demo; gives it with its address and the code for the first account."""
    demo = subprocess.Popen([BINARY, "demo", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    said = ""
    while "code=" not in said:
        line = demo.stdout.readline()
        assert line, "the demo ended early: " + said
        said += line
    base = re.search(r"http://[0-9.:]+", said).group(0)
    return demo, base, re.search(r"code=(\w+)", said).group(1)


def post(opener, address, form=None, data=None):
    body = urllib.parse.urlencode(form).encode() if form is not None else json.dumps(data).encode()
    kind = "application/x-www-form-urlencoded" if form is not None else "application/json"
    return opener.open(urllib.request.Request(address, body, {"Content-Type": kind})).read().decode()


def check_miniflux(base, password):
    """The library's own calls; a wrong answer ends the program."""
    client = miniflux.Client(base, "ann", password)
    assert client.me()["username"] == "ann"
    feeds = client.get_feeds()
    for _ in range(100):
        entries = client.get_entries(limit=100)
        if entries["total"] > 15:
            break
        time.sleep(0.2)
    assert entries["total"] > 15 and len(feeds) > 5, entries["total"]
    first = entries["entries"][0]["id"]
    client.update_entries([first], "read")
    assert client.get_entry(first)["status"] == "read"
    client.toggle_bookmark(first)
    assert [entry["id"] for entry in client.get_entries(starred=True)["entries"]] == [first]
    client.toggle_bookmark(first)
    assert client.get_entries(starred=True)["total"] == 0
    assert client.get_feed_entries(feeds[0]["id"])["total"] > 0
    categories = client.get_categories()
    category = next(category for category in categories if category["title"] == "Agencies")
    client.update_category(category["id"], "Town & Country / North")
    assert any(category["title"] == "Town & Country / North" for category in client.get_categories())
    client.mark_feed_entries_as_read(feeds[0]["id"])
    assert client.get_feed_entries(feeds[0]["id"], status=["unread"])["total"] == 0
    assert client.export().count("xmlUrl") == len(feeds)
    assert client.get_entries(search="council")["total"] > 0
    client.mark_user_entries_as_read(client.me()["id"])
    assert client.get_entries(status=["unread"])["total"] == 0
    print("miniflux: all calls answered as its library expects", flush=True)


def main():
    demo, base, code = start()
    try:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        post(opener, base + "/welcome", form={"code": code, "name": "ann", "password": "a-long-password"})
        page = post(opener, base + "/settings/apps", form={"app": "new"})
        check_miniflux(base, re.search(r"<code>([0-9a-f]{20})</code>", page).group(1))
        token = json.loads(post(opener, base + "/api/v1/tokens", data={"label": "check"}))["token"]
        run = [
            "schemathesis", "run", base + "/api/v1/openapi.json", "-H", "Authorization: Bearer " + token,
            "--exclude-path-regex", LEFT_OUT, "--phases", "coverage,fuzzing", "-n", "15", "--continue-on-failure",
            "--checks", CHECKS, "--warnings", "off", "--no-color",
        ]
        return subprocess.run(run, check=False).returncode
    finally:
        demo.terminate()


if __name__ == "__main__":
    sys.exit(main())
