//! Words a second of `trace`, on one core: with the model, by the rules alone, figures and dates
//! alone, another language, and one long text.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use firsthand_analysis_benches::{Chance, Event};
use firsthand_trace::learned::Model;
use firsthand_trace::{ArticleInput, Outlets, analyse_with, dates, figures};
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

criterion_group!(benches, speed);
criterion_main!(benches);
