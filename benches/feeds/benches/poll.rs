//! A whole round of polling against a local server: every feed answers 304.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use firsthand_crawl::{CrawlConfig, Crawler, RunMode};
use firsthand_feed_benches::news_feed;
use firsthand_model::{Clock, ManualClock, NewFeed, Random};
use firsthand_store::{DatabaseUrl, Store};
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

const FEEDS: usize = 500;

struct NoChance;
impl Random for NoChance {
    fn fill(&self, _bytes: &mut [u8]) {
        unreachable!("no feed here names a hub");
    }
}

/// Answers each request with the feed, or 304 when it is known already.
async fn serve(listener: TcpListener) {
    let body = news_feed(2).replace("https://herald.example/2026", "urn:none");
    let whole = Arc::new(format!("HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: {}\r\n\r\n{body}", body.len()));
    while let Ok((stream, _)) = listener.accept().await {
        let whole = Arc::clone(&whole);
        tokio::spawn(async move {
            let mut stream = BufReader::new(stream);
            let (mut line, mut known) = (String::new(), false);
            while matches!(stream.read_line(&mut line).await, Ok(read) if read > 0) {
                known |= line.to_ascii_lowercase().starts_with("if-none-match:");
                if line.len() <= 2 {
                    let answer = if known { "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n" } else { whole.as_str() };
                    if stream.write_all(answer.as_bytes()).await.is_err() {
                        return;
                    }
                    known = false;
                }
                line.clear();
            }
        });
    }
}

fn polling(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let clock = Arc::new(ManualClock::at("2026-05-06T10:00:00Z".parse().expect("a time")));
    let crawler = runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(serve(listener));
        let shared: Arc<dyn Clock> = clock.clone();
        let place = DatabaseUrl::Sqlite(folder.path().join("firsthand.db"));
        let store = Store::open(&place, Arc::clone(&shared)).await.expect("a store");
        let mut config = CrawlConfig::default();
        config.http.allow_private_network = true;
        let crawler = Crawler::new(store, shared, Arc::new(NoChance), config).expect("a crawler");
        let feeds: Vec<NewFeed> =
            (0..FEEDS).map(|number| NewFeed { url: format!("http://{address}/{number}"), ..NewFeed::default() }).collect();
        crawler.import(&feeds).await.expect("imported");
        crawler.run(RunMode::Once { all: true }).await.expect("a first round");
        crawler
    });
    let mut group = criterion.benchmark_group("poll");
    group.sample_size(10).throughput(Throughput::Elements(FEEDS as u64));
    group.bench_function("a round of 304s", |bencher| {
        bencher.iter(|| {
            clock.advance_seconds(2 * 86_400);
            let summary = runtime.block_on(crawler.run(RunMode::Once { all: true })).expect("a round");
            assert_eq!((summary.feeds, summary.unchanged), (FEEDS, FEEDS));
        });
    });
    group.finish();
}

criterion_group!(benches, polling);
criterion_main!(benches);
