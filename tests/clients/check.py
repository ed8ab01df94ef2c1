"""Clients in Python against a running demo: the library `miniflux`, every feed that is given out read strictly, and
Schemathesis over the description of the API.

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
from xml.etree import ElementTree

import atoma
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


ATOM = "{http://www.w3.org/2005/Atom}"
# RFC 3339, as RFC 4287 (3.3) has it: a capital T, and a zone.
INSTANT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")


def check_atom(address, opener):
    """What RFC 4287 demands of a feed document, besides that a strict reader reads it; gives its number of entries."""
    document = opener.open(address).read()
    feed = ElementTree.fromstring(document)
    assert feed.tag == ATOM + "feed", feed.tag

    def one(element, name):
        found = element.findall(ATOM + name)
        assert len(found) == 1, (address, name, len(found))
        return found[0].text or ""

    ids = [one(feed, "id")]
    for element in [feed] + feed.findall(ATOM + "entry"):
        one(element, "title")
        for name in ("updated", "published"):
            for instant in element.findall(ATOM + name):
                assert INSTANT.match(instant.text), (address, instant.text)
        one(element, "updated")
        for name in ("rights", "generator", "icon", "logo", "subtitle", "content", "summary", "published"):
            assert len(element.findall(ATOM + name)) <= 1, (address, name)
        links = element.findall(ATOM + "link")
        assert all(link.get("href") for link in links), address
        own = [(link.get("type"), link.get("hreflang")) for link in links if link.get("rel", "alternate") == "alternate"]
        assert len(own) == len(set(own)), (address, own)
        for text in element.findall(ATOM + "title") + element.findall(ATOM + "content") + element.findall(ATOM + "summary"):
            assert text.get("type", "text") in ("text", "html") and len(text) == 0, (address, text.tag)
    for entry in feed.findall(ATOM + "entry"):
        ids.append(one(entry, "id"))
        authors = entry.findall(ATOM + "author") + feed.findall(ATOM + "author")
        assert authors and all(one(author, "name") for author in authors), address
    assert len(ids) == len(set(ids)), (address, "an id comes twice")
    assert all(urllib.parse.urlparse(id_).scheme for id_ in ids), address
    return len(atoma.parse_atom_bytes(document).entries)


def check_feeds(base, opener):
    """Every list as Atom and as JSON Feed."""
    story = json.loads(opener.open(base + "/api/v1/stories?limit=1").read())["items"][0]
    outlet = story["outlets"][0]["id"]
    article = json.loads(opener.open(base + "/api/v1/articles?limit=1").read())["items"][0]["id"]
    request = urllib.request.Request(
        f"{base}/api/v1/articles/{article}/star", b'{"starred": true}', {"Content-Type": "application/json"}, method="PUT"
    )
    opener.open(request)
    starred = re.search(r"/feeds/starred-[^.\"]+", opener.open(base + "/starred").read().decode()).group(0)
    lists = ["/feeds/" + name for name in ("front", "new", "day", "week", "month", f"story-{story['id']}", f"outlet-{outlet}")]
    for name in lists + ["/feeds/search", starred]:
        query = "?q=council" if name == "/feeds/search" else ""
        entries = check_atom(f"{base}{name}.atom{query}", opener)
        feed = atoma.parse_json_feed_bytes(opener.open(f"{base}{name}.json{query}").read())
        assert entries == len(feed.items) > 0, (name, entries, len(feed.items))
    print(f"feeds: {len(lists) + 2} lists valid as Atom and JSON Feed", flush=True)


def main():
    demo, base, code = start()
    try:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        post(opener, base + "/welcome", form={"code": code, "name": "ann", "password": "a-long-password"})
        page = post(opener, base + "/settings/apps", form={"app": "new"})
        check_miniflux(base, re.search(r"<code>([0-9a-f]{20})</code>", page).group(1))
        check_feeds(base, opener)
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
