//! Who relies on whom among the reports of one story.
//!
//! Evidence, strongest first: words that name another outlet as the one who reported it, a wire
//! credit, copied text: candidates by containment of word shingles (Broder 1997), then stretches of words outside of
//! quotations. Edges between reports only lead to earlier ones, so they are never cyclic.

use crate::main_news;
use crate::outlets::{Identity, Outlet, Outlets, key};
use firsthand_model::{How, OutletReliance, Reliance, Report, ReportRelations, Role, Span, StoryRelations, Timestamp};
use firsthand_text::normalise::fold;
use firsthand_text::offsets::Offsets;
use firsthand_text::shingles::shingles;
use firsthand_text::tokens::words;
use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Words in a shingle for finding copied text.
const SHINGLE: usize = 5;
/// The share of a report's own words that stand in an earlier one from which on it is a copy.
const COPY: f64 = 0.6;
const SHEER_COPY: f64 = 0.85;
/// The share of shingles from which on two texts are laid side by side.
const WORTH_A_LOOK: f64 = 0.05;
/// Words in a stretch that counts as reused.
const STRETCH: usize = 8;
/// Reused are at least so many words, and this share of a report.
const FEWEST_REUSED: usize = 24;
const LEAST_REUSED: f64 = 0.1;
/// Words of a stretch that are shown.
const MOST_SHOWN: usize = 40;
/// The earliest reports that a shingle is counted for.
const MOST_SHARING: usize = 32;
/// Reports with fewer words are too short to be called a copy or first-hand.
const SHORT: usize = 25;

/// Domains of agencies: a text with their credit is a wire copy.
const AGENCIES: [&str; 24] = [
    "apnews.com",
    "ap.org",
    "reuters.com",
    "afp.com",
    "upi.com",
    "dpa.com",
    "efe.com",
    "ansa.it",
    "news.cn",
    "tass.com",
    "kyodonews.net",
    "ptinews.com",
    "pap.pl",
    "apa.at",
    "lusa.pt",
    "yna.co.kr",
    "aa.com.tr",
    "interfax.com",
    "thecanadianpress.com",
    "aap.com.au",
    "aninews.in",
    "bloomberg.com",
    "ctk.cz",
    "mti.hu",
];

struct Prepared<'a> {
    report: &'a Report,
    outlet: Option<Outlet>,
    identity: Option<Identity>,
    /// Sorted, each once.
    shingles: Vec<u64>,
    words: usize,
    /// The earlier report that holds the greatest share of this one's shingles, with that share.
    nearest: Option<(usize, f64)>,
    /// Its place in time: earlier reports have smaller ones.
    order: usize,
    /// The hashes of its stretches, once it is asked what others have from it.
    stretches: OnceCell<HashSet<u64>>,
}

impl Prepared<'_> {
    fn stretches(&self) -> &HashSet<u64> {
        self.stretches.get_or_init(|| OwnWords::new(&self.report.text).stretches.into_iter().collect())
    }
}

/// A report's words outside of quotations.
struct OwnWords {
    /// Their bytes in the text.
    places: Vec<(usize, usize)>,
    /// The hashes of the stretches of [`STRETCH`] words, in order.
    stretches: Vec<u64>,
}

impl OwnWords {
    fn new(text: &str) -> Self {
        let (places, folded): (Vec<_>, Vec<String>) = unquoted(text).into_iter().unzip();
        Self { places, stretches: shingles(&folded, STRETCH) }
    }
}

/// Finds who relies on whom among the reports of one story.
pub fn relate(reports: &[Report], outlets: &Outlets) -> StoryRelations {
    let prepared = prepare(reports, outlets);
    let mut relations: Vec<ReportRelations> = (0..prepared.len()).filter_map(|index| one(index, &prepared)).collect();
    name_voices(&mut relations, &prepared);
    let voices: BTreeSet<&str> = relations.iter().map(|report| report.voice.as_str()).collect();
    let voices = voices.len();
    let origin = origin(&relations, &prepared);
    let why = story_why(&relations, origin.as_deref(), voices, &prepared);
    StoryRelations { origin, voices, why, reports: relations }
}

fn prepare<'a>(reports: &'a [Report], outlets: &Outlets) -> Vec<Prepared<'a>> {
    let mut order: Vec<usize> = (0..reports.len()).collect();
    let time = |index: &usize| {
        reports.get(*index).and_then(|report| report.published).unwrap_or(Timestamp::from_millis(i64::MAX))
    };
    order.sort_by_key(|index| (time(index), *index));
    let mut prepared: Vec<Prepared<'a>> = reports
        .iter()
        .map(|report| {
            let folded = fold(&report.text);
            let list: Vec<&str> = words(&folded).map(|word| word.text).collect();
            let mut all = if list.len() >= SHINGLE { shingles(&list, SHINGLE) } else { Vec::new() };
            all.sort_unstable();
            all.dedup();
            let outlet = outlets.publisher(report.publisher.as_deref(), report.url.as_deref());
            let identity = outlet.as_ref().map(|outlet| Identity::new(&outlet.name, outlet.domain.as_deref()));
            Prepared {
                report,
                outlet,
                identity,
                shingles: all,
                words: list.len(),
                nearest: None,
                order: 0,
                stretches: OnceCell::new(),
            }
        })
        .collect();
    for (place, index) in order.into_iter().enumerate() {
        if let Some(report) = prepared.get_mut(index) {
            report.order = place;
        }
    }
    find_nearest(&mut prepared);
    prepared
}

/// Finds for each report the earlier one that holds most of its shingles, the earliest of equals, by way of an index: what
/// shares no words with others costs nothing more. What it needs grows with the words of the reports, not with the pairs of them.
fn find_nearest(prepared: &mut [Prepared<'_>]) {
    let mut by_order: Vec<usize> = (0..prepared.len()).collect();
    by_order.sort_by_key(|index| prepared.get(*index).map_or(usize::MAX, |report| report.order));
    let mut postings: Vec<(u64, u32)> = by_order
        .iter()
        .zip(0..)
        .filter_map(|(index, order)| Some((prepared.get(*index)?, order)))
        .flat_map(|(report, order)| report.shingles.iter().map(move |shingle| (*shingle, order)))
        .collect();
    postings.sort_unstable();
    // How many shingles the report at hand shares with each earlier one.
    let mut shared = vec![0_u32; prepared.len()];
    for (place, index) in by_order.iter().enumerate() {
        let Some(report) = prepared.get_mut(*index) else { continue };
        let Some(earlier) = shared.get_mut(..place) else { continue };
        earlier.fill(0);
        for shingle in &report.shingles {
            let from = postings.partition_point(|(known, _)| known < shingle);
            let same = postings.get(from..).unwrap_or_default().iter().take_while(|(known, _)| known == shingle);
            // Words that very many reports share are counted for the earliest of them alone.
            for (_, order) in same.take(MOST_SHARING) {
                // Later ones, and the report itself, are past the end.
                let Some(count) = earlier.get_mut(*order as usize) else { break };
                *count += 1;
            }
        }
        let most = earlier.iter().copied().max().filter(|most| *most > 0);
        let nearest = most.and_then(|most| earlier.iter().position(|count| *count == most));
        #[expect(clippy::cast_precision_loss, reason = "counts of words")]
        let share = |count: u32| f64::from(count) / report.shingles.len().max(1) as f64;
        report.nearest = nearest.and_then(|order| by_order.get(order)).copied().zip(most.map(share));
    }
}

/// One report's role and edges, its voice still its own identifier.
fn one(index: usize, all: &[Prepared<'_>]) -> Option<ReportRelations> {
    let own = all.get(index)?;
    let report = own.report;
    let mut relies_on: Vec<Reliance> = report.analysis.relies_on.iter().map(|edge| reliance(edge, own, all)).collect();
    main_news::mark(report, &mut relies_on);
    let reused = reused_from(own, all);
    // One that says on whom it rests is a copy only when nearly nothing in it is its own.
    let least = if relies_on.iter().any(|edge| edge.main) { SHEER_COPY } else { COPY };
    let copied = reused.as_ref().filter(|reused| reused.share >= least && own.words >= SHORT);
    let wire = wire_credit(own);
    let earlier_own = all.iter().find(|other| other.order < own.order && is_same_outlet(other, own));
    let outlet_of = |other: &Prepared<'_>| {
        other.outlet.as_ref().map_or_else(|| other.report.id.clone(), |outlet| outlet.name.clone())
    };
    let (role, why) = if let Some((agency, evidence)) = &wire {
        for edge in &mut relies_on {
            edge.main |= key(&edge.outlet) == key(agency);
        }
        (Role::Wire, format!("It carries {agency}'s text: its credit says “{}”.", one_line(&evidence.text)))
    } else if let Some(reused) = copied {
        let why = format!(
            "{:.0} % of its words stand in {}'s earlier report in the same order.",
            reused.share * 100.0,
            outlet_of(reused.from)
        );
        (Role::Copy, why)
    } else if let Some(earlier) = earlier_own {
        (Role::Update, format!("{} already had a report of this story.", outlet_of(earlier)))
    } else {
        role_of(own, &mut relies_on)
    };
    if let Some(reused) = reused {
        relies_on.push(Reliance {
            outlet: outlet_of(reused.from),
            domain: reused.from.outlet.as_ref().and_then(|outlet| outlet.domain.clone()),
            article: Some(reused.from.report.id.clone()),
            how: How::Reuse,
            main: role == Role::Copy,
            evidence: reused.longest,
        });
    }
    let (role, why) = match report.editor_role.filter(|set| *set != role) {
        Some(set) => (set, format!("An editor of this server set this; by the text alone it was another. {why}")),
        None => (role, why),
    };
    if role == Role::FirstHand {
        relies_on.iter_mut().for_each(|edge| edge.main = false);
    }
    Some(ReportRelations {
        id: report.id.clone(),
        role,
        relies_on,
        own_reporting: report.analysis.own_reporting.clone(),
        voice: report.id.clone(),
        why,
    })
}

/// An edge to an outlet, with its report of the story where there is one that is not later.
fn reliance(edge: &OutletReliance, own: &Prepared<'_>, all: &[Prepared<'_>]) -> Reliance {
    let outlet = Identity::new(&edge.outlet, edge.domain.as_deref());
    let article = all
        .iter()
        .filter(|other| other.order < own.order && other.identity.as_ref().is_some_and(|one| one.is(&outlet)))
        .min_by_key(|other| other.order)
        .map(|other| other.report.id.clone());
    Reliance {
        outlet: edge.outlet.clone(),
        domain: edge.domain.clone(),
        article,
        how: edge.how,
        main: false,
        evidence: edge.evidence.clone(),
    }
}

/// Text that a report has from an earlier one.
struct Reused<'b, 'a> {
    from: &'b Prepared<'a>,
    /// The share of the report's own words, quotations left out, that stand in the earlier one in the same order.
    share: f64,
    /// The longest stretch, in the later one.
    longest: Span,
}

/// What a report has from the earlier one of another outlet that shares most of its shingles. Quotations are
/// everybody's: only what stands outside of them counts, in stretches of eight words and more, which survive cutting,
/// reordering and light rewording.
fn reused_from<'a, 'b>(own: &Prepared<'_>, all: &'b [Prepared<'a>]) -> Option<Reused<'b, 'a>> {
    let (index, share) = own.nearest.filter(|(_, share)| *share >= WORTH_A_LOOK)?;
    let from = all.get(index).filter(|other| !is_same_outlet(other, own) && share > 0.0)?;
    let (own_words, others) = (OwnWords::new(&own.report.text), from.stretches());
    let hits: Vec<bool> = own_words.stretches.iter().map(|stretch| others.contains(stretch)).collect();
    let (mut covered, mut longest, mut from_word) = (0, (0, 0), None);
    for (at, hit) in hits.iter().chain(std::iter::once(&false)).enumerate() {
        match (hit, from_word) {
            (true, None) => from_word = Some(at),
            (false, Some(start)) => {
                let end = at + STRETCH - 1;
                covered += end - start;
                if end - start > longest.1 - longest.0 {
                    longest = (start, end);
                }
                from_word = None;
            }
            _ => {}
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of words")]
    let share = covered as f64 / own_words.places.len().max(1) as f64;
    if covered < FEWEST_REUSED || share < LEAST_REUSED {
        return None;
    }
    let (start, _) = *own_words.places.get(longest.0)?;
    let (_, end) = *own_words.places.get(longest.1.min(longest.0 + MOST_SHOWN).checked_sub(1)?)?;
    Some(Reused { from, share, longest: Offsets::new(&own.report.text).span(start, end) })
}

/// The words outside of quotations: their bytes in the text, and folded.
fn unquoted(text: &str) -> Vec<((usize, usize), String)> {
    let mut out = Vec::new();
    // The mark that closes the quotation one is in; a line's end closes it too.
    let (mut closing, mut looked): (Option<[char; 2]>, usize) = (None, 0);
    for word in words(text) {
        for character in text.get(looked..word.start).unwrap_or_default().chars() {
            closing = match (closing, character) {
                (_, '\n') => None,
                (Some(marks), _) if marks.contains(&character) => None,
                (None, '“') => Some(['”', '”']),
                (None, '„') => Some(['“', '”']),
                (None, '«') => Some(['»', '»']),
                (None, '»') => Some(['«', '«']),
                (None, '"') => Some(['"', '"']),
                (held, _) => held,
            };
        }
        looked = word.end;
        if closing.is_none() {
            out.push(((word.start, word.end), fold(word.text)));
        }
    }
    out
}

/// The agency whose credit covers the whole text: in a dateline, or with nothing else at the end.
fn wire_credit(own: &Prepared<'_>) -> Option<(String, Span)> {
    let length = own.report.text.chars().count();
    let is_agency = |domain: &str| AGENCIES.contains(&domain);
    if own.outlet.as_ref().and_then(|outlet| outlet.domain.as_deref()).is_some_and(is_agency) {
        return None;
    }
    own.report
        .analysis
        .relies_on
        .iter()
        .filter(|edge| edge.how == How::Credit && edge.domain.as_deref().is_some_and(is_agency))
        .find(|edge| {
            let contributed = fold(&edge.evidence.text).contains("contributed");
            !contributed && (edge.evidence.start < 120 || edge.evidence.end + 60 > length)
        })
        .map(|edge| (edge.outlet.clone(), edge.evidence.clone()))
}

/// First-hand, relay or unclear, by what the report says of its sources.
fn role_of(own: &Prepared<'_>, relies_on: &mut [Reliance]) -> (Role, String) {
    let analysis = &own.report.analysis;
    let own_words = analysis.own_reporting.first();
    if let Some(edge) = relies_on.iter().filter(|edge| edge.main).min_by_key(|edge| edge.how) {
        let outlet = &edge.outlet;
        let words = one_line(&edge.evidence.text);
        return (Role::Relay, format!("Its main news rests on {outlet}: “{words}”."));
    }
    if let Some(words) = own_words {
        return (Role::FirstHand, format!("It shows reporting of its own: “{}”.", one_line(&words.text)));
    }
    let sourced = analysis
        .attributions
        .iter()
        .filter(|attribution| attribution.source.is_some() && attribution.via.is_none())
        .count();
    if sourced > 0 && own.words >= SHORT {
        let others = if relies_on.is_empty() {
            "names no other outlet for its main news"
        } else {
            "rests on others for parts only, not for its main news"
        };
        return (Role::FirstHand, format!("It quotes its sources directly and {others}."));
    }
    (Role::Unclear, "Neither a source, nor reporting of its own, nor another outlet is named.".to_owned())
}

fn is_same_outlet(one: &Prepared<'_>, other: &Prepared<'_>) -> bool {
    matches!((&one.identity, &other.identity), (Some(one), Some(other)) if one.is(other))
}

/// Follows each report's main edge to the report or outlet that it rests on in the end.
fn name_voices(relations: &mut [ReportRelations], all: &[Prepared<'_>]) {
    let mut voices: Vec<String> = relations.iter().map(|report| report.id.clone()).collect();
    let places: HashMap<String, usize> = voices.iter().cloned().zip(0..).collect();
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|index| all.get(*index).map_or(usize::MAX, |report| report.order));
    for index in order {
        let (Some(relation), Some(own)) = (relations.get(index), all.get(index)) else { continue };
        let voice_of = |id: &str| places.get(id).and_then(|place| voices.get(*place)).cloned();
        let voice = match relation.role {
            Role::FirstHand | Role::Unclear => None,
            Role::Update => all
                .iter()
                .filter(|other| other.order < own.order && is_same_outlet(other, own))
                .min_by_key(|other| other.order)
                .and_then(|other| voice_of(&other.report.id)),
            Role::Relay | Role::Wire | Role::Copy => {
                relation.relies_on.iter().filter(|edge| edge.main).min_by_key(|edge| edge.how).map(|edge| {
                    let inside = edge.article.as_deref().and_then(voice_of);
                    // A report of the outlet that stands for itself is that voice, whatever its feed's clock says.
                    let later = || {
                        let outlet = Identity::new(&edge.outlet, edge.domain.as_deref());
                        let place =
                            all.iter().position(|other| other.identity.as_ref().is_some_and(|one| one.is(&outlet)))?;
                        relations.get(place).filter(|other| other.role == Role::FirstHand).map(|other| other.id.clone())
                    };
                    inside.or_else(later).unwrap_or_else(|| edge.outlet.clone())
                })
            }
        };
        if let (Some(voice), Some(slot)) = (voice, voices.get_mut(index)) {
            *slot = voice;
        }
    }
    for (relation, voice) in relations.iter_mut().zip(voices) {
        relation.voice = voice;
    }
}

/// The earliest first-hand report that can be shown: the only one, or the one that others rest
/// on; else the outlet outside that most rest on.
fn origin(relations: &[ReportRelations], all: &[Prepared<'_>]) -> Option<String> {
    let mut resting: HashMap<&str, usize> = HashMap::new();
    for report in relations.iter().filter(|report| report.id != report.voice && report.role != Role::Update) {
        *resting.entry(&report.voice).or_default() += 1;
    }
    let rests = |voice: &str| resting.get(voice).copied().unwrap_or_default();
    let orders: HashMap<&str, usize> = all.iter().map(|report| (report.report.id.as_str(), report.order)).collect();
    let order = |id: &str| orders.get(id).copied().unwrap_or(usize::MAX);
    let inside = relations
        .iter()
        .filter(|report| report.role == Role::FirstHand && rests(&report.id) > 0)
        .min_by_key(|report| (usize::MAX - rests(&report.id), order(&report.id)));
    if let Some(report) = inside {
        return Some(report.id.clone());
    }
    // Of a report that rests on several outlets none is its origin.
    let rests_on_one = |report: &ReportRelations| report.relies_on.iter().filter(|edge| edge.main).count() == 1;
    let outside = relations.iter().filter(|report| {
        matches!(report.role, Role::Relay | Role::Wire)
            && rests_on_one(report)
            && report.voice != report.id
            && order(&report.voice) == usize::MAX
    });
    if let Some(report) = outside.max_by_key(|report| (rests(&report.voice), usize::MAX - order(&report.id))) {
        return Some(format!("outlet: {}", report.voice));
    }
    let mut first_hand = relations.iter().filter(|report| report.role == Role::FirstHand);
    match (first_hand.next(), first_hand.next()) {
        (Some(only), None) if relations.iter().all(|report| report.id == only.id || report.role == Role::Update) => {
            Some(only.id.clone())
        }
        _ => None,
    }
}

fn story_why(relations: &[ReportRelations], origin: Option<&str>, voices: usize, all: &[Prepared<'_>]) -> String {
    let count = relations.len();
    let reports = if count == 1 { "1 report".to_owned() } else { format!("{count} reports") };
    let spoken = if voices == 1 { "1 voice".to_owned() } else { format!("{voices} voices") };
    match origin {
        Some(origin) => {
            let name = origin.strip_prefix("outlet: ").map(str::to_owned).unwrap_or_else(|| {
                let report = all.iter().find(|report| report.report.id == origin);
                report
                    .and_then(|report| report.outlet.as_ref())
                    .map_or_else(|| origin.to_owned(), |outlet| outlet.name.clone())
            });
            let resting = relations
                .iter()
                .filter(|report| {
                    (report.voice == origin || Some(report.voice.as_str()) == origin.strip_prefix("outlet: "))
                        && report.id != origin
                })
                .count();
            match resting {
                0 => format!("{reports}, {spoken}: {name} stands for it alone."),
                1 => format!("{reports}, {spoken}: 1 rests on {name}."),
                _ => format!("{reports}, {spoken}: {resting} rest on {name}."),
            }
        }
        None => format!("{reports}, {spoken}: none can be shown to be the first."),
    }
}

fn one_line(text: &str) -> String {
    let line = firsthand_text::normalise::one_line(text);
    match line.char_indices().nth(160) {
        Some((cut, _)) => format!("{}…", line.get(..cut).unwrap_or_default()),
        None => line,
    }
}
