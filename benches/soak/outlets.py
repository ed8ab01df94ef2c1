#!/usr/bin/env python3
"""Invented outlets that go on reporting: every minute some events happen, each is reported by a few of the feeds, some of which say whom
they have it from. Every time a feed is asked for it lists its last twenty reports.

Usage: outlets.py PORT FEEDS [EVENTS A MINUTE] [PACE END]
With PACE, dates go so many times faster than the clock, and meet it at END (seconds since 1970): what comes out in a minute is dated
over PACE minutes."""
import sys
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from threading import Lock
from time import time

HEADS = "b br c d f g gr h k l m n p pl r s st t tr v".split()
TAILS = "a e i o u an en ir ol um".split()
LOCK = Lock()
# Minutes whose events are known; reports that come in a minute; reports that are there, by feed.
KNOWN, COMING, THERE = {"until": int(time() // 60) - 20}, {}, {}


def word(rank):
    rest, out = rank + 1, ""
    while rest > 0:
        out += HEADS[rest % 20]
        rest //= 20
        out += TAILS[rest % 10]
        rest //= 10
    return out


def common(dice):
    """The first ranks often, as in any language."""
    return word(int(20000 ** dice.random()))


def sentence(dice, own, length):
    """A third of the words are the event's own."""
    words = [dice.choice(own) if place % 3 == 0 else dice.choice(["the", "of", "in", "to"]) if place % 3 == 1 else common(dice) for place in range(length)]
    return " ".join(words).capitalize() + "."


def event(minute, number):
    """Its own words, and which feeds report it when; the first one saw it."""
    dice = Random(f"event {minute} {number}")
    own = [word(dice.randrange(400, 20000)) for _ in range(14)]
    feeds = dice.sample(range(FEEDS), min(FEEDS, 1 + int(30 ** dice.random())))
    return own, [(feed, minute + place // 12) for place, feed in enumerate(feeds)]


def reports(feed):
    """The last reports of a feed, newest first, as (minute, number of the event, its place among the reports)."""
    now = int(time() // 60)
    with LOCK:
        for minute in range(KNOWN["until"], now + 1):
            for number in range(EVENTS):
                for place, (reporter, at) in enumerate(event(minute, number)[1]):
                    COMING.setdefault(at, []).append((reporter, (minute, number, place)))
        KNOWN["until"] = max(KNOWN["until"], now + 1)
        for at in sorted(at for at in COMING if at <= now):
            for reporter, report in COMING.pop(at):
                THERE.setdefault(reporter, []).insert(0, report)
        return THERE.get(feed, [])[:20]


def dated(minute):
    """A minute's date, in seconds since 1970."""
    return END - (END - minute * 60) * PACE


def title(minute, number, place):
    own, _ = event(minute, number)
    dice = Random(f"title {minute} {number} {place}")
    return sentence(dice, own[:6], 9).rstrip(".")


def page(minute, number, place):
    own, reporters = event(minute, number)
    dice, name = Random(f"page {minute} {number} {place}"), f"{own[0].capitalize()} {own[1].capitalize()}"
    paragraphs = [" ".join(sentence(dice, own, 16) for _ in range(3)) for _ in range(7)]
    if place == 0:
        paragraphs.insert(1, f"\"{sentence(dice, own, 12)}\" {name}, the mayor, said in an interview. {sentence(dice, own, 12)}")
    else:
        paragraphs.insert(1, f"{name} told Outlet {reporters[0][0]} that {sentence(dice, own, 12).lower()}")
    paragraphs.insert(3, f"More than {dice.randrange(20, 900)} people were there, the police said.")
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    heading = title(minute, number, place)
    return f"<!doctype html><html lang=en><title>{heading}</title><body><article><h1>{heading}</h1>{body}</article>"


class Outlets(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    made = {}

    def do_GET(self):
        parts = self.path.strip("/").split("/")
        kind = "text/html"
        if len(parts) == 2 and parts[1] == "feed":
            base, minute = f"http://{self.headers['Host']}", int(time() // 60)
            # A feed changes once a minute at the most.
            if self.made.get(parts[0], (0, ""))[0] != minute:
                items = "".join(
                    f"<item><title>{title(*report)}</title><link>{base}/{'/'.join(map(str, report))}</link><guid>{base}/{'/'.join(map(str, report))}</guid>"
                    f"<pubDate>{formatdate(dated(report[0]))}</pubDate></item>" for report in reports(int(parts[0])))
                self.made[parts[0]] = (minute, f"<rss version='2.0'><channel><title>Outlet {parts[0]}</title><link>{base}/{parts[0]}/</link>{items}</channel></rss>")
            kind, text = "application/rss+xml", self.made[parts[0]][1]
        elif len(parts) == 3 and all(part.isdigit() for part in parts):
            text = page(*map(int, parts))
        else:
            self.send_error(404)
            return
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    FEEDS, EVENTS = int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 20
    PACE, END = (int(word) for word in sys.argv[4:6]) if len(sys.argv) > 5 else (1, 0)
    ThreadingHTTPServer.request_queue_size = 128
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Outlets).serve_forever()
