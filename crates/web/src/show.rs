//! What templates show: values made ready to be read, without rules and without markup.

use crate::assets;
use crate::auth::Asker;
use crate::error::Error;
use crate::rules::{Rules, field_name};
use crate::site::{SECTIONS, Voters};
use crate::texts::Lang;
use crate::{App, picture};
use firsthand_model::{
    ArticleCard, Ballot, How, Layout, OutletMention, RelianceView, Role, StoryCard, StoryMark, Subject, Tally,
    Timestamp, UserRole,
};
use firsthand_rank::set_aside;
use firsthand_text::shingles::stable_hash;

/// The head and foot of every page.
#[derive(Debug)]
pub(crate) struct Shell {
    /// The language of the page's own words.
    pub(crate) lang: Lang,
    pub(crate) site: String,
    pub(crate) title: String,
    pub(crate) notice: Option<String>,
    /// What is wrong with the server, for administrators.
    pub(crate) trouble: Option<String>,
    pub(crate) sections: Vec<Section>,
    pub(crate) user: Option<String>,
    pub(crate) editor: bool,
    pub(crate) administrator: bool,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) style: &'static str,
    pub(crate) script: &'static str,
    /// The style sheet with the editors' colours.
    pub(crate) colours: Option<String>,
    pub(crate) logo: Option<String>,
    pub(crate) has_imprint: bool,
    /// Whether the asker may vote; otherwise the counts stand alone.
    pub(crate) may_vote: bool,
    /// Classes of the body: the layout of lists.
    pub(crate) class: &'static str,
    /// The zone that the script shows times in; empty: the browser's.
    pub(crate) zone: String,
    /// Whether the script marks what was scrolled past as read.
    pub(crate) read_by_scrolling: bool,
    /// The same list as a feed: the address without its ending.
    pub(crate) feed: Option<String>,
    /// What the page is about, for those who link to it.
    pub(crate) description: Option<String>,
    /// A picture of what the page is about, for those who link to it.
    pub(crate) image: Option<String>,
    /// Where the same stands first: the source's own address.
    pub(crate) canonical: Option<String>,
    pub(crate) noindex: bool,
}

/// An entry of the navigation.
#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) href: String,
    pub(crate) label: String,
    pub(crate) current: bool,
}

/// Folders that the navigation shows at the most.
const MOST_FOLDERS: usize = 8;

/// A query of one name and value.
pub(crate) fn written(name: &str, value: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish()
}

impl Shell {
    pub(crate) async fn new(app: &App, asker: &Asker, title: &str) -> Result<Self, Error> {
        let site = app.site().await?;
        let mut sections = vec![("/".to_owned(), "Front page".to_owned())];
        if asker.user.is_some() {
            sections.push(("/for-you".to_owned(), "For you".to_owned()));
            sections.push(("/?unread=1".to_owned(), "Unread".to_owned()));
        }
        for (order, name) in SECTIONS.iter().take(3) {
            if site.has_section(order) {
                sections.push((format!("/?order={order}"), (*name).to_owned()));
            }
        }
        if site.has_section("folders") {
            for folder in site.folders.iter().take(MOST_FOLDERS) {
                sections.push((format!("/?{}", written("folder", folder)), folder.clone()));
            }
        }
        if site.has_section("outlets") {
            sections.push(("/outlets".to_owned(), "Outlets".to_owned()));
        }
        let editor = asker.at_least(UserRole::Editor).is_ok();
        if asker.user.is_some() {
            sections.push(("/starred".to_owned(), "Starred".to_owned()));
            sections.push(("/saved".to_owned(), "Searches".to_owned()));
            sections.push(("/feeds".to_owned(), "Feeds".to_owned()));
            if editor {
                sections.push(("/?order=hidden".to_owned(), "Hidden".to_owned()));
            }
        }
        let administrator = asker.at_least(UserRole::Administrator).is_ok();
        let (style, script) = assets::addresses(asker.lang);
        let preferences = &asker.preferences;
        Ok(Self {
            site: site.name().unwrap_or(&app.config.title).to_owned(),
            title: asker.lang.t(title).to_owned(),
            lang: asker.lang,
            notice: app.config.notice.clone(),
            trouble: administrator.then(|| app.store.trouble().1).flatten(),
            sections: sections
                .into_iter()
                .map(|(href, label)| Section {
                    current: href == asker.path,
                    label: asker.lang.t(&label).to_owned(),
                    href,
                })
                .collect(),
            user: asker.user.as_ref().map(|user| user.name.clone()),
            editor,
            administrator,
            path: asker.path.clone(),
            query: String::new(),
            style,
            script,
            colours: site.colours().map(|colours| format!("/assets/site.css?{:016x}", stable_hash(colours.as_bytes()))),
            logo: site.logo.map(|at| format!("/logo?{}", at.as_millis())),
            has_imprint: site.imprint().is_some(),
            may_vote: match site.voters() {
                Voters::Everyone => true,
                Voters::Accounts => asker.user.is_some(),
                Voters::Nobody => false,
            },
            class: match preferences.layout {
                Layout::Calm => "calm",
                Layout::Dense => "dense",
            },
            zone: preferences.time_zone.clone().unwrap_or_default(),
            read_by_scrolling: asker.user.is_some() && preferences.read_by_scrolling,
            feed: None,
            description: None,
            image: None,
            canonical: None,
            noindex: app.config.noindex || site.noindex(),
        })
    }

    /// Words of ours in the page's language.
    pub(crate) fn t<'a>(&self, english: &'a str) -> &'a str {
        self.lang.t(english)
    }

    /// A sentence of ours with numbers or names in it, in the page's language.
    pub(crate) fn say(&self, english: impl AsRef<str>) -> String {
        self.lang.say(english)
    }

    /// The page's `<title>`.
    pub(crate) fn document_title(&self) -> String {
        if self.title.is_empty() { self.site.clone() } else { format!("{} — {}", self.title, self.site) }
    }
}

/// The two buttons of a subject.
#[derive(Debug)]
pub(crate) struct VoteButtons {
    pub(crate) kind: &'static str,
    pub(crate) id: i64,
    pub(crate) likes: u64,
    pub(crate) dislikes: u64,
    pub(crate) liked: bool,
    pub(crate) disliked: bool,
    pub(crate) back: String,
    /// The share of likes, and how many votes are set aside in the rank.
    pub(crate) note: Option<String>,
}

/// Votes from which on their share is told: of fewer it says nothing.
const LEAST_FOR_SHARE: u64 = 10;

impl VoteButtons {
    pub(crate) fn new(subject: Subject, tally: Tally, back: &str) -> Self {
        Self {
            kind: subject.kind(),
            id: subject.number(),
            likes: tally.likes,
            dislikes: tally.dislikes,
            liked: tally.vote == Ballot::Like,
            disliked: tally.vote == Ballot::Dislike,
            back: back.to_owned(),
            note: None,
        }
    }

    /// With what the page of a story tells of its votes: their share, and those set aside in the rank.
    pub(crate) fn with_note(mut self, like_prefixes: u32, dislike_prefixes: u32) -> Self {
        let all = self.likes + self.dislikes;
        let aside = set_aside(self.likes, like_prefixes) + set_aside(self.dislikes, dislike_prefixes);
        let share = (all >= LEAST_FOR_SHARE).then(|| format!("{} % like it", (self.likes * 100 + all / 2) / all));
        let aside = (aside > 0).then(|| {
            let count = usize::try_from(aside).unwrap_or(usize::MAX);
            format!("{} set aside in the rank: many came from one network", counted(count, "vote is", "votes are"))
        });
        let parts: Vec<String> = share.into_iter().chain(aside).collect();
        self.note = (!parts.is_empty()).then(|| parts.join("; "));
        self
    }
}

/// An instant with the forms in which pages show it.
#[derive(Debug, Clone)]
pub(crate) struct When {
    /// RFC 3339, for machines and the script.
    pub(crate) machine: String,
    /// "3 h ago".
    pub(crate) age: String,
    /// "Tue 12 May 2026, 14:05 UTC".
    pub(crate) full: String,
    /// "Tue 14:05".
    pub(crate) short: String,
}

impl When {
    pub(crate) fn new(time: Timestamp, now: Timestamp) -> Self {
        let shown = |format: &str| time.to_jiff().strftime(format).to_string();
        Self {
            machine: time.to_string(),
            age: age(now.seconds_since(time)),
            full: shown("%a %-d %b %Y, %H:%M UTC"),
            short: shown("%a %-d %b %H:%M"),
        }
    }
}

/// A length of time as a list shows it.
pub(crate) fn age(seconds: i64) -> String {
    match seconds.max(0) {
        0..=59 => "just now".to_owned(),
        seconds @ 60..=3599 => format!("{} min ago", seconds / 60),
        seconds @ 3600..=172_799 => format!("{} h ago", seconds / 3600),
        seconds @ 172_800..=5_183_999 => format!("{} days ago", seconds / 86_400),
        seconds @ 5_184_000..=62_207_999 => format!("{} months ago", seconds / 2_592_000),
        seconds => format!("{} years ago", seconds / 31_536_000),
    }
}

/// A number with its noun.
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

/// A story in a list.
#[derive(Debug)]
pub(crate) struct CardShown {
    pub(crate) pinned: bool,
    pub(crate) read: bool,
    /// Its best report, and whether the reader starred that.
    pub(crate) article: i64,
    pub(crate) starred: bool,
    /// Where its forms lead back to.
    pub(crate) back: String,
    pub(crate) id: i64,
    pub(crate) headline: String,
    pub(crate) excerpt: String,
    pub(crate) language: String,
    pub(crate) url: String,
    pub(crate) outlet: String,
    /// "2 first-hand", or that none was seen.
    pub(crate) firsthand: String,
    /// Dots before it: filled ones.
    pub(crate) dots: usize,
    pub(crate) reports: String,
    pub(crate) outlets: Vec<OutletMention>,
    pub(crate) more_outlets: usize,
    pub(crate) age: When,
    pub(crate) spark: Option<String>,
    pub(crate) why_here: Option<String>,
    pub(crate) votes: VoteButtons,
    pub(crate) lead: bool,
}

/// Outlets that a card names.
const CARD_OUTLETS: usize = 6;

impl CardShown {
    pub(crate) fn new(card: StoryCard, now: Timestamp, back: &str, lead: bool) -> Self {
        let reports = usize::try_from(card.reports).unwrap_or(usize::MAX);
        let voices = usize::try_from(card.voices).unwrap_or(usize::MAX);
        let firsthand = usize::try_from(card.firsthand).unwrap_or(usize::MAX);
        let mut outlets = card.outlets;
        let more_outlets = outlets.len().saturating_sub(CARD_OUTLETS);
        outlets.truncate(CARD_OUTLETS);
        Self {
            pinned: card.mark == Some(StoryMark::Pinned),
            read: card.read,
            article: card.article_id.0,
            starred: card.starred,
            back: back.to_owned(),
            id: card.id.0,
            headline: card.headline,
            excerpt: card.excerpt,
            language: card.language.unwrap_or_default(),
            url: card.url,
            outlet: card.outlet,
            firsthand: if firsthand == 0 {
                "no first-hand report seen".to_owned()
            } else {
                format!("{firsthand} first-hand")
            },
            dots: firsthand.min(5),
            reports: match (reports, voices) {
                (1, _) => "1 report".to_owned(),
                (reports, 1) => format!("{reports} reports, one voice"),
                (reports, _) => format!("{reports} reports"),
            },
            outlets,
            more_outlets,
            age: When::new(card.last_firsthand_at.unwrap_or(card.last_published_at), now),
            spark: picture::sparkline(&card.report_times),
            why_here: card.why_here,
            votes: VoteButtons::new(Subject::Story(card.id), card.tally, back),
            lead,
        }
    }
}

/// A story that a reader's rules fold away.
#[derive(Debug)]
pub(crate) struct FoldedShown {
    pub(crate) id: i64,
    pub(crate) headline: String,
    pub(crate) language: String,
    /// "words: football".
    pub(crate) rule: String,
}

/// Parts stories into those that are shown and those that a rule folds away.
pub(crate) fn folded(cards: Vec<StoryCard>, rules: &Rules) -> (Vec<StoryCard>, Vec<FoldedShown>) {
    let (mut shown, mut away) = (Vec::new(), Vec::new());
    for card in cards {
        match rules.hiding(&card) {
            Some(rule) => away.push(FoldedShown {
                id: card.id.0,
                rule: format!("{}: {}", field_name(rule.field), rule.pattern),
                language: card.language.unwrap_or_default(),
                headline: card.headline,
            }),
            None => shown.push(card),
        }
    }
    (shown, away)
}

/// An article in a list.
#[derive(Debug)]
pub(crate) struct RowShown {
    pub(crate) id: i64,
    /// In pieces, those that were looked for marked.
    pub(crate) title: Vec<(bool, String)>,
    pub(crate) outlet_id: i64,
    pub(crate) outlet: String,
    pub(crate) byline: Option<String>,
    pub(crate) excerpt: Vec<(bool, String)>,
    pub(crate) language: String,
    pub(crate) url: String,
    pub(crate) when: When,
    pub(crate) mark: &'static str,
    pub(crate) role: &'static str,
    pub(crate) story: Option<(i64, String)>,
    pub(crate) votes: VoteButtons,
    /// Whether the reader starred it.
    pub(crate) starred: bool,
}

impl RowShown {
    pub(crate) fn new(card: ArticleCard, now: Timestamp, back: &str) -> Self {
        let others = usize::try_from(card.story_reports.saturating_sub(1)).unwrap_or_default();
        Self {
            id: card.id.0,
            title: vec![(false, card.title)],
            outlet_id: card.outlet_id.0,
            byline: card.byline.filter(|byline| *byline != card.outlet),
            outlet: card.outlet,
            excerpt: vec![(false, card.excerpt)],
            language: card.language.unwrap_or_default(),
            url: card.url,
            when: When::new(card.published_at, now),
            mark: mark(card.role),
            role: role_name(card.role),
            story: card
                .story_id
                .filter(|_| others > 0)
                .map(|id| (id.0, counted(others, "other report", "other reports"))),
            votes: VoteButtons::new(Subject::Article(card.id), card.tally, back),
            starred: card.starred,
        }
    }
}

/// The class of a role's dot.
pub(crate) fn mark(role: Option<Role>) -> &'static str {
    match role {
        Some(Role::FirstHand) => "first",
        Some(Role::Relay) => "relay",
        Some(Role::Wire | Role::Copy) => "copy",
        Some(Role::Update | Role::Unclear) | None => "unclear",
    }
}

/// A role in a reader's words.
pub(crate) fn role_name(role: Option<Role>) -> &'static str {
    match role {
        Some(Role::FirstHand) => "first-hand",
        Some(Role::Relay) => "relay",
        Some(Role::Wire) => "wire copy",
        Some(Role::Copy) => "copy",
        Some(Role::Update) => "update",
        Some(Role::Unclear) => "unclear",
        None => "not looked at yet",
    }
}

/// A reliance in a reader's words: what is done with the outlet's work.
#[derive(Debug)]
pub(crate) struct RelianceShown {
    pub(crate) how: String,
    pub(crate) evidence: String,
    pub(crate) main: bool,
    /// The report that it rests on, if it is known.
    pub(crate) article: Option<i64>,
}

impl RelianceShown {
    pub(crate) fn new(reliance: &RelianceView) -> Self {
        let outlet = &reliance.outlet;
        Self {
            how: match reliance.how {
                How::Report => format!("repeats {outlet}"),
                How::Told => format!("repeats what {outlet} was told"),
                How::Journalist => format!("repeats a journalist of {outlet}"),
                How::Poll => format!("repeats a poll of {outlet}"),
                How::Link => format!("links to {outlet}"),
                How::Credit => format!("credits {outlet}"),
                How::Reuse => format!("has the same words as {outlet}"),
                How::Quote => format!("shares a quotation with {outlet}"),
            },
            evidence: shortened(&reliance.evidence.text, 180),
            main: reliance.main,
            article: reliance.article_id.map(|id| id.0),
        }
    }
}

/// A language's own name, or its code where the list has none.
pub(crate) fn language_name(code: &str) -> String {
    const NAMES: [(&str, &str); 24] = [
        ("ar", "العربية"),
        ("cs", "Čeština"),
        ("da", "Dansk"),
        ("de", "Deutsch"),
        ("el", "Ελληνικά"),
        ("en", "English"),
        ("es", "Español"),
        ("fi", "Suomi"),
        ("fr", "Français"),
        ("hi", "हिन्दी"),
        ("hu", "Magyar"),
        ("it", "Italiano"),
        ("ja", "日本語"),
        ("ko", "한국어"),
        ("nb", "Norsk"),
        ("nl", "Nederlands"),
        ("pl", "Polski"),
        ("pt", "Português"),
        ("ro", "Română"),
        ("ru", "Русский"),
        ("sv", "Svenska"),
        ("tr", "Türkçe"),
        ("uk", "Українська"),
        ("zh", "中文"),
    ];
    NAMES.iter().find(|(known, _)| *known == code).map_or(code, |(_, name)| name).to_owned()
}

/// At most so many characters, cut between words.
pub(crate) fn shortened(text: &str, max_chars: usize) -> String {
    let line = firsthand_text::normalise::one_line(text);
    let Some((end, _)) = line.char_indices().nth(max_chars) else { return line };
    let head = line.get(..end).unwrap_or_default();
    let cut = head.rfind(' ').unwrap_or(head.len());
    format!("{} …", head.get(..cut).unwrap_or_default())
}

/// The page before and after one of a list.
#[derive(Debug, Default)]
pub(crate) struct Paging {
    pub(crate) newer: Option<String>,
    pub(crate) older: Option<String>,
}

impl Paging {
    /// `address` makes the address of a page by its number, the first being 1.
    pub(crate) fn new(page: usize, has_more: bool, address: impl Fn(usize) -> String) -> Self {
        Self { newer: (page > 1).then(|| address(page - 1)), older: has_more.then(|| address(page + 1)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_read_at_a_glance() {
        let shown = [5, 150, 7300, 200_000, 8_000_000, 90_000_000].map(age);
        assert_eq!(shown, ["just now", "2 min ago", "2 h ago", "2 days ago", "3 months ago", "2 years ago"]);
    }

    #[test]
    fn a_long_text_is_cut_between_words() {
        assert_eq!(shortened("one two three", 9), "one two …");
        assert_eq!(shortened("one", 9), "one");
    }
}
