//! Read models: what pages, feeds and APIs show. A list takes a handful of queries, whatever its
//! length.

use crate::FoundStory;
use crate::bodies::{self, Kept};
use crate::editing;
use crate::engine::{Row, Tx, Value, values};
use crate::votes::ballot_of;
use crate::{Result, StoreError};
use firsthand_model::*;
use firsthand_rank::{Coverage, RankInput, public_score, spread};
use firsthand_text::sentences::cut_at_sentence;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// The newest stories among which the public rank chooses.
const RANKED: usize = 500;
/// The stories that editors put first that are shown so.
const PINNED: usize = 20;
/// Times of reports that a card carries at the most.
const CARD_TIMES: usize = 400;

/// That a story has nothing first-hand since it was read.
pub(crate) const READ: &str = "story_read.read_at >= COALESCE(story.last_firsthand_at, 0)";

const CARD: &str = "SELECT story.id, article.id, article.title, article.excerpt, article.url, outlet.name, article.lead_image, article.language,
        story.reports, story.firsthand, story.voices, story.first_published_at, story.last_published_at, story.last_firsthand_at,
        COALESCE(vote_count.likes, 0), COALESCE(vote_count.dislikes, 0), story.independent_outlets, editor_story.mark, outlet.excerpt_chars,
        article.byline, article.categories_json
     FROM story
     LEFT JOIN editor_story ON editor_story.story_id = story.id
     JOIN article ON article.id = story.best_article_id
     JOIN outlet_shown AS outlet ON outlet.own_id = article.outlet_id
     LEFT JOIN vote_count ON vote_count.subject_kind = 'story' AND vote_count.subject_id = story.id";

/// An excerpt at the length that editors allow for its outlet: whole sentences, else whole words.
fn cut(excerpt: String, most_chars: Option<i64>) -> String {
    let Some(most) = most_chars.and_then(|most| usize::try_from(most).ok()) else { return excerpt };
    if excerpt.chars().nth(most).is_none() {
        return excerpt;
    }
    let (end, whole) = cut_at_sentence(&excerpt, most);
    let cut = excerpt.get(..end).unwrap_or_default();
    if whole || cut.is_empty() { cut.to_owned() } else { format!("{cut} …") }
}

fn card(row: &Row) -> Result<StoryCard> {
    Ok(StoryCard {
        id: StoryId(row.int(0)?),
        article_id: ArticleId(row.int(1)?),
        headline: row.text(2)?,
        excerpt: cut(row.text(3)?, row.maybe_int(18)),
        url: row.text(4)?,
        outlet: row.text(5)?,
        lead_image: row.maybe_text(6),
        language: row.maybe_text(7),
        reports: row.small(8)?,
        firsthand: row.small(9)?,
        voices: row.small(10)?,
        first_published_at: row.time(11)?,
        last_published_at: row.time(12)?,
        last_firsthand_at: row.maybe_time(13),
        tally: Tally { likes: row.count(14)?, dislikes: row.count(15)?, vote: Ballot::None },
        outlets: Vec::new(),
        report_times: Vec::new(),
        like_prefixes: 0,
        dislike_prefixes: 0,
        read: false,
        starred: false,
        mark: row.maybe_word(17)?,
        byline: row.maybe_text(19),
        sources: String::new(),
        feed: None,
        why_here: None,
    })
}

pub(crate) fn stories(tx: &mut Tx<'_>, query: &StoryQuery, voter: Option<&Voter>) -> Result<Vec<StoryCard>> {
    // Written so that a story without a mark is neither.
    let hidden = if query.hidden { "= 'hidden'" } else { "<> 'hidden'" };
    let mut conditions =
        vec!["story.merged_into IS NULL".to_owned(), format!("COALESCE(editor_story.mark, '') {hidden}")];
    let mut parameters: Vec<Value> = Vec::new();
    let mut with = |value: Value, condition: &dyn Fn(usize) -> String| {
        parameters.push(value);
        conditions.push(condition(parameters.len()));
    };
    if let Some(language) = &query.language {
        with(language.into(), &|n| {
            format!("EXISTS (SELECT 1 FROM article AS one WHERE one.story_id = story.id AND one.language = ?{n})")
        });
    }
    if let Some(folder) = &query.folder {
        with(folder.into(), &|n| {
            format!(
                "EXISTS (SELECT 1 FROM article AS one JOIN entry ON entry.article_id = one.id JOIN feed ON feed.id = entry.feed_id WHERE one.story_id = story.id AND feed.folder = ?{n})"
            )
        });
    }
    if !query.labels.is_empty() {
        let first = parameters.len() + 1;
        parameters.extend(query.labels.iter().map(Value::from));
        let places: Vec<String> = (first..=parameters.len()).map(|n| format!("?{n}")).collect();
        conditions.push(format!(
            "EXISTS (SELECT 1 FROM article AS one JOIN article_label ON article_label.article_id = one.id WHERE one.story_id = story.id AND article_label.label IN ({}))",
            places.join(", ")
        ));
    }
    let mut with = |value: Value, condition: &dyn Fn(usize) -> String| {
        parameters.push(value);
        conditions.push(condition(parameters.len()));
    };
    if let Some(user) = query.unread_by {
        with(user.into(), &|n| {
            format!(
                "NOT EXISTS (SELECT 1 FROM story_read WHERE story_read.story_id = story.id AND story_read.account_id = ?{n} AND {READ})"
            )
        });
    }
    if query.firsthand_only {
        with(0_i64.into(), &|n| format!("story.firsthand > ?{n}"));
    }
    let order = match query.order {
        StoryOrder::Rank | StoryOrder::New => "story.last_published_at DESC, story.id DESC",
        StoryOrder::Top { hours } => {
            let since = tx.now().plus_seconds(-i64::from(hours) * 3600);
            with(since.into(), &|n| format!("story.last_published_at >= ?{n}"));
            "COALESCE(vote_count.likes, 0) - COALESCE(vote_count.dislikes, 0) DESC, COALESCE(vote_count.likes, 0) DESC, story.last_published_at DESC, story.id DESC"
        }
    };
    let filter = conditions.join(" AND ");
    // What editors put first stands first however old it is.
    let mut rows = Vec::new();
    if query.order == StoryOrder::Rank {
        let pinned = format!("{CARD} WHERE {filter} AND editor_story.mark = 'pinned' ORDER BY {order} LIMIT {PINNED}");
        rows = tx.query(&pinned, &parameters)?;
    }
    let pinned: HashSet<i64> = rows.iter().map(|row| row.int(0)).collect::<Result<_>>()?;
    let (limit, offset) = if query.order == StoryOrder::Rank { (RANKED, 0) } else { (query.limit, query.offset) };
    parameters.push(limit.into());
    parameters.push(offset.into());
    let sql =
        format!("{CARD} WHERE {filter} ORDER BY {order} LIMIT ?{} OFFSET ?{}", parameters.len() - 1, parameters.len());
    let newest = tx.query(&sql, &parameters)?;
    rows.extend(newest.into_iter().filter(|row| row.maybe_int(0).is_none_or(|id| !pinned.contains(&id))));
    let mut cards: Vec<StoryCard> = rows.iter().map(card).collect::<Result<_>>()?;
    add_prefixes(tx, &mut cards)?;
    if query.order == StoryOrder::Rank {
        let independent: HashMap<StoryId, u32> =
            rows.iter().map(|row| Ok((StoryId(row.int(0)?), row.small(16)?))).collect::<Result<_>>()?;
        // The first category that its outlet files a report under is its section.
        let section = |row: &Row| Ok((StoryId(row.int(0)?), row.json::<Vec<String>>(20)?.into_iter().next()));
        let sections: HashMap<StoryId, Option<String>> = rows.iter().map(section).collect::<Result<_>>()?;
        cards =
            ranked(cards, &independent, &sections, tx.now()).into_iter().skip(query.offset).take(query.limit).collect();
    }
    fill(tx, &mut cards, voter)?;
    Ok(cards)
}

/// The cards by the public rank, whose weights are fitted to the votes on these very stories; no outlet and no section fills the page.
fn ranked(
    cards: Vec<StoryCard>,
    independent: &HashMap<StoryId, u32>,
    sections: &HashMap<StoryId, Option<String>>,
    now: Timestamp,
) -> Vec<StoryCard> {
    let count = |votes: u64| u32::try_from(votes).unwrap_or(u32::MAX);
    let inputs: Vec<RankInput> = cards
        .iter()
        .map(|card| {
            let newest = card.last_firsthand_at.unwrap_or(card.last_published_at);
            RankInput {
                age_hours: now.seconds_since(newest).max(0) as f64 / 3600.0,
                likes: count(card.tally.likes),
                dislikes: count(card.tally.dislikes),
                like_prefixes: Some(card.like_prefixes),
                dislike_prefixes: Some(card.dislike_prefixes),
                outlets: independent.get(&card.id).copied().unwrap_or(1),
                firsthand: card.firsthand,
                section: None,
            }
        })
        .collect();
    let coverage = Coverage::fitted(&inputs);
    let mut scored: Vec<(f64, StoryCard)> = cards
        .into_iter()
        .zip(&inputs)
        .map(|(mut card, input)| {
            let score = public_score(input, &coverage);
            card.why_here = Some(score.why);
            (score.score, card)
        })
        .collect();
    scored.sort_by(|one, other| other.0.total_cmp(&one.0).then(other.1.id.cmp(&one.1.id)));
    let section = |card: &StoryCard| sections.get(&card.id).and_then(Option::as_deref);
    let led: Vec<_> = scored.iter().map(|(_, card)| (card.outlet.as_str(), section(card))).collect();
    let order = spread(&led);
    let mut cards: Vec<Option<StoryCard>> = scored.into_iter().map(|(_, card)| Some(card)).collect();
    let ordered = order.into_iter().filter_map(|place| cards.get_mut(place)?.take());
    let (mut first, rest): (Vec<StoryCard>, Vec<StoryCard>) =
        ordered.partition(|card| card.mark == Some(StoryMark::Pinned));
    first.extend(rest);
    first
}

/// Numbers for an IN list. They are numbers, so nothing foreign can be in them.
fn list(numbers: impl Iterator<Item = i64>) -> String {
    let list = numbers.map(|number| number.to_string()).collect::<Vec<_>>().join(", ");
    if list.is_empty() { "NULL".to_owned() } else { list }
}

/// Those of the articles of a [`list`] that the voter starred.
fn starred_among(tx: &mut Tx<'_>, articles: &str, voter: Option<&Voter>) -> Result<HashSet<i64>> {
    let Some(Voter::User(user)) = voter else { return Ok(HashSet::new()) };
    let sql = format!("SELECT article_id FROM star WHERE account_id = ?1 AND article_id IN ({articles})");
    tx.query(&sql, &values![*user])?.iter().map(|row| row.int(0)).collect()
}

fn by_id(cards: &mut [StoryCard]) -> HashMap<i64, &mut StoryCard> {
    cards.iter_mut().map(|card| (card.id.0, card)).collect()
}

fn add_prefixes(tx: &mut Tx<'_>, cards: &mut [StoryCard]) -> Result<()> {
    let ids = list(cards.iter().filter(|card| card.tally.likes + card.tally.dislikes > 0).map(|card| card.id.0));
    let sql = format!(
        "SELECT subject_id, value, COUNT(DISTINCT COALESCE(prefix_hash, voter)) FROM vote WHERE subject_kind = 'story' AND subject_id IN ({ids}) GROUP BY subject_id, value"
    );
    let rows = tx.query(&sql, &[])?;
    let mut cards = by_id(cards);
    for row in rows {
        let Some(card) = cards.get_mut(&row.int(0)?) else { continue };
        match row.int(1)? {
            1 => card.like_prefixes = row.small(2)?,
            _ => card.dislike_prefixes = row.small(2)?,
        }
    }
    Ok(())
}

/// Outlets, times, and what rules look at, of the cards of one page; then [`fill_own`].
fn fill(tx: &mut Tx<'_>, cards: &mut [StoryCard], voter: Option<&Voter>) -> Result<()> {
    let ids = list(cards.iter().map(|card| card.id.0));
    let best = list(cards.iter().map(|card| card.article_id.0));
    let sql = format!(
        "SELECT article.story_id, outlet.id, outlet.name, MAX(CASE WHEN article.role = 'first-hand' THEN 1 ELSE 0 END) AS firsthand, MIN(article.published_at) AS first
         FROM article JOIN outlet_shown AS outlet ON outlet.own_id = article.outlet_id WHERE article.story_id IN ({ids})
         GROUP BY article.story_id, outlet.id, outlet.name ORDER BY firsthand DESC, first, outlet.id"
    );
    let outlets = tx.query(&sql, &[])?;
    let times = tx.query(
        &format!("SELECT story_id, published_at FROM article WHERE story_id IN ({ids}) ORDER BY published_at"),
        &[],
    )?;
    let details = tx.query(
        &format!(
            "SELECT article.story_id, article.sources, (SELECT MIN(feed.url) FROM entry JOIN feed ON feed.id = entry.feed_id WHERE entry.article_id = article.id)
             FROM article WHERE article.id IN ({best})"
        ),
        &[],
    )?;
    let mut by_story = by_id(cards);
    for row in details {
        if let Some(card) = row.maybe_int(0).and_then(|story| by_story.get_mut(&story)) {
            card.sources = row.text(1)?;
            card.feed = row.maybe_text(2);
        }
    }
    for row in outlets {
        if let Some(card) = by_story.get_mut(&row.int(0)?) {
            card.outlets.push(OutletMention {
                id: OutletId(row.int(1)?),
                name: row.text(2)?,
                firsthand: row.switch(3)?,
            });
        }
    }
    for row in times {
        if let Some(card) = by_story.get_mut(&row.int(0)?)
            && card.report_times.len() < CARD_TIMES
        {
            card.report_times.push(row.time(1)?);
        }
    }
    fill_own(tx, cards, voter)
}

/// What changes from one asker to the next: the voter's own ballots, reading marks and stars.
fn fill_own(tx: &mut Tx<'_>, cards: &mut [StoryCard], voter: Option<&Voter>) -> Result<()> {
    let ids = list(cards.iter().map(|card| card.id.0));
    let best = list(cards.iter().map(|card| card.article_id.0));
    let ballots = match voter {
        Some(voter) => tx.query(
            &format!("SELECT subject_id, value FROM vote WHERE subject_kind = 'story' AND voter = ?1 AND subject_id IN ({ids})"),
            &values![voter.to_string()],
        )?,
        None => Vec::new(),
    };
    let read = match voter {
        Some(Voter::User(user)) => tx.query(
            &format!(
                "SELECT story.id FROM story_read JOIN story ON story.id = story_read.story_id
                 WHERE story_read.account_id = ?1 AND story.id IN ({ids}) AND {READ}"
            ),
            &values![*user],
        )?,
        _ => Vec::new(),
    };
    let starred = starred_among(tx, &best, voter)?;
    for card in cards.iter_mut() {
        card.starred = starred.contains(&card.article_id.0);
    }
    let mut by_story = by_id(cards);
    for row in read {
        if let Some(card) = by_story.get_mut(&row.int(0)?) {
            card.read = true;
        }
    }
    for row in ballots {
        if let Some(card) = by_story.get_mut(&row.int(0)?) {
            card.tally.vote = ballot_of(row.int(1)?);
        }
    }
    Ok(())
}

/// Cards that were read for nobody in particular, with the counts of this moment and what is the voter's own.
pub(crate) fn freshened(tx: &mut Tx<'_>, mut cards: Vec<StoryCard>, voter: Option<&Voter>) -> Result<Vec<StoryCard>> {
    let ids = list(cards.iter().map(|card| card.id.0));
    let counts = tx.query(
        &format!(
            "SELECT subject_id, likes, dislikes FROM vote_count WHERE subject_kind = 'story' AND subject_id IN ({ids})"
        ),
        &[],
    )?;
    let mut by_story = by_id(&mut cards);
    for row in counts {
        if let Some(card) = by_story.get_mut(&row.int(0)?) {
            (card.tally.likes, card.tally.dislikes) = (row.count(1)?, row.count(2)?);
        }
    }
    fill_own(tx, &mut cards, voter)?;
    Ok(cards)
}

pub(crate) fn story(tx: &mut Tx<'_>, id: StoryId, voter: Option<&Voter>) -> Result<Option<FoundStory>> {
    tx.plan_once()?;
    let Some(standing) = crate::stories::standing(tx, id)? else { return Ok(None) };
    if standing != id {
        return Ok(Some(FoundStory::Moved(standing)));
    }
    let Some(row) = tx.first(&format!("{CARD} WHERE story.id = ?1"), &values![id])? else { return Ok(None) };
    let mut cards = [card(&row)?];
    add_prefixes(tx, &mut cards)?;
    fill(tx, &mut cards, voter)?;
    let [card] = cards;
    let origin = tx.first("SELECT origin, origin_why FROM story WHERE id = ?1", &values![id])?;
    let (origin, origin_why) =
        origin.map_or((None, None), |row| (row.maybe_text(0), row.maybe_text(1).filter(|why| !why.is_empty())));
    let reports = report_views(tx, id)?;
    let revisions = changes(tx, id)?;
    let traces = crate::changes::traces(tx, id)?;
    let neighbours = crate::changes::neighbours(tx, id)?;
    Ok(Some(FoundStory::Here(Box::new(StoryView { card, origin, origin_why, reports, revisions, traces, neighbours }))))
}

fn report_views(tx: &mut Tx<'_>, story: StoryId) -> Result<Vec<ReportView>> {
    let rows = tx.query(
        "SELECT article.id, article.url, article.title, outlet.id, outlet.name, article.byline, article.published_at, article.excerpt, article.language,
                article.role, article.voice, article.why, article.own_reporting_json, article.analysis_json, article.text, outlet.excerpt_chars
         FROM article JOIN outlet_shown AS outlet ON outlet.own_id = article.outlet_id WHERE article.story_id = ?1 ORDER BY article.published_at, article.id",
        &values![story],
    )?;
    let mut reliances = reliances(tx, "story_id", story.0)?;
    // A row at a time: there may be thousands.
    rows.into_iter()
        .map(|row| {
            let id = row.int(0)?;
            Ok(ReportView {
                article_id: ArticleId(id),
                url: row.text(1)?,
                title: row.text(2)?,
                outlet_id: OutletId(row.int(3)?),
                outlet: row.text(4)?,
                byline: row.maybe_text(5),
                published_at: row.time(6)?,
                excerpt: cut(row.text(7)?, row.maybe_int(15)),
                language: row.maybe_text(8),
                role: row.maybe_word(9)?,
                voice: row.maybe_text(10),
                why: row.maybe_text(11),
                own_reporting: row.json(12)?,
                relies_on: reliances.remove(&id).unwrap_or_default(),
                analysis: bodies::json(&row, 13)?,
                text: row.text(14)?,
            })
        })
        .collect()
}

/// Reliances by their article, those of the main news first; `column` is one of ours.
pub(crate) fn reliances(tx: &mut Tx<'_>, column: &str, number: i64) -> Result<HashMap<i64, Vec<RelianceView>>> {
    let rows = tx.query(
        &format!("SELECT article_id, outlet, domain, to_article_id, how, main, evidence_json FROM reliance WHERE {column} = ?1 ORDER BY main DESC, id"),
        &values![number],
    )?;
    let mut out: HashMap<i64, Vec<RelianceView>> = HashMap::new();
    for row in rows {
        let how = row.maybe_word(4)?.ok_or_else(|| StoreError::Invalid("a reliance without its kind".to_owned()))?;
        out.entry(row.int(0)?).or_default().push(RelianceView {
            outlet: row.text(1)?,
            domain: row.maybe_text(2),
            article_id: row.maybe_int(3).map(ArticleId),
            how,
            main: row.switch(5)?,
            evidence: row.json(6)?,
        });
    }
    Ok(out)
}

fn changes(tx: &mut Tx<'_>, story: StoryId) -> Result<Vec<Change>> {
    let rows = tx.query(
        "SELECT revision.article_id, revision.fetched_at, revision.title, revision.text, outlet.name, article.fetched_at, article.title, article.text, article.corrected
         FROM revision JOIN article ON article.id = revision.article_id JOIN outlet_shown AS outlet ON outlet.own_id = article.outlet_id
         WHERE article.story_id = ?1 ORDER BY revision.article_id, revision.id",
        &values![story],
    )?;
    let mut out: Vec<Change> = Vec::new();
    for row in rows {
        let article_id = ArticleId(row.int(0)?);
        let revision = |column: usize| {
            Ok::<_, StoreError>(Revision {
                article_id,
                fetched_at: row.time(column)?,
                title: row.text(column + 1)?,
                text: row.text(column + 2)?,
            })
        };
        let before = revision(1)?;
        // The text after an earlier revision is the next revision, not the present one.
        if let Some(last) = out.last_mut().filter(|last| last.article_id == article_id) {
            last.after = before.clone();
        }
        let noted = row.switch(8)?;
        out.push(Change { article_id, outlet: row.text(4)?, before, after: revision(5)?, noted });
    }
    out.sort_by_key(|change| change.after.fetched_at);
    Ok(out)
}

pub(crate) fn article(tx: &mut Tx<'_>, id: ArticleId, voter: Option<&Voter>) -> Result<Option<Kept<ArticleView>>> {
    tx.plan_once()?;
    let row = tx.first(
        "SELECT article.id, article.story_id, outlet.id, outlet.name, (SELECT MIN(feed.url) FROM entry JOIN feed ON feed.id = entry.feed_id WHERE entry.article_id = article.id),
                article.url, article.title, article.byline, article.language, article.published_at, article.modified_at, article.fetched_at, article.excerpt, article.text,
                article.html, article.lead_image, article.links_json, article.from_feed, article.role, article.why, article.analysis_json, article.details_json,
                (SELECT editor_role.role FROM editor_role WHERE editor_role.article_id = article.id),
                (SELECT COUNT(editor_place.story_id) FROM editor_place WHERE editor_place.article_id = article.id),
                outlet.excerpt_chars
         FROM article JOIN outlet_shown AS outlet ON outlet.own_id = article.outlet_id WHERE article.id = ?1",
        &values![id],
    )?;
    let Some(row) = row else { return Ok(None) };
    let story_id = row.maybe_int(1).map(StoryId);
    let also_reported_by = match story_id {
        Some(story) => also_reported(tx, story, id)?,
        None => Vec::new(),
    };
    let revisions =
        tx.query("SELECT fetched_at, title, text FROM revision WHERE article_id = ?1 ORDER BY id", &values![id])?;
    let revisions = revisions
        .iter()
        .map(|row| Ok(Revision { article_id: id, fetched_at: row.time(0)?, title: row.text(1)?, text: row.text(2)? }))
        .collect::<Result<_>>()?;
    let (html, key) = bodies::body(&row, 14)?;
    let value = ArticleView {
        id,
        story_id,
        outlet_id: OutletId(row.int(2)?),
        outlet: row.text(3)?,
        feed_url: row.maybe_text(4),
        url: row.text(5)?,
        title: row.text(6)?,
        byline: row.maybe_text(7),
        language: row.maybe_text(8),
        published_at: row.time(9)?,
        modified_at: row.maybe_time(10),
        fetched_at: row.time(11)?,
        excerpt: cut(row.text(12)?, row.maybe_int(24)),
        text: row.text(13)?,
        html,
        lead_image: row.maybe_text(15),
        links: row.json(16)?,
        details: row.json(21)?,
        from_feed: row.switch(17)?,
        role: row.maybe_word(18)?,
        role_why: row.maybe_text(19),
        editor_role: row.maybe_word(22)?,
        placed_by_editor: row.switch(23)?,
        relies_on: reliances(tx, "article_id", id.0)?.remove(&id.0).unwrap_or_default(),
        analysis: bodies::json(&row, 20)?,
        revisions,
        also_reported_by,
        starred: !starred_among(tx, &id.to_string(), voter)?.is_empty(),
        tally: crate::votes::tally(tx, Subject::Article(id), voter)?.unwrap_or_default(),
    };
    Ok(Some(Kept { value, key }))
}

fn also_reported(tx: &mut Tx<'_>, story: StoryId, but: ArticleId) -> Result<Vec<AlsoReported>> {
    let rows = tx.query(
        "SELECT article.id, article.title, outlet.name, article.role, article.published_at FROM article JOIN outlet_shown AS outlet ON outlet.own_id = article.outlet_id
         WHERE article.story_id = ?1 AND article.id <> ?2 ORDER BY article.published_at, article.id LIMIT 100",
        &values![story, but],
    )?;
    rows.iter()
        .map(|row| {
            Ok(AlsoReported {
                article_id: ArticleId(row.int(0)?),
                title: row.text(1)?,
                outlet: row.text(2)?,
                role: row.maybe_word(3)?,
                published_at: row.time(4)?,
            })
        })
        .collect()
}

/// That an article is in no story that editors hid.
pub(crate) const NOT_HIDDEN: &str = "NOT EXISTS (SELECT 1 FROM editor_story WHERE editor_story.story_id = article.story_id AND editor_story.mark = 'hidden')";

pub(crate) const ARTICLE_CARD: &str = "SELECT article.id, article.story_id, outlet.id, outlet.name, article.url, article.title, article.byline, article.excerpt, article.language,
        article.published_at, article.role, COALESCE(story.reports, 1), COALESCE(vote_count.likes, 0), COALESCE(vote_count.dislikes, 0),
        outlet.excerpt_chars
     FROM article JOIN outlet_shown AS outlet ON outlet.own_id = article.outlet_id
     LEFT JOIN story ON story.id = article.story_id
     LEFT JOIN vote_count ON vote_count.subject_kind = 'article' AND vote_count.subject_id = article.id";

pub(crate) fn article_cards(tx: &mut Tx<'_>, rows: &[Row], voter: Option<&Voter>) -> Result<Vec<ArticleCard>> {
    let mut cards: Vec<ArticleCard> = rows
        .iter()
        .map(|row| {
            Ok(ArticleCard {
                id: ArticleId(row.int(0)?),
                story_id: row.maybe_int(1).map(StoryId),
                outlet_id: OutletId(row.int(2)?),
                outlet: row.text(3)?,
                url: row.text(4)?,
                title: row.text(5)?,
                byline: row.maybe_text(6),
                excerpt: cut(row.text(7)?, row.maybe_int(14)),
                language: row.maybe_text(8),
                published_at: row.time(9)?,
                role: row.maybe_word(10)?,
                story_reports: row.small(11)?,
                tally: Tally { likes: row.count(12)?, dislikes: row.count(13)?, vote: Ballot::None },
                starred: false,
            })
        })
        .collect::<Result<_>>()?;
    let starred = starred_among(tx, &list(cards.iter().map(|card| card.id.0)), voter)?;
    for card in &mut cards {
        card.starred = starred.contains(&card.id.0);
    }
    if let Some(voter) = voter {
        let ids = list(cards.iter().map(|card| card.id.0));
        let sql = format!(
            "SELECT subject_id, value FROM vote WHERE subject_kind = 'article' AND voter = ?1 AND subject_id IN ({ids})"
        );
        let ballots: HashMap<i64, i64> = tx
            .query(&sql, &values![voter.to_string()])?
            .iter()
            .map(|row| Ok((row.int(0)?, row.int(1)?)))
            .collect::<Result<_>>()?;
        for card in &mut cards {
            card.tally.vote = ballot_of(ballots.get(&card.id.0).copied().unwrap_or(0));
        }
    }
    Ok(cards)
}

pub(crate) fn articles(
    tx: &mut Tx<'_>,
    outlet: Option<OutletId>,
    before: Option<ArticleId>,
    limit: usize,
    voter: Option<&Voter>,
) -> Result<Vec<ArticleCard>> {
    let of = match outlet {
        Some(outlet) => format!("article.outlet_id IN ({}) AND", own_ids(&editing::members(tx, outlet)?)),
        None => String::new(),
    };
    let rows = tx.query(
        &format!("{ARTICLE_CARD} WHERE {of} {NOT_HIDDEN} AND article.id < ?1 ORDER BY article.id DESC LIMIT ?2"),
        &values![before.map_or(i64::MAX, |id| id.0), limit],
    )?;
    article_cards(tx, &rows, voter)
}

pub(crate) fn texts(tx: &mut Tx<'_>, ids: &[ArticleId]) -> Result<HashMap<ArticleId, String>> {
    let rows =
        tx.query(&format!("SELECT id, text FROM article WHERE id IN ({})", list(ids.iter().map(|id| id.0))), &[])?;
    rows.iter().map(|row| Ok((ArticleId(row.int(0)?), row.text(1)?))).collect()
}

pub(crate) fn starred(tx: &mut Tx<'_>, user: UserId, limit: usize, offset: usize) -> Result<Vec<ArticleCard>> {
    let rows = tx.query(
        &format!("{ARTICLE_CARD} JOIN star ON star.article_id = article.id WHERE star.account_id = ?1 ORDER BY star.starred_at DESC, article.id DESC LIMIT ?2 OFFSET ?3"),
        &values![user, limit, offset],
    )?;
    article_cards(tx, &rows, Some(&Voter::User(user)))
}

/// The names, folded, of those whom the newest articles quote, each once.
pub(crate) fn recent_sources(tx: &mut Tx<'_>, articles: usize) -> Result<Vec<String>> {
    let rows = tx.query("SELECT sources FROM article ORDER BY published_at DESC LIMIT ?1", &values![articles])?;
    let mut names = BTreeSet::new();
    for row in &rows {
        names.extend(row.text(0)?.lines().map(str::to_owned));
    }
    Ok(names.into_iter().collect())
}

/// The numbers of outlets that are shown as one, for a list in SQL; never an empty one.
fn own_ids(members: &[OutletName]) -> String {
    list(std::iter::once(0).chain(members.iter().map(|member| member.id.0)))
}

/// An outlet, or the one that it is shown as.
pub(crate) fn outlet(tx: &mut Tx<'_>, id: OutletId) -> Result<Option<OutletView>> {
    let id = match editing::shown_as(tx, id) {
        Ok(id) => id,
        Err(StoreError::NotFound(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut members = editing::members(tx, id)?;
    let ids = own_ids(&members);
    let names: Vec<Value> = members.iter().map(|member| member.name.to_lowercase().into()).collect();
    let Some(own) = members.first().cloned() else { return Ok(None) };
    let merged = members.split_off(1);
    let articles = tx.number(&format!("SELECT COUNT(*) FROM article WHERE outlet_id IN ({ids})"), &[])?;
    let roles = tx.query(&format!("SELECT role, COUNT(*) FROM article WHERE outlet_id IN ({ids}) AND role IS NOT NULL GROUP BY role ORDER BY 2 DESC, role"), &[])?;
    let roles = roles.iter().filter_map(|row| Some((row.maybe_word(0).ok()??, row.count(1).ok()?))).collect();
    let rests_on = tx.query(
        &format!("SELECT (SELECT MIN(one.id) FROM outlet_shown AS one WHERE LOWER(one.own_name) = LOWER(reliance.outlet)), reliance.outlet, COUNT(DISTINCT reliance.article_id)
         FROM reliance JOIN article ON article.id = reliance.article_id WHERE article.outlet_id IN ({ids}) GROUP BY reliance.outlet ORDER BY 3 DESC, reliance.outlet LIMIT 20"),
        &[],
    )?;
    let named = (1..=names.len()).map(|n| format!("?{n}")).collect::<Vec<_>>().join(", ");
    let on_it = format!("article.outlet_id NOT IN ({ids}) AND LOWER(reliance.outlet) IN ({named})");
    let rested_on_by = tx.query(
        &format!("SELECT outlet.id, outlet.name, COUNT(DISTINCT reliance.article_id)
         FROM reliance JOIN article ON article.id = reliance.article_id JOIN outlet_shown AS outlet ON outlet.own_id = article.outlet_id
         WHERE {on_it} GROUP BY outlet.id, outlet.name ORDER BY 3 DESC, outlet.name LIMIT 20"),
        &names,
    )?;
    let weeks = weeks(tx, &ids, &on_it, names)?;
    let counted = |rows: Vec<Row>| {
        rows.iter()
            .map(|row| {
                Ok(OutletCount { id: row.maybe_int(0).map(OutletId), name: row.text(1)?, reports: row.count(2)? })
            })
            .collect::<Result<Vec<_>>>()
    };
    let feeds = tx.query(
        &format!("SELECT url, status, last_success_at, last_error FROM feed WHERE outlet_id IN ({ids}) ORDER BY url"),
        &[],
    )?;
    let feeds = feeds
        .iter()
        .map(|row| {
            Ok(OutletFeed {
                url: row.text(0)?,
                status: row.maybe_word(1)?.unwrap_or(FeedStatus::Active),
                last_success_at: row.maybe_time(2),
                last_error: row.maybe_text(3),
            })
        })
        .collect::<Result<_>>()?;
    let recent = tx.query(
        &format!(
            "{ARTICLE_CARD} WHERE article.outlet_id IN ({ids}) AND {NOT_HIDDEN} ORDER BY article.published_at DESC, article.id DESC LIMIT 50"
        ),
        &[],
    )?;
    let recent = article_cards(tx, &recent, None)?;
    let corrected = tx.query(
        &format!(
            "SELECT id, title, published_at, details_json FROM article WHERE outlet_id IN ({ids}) AND corrected = 1
         ORDER BY published_at DESC, id DESC LIMIT 20"
        ),
        &[],
    )?;
    let corrected = corrected
        .iter()
        .map(|row| {
            let details: Details = row.json(3)?;
            let article_id = ArticleId(row.int(0)?);
            Ok(Corrected { article_id, title: row.text(1)?, published_at: row.time(2)?, notes: details.corrections })
        })
        .collect::<Result<_>>()?;
    Ok(Some(OutletView {
        id,
        name: own.name,
        domain: own.domain,
        articles: u64::try_from(articles).unwrap_or(0),
        roles,
        weeks,
        merged,
        rests_on: counted(rests_on)?,
        rested_on_by: counted(rested_on_by)?,
        feeds,
        corrected,
        recent,
    }))
}

/// The weeks that an outlet's page goes back.
const WEEKS: i64 = 12;

/// What an outlet did in its last weeks; `ids` are its own numbers, `on_it` which reliances rest on it.
fn weeks(tx: &mut Tx<'_>, ids: &str, on_it: &str, names: Vec<Value>) -> Result<Vec<OutletWeek>> {
    const WEEK: i64 = 7 * 86_400_000;
    // The epoch was a Thursday: four days before the first Monday.
    const MONDAY: i64 = 4 * 86_400_000;
    let start = (tx.now().as_millis() - MONDAY).div_euclid(WEEK) - WEEKS + 1;
    let since = start * WEEK + MONDAY;
    let own = tx.query(
        &format!(
            "SELECT (published_at - {MONDAY}) / {WEEK}, COUNT(*), COUNT(CASE WHEN role = 'first-hand' THEN 1 END),
                    COUNT(CASE WHEN role IN ('relay', 'wire', 'copy') THEN 1 END)
             FROM article WHERE outlet_id IN ({ids}) AND role IS NOT NULL AND published_at >= ?1 GROUP BY 1"
        ),
        &values![since],
    )?;
    let mut parameters = names;
    parameters.push(since.into());
    let others = tx.query(
        &format!(
            "SELECT (article.published_at - {MONDAY}) / {WEEK}, COUNT(DISTINCT reliance.article_id)
             FROM reliance JOIN article ON article.id = reliance.article_id
             WHERE {on_it} AND article.published_at >= ?{} GROUP BY 1",
            parameters.len()
        ),
        &parameters,
    )?;
    let mut weeks: BTreeMap<i64, OutletWeek> = BTreeMap::new();
    let blank = |week: i64| OutletWeek {
        from: Timestamp::from_millis(week * WEEK + MONDAY),
        reports: 0,
        firsthand: 0,
        resting: 0,
        rested_on: 0,
    };
    for row in own {
        let number = row.int(0)?;
        let week = weeks.entry(number).or_insert_with(|| blank(number));
        (week.reports, week.firsthand, week.resting) = (row.count(1)?, row.count(2)?, row.count(3)?);
    }
    for row in others {
        let number = row.int(0)?;
        weeks.entry(number).or_insert_with(|| blank(number)).rested_on = row.count(1)?;
    }
    Ok(weeks.into_values().collect())
}

pub(crate) fn outlets(tx: &mut Tx<'_>) -> Result<Vec<OutletCard>> {
    let rows = tx.query(
        "SELECT outlet.id, outlet.name, outlet.key, COUNT(article.id), COUNT(CASE WHEN article.role = 'first-hand' THEN 1 END)
         FROM outlet_shown AS outlet LEFT JOIN article ON article.outlet_id = outlet.own_id GROUP BY outlet.id, outlet.name, outlet.key ORDER BY LOWER(outlet.name), outlet.id",
        &[],
    )?;
    rows.iter()
        .map(|row| {
            Ok(OutletCard {
                id: OutletId(row.int(0)?),
                name: row.text(1)?,
                domain: row.text(2)?,
                articles: row.count(3)?,
                firsthand: row.count(4)?,
            })
        })
        .collect()
}

/// Languages of the newest articles, the commonest first.
pub(crate) fn languages(tx: &mut Tx<'_>) -> Result<Vec<(String, u64)>> {
    let rows = tx.query(
        "SELECT language, COUNT(*) FROM (SELECT language FROM article ORDER BY published_at DESC LIMIT 5000) AS newest
         WHERE language IS NOT NULL GROUP BY language ORDER BY 2 DESC, language",
        &[],
    )?;
    rows.iter().map(|row| Ok((row.text(0)?, row.count(1)?))).collect()
}
