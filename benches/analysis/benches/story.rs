//! What a decision of grouping costs, and how much memory an article takes, with 1,000, 10,000 and 100,000
//! live articles of some 300 words, two in three of them alone with their event.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use firsthand_analysis_benches::{Chance, Event};
use firsthand_model::{StoryInput, Timestamp};
use firsthand_story::{Features, State, features};
use std::time::{Duration, Instant};

/// A stream of articles: new events, and further reports of the last ones.
struct Stream {
    chance: Chance,
    events: Vec<Event>,
    count: u64,
    step_s: i64,
}

impl Stream {
    fn new(step_s: i64) -> Self {
        Self { chance: Chance::new(3), events: Vec::new(), count: 0, step_s }
    }

    fn next(&mut self) -> Features {
        if self.events.is_empty() || self.chance.below(3) < 2 {
            let event = Event::new(&mut self.chance);
            self.events.push(event);
        }
        let last = self.events.len().min(40);
        let event = self.events[self.events.len() - 1 - self.chance.below(last)].clone();
        let published = Timestamp::from_seconds(1_770_000_000 + self.count as i64 * self.step_s);
        self.count += 1;
        let article = event.report(&mut self.chance, 300, published, 0);
        let input = StoryInput {
            title: &article.title,
            text: &article.text,
            published: Some(published),
            language: Some("en"),
            outlet: None,
        };
        features(&input)
    }
}

fn deciding(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decide");
    group.sample_size(10).throughput(Throughput::Elements(1));
    for live in [1_000_u64, 10_000, 100_000] {
        // All within ten days, so that none falls out of the window.
        let mut stream = Stream::new(864_000 / live as i64);
        let mut state = State::new();
        for number in 0..live {
            state.decide(number, stream.next());
        }
        let held = state.held_bytes();
        let each = |bytes: usize| bytes as u64 / live;
        println!(
            "{live} live articles: {} bytes each, {} more of the table of terms",
            each(held.articles),
            each(held.terms)
        );
        let mut number = live;
        group.bench_with_input(BenchmarkId::from_parameter(live), &live, |bench, _| {
            bench.iter_custom(|times| {
                let mut spent = Duration::ZERO;
                for _ in 0..times {
                    let next = stream.next();
                    let started = Instant::now();
                    state.decide(number, next);
                    spent += started.elapsed();
                    number += 1;
                }
                spent
            });
        });
    }
    group.finish();
    let mut stream = Stream::new(60);
    let mut event = Event::new(&mut stream.chance);
    criterion.bench_function("read an article", |bench| {
        let published = Timestamp::from_seconds(1_770_000_000);
        let article = event.report(&mut stream.chance, 300, published, 0);
        let input =
            StoryInput { title: &article.title, text: &article.text, language: Some("en"), ..StoryInput::default() };
        bench.iter(|| features(&input));
    });
    let _ = &mut event;
}

criterion_group!(benches, deciding);
criterion_main!(benches);
