//! What a page says of its article: JSON-LD, meta elements, markup.

use crate::authors;
use crate::details;
use crate::dom::{Dom, NodeId};
use crate::features::Said;
use crate::page::Page;
use crate::vocabulary::{AUTHOR_BIT, DATE_BIT, ELSEWHERE};
use firsthand_model::{Details, WrittenTime};
use firsthand_text::dates;
use firsthand_text::html::plain_text;
use firsthand_text::language::primary_subtag;
use firsthand_text::normalise::{fold, one_line};
use firsthand_text::urls;
use serde_json::Value;
use std::collections::BTreeMap;
use url::Url;

/// Objects of one page's JSON-LD that are looked at.
const MAX_OBJECTS: usize = 200;
/// Types of schema.org that are articles.
const ARTICLE_TYPES: &[&str] = &[
    "Article",
    "NewsArticle",
    "BlogPosting",
    "ReportageNewsArticle",
    "AnalysisNewsArticle",
    "OpinionNewsArticle",
    "BackgroundNewsArticle",
    "ReviewNewsArticle",
    "LiveBlogPosting",
    "Report",
    "ScholarlyArticle",
    "TechArticle",
    "SocialMediaPosting",
    "Review",
    "Recipe",
    "CreativeWork",
];

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Metadata {
    pub(crate) title: Option<String>,
    pub(crate) byline: Option<String>,
    pub(crate) site_name: Option<String>,
    pub(crate) published: Option<WrittenTime>,
    pub(crate) modified: Option<WrittenTime>,
    pub(crate) language: Option<String>,
    pub(crate) canonical_url: Option<String>,
    pub(crate) lead_image: Option<String>,
    /// The article's text by JSON-LD.
    pub(crate) body: Option<String>,
    /// What the page says that the article is about.
    pub(crate) description: Option<String>,
    /// What else it says.
    pub(crate) details: Details,
}

impl Metadata {
    /// What of it helps to know the article's text.
    pub(crate) fn said(&self) -> Said<'_> {
        Said {
            title: self.title.as_deref(),
            description: self.description.as_deref(),
            byline: self.byline.as_deref(),
            body: self.body.as_deref(),
        }
    }
}

/// The base address of a page's links: its `base` element, else its own address.
pub(crate) fn base(dom: &Dom, url: Option<&str>) -> Option<Url> {
    let own = url.and_then(|url| Url::parse(url).ok());
    let declared = dom.elements("base").find_map(|node| dom.attribute(node, "href"));
    declared.and_then(|href| urls::absolute(href, own.as_ref())).or(own)
}

pub(crate) fn read(page: &Page, base: Option<&Url>) -> Metadata {
    let dom = &page.dom;
    let meta = Meta::read(dom);
    let objects = json_ld(dom);
    let article = objects.iter().find(|object| is_article(object));
    let ld = |name: &str| article.and_then(|object| object.get(name));
    let ld_date = |name: &str| ld(name).and_then(Value::as_str).and_then(dates::read_written);
    let address = |text: Option<String>| text.and_then(|text| urls::absolute(&text, base)).map(|url| url.to_string());
    let link = |relation: &str| {
        let node = dom.elements("link").find(|node| has_word(dom.attribute(*node, "rel"), relation));
        node.and_then(|node| dom.attribute(node, "href")).map(str::to_owned).filter(|href| !href.trim().is_empty())
    };
    let mut found = FoundIn::default();
    let site_name = found.first(
        "site_name",
        &[
            ("meta", &|| {
                meta.first(&["og:site_name", "application-name", "al:android:app_name", "twitter:app:name:iphone"])
            }),
            ("json-ld", &|| ld("publisher").and_then(name_of)),
        ],
    );
    let published = found.first(
        "published",
        &[
            ("json-ld", &|| {
                let other = || objects.iter().find_map(|object| object.get("datePublished"));
                let said = ld("datePublished").or_else(|| ld("dateCreated")).or_else(other);
                said.and_then(Value::as_str).and_then(dates::read_written)
            }),
            ("meta", &|| meta.date(PUBLISHED)),
            ("markup", &|| item_date(dom, &["datePublished", "dateCreated"])),
            ("markup", &|| time_element(dom, true)),
            ("address", &|| base.and_then(|url| dates::in_path(url.path())).map(WrittenTime::from)),
            ("text", &|| visible_date(page, NEAR)),
            ("markup", &|| time_element(dom, false)),
            ("script", &|| script_date(dom)),
            ("meta", &|| meta.date(&["date", "dc.date", "dcterms.date", "revised", "last-modified"])),
            ("text", &|| visible_date(page, ANYWHERE)),
        ],
    );
    let published = published.map(|published| in_own_zone(dom, published));
    let modified = found.first(
        "modified",
        &[
            ("json-ld", &|| ld_date("dateModified")),
            ("meta", &|| meta.date(MODIFIED)),
            ("markup", &|| item_date(dom, &["dateModified"])),
        ],
    );
    let language = found.first(
        "language",
        &[
            ("markup", &|| {
                let of = |node| dom.attribute(node, "lang").or_else(|| dom.attribute(node, "xml:lang"));
                dom.elements("html").find_map(of).and_then(primary_subtag)
            }),
            ("json-ld", &|| ld("inLanguage").and_then(Value::as_str).and_then(primary_subtag)),
            ("meta", &|| {
                let said = meta.first(&["og:locale", "content-language", "dc.language", "language"]);
                said.and_then(|tag| primary_subtag(&tag))
            }),
        ],
    );
    let canonical_url = found.first(
        "canonical_url",
        &[("markup", &|| address(link("canonical"))), ("meta", &|| address(meta.first(&["og:url"])))],
    );
    let lead_image = found.first(
        "lead_image",
        &[
            ("meta", &|| {
                let names = ["og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src"];
                address(meta.first(&names))
            }),
            ("json-ld", &|| address(ld("image").and_then(image_of))),
        ],
    );
    let said = ld("headline").or_else(|| ld("name")).and_then(Value::as_str);
    let title = found.keep("title", title(dom, &meta, said, site_name.as_deref(), base));
    let site = site_name.as_deref().map(fold).unwrap_or_default();
    let byline = found.keep("byline", authors::byline(page, &meta, &objects, article, title.as_deref(), &site));
    let amp_url = found.first("amp_url", &[("markup", &|| address(link("amphtml")))]);
    let body = ld("articleBody").and_then(Value::as_str).map(body_text).filter(|text| !text.is_empty());
    let description = meta.first(&["og:description", "description", "twitter:description"]);
    let said = details::OfHead { meta: &meta, objects: &objects, article };
    let details = said.read(title.as_deref(), &mut found);
    let details = Details { amp_url, next_page: details::next_page(dom, base), ..details };
    Metadata {
        title,
        byline,
        site_name,
        published,
        modified,
        language,
        canonical_url,
        lead_image,
        body,
        description,
        details: Details { found_in: found.0, ..details },
    }
}

/// A way to a value, and where it looks.
type Way<'a, T> = (&'static str, &'a dyn Fn() -> Option<T>);

/// By a value's name, where it was found.
#[derive(Debug, Default)]
pub(crate) struct FoundIn(pub(crate) BTreeMap<String, String>);

impl FoundIn {
    /// The first of the ways that leads to a value.
    pub(crate) fn first<T>(&mut self, name: &str, ways: &[Way<'_, T>]) -> Option<T> {
        let found = ways.iter().find_map(|(place, way)| way().map(|value| (value, *place)));
        self.keep(name, found)
    }

    /// A value, whose place is noted.
    pub(crate) fn keep<T>(&mut self, name: &str, found: Option<(T, &'static str)>) -> Option<T> {
        let (value, place) = found?;
        self.0.insert(name.to_owned(), place.to_owned());
        Some(value)
    }
}

const PUBLISHED: &[&str] = &[
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "date.published",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "published_date",
    "publication_date",
    "publicationdate",
    "published_time",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.issued",
    "dc.date.created",
    "dcterms.date",
    "dc.date",
    "article.published",
    "article_date_original",
    "originalpublicationdate",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "bt:pubdate",
    "rnews:datepublished",
    "date",
    "timestamp",
    "article:created",
    "created",
    "displaydate",
    "release_date",
    "citation_publication_date",
    "citation_date",
];
const MODIFIED: &[&str] = &[
    "article:modified_time",
    "og:updated_time",
    "og:modified_time",
    "datemodified",
    "lastmod",
    "last-modified",
    "dcterms.modified",
    "dc.date.modified",
    "article.updated",
    "updated_time",
];

/// Meta elements: name or property (lower case) and content.
pub(crate) struct Meta(Vec<(String, String)>);

impl Meta {
    fn read(dom: &Dom) -> Self {
        let entries = dom.elements("meta").filter_map(|node| {
            let name = ["property", "name", "itemprop", "http-equiv"]
                .into_iter()
                .find_map(|attribute| dom.attribute(node, attribute))?;
            let content = one_line(dom.attribute(node, "content")?);
            (!content.is_empty()).then(|| (name.trim().to_ascii_lowercase(), content))
        });
        Self(entries.take(500).collect())
    }

    /// The content of the first of the names that is there.
    pub(crate) fn first(&self, names: &[&str]) -> Option<String> {
        names
            .iter()
            .find_map(|wanted| self.0.iter().find(|(name, _)| name == wanted))
            .map(|(_, content)| plain(content))
    }

    pub(crate) fn all<'a>(&'a self, wanted: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(name, _)| name == wanted).map(|(_, content)| content.as_str())
    }

    fn date(&self, names: &[&str]) -> Option<WrittenTime> {
        names.iter().find_map(|wanted| self.all(wanted).find_map(dates::read_written))
    }
}

/// Values often have entities and markup in them a second time.
pub(crate) fn plain(text: &str) -> String {
    if text.contains('&') || text.contains('<') {
        one_line(&plain_text(&firsthand_text::html::sanitise(text, None)))
    } else {
        one_line(text)
    }
}

/// The text of an `articleBody`: paragraphs parted by a blank line; some are HTML.
fn body_text(text: &str) -> String {
    if text.contains("</") || text.contains("&lt;") {
        return plain_text(&firsthand_text::html::sanitise(text, None));
    }
    let paragraphs: Vec<String> = text.lines().map(one_line).filter(|line| !line.is_empty()).collect();
    paragraphs.join("\n\n")
}

fn json_ld(dom: &Dom) -> Vec<Value> {
    let mut out = Vec::new();
    for script in dom.elements("script").filter(|node| {
        dom.attribute(*node, "type").is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/ld+json"))
    }) {
        let text = dom.raw_text(script);
        let text = text
            .trim()
            .trim_start_matches("<!--")
            .trim_start_matches("//<![CDATA[")
            .trim_start_matches("<![CDATA[")
            .trim_end_matches("-->")
            .trim_end_matches("//]]>")
            .trim_end_matches("]]>")
            .trim()
            .trim_end_matches(';');
        let value = serde_json::from_str::<Value>(text).or_else(|_| {
            // Raw line breaks inside strings are the usual fault.
            let repaired: String =
                text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
            serde_json::from_str(&repaired)
        });
        if let Ok(value) = value {
            flatten(value, &mut out);
        }
    }
    out
}

/// The objects of a document, those in arrays and `@graph` too.
fn flatten(value: Value, out: &mut Vec<Value>) {
    if out.len() >= MAX_OBJECTS {
        return;
    }
    match value {
        Value::Array(values) => values.into_iter().for_each(|value| flatten(value, out)),
        Value::Object(mut fields) => {
            let inner: Vec<Value> = ["@graph", "mainEntity", "mainEntityOfPage"]
                .into_iter()
                .filter_map(|name| fields.get(name).filter(|value| value.is_object() || value.is_array()).cloned())
                .collect();
            fields.remove("@graph");
            out.push(Value::Object(fields));
            inner.into_iter().for_each(|value| flatten(value, out));
        }
        _ => {}
    }
}

fn is_article(object: &Value) -> bool {
    let known = |value: &Value| {
        value.as_str().is_some_and(|kind| ARTICLE_TYPES.contains(&kind.rsplit(['/', ':']).next().unwrap_or(kind)))
    };
    match object.get("@type") {
        Some(Value::Array(kinds)) => kinds.iter().any(known),
        Some(kind) => known(kind),
        None => false,
    }
}

fn name_of(value: &Value) -> Option<String> {
    match value {
        Value::String(name) => Some(plain(name)).filter(|name| !name.is_empty()),
        Value::Object(fields) => fields.get("name").and_then(name_of),
        Value::Array(values) => values.iter().find_map(name_of),
        _ => None,
    }
}

fn image_of(value: &Value) -> Option<String> {
    match value {
        Value::String(address) => Some(address.clone()),
        Value::Object(fields) => fields.get("url").or_else(|| fields.get("contentUrl")).and_then(image_of),
        Value::Array(values) => values.iter().find_map(image_of),
        _ => None,
    }
}

pub(crate) fn has_word(value: Option<&str>, word: &str) -> bool {
    value.is_some_and(|value| value.split_ascii_whitespace().any(|held| held.eq_ignore_ascii_case(word)))
}

// The title.

/// The headline: the page's `h1` where one agrees with what the page says of itself elsewhere,
/// else the metadata's, without the outlet's name.
fn title(
    dom: &Dom,
    meta: &Meta,
    headline: Option<&str>,
    site_name: Option<&str>,
    base: Option<&Url>,
) -> Option<(String, &'static str)> {
    let element = dom
        .elements("title")
        .find(|node| dom.ancestors(*node).all(|above| dom.tag(above) != "svg"))
        .map(|node| dom.line_of(node))
        .filter(|title| !title.is_empty());
    let said: Vec<(String, &'static str)> = [
        (headline.map(plain), "json-ld"),
        (meta.first(&["og:title"]), "meta"),
        (meta.first(&["twitter:title"]), "meta"),
        (element.clone(), "markup"),
        (meta.first(&["title", "dc.title", "parsely-title", "sailthru.title"]), "meta"),
    ]
    .into_iter()
    .filter_map(|(title, place)| title.filter(|title| !title.is_empty()).map(|title| (title, place)))
    .collect();
    let headings: Vec<String> = dom
        .elements("h1")
        .map(|node| dom.line_of(node))
        .filter(|text| (2..400).contains(&text.chars().count()))
        .take(12)
        .collect();
    let site = site_name.map(fold).unwrap_or_default();
    // A page's only main heading is its headline also where the title for searches is put otherwise.
    let enough = if headings.len() == 1 { 0.2 } else { 0.6 };
    let best = headings
        .iter()
        .filter(|heading| !names_outlet(heading, &site, base))
        .map(|heading| (said.iter().map(|(said, _)| agreement(heading, said)).fold(0.0, f32::max), heading))
        .filter(|(agreement, _)| *agreement >= enough)
        .max_by(|one, other| one.0.total_cmp(&other.0));
    if let Some((_, heading)) = best {
        return Some((heading.clone(), "heading"));
    }
    let candidate = said
        .into_iter()
        .map(|(title, place)| (without_site(&title, site_name, base), place))
        .find(|(title, _)| !title.is_empty() && fold(title) != site);
    candidate
        .or_else(|| headings.into_iter().find(|heading| fold(heading) != site).map(|heading| (heading, "heading")))
        .or_else(|| element.map(|title| (title, "markup")))
}

/// The share of the shorter title's words that stand in the longer one, less when the heading is
/// only a small part of what is said.
fn agreement(heading: &str, said: &str) -> f32 {
    let words =
        |text: &str| -> Vec<String> { firsthand_text::tokens::words(text).map(|word| fold(word.text)).collect() };
    let (heading, said) = (words(heading), words(said));
    if heading.is_empty() || said.is_empty() {
        return 0.0;
    }
    let shared = heading.iter().filter(|word| said.contains(word)).count() as f32;
    let of_heading = shared / heading.len() as f32;
    let of_said = shared / said.len() as f32;
    of_heading * of_said.sqrt()
}

/// Whether a text is the outlet's name (`site`, folded) or the page's host.
fn names_outlet(text: &str, site: &str, base: Option<&Url>) -> bool {
    let letters = |text: &str| text.chars().filter(|character| character.is_alphanumeric()).collect::<String>();
    let folded = fold(text);
    let squeezed = letters(&folded);
    let host = letters(base.and_then(Url::host_str).unwrap_or_default());
    folded == site || (squeezed.len() >= 3 && host.contains(&squeezed))
}

/// Cuts the outlet's name off a title: the part after (or before) the last separator that is the
/// outlet's name, its host's name, or short beside the rest.
fn without_site(title: &str, site_name: Option<&str>, base: Option<&Url>) -> String {
    const SEPARATORS: &[&str] = &[" | ", " — ", " – ", " - ", " :: ", " » ", " · ", " • ", " « ", " // "];
    let site = site_name.map(fold).unwrap_or_default();
    let names_outlet = |part: &str| {
        let folded = fold(part);
        names_outlet(part, &site, base) || (!site.is_empty() && (site.contains(&folded) || folded.contains(&site)))
    };
    let mut title = title.to_owned();
    for _ in 0..3 {
        let last = SEPARATORS
            .iter()
            .filter_map(|separator| title.rfind(separator).map(|place| (place, separator.len())))
            .max();
        let Some((place, length)) = last else { break };
        let (before, after) = (title.get(..place).unwrap_or_default(), title.get(place + length..).unwrap_or_default());
        let bar = title
            .get(place..place + length)
            .is_some_and(|separator| separator.contains(['|', '»', '«', ':', '·', '•']));
        if names_outlet(after)
            || (bar && after.chars().count() * 2 < before.chars().count() && after.split(' ').count() <= 4)
        {
            title = before.trim().to_owned();
        } else if names_outlet(before) {
            title = after.trim().to_owned();
        } else {
            break;
        }
    }
    title
}

// Dates in the markup.

fn item_date(dom: &Dom, names: &[&str]) -> Option<WrittenTime> {
    dom.properties().filter(|(_, property)| names.iter().any(|name| has_word(Some(property), name))).find_map(
        |(node, _)| {
            ["content", "datetime", "title"]
                .iter()
                .find_map(|name| dom.attribute(node, name))
                .and_then(dates::read_written)
                .or_else(|| dates::read_written(&dom.line_of(node)))
        },
    )
}

/// The first `time` element that gives a day: one marked as the date of publication, else one inside an
/// `article`; any other where it need not be `sure`.
fn time_element(dom: &Dom, sure: bool) -> Option<WrittenTime> {
    let read = |node: NodeId| {
        dom.attribute(node, "datetime")
            .and_then(dates::read_written)
            .or_else(|| dates::read_written(&dom.line_of(node)))
    };
    let marked = |node: &NodeId| {
        dom.attribute(*node, "pubdate").is_some()
            || dom
                .attribute(*node, "class")
                .is_some_and(|class| class.contains("publish") || class.contains("entry-date"))
    };
    let in_article =
        |node: &NodeId| dom.ancestors(*node).any(|above| dom.tag(above) == "article" || dom.tag(above) == "header");
    dom.elements("time")
        .filter(marked)
        .find_map(read)
        .or_else(|| dom.elements("time").filter(in_article).find_map(read))
        .or_else(|| dom.elements("time").filter(|_| !sure).find_map(read))
}

/// A time that is written in UTC, in the zone in which the page shows it: its day is the one that readers see. A `time`
/// element of the same instant says the zone, or a visible time that differs by some half hours.
fn in_own_zone(dom: &Dom, time: WrittenTime) -> WrittenTime {
    /// The farthest zones are so many half hours from UTC.
    const FARTHEST: i64 = 28;
    if time.offset_minutes != 0 || time.at.as_seconds() % 86_400 == 0 {
        return time;
    }
    let minutes = |value: &str| {
        let other = dates::read_written(value)?;
        let shift = other.at.seconds_since(time.at);
        let half_hours = (shift as f64 / 1800.0).round() as i64;
        if (shift - half_hours * 1800).abs() >= 60 || half_hours.abs() > FARTHEST {
            return None;
        }
        // Many things happen at full and half hours. What names a zone is another time.
        let is_bare = !value.ends_with(['Z', 'z']) && other.offset_minutes == 0 && !value.contains("GMT");
        let is_odd = time.at.as_seconds() / 60 % 30 != 0;
        match half_hours {
            0 => Some(other.offset_minutes),
            _ if is_bare && is_odd => i16::try_from(half_hours * 30).ok(),
            _ => None,
        }
    };
    let declared = dom.elements("time").filter_map(|node| dom.attribute(node, "datetime"));
    let shown = dom.descendants(NodeId::ROOT).filter_map(|node| dom.text(node)).map(str::trim).filter(|text| {
        (12..90).contains(&text.len()) && text.contains(':') && text.contains(|letter: char| letter.is_ascii_digit())
    });
    let found = declared.chain(shown).filter_map(minutes).find(|minutes| *minutes != 0);
    let offset_minutes = found.unwrap_or_default();
    WrittenTime { offset_minutes, ..time }
}

/// The date in a script that holds the page's data ("datePublished": "…").
fn script_date(dom: &Dom) -> Option<WrittenTime> {
    const NAMES: &[&str] = &["datePublished", "publishedAt", "published_at", "publishDate", "publicationDate"];
    /// What all of them hold.
    const COMMON: &str = "ubli";
    dom.elements("script").find_map(|script| {
        let text = dom.descendants(script).find_map(|node| dom.text(node))?;
        let found = text.match_indices(COMMON).filter_map(|(place, _)| {
            let (rank, value) = NAMES.iter().enumerate().find_map(|(rank, name)| {
                let start = place.checked_sub(name.find(COMMON)?)?;
                Some((rank, text.get(start..)?.strip_prefix(name)?))
            })?;
            let value = value.trim_start_matches(['\\', '"', '\'', ':', ' ']);
            let end = value.find(['"', '\\', '\'', ',', '}']).filter(|end| (8..40).contains(end))?;
            Some((rank, dates::read_written(value.get(..end)?)?))
        });
        found.min_by_key(|(rank, _)| *rank).map(|(_, date)| date)
    })
}

/// The worth of a visible date right below the headline or named as one; of any that is no other article's.
const NEAR: i64 = 40;
const ANYWHERE: i64 = -50;

/// A visible date: in a short text near the headline, or in an element that is named for it; worth more than
/// `least`.
fn visible_date(page: &Page, least: i64) -> Option<WrittenTime> {
    let dom = &page.dom;
    let mut best: Option<(i64, WrittenTime)> = None;
    let texts: Vec<NodeId> = dom
        .descendants(NodeId::ROOT)
        .filter(|node| dom.text(*node).is_some_and(|text| !text.trim().is_empty()))
        .filter(|node| {
            dom.parent(*node).is_none_or(|above| !matches!(dom.tag(above), "script" | "style" | "noscript" | "title"))
        })
        .collect();
    let heading = dom.elements("h1").next();
    let headline = texts.iter().position(|node| dom.ancestors(*node).take(6).any(|above| Some(above) == heading));
    for (place, node) in texts.iter().enumerate() {
        let text = dom.text(*node).unwrap_or_default().trim();
        // What is left beside the date is no sentence.
        if !(6..90).contains(&text.len()) || !text.chars().any(|character| character.is_ascii_digit()) {
            continue;
        }
        let Some(date) = dates::within(text) else { continue };
        let distance = place as i64 - headline.unwrap_or(0) as i64;
        let far = if distance < 0 { -distance * 2 } else { distance };
        let is_named = |above: NodeId| page.marks(above) & (1 << DATE_BIT | 1 << AUTHOR_BIT) != 0;
        let named = dom.ancestors(*node).take(3).any(is_named);
        let elsewhere = dom.ancestors(*node).take(10).any(|above| {
            let tag = dom.tag(above);
            matches!(tag, "aside" | "footer" | "nav") || page.marks(above) & ELSEWHERE != 0 && tag != "main"
        });
        let worth =
            60 - far.min(100) - text.len() as i64 / 4 + if named { 25 } else { 0 } - if elsewhere { 60 } else { 0 };
        if best.as_ref().is_none_or(|(most, _)| worth > *most) {
            best = Some((worth, date.into()));
        }
    }
    best.filter(|(worth, _)| *worth > least).map(|(_, date)| date)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dom::parse;

    fn of(html: &str) -> Metadata {
        let url = Url::parse("https://www.harbour-post.example/2026/03/04/bridge").ok();
        read(&Page::new(parse(html, 100)), url.as_ref())
    }

    #[test]
    fn json_ld_comes_first() {
        let found = of(
            r#"<title>Bridge closed | Harbour Post</title><meta property=og:title content="Bridge is closed">
            <script type="application/ld+json">{"@context":"x","@graph":[{"@type":"WebSite","name":"Site"},{"@type":["NewsArticle"],
            "headline":"Bridge is closed","datePublished":"2026-03-04T08:00:00+01:00","author":[{"@type":"Person","name":"Ada Byron"},{"name":"Max Frei"}],
            "publisher":{"name":"Harbour Post"},"image":["https://img.example/1.jpg"]}]}</script>"#,
        );
        assert_eq!(found.title.as_deref(), Some("Bridge is closed"));
        assert_eq!(found.byline.as_deref(), Some("Ada Byron, Max Frei"));
        assert_eq!(found.site_name.as_deref(), Some("Harbour Post"));
        assert_eq!(found.published.map(|time| time.to_string()).as_deref(), Some("2026-03-04T08:00:00+01:00"));
        assert_eq!(found.lead_image.as_deref(), Some("https://img.example/1.jpg"));
    }

    #[test]
    fn the_outlets_name_is_cut_off_the_title() {
        assert_eq!(
            of("<title>Bridge closed for repairs - Harbour Post</title>").title.as_deref(),
            Some("Bridge closed for repairs")
        );
        assert_eq!(
            of("<title>Harbour Post | Bridge closed for repairs</title>").title.as_deref(),
            Some("Bridge closed for repairs")
        );
        assert_eq!(
            of("<title>Two-way street - the city's plan for the bridge</title>").title.as_deref(),
            Some("Two-way street - the city's plan for the bridge")
        );
        assert_eq!(
            of("<h1>Harbour Post</h1><title>Bridge | Harbour Post</title><h1>Bridge</h1>").title.as_deref(),
            Some("Bridge")
        );
    }

    #[test]
    fn names_are_taken_out_of_bylines() {
        assert_eq!(
            of("<p class=byline>By Ada Byron and Max Frei, Senior Reporter</p>").byline.as_deref(),
            Some("Ada Byron, Max Frei")
        );
        assert_eq!(of("<meta name=author content='Staff'>").byline, None);
        assert_eq!(
            of("<h1>Bridge</h1><div class=post-author__name>Ada Byron</div>").byline.as_deref(),
            Some("Ada Byron")
        );
        assert_eq!(of("<h1>Bridge</h1><p>By <a href=/x>Ada Byron</a></p>").byline.as_deref(), Some("Ada Byron"));
        assert_eq!(of("<meta name=author content='https://x.example/ada'>").byline, None);
    }

    #[test]
    fn a_time_in_utc_is_given_in_the_zone_in_which_the_page_shows_it() {
        let published = |shown: &str| {
            let meta = "<meta property=article:published_time content=2026-03-05T03:22:07Z>";
            of(&format!("{meta}<h1>Bridge</h1>{shown}")).published.map(|time| time.to_string()).unwrap_or_default()
        };
        let own = "2026-03-04T22:22:07-05:00";
        assert_eq!(published("<time datetime=2026-03-04T22:22:07-0500>Wednesday</time>"), own);
        assert_eq!(published("<p>March 4, 2026 10:22 PM</p>"), own);
        assert_eq!(published("<p>Updated March 4, 2026 10:25 PM</p>"), "2026-03-05T03:22:07Z");
        assert_eq!(published("<time datetime=2026-03-05T05:22:07Z>Thursday</time>"), "2026-03-05T03:22:07Z");
    }

    #[test]
    fn a_date_is_found_in_the_address_and_in_words() {
        assert_eq!(of("<p>x").published.map(|time| time.to_string()).as_deref(), Some("2026-03-04T00:00:00Z"));
        let found = read(&Page::new(parse("<h1>A</h1><div class=post-date>March 4, 2026</div>", 100)), None);
        assert_eq!(found.published.map(|time| time.to_string()).as_deref(), Some("2026-03-04T00:00:00Z"));
    }
}
