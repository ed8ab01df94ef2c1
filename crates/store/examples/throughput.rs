//! How many transactions a second the two engines take on this machine: polls stored together and one by one, articles,
//! ballots, leases.
//!
//! `cargo run --release -p firsthand-store --example throughput -- FOLDER postgres://USER@HOST/EMPTY`

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a tool for developers: it fails by panicking")]

use firsthand_model::*;
use firsthand_store::{Admission, DatabaseUrl, RecordedPoll, Store};
use std::sync::Arc;
use std::time::Instant;
use tokio::task::JoinSet;

const FEEDS: usize = 4_000;
const ARTICLES: usize = 4_000;
const TOGETHER: usize = 64;
const AT_A_TIME: usize = 16;

fn article(number: usize, outlet_id: OutletId, at: Timestamp) -> Article {
    let sentence = |place: usize| {
        format!(
            "The harbour master of place {} said on Monday that ship {number} was late by {place} hours, and nobody was hurt. ",
            number * 7 % 97
        )
    };
    let text: String = (0..20).map(sentence).collect();
    Article {
        outlet_id,
        url: format!("https://outlet{}.example/{number}", number % 500),
        canonical_url: format!("https://outlet{}.example/{number}", number % 500),
        title: format!("Ship {number} is late"),
        byline: None,
        language: Some("en".to_owned()),
        published_at: at,
        modified_at: None,
        fetched_at: at,
        excerpt: text.chars().take(200).collect(),
        html: format!("<p>{text}</p>"),
        text,
        lead_image: None,
        links: Vec::new(),
        categories: Vec::new(),
        details: Details::default(),
        from_feed: false,
        extract_version: 1,
    }
}

/// Runs pieces of work, some at a time; gives how many were done a second.
async fn rate<F: Future<Output = ()> + Send + 'static>(of: usize, work: impl Iterator<Item = F>) -> f64 {
    let began = Instant::now();
    let mut tasks = JoinSet::new();
    for piece in work {
        if tasks.len() >= AT_A_TIME {
            tasks.join_next().await.unwrap().unwrap();
        }
        tasks.spawn(piece);
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    of as f64 / began.elapsed().as_secs_f64()
}

async fn measure(name: &str, store: Store) {
    let now = SystemClock.now();
    let mut feeds = Vec::new();
    for number in 0..FEEDS {
        let url = format!("https://outlet{}.example/{number}/feed", number % 500);
        let feed = NewFeed { url, ..NewFeed::default() };
        feeds.push(
            store
                .add_feed(&feed, &format!("Outlet {}", number % 500), &format!("outlet{}.example", number % 500))
                .await
                .unwrap()
                .id,
        );
    }
    let node = store.join("throughput", "all", "1").await.unwrap();
    let began = Instant::now();
    let beat = store.beat(node, 600_000, Vec::new()).await.unwrap();
    let leases = beat.held.len() as f64 / began.elapsed().as_secs_f64();
    let due = store.for_node(node).due_feeds(now.plus_seconds(60), FEEDS, false).await.unwrap();
    assert_eq!(due.len(), FEEDS);
    let recorded = |feed: &DueFeed| RecordedPoll {
        feed: feed.id,
        outcome: PollOutcome { document: None, ..PollOutcome::brought(now, FeedDocument::default()) },
        lease: beat.held.iter().find(|lease| Some(lease.part) == feed.part).copied(),
    };
    let polls: Vec<RecordedPoll> = due.iter().map(recorded).collect();
    let together = rate(
        FEEDS * 3,
        polls.chunks(TOGETHER).cycle().take(FEEDS.div_ceil(TOGETHER) * 3).map(|polls| {
            let (store, polls) = (store.clone(), Arc::new(polls.to_vec()));
            async move { assert!(store.record_polls(polls).await.unwrap().iter().all(Result::is_ok)) }
        }),
    )
    .await;
    let single = rate(
        FEEDS,
        polls.iter().map(|poll| {
            let (store, poll) = (store.under(poll.lease), poll.clone());
            async move {
                let _ = store.record_poll(poll.feed, &poll.outcome).await.unwrap();
            }
        }),
    )
    .await;

    let entry = |number: usize| NewEntry {
        key: number.to_string(),
        url: Some(format!("https://outlet{}.example/{number}", number % 500)),
        canonical_url: None,
        item: ParsedItem::default(),
    };
    let document = FeedDocument { entries: (0..ARTICLES).map(entry).collect(), ..FeedDocument::default() };
    store.record_poll(*feeds.first().unwrap(), &PollOutcome::brought(now, document)).await.unwrap();
    let pending = store.for_node(node).pending_entries(now.plus_seconds(60), ARTICLES).await.unwrap();
    assert_eq!(pending.len(), ARTICLES);
    let articles = rate(
        ARTICLES,
        pending.into_iter().enumerate().map(|(number, entry)| {
            let lease = beat.held.iter().find(|lease| Some(lease.part) == entry.part).copied();
            let admission = Admission {
                entry_id: entry.id,
                article: article(number, entry.outlet_id, now),
                analysis: Analysis::default(),
                trace_version: 1,
                recheck_at: None,
            };
            let store = store.under(lease);
            async move {
                let _ = store.admit(&admission).await.unwrap();
            }
        }),
    )
    .await;
    println!(
        "{name}: {leases:.0} leases/s, polls stored {together:.0}/s in transactions of {TOGETHER} and {single:.0}/s one by one, {articles:.0} articles/s; {AT_A_TIME} at a time; {} transactions met",
        store.transactions_met()
    );
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, server] = arguments.as_slice() else { panic!("usage: throughput FOLDER postgres://…") };
    let clock = || Arc::new(SystemClock);
    let file = DatabaseUrl::Sqlite(std::path::Path::new(folder).join("throughput.db"));
    measure("SQLite", Store::open(&file, clock()).await.unwrap()).await;
    measure("PostgreSQL", Store::open(&server.parse().unwrap(), clock()).await.unwrap()).await;
}
