//! What a page says of its article besides headline, authors and dates: subtitle, section, keywords, who may read it,
//! notes of corrections, the dateline, the page on which the text goes on.

use crate::blocks::Block;
use crate::cues;
use crate::dateline;
use crate::dom::Dom;
use crate::live;
use crate::metadata::{FoundIn, Meta, has_word, plain};
use crate::segment::{self, Kind, Segments};
use crate::vocabulary::{self, Marks};
use firsthand_model::{Access, Details};
use firsthand_text::normalise::fold;
use firsthand_text::urls;
use serde_json::Value;
use url::Url;

/// At most so many keywords are given.
const MAX_KEYWORDS: usize = 20;
/// At most so many notes of corrections.
const MAX_CORRECTIONS: usize = 5;
/// Blocks after the headline that may be its subtitle.
const SUBTITLE_WITHIN: usize = 4;
/// Bits of what holds no note of the article's own: as [`vocabulary::ELSEWHERE`], and shares and newsletters.
const NO_NOTES: Marks = vocabulary::ELSEWHERE | 1 << 3 | 1 << 5;

/// What stands in a page's head and its JSON-LD.
pub(crate) struct OfHead<'a> {
    pub(crate) meta: &'a Meta,
    pub(crate) objects: &'a [Value],
    pub(crate) article: Option<&'a Value>,
}

impl OfHead<'_> {
    fn ld(&self, name: &str) -> Option<&Value> {
        self.article.and_then(|object| object.get(name))
    }

    /// The details that stand in the head.
    pub(crate) fn read(&self, title: Option<&str>, found: &mut FoundIn) -> Details {
        let text = |value: &Value| value.as_str().map(plain).filter(|text| !text.is_empty());
        let subtitle = found.first("subtitle", &[("json-ld", &|| self.ld("alternativeHeadline").and_then(text))]);
        let section = found.first(
            "section",
            &[
                ("meta", &|| self.meta.first(&["article:section", "parsely-section", "og:article:section", "section"])),
                ("json-ld", &|| self.ld("articleSection").and_then(|value| strings(value).into_iter().next())),
                ("json-ld", &|| self.breadcrumb(title)),
            ],
        );
        let keywords = found.first(
            "keywords",
            &[
                ("json-ld", &|| self.ld("keywords").and_then(|value| tidy(strings(value)))),
                ("meta", &|| {
                    const NAMES: &[&str] = &[
                        "article:tag",
                        "og:article:tag",
                        "news_keywords",
                        "parsely-tags",
                        "sailthru.tags",
                        "keywords",
                    ];
                    NAMES
                        .iter()
                        .find_map(|name| tidy(self.meta.all(name).flat_map(|content| split(&plain(content))).collect()))
                }),
            ],
        );
        let access = found.first(
            "access",
            &[
                ("json-ld", &|| self.accessible()),
                ("meta", &|| {
                    let tier = self.meta.first(&["article:content_tier", "og:content_tier"])?;
                    match tier.to_ascii_lowercase().as_str() {
                        "free" => Some(Access::Free),
                        "metered" => Some(Access::Metered),
                        "locked" => Some(Access::Restricted),
                        _ => None,
                    }
                }),
            ],
        );
        let corrections = found.first(
            "corrections",
            &[("json-ld", &|| {
                let notes = self.ld("correction").map(strings).unwrap_or_default();
                (!notes.is_empty()).then(|| notes.into_iter().take(MAX_CORRECTIONS).collect())
            })],
        );
        Details {
            subtitle: subtitle.filter(|subtitle| Some(fold(subtitle)) != title.map(fold)),
            section,
            keywords: keywords.unwrap_or_default(),
            access,
            corrections: corrections.unwrap_or_default(),
            ..Details::default()
        }
    }

    /// The last of the steps that lead to the page, the page itself left out.
    fn breadcrumb(&self, title: Option<&str>) -> Option<String> {
        let is_list = |object: &&Value| object.get("@type").and_then(Value::as_str) == Some("BreadcrumbList");
        let list = self.objects.iter().find(is_list)?.get("itemListElement")?.as_array()?;
        let name = |step: &Value| {
            let inner = step.get("item").filter(|item| item.is_object()).unwrap_or(step);
            step.get("name").or_else(|| inner.get("name")).and_then(Value::as_str).map(plain)
        };
        let mut steps: Vec<(i64, String)> = (0..)
            .zip(list.iter().take(20))
            .filter_map(|(place, step)| {
                Some((step.get("position").and_then(Value::as_i64).unwrap_or(place), name(step)?))
            })
            .collect();
        steps.sort_by_key(|(position, _)| *position);
        let title = title.map(fold).unwrap_or_default();
        // The first step is the outlet's own page.
        let mut steps = steps.into_iter().skip(1).map(|(_, name)| name);
        steps.rfind(|name| !title.starts_with(&fold(name)) && (1..40).contains(&name.chars().count()))
    }

    /// Whether the page says that it can be read without paying (schema.org's `isAccessibleForFree`).
    fn accessible(&self) -> Option<Access> {
        let value = self.ld("isAccessibleForFree")?;
        let free = value.as_bool().or_else(|| match value.as_str()?.to_ascii_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        })?;
        Some(if free { Access::Free } else { Access::Restricted })
    }
}

/// The strings of a value: itself, an array's, or the names and texts of objects.
fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => split(&plain(text)),
        Value::Array(values) => values.iter().take(100).filter_map(one_string).collect(),
        Value::Object(_) => one_string(value).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn one_string(value: &Value) -> Option<String> {
    let text = match value {
        Value::Object(fields) => fields.get("name").or_else(|| fields.get("text")).and_then(Value::as_str),
        other => other.as_str(),
    };
    text.map(plain).filter(|text| !text.is_empty())
}

/// The parts of a list in a string; one with a sentence in it is no list.
fn split(text: &str) -> Vec<String> {
    if text.contains(". ") {
        return vec![text.to_owned()];
    }
    text.split([',', ';', '|', '、', '،']).map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// Keywords without copies, marks for machines ("type:story") and what is too long for one.
fn tidy(words: Vec<String>) -> Option<Vec<String>> {
    let mut seen: Vec<String> = Vec::new();
    let mut out = Vec::new();
    for word in words {
        let folded = fold(&word);
        let length = word.chars().count();
        if (2..=60).contains(&length)
            && word.contains(char::is_alphabetic)
            && !word.contains([':', '=', '_', '{'])
            && !seen.contains(&folded)
        {
            seen.push(folded);
            out.push(word);
        }
    }
    out.truncate(MAX_KEYWORDS);
    (!out.is_empty()).then_some(out)
}

/// The absolute address of the page on which the text goes on: a link to this very address but for the page's number.
/// "Next" alone often leads to another article.
pub(crate) fn next_page(dom: &Dom, base: Option<&Url>) -> Option<String> {
    let own = base?;
    let (stem, number) = page_of(own);
    let marked = dom.elements("link").filter(|node| has_word(dom.attribute(*node, "rel"), "next"));
    let links: Vec<&str> = marked.chain(dom.elements("a")).filter_map(|node| dom.attribute(node, "href")).collect();
    let page_at = |href: &str| {
        let url = urls::absolute(href, base).filter(|url| url.host_str() == own.host_str())?;
        let (other, page) = page_of(&url);
        (other == stem).then_some((url, page))
    };
    let mut numbered = links.iter().filter(|href| may_have_number(href)).filter_map(|href| page_at(href));
    let (next, _) = numbered.find(|(_, page)| *page == number + 1)?;
    // ".../news/12" and ".../news/13" are two articles: of an article's pages the first has no number.
    let has_first = number == 1 || links.iter().filter_map(|href| page_at(href)).any(|(_, page)| page == 1);
    has_first.then(|| next.to_string())
}

/// Whether an address as it is written may have a page's number: most have none, and to take an address apart costs more than all
/// the rest.
fn may_have_number(href: &str) -> bool {
    let address = href.split('#').next().unwrap_or_default();
    let last = address.trim_end_matches(|letter: char| matches!(letter, '/' | '\\') || letter.is_ascii_whitespace());
    address.contains('?') || last.ends_with(|letter: char| letter.is_ascii_digit())
}

/// An address without its page's number, and the number; 1 where there is none.
fn page_of(url: &Url) -> (String, u32) {
    let number = |text: &str| text.parse::<u32>().ok().filter(|number| (1..100).contains(number));
    let mut page = None;
    let rest: Vec<String> = url
        .query_pairs()
        .filter(|(name, value)| {
            let is_page = matches!(&**name, "page" | "p" | "pg" | "paged" | "seite" | "pagina" | "sida");
            match number(value).filter(|_| is_page) {
                Some(found) => {
                    page = Some(found);
                    false
                }
                None => true,
            }
        })
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let mut path = url.path().trim_end_matches('/').to_owned();
    if page.is_none()
        && let Some((before, last)) = path.rsplit_once('/')
        && let Some(found) = number(last)
        && before.len() > 1
    {
        // ".../2" and ".../page/2".
        page = Some(found);
        let before = before.strip_suffix("/page").or_else(|| before.strip_suffix("/seite")).unwrap_or(before);
        path = before.to_owned();
    }
    (format!("{path}?{}", rest.join("&")), page.unwrap_or(1))
}

/// The details that stand in the text: `kept` tells of every block whether it is the article's, `blocks` are those.
pub(crate) fn in_text(
    details: &mut Details,
    page: &crate::page::Page,
    segments: &Segments,
    kept: &[bool],
    blocks: &[Block],
    said: crate::features::Said<'_>,
) {
    let mut found = FoundIn::default();
    if details.subtitle.is_none() {
        details.subtitle = found.keep("subtitle", subtitle(segments, said).map(|text| (text, "markup")));
    }
    if details.corrections.is_empty() {
        let notes = corrections(page, segments, kept);
        details.corrections =
            found.keep("corrections", (!notes.is_empty()).then_some((notes, "text"))).unwrap_or_default();
    }
    // A line under the headline may stand before the text proper.
    let mut first = blocks.iter().filter(|block| matches!(block.kind, Kind::Paragraph | Kind::Quotation)).take(3);
    if let Some(dateline) = first.find_map(|block| dateline::split(&block.text)) {
        let owned = |text: Option<&str>| text.map(|text| (text.to_owned(), "text"));
        details.dateline = found.keep("dateline", owned(dateline.place));
        details.credit = found.keep("credit", owned(dateline.agency));
    }
    details.entries = live::entries(page, blocks);
    details.found_in.append(&mut found.0);
}

/// The line under the headline: one that is named so, or that the page gives as its description.
fn subtitle(segments: &Segments, said: crate::features::Said<'_>) -> Option<String> {
    let title = said.title.map(fold).filter(|title| !title.is_empty())?;
    let described = said.description.map(fold).unwrap_or_default();
    let texts: Vec<&segment::Block> = segments.blocks.iter().filter(|block| block.kind != Kind::Image).collect();
    let headline =
        texts.iter().rposition(|block| matches!(block.kind, Kind::Heading(_)) && fold(&block.text) == title)?;
    texts.iter().skip(headline + 1).take(SUBTITLE_WITHIN).find_map(|block| {
        let named = segments.contexts.get(block.context).is_some_and(|context| context.has(vocabulary::SUMMARY_BIT));
        let folded = fold(&block.text);
        let length = block.text.chars().count();
        let described = folded.len() > 20 && described == folded;
        let named = named && block.text.split_whitespace().nth(3).is_some() && !block.text.ends_with(':');
        ((named || described) && (12..400).contains(&length) && folded != title && block.linked * 2 < block.letters)
            .then(|| block.text.clone())
    })
}

/// Blocks that begin as a note of a correction does, in the text or right beside it.
fn corrections(page: &crate::page::Page, segments: &Segments, kept: &[bool]) -> Vec<String> {
    let is_kept = |place: usize| kept.get(place).copied().unwrap_or(false);
    let first = (0..segments.blocks.len()).find(|place| is_kept(*place)).unwrap_or(0);
    let last = (0..segments.blocks.len()).rfind(|place| is_kept(*place)).unwrap_or(0);
    let mut out: Vec<String> = Vec::new();
    for (place, block) in segments.blocks.iter().enumerate().skip(first.saturating_sub(12)).take(last - first + 24) {
        let is_correction = || {
            let end = block.text.char_indices().nth(120).map_or(block.text.len(), |(end, _)| end);
            cues::is_correction(&fold(block.text.get(..end).unwrap_or_default()))
        };
        let words = || block.text.split_whitespace().take(250).count();
        if block.linked * 2 > block.letters || !is_correction() || !(5..250).contains(&words()) {
            continue;
        }
        let marks = page.dom.ancestors(block.element).fold(0, |marks, node| marks | page.marks(node));
        if (is_kept(place) || marks & NO_NOTES == 0) && !out.contains(&block.text) {
            out.push(block.text.clone());
        }
    }
    out.truncate(MAX_CORRECTIONS);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Hints, Limits, extract};

    fn of(head: &str, body: &str) -> Details {
        let text = "<p>The Calder bridge was closed on Monday after engineers found cracks in two of its cables.</p>\
            <p>Traffic is sent over the old ferry until the cables have been replaced, which may take until May.</p>";
        let page = format!(
            "<html><head>{head}</head><body><article><h1>Bridge closed</h1>{body}{text}</article></body></html>"
        );
        let hints = Hints { url: Some("https://post.example/news/bridge?page=2"), content_type: None };
        extract(page.as_bytes(), &hints, &Limits::default()).unwrap().details
    }

    #[test]
    fn the_head_tells_section_keywords_and_who_may_read() {
        let found = of(
            r#"<meta property=article:section content=Harbour><meta name=keywords content="bridge, Ferry,ferry, sys:a_b">
            <link rel=amphtml href=/amp/bridge>
            <script type="application/ld+json">{"@type":"NewsArticle","headline":"Bridge closed","isAccessibleForFree":"False",
            "correction":"The number of cables was wrong."}</script>"#,
            "",
        );
        assert_eq!(found.section.as_deref(), Some("Harbour"));
        assert_eq!(found.keywords, ["bridge", "Ferry"]);
        assert_eq!(found.access, Some(Access::Restricted));
        assert_eq!(found.corrections, ["The number of cables was wrong."]);
        assert_eq!(found.amp_url.as_deref(), Some("https://post.example/amp/bridge"));
        assert_eq!(found.found_in.get("keywords").map(String::as_str), Some("meta"));
        assert_eq!(found.found_in.get("title").map(String::as_str), Some("heading"));
    }

    #[test]
    fn breadcrumbs_name_the_section() {
        let found = of(
            r#"<script type="application/ld+json">[{"@type":"BreadcrumbList","itemListElement":[{"position":2,"name":"Port"},
            {"position":1,"item":{"name":"Home"}},{"position":3,"name":"Bridge closed"}]}]</script>"#,
            "",
        );
        assert_eq!(found.section.as_deref(), Some("Port"));
    }

    #[test]
    fn what_stands_around_the_text_is_found() {
        let found = of(
            "<meta name=description content='Two cables are cracked, says the authority'>",
            "<p class=standfirst>Two cables are cracked, says the authority</p><p>CALDER, March 4 (NPA) — Forty lorries waited on the quay before noon on Monday, \
             the harbour master said to those who asked.</p><p><em>Correction: an earlier version of this article gave a wrong number of cables.</em></p>\
             <a href=/news/bridge>1</a><a href='/news/bridge?page=3'>Next</a><a href='/news/ferry?page=3'>Next</a>",
        );
        assert_eq!(found.subtitle.as_deref(), Some("Two cables are cracked, says the authority"));
        assert_eq!((found.dateline.as_deref(), found.credit.as_deref()), (Some("CALDER"), Some("NPA")));
        assert_eq!(found.corrections.len(), 1, "{:?}", found.corrections);
        assert_eq!(found.next_page.as_deref(), Some("https://post.example/news/bridge?page=3"));
    }

    #[test]
    fn numbers_of_pages_are_read_off_addresses() {
        let of = |url: &str| page_of(&Url::parse(url).unwrap());
        assert_eq!(of("https://a.example/b/c"), ("/b/c?".to_owned(), 1));
        assert_eq!(of("https://a.example/b/c/2/"), ("/b/c?".to_owned(), 2));
        assert_eq!(of("https://a.example/b/c/page/3"), ("/b/c?".to_owned(), 3));
        assert_eq!(of("https://a.example/b?x=y&page=4"), ("/b?x=y".to_owned(), 4));
        assert_eq!(of("https://a.example/2026"), ("/2026?".to_owned(), 1));
    }
}
