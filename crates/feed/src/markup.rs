//! RSS, RDF, Atom, CDF and news sitemaps: one tree, a vocabulary each.

use crate::values::{address, date, literal, person, plain, safe_html, text_as_html};
use crate::xml::{Document, Element, Space};
use crate::{FeedError, Hints, Limits};
use base64::Engine as _;
use firsthand_model::{CrawlHints, Enclosure, FeedFormat, ParsedFeed, ParsedItem};
use url::Url;

/// Reads a document of XML.
pub(crate) fn parse(text: &str, hints: &Hints<'_>, limits: &Limits) -> Result<ParsedFeed, FeedError> {
    let document = Document::read(text, limits.max_depth);
    let Some((root, format)) = root(&document) else { return Err(no_feed(&document, text)) };
    let mut reader = Reader { document: &document, hints, format, old_atom: false, base: None };
    reader.old_atom = reader.is_old_atom(root);
    Ok(reader.feed(root, limits))
}

struct Reader<'d, 'h> {
    document: &'d Document<'d>,
    hints: &'d Hints<'h>,
    format: FeedFormat,
    /// Atom 0.3, whose text constructs have modes.
    old_atom: bool,
    base: Option<Url>,
}

/// The element that makes the document a feed, wherever it stands.
fn root(document: &Document<'_>) -> Option<(usize, FeedFormat)> {
    let in_page = |id: usize| document.is_below(id, |above| above.local.eq_ignore_ascii_case("body"));
    document.all().find_map(|id| {
        let element = document.element(id)?;
        let format = match element.local.to_ascii_lowercase().as_str() {
            "rss" => FeedFormat::Rss,
            "rdf" => FeedFormat::Rdf,
            "feed" if matches!(element.space, Space::Atom | Space::Plain) => FeedFormat::Atom,
            "channel" if document.attribute(id, "href").is_some() || has_child(document, id, "schedule") => {
                FeedFormat::Cdf
            }
            // A channel or items without the root that they need.
            "channel" if has_child(document, id, "item") => FeedFormat::Rss,
            "urlset" => FeedFormat::Sitemap,
            _ => return None,
        };
        (!in_page(id)).then_some((id, format))
    })
}

fn has_child(document: &Document<'_>, id: usize, local: &str) -> bool {
    document.children(id).any(|(_, child)| child.local.eq_ignore_ascii_case(local))
}

fn no_feed(document: &Document<'_>, text: &str) -> FeedError {
    let first = document.all().find_map(|id| document.element(id)).map(|element| element.local.to_ascii_lowercase());
    let head = text.get(..text.floor_char_boundary(1024)).unwrap_or_default().to_ascii_lowercase();
    match first.as_deref() {
        _ if head.contains("<!doctype html") => FeedError::Html,
        Some("html" | "head" | "body") => FeedError::Html,
        Some("sitemapindex") => FeedError::NotAFeed {
            what: "this is an index of sitemaps: give the address of the news sitemap that it names".to_owned(),
        },
        Some("opml") => {
            FeedError::NotAFeed { what: "this is a list of subscriptions (OPML): use `firsthand import`".to_owned() }
        }
        Some(name) => {
            FeedError::NotAFeed { what: format!("XML whose first element is <{}>", literal(name).unwrap_or_default()) }
        }
        None => FeedError::NotAFeed { what: "neither XML nor JSON".to_owned() },
    }
}

impl Reader<'_, '_> {
    fn is_old_atom(&self, root: usize) -> bool {
        self.format == FeedFormat::Atom
            && (self.document.attribute(root, "version").is_some_and(|version| version.starts_with("0."))
                || self
                    .document
                    .attribute(root, "xmlns")
                    .is_some_and(|name| name.to_ascii_lowercase().contains("purl.org/atom")))
    }

    fn feed(&mut self, root: usize, limits: &Limits) -> ParsedFeed {
        let channel = match self.format {
            FeedFormat::Rss | FeedFormat::Rdf => {
                self.document.children(root).find(|(_, child)| child.local.eq_ignore_ascii_case("channel"))
            }
            _ => None,
        };
        let channel = channel.map_or(root, |(id, _)| id);
        let fields = self.fields(channel, root);
        // Relative links: by xml:base, the feed's own address, the address it names, the site's.
        self.base = [self.hints.url.map(str::to_owned), fields.self_link.clone(), fields.link.clone()]
            .into_iter()
            .flatten()
            .find_map(|url| Url::parse(url.trim()).ok());
        let base = self.base_of(channel);
        let resolved = |value: &Option<String>| value.as_deref().and_then(|value| address(value, base.as_ref()));
        let mut notes: Vec<String> = self.document.faults.iter().map(|&fault| fault.to_owned()).collect();
        let ids = self.items(root, limits, &mut notes);
        let items = ids.into_iter().map(|id| self.item(id, &fields.authors)).collect();
        ParsedFeed {
            format: self.format,
            version: self.version(root),
            title: fields.title,
            link: resolved(&fields.link),
            language: fields.language.map(|language| language.trim().to_ascii_lowercase()).filter(|l| !l.is_empty()),
            items,
            crawl: CrawlHints {
                hubs: fields.hubs.iter().filter_map(|hub| address(hub, base.as_ref())).collect(),
                self_link: resolved(&fields.self_link),
                ttl_minutes: fields.ttl_minutes,
                skip_hours: fields.skip_hours,
                skip_days: fields.skip_days,
            },
            notes,
        }
    }

    fn version(&self, root: usize) -> Option<String> {
        let written = self.document.attribute(root, "version").map(|version| version.trim().to_owned());
        let namespace = || self.document.attribute(root, "xmlns").unwrap_or_default().to_ascii_lowercase();
        match self.format {
            FeedFormat::Rss | FeedFormat::Cdf => written,
            FeedFormat::Atom if self.old_atom => written.or(Some("0.3".to_owned())),
            FeedFormat::Atom => Some("1.0".to_owned()),
            FeedFormat::Rdf if namespace().contains("netscape.com") => Some("0.90".to_owned()),
            FeedFormat::Rdf => Some("1.0".to_owned()),
            FeedFormat::Json | FeedFormat::Sitemap | FeedFormat::Page => None,
        }
        .filter(|version| !version.is_empty())
    }

    fn items(&self, root: usize, limits: &Limits, notes: &mut Vec<String>) -> Vec<usize> {
        let wanted = match self.format {
            FeedFormat::Atom => "entry",
            FeedFormat::Sitemap => "url",
            _ => "item",
        };
        let is_item = |element: &Element<'_>| {
            element.local.eq_ignore_ascii_case(wanted) && !matches!(element.space, Space::Other | Space::Media)
        };
        let below_root =
            |id: usize| std::iter::successors(Some(id), |id| self.document.element(*id)?.parent).any(|id| id == root);
        let mut ids: Vec<usize> = self
            .document
            .all()
            .filter(|id| self.document.element(*id).is_some_and(is_item) && below_root(*id))
            .filter(|id| self.format == FeedFormat::Cdf || !self.document.is_below(*id, is_item))
            .take(limits.max_items + 1)
            .collect();
        if ids.len() > limits.max_items {
            ids.truncate(limits.max_items);
            notes.push(format!("the feed has more than {} items; the rest is not read", limits.max_items));
        }
        ids
    }

    fn base_of(&self, id: usize) -> Option<Url> {
        let chain: Vec<String> = std::iter::successors(Some(id), |id| self.document.element(*id)?.parent)
            .filter_map(|id| self.document.attribute(id, "xml:base"))
            .map(|base| base.into_owned())
            .collect();
        let mut base = self.base.clone();
        for written in chain.iter().rev() {
            base = match &base {
                Some(outer) => outer.join(written.trim()).ok().or(base),
                None => Url::parse(written.trim()).ok(),
            };
        }
        base
    }

    /// What a channel, feed or other head says.
    fn fields(&self, channel: usize, root: usize) -> Fields {
        let mut fields = Fields {
            language: self.document.inherited(channel, "xml:lang").map(|language| language.into_owned()),
            link: self.document.attribute(channel, "href").map(|link| link.into_owned()),
            ..Fields::default()
        };
        let mut named_people = Vec::new();
        for (id, element) in self.document.children(channel) {
            let name = element.local.to_ascii_lowercase();
            match (element.space, name.as_str()) {
                (Space::Plain | Space::Atom | Space::Dc, "title")
                    if fields.title.is_none() || element.space == Space::Plain =>
                {
                    fields.title = self.title(id, element).or(fields.title);
                }
                (Space::Plain | Space::Atom, "link") => {
                    let href = self.document.attribute(id, "href").map(|href| href.into_owned());
                    let relation = self.document.attribute(id, "rel").unwrap_or_default().to_ascii_lowercase();
                    match (href, relation.as_str()) {
                        (Some(href), "self") => fields.self_link = Some(href),
                        (Some(href), "hub") => fields.hubs.push(href),
                        (Some(href), "" | "alternate") if fields.link.is_none() => fields.link = Some(href),
                        (None, _) if element.space == Space::Plain => {
                            let text = self.document.text(id);
                            if !text.trim().is_empty() && (fields.link.is_none() || self.format != FeedFormat::Atom) {
                                fields.link = Some(text.trim().to_owned());
                            }
                        }
                        _ => {}
                    }
                }
                (Space::Plain | Space::Dc, "language") => fields.language = Some(self.document.text(id)),
                (Space::Plain, "ttl") => fields.ttl_minutes = self.document.text(id).trim().parse().ok(),
                (Space::Plain, "skiphours") => {
                    let hours =
                        self.document.children(id).filter_map(|(id, _)| self.document.text(id).trim().parse().ok());
                    // 24 is written for midnight by old documents.
                    fields.skip_hours = hours.filter(|hour: &u8| *hour <= 24).map(|hour| hour % 24).take(24).collect();
                }
                (Space::Plain, "skipdays") => {
                    let days = self.document.children(id).filter_map(|(id, _)| weekday(&self.document.text(id)));
                    fields.skip_days = days.take(7).collect();
                }
                (Space::Atom, "author") => named_people.extend(self.person(id)),
                _ => {}
            }
        }
        if self.format == FeedFormat::Atom {
            fields.authors = named_people;
        }
        if self.format == FeedFormat::Sitemap {
            let publication = |local: &str| {
                self.document
                    .all()
                    .find(|id| {
                        self.document.element(*id).is_some_and(|element| {
                            element.local == local
                                && element.space == Space::News
                                && element
                                    .parent
                                    .and_then(|parent| self.document.element(parent))
                                    .is_some_and(|parent| parent.local == "publication")
                        })
                    })
                    .and_then(|id| plain(&self.document.text(id)))
            };
            fields.title = publication("name");
            fields.language = publication("language");
        }
        if fields.title.is_none() && channel != root {
            let title = self.document.children(root).find(|(_, child)| child.local.eq_ignore_ascii_case("title"));
            fields.title = title.and_then(|(id, element)| self.title(id, element));
        }
        fields
    }

    fn item(&self, id: usize, feed_authors: &[String]) -> ParsedItem {
        let base = self.base_of(id);
        let mut item = ParsedItem::default();
        let mut fallback = Fallback::default();
        if self.format == FeedFormat::Rdf {
            let about = self.document.attribute(id, "rdf:about").or_else(|| self.document.attribute(id, "about"));
            item.id = about.map(|about| about.trim().to_owned()).filter(|about| !about.is_empty());
        }
        if self.format == FeedFormat::Cdf {
            item.link = self.document.attribute(id, "href").and_then(|href| address(&href, base.as_ref()));
            item.updated = self.document.attribute(id, "lastmod").and_then(|value| date(&value, self.hints.now));
        }
        for (child, element) in self.document.children(id) {
            self.field(child, element, &mut item, &mut fallback);
        }
        item.title = item.title.or(fallback.title);
        item.published = item.published.or(fallback.published);
        item.updated = item.updated.or(fallback.updated);
        if item.content.is_none() && fallback.body.is_some() {
            item.content = fallback.body;
        }
        if item.authors.is_empty() {
            item.authors = if fallback.authors.is_empty() { feed_authors.to_vec() } else { fallback.authors };
        }
        item.authors.dedup();
        if item.enclosures.is_empty() {
            item.enclosures = fallback.media;
        }
        if item.link.is_none() {
            let of_id = item.id.as_deref().filter(|_| self.format == FeedFormat::Rdf || fallback.id_is_link);
            item.link = fallback.link.or_else(|| of_id.and_then(|id| address(id, base.as_ref())));
        }
        item
    }

    fn field(&self, id: usize, element: &Element<'_>, item: &mut ParsedItem, fallback: &mut Fallback) {
        let name = element.local.to_ascii_lowercase();
        let text = || self.document.text(id);
        let when = || date(text().trim(), self.hints.now);
        let here = || self.base_of(id);
        match (element.space, name.as_str()) {
            (Space::Plain | Space::Atom, "title") => item.title = self.title(id, element).or(item.title.take()),
            (Space::Dc | Space::Media | Space::Itunes, "title") => {
                fallback.title = fallback.title.take().or_else(|| self.title(id, element));
            }
            (Space::Plain | Space::Atom, "link") => self.link(id, element, item, fallback),
            (Space::Plain | Space::Sitemap, "loc") => {
                item.link = address(&text(), here().as_ref());
                item.id = item.id.take().or_else(|| item.link.clone());
            }
            (Space::Other, "origlink") => fallback.link = address(&text(), here().as_ref()),
            (Space::Plain, "guid") => {
                let permanent = self.document.attribute(id, "isPermaLink");
                fallback.id_is_link = !permanent.is_some_and(|value| value.trim().eq_ignore_ascii_case("false"));
                item.id = Some(text().trim().to_owned()).filter(|id| !id.is_empty());
            }
            (Space::Atom, "id") => {
                item.id = Some(text().trim().to_owned()).filter(|id| !id.is_empty()).or(item.id.take())
            }
            (Space::Plain, "id") if self.format == FeedFormat::Atom => {
                item.id = Some(text().trim().to_owned()).filter(|id| !id.is_empty());
            }
            (Space::Dc, "identifier") => {
                item.id = item.id.take().or_else(|| Some(text().trim().to_owned()).filter(|id| !id.is_empty()));
            }
            (Space::Plain | Space::Atom, "pubdate" | "published" | "issued") => {
                item.published = when().or(item.published)
            }
            (Space::News, "publication_date") => item.published = when(),
            (Space::Plain | Space::Atom | Space::Dc, "date" | "created" | "issued" | "available") => {
                fallback.published = fallback.published.or_else(when);
            }
            (Space::Atom, "updated" | "modified") => item.updated = when().or(item.updated),
            (Space::Dc, "modified")
            | (Space::Plain | Space::Sitemap, "lastmod" | "lastbuilddate" | "updated" | "modified") => {
                fallback.updated = fallback.updated.or_else(when);
            }
            (Space::Atom, "author") | (Space::Plain, "author")
                if element.space == Space::Atom || self.document.has_markup(id) =>
            {
                item.authors.extend(self.person(id));
            }
            (Space::Plain, "author") => item.authors.extend(person(&text())),
            (Space::Dc, "creator" | "author") | (Space::Itunes, "author") => fallback.authors.extend(person(&text())),
            (Space::Plain, "description" | "abstract") | (Space::Atom | Space::Plain, "summary") => {
                item.summary = self.html(id, element).or(item.summary.take());
            }
            (Space::Dc, "description" | "abstract") | (Space::Itunes | Space::Media, "summary" | "description") => {
                item.summary = item.summary.take().or_else(|| self.html(id, element));
            }
            (Space::Content, "encoded") | (Space::Atom, "content") => {
                item.content = self.html(id, element).or(item.content.take());
            }
            (Space::Plain, "content" | "encoded" | "fulltext" | "fullitem") => {
                item.content = item.content.take().or_else(|| self.html(id, element));
            }
            (Space::Xhtml | Space::Plain, "body" | "div") => {
                fallback.body = fallback.body.take().or_else(|| self.html(id, element));
            }
            (Space::Plain | Space::Atom, "category") => {
                let label = ["label", "term"].iter().find_map(|name| self.document.attribute(id, name));
                let label = label.map_or_else(|| plain(&text()), |label| literal(&label));
                item.categories.extend(label);
            }
            (Space::Dc, "subject") => item.categories.extend(plain(&text())),
            (Space::News | Space::Plain, "keywords") => {
                item.categories.extend(text().split(',').filter_map(plain));
            }
            (Space::News, "title") => item.title = plain(&text()),
            (Space::News, "news") | (Space::Media, "group") => {
                for (child, element) in self.document.children(id) {
                    self.field(child, element, item, fallback);
                }
            }
            (Space::Plain, "enclosure") => item.enclosures.extend(self.enclosure(id, "url")),
            (Space::Media, "content") => fallback.media.extend(self.enclosure(id, "url")),
            _ => {}
        }
    }

    fn link(&self, id: usize, element: &Element<'_>, item: &mut ParsedItem, fallback: &mut Fallback) {
        let base = self.base_of(id);
        let Some(href) = self.document.attribute(id, "href") else {
            if element.space == Space::Plain || self.format == FeedFormat::Atom {
                item.link = address(&self.document.text(id), base.as_ref()).or(item.link.take());
            }
            return;
        };
        let relation = self.document.attribute(id, "rel").unwrap_or_default().to_ascii_lowercase();
        match relation.rsplit('/').next().unwrap_or_default() {
            "" | "alternate" => {
                let found = address(&href, base.as_ref());
                // Of several the first that is a page.
                let kind = self.document.attribute(id, "type").unwrap_or_default();
                if kind.is_empty() || kind.contains("html") {
                    item.link = item.link.take().or(found);
                } else {
                    fallback.link = fallback.link.take().or(found);
                }
            }
            "enclosure" => item.enclosures.extend(self.enclosure(id, "href")),
            "via" | "related" => fallback.link = fallback.link.take().or_else(|| address(&href, base.as_ref())),
            _ => {}
        }
    }

    fn enclosure(&self, id: usize, url: &str) -> Option<Enclosure> {
        let attribute = |name: &str| self.document.attribute(id, name).map(|value| value.trim().to_owned());
        let length = attribute("length").or_else(|| attribute("fileSize")).and_then(|length| length.parse().ok());
        Some(Enclosure {
            url: address(&attribute(url)?, self.base_of(id).as_ref())?,
            media_type: attribute("type").filter(|value| !value.is_empty()),
            length,
        })
    }

    fn person(&self, id: usize) -> Option<String> {
        let part = |local: &str| {
            let (id, _) = self.document.children(id).find(|(_, child)| child.local.eq_ignore_ascii_case(local))?;
            literal(&self.document.text(id))
        };
        if !self.document.has_markup(id) {
            return person(&self.document.text(id));
        }
        part("name").or_else(|| part("email"))
    }

    /// The form that a text construct is written in: "text", "html", "xhtml", or another media type.
    fn kind(&self, id: usize, element: &Element<'_>) -> Kind {
        let written = self.document.attribute(id, "type").unwrap_or_default().trim().to_ascii_lowercase();
        let mode = self.document.attribute(id, "mode").unwrap_or_default().trim().to_ascii_lowercase();
        if element.space != Space::Atom && self.format != FeedFormat::Atom {
            return Kind::Html;
        }
        match written.as_str() {
            _ if mode == "base64" => Kind::Base64 { html: written.contains("html") },
            "xhtml" | "application/xhtml+xml" => Kind::Markup,
            "html" | "text/html" if mode == "xml" => Kind::Markup,
            "html" | "text/html" => Kind::Html,
            "" | "text" | "text/plain" => Kind::Text,
            other if other.ends_with("+xml") || other.ends_with("/xml") => Kind::Markup,
            other if other.starts_with("text/") => Kind::Text,
            other if other.contains('/') => Kind::Base64 { html: false },
            _ => Kind::Html,
        }
    }

    fn title(&self, id: usize, element: &Element<'_>) -> Option<String> {
        match self.kind(id, element) {
            Kind::Text => literal(&self.document.text(id)),
            Kind::Markup => plain(&firsthand_text::html::escape(&self.document.text(id))),
            Kind::Base64 { html } => {
                let text = decoded(&self.document.text(id))?;
                if html { plain(&text) } else { literal(&text) }
            }
            Kind::Html => plain(&self.document.text(id)),
        }
    }

    fn html(&self, id: usize, element: &Element<'_>) -> Option<String> {
        let base = self.base_of(id);
        let base = base.as_ref();
        if self.document.attribute(id, "src").is_some() && element.children.is_empty() {
            return None;
        }
        match self.kind(id, element) {
            Kind::Text if !self.document.has_markup(id) => text_as_html(&self.document.text(id)),
            Kind::Base64 { html } => {
                let text = decoded(&self.document.text(id))?;
                if html { safe_html(&text, base) } else { text_as_html(&text) }
            }
            _ if self.document.has_markup(id) => {
                let resolve = |id: usize, value: &str| address(value, self.base_of(id).as_ref());
                safe_html(&self.document.markup(id, &resolve), base)
            }
            Kind::Markup => text_as_html(&self.document.text(id)),
            _ => safe_html(&self.document.text(id), base),
        }
    }
}

/// How a text is written.
enum Kind {
    Text,
    Html,
    Markup,
    Base64 { html: bool },
}

#[derive(Default)]
struct Fields {
    title: Option<String>,
    link: Option<String>,
    self_link: Option<String>,
    language: Option<String>,
    hubs: Vec<String>,
    authors: Vec<String>,
    ttl_minutes: Option<u32>,
    skip_hours: Vec<u8>,
    skip_days: Vec<u8>,
}

/// What is taken where the better element is missing.
#[derive(Default)]
struct Fallback {
    title: Option<String>,
    link: Option<String>,
    id_is_link: bool,
    published: Option<firsthand_model::Timestamp>,
    updated: Option<firsthand_model::Timestamp>,
    authors: Vec<String>,
    body: Option<String>,
    media: Vec<Enclosure>,
}

fn decoded(text: &str) -> Option<String> {
    let joined: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let bytes = base64::engine::general_purpose::STANDARD.decode(joined).ok()?;
    String::from_utf8(bytes).ok()
}

fn weekday(name: &str) -> Option<u8> {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let name = name.trim().to_ascii_lowercase();
    DAYS.iter().position(|day| name.starts_with(day)).and_then(|day| u8::try_from(day).ok())
}
