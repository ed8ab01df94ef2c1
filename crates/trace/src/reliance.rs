//! The outlets that one article rests on, and the words that show reporting of its own.

use crate::ArticleInput;
use crate::lex::{Kind, Lexed};
use crate::outlets::{Mention, Outlet, Outlets, same};
use crate::speech::{JOURNALISTS, Range, Speech};
use crate::tongues::{self, Vocabulary};
use firsthand_model::{How, OutletReliance, Span};
use firsthand_text::offsets::Offsets;

/// The most tokens from an attribution's cue to an outlet that has to do with it.
const NEAR: usize = 500;

/// The confidence from which an attribution's cue is believed whatever its words are.
const SAID: f32 = 0.5;

/// Words for an outlet's own text.
const TEXTS: [&str; 13] = [
    "report",
    "reports",
    "article",
    "story",
    "investigation",
    "reporting",
    "analysis",
    "interview",
    "op-ed",
    "column",
    "editorial",
    "review",
    "account",
];

/// What the article rests on, each outlet once by its first tie (and once more where it is
/// credited), and its own reporting.
pub(crate) fn reliances(
    article: &ArticleInput<'_>,
    lexed: &Lexed<'_>,
    offsets: &Offsets<'_>,
    mentions: &[Mention],
    speeches: &[Speech],
    outlets: &Outlets,
    publisher: Option<&Outlet>,
    words: Option<&Vocabulary>,
) -> (Vec<OutletReliance>, Vec<Span>) {
    let mut found: Vec<OutletReliance> = Vec::new();
    let mut own: Vec<Span> = Vec::new();
    let span = |range: Range| lexed.bytes(range.0, range.1).map(|(start, end)| offsets.span(start, end));
    let tied = |mention: &Mention| {
        // An attribution's source and the one who is told stand near its cue.
        let from = speeches.partition_point(|speech| speech.cue.0 + NEAR < mention.from);
        let to = speeches.partition_point(|speech| speech.cue.0 <= mention.to + NEAR);
        let speeches = speeches.get(from..to).unwrap_or_default();
        match words {
            Some(words) => tongues::ties::tie(lexed, mention, speeches, words),
            None => tie(lexed, mention, speeches),
        }
    };
    let mut ties: Vec<Option<(How, Range)>> =
        mentions.iter().map(|mention| tied(mention).or_else(|| credit(lexed, mention))).collect();
    share_with_neighbours(lexed, mentions, &mut ties);
    for (mention, tie) in mentions.iter().zip(ties) {
        let Some((how, evidence)) = tie else { continue };
        let Some(evidence) = span(evidence) else { continue };
        if mention.own {
            if how != How::Credit && !own.contains(&evidence) {
                own.push(evidence);
            }
        } else {
            add(&mut found, &mention.outlet, how, evidence);
        }
    }
    let shown = words.map_or_else(|| own_words(lexed, mentions), |words| tongues::ties::own_words(lexed, words));
    own.extend(shown.into_iter().filter_map(span));
    for link in article.links {
        let Some(outlet) = outlets.by_url(&link.url) else { continue };
        if publisher.is_some_and(|publisher| same(publisher, outlet)) || link.text.trim().is_empty() {
            continue;
        }
        if let Some(start) = article.text.find(link.text.trim()) {
            add(&mut found, outlet, How::Link, offsets.span(start, start + link.text.trim().len()));
        }
    }
    own.sort_by_key(|span| span.start);
    own.dedup();
    (found, own)
}

/// "polls by A, B and C", "A and B reported": outlets in a row stand in one tie.
fn share_with_neighbours(lexed: &Lexed<'_>, mentions: &[Mention], ties: &mut [Option<(How, Range)>]) {
    let rows = |at: usize| {
        let (Some(one), Some(next)) = (mentions.get(at), mentions.get(at + 1)) else { return false };
        next.from > one.to
            && next.from <= one.to + 3
            && lexed.quoted(one.from) == lexed.quoted(next.from)
            && (one.to..next.from).all(|at| matches!(lexed.lower(at), "," | "and" | "or" | "&" | "/" | "the"))
    };
    let share = |ties: &mut [Option<(How, Range)>], from: usize, to: usize| {
        let (Some(Some((how, _))), Some(None), Some(mention)) = (ties.get(from), ties.get(to), mentions.get(to)) else {
            return;
        };
        let shared = (*how, (mention.from, mention.to));
        if shared.0 != How::Credit
            && let Some(tie) = ties.get_mut(to)
        {
            *tie = Some(shared);
        }
    };
    for at in (0..mentions.len()).filter(|at| rows(*at)) {
        share(ties, at, at + 1);
    }
    for at in (0..mentions.len()).rev().filter(|at| rows(*at)) {
        share(ties, at + 1, at);
    }
}

fn add(found: &mut Vec<OutletReliance>, outlet: &Outlet, how: How, evidence: Span) {
    // A credit says whose text it is, which another tie to the same outlet must not hide.
    let known = found.iter_mut().filter(|other| (other.how == How::Credit) == (how == How::Credit));
    let known = known
        .into_iter()
        .find(|other| same(&Outlet { name: other.outlet.clone(), domain: other.domain.clone() }, outlet));
    match known {
        Some(other) if how < other.how && evidence.start <= other.evidence.start => {
            other.how = how;
            other.evidence = evidence;
        }
        Some(_) => {}
        None => {
            found.push(OutletReliance { outlet: outlet.name.clone(), domain: outlet.domain.clone(), how, evidence })
        }
    }
}

/// How the words around a mention tie the article to the outlet.
fn tie(lexed: &Lexed<'_>, mention: &Mention, speeches: &[Speech]) -> Option<(How, Range)> {
    if lexed.quoted(mention.from) && lexed.quoted(mention.to.saturating_sub(1)) {
        return None;
    }
    let (from, to) = (mention.from, mention.to);
    let next = lexed.lower(to);
    let anchor = before_description(lexed, as_example(lexed, from));
    let before = |steps: usize| anchor.checked_sub(steps).map_or("", |index| lexed.lower(index));
    for speech in speeches {
        if let Some(recipient) = speech.recipient
            && recipient.0 <= from
            && to <= recipient.1
        {
            return Some((
                How::Told,
                (
                    speech
                        .source
                        .map_or(speech.cue.0, |source| if source.1 == speech.cue.0 { source.0 } else { speech.cue.0 }),
                    recipient.1,
                ),
            ));
        }
        let Some(source) = speech.source else { continue };
        if source.0 > from || to > source.1 {
            continue;
        }
        let evidence = (source.0.min(speech.cue.0), source.1.max(speech.cue.1));
        let evidence = if evidence.1 - evidence.0 > 40 { source } else { evidence };
        let within = |words: &[&str]| (source.0..source.1).any(|index| words.contains(&lexed.lower(index)));
        if within(&["poll", "polls", "survey", "polling"]) {
            return Some((How::Poll, evidence));
        }
        let alone = from <= source.0 + 1 && to == source.1
            || lexed.word(to) == ","
            || matches!(next, "newspaper" | "website" | "news");
        if alone && from <= source.0 + 1 && says(lexed, speech) {
            return Some((How::Report, evidence));
        }
        // "both the Gazette and the Herald", "the local newspaper Gazette".
        let joined = (to == source.1 && (matches!(before(1), "and" | "or") || described(lexed, source.0, from)))
            || (from <= source.0 + 2 && matches!(next, "and" | "or"));
        if joined && source.1 <= source.0 + 12 && says(lexed, speech) {
            return Some((How::Report, evidence));
        }
        let former = within(&["former", "ex", "ex-"]);
        if within(&JOURNALISTS) && !former {
            return Some((How::Journalist, evidence));
        }
        if within(&TEXTS) {
            return Some((How::Report, evidence));
        }
        // "NBC’s Dante Chinni noted", "Lena Hart of the Gazette says".
        if !former && source.1 >= to && (employs(lexed, mention).is_some() || employed(lexed, mention).is_some()) {
            return Some((How::Journalist, evidence));
        }
    }
    if let Some(end) = poll_after(lexed, to) {
        return Some((How::Poll, (from, end)));
    }
    if matches!(before(1), "by" | "from") {
        let polled = |steps: usize| matches!(before(steps), "poll" | "polls" | "survey" | "surveys" | "polling");
        let conducted = (2..=8).find(|steps| before(*steps) == "conducted");
        if matches!(before(2), "poll" | "survey" | "polling")
            || conducted.is_some_and(|steps| {
                (steps..steps + 4).any(polled) && same_sentence(lexed, anchor.saturating_sub(steps), from)
            })
        {
            return Some((How::Poll, (from, to)));
        }
    }
    if matches!(before(1), "told" | "tells" | "telling") || (before(1) == "tell" && !matches!(before(2), "to" | "not"))
    {
        return Some((How::Told, (anchor - 1, to)));
    }
    // "told Lena Hart of the Gazette", "told the Gazette’s Lena Hart", "told reporter X of Y".
    if let Some(start) = employed(lexed, mention) {
        if (1..=3).any(|steps| {
            start.checked_sub(steps).is_some_and(|at| matches!(lexed.lower(at), "told" | "tells" | "telling"))
        }) {
            return Some((How::Told, (start.saturating_sub(1), to)));
        }
        if speaks(lexed, to) {
            return Some((How::Journalist, (start, to + 1)));
        }
    }
    if let Some(end) = employs(lexed, mention)
        && (speaks(lexed, end) || (matches!(before(1), "said" | "says" | "noted" | "notes" | "wrote" | "reported")))
    {
        return Some((How::Journalist, (from, end)));
    }
    // "acknowledged to the Gazette", "complained to NBC’s Dante Chinni", "when contacted by the Gazette".
    if before(1) == "to"
        && (2..=4).any(|steps| {
            matches!(
                before(steps),
                "said"
                    | "says"
                    | "acknowledged"
                    | "acknowledging"
                    | "complained"
                    | "admitted"
                    | "confirmed"
                    | "conceded"
                    | "confided"
                    | "denied"
                    | "insisted"
                    | "repeated"
                    | "explained"
                    | "gave"
                    | "wrote"
                    | "spoken"
                    | "spoke"
                    | "talked"
                    | "described"
            ) && same_sentence(lexed, from - steps, from)
        })
    {
        return Some((How::Told, (from - 2, to)));
    }
    // "was quoted as saying by the Gazette".
    if before(1) == "by" && before(2) == "saying" && before(3) == "as" && matches!(before(4), "quoted" | "cited") {
        return Some((How::Report, (anchor - 4, to)));
    }
    if before(1) == "by"
        && matches!(before(2), "contacted" | "reached" | "asked" | "quoted" | "interviewed" | "questioned" | "pressed")
    {
        return Some((How::Told, (from - 2, to)));
    }
    // "said in an NBC interview", "at a Fox News town hall", "a CNN tally".
    let first = (0..from).rev().find(|at| !lexed.capital(*at) && lexed.word(*at) != "/").unwrap_or(0);
    let one = matches!(lexed.lower(first), "a" | "an" | "the" | "recent" | "this" | "last" | "exclusive");
    if let Some(end) = occasion(lexed, to)
        && (one || lexed.lower(from) == "the")
    {
        return Some((How::Told, (from, end)));
    }
    if matches!(
        next,
        "tally" | "count" | "projection" | "projections" | "analysis" | "average" | "calculation" | "estimate"
    ) && !lexed.capital(to)
    {
        let how = if next == "average" { How::Poll } else { How::Report };
        return Some((how, (from, to + 1)));
    }
    // "Lena Hart wrote in the Gazette", "writing for the Gazette", "in a column on Yahoo News".
    if matches!(before(1), "in" | "for" | "on" | "at")
        && (2..=4).any(|steps| {
            matches!(
                before(steps),
                "wrote"
                    | "writes"
                    | "writing"
                    | "noted"
                    | "argued"
                    | "argues"
                    | "column"
                    | "op-ed"
                    | "piece"
                    | "editorial"
                    | "essay"
                    | "commentary"
                    | "reporting"
            ) && same_sentence(lexed, from - steps, from)
        })
    {
        return Some((How::Report, (from - 2, to)));
    }
    if matches!(before(1), "on" | "to")
        && (matches!(before(2), "asked" | "went" | "call" | "visited" | "said" | "joined")
            || (before(1) == "on" && matches!(before(2), "was" | "were") && programme_follows(lexed, to)))
    {
        return Some((How::Told, (anchor - 2, to)));
    }
    let reached = matches!(before(1), "with" | "on" | "to" | "by" | "from");
    if reached
        && matches!(
            before(2),
            "interview"
                | "interviews"
                | "interviewed"
                | "appearance"
                | "appearances"
                | "appeared"
                | "appearing"
                | "speaking"
                | "spoke"
                | "statement"
                | "comments"
                | "remarks"
                | "email"
        )
    {
        return Some((How::Told, (anchor - 2, to)));
    }
    // "in an interview Sunday on CNN", "said Sunday on CNN's …".
    if matches!(before(1), "on" | "with")
        && (2..8).any(|steps| on_air(before(steps)))
        && sentence_of(lexed, from) == sentence_of(lexed, from.saturating_sub(7).max(sentence_of(lexed, from).0))
    {
        let back = (2..8).find(|steps| on_air(before(*steps))).unwrap_or(1);
        if sentence_of(lexed, from - back) == sentence_of(lexed, from) {
            return Some((How::Told, (from - back, to)));
        }
    }
    if matches!(before(1), "by" | "in" | "from" | "to" | "via")
        && matches!(
            before(2),
            "reported"
                | "published"
                | "revealed"
                | "broken"
                | "obtained"
                | "reporting"
                | "report"
                | "reports"
                | "story"
                | "article"
                | "according"
                | "investigation"
                | "account"
                | "op-ed"
                | "reviewed"
                | "seen"
                | "review"
                | "through"
                | "over"
                | "examined"
                | "analyzed"
                | "analysed"
                | "provided"
                | "unearthed"
                | "uncovered"
                | "cited"
                | "told"
        )
        && (!matches!(before(2), "through" | "over") || before(1) == "by")
    {
        return Some((How::Report, (from - 2, to)));
    }
    let verb = if matches!(next, "has" | "had" | "first" | "also" | "previously" | "later") {
        lexed.lower(to + 1)
    } else {
        next
    };
    if matches!(
        verb,
        "reported"
            | "reports"
            | "revealed"
            | "learned"
            | "obtained"
            | "disclosed"
            | "uncovered"
            | "published"
            | "broke"
            | "unearthed"
    ) || (next == "put" && lexed.lower(to + 1) == "it")
        || (next == "ran" && matches!(lexed.lower(to + 1), "a" | "an"))
    {
        let end = if verb == next { to + 1 } else { to + 2 };
        return Some((How::Report, (from, end)));
    }
    if matches!(next, "report" | "article" | "investigation" | "story" | "op-ed" | "column" | "editorial" | "reports")
        && !lexed.capital(to)
    {
        return Some((How::Report, (from, to + 1)));
    }
    if JOURNALISTS.contains(&next) && matches!(before(1), "told" | "to" | "by") {
        return Some((How::Told, (from - 1, to + 1)));
    }
    None
}

/// The end of "poll" after an outlet's name, past partners and a word of what kind.
fn poll_after(lexed: &Lexed<'_>, to: usize) -> Option<usize> {
    let mut at = to;
    while at < to + 8 {
        let word = lexed.lower(at);
        if matches!(word, "poll" | "polls" | "survey" | "polling" | "surveys") {
            return Some(at + 1);
        }
        let kind = lexed.kind(at);
        let passes = (kind == Some(Kind::Word) && lexed.capital(at))
            || matches!(
                word,
                "/" | "-" | "–" | "national" | "tracking" | "public" | "exit" | "state" | "online" | "new" | "recent"
            );
        if !passes {
            return None;
        }
        at += 1;
    }
    None
}

/// The end of an occasion that an outlet gives, after its name and partners': "interview", "town hall".
fn occasion(lexed: &Lexed<'_>, to: usize) -> Option<usize> {
    let mut at = to;
    while at < to + 4 && (lexed.word(at) == "/" || (lexed.kind(at) == Some(Kind::Word) && lexed.capital(at))) {
        at += 1;
    }
    if lexed.follows(at, "town hall").is_some() {
        return Some(at + 2);
    }
    matches!(lexed.lower(at), "interview" | "forum" | "podcast" | "appearance").then_some(at + 1)
}

/// Whether a programme's name in quotation marks follows an outlet's: "ABC's “This Week”".
fn programme_follows(lexed: &Lexed<'_>, to: usize) -> bool {
    (to..to + 4).any(|at| lexed.kind(at) == Some(Kind::Open))
}

/// Where "the local radio station" begins before an outlet's name, for what stands before it; the place itself where
/// no such words are.
fn before_description(lexed: &Lexed<'_>, from: usize) -> usize {
    let is_noun = |at: usize| {
        matches!(
            lexed.lower(at),
            "station"
                | "affiliate"
                | "newspaper"
                | "magazine"
                | "website"
                | "site"
                | "broadcaster"
                | "network"
                | "radio"
        )
    };
    let Some(last) = from.checked_sub(1).filter(|at| is_noun(*at) && !lexed.capital(*at)) else { return from };
    let mut at = last;
    while at > 0 && last - at < 5 {
        let word = lexed.lower(at - 1);
        let describes = is_noun(at - 1)
            || matches!(
                word,
                "the"
                    | "a"
                    | "local"
                    | "talk"
                    | "news"
                    | "television"
                    | "tv"
                    | "public"
                    | "cable"
                    | "conservative"
                    | "liberal"
                    | "national"
                    | "morning"
                    | "sports"
                    | "student"
                    | "state"
                    | "daily"
                    | "weekly"
                    | "online"
            );
        if !describes {
            break;
        }
        at -= 1;
    }
    at
}

/// Where "news outlets such as A" begins before an outlet's name, for what stands before it; the
/// name's own place where it is no example.
pub(crate) fn as_example(lexed: &Lexed<'_>, from: usize) -> usize {
    let before = |steps: usize| from.checked_sub(steps).map_or("", |at| lexed.lower(at));
    let introduction = match (before(2), before(1)) {
        ("such", "as") => 2,
        (_, "including" | "like") => 1,
        _ => return from,
    };
    let noun = from.saturating_sub(introduction + 1 + usize::from(before(introduction + 1) == ","));
    let outlets = matches!(
        lexed.lower(noun),
        "outlets" | "media" | "newspapers" | "papers" | "sites" | "websites" | "agencies" | "networks" | "broadcasters"
    );
    if !outlets {
        return from;
    }
    let qualified = matches!(
        lexed.before(noun),
        "news" | "local" | "international" | "major" | "several" | "other" | "media" | "some" | "foreign" | "national"
    );
    noun - usize::from(qualified)
}

/// Whether only words that say what an outlet is stand from `start` to its name at `from`.
fn described(lexed: &Lexed<'_>, start: usize, from: usize) -> bool {
    from > start
        && from <= start + 7
        && matches!(
            lexed.before(from),
            "newspaper"
                | "site"
                | "website"
                | "magazine"
                | "daily"
                | "broadcaster"
                | "agency"
                | "tabloid"
                | "weekly"
                | "blog"
                | "channel"
                | "network"
                | "outlet"
                | "station"
                | "paper"
                | "service"
        )
}

/// The end of "Lena Hart" after "the Gazette’s" or "Gazette reporter".
fn employs(lexed: &Lexed<'_>, mention: &Mention) -> Option<usize> {
    let mut at = mention.to;
    let last = lexed.word(at.checked_sub(1)?);
    let mut possessive = last.ends_with("’s") || last.ends_with("'s");
    if !possessive && matches!(lexed.word(at), "’" | "'") {
        possessive = true;
        at += 1;
    }
    let mut journalist = false;
    while at < mention.to + 6 && lexed.kind(at) == Some(Kind::Word) && !lexed.capital(at) {
        journalist |= JOURNALISTS.contains(&lexed.lower(at)) || lexed.lower(at) == "moderator";
        if !journalist && !possessive {
            return None;
        }
        at += 1;
    }
    let first = at;
    while at < first + 3 && lexed.kind(at) == Some(Kind::Word) && lexed.capital(at) {
        at += 1;
    }
    ((possessive || journalist) && at >= first + 2 && (at == first + 2 || journalist)).then_some(at)
}

/// The start of "Lena Hart" before "of the Gazette".
fn employed(lexed: &Lexed<'_>, mention: &Mention) -> Option<usize> {
    let before = mention.from.checked_sub(1)?;
    if !matches!(lexed.lower(before), "of" | "at" | "with" | "from") {
        return None;
    }
    let mut start = before;
    while start > 0 && before - start < 3 && lexed.kind(start - 1) == Some(Kind::Word) && lexed.capital(start - 1) {
        start -= 1;
    }
    (before - start >= 2).then_some(start)
}

/// Whether an attribution's cue is one of reporting, not only something that its source did.
fn says(lexed: &Lexed<'_>, speech: &Speech) -> bool {
    speech.confidence >= SAID || (speech.cue.0..speech.cue.1).any(|at| speaks(lexed, at) || lexed.lower(at) == "to")
}

/// Whether a token reports speech.
fn speaks(lexed: &Lexed<'_>, at: usize) -> bool {
    crate::speech::verb_class(lexed.lower(at)) != 0
        || matches!(lexed.lower(at), "points" | "sees" | "tweeted" | "showing" | "finding")
}

/// Words for speaking to an outlet, some words before its name.
fn on_air(word: &str) -> bool {
    matches!(word, "interview" | "appearance" | "said" | "appearing" | "appeared" | "speaking" | "spoke")
}

fn same_sentence(lexed: &Lexed<'_>, one: usize, other: usize) -> bool {
    sentence_of(lexed, one) == sentence_of(lexed, other)
}

/// Datelines ("WASHINGTON (AP) —") and lines that name who the text is by.
fn credit(lexed: &Lexed<'_>, mention: &Mention) -> Option<(How, Range)> {
    let (from, to) = (mention.from, mention.to);
    let sentence = sentence_of(lexed, from);
    // "[The Gazette.]" after what was taken from it.
    let past_stop = if lexed.word(to) == "." { to + 1 } else { to };
    if from > 0 && lexed.word(from - 1) == "[" && lexed.word(past_stop) == "]" {
        return Some((How::Credit, (from - 1, past_stop + 1)));
    }
    let bracketed = from > 0 && lexed.word(from - 1) == "(" && lexed.word(to) == ")";
    if bracketed
        && (matches!(lexed.word(to + 1), "—" | "–" | "-" | "--" | ":") || from < sentence.0 + 6 || to + 2 >= sentence.1)
    {
        return Some((How::Credit, (from - 1, to + 1)));
    }
    // "LAGOS, Nov 3 (Reuters) - " and "Reuters - ".
    if from == sentence.0 && matches!(lexed.word(to), "—" | "–" | "-") {
        return Some((How::Credit, (from, to)));
    }
    if let Some(at) = (to..sentence.1).find(|index| lexed.lower(*index) == "contributed") {
        let reports =
            (at..sentence.1).any(|index| matches!(lexed.lower(index), "report" | "story" | "article" | "reporting"));
        if reports && at <= to + 8 {
            return Some((How::Credit, (from, sentence.1)));
        }
    }
    let before = |steps: usize| from.checked_sub(steps).map_or("", |index| lexed.lower(index));
    if matches!(before(1), "by" | "from" | "with")
        && matches!(before(2), "reporting" | "material" | "additional" | "photo" | "source")
        && !matches!(before(2), "photo")
    {
        return Some((How::Credit, (from - 2, to)));
    }
    if before(1) == ":" && matches!(before(2), "h/t" | "source" | "via" | "credit") {
        return Some((How::Credit, (from - 2, to)));
    }
    None
}

/// "told this newspaper", "spoke to our reporter"; "said in an interview", "spoke on condition of anonymity" where no
/// other outlet stands in the sentence.
fn own_words(lexed: &Lexed<'_>, mentions: &[Mention]) -> Vec<Range> {
    let mut found = Vec::new();
    let alone = |at: usize| {
        let (from, to) = sentence_of(lexed, at);
        crate::outlets::within(mentions, from, to).iter().all(|mention| mention.own)
    };
    for at in 0..lexed.tokens.len() {
        if lexed.quoted(at) || lexed.kind(at) != Some(Kind::Word) {
            continue;
        }
        if let Some(range) = interviewed(lexed, at).or_else(|| unnamed(lexed, at)).filter(|_| alone(at)) {
            found.push(range);
            continue;
        }
        let to = match lexed.lower(at) {
            "told" | "tells" => at + 1,
            "spoke" | "speaking" | "interview" | "interviewed" | "seen" | "obtained" | "reviewed"
                if matches!(lexed.lower(at + 1), "to" | "with" | "by") =>
            {
                at + 2
            }
            _ => continue,
        };
        let outlet_noun = matches!(
            lexed.lower(to + 1),
            "newspaper"
                | "reporter"
                | "paper"
                | "website"
                | "publication"
                | "correspondent"
                | "magazine"
                | "outlet"
                | "newsroom"
                | "station"
                | "site"
        );
        if matches!(lexed.lower(to), "this" | "our" | "a" | "the")
            && outlet_noun
            && (lexed.lower(to) != "a" && lexed.lower(to) != "the")
        {
            found.push((at, to + 2));
        }
    }
    found
}

/// "said … in an interview", not one with or on somebody else's.
fn interviewed(lexed: &Lexed<'_>, at: usize) -> Option<Range> {
    if lexed.lower(at) != "interview" {
        return None;
    }
    let back = |steps: usize| at.checked_sub(steps).map_or("", |index| lexed.lower(index));
    let article = (1..=2).find(|steps| matches!(back(*steps), "a" | "an"))?;
    let elsewhere = matches!(
        lexed.lower(at + 1),
        "with"
            | "on"
            | "that"
            | "which"
            | "shown"
            | "aired"
            | "airing"
            | "to"
            | "for"
            | "broadcast"
            | "published"
            | "posted"
            | "conducted"
            | "released"
            | "by"
    );
    let from = at - article - 1;
    let said = (article + 2..article + 8).find(|steps| matches!(back(*steps), "said" | "says" | "told" | "added"));
    let start = at - said.filter(|steps| same_sentence(lexed, at - steps, at))?;
    (back(article + 1) == "in" && from >= start && !elsewhere).then_some((start, at + 1))
}

/// "spoke on the condition of anonymity".
fn unnamed(lexed: &Lexed<'_>, at: usize) -> Option<Range> {
    if !matches!(lexed.lower(at), "spoke" | "speaking") || lexed.lower(at + 1) != "on" {
        return None;
    }
    let to = if lexed.lower(at + 2) == "the" { at + 3 } else { at + 2 };
    (lexed.follows(to, "condition of anonymity").is_some()).then_some((at, to + 3))
}

fn sentence_of(lexed: &Lexed<'_>, token: usize) -> Range {
    lexed.sentence_at(token)
}
