//! Bytes to a feed with sanitised content, one thread, beside the other readers.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use firsthand_feed::{Hints, Limits, parse};
use firsthand_feed_benches::{PEERS, made, news_feed};
use std::hint::black_box;

fn parsing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parse");
    for items in [20, 200] {
        let document = news_feed(items).into_bytes();
        group.throughput(Throughput::Bytes(document.len() as u64));
        group.bench_with_input(BenchmarkId::new("firsthand", items), &document, |bencher, document| {
            let hints = Hints { url: Some(made::URL), content_type: None, now: None };
            bencher.iter(|| parse(black_box(document), &hints, &Limits::default()).map(|feed| feed.items.len()));
        });
        for (peer, reader) in PEERS {
            group.bench_with_input(BenchmarkId::new(peer, items), &document, |bencher, document| {
                bencher.iter(|| reader(black_box(document)).map(|read| read.titles.len()));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, parsing);
criterion_main!(benches);
