//! `/story/…`: who reported it, who says what, where the reports differ.

use super::number;
use crate::auth::Asker;
use crate::error::Error;
use crate::show::{RelianceShown, Shell, VoteButtons, When, counted, mark, role_name, shortened};
use crate::site::Images;
use crate::{Shared, exports, picture};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use firsthand_model::{
    Change, QuoteKind, ReportView, Revision, Role, SourceKind, StoryId, StoryMark, StoryTrace, StoryView, Subject,
    Timestamp, UserRole,
};
use firsthand_store::FoundStory;
use firsthand_trace::compare::{Compared, Comparison, Event, Form, Standing, Value, compare};
use similar::{ChangeTag, TextDiff};
use std::collections::HashMap;

/// The reports from which a story is offered day by day.
const GIANT: usize = 40;
/// Reports that are compared and listed at the most: of a day, and of a whole story, whose days are offered one by one.
const MOST_REPORTS: usize = 200;
const MOST_OF_ALL_DAYS: usize = 100;
/// Words of context around a change.
const CONTEXT_WORDS: usize = 8;
/// The longest text that is compared with its revision, in bytes.
const DIFF_BYTES: usize = 200_000;

#[derive(Template)]
#[template(path = "story.html")]
struct StoryPage {
    shell: Shell,
    /// Whether an editor asks, who can hide and pin it.
    editor: bool,
    hidden: bool,
    pinned: bool,
    headline: String,
    excerpt: String,
    language: String,
    best_outlet: String,
    best_url: String,
    best_is_first_hand: bool,
    kick: Vec<(&'static str, String)>,
    span: String,
    picture: Option<String>,
    /// That it shows not all of the reports.
    pictured: Option<String>,
    votes: VoteButtons,
    /// The report that the page begins with, and whether the reader starred it.
    best: i64,
    starred: bool,
    voices: Vec<VoiceShown>,
    more_reports: usize,
    origin_why: Option<String>,
    statements: Vec<StatementShown>,
    /// Those beyond the first ones, folded.
    more_statements: Vec<StatementShown>,
    figures: Vec<DifferenceShown>,
    timeline: Vec<EventShown>,
    /// What is dated long before the story.
    background: Vec<EventShown>,
    quotes: Vec<QuoteShown>,
    changes: Vec<ChangeShown>,
    /// The days of a story of many reports, and whether one of them is shown alone.
    days: Vec<DayShown>,
    one_day: bool,
    id: i64,
    traces: Vec<TraceShown>,
    neighbours: Vec<NeighbourShown>,
}

/// A day of a large story.
struct DayShown {
    /// As it stands in the address.
    key: String,
    label: String,
    count: usize,
    /// Whether it is the one that is shown.
    here: bool,
}

/// A story of a neighbouring event.
struct NeighbourShown {
    id: i64,
    headline: String,
    language: String,
    reports: String,
    when: When,
}

/// How the story was put together anew: when, and in words around a link to the other story.
struct TraceShown {
    when: When,
    before: String,
    story: i64,
    link: &'static str,
    after: &'static str,
}

/// A voice: who stands for it, and who repeats it.
struct VoiceShown {
    /// `None`: an outlet without a report here.
    lead: Option<ReportShown>,
    name: String,
    relays: Vec<ReportShown>,
    copies: Vec<ReportShown>,
}

struct ReportShown {
    article: i64,
    outlet_id: i64,
    outlet: String,
    title: String,
    url: String,
    byline: Option<String>,
    when: When,
    mark: &'static str,
    role: &'static str,
    why: Option<String>,
    evidence: Vec<RelianceShown>,
    own: Vec<String>,
}

struct StatementShown {
    source: String,
    kind: &'static str,
    content: String,
    direct: bool,
    told: String,
    carriers: String,
}

struct DifferenceShown {
    of: String,
    /// Each value with how it stands to the others, and who gives it.
    values: Vec<(String, String, String)>,
}

struct EventShown {
    date: String,
    label: String,
    text: String,
    carriers: String,
}

struct QuoteShown {
    text: String,
    source: Option<String>,
    carriers: String,
    variants: Vec<VariantShown>,
}

/// Another form of a quotation, beside its longest one.
struct VariantShown {
    /// "cut", "with other words".
    form: &'static str,
    carriers: String,
    pieces: Vec<Piece>,
}

/// A change of a report's text.
pub(crate) struct ChangeShown {
    pub(crate) outlet: String,
    pub(crate) article: i64,
    pub(crate) when: When,
    pub(crate) after: String,
    /// What of weight changed, and whether the outlet says so.
    pub(crate) weight: Option<String>,
    pub(crate) pieces: Vec<Piece>,
}

/// A stretch of a change.
pub(crate) struct Piece {
    /// "keep", "del" or "ins".
    pub(crate) kind: &'static str,
    pub(crate) text: String,
}

/// Which part of a story is asked for.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct Part {
    /// The day (UTC) whose reports are shown, of a story of many.
    day: Option<String>,
}

/// The story page, or the story as data; one that was merged leads to the one that it is in now.
pub(crate) async fn story(
    State(app): State<Shared>,
    asker: Asker,
    Path(id): Path<String>,
    Query(part): Query<Part>,
) -> Result<Response, Error> {
    let (id, format) = Format::of(&id);
    let id = StoryId(number(id, "story")?);
    let story = match app.store.story(id, asker.voter().as_ref()).await? {
        Some(FoundStory::Here(story)) => story,
        Some(FoundStory::Moved(to)) => {
            return Ok(Redirect::temporary(&format!("/story/{to}{}", format.ending())).into_response());
        }
        None => return Err(Error::NotFound(format!("there is no story {id}"))),
    };
    let editor = asker.at_least(UserRole::Editor).is_ok();
    if story.card.mark == Some(StoryMark::Hidden) && !editor {
        return Err(Error::NotFound(format!("there is no story {id}")));
    }
    if format != Format::Page {
        return format.answer(exports::for_asker(*story, &asker));
    }
    if let Some(user) = asker.user.as_ref().filter(|_| !story.card.read) {
        app.store.set_read(user.id, vec![id], true).await?;
    }
    let mut shell = Shell::new(&app, &asker, &story.card.headline).await?;
    shell.feed = Some(format!("/feeds/story-{id}.{{}}"));
    shell.description = Some(shortened(&story.card.excerpt, 200));
    if app.site().await?.images() == Images::Everyone {
        let here = story.card.lead_image.as_deref().and_then(|address| app.image_here(address));
        shell.image = here.map(|path| format!("{}{path}", asker.base));
    }
    let now = app.clock.now();
    let back = asker.path.clone();
    // Comparing many reports takes a while: not on a thread that answers others.
    let made = move || {
        let mut page = page(shell, *story, part.day.as_deref(), now, &back);
        page.editor = editor;
        page.render()
    };
    let page = tokio::task::spawn_blocking(made).await.map_err(|_| Error::Render(askama::Error::Fmt))??;
    Ok(Html(page).into_response())
}

/// In what form a story is asked for: the ending of its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Page,
    Json,
    Csv,
    Provenance,
    Picture,
}

impl Format {
    const DATA: [Self; 4] = [Self::Json, Self::Csv, Self::Provenance, Self::Picture];

    /// The story's number in an address, and the form.
    fn of(address: &str) -> (&str, Self) {
        // ".prov.json" ends in ".json" too: the longest ending counts.
        let fits = Self::DATA.into_iter().filter_map(|format| Some((address.strip_suffix(format.ending())?, format)));
        fits.min_by_key(|(rest, _)| rest.len()).unwrap_or((address, Self::Page))
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Page => "",
            Self::Json => ".json",
            Self::Csv => ".csv",
            Self::Provenance => ".prov.json",
            Self::Picture => ".svg",
        }
    }

    fn answer(self, story: StoryView) -> Result<Response, Error> {
        let wrong = |error: serde_json::Error| Error::Render(askama::Error::Custom(Box::new(error)));
        let (kind, text) = match self {
            Self::Page | Self::Json => ("application/json", serde_json::to_string(&story).map_err(wrong)?),
            Self::Csv => ("text/csv; charset=utf-8", exports::rows(&story)),
            Self::Provenance => {
                ("application/json", serde_json::to_string(&exports::provenance(&story)).map_err(wrong)?)
            }
            Self::Picture => {
                let picture = picture::alone(&story.reports);
                ("image/svg+xml", picture.ok_or_else(|| Error::NotFound("this story has no picture".to_owned()))?)
            }
        };
        let mut response = ([(header::CONTENT_TYPE, kind)], text).into_response();
        if self == Self::Picture {
            // The page's policy would take the picture its style.
            let policy = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox");
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        Ok(response)
    }
}

/// The days of a story that is too large for one look, each with its number of reports.
fn days(times: &[Timestamp], day: Option<&str>) -> Vec<DayShown> {
    let mut days: Vec<DayShown> = Vec::new();
    for time in times {
        let key = day_of(*time);
        match days.last_mut().filter(|last| last.key == key) {
            Some(last) => last.count += 1,
            None => {
                let label = date_label(&key);
                let here = day == Some(key.as_str());
                days.push(DayShown { key, label, count: 1, here });
            }
        }
    }
    let one_look = times.len() < GIANT || (days.len() < 2 && times.len() <= MOST_OF_ALL_DAYS);
    if one_look { Vec::new() } else { days }
}

fn day_of(time: Timestamp) -> String {
    time.to_string().chars().take(10).collect()
}

fn page(shell: Shell, mut story: StoryView, day: Option<&str>, now: Timestamp, back: &str) -> StoryPage {
    let times: Vec<Timestamp> = story.reports.iter().map(|report| report.published_at).collect();
    let days = days(&times, day);
    let all = story.reports.len();
    let kick = kick(&story.reports);
    let best_role =
        story.reports.iter().find(|report| report.article_id == story.card.article_id).and_then(|best| best.role);
    let day = day.filter(|day| days.iter().any(|known| known.key == *day)).map(str::to_owned);
    if let Some(day) = &day {
        story.reports.retain(|report| day_of(report.published_at) == *day);
    }
    let most = if day.is_some() { MOST_REPORTS } else { MOST_OF_ALL_DAYS };
    let shown = story.reports.get(..story.reports.len().min(most)).unwrap_or_default();
    let compared: Vec<Compared<'_>> = shown
        .iter()
        .map(|report| Compared {
            outlet: &report.outlet,
            text: &report.text,
            language: report.language.as_deref(),
            analysis: &report.analysis,
        })
        .collect();
    let comparison = compare(&compared);
    let card = &story.card;
    let mut statements = statements(&comparison, shown);
    let (timeline, background) = timeline(&comparison, shown, card.first_published_at);
    let seconds = card.last_published_at.seconds_since(card.first_published_at);
    let reports = counted(all, "report", "reports");
    StoryPage {
        editor: false,
        hidden: card.mark == Some(StoryMark::Hidden),
        pinned: card.mark == Some(StoryMark::Pinned),
        headline: card.headline.clone(),
        excerpt: card.excerpt.clone(),
        language: card.language.clone().unwrap_or_default(),
        best_outlet: card.outlet.clone(),
        best_url: card.url.clone(),
        best_is_first_hand: best_role == Some(Role::FirstHand),
        kick,
        days,
        one_day: day.is_some(),
        id: card.id.0,
        span: match seconds {
            0..60 => reports,
            60..7200 => format!("{reports} in {} minutes", seconds / 60),
            7200..172_800 => format!("{reports} in {} hours", seconds / 3600),
            _ => format!("{reports} in {} days", seconds / 86_400),
        },
        picture: picture::story(&story.reports),
        pictured: (story.reports.len() > picture::DOTS)
            .then(|| format!("The first {} of {} reports.", picture::DOTS, story.reports.len())),
        votes: VoteButtons::new(Subject::Story(card.id), card.tally, back)
            .with_note(card.like_prefixes, card.dislike_prefixes),
        best: card.article_id.0,
        starred: card.starred,
        voices: voices(shown, now),
        more_reports: story.reports.len() - shown.len(),
        origin_why: story.origin_why.clone(),
        more_statements: statements.split_off(statements.len().min(STATEMENTS)),
        statements,
        figures: figures(&comparison, shown),
        timeline,
        background,
        quotes: quotes(&comparison, shown),
        changes: story.revisions.iter().filter_map(|change| change_shown(change, now)).collect(),
        traces: story.traces.iter().map(|trace| trace_shown(trace, now)).collect(),
        neighbours: story
            .neighbours
            .iter()
            .map(|near| NeighbourShown {
                id: near.id.0,
                headline: near.headline.clone(),
                language: near.language.clone().unwrap_or_default(),
                reports: counted(near.reports as usize, "report", "reports"),
                when: When::new(near.first_published_at, now),
            })
            .collect(),
        shell,
    }
}

fn trace_shown(trace: &StoryTrace, now: Timestamp) -> TraceShown {
    let reports = match trace.reports {
        1 => "one report".to_owned(),
        count => format!("{count} reports"),
    };
    let (before, link, after) = match (trace.merged, trace.came) {
        (true, true) => {
            (format!("{reports} of what was thought "), "another story", " told of this one, and came here")
        }
        (true, false) => (format!("{reports} went to "), "another story", ""),
        (false, true) => (format!("{reports} came from "), "another story", ", to which the event does not belong"),
        (false, false) => (format!("{reports} told of "), "another event", ", and left"),
    };
    TraceShown { when: When::new(trace.at, now), before, story: trace.story.0, link, after }
}

/// How many reports there are of each kind.
fn kick(reports: &[ReportView]) -> Vec<(&'static str, String)> {
    let count = |wanted: &[Option<Role>]| reports.iter().filter(|report| wanted.contains(&report.role)).count();
    let first = count(&[Some(Role::FirstHand)]);
    let mut out = vec![match first {
        0 => ("unclear", "no first-hand report seen".to_owned()),
        _ => ("first", format!("{first} first-hand")),
    }];
    for (mark, roles, one, many) in [
        ("relay", &[Some(Role::Relay)][..], "relay", "relays"),
        ("copy", &[Some(Role::Copy), Some(Role::Wire)][..], "copy", "copies"),
        ("unclear", &[Some(Role::Update)][..], "update", "updates"),
        ("unclear", &[Some(Role::Unclear), None][..], "unclear", "unclear"),
    ] {
        let reports = count(roles);
        if reports > 0 {
            out.push((mark, counted(reports, one, many)));
        }
    }
    out
}

fn voices(reports: &[ReportView], now: Timestamp) -> Vec<VoiceShown> {
    let ids: HashMap<String, usize> =
        reports.iter().enumerate().map(|(place, report)| (report.article_id.to_string(), place)).collect();
    // A relay's relay is shown under the voice at the end of the chain.
    let root = |place: usize| {
        let mut voice = reports.get(place).and_then(|report| report.voice.clone());
        let mut at = place;
        for _ in 0..reports.len() {
            let Some(next) = voice.as_ref().and_then(|voice| ids.get(voice)).copied() else { break };
            if next == at {
                break;
            }
            at = next;
            voice = reports.get(at).and_then(|report| report.voice.clone());
        }
        voice.unwrap_or_else(|| reports.get(at).map(|report| report.article_id.to_string()).unwrap_or_default())
    };
    let mut voices: Vec<(String, VoiceShown)> = Vec::new();
    for (place, report) in reports.iter().enumerate() {
        let root = root(place);
        let found = voices.iter().position(|(known, _)| *known == root).unwrap_or_else(|| {
            let name = match ids.get(&root).and_then(|lead| reports.get(*lead)) {
                Some(lead) => lead.outlet.clone(),
                None => root.trim_start_matches("outlet: ").to_owned(),
            };
            voices.push((root.clone(), VoiceShown { lead: None, name, relays: Vec::new(), copies: Vec::new() }));
            voices.len() - 1
        });
        let Some((_, voice)) = voices.get_mut(found) else { continue };
        let shown = report_shown(report, now);
        if ids.get(&root) == Some(&place) {
            voice.lead = Some(shown);
        } else if matches!(report.role, Some(Role::Copy | Role::Wire)) {
            voice.copies.push(shown);
        } else {
            voice.relays.push(shown);
        }
    }
    // First-hand voices first, then those that most rest on; the order of time within.
    let weight = |voice: &VoiceShown| {
        let first = voice.lead.as_ref().is_some_and(|lead| lead.mark == "first");
        (!first, std::cmp::Reverse(voice.relays.len() + voice.copies.len()))
    };
    let mut voices: Vec<VoiceShown> = voices.into_iter().map(|(_, voice)| voice).collect();
    voices.sort_by_key(weight);
    voices
}

fn report_shown(report: &ReportView, now: Timestamp) -> ReportShown {
    let mut evidence: Vec<RelianceShown> = Vec::new();
    for reliance in &report.relies_on {
        let shown = RelianceShown::new(reliance);
        if evidence.len() < 4 && !evidence.iter().any(|known| known.how == shown.how) {
            evidence.push(shown);
        }
    }
    ReportShown {
        article: report.article_id.0,
        outlet_id: report.outlet_id.0,
        outlet: report.outlet.clone(),
        title: report.title.clone(),
        url: report.url.clone(),
        byline: report.byline.clone().filter(|byline| *byline != report.outlet),
        when: When::new(report.published_at, now),
        mark: mark(report.role),
        role: role_name(report.role),
        why: report.why.clone(),
        evidence,
        own: report.own_reporting.iter().take(3).map(|span| shortened(&span.text, 160)).collect(),
    }
}

/// "the Courier, NWA and 4 more", or "only in the Courier" where there are others.
fn carriers(places: &[usize], reports: &[ReportView], of_several: bool) -> String {
    let mut names: Vec<&str> = Vec::new();
    for report in places.iter().filter_map(|place| reports.get(*place)) {
        if !names.contains(&report.outlet.as_str()) {
            names.push(&report.outlet);
        }
    }
    match names.as_slice() {
        [] => String::new(),
        [one] if of_several => format!("only {one}"),
        [one] => (*one).to_owned(),
        [one, two] => format!("{one}, {two}"),
        [one, two, three] => format!("{one}, {two}, {three}"),
        [one, two, rest @ ..] => format!("{one}, {two} and {} more", rest.len()),
    }
}

fn statements(comparison: &Comparison, reports: &[ReportView]) -> Vec<StatementShown> {
    let several = reports.len() > 1;
    comparison
        .statements
        .iter()
        .take(30)
        .map(|statement| StatementShown {
            source: shortened(&statement.source, 90),
            kind: kind_name(statement.source_kind),
            content: shortened(&statement.content, 320),
            direct: statement.kind == QuoteKind::Direct,
            told: statement.told.join(", "),
            carriers: carriers(&statement.reports, reports, several),
        })
        .collect()
}

/// What kind of source somebody is, where it is worth saying.
pub(crate) fn kind_name(kind: Option<SourceKind>) -> &'static str {
    match kind {
        Some(SourceKind::Unnamed) => "unnamed",
        Some(SourceKind::Outlet) => "outlet",
        Some(SourceKind::Document) => "document",
        Some(SourceKind::Organization) => "organization",
        Some(SourceKind::Person) | None => "",
    }
}

fn figures(comparison: &Comparison, reports: &[ReportView]) -> Vec<DifferenceShown> {
    comparison
        .figures
        .iter()
        .take(20)
        .map(|difference| DifferenceShown {
            of: shortened(&difference.of, 60),
            values: difference
                .values
                .iter()
                .map(|value| {
                    let standing = standing(value.standing, &difference.values);
                    (value.text.clone(), standing, carriers(&value.reports, reports, false))
                })
                .collect(),
        })
        .collect()
}

/// How a value stands to the others, in words; nothing for the most precise one.
fn standing(standing: Standing, values: &[Value]) -> String {
    let text = |place: usize| values.get(place).map(|value| value.text.to_lowercase()).unwrap_or_default();
    match standing {
        Standing::Precise | Standing::Open => String::new(),
        Standing::Rounded(other) => format!("rounded from {}", text(other)),
        Standing::Holds(other) => format!("agrees with {}", text(other)),
        Standing::Conflicts => "conflicts".to_owned(),
    }
}

/// Statements that are shown unfolded.
const STATEMENTS: usize = 12;
/// The days before a story's first report from which on what is dated belongs to the story itself.
const BACKGROUND_DAYS: i64 = 30;

/// The dated events: those of the story, and those that lie before it.
fn timeline(comparison: &Comparison, reports: &[ReportView], first: Timestamp) -> (Vec<EventShown>, Vec<EventShown>) {
    let since = first.plus_seconds(-BACKGROUND_DAYS * 86_400).to_jiff().strftime("%F").to_string();
    let (background, own): (Vec<_>, Vec<_>) =
        comparison.timeline.iter().partition(|event| is_before(&event.date, &since));
    let shown = |events: Vec<&Event>| {
        let shown = events.into_iter().map(|event| EventShown {
            date: event.date.clone(),
            label: date_label(&event.date),
            text: event.text.clone(),
            carriers: carriers(&event.reports, reports, reports.len() > 1),
        });
        shown.collect()
    };
    (shown(own), shown(background))
}

/// Whether a TIMEX3 value ("2019", "2026-04", "2026-W15", "2026-05-12") lies before a day, as far as it says.
fn is_before(value: &str, day: &str) -> bool {
    let digits = value.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'-').count();
    let known = value.get(..digits).unwrap_or_default().trim_end_matches('-');
    let length = known.len().min(day.len());
    known.get(..length) < day.get(..length)
}

/// A TIMEX3 value as a reader writes it: "15 Mar 2024", "Jul 2023", "week 15 of 2024".
fn date_label(value: &str) -> String {
    let date = value.get(..10).and_then(|date| date.parse::<firsthand_text::dates::Day>().ok());
    if let Some(date) = date {
        return date.strftime("%-d %b %Y").to_string();
    }
    let (year, rest) = value.split_once('-').unwrap_or((value, ""));
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = rest.parse::<usize>().ok().and_then(|month| MONTHS.get(month.checked_sub(1)?));
    match (month, rest.strip_prefix('W')) {
        (Some(month), _) => format!("{month} {year}"),
        (None, Some(week)) => format!("week {} of {year}", week.trim_start_matches('0').replace("-WE", ", weekend")),
        (None, None) => match rest {
            "SP" => format!("spring {year}"),
            "SU" => format!("summer {year}"),
            "FA" => format!("autumn {year}"),
            "WI" => format!("winter {year}"),
            _ => value.to_owned(),
        },
    }
}

fn quotes(comparison: &Comparison, reports: &[ReportView]) -> Vec<QuoteShown> {
    comparison
        .quotes
        .iter()
        .map(|quote| QuoteShown {
            text: shortened(&quote.text, 300),
            source: quote.source.as_deref().map(|source| shortened(source, 90)),
            carriers: carriers(&quote.reports, reports, false),
            variants: quote
                .variants
                .iter()
                .take(6)
                .map(|variant| VariantShown {
                    form: match variant.form {
                        Form::Cut => "cut",
                        Form::Altered => "with other words",
                    },
                    carriers: carriers(&variant.reports, reports, false),
                    pieces: match variant.form {
                        // What is left out shows by itself.
                        Form::Cut => vec![Piece { kind: "keep", text: shortened(&variant.text, 300) }],
                        Form::Altered => within(word_pieces(&quote.text, &variant.text)),
                    },
                })
                .collect(),
        })
        .collect()
}

fn change_shown(change: &Change, now: Timestamp) -> Option<ChangeShown> {
    let pieces = pieces(&change.before, &change.after);
    if pieces.is_empty() {
        return None;
    }
    let seconds = change.after.fetched_at.seconds_since(change.before.fetched_at);
    Some(ChangeShown {
        outlet: change.outlet.clone(),
        article: change.article_id.0,
        when: When::new(change.after.fetched_at, now),
        after: match seconds {
            ..120 => format!("{} s after it was first fetched", seconds.max(0)),
            120..7200 => format!("{} min after it was first fetched", seconds / 60),
            _ => format!("{} h after it was first fetched", seconds / 3600),
        },
        weight: weight(&change.before, &change.after, change.noted),
        pieces,
    })
}

/// "A figure changed, without a note": what of weight is another in a text, and whether the outlet says so.
pub(crate) fn weight(before: &Revision, after: &Revision, noted: bool) -> Option<String> {
    let (removed, added) = changed_lines(before, after)?;
    let figures = |text: &str| -> Vec<(String, Option<String>)> {
        let dates = firsthand_trace::dates::dates(text, None, None);
        let figures = firsthand_trace::figures::figures(text, &dates, None);
        figures.into_iter().map(|figure| (figure.value.to_string(), figure.unit)).collect()
    };
    let (old, new) = (figures(&removed), figures(&added));
    // One that was only added, or only left out, is no other figure.
    let figure = old.iter().any(|one| !new.contains(one)) && new.iter().any(|one| !old.contains(one));
    let what = match (before.title != after.title, figure) {
        (true, true) => "The headline and a figure changed",
        (true, false) => "The headline changed",
        (false, true) => "A figure changed",
        (false, false) => return None,
    };
    Some(if noted { format!("{what}, with a note") } else { format!("{what}, without a note") })
}

/// The lines that only the earlier text has, and those that only the later one has; nothing where both are too long.
fn changed_lines(before: &Revision, after: &Revision) -> Option<(String, String)> {
    if before.text.len() > DIFF_BYTES || after.text.len() > DIFF_BYTES {
        return None;
    }
    let join = |revision: &Revision| format!("{}\n\n{}", revision.title, revision.text);
    let (before, after) = (join(before), join(after));
    let (mut removed, mut added) = (String::new(), String::new());
    for line in TextDiff::from_lines(&before, &after).iter_all_changes() {
        match line.tag() {
            ChangeTag::Delete => removed.push_str(line.value()),
            ChangeTag::Insert => added.push_str(line.value()),
            ChangeTag::Equal => {}
        }
    }
    Some((removed, added))
}

/// What was taken out and put in, with some words around it.
pub(crate) fn pieces(before: &Revision, after: &Revision) -> Vec<Piece> {
    if before.text.len() > DIFF_BYTES || after.text.len() > DIFF_BYTES {
        return vec![Piece { kind: "keep", text: "The text changed; it is too long to be compared here.".to_owned() }];
    }
    let Some((removed, added)) = changed_lines(before, after) else { return Vec::new() };
    word_pieces(&removed, &added)
}

/// Without what is only left out before and behind: what was altered stands between.
fn within(mut pieces: Vec<Piece>) -> Vec<Piece> {
    let cut = || Piece { kind: "keep", text: "… ".to_owned() };
    if let Some(first) = pieces.first_mut().filter(|piece| piece.kind == "del") {
        *first = cut();
    }
    if let Some(last) = pieces.last_mut().filter(|piece| piece.kind == "del") {
        *last = cut();
    }
    pieces
}

/// What of a text stands in another, what not, and what is new there; nothing when they are the same.
fn word_pieces(before: &str, after: &str) -> Vec<Piece> {
    let words = TextDiff::from_words(before, after);
    let mut runs: Vec<(ChangeTag, String)> = Vec::new();
    for word in words.iter_all_changes() {
        match runs.last_mut() {
            Some((tag, text)) if *tag == word.tag() => text.push_str(word.value()),
            _ => runs.push((word.tag(), word.value().to_owned())),
        }
    }
    if runs.iter().all(|(tag, text)| *tag == ChangeTag::Equal || text.trim().is_empty()) {
        return Vec::new();
    }
    let last = runs.len().saturating_sub(1);
    runs.iter()
        .enumerate()
        .map(|(place, (tag, text))| match tag {
            ChangeTag::Delete => Piece { kind: "del", text: text.clone() },
            ChangeTag::Insert => Piece { kind: "ins", text: text.clone() },
            ChangeTag::Equal => Piece { kind: "keep", text: context(text, place == 0, place == last) },
        })
        .collect()
}

/// The words of an unchanged stretch that stand next to a change.
fn context(text: &str, is_first: bool, is_last: bool) -> String {
    let words: Vec<&str> = text.split_inclusive(char::is_whitespace).collect();
    let kept = CONTEXT_WORDS * (2 - usize::from(is_first || is_last));
    if words.len() <= kept {
        return text.to_owned();
    }
    let head = words.get(..CONTEXT_WORDS).unwrap_or_default().concat();
    let tail = words.get(words.len() - CONTEXT_WORDS..).unwrap_or_default().concat();
    match (is_first, is_last) {
        (true, true) => String::new(),
        (true, false) => format!("… {tail}"),
        (false, true) => format!("{head} …"),
        (false, false) => format!("{head} … {tail}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use firsthand_model::ArticleId;

    #[test]
    fn what_is_dated_before_a_story_is_told_from_it() {
        for before in ["2019", "2026-03", "2026-04-11", "2025-W50", "2019-SU"] {
            assert!(is_before(before, "2026-04-12"), "{before}");
        }
        for not in ["2026", "2026-04", "2026-04-12", "2027", "2026-W02", "2026-SU", ""] {
            assert!(!is_before(not, "2026-04-12"), "{not}");
        }
    }

    #[test]
    fn dates_are_written_as_readers_do() {
        let shown = ["2024-03-15", "2023-07", "2024-W15", "2019", "2024-SP", "2024-03-15T10:00"].map(date_label);
        assert_eq!(shown, ["15 Mar 2024", "Jul 2023", "week 15 of 2024", "2019", "spring 2024", "15 Mar 2024"]);
    }

    #[test]
    fn what_became_of_a_story_is_said_in_a_sentence() {
        let sentence = |merged, came, reports| {
            let at = Timestamp::from_seconds(0);
            let shown = trace_shown(&StoryTrace { at, merged, came, story: StoryId(7), reports }, at);
            format!("{}[{}]{}", shown.before, shown.link, shown.after)
        };
        assert_eq!(
            sentence(true, true, 2),
            "2 reports of what was thought [another story] told of this one, and came here"
        );
        assert_eq!(sentence(true, false, 1), "one report went to [another story]");
        assert_eq!(
            sentence(false, true, 1),
            "one report came from [another story], to which the event does not belong"
        );
        assert_eq!(sentence(false, false, 1), "one report told of [another event], and left");
    }

    #[test]
    fn a_story_of_many_reports_is_offered_day_by_day() {
        let start: Timestamp = "2026-03-10T12:00:00Z".parse().unwrap();
        let times: Vec<Timestamp> = (0..60).map(|hour| start.plus_seconds(hour * 3600)).collect();
        let shown: Vec<_> =
            days(&times, Some("2026-03-11")).into_iter().map(|day| (day.key, day.label, day.count, day.here)).collect();
        let day = |key: &str, label: &str, count, here| (key.to_owned(), label.to_owned(), count, here);
        assert_eq!(
            shown,
            [
                day("2026-03-10", "10 Mar 2026", 12, false),
                day("2026-03-11", "11 Mar 2026", 24, true),
                day("2026-03-12", "12 Mar 2026", 24, false)
            ]
        );
        assert!(days(&times[..GIANT - 1], None).is_empty(), "a story of few reports is shown whole");
        assert!(days(&times[12..36], None).is_empty() && days(&[start; 50], None).is_empty(), "one day needs no days");
    }

    #[test]
    fn a_change_is_shown_with_some_words_around_it() {
        let revision = |text: &str| Revision {
            article_id: ArticleId(1),
            fetched_at: Timestamp::default(),
            title: "T".to_owned(),
            text: text.to_owned(),
        };
        let long = "w ".repeat(30);
        let pieces = pieces(
            &revision(&format!("Same.\n\n{long}up to 4 cm wide.")),
            &revision(&format!("Same.\n\n{long}up to 4 mm wide.")),
        );
        let shown: Vec<(&str, &str)> = pieces.iter().map(|piece| (piece.kind, piece.text.trim())).collect();
        assert_eq!(shown.len(), 4, "{shown:?}");
        assert!(shown.contains(&("del", "cm")) && shown.contains(&("ins", "mm")), "{shown:?}");
        assert!(shown.first().unwrap().1.starts_with('…') && shown.first().unwrap().1.len() < 40);
    }
}
