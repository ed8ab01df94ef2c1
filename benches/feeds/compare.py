#!/usr/bin/env python3
"""Sets firsthand beside other readers of feeds on the documents made by rule.

usage: compare.py [--show N]      from this folder, after `cargo build --release` here and in the project
Needs Python's feedparser (pip install feedparser); without it that column is left out.
Prints the share of documents read as they must be, a row a class; --show N prints N differences a reader.
"""
import argparse, calendar, json, pathlib, re, subprocess, sys, tempfile
from datetime import datetime

HERE = pathlib.Path(__file__).resolve().parent


def lines(text):
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def program(folder):
    binary = HERE / "../../target/release/firsthand"
    out = subprocess.run([binary, "feed", "--jsonl", folder / "list.jsonl"], capture_output=True, text=True).stdout
    read = {}
    for feed in lines(out):
        items = feed.get("items") or []
        first = items[0] if items else {}
        seconds = lambda text: int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())
        read[feed["file"]] = {"error": feed["error"]} if "error" in feed else {
            "titles": [item["title"] for item in items if item["title"]], "link": first.get("link"),
            "published": seconds(first["published"]) if first.get("published") else None,
            "content": first.get("content") or first.get("summary")}
    return read


def python(gold):
    try:
        import feedparser
    except ImportError:
        print("feedparser is not installed: left out", file=sys.stderr)
        return None
    read = {}
    for case in gold:
        headers = {"content-location": "https://outlet.example/feeds/news.xml"}
        if case["content_type"]:
            headers["content-type"] = case["content_type"]
        feed = feedparser.parse(pathlib.Path(case["file"]).read_bytes(), response_headers=headers)
        if not feed.entries:
            read[case["file"]] = {"error": "no items"}
            continue
        first = feed.entries[0]
        when = first.get("published_parsed") or first.get("updated_parsed")
        content = first.get("content") or [{}]
        read[case["file"]] = {"titles": [entry.title for entry in feed.entries if entry.get("title")],
            "link": first.get("link"), "published": calendar.timegm(when) if when else None,
            "content": content[0].get("value") or first.get("summary")}
    return read


def right(read, expected):
    if read is None or "error" in read:
        return False
    titles = read["titles"]
    if "titles" in expected:
        return titles == expected["titles"]
    if "least" in expected:
        return bool(titles) and titles[0] == expected["title"] and len(titles) >= expected["least"]
    if "title" in expected:
        return bool(titles) and titles[0] == expected["title"]
    if "link" in expected:
        return (read["link"] or None) == expected["link"]
    if "published" in expected:
        wanted = expected["published"]
        return read["published"] == (int(datetime.fromisoformat(wanted.replace("Z", "+00:00")).timestamp()) if wanted else None)
    content = read["content"] or ""
    return all(word in content for word in expected["kept"]) and not any(word in content for word in expected["gone"])


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--show", type=int, default=0)
    show = arguments.parse_args().show
    peers = HERE / "target/release/feed_peers"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run([peers, "write", folder], check=True)
        gold = lines((folder / "gold.jsonl").read_text())
        readers = {"firsthand": program(folder)}
        for line in lines(subprocess.run([peers, "read", folder], check=True, capture_output=True, text=True).stdout):
            readers.setdefault(line["peer"], {})[line["file"]] = line["read"]
        feedparser = python(gold)
        if feedparser is not None:
            readers["feedparser"] = feedparser
        classes = sorted({case["class"] for case in gold})
        print(f"{'class':<12}{'n':>5}  " + "".join(f"{name:>24}" for name in readers))
        for which in classes + ["all"]:
            cases = [case for case in gold if which in (case["class"], "all")]
            shares = [sum(right(read.get(case["file"]), case["expected"]) for case in cases) / len(cases) for read in readers.values()]
            print(f"{which:<12}{len(cases):>5}  " + "".join(f"{100 * share:>23.1f}%" for share in shares))
        for name, read in readers.items():
            wrong = [case for case in gold if not right(read.get(case["file"]), case["expected"])]
            for case in wrong[:show]:
                document = re.sub(r"\s+", " ", pathlib.Path(case["file"]).read_bytes().decode("utf-8", "replace"))[:160]
                print(f"\n{name}: {case['class']}: wanted {case['expected']}\n  read {read.get(case['file'])}\n  of {document}")


main()
