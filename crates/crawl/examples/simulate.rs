//! The schedule of many feeds over several processes: the real store, its real leases and turns, a simulated clock and network.
//!
//! `cargo run --release -p firsthand-crawl --example simulate -- postgres://USER@HOST/EMPTY --feeds 1000000 --nodes 4 --minutes 10`
//!
//! The database must be empty; `psql` fills it. A fifth of the feeds is on twenty platforms, by Zipf's law; the others are
//! one to three a host. Every feed is asked about once an hour, three in five have not changed, each answer takes
//! 0.2 to 2.8 s. After a third of the time one process dies without a word; after two thirds another one comes in.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a tool for developers: it fails by panicking"
)]

use firsthand_crawl::{Turn, Turns};
use firsthand_model::*;
use firsthand_store::{DatabaseUrl, RecordedPoll, ServerOptions, Store, StoreError};
use firsthand_text::shingles::stable_hash;
use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const INTERVAL_S: i64 = 3600;
const TERM_MS: i64 = 20_000;
const BEAT_EVERY_S: i64 = 4;
const PAUSE: Duration = Duration::from_millis(500);
const PLATFORMS: usize = 20;
/// Polls in one transaction, as the crawler stores them.
const TOGETHER: usize = 64;
/// Scatters the feeds over the first interval.
const SCATTER: i64 = 7_919;
/// Statements under way at a time over all processes: the machine has few cores.
const AT_A_TIME: usize = 12;

struct Options {
    database: String,
    feeds: usize,
    nodes: usize,
    minutes: i64,
}

fn options() -> Options {
    let mut options = Options { database: String::new(), feeds: 10_000, nodes: 3, minutes: 10 };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().and_then(|text| text.parse::<usize>().ok()).unwrap();
        match argument.as_str() {
            "--feeds" => options.feeds = number(),
            "--nodes" => options.nodes = number(),
            "--minutes" => options.minutes = i64::try_from(number()).unwrap(),
            _ => options.database = argument,
        }
    }
    assert!(
        options.database.starts_with("postgres"),
        "usage: simulate postgres://… [--feeds N] [--nodes N] [--minutes N]"
    );
    options
}

fn psql(database: &str, input: &str) {
    let mut child = Command::new("psql")
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", database])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

fn is_platform(host: &str) -> bool {
    host.starts_with("platform")
}

/// Hosts with their shards, and feeds on them, due at any time of the next interval.
fn fill(options: &Options, start: Timestamp) {
    let on_platforms = options.feeds / 5;
    let harmonic: f64 = (1..=PLATFORMS).map(|rank| 1.0 / rank as f64).sum();
    let mut hosts: Vec<(String, usize)> = (1..=PLATFORMS)
        .map(|rank| (format!("platform{rank}.example"), (on_platforms as f64 / rank as f64 / harmonic) as usize))
        .collect();
    let mut placed: usize = hosts.iter().map(|(_, feeds)| feeds).sum();
    while placed < options.feeds {
        let feeds = (1 + hosts.len() % 3).min(options.feeds - placed);
        hosts.push((format!("outlet{}.example", hosts.len()), feeds));
        placed += feeds;
    }
    let mut input = String::from(
        "CREATE TABLE simulated_host (first BIGINT, feeds BIGINT, name TEXT, shard BIGINT);\nCOPY simulated_host FROM STDIN;\n",
    );
    let mut first = 1;
    for (name, feeds) in &hosts {
        let shard = stable_hash(name.as_bytes()) % u64::from(Part::SHARDS);
        input.push_str(&format!("{first}\t{feeds}\t{name}\t{shard}\n"));
        first += feeds;
    }
    input.push_str(&format!(
        "\\.\nINSERT INTO outlet (id, key, name, created_at) VALUES (1, 'simulated.example', 'Simulated', 0);
INSERT INTO feed (id, outlet_id, url, status, added_at, failures, interval_s, moved_times, next_fetch_at, shard)
  SELECT host.first + number, 1, 'https://' || host.name || '/' || number, 'active', 0, 0, {INTERVAL_S}, 0,
         {} + (host.first + number) * {SCATTER} % {}, host.shard
  FROM simulated_host AS host, generate_series(0, host.feeds - 1) AS number;
DROP TABLE simulated_host;
ANALYZE;\n",
        start.as_millis(),
        INTERVAL_S * 1000
    ));
    psql(&options.database, &input);
}

struct Node {
    id: NodeId,
    held: HashMap<Part, i64>,
    excess: usize,
    turns: Turns,
    /// By when they are answered.
    under_way: BTreeMap<(i64, i64), (DueFeed, String)>,
    alive: bool,
    beat_in_s: i64,
}

#[derive(Default)]
struct Seen {
    polls: u64,
    late_ms: Vec<i64>,
    late_on_platforms_ms: Vec<i64>,
    /// The last request to each host: when it was begun and answered, and by which process.
    hosts: HashMap<String, (i64, usize)>,
    overlaps: u64,
    overlaps_of_two: u64,
    moves: u64,
    lost: u64,
    postponed: u64,
    database: BTreeMap<&'static str, (u64, Duration)>,
}

impl Seen {
    fn took(&mut self, what: &'static str, times: u64, since: Instant) {
        let entry = self.database.entry(what).or_default();
        entry.0 += times;
        entry.1 += since.elapsed();
    }
}

fn quantile(sorted: &[i64], share: f64) -> f64 {
    let place = ((sorted.len().max(1) - 1) as f64 * share) as usize;
    sorted.get(place).map_or(0.0, |ms| *ms as f64 / 1000.0)
}

fn start() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().unwrap()
}

#[tokio::main]
async fn main() {
    let options = options();
    let start = start();
    let clock = Arc::new(ManualClock::at(start));
    let url: DatabaseUrl = options.database.parse().unwrap();
    let settings = ServerOptions { own_clock: true, connections: AT_A_TIME + 2, ..ServerOptions::default() };
    let store = Store::open_with(&url, clock.clone(), &settings).await.unwrap();
    let filling = Instant::now();
    fill(&options, start);
    println!("{} feeds were made in {:.0} s", options.feeds, filling.elapsed().as_secs_f64());
    // Room for twice the mean of what is asked at a time.
    let room = (options.feeds as f64 / INTERVAL_S as f64 * 1.5 * 2.0 / options.nodes as f64).ceil().max(16.0) as usize;

    let mut seen = Seen::default();
    let mut nodes = Vec::new();
    for number in 0..options.nodes {
        nodes.push(come_in(&store, number).await);
    }
    let began = Instant::now();
    let seconds = options.minutes * 60;
    for second in 0..seconds {
        if second == seconds / 3 && options.nodes > 1 {
            nodes[0].alive = false;
        }
        if second == seconds * 2 / 3 {
            nodes.push(come_in(&store, nodes.len()).await);
        }
        clock.advance_seconds(1);
        let now = clock.now();
        for (number, node) in nodes.iter_mut().enumerate().filter(|(_, node)| node.alive) {
            step(&store, node, number, now, room, &mut seen).await;
        }
    }
    report(&options, seconds, &mut seen, began.elapsed(), &store).await;
}

async fn come_in(store: &Store, number: usize) -> Node {
    let id = store.join(&format!("node{number}"), "crawl", "simulated").await.unwrap();
    let (held, turns, under_way) = (HashMap::new(), Turns::default(), BTreeMap::new());
    Node { id, held, excess: 0, turns, under_way, alive: true, beat_in_s: 0 }
}

async fn step(store: &Store, node: &mut Node, number: usize, now: Timestamp, room: usize, seen: &mut Seen) {
    // What was answered is stored, a few at a time.
    let later = node.under_way.split_off(&(now.as_millis() + 1, 0));
    let answered = std::mem::replace(&mut node.under_way, later);
    let count = answered.len() as u64;
    let since = Instant::now();
    let mut tasks = JoinSet::new();
    let (mut lost, mut polls) = (0, Vec::new());
    for ((at, _), (feed, host)) in answered {
        node.turns.done(&host, now);
        let Some(lease) = feed.part.and_then(|part| node.held.get(&part).map(|fence| Lease { part, fence: *fence }))
        else {
            seen.lost += 1;
            continue;
        };
        let at = Timestamp::from_millis(at);
        let changed = stable_hash(&(feed.id.0 ^ at.as_millis()).to_le_bytes()) % 5 >= 3;
        let document = changed.then(|| FeedDocument {
            title: None,
            site_url: None,
            format: Some("rss".to_owned()),
            entries: Vec::new(),
            push: None,
        });
        let outcome = PollOutcome {
            etag: Some("\"1\"".to_owned()),
            next_fetch_at: at.plus_seconds(INTERVAL_S + feed.id.0 % 360),
            interval_s: 3600,
            document,
            ..PollOutcome::brought(at, FeedDocument::default())
        };
        polls.push(RecordedPoll { feed: feed.id, outcome, lease: Some(lease) });
    }
    for polls in polls.chunks(TOGETHER) {
        if tasks.len() >= AT_A_TIME
            && let Some(done) = tasks.join_next().await
        {
            lost += done.unwrap();
        }
        let (store, polls) = (store.clone(), Arc::new(polls.to_vec()));
        tasks.spawn(async move {
            let outcomes = store.record_polls(polls).await.unwrap();
            outcomes.iter().filter(|outcome| matches!(outcome, Err(StoreError::LeaseLost(_)))).count() as u64
        });
    }
    while let Some(done) = tasks.join_next().await {
        lost += done.unwrap();
    }
    seen.lost += lost;
    seen.polls += count;
    seen.took("record a poll", count, since);

    node.beat_in_s -= 1;
    if node.beat_in_s <= 0 {
        let busy: std::collections::HashSet<Part> = node.under_way.values().filter_map(|(feed, _)| feed.part).collect();
        let mut give_up: Vec<Part> =
            node.held.keys().filter(|part| part.is_shard() && !busy.contains(part)).copied().collect();
        give_up.sort_unstable();
        give_up.truncate(node.excess);
        let since = Instant::now();
        let beat = store.beat(node.id, TERM_MS, give_up).await.unwrap();
        seen.took("beat", 1, since);
        seen.moves += u64::from(beat.taken);
        node.held = beat.held.iter().map(|lease| (lease.part, lease.fence)).collect();
        node.excess = usize::try_from(beat.excess).unwrap();
        node.beat_in_s = if node.excess > 0 || node.held.is_empty() { 1 } else { BEAT_EVERY_S };
    }

    let mut postponed = Vec::new();
    while node.under_way.len() < room / 2 {
        let limit = room + node.under_way.len();
        let since = Instant::now();
        let due = store.for_node(node.id).due_feeds(now, limit, false).await.unwrap();
        seen.took("ask for due feeds", 1, since);
        let full = due.len() == limit;
        let known: std::collections::HashSet<FeedId> = node.under_way.values().map(|(feed, _)| feed.id).collect();
        for feed in due {
            if known.contains(&feed.id) || node.under_way.len() >= room {
                continue;
            }
            match node.turns.take(&feed.url, Some(PAUSE), now) {
                Turn::Now(host) => begin(node, number, feed, host, now, seen),
                Turn::At(at) => postponed.push((feed.id, at)),
            }
        }
        if !postponed.is_empty() {
            seen.postponed += postponed.len() as u64;
            let (since, count) = (Instant::now(), postponed.len() as u64);
            store.postpone(std::mem::take(&mut postponed), Vec::new()).await.unwrap();
            seen.took("postpone a feed", count, since);
        }
        if !full {
            break;
        }
    }
}

/// The network: a host answers one after the other, with the pause between.
fn begin(node: &mut Node, number: usize, feed: DueFeed, host: String, now: Timestamp, seen: &mut Seen) {
    let draw = stable_hash(&(feed.id.0 ^ now.as_millis()).to_le_bytes());
    let takes_ms = 200 + i64::try_from(draw % 2600).unwrap();
    let pause_ms = i64::try_from(PAUSE.as_millis()).unwrap();
    let own_free_at =
        node.under_way.iter().filter(|(_, (_, other))| *other == host).map(|((at, _), _)| *at + pause_ms).max();
    let begins = own_free_at.unwrap_or(0).max(now.as_millis());
    let ends = begins + takes_ms;
    if let Some((free_at, by)) = seen.hosts.get(&host).copied()
        && begins < free_at
    {
        seen.overlaps += 1;
        seen.overlaps_of_two += u64::from(by != number);
    }
    seen.hosts.insert(host.clone(), (ends, number));
    // Turns given later moved the time in the store: lateness counts from the interval's end.
    let late = begins - due_at(&feed);
    if is_platform(&host) {
        seen.late_on_platforms_ms.push(late)
    } else {
        seen.late_ms.push(late)
    }
    node.under_way.insert((ends, feed.id.0), (feed, host));
}

/// When a feed was due by its own rhythm, whatever turn it was given since.
fn due_at(feed: &DueFeed) -> i64 {
    match feed.last_success_at {
        None => start().as_millis() + feed.id.0 * SCATTER % (INTERVAL_S * 1000),
        Some(at) => at.as_millis() + (INTERVAL_S + feed.id.0 % 360) * 1000,
    }
}

async fn report(options: &Options, seconds: i64, seen: &mut Seen, took: Duration, store: &Store) {
    seen.late_ms.sort_unstable();
    seen.late_on_platforms_ms.sort_unstable();
    let queue = store.queue().await.unwrap();
    println!(
        "{} feeds, {} processes, {} simulated minutes in {:.0} s",
        options.feeds,
        options.nodes,
        options.minutes,
        took.as_secs_f64()
    );
    println!(
        "polls {} ({:.0} a simulated second, asked {:.0}; {:.0} a second of this machine)",
        seen.polls,
        seen.polls as f64 / seconds as f64,
        options.feeds as f64 / (INTERVAL_S + 180) as f64,
        seen.polls as f64 / took.as_secs_f64()
    );
    println!(
        "late in s: median {:.1}, 95 % {:.1}, most {:.1}; on platforms {:.1}, {:.1}, {:.1}; the feed that waits longest: {} s; turns given later: {}",
        quantile(&seen.late_ms, 0.5),
        quantile(&seen.late_ms, 0.95),
        quantile(&seen.late_ms, 1.0),
        quantile(&seen.late_on_platforms_ms, 0.5),
        quantile(&seen.late_on_platforms_ms, 0.95),
        quantile(&seen.late_on_platforms_ms, 1.0),
        queue.feeds_late_s,
        seen.postponed
    );
    println!(
        "requests to a host before the last one's pause was over: {} (by another process: {}); parts moved: {}; polls whose lease was lost: {}",
        seen.overlaps, seen.overlaps_of_two, seen.moves, seen.lost
    );
    println!("transactions run again because they met another: {}", store.transactions_met());
    for (what, (times, time)) in &seen.database {
        println!("{what}: {times} times, {:.2} ms each", time.as_secs_f64() * 1000.0 / (*times).max(1) as f64);
    }
}
