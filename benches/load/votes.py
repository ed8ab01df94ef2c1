#!/usr/bin/env python3
"""Votes at a steady rate beside the readers; says at the end whether every one was counted.
Usage: votes.py ADDRESS SECONDS [RATE]; the server trusts this machine as a proxy (trusted_proxies)."""
import json
import sys
import time
import urllib.request

base, seconds, rate = sys.argv[1].rstrip("/"), float(sys.argv[2]), float(sys.argv[3]) if len(sys.argv) > 3 else 20.0


def ask(path, body=None, headers=None):
    data = json.dumps(body).encode() if body else None
    request = urllib.request.Request(base + path, data, {"Content-Type": "application/json", **(headers or {})})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


stories = [story["id"] for story in ask("/api/v1/stories?limit=5")["items"]]
before = {story: ask(f"/api/v1/stories/{story}/vote") for story in stories}
cast = {story: [0, 0] for story in stories}
took, start, number = [], time.time(), 0
while time.time() - start < seconds:
    story, likes = stories[number % len(stories)], number % 3 != 0
    begun = time.time()
    # A voter without a cookie is a new one.
    ask(f"/api/v1/stories/{story}/vote", {"vote": "like" if likes else "dislike"},
        {"X-Forwarded-For": f"10.{number // 62500}.{number // 250 % 250}.{number % 250}"})
    took.append(time.time() - begun)
    cast[story][0 if likes else 1] += 1
    number += 1
    time.sleep(max(0.0, start + number / rate - time.time()))
lost = 0
for story in stories:
    after = ask(f"/api/v1/stories/{story}/vote")
    lost += abs(after["likes"] - before[story]["likes"] - cast[story][0])
    lost += abs(after["dislikes"] - before[story]["dislikes"] - cast[story][1])
took.sort()
print(f"{number} votes, {number / (time.time() - start):.1f} a second, {lost} lost; "
      f"p50 {took[len(took) // 2] * 1000:.1f} ms, p99 {took[len(took) * 99 // 100] * 1000:.1f} ms")
