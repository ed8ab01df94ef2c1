//! `firsthand why`: one article through all stages, with the grounds of each.

use crate::cli::Place;
use crate::commands::crawler;
use crate::data_folder::DataFolder;
use anyhow::{Context, Result, bail};
use firsthand_crawl::Explanation;
use firsthand_model::{ArticleId, ArticleView, EntryTrace, StoryId, StoryView};
use firsthand_store::{FoundStory, Store};
use firsthand_text::urls;
use serde::Serialize;
use std::io::Write;
use std::process::ExitCode;

/// Statements that are shown of an article.
const STATEMENTS: usize = 5;
/// Letters of them, and of other passages.
const PASSAGE_CHARS: usize = 100;

/// All that is known of an article's way.
#[derive(Serialize)]
struct Way {
    /// The entries of feeds that named it.
    entries: Vec<EntryTrace>,
    /// The article as it is stored.
    article: Option<ArticleView>,
    /// What it was compared with when it was put into its story.
    decided: Option<Explanation>,
    /// Its story as it is by now.
    story: Option<StoryView>,
}

/// `firsthand why`.
pub async fn why(article: &str, json: bool, place: &Place, output: &mut impl Write) -> Result<ExitCode> {
    let folder = DataFolder::open(place)?;
    let store = folder.store().await?;
    let spellings: Vec<String> = std::iter::once(article.to_owned()).chain(urls::canonical(article)).collect();
    let number = article.rsplit('/').next().and_then(|number| number.parse::<i64>().ok()).map(ArticleId);
    let found = match store.article_at(spellings.clone()).await? {
        Some(id) => Some(id),
        // A number, or the address of its page here.
        None => number.filter(|_| !article.contains("://") || article.contains("/article/")),
    };
    let view = match found {
        Some(id) => store.article(id, None).await?,
        None => None,
    };
    let entries = store.entries_naming(spellings, view.as_ref().map(|view| view.id)).await?;
    let view = match (view, entries.iter().find_map(|entry| entry.article_id)) {
        (None, Some(id)) => store.article(id, None).await?,
        (view, _) => view,
    };
    if view.is_none() && entries.is_empty() {
        bail!(
            "nothing is known of {article}: no feed that is followed has named it. `firsthand feeds` lists them; an article that came before a feed was followed is not fetched"
        );
    }
    let (story, decided) = match &view {
        Some(view) => (story_of(&store, view).await?, Some(crawler(&folder, store, false)?.explain_story(view).await?)),
        None => (None, None),
    };
    let way = Way { entries, article: view, decided, story };
    if json {
        serde_json::to_writer_pretty(&mut *output, &way)?;
        writeln!(output)?;
    } else {
        in_words(&way, output).context("the answer cannot be written")?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn story_of(store: &Store, view: &ArticleView) -> Result<Option<StoryView>> {
    let Some(id) = view.story_id else { return Ok(None) };
    Ok(match store.story(id, None).await? {
        Some(FoundStory::Here(story)) => Some(*story),
        _ => None,
    })
}

fn in_words(way: &Way, output: &mut impl Write) -> Result<()> {
    writeln!(output, "FEED")?;
    for entry in &way.entries {
        let title = entry.feed_title.as_deref().unwrap_or("a feed without a title");
        writeln!(output, "  {title} ({}) named it first on {}", entry.feed_url, entry.first_seen_at)?;
        writeln!(output, "    as {}, at {}", short(&entry.key), entry.url.as_deref().unwrap_or("no address"))?;
        if let Some(error) = &entry.last_error {
            writeln!(
                output,
                "    its page could not be had: {error} ({} attempts since it was had last)",
                entry.attempts
            )?;
        }
        if let Some(at) = entry.released_at {
            writeln!(
                output,
                "    its article was let go on {at}: it was older than is kept (`firsthand keep` lists the rules)"
            )?;
        }
        match entry.due_at {
            Some(at) if entry.article_id.is_some() => writeln!(output, "    it is looked at for changes on {at}")?,
            Some(at) => writeln!(output, "    its page is asked for on {at}")?,
            None => {}
        }
    }
    if way.entries.is_empty() {
        writeln!(output, "  no feed that is followed now names it")?;
    }
    let Some(article) = &way.article else {
        writeln!(output, "\nNo article has come of it yet.")?;
        return Ok(());
    };
    page(article, output)?;
    traced(article, output)?;
    story(way, article, output)
}

fn page(article: &ArticleView, output: &mut impl Write) -> Result<()> {
    let details = &article.details;
    let found = |name: &str| details.found_in.get(name).map(|place| format!(" (from {place})")).unwrap_or_default();
    writeln!(output, "\nPAGE\n  {}\n  fetched on {}", article.url, article.fetched_at)?;
    if article.from_feed {
        writeln!(output, "  what the feed says stands for the page, which could not be had")?;
    }
    writeln!(output, "  headline  {}{}", article.title, found("title"))?;
    if let Some(byline) = &article.byline {
        writeln!(output, "  by        {byline}{}", found("byline"))?;
    }
    writeln!(output, "  published {}{}", article.published_at, found("published"))?;
    if let Some(language) = &article.language {
        writeln!(output, "  language  {language}{}", found("language"))?;
    }
    let words = article.text.split_whitespace().count();
    writeln!(output, "  text      {words} words, {} links; begins: {}", article.links.len(), short(&article.text))?;
    if let Some(credit) = &details.credit {
        writeln!(output, "  credit    {credit}, in the dateline")?;
    }
    if let Some(access) = details.access {
        writeln!(output, "  access    {}, as the page says", word(&access))?;
    }
    for correction in &details.corrections {
        writeln!(output, "  corrected {}", short(correction))?;
    }
    for revision in &article.revisions {
        writeln!(output, "  changed   was {:?} when it was fetched on {}", revision.title, revision.fetched_at)?;
    }
    writeln!(output, "  (which blocks were kept: save the page, then `firsthand extract --explain FILE`)")?;
    Ok(())
}

fn traced(article: &ArticleView, output: &mut impl Write) -> Result<()> {
    let analysis = &article.analysis;
    let (said, own) = (analysis.attributions.len(), analysis.own_reporting.len());
    writeln!(
        output,
        "\nTRACE\n  {said} attributions, {} outlets relied on, {own} marks of own reporting",
        analysis.relies_on.len()
    )?;
    for attribution in analysis.attributions.iter().take(STATEMENTS) {
        let source = attribution.source.as_ref().map_or("nobody named", |source| source.text.as_str());
        let stands_for = attribution.refers_to.as_ref().map(|name| format!(", {name},")).unwrap_or_default();
        let cue = attribution.cue.as_ref().map(|cue| format!(" by {:?}", cue.text)).unwrap_or_default();
        writeln!(
            output,
            "  {:.2}  {source}{stands_for} says{cue}: {}",
            attribution.confidence,
            short(&attribution.content.text)
        )?;
    }
    if said > STATEMENTS {
        writeln!(output, "  and {} more", said - STATEMENTS)?;
    }
    for reliance in &analysis.relies_on {
        writeln!(
            output,
            "  relies on {} ({}): {}",
            reliance.outlet,
            word(&reliance.how),
            short(&reliance.evidence.text)
        )?;
    }
    for mark in &analysis.own_reporting {
        writeln!(output, "  reported itself: {}", short(&mark.text))?;
    }
    Ok(())
}

fn story(way: &Way, article: &ArticleView, output: &mut impl Write) -> Result<()> {
    writeln!(output, "\nSTORY")?;
    match &way.story {
        Some(story) => {
            let reports = story.card.reports;
            writeln!(output, "  {}  {} ({reports} reports)", story.card.id, story.card.headline)?;
        }
        None => writeln!(output, "  it is in none yet")?,
    }
    if article.placed_by_editor {
        writeln!(output, "  an editor put it there")?;
    }
    if let Some(decided) = &way.decided {
        if decided.candidates.is_empty() {
            writeln!(output, "  nothing before it was like it: it began a story")?;
        }
        for candidate in &decided.candidates {
            let joined = if candidate.score >= candidate.threshold { "enough to join" } else { "too little to join" };
            let id = i64::try_from(candidate.story).map(StoryId).map_or_else(|_| String::new(), |id| id.to_string());
            writeln!(
                output,
                "  like {id} by {:.2}, of {:.2} asked: {joined}; {:.1} days apart, {:.0} % word for word; {}",
                candidate.score,
                candidate.threshold,
                candidate.gap_days,
                candidate.copied * 100.0,
                candidate.shared.join(" ")
            )?;
        }
    }
    if let Some(story) = &way.story {
        for trace in &story.traces {
            let other = trace.story;
            let moved = match (trace.merged, trace.came) {
                (true, true) => format!("the story {other} was found to be the same and came in"),
                (true, false) => format!("it was found to be the same as {other} and went there"),
                (false, true) => format!("{} of its reports came from {other}", trace.reports),
                (false, false) => format!("{} of its reports went to {other}", trace.reports),
            };
            writeln!(output, "  on {}: {moved}", trace.at)?;
        }
        if let Some(why) = &story.origin_why {
            writeln!(output, "  origin: {why}")?;
        }
    }
    writeln!(output, "\nPART")?;
    match (article.role, &article.role_why) {
        (Some(role), why) => writeln!(output, "  {}: {}", word(&role), why.as_deref().unwrap_or("no reason is kept"))?,
        (None, _) => writeln!(output, "  it has none yet")?,
    }
    if let Some(role) = article.editor_role {
        writeln!(output, "  an editor says: {}", word(&role))?;
    }
    for reliance in &article.relies_on {
        let main = if reliance.main { "its main news" } else { "part of it" };
        writeln!(
            output,
            "  {main} rests on {} ({}): {}",
            reliance.outlet,
            word(&reliance.how),
            short(&reliance.evidence.text)
        )?;
    }
    Ok(())
}

/// A value as it is called everywhere else.
fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The beginning of a passage, on one line.
fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(PASSAGE_CHARS) {
        Some((end, _)) => format!("“{}…”", line.get(..end).unwrap_or_default()),
        None => format!("“{line}”"),
    }
}
