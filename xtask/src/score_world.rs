//! How well reliance is found in a generated world whose maker wrote down who copied from whom.

use anyhow::{Context, Result};
use firsthand_model::{Report, Role, Timestamp};
use firsthand_trace::{ArticleInput, Outlets, analyse, relate};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::io::Write;
use std::path::Path;

#[derive(Deserialize)]
struct Article {
    id: String,
    url: Option<String>,
    #[serde(default)]
    title: String,
    #[serde(default)]
    text: String,
    published: Option<String>,
    language: Option<String>,
}

/// What the maker wrote of an article: its part, and the report that all of it goes back to.
#[derive(Deserialize)]
struct Gold {
    role: String,
    root: String,
}

#[derive(Deserialize)]
struct World {
    articles: Vec<Named>,
}

#[derive(Deserialize)]
struct Named {
    id: String,
    outlet_name: String,
}

/// Prints the parts that were found against those that were made, first-hand's F1, and how often an origin
/// was named and right.
pub(crate) fn score_world(dir: &Path) -> Result<()> {
    let gold: HashMap<String, Gold> = json(&dir.join("origin.json"))?;
    let story_of: HashMap<String, String> = json(&dir.join("stories.json"))?;
    let world: World = json(&dir.join("farm.json"))?;
    let publishers: HashMap<String, String> =
        world.articles.into_iter().map(|article| (article.id, article.outlet_name)).collect();
    let mut outlets = Outlets::builtin();
    for publisher in publishers.values() {
        outlets.add(publisher, "");
    }
    let mut stories: BTreeMap<&String, Vec<Article>> = BTreeMap::new();
    for line in text(&dir.join("articles.jsonl"))?.lines() {
        let article: Article = serde_json::from_str(line).context("a line of articles.jsonl is no article")?;
        if let Some(story) = story_of.get(&article.id) {
            stories.entry(story).or_default().push(article);
        }
    }
    let mut parts: BTreeMap<(&str, String), usize> = BTreeMap::new();
    let (mut several, mut named, mut right) = (0, 0, 0);
    for (_, articles) in stories {
        let reports: Vec<Report> = articles.iter().map(|article| report(article, &publishers, &outlets)).collect();
        let found = relate(&reports, &outlets);
        let roots: HashSet<&String> =
            articles.iter().filter_map(|article| gold.get(&article.id)).map(|gold| &gold.root).collect();
        for report in &found.reports {
            let Some(gold) = gold.get(&report.id) else { continue };
            *parts.entry((&gold.role, format!("{:?}", report.role))).or_default() += 1;
        }
        if articles.len() > 1 {
            several += 1;
            named += usize::from(found.origin.is_some());
            right += usize::from(found.origin.is_some_and(|origin| roots.contains(&origin)));
        }
    }
    let count = |wanted: &dyn Fn(&str, &str) -> bool| -> usize {
        parts.iter().filter(|((made, found), _)| wanted(made, found)).map(|(_, count)| count).sum()
    };
    let first = format!("{:?}", Role::FirstHand);
    let own = |made: &str| matches!(made, "firsthand" | "document");
    let both = count(&|made, found| own(made) && found == first);
    let either = count(&|made, _| own(made)) + count(&|_, found| found == first);
    let mut out = std::io::stdout().lock();
    for ((made, found), count) in &parts {
        writeln!(out, "made as {made}, found to be {found}: {count}")?;
    }
    writeln!(out, "first-hand F1 {:.3}", 2.0 * both as f64 / either.max(1) as f64)?;
    writeln!(out, "origin named in {named} of {several} stories, right in {right}")?;
    Ok(())
}

fn report(article: &Article, publishers: &HashMap<String, String>, outlets: &Outlets) -> Report {
    let published: Option<Timestamp> = article.published.as_deref().and_then(|published| published.parse().ok());
    let publisher = publishers.get(&article.id).cloned();
    let input = ArticleInput {
        title: &article.title,
        text: &article.text,
        published,
        language: article.language.as_deref(),
        publisher: publisher.as_deref(),
        ..ArticleInput::default()
    };
    Report {
        analysis: analyse(&input, outlets),
        id: article.id.clone(),
        publisher: publisher.clone(),
        url: article.url.clone(),
        title: article.title.clone(),
        text: article.text.clone(),
        published,
        language: article.language.clone(),
        links: Vec::new(),
        editor_role: None,
    }
}

fn text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}

fn json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    serde_json::from_str(&text(path)?).with_context(|| format!("{} is not what a made world has", path.display()))
}
