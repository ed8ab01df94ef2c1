#!/usr/bin/env python3
"""One process on SQLite that dies again and again while it fetches, groups and takes ballots, stars and subscriptions.

    benches/crash/kill.py --program target/release/firsthand --opml feeds.opml --rounds 100

In each round it is killed (SIGKILL) at a random moment and started again; every tenth round `firsthand check` looks at what lies
there. Then its disk is full for a while, ten times (as root, which can make a small one): pages must be served meanwhile, ballots
are counted or refused. In the end every acknowledged ballot, star and subscription must be there, no article twice, `check` clean.
Last, its write-ahead log is torn or overwritten, ten times, as by a loss of power: it must start and be whole.

It needs a world to follow (an OPML file whose outlets are up, best ones that publish while it runs).
"""
import argparse, collections, json, os, random, shutil, struct, subprocess, sys, tempfile, threading, time, urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "nodes"))
from failover import Node, Voters, free_port  # noqa: E402


class Reader(threading.Thread):
    """Stars articles and follows feeds until told to stop; notes what was acknowledged."""

    def __init__(self, node, token, seed):
        super().__init__(daemon=True)
        self.node, self.random, self.ended = node, random.Random(seed), False
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.starred, self.followed, self.number = {}, set(), 0

    def run(self):
        while not self.ended:
            try:
                self.step()
            except OSError:
                time.sleep(0.1)
            time.sleep(0.02)

    def step(self):
        if self.random.random() < 0.1:
            self.number += 1
            # Refused by the guard when it is asked, which costs nothing: that it is followed is what counts.
            url = f"http://feed{self.number}.invalid/feed.xml"
            opml = f'<opml version="2.0"><body><outline type="rss" text="{self.number}" xmlUrl="{url}"/></body></opml>'
            self.call("PUT", "/api/v1/subscriptions.opml", opml.encode(), {"Content-Type": "text/x-opml"})
            self.followed.add(url)
            return
        items = json.loads(self.node.ask("/api/v1/articles?limit=50")[1])["items"]
        if items:
            article, star = self.random.choice(items)["id"], self.random.random() < 0.7
            # Until it is acknowledged either may be so.
            self.starred.pop(article, None)
            self.call("PUT", f"/api/v1/articles/{article}/star", json.dumps({"starred": star}).encode(), {})
            self.starred[article] = star

    def call(self, method, path, body, headers):
        request = urllib.request.Request(f"http://127.0.0.1:{self.node.port}{path}", data=body, method=method, headers={**self.headers, **headers})
        with urllib.request.urlopen(request, timeout=8) as answer:
            return answer.read()


def wait_until_ready(node):
    for _ in range(600):
        try:
            node.ask("/readyz", timeout=1)
            return
        except OSError:
            if node.process.poll() is not None:
                sys.exit(f"it ended by itself with {node.process.returncode}: see {node.folder}/log")
            time.sleep(0.02)
    sys.exit("it is not ready after a long time")


def fill(path):
    file = os.open(path, os.O_WRONLY | os.O_CREAT)
    for size in (1 << 20, 1 << 12, 1):
        try:
            while os.write(file, bytes(size)):
                pass
        except OSError:
            pass
    os.close(file)


def tear(database, chance):
    """Cuts a write-ahead log where a loss of power could: behind what was taken over into the database, which waits for the disk."""
    log, shared = database + "-wal", database + "-shm"
    if not os.path.exists(log) or not os.path.exists(shared):
        return 0
    with open(shared, "rb") as file:
        index = file.read(136)
    # SQLite's file format, "WAL-Index Format": frames taken over, and those that were about to be.
    taken_over = max(struct.unpack_from("=I", index, 96)[0], struct.unpack_from("=I", index, 128)[0])
    with open(log, "rb") as file:
        page_size = struct.unpack_from(">I", file.read(32), 8)[0]
    least, size = 32 + taken_over * (24 + page_size), os.path.getsize(log)
    if least >= size:
        return 0
    at = chance.randrange(least, size)
    if chance.random() < 0.5:
        os.truncate(log, at)
    else:
        # Some of it came to the disk as something else.
        with open(log, "r+b") as file:
            file.seek(at)
            file.write(os.urandom(min(3000, size - at)))
    return 1


def check(program, place, when):
    done = subprocess.run([program, "check", *place], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{when}: {done.stdout}{done.stderr}")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--program", required=True)
    options.add_argument("--opml", required=True)
    options.add_argument("--rounds", type=int, default=100)
    options.add_argument("--disk-mb", type=int, default=400, help="of the disk that is filled")
    options.add_argument("--seed", type=int, default=1)
    options = options.parse_args()
    chance = random.Random(options.seed)
    folder = tempfile.mkdtemp()
    small = os.getuid() == 0 and subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={options.disk_mb}m", "tmpfs", folder]).returncode == 0
    place = ["--data", folder]
    settings = 'trusted_proxies = "127.0.0.1"\nvotes_per_minute = 100000\ncalls_per_minute = 1000000\n'
    node = Node(options.program, folder, "one", free_port(), settings, ["--poll-interval", "5s"])
    subprocess.run([options.program, "import", options.opml, *place], check=True)
    subprocess.run([options.program, "user", "add", "ann", "--role", "editor", "--password-stdin", *place], input=b"a long password", check=True)
    made = subprocess.run([options.program, "token", "ann", *place], check=True, capture_output=True, text=True).stdout.split()
    node.start()
    wait_until_ready(node)
    voters, reader = Voters([node], options.seed), Reader(node, made[-1], options.seed)
    voters.start()
    reader.start()
    for round_ in range(options.rounds):
        time.sleep(chance.uniform(0.05, 2.5))
        node.process.kill()
        node.process.wait()
        if round_ % 10 == 9:
            check(options.program, place, f"after {round_ + 1} kills")
            print(f"{round_ + 1} kills: {voters.cast} ballots, {len(reader.starred)} stars, {len(reader.followed)} subscriptions acknowledged", flush=True)
        node.start()
        wait_until_ready(node)
    served = refused = 0
    for _ in range(10 if small else 0):
        ballast = os.path.join(folder, "ballast")
        fill(ballast)
        until = time.time() + 4
        while time.time() < until:
            try:
                node.ask("/")
                served += 1
            except OSError:
                refused += 1
            time.sleep(0.05)
        os.remove(ballast)
        time.sleep(2)
        if node.process.poll() is not None:
            sys.exit(f"it ended when its disk was full: see {folder}/log")
    if small:
        print(f"disk full ten times: {served} pages served meanwhile, {refused} not", flush=True)
    voters.ended = reader.ended = True
    voters.join(30)
    reader.join(30)
    for _ in range(150):
        time.sleep(2)
        now = node.metrics()
        if now["firsthand_entries_pending"] == now["firsthand_articles_ungrouped"] == now["firsthand_stories_stale"] == 0:
            break
    problems = []
    counted = collections.Counter((subject, ballot) for (_, subject), ballot in voters.last.items() if ballot != "none")
    for subject in {subject for _, subject in voters.last}:
        tally = json.loads(node.ask(f"/api/v1/articles/{subject}/vote")[1])
        expected = (counted[(subject, "like")], counted[(subject, "dislike")])
        if (tally["likes"], tally["dislikes"]) != expected:
            problems.append(f"article {subject} has {tally['likes']} likes and {tally['dislikes']} dislikes, not {expected}")
    for article, star in reader.starred.items():
        if json.loads(reader.call("GET", f"/api/v1/articles/{article}", None, {}))["starred"] != star:
            problems.append(f"the star of article {article} is not as it was acknowledged ({star})")
    followed = {feed["url"] for feed in json.loads(reader.call("GET", "/api/v1/feeds", None, {}))["items"]}
    problems += [f"{url} was followed and is not" for url in reader.followed - followed]
    node.process.terminate()
    node.process.wait()
    check(options.program, place, "in the end")
    lines = subprocess.run([options.program, "export", "--format", "jsonl", *place], capture_output=True, text=True, check=True).stdout
    urls = collections.Counter(json.loads(line)["url"] for line in lines.splitlines())
    problems += [f"{url} is there {times} times" for url, times in urls.items() if times > 1]
    print(f"{len(urls)} articles, {voters.cast} ballots ({voters.refused} refusals tried again), {len(reader.starred)} stars and "
          f"{len(reader.followed)} subscriptions acknowledged; {len(problems)} problems", flush=True)
    for problem in problems[:20]:
        print("PROBLEM", problem)
    torn = 0
    for _ in range(10):
        node.start()
        wait_until_ready(node)
        time.sleep(chance.uniform(1, 3))
        node.process.kill()
        node.process.wait()
        torn += tear(os.path.join(folder, "firsthand.db"), chance)
        check(options.program, place, "after its log was torn")
    print(f"{torn} torn logs: it starts, and nothing is wrong")
    if problems:
        print("see", folder)
        sys.exit(1)
    if small:
        subprocess.run(["umount", folder])
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
