//! The demo's invented world, read from `world.toml` and set in time.

use anyhow::{Context, Result};
use firsthand_model::Timestamp;
use serde::Deserialize;
use std::collections::HashMap;

/// The world as it is written down.
#[derive(Debug, Clone, Deserialize)]
pub struct World {
    /// Its outlets.
    #[serde(rename = "outlet")]
    pub outlets: Vec<Outlet>,
    /// Its articles.
    #[serde(rename = "article")]
    articles: Vec<WrittenArticle>,
}

/// An invented outlet.
#[derive(Debug, Clone, Deserialize)]
pub struct Outlet {
    /// Its name within the world, and the first part of its host's name.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The format of its feed.
    pub feed: FeedKind,
    /// The make of its pages.
    pub layout: Layout,
    /// Its language.
    #[serde(default = "english")]
    pub language: String,
    /// The folder that the demo keeps it in.
    pub folder: String,
}

fn english() -> String {
    "en".to_owned()
}

/// A feed's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeedKind {
    /// RSS 2.0.
    Rss,
    /// Atom 1.0.
    Atom,
    /// RSS 1.0.
    Rdf,
    /// JSON Feed 1.1.
    Json,
}

/// How a page is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// A container named for the article's body, with JSON-LD.
    Named,
    /// `article` and `time` elements.
    Semantic,
    /// Microdata.
    Microdata,
    /// The text in several containers of the same make.
    Siblings,
    /// Tables and line breaks, as pages were once made.
    Plain,
    /// A digest's excerpt that ends in "Read More", with counters below.
    Digest,
}

#[derive(Debug, Clone, Deserialize)]
struct WrittenArticle {
    outlet: String,
    slug: String,
    hours_ago: f64,
    title: String,
    #[serde(default)]
    byline: Option<String>,
    #[serde(default)]
    source: Option<String>,
    body: String,
    #[serde(default)]
    changed_after_s: Option<i64>,
    #[serde(default)]
    changed_body: Option<String>,
}

/// An article set in time.
#[derive(Debug, Clone)]
pub struct Article {
    /// Its outlet's name within the world.
    pub outlet: String,
    /// The last part of its address.
    pub slug: String,
    /// When it is published.
    pub published: Timestamp,
    /// Its headline.
    pub title: String,
    /// Its author.
    pub byline: Option<String>,
    /// The article that a digest took it from, as OUTLET/SLUG.
    pub source: Option<String>,
    /// Its paragraphs.
    pub paragraphs: Vec<Vec<Piece>>,
    /// Its later paragraphs, and from when on.
    pub changed: Option<(Timestamp, Vec<Vec<Piece>>)>,
}

/// A piece of a paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Words.
    Text(String),
    /// Words that link to an article of the world, as OUTLET/SLUG.
    Link {
        /// The words.
        text: String,
        /// The article.
        to: String,
    },
}

/// The world with its articles set in time: `start` is the demo's start.
pub fn world(start: Timestamp) -> Result<(World, Vec<Article>)> {
    let world: World = toml::from_str(include_str!("world.toml")).context("the demo's world cannot be read")?;
    let outlets: HashMap<&str, &Outlet> = world.outlets.iter().map(|outlet| (outlet.id.as_str(), outlet)).collect();
    let mut articles = Vec::new();
    for written in &world.articles {
        outlets
            .get(written.outlet.as_str())
            .with_context(|| format!("the demo's world has no outlet {}", written.outlet))?;
        let changed = match (&written.changed_body, written.changed_after_s) {
            (Some(body), Some(after)) => Some((start.plus_seconds(after), paragraphs(body, start)?)),
            _ => None,
        };
        articles.push(Article {
            outlet: written.outlet.clone(),
            slug: written.slug.clone(),
            published: hours_before(start, written.hours_ago),
            title: written.title.clone(),
            byline: written.byline.clone(),
            source: written.source.clone(),
            paragraphs: paragraphs(&written.body, start)?,
            changed,
        });
    }
    Ok((world, articles))
}

#[expect(clippy::cast_possible_truncation, reason = "some days in milliseconds fit")]
fn hours_before(start: Timestamp, hours: f64) -> Timestamp {
    Timestamp::from_millis(start.as_millis() - (hours * 3_600_000.0) as i64)
}

fn paragraphs(body: &str, start: Timestamp) -> Result<Vec<Vec<Piece>>> {
    body.trim().split("\n\n").map(|paragraph| pieces(&with_times(paragraph.trim(), start)?)).collect()
}

/// Puts weekdays and dates in the place of `{weekday:H}`, `{weekday_de:H}` and `{date:H}`.
fn with_times(paragraph: &str, start: Timestamp) -> Result<String> {
    const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    const DAYS_DE: [&str; 7] = ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"];
    let mut out = String::new();
    let mut rest = paragraph;
    while let Some((before, after)) = rest.split_once('{') {
        let (mark, after) =
            after.split_once('}').with_context(|| format!("a mark without its end in {paragraph:?}"))?;
        let (kind, hours) = mark.split_once(':').with_context(|| format!("a mark without hours in {paragraph:?}"))?;
        let day = hours_before(start, hours.parse()?).to_jiff();
        let day = jiff::tz::Offset::UTC.to_datetime(day).date();
        let weekday = usize::try_from(day.weekday().to_monday_zero_offset())?;
        out.push_str(before);
        match kind {
            "weekday" => out.push_str(DAYS.get(weekday).copied().unwrap_or_default()),
            "weekday_de" => out.push_str(DAYS_DE.get(weekday).copied().unwrap_or_default()),
            "date" => out.push_str(&day.strftime("%-d %B").to_string()),
            other => anyhow::bail!("the demo's world knows no mark {other}"),
        }
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

fn pieces(paragraph: &str) -> Result<Vec<Piece>> {
    let mut out = Vec::new();
    let mut rest = paragraph;
    while let Some((before, after)) = rest.split_once("[[") {
        let (link, after) =
            after.split_once("]]").with_context(|| format!("a link without its end in {paragraph:?}"))?;
        let (text, to) = link.split_once('|').with_context(|| format!("a link without its aim in {paragraph:?}"))?;
        out.push(Piece::Text(before.to_owned()));
        out.push(Piece::Link { text: text.to_owned(), to: to.to_owned() });
        rest = after;
    }
    out.push(Piece::Text(rest.to_owned()));
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_world_is_whole() {
        let start = "2026-03-12T18:00:00Z".parse().unwrap();
        let (world, articles) = world(start).unwrap();
        assert!(world.outlets.len() >= 8 && articles.len() >= 20);
        let known: Vec<String> =
            articles.iter().map(|article| format!("{}/{}", article.outlet, article.slug)).collect();
        for article in &articles {
            let pieces = article.paragraphs.iter().flatten();
            for aim in pieces
                .filter_map(|piece| if let Piece::Link { to, .. } = piece { Some(to) } else { None })
                .chain(&article.source)
            {
                assert!(known.contains(aim), "{aim}");
            }
            assert!(
                !format!("{:?}", article.paragraphs).contains(['{', '|'])
                    || format!("{:?}", article.paragraphs).contains("Link {"),
                "{}",
                article.slug
            );
        }
        let mut unique = known.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), known.len());
    }

    #[test]
    fn marks_become_days() {
        let start = "2026-03-12T18:00:00Z".parse().unwrap();
        assert_eq!(with_times("on {weekday:24} and {date:-48}", start).unwrap(), "on Wednesday and 14 March");
    }
}
