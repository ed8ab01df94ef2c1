//! The article of a page: its text, title, byline, dates, language, links and excerpt.
//!
//! Pure: bytes in, [`Extracted`] out; no I/O, no clock, no panic on any input. It knows the page
//! alone: not the feed that named it, nor other pages of its outlet, but for what the caller says.
#![doc = include_str!("../README.md")]

mod authors;
mod blocks;
mod bylines;
mod candidates;
mod choose;
mod cues;
mod dateline;
mod decode;
mod depth;
mod details;
mod dom;
mod explain;
mod features;
mod kinds;
mod live;
mod memory;
mod metadata;
mod names;
mod output;
mod page;
mod segment;
mod tokens;
#[cfg(feature = "training")]
#[doc(hidden)]
pub mod training;
mod trees;
mod vocabulary;
mod words;

pub use explain::explain;
pub use memory::SiteMemory;
pub use output::{excerpt, markdown};

use firsthand_model::Extracted;
use std::collections::HashSet;

/// The version of this stage, stored with what it makes.
pub const VERSION: u32 = 5;

/// Letters and digits that a page must have to hold an article.
const MIN_TEXT: usize = 80;

/// What is known of a page besides its bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hints<'a> {
    /// The address it was fetched from.
    pub url: Option<&'a str>,
    /// The `Content-Type` header's value.
    pub content_type: Option<&'a str>,
}

/// How much work a page may make.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The greatest page in bytes.
    pub max_bytes: usize,
    /// The greatest depth of elements; of deeper ones the text is kept.
    pub max_depth: usize,
    /// The greatest excerpt in code points.
    pub excerpt_chars: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_bytes: 8 << 20, max_depth: 512, excerpt_chars: 360 }
    }
}

/// Why there is no article.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ExtractError {
    /// The page is larger than the limit.
    #[error(
        "the page has {bytes} bytes, more than the limit of {limit}: raise the page limit in the configuration to read it"
    )]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// The bytes are not a page.
    #[error("not an HTML page: {what}")]
    NotHtml {
        /// What they look like.
        what: String,
    },
    /// The page holds no article.
    #[error("no article found on the page: {why}")]
    NoArticle {
        /// What it looks like.
        why: String,
    },
}

/// Extracts the article of a page.
pub fn extract(page: &[u8], hints: &Hints<'_>, limits: &Limits) -> Result<Extracted, ExtractError> {
    ReadPage::new(page, hints, limits)?.article(&HashSet::new())
}

fn parse(page: &[u8], hints: &Hints<'_>, limits: &Limits) -> Result<dom::Dom, ExtractError> {
    if page.len() > limits.max_bytes {
        return Err(ExtractError::TooLarge { bytes: page.len(), limit: limits.max_bytes });
    }
    let html = decode::decode(page, hints.content_type)?;
    if html.trim().is_empty() {
        return Err(ExtractError::NoArticle { why: "it is empty".to_owned() });
    }
    if !html.contains('<') {
        return Err(ExtractError::NotHtml { what: "it has no markup".to_owned() });
    }
    Ok(dom::parse(&html, limits.max_depth))
}

/// A page that was read, with what was thought of its blocks.
#[derive(Debug)]
pub struct ReadPage {
    url: Option<String>,
    limits: Limits,
    metadata: metadata::Metadata,
    base: Option<url::Url>,
    page: page::Page,
    segments: segment::Segments,
    looks: choose::Looks,
}

impl ReadPage {
    /// Reads a page. Fails on what is no page, or too large.
    pub fn new(page: &[u8], hints: &Hints<'_>, limits: &Limits) -> Result<Self, ExtractError> {
        let dom = parse(page, hints, limits)?;
        let base = metadata::base(&dom, hints.url);
        let page = page::Page::new(dom);
        let metadata = metadata::read(&page, base.as_ref());
        let candidates = candidates::find(&page);
        let segments = segment::segments(&page);
        let looks = choose::look(&page, &segments, &candidates, &metadata.said());
        Ok(Self { url: hints.url.map(str::to_owned), limits: *limits, metadata, base, page, segments, looks })
    }

    /// The hashes of the page's blocks of text, each once, for the [`SiteMemory`] of its outlet.
    pub fn block_hashes(&self) -> Vec<u32> {
        let mut seen = HashSet::new();
        self.segments.blocks.iter().filter_map(memory::hash).filter(|hash| seen.insert(*hash)).collect()
    }

    /// For every block of the segments, whether it belongs to the article.
    fn kept(&self, furniture: &HashSet<u32>) -> Vec<bool> {
        let looks = self.looks.without(&self.segments, furniture);
        blocks::keep(&self.segments, &self.looks.rows, &looks, self.metadata.title.as_deref())
    }

    /// The article, less the blocks whose hashes are `furniture` (see [`SiteMemory::furniture`]). Fails on a page
    /// that holds none.
    pub fn article(&self, furniture: &HashSet<u32>) -> Result<Extracted, ExtractError> {
        let Self { metadata, base, .. } = self;
        let kept = self.kept(furniture);
        let (mut blocks, onward) = blocks::render(&self.page, &self.segments, &kept, base.as_ref());
        let mut text = output::text(&blocks);
        if let Some(body) = metadata.body.as_deref().filter(|body| body.len() > text.len() * 2 && body.len() > 400) {
            // The page's text is made by script; its own description of the article has it.
            blocks = output::blocks_of_text(body);
            text = output::text(&blocks);
        }
        let letters = text.chars().filter(|character| character.is_alphanumeric()).take(MIN_TEXT).count();
        if letters < MIN_TEXT {
            let why = match letters {
                0 => "it has no text outside of links and page furniture".to_owned(),
                _ => format!("its longest text has only {letters} letters"),
            };
            return Err(ExtractError::NoArticle { why });
        }
        if let Some(kind) = kinds::no_article(metadata.title.as_deref(), &text) {
            return Err(ExtractError::NoArticle { why: kind.to_owned() });
        }
        let mut links: Vec<firsthand_model::Link> =
            blocks.iter().flat_map(|block| block.links.iter().cloned()).collect();
        links.extend(onward);
        let excerpt = output::excerpt_of(&blocks, self.limits.excerpt_chars);
        let mut details = metadata.details.clone();
        details::in_text(&mut details, &self.page, &self.segments, &kept, &blocks, metadata.said());
        Ok(Extracted {
            url: self.url.clone(),
            title: metadata.title.clone(),
            byline: metadata.byline.clone(),
            site_name: metadata.site_name.clone(),
            published: metadata.published,
            modified: metadata.modified,
            language: firsthand_text::language::detect(&text, metadata.language.as_deref()),
            canonical_url: metadata.canonical_url.clone(),
            lead_image: metadata.lead_image.clone(),
            excerpt: Some(excerpt).filter(|excerpt| !excerpt.is_empty()),
            html: output::html(&blocks, base.as_ref()),
            text,
            links,
            details,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<!doctype html><html lang=en><head><title>Bridge closed after cracks are found | Harbour Post</title></head><body>
        <nav><a href=/>Home</a><a href=/sport>Sport</a></nav>
        <div class="layout"><div class="story-column"><h1>Bridge closed after cracks are found</h1><p class=byline>By Ada Byron</p>
        <p>The Calder bridge was closed on Monday after engineers found <b>cracks</b> in two of its cables, the <a href="/harbour">harbour authority</a> said.</p>
        <p>Traffic is sent over the old ferry until the cables have been replaced, which may take until the end of May.</p>
        <p>READ MORE: <a href=/ferry>The ferry that nobody wanted</a></p>
        <h2>What happens next</h2><ul><li>The cables are measured again, all forty of them.</li><li>Two are replaced before the summer.</li></ul>
        <p>“We will not open it before it is safe,” said the harbour master, Jon Abel, who has run the port since 2011.</p>
        <div class="share-tools"><p>Share this story with all of your many friends, please do, it is very good</p></div>
        <h3>Related articles</h3><ul><li><a href=/a>Weather for the weekend</a></li><li><a href=/b>Prices of herring fall</a></li></ul></div></div>
        <footer><p>All rights reserved by the Harbour Post and its many friends.</p></footer></body></html>"#;

    fn extracted(html: &str) -> Extracted {
        extract(
            html.as_bytes(),
            &Hints { url: Some("https://post.example/bridge"), content_type: None },
            &Limits::default(),
        )
        .unwrap()
    }

    #[test]
    fn the_article_comes_out_and_nothing_else() {
        let article = extracted(PAGE);
        assert_eq!(article.title.as_deref(), Some("Bridge closed after cracks are found"));
        assert_eq!(article.byline.as_deref(), Some("Ada Byron"));
        let paragraphs: Vec<&str> = article.text.split("\n\n").collect();
        assert!(paragraphs[0].starts_with("The Calder bridge was closed on Monday"), "{}", article.text);
        assert_eq!(paragraphs[2], "What happens next");
        assert!(article.text.ends_with("since 2011."), "{}", article.text);
        for furniture in ["READ MORE", "Share this", "Related", "Weather", "rights", "Home", "By Ada"] {
            assert!(!article.text.contains(furniture), "{furniture} in {}", article.text);
        }
        assert!(article.html.contains("<strong>") || article.html.contains("<b>cracks</b>"), "{}", article.html);
        assert!(article.html.contains("<li>"), "{}", article.html);
        assert_eq!(article.links[0].url, "https://post.example/harbour");
        assert_eq!(article.language.as_deref(), Some("en"));
        assert!(article.excerpt.unwrap().ends_with('.'));
    }

    #[test]
    fn a_read_more_link_is_kept_as_a_link_only() {
        let article = extracted(
            "<article><p>The harbour authority closed the bridge on Monday and says that it stays closed until further notice, which nobody likes. \
             &nbsp;»&nbsp;… <br><a href='https://source.example/x'>Read More</a></p></article>",
        );
        assert!(article.text.ends_with("nobody likes."), "{}", article.text);
        assert_eq!(article.links[0].url, "https://source.example/x");
        assert!(!article.html.contains("Read More"));
    }

    #[test]
    fn what_holds_no_article_says_so() {
        let error =
            |html: &str| extract(html.as_bytes(), &Hints::default(), &Limits::default()).unwrap_err().to_string();
        assert!(error("<nav><a href=/>Home</a></nav>").contains("no article found"));
        assert!(error("").contains("empty"));
        assert!(error("just text").contains("not an HTML page"));
        let small = Limits { max_bytes: 10, ..Limits::default() };
        assert!(matches!(extract(PAGE.as_bytes(), &Hints::default(), &small), Err(ExtractError::TooLarge { .. })));
    }

    #[test]
    fn a_page_made_by_script_gives_the_body_of_its_description() {
        let body = "The harbour authority closed the bridge on Monday. ".repeat(12);
        let page = format!(
            "<div id=app></div><script type='application/ld+json'>{{\"@type\":\"NewsArticle\",\"headline\":\"Bridge\",\"articleBody\":\"{body}\"}}</script>"
        );
        assert!(extracted(&page).text.starts_with("The harbour authority"));
    }

    #[test]
    fn hostile_markup_does_not_come_out() {
        let article = extracted(&PAGE.replace(
            "<b>cracks</b>",
            "<img src=x onerror=alert(1)><svg onload=alert(1)></svg><a href='javascript:alert(1)'>cracks</a>",
        ));
        assert!(!article.html.contains("alert"), "{}", article.html);
        assert!(article.links.iter().all(|link| link.url.starts_with("http")));
    }

    #[test]
    fn what_stands_on_several_pages_is_left_out() {
        let appeal = "<p>The harbour needs its readers, and its readers need a harbour that is looked after well.</p>";
        let page = |text: &str| {
            format!(
                "<article><h1>News</h1><p>{text}</p><p>{text} It went on like this for the whole of the day.</p>{appeal}</article>"
            )
        };
        let pages = [
            page("The Calder bridge was closed on Monday after engineers found cracks in two of its cables."),
            page("A ferry took on the traffic of the bridge on Tuesday and carried forty lorries before noon."),
        ];
        let mut memory = SiteMemory::default();
        for (number, page) in pages.iter().enumerate() {
            let read = ReadPage::new(page.as_bytes(), &Hints::default(), &Limits::default()).unwrap();
            memory.see(&format!("/{number}"), &read.block_hashes());
            memory.see(&format!("/{number}-again"), &read.block_hashes());
        }
        let furniture = memory.furniture();
        assert_eq!(furniture.len(), 1);
        for page in &pages {
            let read = ReadPage::new(page.as_bytes(), &Hints::default(), &Limits::default()).unwrap();
            let known = read.article(&furniture).unwrap();
            assert!(!known.text.contains("readers"), "{}", known.text);
            assert!(known.text.contains("whole of the day"), "{}", known.text);
        }
    }

    #[test]
    fn a_hundred_thousand_nested_elements_are_read() {
        let text =
            "<p>The Calder bridge was closed on Monday after engineers found cracks in two of its many old cables.</p>";
        let page = format!("{}{text}{text}{}", "<div>".repeat(100_000), "</div>".repeat(100_000));
        assert!(extracted(&page).text.starts_with("The Calder bridge"));
    }

    proptest::proptest! {
        #[test]
        fn no_input_panics(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400), html in "(<[a-z/!]{1,6}[ a-z='\"]{0,9}>?|[a-z .&;]{0,9}){0,60}") {
            let _ = extract(&bytes, &Hints::default(), &Limits::default());
            let _ = extract(html.as_bytes(), &Hints::default(), &Limits { max_depth: 5, ..Limits::default() });
        }
    }
}
