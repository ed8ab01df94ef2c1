//! What `trace` finds as rows for a spreadsheet, and as a page with the article and its annotations
//! in colour: for people who would rather look than read JSON.

use firsthand_model::{Analysis, ArticleLine, Attribution, How, QuoteKind, Relation, SourceKind, Span};
use firsthand_text::csv::row as csv_row;
use firsthand_text::html::escape;
use firsthand_trace::SURE;
use std::fmt::Write as _;

/// The columns of the rows, an annotation each.
pub const COLUMNS: [&str; 21] = [
    "id",
    "what",
    "start",
    "end",
    "text",
    "source",
    "source_kind",
    "refers_to",
    "cue",
    "quoted",
    "via",
    "confidence",
    "outlet",
    "domain",
    "how",
    "value",
    "value_max",
    "relation",
    "unit",
    "of",
    "error",
];

/// The cells of one annotation, by the names of [`COLUMNS`].
fn row(id: &str, what: &str, span: Option<&Span>, cells: &[(&str, String)]) -> String {
    let start = span.map(|span| span.start.to_string()).unwrap_or_default();
    let end = span.map(|span| span.end.to_string()).unwrap_or_default();
    let text = span.map(|span| span.text.clone()).unwrap_or_default();
    let named = |column: &str| cells.iter().find(|(name, _)| *name == column).map(|(_, value)| value.as_str());
    csv_row(COLUMNS.iter().map(|column| match *column {
        "id" => id,
        "what" => what,
        "start" => &start,
        "end" => &end,
        "text" => &text,
        column => named(column).unwrap_or_default(),
    }))
}

/// The row of a line that could not be read.
pub fn csv_error(id: &str, why: &str) -> String {
    row(id, "error", None, &[("error", why.to_owned())])
}

/// Every annotation of an article, a row each, in the order attributions, outlets, own reporting, figures, dates.
pub fn csv(id: &str, found: &Analysis) -> String {
    let mut out = String::new();
    for attribution in &found.attributions {
        let words = |span: Option<&Span>| span.map(|span| span.text.clone()).unwrap_or_default();
        let cells = [
            ("source", words(attribution.source.as_ref())),
            ("source_kind", attribution.source_kind.map(source_kind).unwrap_or_default().to_owned()),
            ("refers_to", attribution.refers_to.clone().unwrap_or_default()),
            ("cue", words(attribution.cue.as_ref())),
            ("quoted", quote_kind(attribution.kind).to_owned()),
            ("via", attribution.via.as_ref().map(|via| via.outlet.clone()).unwrap_or_default()),
            ("confidence", format!("{:.2}", attribution.confidence)),
        ];
        out.push_str(&row(id, "attribution", Some(&attribution.content), &cells));
    }
    for reliance in &found.relies_on {
        let cells = [
            ("outlet", reliance.outlet.clone()),
            ("domain", reliance.domain.clone().unwrap_or_default()),
            ("how", how(reliance.how).to_owned()),
        ];
        out.push_str(&row(id, "outlet", Some(&reliance.evidence), &cells));
    }
    for own in &found.own_reporting {
        out.push_str(&row(id, "own reporting", Some(own), &[]));
    }
    for figure in &found.figures {
        let span = Span { start: figure.start, end: figure.end, text: figure.text.clone(), parts: None };
        let cells = [
            ("value", figure.value.to_string()),
            ("value_max", figure.value_max.map(|max| max.to_string()).unwrap_or_default()),
            ("relation", relation(figure.relation).to_owned()),
            ("unit", figure.unit.clone().unwrap_or_default()),
            ("of", figure.of.clone().unwrap_or_default()),
        ];
        out.push_str(&row(id, "figure", Some(&span), &cells));
    }
    for date in &found.dates {
        let span = Span { start: date.start, end: date.end, text: date.text.clone(), parts: None };
        out.push_str(&row(id, "date", Some(&span), &[("value", date.value.clone())]));
    }
    out
}

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1c1b19;--paper:#fbfaf7;--soft:#66625a;--line:#ddd8cc;\
--said:#fff0c2;--who:#1f5fa8;--cue:#a85a00;--outlet:#b3261e;--own:#2a7d2a;--figure:#6a3d9a;--date:#00706b}\
@media(prefers-color-scheme:dark){:root{--ink:#e8e4da;--paper:#191816;--soft:#a39d90;--line:#3a3731;\
--said:#453a17;--who:#8ab8f0;--cue:#f0b060;--outlet:#ff8a80;--own:#86d186;--figure:#c9a6f0;--date:#6fd0c8}}\
body{font:17px/1.65 Georgia,serif;color:var(--ink);background:var(--paper);max-width:46rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.4rem;line-height:1.3}h2{font-size:1.2rem;line-height:1.3;margin-top:3rem;border-top:1px solid var(--line);padding-top:1rem}\
p.text{white-space:pre-line}.said{background:var(--said);border-radius:.15rem;box-decoration-break:clone}\
.unsure{background:none;border-bottom:1px dashed var(--soft)}.who{color:var(--who);font-weight:bold}.cue{color:var(--cue);font-style:italic}\
.outlet{text-decoration:underline 2px var(--outlet);text-underline-offset:.2em}.own{text-decoration:underline 2px var(--own);text-underline-offset:.2em}\
.figure{color:var(--figure);font-weight:bold}.date{color:var(--date);border-bottom:1px dotted}\
ol,ul,.legend{font:15px/1.5 sans-serif}ol li,ul li{margin:.35rem 0}small{color:var(--soft)}\
.legend span{margin-right:1rem;white-space:nowrap}.error{color:var(--outlet)}";

/// The head of a page of articles, with the key to its colours.
pub fn page_head() -> String {
    const KEY: [(&str, &str); 8] = [
        ("who", "source"),
        ("cue", "cue"),
        ("said", "what is said"),
        ("said unsure", "said, unsure"),
        ("outlet", "outlet relied on"),
        ("own", "own reporting"),
        ("figure", "figure"),
        ("date", "date"),
    ];
    let key: Vec<String> = KEY.iter().map(|(class, name)| format!("<span class=\"{class}\">{name}</span>")).collect();
    format!(
        "<!doctype html>\n<html lang=en><head><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
         <title>Who says what</title><style>{STYLE}</style></head><body><h1>Who says what</h1>\n<p class=legend>{}</p>\n",
        key.join("\n")
    )
}

/// The foot of a page of articles.
pub const PAGE_FOOT: &str = "</body></html>\n";

/// A line that could not be read, on the page.
pub fn page_error(why: &str) -> String {
    format!("<p class=error>{}</p>\n", escape(why))
}

/// One article on the page: its text with every annotation, then what was found as lists.
pub fn page_article(article: &ArticleLine, found: &Analysis) -> String {
    let text = article.text.as_deref().unwrap_or_default();
    let title = article
        .title
        .as_deref()
        .filter(|title| !title.trim().is_empty())
        .map_or_else(|| article.id.as_str().map_or_else(|| article.id.to_string(), str::to_owned), str::to_owned);
    let mut out = format!("<article><h2 dir=auto>{}</h2>\n<p><small>", escape(&title));
    let facts = [article.publisher.as_deref(), article.published.as_deref(), article.url.as_deref()];
    out.push_str(&facts.into_iter().flatten().map(|fact| escape(fact).into_owned()).collect::<Vec<_>>().join(" · "));
    out.push_str("</small></p>\n<p class=text dir=auto>");
    out.push_str(&marked(text, found));
    out.push_str("</p>\n");
    // Writing to a string cannot fail.
    if !found.attributions.is_empty() {
        out.push_str("<ol dir=auto>\n");
        for attribution in &found.attributions {
            let _ = writeln!(out, "<li>{}</li>", described(attribution));
        }
        out.push_str("</ol>\n");
    }
    out.push_str("<ul>\n");
    for reliance in &found.relies_on {
        let domain = reliance.domain.as_deref().map(|domain| format!(" ({domain})")).unwrap_or_default();
        let _ = writeln!(
            out,
            "<li>rests on <b class=outlet>{}</b>{}, {}: <q>{}</q></li>",
            escape(&reliance.outlet),
            escape(&domain),
            how(reliance.how),
            escape(&reliance.evidence.text)
        );
    }
    for own in &found.own_reporting {
        let _ = writeln!(out, "<li>shows <b class=own>reporting of its own</b>: <q>{}</q></li>", escape(&own.text));
    }
    for figure in &found.figures {
        let mut words = format!("{} {}", relation(figure.relation), figure.value);
        figure.value_max.iter().for_each(|max| words.push_str(&format!(" to {max}")));
        figure.unit.iter().for_each(|unit| words.push_str(&format!(" {unit}")));
        figure.of.iter().for_each(|of| words.push_str(&format!(" of {of}")));
        let _ = writeln!(out, "<li><b class=figure>{}</b> {}</li>", escape(&figure.text), escape(&words));
    }
    for date in &found.dates {
        let _ = writeln!(out, "<li><b class=date>{}</b> {}</li>", escape(&date.text), escape(&date.value));
    }
    out.push_str("</ul></article>\n");
    out
}

/// An attribution in words.
fn described(attribution: &Attribution) -> String {
    let span = |span: &Option<Span>, class: &str| {
        span.as_ref().map(|span| format!("<span class={class}>{}</span>", escape(&span.text))).unwrap_or_default()
    };
    let mut out = span(&attribution.source, "who");
    if attribution.source.is_none() {
        out.push_str("<small>no source named</small>");
    }
    if let Some(name) = &attribution.refers_to {
        let _ = write!(out, " <small>({})</small>", escape(name));
    }
    let unsure = if attribution.confidence < SURE { " unsure" } else { "" };
    let _ = write!(
        out,
        " {} <span class=\"said{unsure}\">{}</span> <small>{}{}{}, {:.0} %",
        span(&attribution.cue, "cue"),
        escape(&attribution.content.text),
        quote_kind(attribution.kind),
        attribution.source_kind.map(|_| ", ").unwrap_or_default(),
        attribution.source_kind.map(source_kind).unwrap_or_default(),
        attribution.confidence * 100.0
    );
    if let Some(via) = &attribution.via {
        let _ = write!(out, ", via {}", escape(&via.outlet));
    }
    out.push_str("</small>");
    out
}

/// The classes that a stretch of text can have, a bit each, in the order in which they are written.
const CLASSES: [&str; 8] = ["said", "unsure", "who", "cue", "outlet", "own", "figure", "date"];

/// A text with its annotations as elements: a new element where the set of annotations changes.
fn marked(text: &str, found: &Analysis) -> String {
    let length = text.chars().count();
    let mut classes = vec![0_u8; length];
    let mut paint = |start: usize, end: usize, class: usize| {
        for cell in classes.iter_mut().take(end).skip(start) {
            *cell |= 1 << class;
        }
    };
    let mut span = |span: &Span, class: usize| match &span.parts {
        Some(parts) if !parts.is_empty() => parts.iter().for_each(|[start, end]| paint(*start, *end, class)),
        _ => paint(span.start, span.end, class),
    };
    for attribution in &found.attributions {
        span(&attribution.content, 0);
        if attribution.confidence < SURE {
            span(&attribution.content, 1);
        }
        attribution.source.iter().for_each(|source| span(source, 2));
        attribution.cue.iter().for_each(|cue| span(cue, 3));
    }
    found.relies_on.iter().for_each(|reliance| span(&reliance.evidence, 4));
    found.own_reporting.iter().for_each(|own| span(own, 5));
    found.figures.iter().for_each(|figure| paint(figure.start, figure.end, 6));
    found.dates.iter().for_each(|date| paint(date.start, date.end, 7));
    let mut out = String::with_capacity(text.len() * 2);
    let (mut open, mut piece) = (0, String::new());
    let flush = |out: &mut String, open: u8, piece: &mut String| {
        let words = escape(piece).into_owned();
        if open == 0 {
            out.push_str(&words);
        } else {
            let names = CLASSES.iter().enumerate().filter(|(bit, _)| open & (1 << bit) != 0);
            let names: Vec<&str> = names.map(|(_, name)| *name).collect();
            let _ = write!(out, "<span class=\"{}\">{words}</span>", names.join(" "));
        }
        piece.clear();
    };
    for (character, class) in text.chars().zip(&classes) {
        if *class != open {
            flush(&mut out, open, &mut piece);
            open = *class;
        }
        piece.push(character);
    }
    flush(&mut out, open, &mut piece);
    out
}

fn source_kind(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Outlet => "outlet",
        SourceKind::Person => "person",
        SourceKind::Organization => "organization",
        SourceKind::Document => "document",
        SourceKind::Unnamed => "unnamed",
    }
}

fn quote_kind(kind: QuoteKind) -> &'static str {
    match kind {
        QuoteKind::Direct => "direct",
        QuoteKind::Indirect => "indirect",
        QuoteKind::Mixed => "mixed",
    }
}

fn how(how: How) -> &'static str {
    match how {
        How::Report => "report",
        How::Told => "told",
        How::Journalist => "journalist",
        How::Poll => "poll",
        How::Link => "link",
        How::Credit => "credit",
        How::Reuse => "reuse",
        How::Quote => "quote",
    }
}

fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::Equal => "=",
        Relation::About => "~",
        Relation::More => ">",
        Relation::AtLeast => ">=",
        Relation::Less => "<",
        Relation::AtMost => "<=",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use firsthand_trace::{ArticleInput, Outlets, analyse};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_page_holds_the_whole_text_and_no_element_of_it(
            text in "(“The bridge <b>is</b> shut,” said \\PC{0,9} Weiss\\. |\\PC{0,20}|\n){0,5}"
        ) {
            let found = analyse(&ArticleInput { text: &text, ..ArticleInput::default() }, &Outlets::builtin());
            let page = marked(&text, &found);
            let pieces = page.split("<span class=\"").enumerate();
            let plain: String =
                pieces.map(|(at, piece)| if at == 0 { piece } else { piece.split_once('>').unwrap().1 }).collect();
            let plain = plain.replace("</span>", "");
            prop_assert!(!plain.contains('<'), "{}", page);
            prop_assert_eq!(firsthand_text::html::unescape(&plain), text);
        }
    }
}
