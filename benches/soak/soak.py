#!/usr/bin/env python3
"""A server for a long time: feeds that always have something new, readers, votes, a reader app, settings read again and again.
Prints what it takes, a line for every five minutes, and at the end how memory went over the second half.

Usage: soak.py --program target/release/firsthand [--minutes 60] [--feeds 500] [--readers 8] [--pace 1440] [--port 8720]
Grouping holds the articles of fourteen days: a day of theirs passes in a minute (--pace), or the hour would only show how that fills.
The outlets (outlets.py, beside this) are served on PORT, the server on PORT + 1."""
import argparse
import http.client
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
EVERY = 15


class Soak:
    def __init__(self, options):
        self.options = options
        self.outlets, self.port = options.port, options.port + 1
        self.ended = threading.Event()
        self.lock = threading.Lock()
        self.took, self.wrong, self.votes = [], {}, {}
        self.stories, self.articles = [], []

    def note(self, seconds, problem=None):
        with self.lock:
            if problem:
                self.wrong[problem] = self.wrong.get(problem, 0) + 1
            else:
                self.took.append(seconds)

    def ask(self, connection, method, path, body=None, headers=None):
        """An answer's status and text; what fails is noted."""
        begun = time.time()
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except OSError as error:
            connection.close()
            self.note(0, f"{path.split('?')[0].split('/')[1] or 'front'}: {type(error).__name__}")
            return 0, ""
        except http.client.HTTPException as error:
            connection.close()
            self.note(0, f"{type(error).__name__}")
            return 0, ""
        problem = f"{method} {path.split('?')[0].split('/')[1] or 'front'}: {answer.status}" if answer.status >= 400 else None
        self.note(time.time() - begun, problem)
        return answer.status, text

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def reader(self, number):
        dice, connection = random.Random(number), self.connect()
        words = ["harbour", "bridge", "council", "mayor", "ferry", "storm", "river+tram", "%22the+mayor%22"]
        while not self.ended.is_set():
            kind = dice.random()
            stories, articles = self.stories or ["0"], self.articles or ["0"]
            if kind < 0.35:
                path = "/" if dice.random() < 0.5 else f"/?order=new&page={dice.randint(1, 9)}"
            elif kind < 0.6 and self.stories:
                path = f"/story/{dice.choice(stories)}"
            elif kind < 0.8 and self.articles:
                path = f"/article/{dice.choice(articles)}"
            elif kind < 0.95:
                path = f"/search?q={dice.choice(words)}"
            else:
                path = "/feeds/new.atom"
            self.ask(connection, "GET", path)
            time.sleep(dice.random() * 0.2)

    def voter(self):
        dice, connection = random.Random(99), self.connect()
        number = 0
        while not self.ended.is_set():
            if self.stories:
                number += 1
                story, vote = dice.choice(self.stories[:20]), dice.choice(["like", "like", "dislike"])
                headers = {"Content-Type": "application/json", "X-Forwarded-For": f"10.{number // 62500}.{number // 250 % 250}.{number % 250}"}
                status, _ = self.ask(connection, "POST", f"/api/v1/stories/{story}/vote", json.dumps({"vote": vote}), headers)
                if status == 200:
                    self.votes[story] = self.votes.get(story, 0) + 1
            time.sleep(0.2)

    def app(self, token):
        """What a reader app does every minute."""
        connection, headers = self.connect(), {"Authorization": f"Bearer {token}"}
        while not self.ended.wait(20):
            status, text = self.ask(connection, "GET", "/api/v1/stories?order=new&limit=100", headers=headers)
            if status == 200:
                items = json.loads(text)["items"]
                self.stories, self.articles = [str(item["id"]) for item in items], [str(item["article_id"]) for item in items]
            self.ask(connection, "GET", "/api/v1/articles?limit=50", headers=headers)

    def metric(self, name):
        connection = self.connect()
        connection.request("GET", "/metrics")
        for line in connection.getresponse().read().decode().splitlines():
            if line.startswith(f"firsthand_{name} "):
                return float(line.split()[1])
        return 0.0

    def sample(self, pid):
        status = Path(f"/proc/{pid}/status").read_text()
        value = lambda name: int(next(line.split()[1] for line in status.splitlines() if line.startswith(name + ":")))
        return {"stories": self.metric("stories"), "at": time.time(), "rss": value("VmRSS") / 1024, "threads": value("Threads"), "files": len(os.listdir(f"/proc/{pid}/fd")),
                "articles": self.metric("articles")}

    def run(self):
        options = self.options
        with tempfile.TemporaryDirectory(prefix="firsthand-soak-") as folder:
            data = Path(folder)
            (data / "firsthand.toml").write_text('trusted_proxies = "127.0.0.1"\nvotes_per_minute = 1000000\n[http]\nhost_pause_ms = 0\n')
            outlines = "".join(f'<outline type="rss" xmlUrl="http://127.0.0.1:{self.outlets}/{n}/feed"/>' for n in range(options.feeds))
            (data / "feeds.opml").write_text(f"<opml version='2.0'><body>{outlines}</body></opml>")
            end = int(time.time() + options.minutes * 60)
            outlets = subprocess.Popen([sys.executable, HERE / "outlets.py", str(self.outlets), str(options.feeds), "20", str(options.pace), str(end)])
            command = lambda *words, **more: subprocess.run([options.program, *words, "--data", folder], check=True, capture_output=True, text=True, **more).stdout
            command("import", str(data / "feeds.opml"))
            command("user", "add", "soak", "--role", "administrator", "--password-stdin", input="a long password\n")
            token = command("token", "soak").strip()
            log = open(data / "serve.log", "w")
            server = subprocess.Popen([options.program, "serve", "--data", folder, "--listen", f"127.0.0.1:{self.port}", "--poll-interval", options.interval, "--allow-private-network"], stderr=log)
            try:
                self.live(server, token)
            finally:
                self.ended.set()
                server.send_signal(signal.SIGTERM)
                code = server.wait(30)
                outlets.kill()
            print(f"the server ended with {code}")
            print("check:", subprocess.run([options.program, "check", "--data", folder], capture_output=True, text=True).stdout.strip().splitlines()[-1])
            warnings = [line for line in (data / "serve.log").read_text().splitlines() if " WARN " in line or " ERROR " in line]
            print(f"{len(warnings)} warnings and errors in its log", *warnings[:5], sep="\n  ")

    def live(self, server, token):
        for _ in range(200):
            try:
                self.metric("articles")
                break
            except OSError:
                time.sleep(0.1)
        threads = [threading.Thread(target=self.reader, args=(n,), daemon=True) for n in range(self.options.readers)]
        threads += [threading.Thread(target=self.voter, daemon=True), threading.Thread(target=self.app, args=(token,), daemon=True)]
        for thread in threads:
            thread.start()
        samples, begun, printed = [], time.time(), 0
        while time.time() - begun < self.options.minutes * 60:
            time.sleep(EVERY)
            if server.poll() is not None:
                raise SystemExit(f"the server ended by itself with {server.returncode}")
            samples.append(self.sample(server.pid))
            minutes = int((time.time() - begun) / 60)
            if minutes >= printed + 5:
                printed = minutes
                with self.lock:
                    took, self.took = sorted(self.took), []
                window = samples[-20:]
                middle = statistics.median(sample["rss"] for sample in window)
                print(f"{minutes:3} min: {middle:6.1f} MiB in the middle, {max(s['rss'] for s in window):6.1f} at most; {samples[-1]['files']} files, {samples[-1]['threads']} threads; "
                      f"{samples[-1]['articles']:.0f} articles in {samples[-1]['stories']:.0f} stories; {len(took)} answers, p50 {took[len(took) // 2] * 1000:.1f} ms, p99 {took[len(took) * 99 // 100] * 1000:.1f} ms", flush=True)
                # As an operator does now and then.
                if minutes % 20 == 10:
                    server.send_signal(signal.SIGHUP)
        half = samples[len(samples) // 2:]
        hours = [(sample["at"] - half[0]["at"]) / 3600 for sample in half]
        slope = statistics.linear_regression(hours, [sample["rss"] for sample in half]).slope
        print(f"memory over the second half: {statistics.median(s['rss'] for s in half):.1f} MiB in the middle, {slope:+.1f} MiB an hour")
        self.ended.set()
        for thread in threads:
            thread.join(40)
        lost = 0
        connection = self.connect()
        for story, count in self.votes.items():
            _, text = self.ask(connection, "GET", f"/api/v1/stories/{story}/vote")
            shown = json.loads(text) if text.startswith("{") else {}
            # Stories that were merged have the votes of both.
            lost += max(0, count - shown.get("likes", 0) - shown.get("dislikes", 0))
        print(f"{sum(self.votes.values())} votes were taken, {lost} of them are not counted; what went wrong: {self.wrong or 'nothing'}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default="target/release/firsthand")
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--feeds", type=int, default=500)
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--pace", type=int, default=1440)
    parser.add_argument("--interval", default="2m")
    parser.add_argument("--port", type=int, default=8720)
    Soak(parser.parse_args()).run()
