//! A store of invented articles, as large as one wants, to measure pages against.

#![expect(clippy::indexing_slicing, reason = "places are drawn below the lengths of what they are places in")]

use anyhow::{Context, Result, ensure};
use firsthand_model::{
    Analysis, Article, ArticleId, Ballot, Clock, Decision, Details, EntryId, FeedDocument, ManualClock, NewEntry,
    NewFeed, ParsedItem, PollOutcome, StoryId, Subject, SystemClock, Timestamp, Voter,
};
use firsthand_store::{Admission, Admitted, DatabaseUrl, Store};
use firsthand_trace::{ArticleInput, Outlets, analyse, relate};
use std::io::Write;
use std::sync::Arc;
use tokio::task::JoinSet;

/// Articles of one poll of a feed.
const BATCH: usize = 100;
/// How long the invented world has been going on.
const DAYS: i64 = 60;
/// Words that texts are made of; the commonest stands in most texts.
const WORDS: usize = 20_000;

/// Chance that is the same every time (xorshift64*, Marsaglia 2003, Vigna 2016).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap_or_default()
    }

    /// From 0 to 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A rank from 0, the first ones often: words and stories' sizes are spread so (Zipf).
    fn rank(&mut self, end: usize) -> usize {
        let place = ((end as f64 + 1.0).powf(self.share()) - 1.0) as usize;
        place.min(end.saturating_sub(1))
    }
}

/// The word of a rank, the same every time.
fn word(rank: usize) -> String {
    const HEADS: [&str; 20] =
        ["b", "br", "c", "d", "f", "g", "gr", "h", "k", "l", "m", "n", "p", "pl", "r", "s", "st", "t", "tr", "v"];
    const TAILS: [&str; 10] = ["a", "e", "i", "o", "u", "an", "en", "ir", "ol", "um"];
    let (mut rest, mut out) = (rank + 1, String::new());
    while rest > 0 {
        out.push_str(HEADS.get(rest % HEADS.len()).copied().unwrap_or_default());
        rest /= HEADS.len();
        out.push_str(TAILS.get(rest % TAILS.len()).copied().unwrap_or_default());
        rest /= TAILS.len();
    }
    out
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn sentence(dice: &mut Dice, length: usize) -> String {
    let words: Vec<String> = (0..length)
        .map(|place| match place % 4 {
            1 => ["the", "of", "in", "a", "to"].get(dice.below(5)).copied().unwrap_or_default().to_owned(),
            _ => word(dice.rank(WORDS)),
        })
        .collect();
    capital(&words.join(" "))
}

/// The paragraphs of a report: some first-hand, some on another outlet's word.
fn text(dice: &mut Dice, topic: &str, other: &str) -> String {
    let name = |dice: &mut Dice| format!("{} {}", capital(&word(dice.rank(3000))), capital(&word(dice.rank(WORDS))));
    let mut paragraphs = vec![format!("{topic} {}.", sentence(dice, 14).to_lowercase())];
    for paragraph in 0..8 + dice.below(6) {
        let count = 3 + dice.below(5000);
        let (length, who) = (12 + dice.below(14), name(dice));
        let plain = sentence(dice, length);
        paragraphs.push(match paragraph % 4 {
            0 if dice.share() < 0.4 => format!("\"{plain},\" {who} told {other}. {}.", sentence(dice, 16)),
            1 if dice.share() < 0.5 => {
                format!("{who}, the mayor, said in an interview that {}. {}.", plain.to_lowercase(), sentence(dice, 12))
            }
            2 => format!("{plain}. More than {count} people were there, the police said. {}.", sentence(dice, 18)),
            _ => format!("{plain}. {}. {}.", sentence(dice, 15), sentence(dice, 20)),
        });
    }
    paragraphs.join("\n\n")
}

/// What is to be made.
pub struct Filling {
    /// Reports.
    pub articles: usize,
    /// Feeds that they come from.
    pub feeds: usize,
    /// So many texts are written and analysed; more articles have one of them, under a title of their own.
    pub distinct: usize,
    /// Before the addresses of feeds and articles.
    pub base: String,
}

/// A report's text, and what is found in it.
#[derive(Clone)]
struct Written {
    topic: String,
    text: String,
    analysis: Analysis,
}

/// Fills a store that must be empty, with stories of one report and more.
pub async fn fill(database: &DatabaseUrl, filling: &Filling) -> Result<()> {
    let Filling { articles, feeds, distinct, base } = filling;
    let (articles, feeds) = (*articles, *feeds);
    let now = SystemClock.now();
    let clock = Arc::new(ManualClock::at(now.plus_seconds(-DAYS * 86_400)));
    let store = Store::open(database, Arc::clone(&clock) as Arc<dyn Clock>).await?;
    ensure!(store.counts().await?.articles == 0, "{database} has articles already: name a new database");
    let mut dice = Dice(0x5DEE_CE66_D1CE_4E5B);
    let names: Vec<String> = (0..feeds)
        .map(|feed| format!("The {} {}", capital(&word(feed * 7 + 40)), ["Post", "Herald"][feed % 2]))
        .collect();
    let mut followed = Vec::new();
    for (place, name) in names.iter().enumerate() {
        let feed = NewFeed {
            url: format!("{base}/{place}/feed"),
            title: Some(name.clone()),
            site_url: None,
            folder: Some(["Town", "Country", "World", "Sport"][place % 4].to_owned()),
            page: false,
        };
        followed.push(store.add_feed(&feed, name, &format!("outlet{place}.example")).await?.id);
    }
    let outlets: Vec<_> = store.feeds().await?.into_iter().map(|feed| (feed.id, feed.outlet_id)).collect();
    let mut known = Outlets::builtin();
    names.iter().enumerate().for_each(|(place, name)| known.add(name, &format!("outlet{place}.example")));
    let known = Arc::new(known);
    let mut pool: Vec<Written> = Vec::new();
    let (mut made, mut open): (usize, Vec<(StoryId, usize, String)>) = (0, Vec::new());
    let step_ms = DAYS * 86_400_000 / i64::try_from(articles.max(1))?;
    while made < articles {
        let place = (made / BATCH) % feeds;
        let (name, feed) = (&names[place], followed[place]);
        let outlet_id = outlets.iter().find(|(id, _)| *id == feed).context("a feed without an outlet")?.1;
        let count = BATCH.min(articles - made);
        let time = |number: usize| {
            now.plus_seconds(-DAYS * 86_400 + step_ms * i64::try_from(number).unwrap_or_default() / 1000)
        };
        let address = |number: usize| format!("{base}/{place}/{number}");
        let entries = (made..made + count).map(|number| NewEntry {
            key: number.to_string(),
            url: Some(address(number)),
            canonical_url: Some(address(number)),
            item: ParsedItem { title: Some(format!("Item {number}")), ..ParsedItem::default() },
        });
        clock.advance_seconds(time(made).seconds_since(clock.now()));
        store.record_poll(feed, &poll(time(made), entries.collect())).await?;
        let pending: Vec<EntryId> =
            store.pending_entries(now, count).await?.into_iter().map(|entry| entry.id).collect();
        let (mut admissions, mut decisions, mut voted) = (Vec::new(), Vec::new(), Vec::new());
        for (entry_id, number) in pending.into_iter().zip(made..made + count) {
            // A tenth of the stories have most of the reports.
            let joined = (dice.share() < 0.55 && !open.is_empty()).then(|| dice.rank(open.len()));
            let (joined, topic) = match joined {
                Some(story) => (Some(open[story].0), open[story].2.clone()),
                None => (None, sentence(&mut dice, 7)),
            };
            let written = if pool.len() < *distinct {
                let other = names[dice.below(names.len())].clone();
                let text = text(&mut dice, &topic, &other);
                let input = ArticleInput {
                    title: &topic,
                    text: &text,
                    published: Some(time(number)),
                    language: Some("en"),
                    publisher: Some(name),
                    url: None,
                    links: &[],
                };
                let analysis = analyse(&input, &known);
                pool.push(Written { topic, text, analysis });
                pool[pool.len() - 1].clone()
            } else {
                Written { topic, ..pool[dice.below(pool.len())].clone() }
            };
            let Written { topic, text, analysis } = written;
            let title = format!("{topic} {}", word(dice.rank(WORDS)));
            let html = text.split("\n\n").map(|paragraph| format!("<p>{paragraph}</p>")).collect::<String>();
            let article = Article {
                outlet_id,
                url: address(number),
                canonical_url: address(number),
                title: title.clone(),
                byline: Some(format!("{} {}", capital(&word(place * 3)), capital(&word(number % 50)))),
                language: Some(["en", "en", "en", "de"][place % 4].to_owned()),
                published_at: time(number),
                modified_at: None,
                fetched_at: time(number),
                excerpt: text.chars().take(300).collect(),
                html,
                lead_image: None,
                links: Vec::new(),
                categories: vec![["Politics", "Sport", "Culture", "Business", "Science"][place % 5].to_owned()],
                details: Details::default(),
                from_feed: false,
                extract_version: 1,
                text,
            };
            admissions.push((
                Admission { entry_id, article, analysis, trace_version: 1, recheck_at: None },
                joined,
                topic,
            ));
        }
        for (id, joined, topic) in admit_all(&store, admissions).await? {
            let decision = joined.map_or(Decision::New, Decision::Join);
            // A new story has the number of its first report.
            let story = joined.unwrap_or(StoryId(id.0));
            decisions.push((id, decision));
            match open.iter_mut().find(|(known, ..)| *known == story) {
                Some((_, reports, _)) => *reports += 1,
                None => open.insert(dice.below(open.len() + 1), (story, 1, topic)),
            }
            if dice.share() < 0.2 {
                voted.push((story, id));
            }
        }
        store.assign_all(decisions).await?;
        for (story, id) in voted {
            vote(&store, &mut dice, story, id).await?;
        }
        // Stories end, the large ones sooner.
        open.retain(|(_, reports, _)| *reports < 40);
        let keep = open.len().saturating_sub(400);
        open.drain(..keep);
        made += count;
        if made % 5000 < BATCH || made == articles {
            writeln!(std::io::stderr(), "{made} articles")?;
            relate_all(&store, &known).await?;
        }
    }
    Ok(())
}

/// Stores articles together, which share commits; the stories that they join and their topics go along.
async fn admit_all(
    store: &Store,
    admissions: Vec<(Admission, Option<StoryId>, String)>,
) -> Result<Vec<(ArticleId, Option<StoryId>, String)>> {
    let mut tasks = JoinSet::new();
    for (admission, joined, topic) in admissions {
        let store = store.clone();
        tasks.spawn(async move { store.admit(&admission).await.map(|admitted| (admitted, joined, topic)) });
    }
    let mut admitted = Vec::new();
    while let Some(done) = tasks.join_next().await {
        if let (Admitted::New(id), joined, topic) = done?? {
            admitted.push((id, joined, topic));
        }
    }
    admitted.sort_by_key(|(id, ..)| *id);
    Ok(admitted)
}

async fn relate_all(store: &Store, known: &Arc<Outlets>) -> Result<()> {
    loop {
        let stale = store.stale_stories(BATCH).await?;
        if stale.is_empty() {
            return Ok(());
        }
        let mut tasks = JoinSet::new();
        for story in stale {
            let (store, known) = (store.clone(), Arc::clone(known));
            tasks.spawn(async move {
                let reports = store.reports(story).await?;
                store.set_relations(story, &relate(&reports.reports, &known), reports.changes).await
            });
        }
        while let Some(done) = tasks.join_next().await {
            done??;
        }
    }
}

async fn vote(store: &Store, dice: &mut Dice, story: StoryId, article: ArticleId) -> Result<()> {
    let mut tasks = JoinSet::new();
    for _ in 0..1 + dice.rank(30) {
        let voter = Voter::Visitor(format!("{:032x}", dice.below(5000)));
        let ballot = if dice.share() < 0.7 { Ballot::Like } else { Ballot::Dislike };
        let subject = if dice.share() < 0.7 { Subject::Story(story) } else { Subject::Article(article) };
        let (store, prefix) = (store.clone(), format!("{:024x}", dice.below(300)));
        tasks.spawn(async move { store.cast_vote(subject, &voter, ballot, Some(&prefix)).await });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(())
}

fn poll(at: Timestamp, entries: Vec<NewEntry>) -> PollOutcome {
    PollOutcome::brought(at, FeedDocument { format: Some("rss".to_owned()), entries, ..FeedDocument::default() })
}
