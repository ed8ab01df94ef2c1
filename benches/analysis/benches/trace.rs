//! Words a second of `trace`, on one core: with the model, by the rules alone, figures and dates
//! alone, another language, and one long text.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use firsthand_analysis_benches::{Chance, Event};
use firsthand_model::{Report, Timestamp};
use firsthand_trace::learned::Model;
use firsthand_trace::{ArticleInput, Outlets, analyse_with, dates, figures, relate};
use std::hint::black_box;

fn texts(words: usize, count: usize) -> Vec<String> {
    let mut chance = Chance::new(7);
    let published = "2026-03-11T12:00:00Z".parse().expect("a time");
    (0..count).map(|_| Event::new(&mut chance).report(&mut chance, words, published, 0).text).collect()
}

fn words(texts: &[String]) -> u64 {
    texts.iter().map(|text| text.split_whitespace().count() as u64).sum()
}

fn speed(criterion: &mut Criterion) {
    let outlets = Outlets::builtin();
    let articles = texts(450, 40);
    let published = "2026-03-11T12:00:00Z".parse().ok();
    let mut group = criterion.benchmark_group("trace");
    group.throughput(Throughput::Elements(words(&articles)));
    let all = |model: Option<&Model>, language: &str| {
        for text in &articles {
            let input = ArticleInput { text, published, language: Some(language), ..ArticleInput::default() };
            black_box(analyse_with(&input, &outlets, model));
        }
    };
    group.bench_function("with the model", |bench| bench.iter(|| all(Model::shipped(), "en")));
    group.bench_function("rules alone", |bench| bench.iter(|| all(None, "en")));
    group.bench_function("rules of another language", |bench| bench.iter(|| all(None, "de")));
    group.bench_function("dates and figures", |bench| {
        bench.iter(|| {
            for text in &articles {
                let dates = dates::dates(text, published, Some("en"));
                black_box(figures::figures(text, &dates, Some("en")));
            }
        });
    });
    group.finish();

    let mut group = criterion.benchmark_group("one long text");
    group.sample_size(10);
    for size in [1_500, 15_000, 150_000] {
        let long = texts(size, 1);
        group.throughput(Throughput::Elements(words(&long)));
        group.bench_with_input(BenchmarkId::from_parameter(size), &long, |bench, long| {
            let input = ArticleInput { text: &long[0], published, language: Some("en"), ..ArticleInput::default() };
            bench.iter(|| black_box(analyse_with(&input, &outlets, Model::shipped())));
        });
    }
    group.finish();
}

/// Who relies on whom in a story, from reports that were traced before: one of 50 reports, one of 400.
fn relations(criterion: &mut Criterion) {
    let outlets = Outlets::builtin();
    let mut group = criterion.benchmark_group("relate");
    group.sample_size(20);
    for count in [50, 400] {
        let mut chance = Chance::new(11);
        let event = Event::new(&mut chance);
        let published: Timestamp = "2026-03-11T12:00:00Z".parse().expect("a time");
        let reports: Vec<Report> = (0..count)
            .map(|number| {
                let time = published.plus_seconds(number * 60);
                let made = event.report(&mut chance, 450, time, number as usize % 40);
                let publisher = format!("Outlet {}", made.outlet);
                let input = ArticleInput {
                    title: &made.title,
                    text: &made.text,
                    published: Some(time),
                    language: Some("en"),
                    publisher: Some(&publisher),
                    ..ArticleInput::default()
                };
                let analysis = analyse_with(&input, &outlets, None);
                Report {
                    id: number.to_string(),
                    publisher: Some(publisher),
                    url: None,
                    title: made.title,
                    text: made.text,
                    published: Some(time),
                    language: Some("en".to_owned()),
                    links: Vec::new(),
                    analysis,
                    editor_role: None,
                }
            })
            .collect();
        group.bench_with_input(BenchmarkId::from_parameter(count), &reports, |bench, reports| {
            bench.iter(|| black_box(relate(reports, &outlets)));
        });
    }
    group.finish();
}

criterion_group!(benches, speed, relations);
criterion_main!(benches);
