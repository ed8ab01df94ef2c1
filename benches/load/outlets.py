#!/usr/bin/env python3
"""Feeds and pages of invented outlets at the addresses that `cargo xtask fill` wrote: every time a feed is asked for
it has an article more. Usage: outlets.py [PORT]"""
import sys
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from time import time

WORDS = "harbour bridge council mayor ferry market school storm river tram clinic budget strike museum station".split()


def sentence(dice):
    return " ".join(dice.choice(WORDS) for _ in range(14)).capitalize() + ". The mayor said in an interview that it was so."


class Outlets(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    asked = {}

    def do_GET(self):
        feed, _, rest = self.path.strip("/").partition("/")
        if rest == "feed":
            count = self.asked[feed] = self.asked.get(feed, 0) + 1
            base = f"http://{self.headers['Host']}/{feed}"
            items = "".join(
                f"<item><title>{' '.join(Random(f'{feed} {n}').sample(WORDS, 6))}</title><link>{base}/new{n}</link>"
                f"<guid>{base}/new{n}</guid><pubDate>{formatdate(time())}</pubDate></item>"
                for n in range(max(0, count - 20), count)
            )
            kind = "application/rss+xml"
            text = f"<rss version='2.0'><channel><title>Outlet {feed}</title><link>{base}/</link>{items}</channel></rss>"
        else:
            dice, kind = Random(self.path), "text/html"
            paragraphs = "".join(f"<p>{' '.join(sentence(dice) for _ in range(4))}</p>" for _ in range(8))
            text = f"<!doctype html><html lang=en><title>{self.path}</title><body><article><h1>{sentence(dice)}</h1>{paragraphs}</article>"
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 8700), Outlets).serve_forever()
