#!/usr/bin/env python3
"""Three processes on one PostgreSQL through a row of faults, beside single processes on SQLite that see the same world.

    benches/nodes/failover.py --program target/release/firsthand --opml feeds.opml --rounds 20 --seconds 12

In turn: a process is killed and started again; one is frozen past its term and woken; PostgreSQL is restarted; its copy
is promoted, and a new copy is made; PostgreSQL answers only every other second; it takes no writes; its disk is full (as root, which can
make a small one). Meanwhile ballots are cast at whichever process answers. In the end every article must
be there once, every acknowledged ballot counted, `firsthand check` clean, and the stories those that one process makes: as far as two single ones make the same.

It needs a world to follow (an OPML file whose outlets are up, best ones that publish while it runs), PostgreSQL's programs
(PG_BIN, else /usr/lib/postgresql/*/bin), and a user for them when run as root (PG_USER, made beforehand).
"""
import argparse, collections, glob, json, os, random, shutil, signal, socket, subprocess, sys, tempfile, threading, time
import urllib.error, urllib.request

PG_BIN = os.environ.get("PG_BIN") or sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
AS = ["setpriv", "--reuid=" + os.environ.get("PG_USER", "firsthand-test"), "--clear-groups"] if os.getuid() == 0 else []


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Postgres:
    """A server and its copy; after a promotion the two change places."""

    def __init__(self, folder, copied=True):
        self.folder, self.ports = folder, [free_port(), free_port()]
        self.primary = 0
        os.chmod(folder, 0o777)
        data = self.data(0)
        self.do("initdb", "-D", data, "-U", "firsthand", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        self.start(0)
        self.sql(0, "CREATE DATABASE news")
        if copied:
            self.copy()

    def data(self, place):
        return os.path.join(self.folder, f"data{place}")

    def do(self, program, *arguments, check=True):
        done = subprocess.run(AS + [os.path.join(PG_BIN, program), *arguments], cwd="/", capture_output=True, text=True)
        if check and done.returncode:
            sys.exit(f"{program}: {done.stdout}{done.stderr}")
        return done

    def start(self, place):
        options = (f"-p {self.ports[place]} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c wal_level=replica"
                   " -c max_wal_senders=5 -c hot_standby=on -c fsync=off -c max_connections=200 -c max_wal_size=96MB -c min_wal_size=32MB")
        log = os.path.join(self.folder, f"log{place}")
        subprocess.run(AS + [os.path.join(PG_BIN, "pg_ctl"), "-D", self.data(place), "-w", "-l", log, "-o", options, "start"],
                       cwd="/", check=True, stdout=subprocess.DEVNULL)

    def stop(self, place, how="fast"):
        self.do("pg_ctl", "-D", self.data(place), "-m", how, "-w", "stop", check=False)

    def sql(self, place, text):
        return self.do("psql", "-X", "-A", "-t", "-q", "-U", "firsthand", "-h", "127.0.0.1", "-p", str(self.ports[place]), "-d",
                       "news" if "CREATE DATABASE" not in text else "postgres", "-c", text).stdout.strip()

    def copy(self):
        """A copy that every commit waits for: what was acknowledged is there when it is promoted."""
        other = 1 - self.primary
        self.stop(other, "immediate")
        shutil.rmtree(self.data(other), ignore_errors=True)
        self.do("pg_basebackup", "-D", self.data(other), "-U", "firsthand", "-h", "127.0.0.1", "-p", str(self.ports[self.primary]),
                "-R", "-X", "stream", "-c", "fast")
        self.start(other)
        self.sql(self.primary, "ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.sql(self.primary, "SELECT pg_reload_conf()")

    def restart(self):
        self.stop(self.primary)
        self.start(self.primary)

    def promote(self):
        old, new = self.primary, 1 - self.primary
        self.stop(old, "immediate")
        self.do("pg_ctl", "-D", self.data(new), "-w", "promote")
        self.sql(new, "ALTER SYSTEM RESET synchronous_standby_names")
        self.sql(new, "SELECT pg_reload_conf()")
        self.primary = new
        self.copy()

    def processes(self):
        """The server's processes, the first one first."""
        with open(os.path.join(self.data(self.primary), "postmaster.pid")) as file:
            parent = int(file.readline())
        children = subprocess.run(["pgrep", "-P", str(parent)], capture_output=True, text=True).stdout.split()
        return [parent, *map(int, children)]

    def stutter(self, seconds):
        """Stands still for one and a half of each two seconds."""
        until = time.time() + seconds
        while time.time() < until:
            stopped = self.processes()
            for sign, pause in ((signal.SIGSTOP, 1.5), (signal.SIGCONT, 0.5)):
                for process in stopped:
                    try:
                        os.kill(process, sign)
                    except ProcessLookupError:
                        pass
                time.sleep(pause)

    def refuse_writes(self, seconds):
        self.sql(self.primary, "ALTER SYSTEM SET default_transaction_read_only = on")
        self.sql(self.primary, "SELECT pg_reload_conf()")
        time.sleep(seconds)
        self.sql(self.primary, "BEGIN READ WRITE; SELECT 1; COMMIT")
        self.do("psql", "-X", "-q", "-U", "firsthand", "-h", "127.0.0.1", "-p", str(self.ports[self.primary]), "-d", "news",
                "-c", "SET default_transaction_read_only = off", "-c", "ALTER SYSTEM RESET default_transaction_read_only")
        self.sql(self.primary, "SELECT pg_reload_conf()")

    def fill_disk(self, seconds):
        """A server that cannot write its log ends, and is started again once there is room."""
        ballast = os.path.join(self.folder, "ballast")
        file = os.open(ballast, os.O_WRONLY | os.O_CREAT)
        for size in (1 << 20, 1 << 12, 1):
            try:
                while os.write(file, bytes(size)):
                    pass
            except OSError:
                pass
        os.close(file)
        time.sleep(seconds)
        os.remove(ballast)
        time.sleep(2)
        for place in (self.primary, 1 - self.primary):
            if self.do("pg_ctl", "-D", self.data(place), "status", check=False).returncode:
                print("  it had ended and is started again", flush=True)
                self.start(place)

    def address(self):
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.ports)
        return f"postgres://firsthand@{hosts}/news?target_session_attrs=read-write"

    def copies(self):
        return ",".join(f"postgres://firsthand@127.0.0.1:{port}/news" for port in self.ports)


class Node:
    def __init__(self, program, folder, name, port, settings, arguments):
        self.program, self.folder, self.name, self.port, self.arguments = program, folder, name, port, arguments
        self.process = None
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "firsthand.toml"), "w") as file:
            file.write(settings)

    def start(self):
        log = open(os.path.join(self.folder, "log"), "a")
        self.process = subprocess.Popen(
            [self.program, "serve", "--data", self.folder, "--listen", f"127.0.0.1:{self.port}", "--allow-private-network",
             *self.arguments], stdout=log, stderr=log)

    def ask(self, path, body=None, headers=None, timeout=8):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data=body, headers=headers or {})
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return answer.headers, answer.read()

    def metrics(self):
        text = self.ask("/metrics", timeout=30)[1].decode()
        return {line.split(" ")[0]: float(line.split(" ")[1]) for line in text.splitlines() if line and line[0] != "#"}


class Voters(threading.Thread):
    """Casts ballots until told to stop; each is tried again until a process acknowledges it."""

    def __init__(self, nodes, seed):
        super().__init__(daemon=True)
        self.nodes, self.random, self.ended = nodes, random.Random(seed), False
        self.cookies, self.last, self.cast, self.refused = {}, {}, 0, 0

    def run(self):
        while not self.ended:
            voter = self.random.randrange(200)
            try:
                articles = json.loads(self.random.choice(self.nodes).ask("/api/v1/articles?limit=50")[1])["items"]
            except OSError:
                self.refused += 1
                time.sleep(0.3)
                continue
            if not articles:
                time.sleep(0.5)
                continue
            subject = self.random.choice(articles)["id"]
            ballot = self.random.choice(["like", "dislike", "none"])
            headers = {"Content-Type": "application/json", "X-Forwarded-For": f"10.{voter // 250}.{voter % 250}.9"}
            if voter in self.cookies:
                headers["Cookie"] = self.cookies[voter]
            else:
                # A voter is known by the cookie that came with the first ballot: one that counts nothing, so that nothing stands
                # under a cookie whose answer was lost.
                ballot = "none"
            while True:
                try:
                    given, _ = self.random.choice(self.nodes).ask(
                        f"/api/v1/articles/{subject}/vote", json.dumps({"vote": ballot}).encode(), headers)
                    break
                except OSError:
                    self.refused += 1
                    time.sleep(0.2)
            if given.get("Set-Cookie"):
                self.cookies[voter] = given["Set-Cookie"].split(";")[0]
            self.last[(voter, subject)] = ballot
            self.cast += 1
            time.sleep(0.03)


def stories_of(program, place):
    lines = subprocess.run([program, "export", "--format", "jsonl", *place], capture_output=True, text=True, check=True).stdout
    articles = [json.loads(line) for line in lines.splitlines()]
    grouped = collections.defaultdict(set)
    for article in articles:
        grouped[article["story"]].add(article["url"])
    return articles, {frozenset(urls) for urls in grouped.values()}


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--program", required=True)
    options.add_argument("--opml", required=True)
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--seconds", type=float, default=12, help="of a round")
    options.add_argument("--term", type=int, default=4, help="seconds after which a silent process is missed")
    options.add_argument("--disk-mb", type=int, default=700, help="of the disk that is filled")
    options.add_argument("--seed", type=int, default=1)
    options = options.parse_args()
    folder = tempfile.mkdtemp()
    os.chmod(folder, 0o755)
    os.makedirs(os.path.join(folder, "pg"))
    small = os.getuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={options.disk_mb}m", "tmpfs", os.path.join(folder, "pg")]).returncode == 0
    faults = ["killed", "frozen", "restarted", "promoted", "slow", "read-only"] + (["full"] if small else [])
    if not small:
        print("no small disk could be made: none is filled", flush=True)
    if AS:
        shutil.chown(os.path.join(folder, "pg"), os.environ.get("PG_USER", "firsthand-test"))
    postgres = Postgres(os.path.join(folder, "pg"))
    place = ["--database", postgres.address()]
    shared = ["--database", postgres.address(), "--poll-interval", "5s"]
    nodes = []
    for number in range(3):
        settings = (f'trusted_proxies = "127.0.0.1"\nvotes_per_minute = 100000\ncalls_per_minute = 1000000\n[node]\nname = "node{number}"\n'
                    f'term_s = {options.term}\n[database]\nreplicas = "{postgres.copies()}"\n')
        nodes.append(Node(options.program, os.path.join(folder, f"node{number}"), f"node{number}", free_port(), settings, shared))
    # Two of them, one of which stands still for a third of each round: what they disagree in, no third can agree in with both. Grouping
    # decides as articles come in, and a fault changes how they come in.
    alone, again = (Node(options.program, os.path.join(folder, name), name, free_port(), "", ["--poll-interval", "5s"])
                    for name in ("alone", "again"))
    alone_place, again_place = ["--data", alone.folder], ["--data", again.folder]
    for target in (place, alone_place, again_place):
        subprocess.run([options.program, "import", options.opml, *target], check=True)
    for node in [*nodes, alone, again]:
        node.start()
    voters = Voters(nodes, options.seed)
    voters.start()
    chance = random.Random(options.seed)
    try:
        for round_ in range(options.rounds):
            began = time.time()
            fault = faults[round_ % len(faults)]
            node = chance.choice(nodes)
            time.sleep(options.seconds / 4)
            again.process.send_signal(signal.SIGSTOP)
            threading.Timer(options.seconds / 3, again.process.send_signal, [signal.SIGCONT]).start()
            if fault == "killed":
                node.process.kill()
                node.process.wait()
                time.sleep(options.term * 1.5)
                node.start()
            elif fault == "frozen":
                node.process.send_signal(signal.SIGSTOP)
                time.sleep(options.term * 2)
                node.process.send_signal(signal.SIGCONT)
            elif fault == "restarted":
                postgres.restart()
            elif fault == "promoted":
                postgres.promote()
            elif fault == "slow":
                postgres.stutter(options.seconds / 2)
            elif fault == "read-only":
                postgres.refuse_writes(options.seconds / 3)
            else:
                postgres.fill_disk(options.seconds / 3)
            time.sleep(max(0.0, began + options.seconds - time.time()))
            what = node.name if fault in ("killed", "frozen") else "PostgreSQL"
            print(f"round {round_ + 1}: {what} {fault}, {time.time() - began:.0f} s; {voters.cast} ballots acknowledged", flush=True)
        voters.ended = True
        voters.join(60)
        # The world stands still, or goes on for both alike: wait until both have read the same.
        for _ in range(240):
            time.sleep(2)
            try:
                both = [nodes[0].metrics(), alone.metrics(), again.metrics()]
            except OSError:
                continue
            quiet = all(m["firsthand_entries_pending"] == m["firsthand_articles_ungrouped"] == m["firsthand_stories_stale"] == 0 for m in both)
            if quiet and len({m["firsthand_entries"] for m in both}) == 1:
                break
        metrics = [node.metrics() for node in nodes]
        met = sum(m["firsthand_transactions_met_total"] for m in metrics)
        problems = []
        counted = collections.Counter()
        for (_, subject), ballot in voters.last.items():
            if ballot != "none":
                counted[(subject, ballot)] += 1
        for subject in {key[1] for key in voters.last}:
            tally = json.loads(nodes[1].ask(f"/api/v1/articles/{subject}/vote")[1])
            expected = (counted[(subject, "like")], counted[(subject, "dislike")])
            if (tally["likes"], tally["dislikes"]) != expected:
                problems.append(f"article {subject} has {tally['likes']} likes and {tally['dislikes']} dislikes, not {expected}")
    finally:
        for node in [*nodes, alone, again]:
            node.process.send_signal(signal.SIGCONT)
            node.process.terminate()
        for node in [*nodes, alone, again]:
            node.process.wait()
    articles, stories = stories_of(options.program, place)
    expected_articles, expected = stories_of(options.program, alone_place)
    again_articles, expected_again = stories_of(options.program, again_place)
    urls = collections.Counter(article["url"] for article in articles)
    twice = [url for url, times in urls.items() if times > 1]
    # What only one of them has came while they were stopped.
    missing = {article["url"] for article in expected_articles} & {article["url"] for article in again_articles} - set(urls)
    check = subprocess.run([options.program, "check", *place], capture_output=True, text=True)
    requests = sum(m["firsthand_stage_seconds_count{stage=\"page\"}"] for m in metrics)
    print(f"{len(articles)} articles, {len(twice)} twice, {len(missing)} missing; {len(stories)} stories, "
          f"{len(stories ^ expected)} that only one of both has (two single processes: {len(expected ^ expected_again)}); {voters.cast} ballots acknowledged ({voters.refused} refusals tried again), "
          f"{len(problems)} articles counted wrongly; pages gone through since the last starts: {requests:.0f}; "
          f"transactions run again: {met:.0f}; parts lost under work: {sum(m['firsthand_parts_lost_total'] for m in metrics):.0f}")
    print(check.stdout.strip())
    for problem in problems[:20]:
        print("PROBLEM", problem)
    for story in list(stories ^ expected)[:6]:
        print("DIFFERS", "here" if story in stories else "alone", sorted(story))
    for place_ in (0, 1):
        postgres.stop(place_, "immediate")
    # Twice what two single processes differ in is more than chance.
    failed = bool(twice or missing or problems or check.returncode or len(stories ^ expected) > 2 * len(expected ^ expected_again) + 10)
    if failed:
        print("logs in", folder)
    elif small:
        subprocess.run(["umount", os.path.join(folder, "pg")])
    if not failed:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
