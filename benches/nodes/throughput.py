#!/usr/bin/env python3
"""How fast one, two and three processes on one PostgreSQL take up a world that lies before them, beside one on SQLite.

    benches/nodes/throughput.py --program target/release/firsthand --opml feeds.opml --articles 10000

It needs a world to follow whose outlets are up and stand still, with so many articles in all; the rest as failover.py says.
"""
import argparse, os, shutil, subprocess, sys, tempfile, time

from failover import AS, Node, Postgres, free_port


def cpu_s(pids):
    """Processor seconds of processes and their children so far."""
    ticks = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def children(pid):
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()
    return [int(child) for child in found]


def measure(options, count, place, folder, postmaster):
    subprocess.run([options.program, "import", options.opml, *place], check=True, stderr=subprocess.DEVNULL)
    nodes = [Node(options.program, os.path.join(folder, f"node{number}"), f"node{number}", free_port(), "", place) for number in range(count)]
    began = time.time()
    for node in nodes:
        node.start()
    fetched = None
    while True:
        time.sleep(0.5)
        try:
            m = nodes[0].metrics()
        except OSError:
            continue
        if fetched is None and m["firsthand_articles"] >= options.articles:
            fetched = time.time() - began
        if m["firsthand_articles"] >= options.articles and m["firsthand_articles_ungrouped"] == m["firsthand_stories_stale"] == 0:
            break
        if time.time() - began > options.limit:
            sys.exit(f"not done after {options.limit} s: {m}")
    took = time.time() - began
    own = cpu_s([node.process.pid for node in nodes])
    server = cpu_s([postmaster, *children(postmaster)]) if postmaster else 0
    met = m["firsthand_transactions_met_total"]
    for node in nodes:
        node.process.terminate()
    for node in nodes:
        node.process.wait()
    print(f"{count} on {'PostgreSQL' if postmaster else 'SQLite'}: {options.articles} articles fetched in {fetched:.1f} s "
          f"({options.articles / fetched:.0f}/s), in stories and related after {took:.1f} s; processor seconds: {own:.0f} of the processes, "
          f"{server:.0f} of the database; transactions run again (first process): {met:.0f}", flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--program", required=True)
    options.add_argument("--opml", required=True)
    options.add_argument("--articles", type=int, required=True)
    options.add_argument("--limit", type=float, default=600)
    options = options.parse_args()
    for count in (0, 1, 2, 3):
        folder = tempfile.mkdtemp()
        os.chmod(folder, 0o755)
        if count == 0:
            file = os.path.join(folder, "news.db")
            measure(options, 1, ["--database", f"sqlite:{file}"], folder, None)
        else:
            os.makedirs(os.path.join(folder, "pg"))
            if AS:
                shutil.chown(os.path.join(folder, "pg"), os.environ.get("PG_USER", "firsthand-test"))
            postgres = Postgres(os.path.join(folder, "pg"), copied=False)
            with open(os.path.join(postgres.data(0), "postmaster.pid")) as file:
                postmaster = int(file.readline())
            measure(options, count, ["--database", f"postgres://firsthand@127.0.0.1:{postgres.ports[0]}/news"], folder, postmaster)
            postgres.stop(0, "immediate")
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
