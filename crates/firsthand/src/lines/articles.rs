//! `cluster`, `trace` and `relate`: articles in, a line each out.

use super::{Lines, Tally, annotated, article, print};
use anyhow::{Context as _, Result};
use firsthand_model::{Analysis, ArticleLine, Decision, Report, StoryInput, Timestamp};
use firsthand_story::{Change, Embedder, State, features, features_with};
use firsthand_text::csv::row as csv_row;
use firsthand_text::urls::host_name;
use firsthand_trace::{ArticleInput, Outlets, analyse, relate as relate_reports};
use rayon::prelude::*;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};

/// How `firsthand trace` prints what it finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum TraceFormat {
    /// A JSON line an article
    Json,
    /// A row an annotation, for spreadsheets
    Csv,
}

/// `firsthand trace`: lines or rows to `output`, and with `page` the articles with their annotations
/// in colour as an HTML page in that file; `-` is `output` itself, which then gets the page alone.
pub fn trace(input: impl Read, output: &mut impl Write, format: TraceFormat, page: Option<&Path>) -> Result<Tally> {
    let outlets = Outlets::builtin();
    let alone = page == Some(Path::new("-"));
    let mut file = match page.filter(|_| !alone) {
        Some(path) => Some(PageFile::create(path)?),
        None => None,
    };
    let mut pages = |output: &mut dyn Write, text: &str| match (&mut file, alone) {
        (Some(file), _) => file.write(text),
        (None, true) => output.write_all(text.as_bytes()).context("cannot write the output"),
        (None, false) => Ok(()),
    };
    let csv = format == TraceFormat::Csv && !alone;
    if csv {
        output.write_all(csv_row(annotated::COLUMNS.into_iter()).as_bytes())?;
    }
    pages(output, &annotated::page_head())?;
    let mut lines = Lines { input: BufReader::with_capacity(1 << 16, input), number: 0 };
    let mut tally = Tally::default();
    loop {
        let batch = lines.batch()?;
        if batch.is_empty() {
            break;
        }
        let found: Vec<Result<(ArticleLine, Analysis), Value>> = batch
            .par_iter()
            .map(|line| {
                let article = article(line)?;
                let found = analysis(&article, &outlets);
                Ok((article, found))
            })
            .collect();
        for found in found {
            let id = |id: &Value| id.as_str().map_or_else(|| id.to_string(), str::to_owned);
            let (row, shown) = match &found {
                Ok((article, found)) => (
                    csv.then(|| annotated::csv(&id(&article.id), found)),
                    page.map(|_| annotated::page_article(article, found)),
                ),
                Err(error) => {
                    let why = error.get("error").and_then(Value::as_str).unwrap_or_default();
                    let named = error.get("id").filter(|id| !id.is_null()).map(id).unwrap_or_default();
                    (csv.then(|| annotated::csv_error(&named, why)), page.map(|_| annotated::page_error(why)))
                }
            };
            if let Some(shown) = shown {
                pages(output, &shown)?;
            }
            if let Some(row) = row {
                tally.inputs += 1;
                tally.bad += usize::from(found.is_err());
                output.write_all(row.as_bytes()).context("cannot write the output")?;
            } else if alone {
                tally.inputs += 1;
                tally.bad += usize::from(found.is_err());
            } else {
                let answer = match found {
                    Ok((article, found)) => with_id(&article.id, serde_json::to_value(found)),
                    Err(error) => error,
                };
                print(output, &answer, &mut tally)?;
            }
        }
    }
    pages(output, annotated::PAGE_FOOT)?;
    file.map_or(Ok(()), PageFile::finish)?;
    Ok(tally)
}

/// A page that is in its place only when it is whole: what was there before stays until then.
struct PageFile {
    file: std::io::BufWriter<tempfile::NamedTempFile>,
    path: PathBuf,
}

impl PageFile {
    fn create(path: &Path) -> Result<Self> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = tempfile::NamedTempFile::new_in(folder).with_context(|| {
            format!("no page can be written to {}: is its folder there, and may it be written to?", folder.display())
        })?;
        Ok(Self { file: std::io::BufWriter::new(file), path: path.to_owned() })
    }

    fn write(&mut self, text: &str) -> Result<()> {
        self.file.write_all(text.as_bytes()).with_context(|| format!("cannot write {}", self.path.display()))
    }

    fn finish(self) -> Result<()> {
        let cannot = || format!("cannot write {}", self.path.display());
        let file = self.file.into_inner().map_err(std::io::IntoInnerError::into_error).with_context(cannot)?;
        file.persist(&self.path).with_context(cannot)?;
        Ok(())
    }
}

fn analysis(article: &ArticleLine, outlets: &Outlets) -> Analysis {
    let input = ArticleInput {
        title: article.title.as_deref().unwrap_or_default(),
        text: article.text.as_deref().unwrap_or_default(),
        published: published(article),
        language: article.language.as_deref(),
        publisher: article.publisher.as_deref(),
        url: article.url.as_deref(),
        links: &article.links,
    };
    analyse(&input, outlets)
}

fn with_id(id: &Value, found: serde_json::Result<Value>) -> Value {
    let mut line = serde_json::Map::from_iter([("id".to_owned(), id.clone())]);
    match found {
        Ok(Value::Object(found)) => line.extend(found),
        Ok(_) => {}
        Err(error) => {
            line.insert("error".to_owned(), json!(error.to_string()));
        }
    }
    Value::Object(line)
}

/// RFC 3339, or a date alone as its first instant; anything else counts as unknown.
fn published(article: &ArticleLine) -> Option<Timestamp> {
    let text = article.published.as_deref()?.trim();
    text.parse().ok().or_else(|| format!("{text}T00:00:00Z").parse().ok()).or_else(|| format!("{text}Z").parse().ok())
}

/// `firsthand cluster`.
pub fn cluster(
    input: impl Read,
    output: &mut impl Write,
    at_the_end: bool,
    explain: bool,
    embedder: Option<&dyn Embedder>,
) -> Result<Tally> {
    let mut lines = Lines { input: BufReader::with_capacity(1 << 16, input), number: 0 };
    let (mut state, mut tally) = (State::new(), Tally::default());
    // The callers' ids by the numbers that grouping knows. They grow with the input; a story may
    // be named by an article of its window only, but its first one may be older than that.
    let mut ids: Vec<Value> = Vec::new();
    let mut held: Vec<Result<u64, Value>> = Vec::new();
    // Each article's story, where the grouping is printed at the end.
    let mut stories: Vec<u64> = Vec::new();
    loop {
        let batch = lines.batch()?;
        if batch.is_empty() {
            break;
        }
        let read: Vec<_> = batch
            .par_iter()
            .map(|line| article(line).map(|article| (features_with(&story_input(&article), embedder), article)))
            .collect();
        for line in read {
            let (features, article) = match line {
                Ok(read) => read,
                Err(error) if at_the_end => {
                    held.push(Err(error));
                    continue;
                }
                Err(error) => {
                    print(output, &error, &mut tally)?;
                    continue;
                }
            };
            let number = ids.len() as u64;
            let why = explain.then(|| state.explain(&story_input(&article), embedder));
            let id = article.id;
            ids.push(id.clone());
            let story = match state.decide(number, features) {
                Decision::Join(story) => story,
                Decision::New => number,
            };
            if at_the_end {
                stories.push(story);
                held.push(Ok(number));
                if held.len().is_multiple_of(REPAIRED) {
                    repair(&mut state, &mut stories)?;
                }
                continue;
            }
            let story = ids.get(usize::try_from(story)?).cloned().unwrap_or_default();
            let mut answer = json!({ "id": id, "story": story });
            if let (Some(why), Some(answer)) = (why, answer.as_object_mut()) {
                let mut why = serde_json::to_value(why)?;
                name_stories(&mut why, &ids);
                answer.insert("why".to_owned(), why);
            }
            print(output, &answer, &mut tally)?;
        }
        output.flush()?;
    }
    if at_the_end {
        repair(&mut state, &mut stories)?;
        for line in held {
            let answer = match line {
                Ok(number) => {
                    let story = stories.get(usize::try_from(number)?).copied().unwrap_or(number);
                    json!({ "id": ids.get(usize::try_from(number)?), "story": ids.get(usize::try_from(story)?) })
                }
                Err(error) => error,
            };
            print(output, &answer, &mut tally)?;
        }
    }
    Ok(tally)
}

/// Decisions between two repairs where the grouping is printed at the end.
const REPAIRED: usize = 64;

/// Takes second thoughts over into each article's story.
fn repair(state: &mut State, stories: &mut [u64]) -> Result<()> {
    for change in state.repair() {
        match change {
            Change::Merge { from, into } => {
                stories.iter_mut().filter(|story| **story == from).for_each(|story| *story = into)
            }
            Change::Move { article, to, .. } => set(stories, article, to)?,
            Change::Split { story, articles, .. } => {
                articles.into_iter().try_for_each(|article| set(stories, article, story))?;
            }
        }
    }
    Ok(())
}

fn set(stories: &mut [u64], article: u64, story: u64) -> Result<()> {
    if let Some(held) = stories.get_mut(usize::try_from(article)?) {
        *held = story;
    }
    Ok(())
}

/// Puts the callers' ids in the place of numbers under the keys "article" and "story".
fn name_stories(value: &mut Value, ids: &[Value]) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| name_stories(value, ids)),
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                let number = value.as_u64().and_then(|number| usize::try_from(number).ok());
                match number.and_then(|number| ids.get(number)) {
                    Some(id) if matches!(name.as_str(), "article" | "story") => *value = id.clone(),
                    _ => name_stories(value, ids),
                }
            }
        }
        _ => {}
    }
}

fn story_input(article: &ArticleLine) -> StoryInput<'_> {
    StoryInput {
        title: article.title.as_deref().unwrap_or_default(),
        text: article.text.as_deref().unwrap_or_default(),
        published: published(article),
        language: article.language.as_deref(),
        outlet: article.publisher.as_deref(),
    }
}

/// `firsthand relate`. Reports of a story stand together; a story ends where another begins, so
/// memory is that of the largest story. Lines without a story are grouped first, which takes the
/// whole input. The outlets of the lines read so far are known by name, as those that a server follows are.
pub fn relate(input: impl Read, output: &mut impl Write) -> Result<Tally> {
    let mut outlets = Outlets::builtin();
    let mut lines = Lines { input: BufReader::with_capacity(1 << 16, input), number: 0 };
    let mut tally = Tally::default();
    let mut story: Vec<ArticleLine> = Vec::new();
    let mut without: Vec<ArticleLine> = Vec::new();
    loop {
        let batch = lines.batch()?;
        if batch.is_empty() {
            break;
        }
        for line in &batch {
            let article = match article(line) {
                Ok(article) => article,
                Err(error) => {
                    print(output, &error, &mut tally)?;
                    continue;
                }
            };
            if let Some(publisher) = &article.publisher {
                outlets.add(publisher, article.url.as_deref().and_then(host_name).as_deref().unwrap_or_default());
            }
            if article.story.is_none() {
                without.push(article);
                continue;
            }
            if story.first().is_some_and(|first| first.story != article.story) {
                print_story(&std::mem::take(&mut story), &outlets, output, &mut tally)?;
            }
            story.push(article);
        }
    }
    print_story(&story, &outlets, output, &mut tally)?;
    for story in grouped(without) {
        print_story(&story, &outlets, output, &mut tally)?;
    }
    Ok(tally)
}

/// Groups articles as `cluster --final` does; stories in the order of their first article.
fn grouped(mut articles: Vec<ArticleLine>) -> Vec<Vec<ArticleLine>> {
    let mut state = State::new();
    let mut stories: Vec<u64> = Vec::with_capacity(articles.len());
    for (number, article) in (0_u64..).zip(&articles) {
        stories.push(match state.decide(number, features(&story_input(article))) {
            Decision::Join(story) => story,
            Decision::New => number,
        });
        if stories.len().is_multiple_of(REPAIRED) {
            // What is held here is as long as the stories, and an article's number is its place.
            let _ = repair(&mut state, &mut stories);
        }
    }
    let _ = repair(&mut state, &mut stories);
    let names: Vec<Value> = articles.iter().map(|article| article.id.clone()).collect();
    let mut out: Vec<(u64, Vec<ArticleLine>)> = Vec::new();
    let mut places: HashMap<u64, usize> = HashMap::new();
    for (number, mut article) in (0_u64..).zip(articles.drain(..)) {
        let story = usize::try_from(number).ok().and_then(|number| stories.get(number)).copied().unwrap_or(number);
        article.story = usize::try_from(story).ok().and_then(|story| names.get(story).cloned());
        let place = *places.entry(story).or_insert_with(|| {
            out.push((story, Vec::new()));
            out.len() - 1
        });
        if let Some((_, members)) = out.get_mut(place) {
            members.push(article);
        }
    }
    out.into_iter().map(|(_, members)| members).collect()
}

fn print_story(articles: &[ArticleLine], outlets: &Outlets, output: &mut impl Write, tally: &mut Tally) -> Result<()> {
    let Some(story) = articles.first().map(|article| article.story.clone().unwrap_or_default()) else { return Ok(()) };
    let reports: Vec<Report> = articles
        .par_iter()
        .enumerate()
        .map(|(place, article)| Report {
            // The place is unique even where the caller's ids are not.
            id: place.to_string(),
            publisher: article.publisher.clone(),
            url: article.url.clone(),
            title: article.title.clone().unwrap_or_default(),
            text: article.text.clone().unwrap_or_default(),
            published: published(article),
            language: article.language.clone(),
            links: article.links.clone(),
            analysis: analysis(article, outlets),
            editor_role: None,
        })
        .collect();
    let relations = relate_reports(&reports, outlets);
    let name =
        |id: &str| id.parse::<usize>().ok().and_then(|place| articles.get(place)).map(|article| article.id.clone());
    for (article, report) in articles.iter().zip(&relations.reports) {
        let mut line = serde_json::to_value(report)?;
        if let Some(line) = line.as_object_mut() {
            line.insert("voice".to_owned(), name(&report.voice).unwrap_or_else(|| json!(report.voice)));
            for edge in line.get_mut("relies_on").and_then(Value::as_array_mut).into_iter().flatten() {
                let named = edge.get("article").and_then(Value::as_str).and_then(name);
                if let Some(edge) = edge.as_object_mut() {
                    edge.insert("article".to_owned(), named.unwrap_or(Value::Null));
                }
            }
            line.shift_remove("id");
        }
        let mut out =
            serde_json::Map::from_iter([("id".to_owned(), article.id.clone()), ("story".to_owned(), story.clone())]);
        if let Value::Object(line) = line {
            out.extend(line);
        }
        print(output, &Value::Object(out), tally)?;
    }
    let origin = relations.origin.as_deref().map(|origin| name(origin).unwrap_or_else(|| json!(origin)));
    let line = json!({ "story": story, "origin": origin, "voices": relations.voices, "reports": articles.len(), "why": relations.why });
    serde_json::to_writer(&mut *output, &line)?;
    output.write_all(b"\n")?;
    Ok(())
}
