//! The demo outlets' feeds and pages, in formats and makes that differ as those of real ones do.

use super::world::{Article, FeedKind, Layout, Outlet, Piece};
use firsthand_model::Timestamp;
use firsthand_text::html::escape;
use serde_json::json;
use std::fmt::Write as _;

/// What a page needs to know besides its article.
pub struct Surroundings<'a> {
    /// The outlet.
    pub outlet: &'a Outlet,
    /// The outlet's address without a slash at its end.
    pub base: String,
    /// Gives the address of an article named OUTLET/SLUG.
    pub address: &'a dyn Fn(&str) -> String,
    /// Other headlines of the outlet with their addresses.
    pub others: Vec<(String, String)>,
}

/// A feed's document with its media type. `articles`: newest first.
pub fn feed(around: &Surroundings<'_>, articles: &[&Article]) -> (&'static str, String) {
    match around.outlet.feed {
        FeedKind::Rss => ("application/rss+xml", rss(around, articles)),
        FeedKind::Atom => ("application/atom+xml", atom(around, articles)),
        FeedKind::Rdf => ("application/rdf+xml", rdf(around, articles)),
        FeedKind::Json => ("application/feed+json", json_feed(around, articles)),
    }
}

/// The path of an outlet's feed.
pub fn feed_path(kind: FeedKind) -> &'static str {
    match kind {
        FeedKind::Rss => "/feed.xml",
        FeedKind::Atom => "/atom.xml",
        FeedKind::Rdf => "/index.rdf",
        FeedKind::Json => "/feed.json",
    }
}

fn summary(article: &Article) -> String {
    article.paragraphs.first().map(|pieces| plain(pieces)).unwrap_or_default()
}

fn plain(pieces: &[Piece]) -> String {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) | Piece::Link { text, .. } => text.as_str(),
        })
        .collect()
}

fn rss(around: &Surroundings<'_>, articles: &[&Article]) -> String {
    let Surroundings { outlet, base, .. } = around;
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>{}</title><link>{base}/</link><description>News</description><language>{}</language>\n",
        escape(&outlet.name),
        outlet.language
    );
    for article in articles {
        let date = article.published.to_jiff().strftime("%a, %d %b %Y %H:%M:%S GMT");
        let creator = article
            .byline
            .as_deref()
            .map(|name| format!("<dc:creator>{}</dc:creator>", escape(name)))
            .unwrap_or_default();
        let _ = writeln!(
            out,
            "<item><title>{}</title><link>{base}/{}</link><guid isPermaLink=\"false\">{}-{}</guid><pubDate>{date}</pubDate>{creator}<description>{}</description></item>",
            escape(&article.title),
            article.slug,
            outlet.id,
            article.slug,
            escape(&format!("<p>{}</p>", escape(&summary(article))))
        );
    }
    out.push_str("</channel></rss>\n");
    out
}

fn atom(around: &Surroundings<'_>, articles: &[&Article]) -> String {
    let Surroundings { outlet, base, .. } = around;
    let updated = articles.first().map_or_else(Timestamp::default, |article| article.published);
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\"><title>{}</title><id>{base}/</id><link href=\"{base}/\"/><link rel=\"self\" href=\"{base}/atom.xml\"/><updated>{updated}</updated>\n",
        outlet.language,
        escape(&outlet.name)
    );
    for article in articles {
        let author = article.byline.as_deref().unwrap_or(&outlet.name);
        let _ = writeln!(
            out,
            "<entry><title>{}</title><id>tag:{}.example,2026:{}</id><link href=\"/{}\"/><published>{}</published><updated>{}</updated><author><name>{}</name></author><summary>{}</summary></entry>",
            escape(&article.title),
            outlet.id,
            article.slug,
            article.slug,
            article.published,
            article.published,
            escape(author),
            escape(&summary(article))
        );
    }
    out.push_str("</feed>\n");
    out
}

fn rdf(around: &Surroundings<'_>, articles: &[&Article]) -> String {
    let Surroundings { outlet, base, .. } = around;
    let mut out = format!(
        "<?xml version=\"1.0\"?>\n<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns=\"http://purl.org/rss/1.0/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel rdf:about=\"{base}/\"><title>{}</title><link>{base}/</link><description>Money and work</description></channel>\n",
        escape(&outlet.name)
    );
    for article in articles {
        let creator = article
            .byline
            .as_deref()
            .map(|name| format!("<dc:creator>{}</dc:creator>", escape(name)))
            .unwrap_or_default();
        let _ = writeln!(
            out,
            "<item rdf:about=\"{base}/{slug}\"><title>{}</title><link>{base}/{slug}</link><dc:date>{}</dc:date>{creator}<description>{}</description></item>",
            escape(&article.title),
            article.published,
            escape(&summary(article)),
            slug = article.slug
        );
    }
    out.push_str("</rdf:RDF>\n");
    out
}

fn json_feed(around: &Surroundings<'_>, articles: &[&Article]) -> String {
    let Surroundings { outlet, base, .. } = around;
    let items: Vec<_> = articles
        .iter()
        .map(|article| {
            json!({
                "id": format!("{}-{}", outlet.id, article.slug),
                "url": format!("{base}/{}", article.slug),
                "title": article.title,
                "summary": summary(article),
                "content_text": summary(article),
                "date_published": article.published,
                "authors": article.byline.iter().map(|name| json!({ "name": name })).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": format!("{base}/"),
        "feed_url": format!("{base}/feed.json"),
        "language": outlet.language,
        "items": items,
    })
    .to_string()
}

/// An outlet's home page, which names its feed.
pub fn home(around: &Surroundings<'_>) -> String {
    let Surroundings { outlet, base, others, .. } = around;
    let media_type = match outlet.feed {
        FeedKind::Rss => "application/rss+xml",
        FeedKind::Atom => "application/atom+xml",
        FeedKind::Rdf => "application/rdf+xml",
        FeedKind::Json => "application/feed+json",
    };
    let list: String = others
        .iter()
        .map(|(title, address)| format!("<li><a href=\"{address}\">{}</a></li>\n", escape(title)))
        .collect();
    let name = escape(&outlet.name);
    format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{name}</title><link rel=\"alternate\" type=\"{media_type}\" title=\"{name}\" href=\"{base}{}\"></head><body><h1>{name}</h1><p>An invented outlet of firsthand's demo.</p><ul>{list}</ul></body></html>",
        outlet.language,
        feed_path(outlet.feed)
    )
}

/// An article's page at an instant.
pub fn page(around: &Surroundings<'_>, article: &Article, now: Timestamp) -> String {
    let paragraphs = match &article.changed {
        Some((from, changed)) if *from <= now => changed,
        _ => &article.paragraphs,
    };
    let paragraphs: Vec<String> = paragraphs.iter().map(|pieces| html(pieces, around)).collect();
    match around.outlet.layout {
        Layout::Named => named(around, article, &paragraphs),
        Layout::Semantic => semantic(around, article, &paragraphs),
        Layout::Microdata => microdata(around, article, &paragraphs),
        Layout::Siblings => siblings(around, article, &paragraphs),
        Layout::Plain => plain_page(around, article, &paragraphs),
        Layout::Digest => digest(around, article, &paragraphs),
    }
}

fn html(pieces: &[Piece], around: &Surroundings<'_>) -> String {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => escape(text).into_owned(),
            Piece::Link { text, to } => format!("<a href=\"{}\">{}</a>", (around.address)(to), escape(text)),
        })
        .collect()
}

fn document(around: &Surroundings<'_>, title: &str, head: &str, body: &str) -> String {
    let name = escape(&around.outlet.name);
    format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{title} | {name}</title>{head}</head>\n<body>{body}</body></html>\n",
        around.outlet.language
    )
}

fn navigation(around: &Surroundings<'_>) -> String {
    let base = &around.base;
    format!(
        "<header><a class=\"logo\" href=\"{base}/\">{}</a><nav><ul><li><a href=\"{base}/\">Home</a></li><li><a href=\"{base}/news\">News</a></li><li><a href=\"{base}/sport\">Sport</a></li><li><a href=\"{base}/weather\">Weather</a></li></ul></nav></header>",
        escape(&around.outlet.name)
    )
}

fn related(around: &Surroundings<'_>) -> String {
    around
        .others
        .iter()
        .take(4)
        .map(|(title, address)| format!("<li><a href=\"{address}\">{}</a></li>", escape(title)))
        .collect()
}

fn in_paragraphs(paragraphs: &[String]) -> String {
    paragraphs.iter().map(|paragraph| format!("<p>{paragraph}</p>\n")).collect()
}

fn day(article: &Article) -> String {
    article.published.to_jiff().strftime("%-d %B %Y, %H:%M").to_string()
}

fn named(around: &Surroundings<'_>, article: &Article, paragraphs: &[String]) -> String {
    let Surroundings { outlet, base, .. } = around;
    let (title, author) = (escape(&article.title), article.byline.as_deref().unwrap_or(&outlet.name));
    let data = json!({
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "datePublished": article.published,
        "author": [{ "@type": "Person", "name": author }],
        "publisher": { "@type": "Organization", "name": outlet.name },
        "mainEntityOfPage": format!("{base}/{}", article.slug),
    });
    let head = format!(
        "<link rel=\"canonical\" href=\"{base}/{}\"><meta property=\"og:title\" content=\"{title}\"><meta property=\"og:site_name\" content=\"{}\"><script type=\"application/ld+json\">{}</script>",
        article.slug,
        escape(&outlet.name),
        data.to_string().replace("</", "<\\/")
    );
    let (first, rest) = paragraphs.split_at(paragraphs.len().min(2));
    let body = format!(
        "{}<main><div class=\"article-head\"><h1>{title}</h1><div class=\"byline\">By <a href=\"{base}/people\">{}</a> · {}</div><div class=\"share\"><a href=\"#s\">Share</a> <a href=\"#m\">Mail</a></div></div><div class=\"article-body\">{}<aside class=\"newsletter\"><h4>The morning letter</h4><p>All the news at six. <a href=\"{base}/letter\">Sign up</a></p></aside>{}</div><section class=\"related\"><h3>More from us</h3><ul>{}</ul></section></main><footer><p>© {}. All rights reserved.</p></footer>",
        navigation(around),
        escape(author),
        day(article),
        in_paragraphs(first),
        in_paragraphs(rest),
        related(around),
        escape(&outlet.name)
    );
    document(around, &title, &head, &body)
}

fn semantic(around: &Surroundings<'_>, article: &Article, paragraphs: &[String]) -> String {
    let (title, german) = (escape(&article.title), around.outlet.language == "de");
    let author = article
        .byline
        .as_deref()
        .map(|name| {
            format!("<p class=\"author\" rel=\"author\">{} {}</p>", if german { "Von" } else { "By" }, escape(name))
        })
        .unwrap_or_default();
    let head = article
        .byline
        .as_deref()
        .map(|name| format!("<meta name=\"author\" content=\"{}\">", escape(name)))
        .unwrap_or_default();
    let body = format!(
        "{}<main><article><header><h1>{title}</h1>{author}<time datetime=\"{}\">{}</time></header>{}<footer><a href=\"#top\">{}</a></footer></article><aside><h2>{}</h2><ul>{}</ul></aside></main><footer>{}</footer>",
        navigation(around),
        article.published,
        day(article),
        in_paragraphs(paragraphs),
        if german { "Nach oben" } else { "Back to top" },
        if german { "Mehr zum Thema" } else { "Listen next" },
        related(around),
        if german { "Alle Rechte vorbehalten" } else { "Made by volunteers since 1979" }
    );
    document(around, &title, &head, &body)
}

fn microdata(around: &Surroundings<'_>, article: &Article, paragraphs: &[String]) -> String {
    let title = escape(&article.title);
    let body = format!(
        "{}<div itemscope itemtype=\"https://schema.org/NewsArticle\"><h1 itemprop=\"headline\">{title}</h1><meta itemprop=\"datePublished\" content=\"{}\"><div itemprop=\"articleBody\">{}</div></div><div class=\"wire\"><h5>Also on the wire</h5><ul>{}</ul></div><footer>Copyright {}</footer>",
        navigation(around),
        article.published,
        in_paragraphs(paragraphs),
        related(around),
        escape(&around.outlet.name)
    );
    document(around, &title, "", &body)
}

fn siblings(around: &Surroundings<'_>, article: &Article, paragraphs: &[String]) -> String {
    let title = escape(&article.title);
    let head = format!("<meta property=\"article:published_time\" content=\"{}\">", article.published);
    let author = article
        .byline
        .as_deref()
        .map(|name| format!("<span class=\"name\">{}</span>", escape(name)))
        .unwrap_or_default();
    let mut body = format!(
        "{}<div id=\"page\"><h1>{title}</h1><div class=\"meta\">{author} <span>{}</span></div>",
        navigation(around),
        day(article)
    );
    for chunk in paragraphs.chunks(2) {
        let _ = write!(body, "<div class=\"text-block\">{}</div>", in_paragraphs(chunk));
        body.push_str("<div class=\"banner\"><a href=\"/subscribe\">Subscribe</a></div>");
    }
    let _ = write!(
        body,
        "<div class=\"teasers\"><h3>Most read</h3><ul>{}</ul></div></div><footer>The Lantern Press</footer>",
        related(around)
    );
    document(around, &title, &head, &body)
}

fn plain_page(around: &Surroundings<'_>, article: &Article, paragraphs: &[String]) -> String {
    let title = escape(&article.title);
    let author = article.byline.as_deref().map(|name| format!("<i>{}</i><br>", escape(name))).unwrap_or_default();
    let body = format!(
        "<table width=\"900\"><tr><td colspan=\"2\">{}</td></tr><tr><td width=\"180\"><b>Sections</b><br><a href=\"/n\">News</a><br><a href=\"/s\">Sport</a><br><a href=\"/c\">Contact</a></td><td><h2>{title}</h2><small>{}</small><br>{author}<div id=\"txt\">{}</div><hr><b>Also read</b><ul>{}</ul></td></tr></table>",
        navigation(around),
        day(article),
        in_paragraphs(paragraphs),
        related(around)
    );
    document(around, &title, "", &body)
}

fn digest(around: &Surroundings<'_>, article: &Article, paragraphs: &[String]) -> String {
    let title = escape(&article.title);
    let source = article.source.as_deref().map(around.address).unwrap_or_default();
    let mut body = in_paragraphs(paragraphs);
    let end = body.trim_end().trim_end_matches("</p>").len();
    body.truncate(end);
    let body = format!(
        "<nav><a href=\"/\">Home</a> <a href=\"/world\">World</a></nav><article><h1>{title}</h1><h1>{title}</h1>{body} &nbsp;»&nbsp;… <br><a href=\"{source}\">Read More</a></p></article><div class=\"votes\"><span>0</span> <a href=\"#\">I like it</a> <span>0</span> <a href=\"#\">I don't like it</a></div><aside><h2>Latest</h2><ul>{}</ul></aside><footer>All rights reserved</footer>",
        related(around)
    );
    document(around, &title, "", &body)
}
