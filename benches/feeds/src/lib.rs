//! What the benches and the comparison share: feeds made by rule, and the other readers.

#[path = "../../../crates/feed/tests/made/mod.rs"]
pub mod made;

use std::fmt::Write as _;

/// What a reader read: of the first item where there is but one of it.
#[derive(Debug, Default)]
pub struct Read {
    /// The titles of all items.
    pub titles: Vec<String>,
    /// The first item's address.
    pub link: Option<String>,
    /// When the first item was published, in seconds since the epoch.
    pub published: Option<i64>,
    /// The first item's content, or summary.
    pub content: Option<String>,
}

/// A reader: bytes and their address to what was read, or why not.
pub type Reader = fn(&[u8]) -> Result<Read, String>;

/// The other readers, by name.
pub const PEERS: [(&str, Reader); 2] = [("feed-rs", feed_rs), ("rss + atom_syndication", syndication)];

fn feed_rs(document: &[u8]) -> Result<Read, String> {
    let parser = feed_rs::parser::Builder::new().base_uri(Some(made::URL)).sanitize_content(true).build();
    let feed = parser.parse(document).map_err(|error| error.to_string())?;
    let first = feed.entries.first();
    Ok(Read {
        titles: feed.entries.iter().filter_map(|entry| entry.title.as_ref().map(|text| text.content.clone())).collect(),
        link: first.and_then(|entry| entry.links.first()).map(|link| link.href.clone()),
        published: first.and_then(|entry| entry.published.or(entry.updated)).map(|time| time.timestamp()),
        content: first.and_then(|entry| {
            let body = entry.content.as_ref().and_then(|content| content.body.clone());
            body.or_else(|| entry.summary.as_ref().map(|text| text.content.clone()))
        }),
    })
}

fn syndication(document: &[u8]) -> Result<Read, String> {
    if let Ok(channel) = rss::Channel::read_from(document) {
        let first = channel.items().first();
        let time = |text: &str| atom_syndication::FixedDateTime::parse_from_rfc2822(text).ok();
        return Ok(Read {
            titles: channel.items().iter().filter_map(|item| item.title().map(str::to_owned)).collect(),
            link: first.and_then(|item| item.link().map(str::to_owned)),
            published: first.and_then(|item| item.pub_date()).and_then(time).map(|time| time.timestamp()),
            content: first.and_then(|item| item.content().or(item.description()).map(str::to_owned)),
        });
    }
    let feed = atom_syndication::Feed::read_from(document).map_err(|error| error.to_string())?;
    let first = feed.entries().first();
    Ok(Read {
        titles: feed.entries().iter().map(|entry| entry.title().value.clone()).collect(),
        link: first.and_then(|entry| entry.links().first()).map(|link| link.href().to_owned()),
        published: first.map(|entry| entry.published().unwrap_or(entry.updated()).timestamp()),
        content: first.and_then(|entry| entry.content().and_then(|content| content.value().map(str::to_owned))),
    })
}

/// A feed of invented items as news outlets write them: escaped HTML with links and a picture.
pub fn news_feed(items: usize) -> String {
    let mut feed = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>The Invented Herald</title><link>https://herald.example/</link>\n",
    );
    for number in 0..items {
        let _ = write!(
            feed,
            "<item><title>Ferry number {number} sails again &amp; nobody is late</title><link>https://herald.example/2026/05/{number}</link>\
             <guid isPermaLink=\"false\">herald-{number}</guid><dc:creator>Ada Norn</dc:creator><category>Harbour</category>\
             <pubDate>Tue, 05 May 2026 10:{:02}:00 GMT</pubDate>\
             <description>The ferry sails again &lt;b&gt;since Monday&lt;/b&gt;, the harbour office said.</description>\
             <content:encoded><![CDATA[<p>The ferry number {number} sails again since Monday, the <a href=\"/office\">harbour office</a> said.</p>\
             <figure><img src=\"/pictures/{number}.jpg\" alt=\"The ferry\" width=\"800\"><figcaption>The ferry</figcaption></figure>{}]]></content:encoded></item>\n",
            number % 60,
            "<p>Passengers had waited for three weeks &mdash; longer than ever before. &ldquo;We are glad,&rdquo; one of them said, and went aboard.</p>".repeat(6),
        );
    }
    feed.push_str("</channel></rss>");
    feed
}
