//! A document of each format, and what is broken in the usual ways, read as a reader expects.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use firsthand_feed::{FeedError, Hints, Limits, entry_key, parse};
use firsthand_model::{FeedFormat, ParsedFeed};

fn read(document: &str) -> ParsedFeed {
    let hints = Hints {
        url: Some("https://outlet.example/feeds/news.xml"),
        content_type: None,
        now: "2026-06-01T00:00:00Z".parse().ok(),
    };
    parse(document.as_bytes(), &hints, &Limits::default()).unwrap()
}

#[test]
fn rss() {
    let feed = read(
        r#"<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom">
        <channel><title>Ostmark &amp;amp; Courier</title><link>/</link><language>EN-gb</language><ttl>60</ttl>
        <skipHours><hour>3</hour><hour>24</hour></skipHours><skipDays><day>Sunday</day></skipDays>
        <atom:link rel="self" href="/self.xml"/><atom:link rel="hub" href="https://hub.example/"/>
        <image><title>logo</title><link>https://elsewhere.example/</link></image>
        <item><title>A &lt;b&gt;bold&lt;/b&gt; title</title><link>../a?x=1&amp;y=2</link><guid>tag:1</guid>
        <pubDate>Tue, 05 May 2026 10:00:00 +0200</pubDate><dc:creator>Ida Brandt</dc:creator>
        <description>&lt;p onclick="x"&gt;Text &lt;a href="b"&gt;b&lt;/a&gt;&lt;script&gt;x&lt;/script&gt;&lt;/p&gt;</description>
        <content:encoded><![CDATA[<p>Long & <em>full</em></p>]]></content:encoded>
        <category>Region</category><enclosure url="/a.mp3" type="audio/mpeg" length="12"/></item>
        <item><guid>https://outlet.example/by-guid</guid><title>5 &lt; 6</title><pubDate>Fri, 01 Jan 2038 00:00:00 GMT</pubDate></item></channel></rss>"#,
    );
    assert_eq!((feed.format, feed.version.as_deref()), (FeedFormat::Rss, Some("2.0")));
    assert_eq!(feed.title.as_deref(), Some("Ostmark & Courier"));
    assert_eq!(feed.link.as_deref(), Some("https://outlet.example/"));
    assert_eq!(feed.language.as_deref(), Some("en-gb"));
    assert_eq!(feed.crawl.hubs, ["https://hub.example/"]);
    assert_eq!(feed.crawl.self_link.as_deref(), Some("https://outlet.example/self.xml"));
    assert_eq!((feed.crawl.ttl_minutes, feed.crawl.skip_hours, feed.crawl.skip_days), (Some(60), vec![3, 0], vec![6]));
    let item = &feed.items[0];
    assert_eq!(item.title.as_deref(), Some("A bold title"));
    assert_eq!(item.link.as_deref(), Some("https://outlet.example/a?x=1&y=2"));
    assert_eq!(item.published.unwrap().to_string(), "2026-05-05T08:00:00Z");
    assert_eq!(item.authors, ["Ida Brandt"]);
    let summary = item.summary.as_deref().unwrap();
    assert!(summary.contains("href=\"https://outlet.example/feeds/b\"") && !summary.contains("script"), "{summary}");
    assert_eq!(item.content.as_deref(), Some("<p>Long &amp; <em>full</em></p>"));
    assert_eq!(item.enclosures[0].url, "https://outlet.example/a.mp3");
    let second = &feed.items[1];
    assert_eq!(second.title.as_deref(), Some("5 < 6"));
    assert_eq!(second.link.as_deref(), Some("https://outlet.example/by-guid"));
    assert_eq!(second.published.unwrap().to_string(), "2026-06-01T00:00:00Z");
}

#[test]
fn atom() {
    let feed = read(
        r#"<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de" xml:base="https://outlet.example/base/"><title type="text">A &lt;b&gt; c</title>
        <link href="/"/><author><name>Desk</name></author>
        <entry><id>urn:1</id><title type="html">x &amp;amp; &lt;i&gt;y&lt;/i&gt;</title><link rel="alternate" href="one"/><link rel="enclosure" href="e.ogg" length="9"/>
        <published>2026-05-05T08:00:00Z</published><updated>2026-05-06T08:00:00.5+02:00</updated>
        <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml" xml:base="deep/"><p>a &lt; b<br/><a href="x">l</a></p></div></content>
        <summary>plain &lt;text&gt;</summary><category term="t" label="Label"/></entry></feed>"#,
    );
    assert_eq!((feed.format, feed.version.as_deref()), (FeedFormat::Atom, Some("1.0")));
    assert_eq!(feed.title.as_deref(), Some("A <b> c"));
    assert_eq!(feed.language.as_deref(), Some("de"));
    let item = &feed.items[0];
    assert_eq!(item.title.as_deref(), Some("x & y"));
    assert_eq!(item.link.as_deref(), Some("https://outlet.example/base/one"));
    assert_eq!(item.summary.as_deref(), Some("plain &lt;text&gt;"));
    let content = item.content.as_deref().unwrap();
    assert!(content.contains("a &lt; b<br>") && content.contains("https://outlet.example/base/deep/x"), "{content}");
    assert_eq!(
        (item.authors.as_slice(), item.categories.as_slice()),
        (&["Desk".to_owned()][..], &["Label".to_owned()][..])
    );
    assert_eq!(item.updated.unwrap().to_string(), "2026-05-06T06:00:00Z");
}

#[test]
fn old_atom() {
    let feed = read(
        r#"<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title mode="escaped" type="text/html">a &lt;b&gt;b&lt;/b&gt;</title>
        <entry><title>5 &lt; 6</title><link rel="alternate" href="/a"/><id>1</id><issued>2026-01-02T00:00:00Z</issued><modified>2026-01-03T00:00:00Z</modified>
        <content type="text/plain" mode="base64">PGI+</content></entry></feed>"#,
    );
    assert_eq!((feed.version.as_deref(), feed.title.as_deref()), (Some("0.3"), Some("a b")));
    let item = &feed.items[0];
    assert_eq!((item.title.as_deref(), item.content.as_deref()), (Some("5 < 6"), Some("&lt;b&gt;")));
    assert_eq!(item.published.unwrap().to_string(), "2026-01-02T00:00:00Z");
}

#[test]
fn rdf() {
    let feed = read(
        r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
        <channel rdf:about="https://outlet.example/"><title>T</title><link>https://outlet.example/</link><items><rdf:Seq><rdf:li rdf:resource="x"/></rdf:Seq></items></channel>
        <item rdf:about="https://outlet.example/1"><title>One</title><dc:date>2026-05</dc:date></item></rdf:RDF>"#,
    );
    assert_eq!(feed.format, FeedFormat::Rdf);
    let item = &feed.items[0];
    assert_eq!(
        (item.id.as_deref(), item.link.as_deref()),
        (Some("https://outlet.example/1"), Some("https://outlet.example/1"))
    );
    assert_eq!(item.published.unwrap().to_string(), "2026-05-01T00:00:00Z");
}

#[test]
fn json_feed() {
    let feed = read(
        r#"{"version":"https://jsonfeed.org/version/1.1","title":"T","home_page_url":"/","items":[
        {"id":7,"url":"/a","title":"A <b>","content_html":"<p>x<img src=i.png></p>","date_published":"2026-05-05T08:00:00Z","authors":[{"name":"I"}],"tags":["t"]},
        {"id":"x","content_text":"a < b"},5]}"#,
    );
    assert_eq!((feed.format, feed.version.as_deref()), (FeedFormat::Json, Some("1.1")));
    assert_eq!(feed.items.len(), 2);
    assert_eq!(feed.items[0].id.as_deref(), Some("7"));
    assert_eq!(feed.items[0].title.as_deref(), Some("A <b>"));
    assert!(feed.items[0].content.as_deref().unwrap().contains("https://outlet.example/feeds/i.png"));
    assert_eq!(feed.items[1].content.as_deref(), Some("a &lt; b"));
}

#[test]
fn sitemaps_and_channels() {
    let feed = read(
        r#"<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://outlet.example/a</loc>
        <news:news><news:publication><news:name>Outlet</news:name><news:language>en</news:language></news:publication><news:publication_date>2026-05-05</news:publication_date><news:title>A</news:title></news:news></url></urlset>"#,
    );
    assert_eq!(
        (feed.format, feed.title.as_deref(), feed.language.as_deref()),
        (FeedFormat::Sitemap, Some("Outlet"), Some("en"))
    );
    assert_eq!(
        (feed.items[0].title.as_deref(), feed.items[0].link.as_deref()),
        (Some("A"), Some("https://outlet.example/a"))
    );

    let feed = read(
        r#"<CHANNEL HREF="https://outlet.example/"><TITLE>C</TITLE><ITEM HREF="/i" LASTMOD="2026-05-05T08:00"><TITLE>I</TITLE><ABSTRACT>s</ABSTRACT></ITEM></CHANNEL>"#,
    );
    assert_eq!((feed.format, feed.items[0].summary.as_deref()), (FeedFormat::Cdf, Some("s")));
    assert_eq!(feed.items[0].link.as_deref(), Some("https://outlet.example/i"));
}

#[test]
fn broken_documents_keep_their_items() {
    let feed = read(
        "\u{feff}\n junk <rss><channel><title>T &nbsp; U & V</title><item><title>One</title><link>/1</link><item><title>Two</b></title><description><p>a<br>b</description></item><item><title>Thr",
    );
    let titles: Vec<&str> = feed.items.iter().filter_map(|item| item.title.as_deref()).collect();
    assert_eq!(titles, ["One", "Two", "Thr"]);
    assert_eq!(feed.title.as_deref(), Some("T U & V"));
    assert!(!feed.notes.is_empty());
    assert_eq!(feed.items[1].summary.as_deref(), Some("<p>a<br>b</p>"));
}

#[test]
fn what_is_no_feed_says_what_it_is() {
    let error = |document: &str| parse(document.as_bytes(), &Hints::default(), &Limits::default()).unwrap_err();
    assert_eq!(error("<!doctype html><html><body><p>x"), FeedError::Html);
    assert_eq!(error("  "), FeedError::Empty);
    assert!(error("{\"a\":1}").to_string().contains("without a list of items"));
    assert!(error("<opml/>").to_string().contains("firsthand import"));
    assert!(error("plain").to_string().contains("neither XML nor JSON"));
    let small = Limits { max_bytes: 3, ..Limits::default() };
    assert!(matches!(parse(b"<rss>", &Hints::default(), &small), Err(FeedError::TooLarge { bytes: 5, limit: 3 })));
}

#[test]
fn an_item_is_known_by_its_id_its_link_or_its_content() {
    let feed = read(
        "<rss><channel><item><guid>g</guid><link>/a</link></item><item><link>http://www.outlet.example/b/?utm_source=x</link></item><item><title>t</title></item></channel></rss>",
    );
    let keys: Vec<String> = feed.items.iter().map(entry_key).collect();
    assert_eq!(keys[0], "g");
    assert_eq!(keys[1], "https://outlet.example/b");
    assert!(keys[2].starts_with("content:"));
}
