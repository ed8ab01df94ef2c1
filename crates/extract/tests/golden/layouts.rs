//! The layouts: each makes a page of a story, and says which blocks are its text.

use serde_json::Value;

/// An invented story in one language.
#[derive(Debug, Clone)]
pub struct Story {
    pub language: String,
    pub title: String,
    author: String,
    by: String,
    related: String,
    share: String,
    newsletter: String,
    comments: String,
    pub caption: String,
    more: String,
    heading: String,
    comment: String,
    bio: String,
    teasers: Vec<String>,
    pub p: Vec<String>,
}

/// A page and the blocks of its text.
type Page = (String, Vec<String>);

pub fn stories() -> Vec<Story> {
    let texts: Value = serde_json::from_str(include_str!("texts.json")).unwrap();
    let mut out: Vec<Story> = Vec::new();
    for (language, story) in texts.as_object().unwrap() {
        let text = |name: &str| story[name].as_str().unwrap().to_owned();
        let list = |name: &str| -> Vec<String> {
            story[name].as_array().unwrap().iter().map(|item| item.as_str().unwrap().to_owned()).collect()
        };
        out.push(Story {
            language: language.clone(),
            title: text("title"),
            author: text("author"),
            by: text("by"),
            related: text("related"),
            share: text("share"),
            newsletter: text("newsletter"),
            comments: text("comments"),
            caption: text("caption"),
            more: text("more"),
            heading: text("heading"),
            comment: text("comment"),
            bio: text("bio"),
            teasers: list("teasers"),
            p: list("p"),
        });
    }
    out
}

impl Story {
    fn head(&self) -> String {
        format!(
            "<!doctype html><html lang={}><head><meta charset=utf-8><title>{} | Harbour Post</title><meta property=og:site_name content='Harbour Post'></head>",
            self.language, self.title
        )
    }

    fn nav(&self) -> String {
        let items: Vec<String> =
            self.teasers.iter().map(|item| format!("<li><a href=/n>{}</a></li>", short(item))).collect();
        format!("<header class=site-header><nav><ul>{}</ul></nav></header>", items.concat())
    }

    fn links(&self, class: &str) -> String {
        let items: Vec<String> = self
            .teasers
            .iter()
            .enumerate()
            .map(|(place, item)| format!("<li><a href='/story-{place}'>{item}</a></li>"))
            .collect();
        format!("<div class='{class}'><h3>{}</h3><ul>{}</ul></div>", self.related, items.concat())
    }

    fn shares(&self, class: &str) -> String {
        format!(
            "<div class='{class}'><span>{}</span><ul><li><a href='https://social.example/a'>Facebook</a></li><li><a href='https://social.example/b'>WhatsApp</a></li></ul></div>",
            self.share
        )
    }

    fn paragraphs(&self) -> String {
        self.p.iter().map(|text| format!("<p>{text}</p>")).collect()
    }

    fn figure(&self) -> String {
        format!(
            "<figure class=image><img src=/bridge.jpg width=800 alt=''><figcaption>{}</figcaption></figure>",
            self.caption
        )
    }

    fn byline(&self) -> String {
        format!(
            "<div class=byline>{} <a rel=author href=/author/x>{}</a></div><time datetime=2026-03-04T08:00:00Z>4.3.2026</time>",
            self.by, self.author
        )
    }

    fn footer(&self) -> String {
        format!("<footer class=site-footer><p>© 2026 Harbour Post</p><p>{}</p></footer>", self.newsletter)
    }

    fn gold(&self) -> Vec<String> {
        self.p.clone()
    }

    fn gold_with_heading(&self, before: usize) -> Vec<String> {
        let mut gold = self.gold();
        gold.insert(before, self.heading.clone());
        gold
    }

    fn with_heading(&self, tag: &str, before: usize) -> String {
        let text = |part: &[String]| part.iter().map(|text| format!("<p>{text}</p>")).collect::<String>();
        format!("{}<{tag}>{}</{tag}>{}", text(&self.p[..before]), self.heading, text(&self.p[before..]))
    }
}

fn short(text: &str) -> String {
    text.chars().take(9).collect()
}

type Layout = fn(&Story) -> Page;

/// The layouts with their names.
pub const LAYOUTS: &[(&str, Layout)] = &[
    ("blog-engine", |s| {
        (
            format!(
                "{}<body class='single single-post'>{}<main><article class='post hentry'><header class=entry-header><h1 class=entry-title>{}</h1>{}</header><div class=entry-content>{}{}{}{}</div><footer class=entry-footer>{}</footer></article><section id=comments class=comments-area><h2>{}</h2><ol class=comment-list><li class=comment><div class=comment-body><p>{}</p></div></li></ol></section></main><aside class='widget-area sidebar'><p>{}</p></aside>{}</body>",
                s.head(),
                s.nav(),
                s.title,
                s.byline(),
                s.figure(),
                s.with_heading("h2", 2),
                s.shares("sharedaddy"),
                s.links("jp-relatedposts"),
                s.bio,
                s.comments,
                s.comment,
                s.newsletter,
                s.footer()
            ),
            s.gold_with_heading(2),
        )
    }),
    ("fields", |s| {
        (
            format!(
                "{}<body>{}<div class='region region-content'><div class='node node--type-article'><h1 class=page-title>{}</h1>{}<div class='field field--name-field-image'>{}</div><div class='field field--name-body field--type-text-with-summary'>{}</div><div class='field field--name-field-tags'><a href=/tags/a>{}</a> <a href=/tags/b>{}</a></div></div>{}</div>{}</body>",
                s.head(),
                s.nav(),
                s.title,
                s.byline(),
                s.figure(),
                s.paragraphs(),
                short(&s.teasers[0]),
                short(&s.teasers[1]),
                s.links("block block-related"),
                s.footer()
            ),
            s.gold(),
        )
    }),
    ("sibling-boxes", |s| {
        let boxes: String = s.p.iter().map(|text| format!("<div class='article-body__row'><div class='text-block'><p>{text}</p></div></div><div class=ad-slot></div>")).collect();
        (
            format!(
                "{}<body>{}<div id=fusion-app><h1 class=headline>{}</h1>{}<article class=article-body-wrapper>{}{}</article>{}</div>{}</body>",
                s.head(),
                s.nav(),
                s.title,
                s.byline(),
                s.figure(),
                boxes,
                s.links("most-read"),
                s.footer()
            ),
            s.gold(),
        )
    }),
    ("publication", |s| {
        (
            format!(
                "{}<body>{}<main class=gh-main><article class=gh-article><h1 class=gh-article-title>{}</h1>{}<section class='gh-content gh-canvas'>{}<hr></section></article><section class=gh-subscribe><p>{}</p><form><input><button>{}</button></form></section></main>{}</body>",
                s.head(),
                s.nav(),
                s.title,
                s.byline(),
                s.with_heading("h2", 3),
                s.newsletter,
                s.share,
                s.footer()
            ),
            s.gold_with_heading(3),
        )
    }),
    ("old-blog", |s| {
        (
            format!(
                "{}<body>{}<div class='post-outer'><div class='post hentry'><h3 class='post-title entry-title'>{}</h3><div class='post-body entry-content'>{}</div><div class=post-footer>{} {} 2026-03-04</div></div></div><div class='blog-pager'><a href=/o>{}</a></div>{}</body>",
                s.head(),
                s.nav(),
                s.title,
                s.p.join("<br><br>"),
                s.by,
                s.author,
                s.teasers[0],
                s.footer()
            ),
            s.gold(),
        )
    }),
    ("letter", |s| {
        (
            format!(
                "{}<body>{}<article class='newsletter-post post'><div class=post-header><h1 class=post-title>{}</h1>{}</div><div class='available-content'><div class='body markup'>{}<div class='subscription-widget-wrap'><p>{}</p><form><input></form></div></div></div><div class=post-footer>{}</div></article>{}</body>",
                s.head(),
                s.nav(),
                s.title,
                s.byline(),
                s.paragraphs(),
                s.newsletter,
                s.shares("post-ufi"),
                s.footer()
            ),
            s.gold(),
        )
    }),
    ("sections", |s| {
        (
            format!(
                "{}<body>{}<article><section><div><h1>{}</h1><div>{}</div></div></section><section><div class='section-inner'>{}</div></section></article>{}{}</body>",
                s.head(),
                s.nav(),
                s.title,
                s.byline(),
                s.with_heading("h3", 1),
                s.links("recommendations"),
                s.footer()
            ),
            s.gold_with_heading(1),
        )
    }),
    ("accelerated", |s| {
        (
            format!(
                "{}<body><amp-sidebar id=menu><ul><li><a href=/>{}</a></li></ul></amp-sidebar><article class=amp-wp-article><header class=amp-wp-article-header><h1 class=amp-wp-title>{}</h1>{}</header><div class=amp-wp-article-content>{}{}</div></article>{}</body>",
                s.head(),
                short(&s.teasers[0]),
                s.title,
                s.byline(),
                s.paragraphs(),
                s.shares("amp-social-share"),
                s.footer()
            ),
            s.gold(),
        )
    }),
    ("comment-heavy", |s| {
        let comments: String = (0..6)
            .map(|number| {
                format!("<li class=comment><b>user{number}</b><p>{} ({number})</p><a href=#r>↩</a></li>", s.comment)
            })
            .collect();
        (
            format!(
                "{}<body>{}<div class=content><h1>{}</h1>{}<div class=story-body>{}</div><div class=comments><h2>{}</h2><ul>{}</ul></div></div>{}</body>",
                s.head(),
                s.nav(),
                s.title,
                s.byline(),
                s.paragraphs(),
                s.comments,
                comments,
                s.footer()
            ),
            s.gold(),
        )
    }),
    ("wall", |s| {
        (
            format!(
                "{}<body>{}<article><h1>{}</h1>{}<div class=article-text>{}</div><div class='paywall overlay'><h2>{}</h2><p>{}</p></div></article>{}</body>",
                s.head(),
                s.nav(),
                s.title,
                s.byline(),
                s.paragraphs(),
                s.share,
                s.newsletter,
                s.footer()
            ),
            s.gold(),
        )
    }),
    ("read-more-lines", |s| {
        let text: String =
            s.p.iter()
                .map(|text| format!("<p>{text}</p><p><strong><a href=/more>{}</a></strong></p>", s.more))
                .collect();
        (
            format!(
                "{}<body>{}<article><h1>{}</h1>{}<div class=article-body>{}</div></article>{}{}</body>",
                s.head(),
                s.nav(),
                s.title,
                s.byline(),
                text,
                s.links("related"),
                s.footer()
            ),
            s.gold(),
        )
    }),
    ("next-article", |s| {
        let next: String = s.teasers.iter().map(|teaser| format!("<p>{teaser}. {}</p>", s.bio)).collect();
        (
            format!(
                "{}<body>{}<div class=feed><article class=story><h1>{}</h1>{}<div class=story-text>{}</div></article><article class='story next'><h2><a href=/next>{}</a></h2><div class=story-text>{}</div></article></div>{}</body>",
                s.head(),
                s.nav(),
                s.title,
                s.byline(),
                s.paragraphs(),
                s.teasers[0],
                next,
                s.footer()
            ),
            s.gold(),
        )
    }),
    ("no-names", |s| {
        (
            format!(
                "{}<body><div><div><a href=/>{}</a> <a href=/b>{}</a></div><div><div><h1>{}</h1><div>{} {}</div>{}</div><div><div><a href=/c>{}</a></div><div><a href=/d>{}</a></div></div></div><div>© 2026 Harbour Post</div></div></body>",
                s.head(),
                short(&s.teasers[0]),
                short(&s.teasers[1]),
                s.title,
                s.by,
                s.author,
                s.paragraphs(),
                s.teasers[0],
                s.teasers[1]
            ),
            s.gold(),
        )
    }),
    ("table-layout", |s| {
        (
            format!(
                "{}<body><table width=100%><tr><td width=150><a href=/>{}</a><br><a href=/b>{}</a></td><td><h1>{}</h1>{}</td></tr><tr><td colspan=2><font size=1>© 2026 Harbour Post</font></td></tr></table></body>",
                s.head(),
                short(&s.teasers[0]),
                short(&s.teasers[1]),
                s.title,
                s.paragraphs()
            ),
            s.gold(),
        )
    }),
    ("quotation", |s| {
        (
            format!(
                "{}<body>{}<article><h1>{}</h1>{}<div class=content-body><p>{}</p><p>{}</p><blockquote><p>{}</p></blockquote><p>{}</p></div>{}</article>{}</body>",
                s.head(),
                s.nav(),
                s.title,
                s.byline(),
                s.p[0],
                s.p[1],
                s.p[2],
                s.p[3],
                s.shares("social-share"),
                s.footer()
            ),
            s.gold(),
        )
    }),
    ("list-in-text", |s| {
        let gold = vec![s.p[0].clone(), s.p[1].clone(), s.p[2].clone(), s.p[3].clone()];
        (
            format!(
                "{}<body>{}<article><h1>{}</h1>{}<div class=post-content><p>{}</p><ul><li>{}</li><li>{}</li></ul><p>{}</p></div></article>{}{}</body>",
                s.head(),
                s.nav(),
                s.title,
                s.byline(),
                s.p[0],
                s.p[1],
                s.p[2],
                s.p[3],
                s.links("similar-posts"),
                s.footer()
            ),
            gold,
        )
    }),
    ("cookie-wall", |s| {
        (
            format!(
                "{}<body><div id=cookie-consent class=modal><p>{}</p><button>OK</button></div>{}<main><h1>{}</h1>{}<div class=article__content>{}</div></main>{}</body>",
                s.head(),
                s.newsletter,
                s.nav(),
                s.title,
                s.byline(),
                s.paragraphs(),
                s.footer()
            ),
            s.gold(),
        )
    }),
    ("by-script", |s| {
        let body = s.p.join("\\n\\n");
        (
            format!(
                "{}<body><div id=root></div><script type='application/ld+json'>{{\"@type\":\"NewsArticle\",\"headline\":\"{}\",\"datePublished\":\"2026-03-04T08:00:00Z\",\"articleBody\":\"{}\"}}</script></body>",
                s.head(),
                s.title,
                body.replace('"', "\\\"")
            ),
            s.gold(),
        )
    }),
    ("inline-promotion", |s| {
        (
            format!(
                "{}<body>{}<article><h1>{}</h1>{}<div class=entry-content><p>{}</p><p>{}</p><aside class='inline-newsletter promo'><p>{}</p></aside><p>{}</p><p>{}</p></div><div class='author-box'><p>{}</p></div></article>{}</body>",
                s.head(),
                s.nav(),
                s.title,
                s.byline(),
                s.p[0],
                s.p[1],
                s.newsletter,
                s.p[2],
                s.p[3],
                s.bio,
                s.footer()
            ),
            s.gold(),
        )
    }),
    ("itemprop", |s| {
        (
            format!(
                "{}<body>{}<div itemscope itemtype='https://schema.org/NewsArticle'><h1 itemprop=headline>{}</h1><span itemprop=author>{}</span><meta itemprop=datePublished content='2026-03-04'><div itemprop=articleBody>{}</div></div>{}{}</body>",
                s.head(),
                s.nav(),
                s.title,
                s.author,
                s.paragraphs(),
                s.links("more-news"),
                s.footer()
            ),
            s.gold(),
        )
    }),
    ("entries", |s| {
        let entries: String = s.p.iter().enumerate().map(|(hour, text)| format!("<div class=live-entry><time datetime='2026-03-04T0{hour}:30:00Z'>0{hour}:30</time><div class=entry-text><p>{text}</p></div></div>")).collect();
        (
            format!(
                "{}<body>{}<main class=liveblog><h1>{}</h1><div class=live-entries>{}</div></main>{}</body>",
                s.head(),
                s.nav(),
                s.title,
                entries,
                s.footer()
            ),
            s.gold(),
        )
    }),
    ("sidebar-first", |s| {
        (
            format!(
                "{}<body>{}<div class=row><div class='col-4 sidebar'>{}<p>{}</p></div><div class='col-8 main-column'><h1>{}</h1>{}<div class=text>{}</div></div></div>{}</body>",
                s.head(),
                s.nav(),
                s.links("popular"),
                s.newsletter,
                s.title,
                s.byline(),
                s.paragraphs(),
                s.footer()
            ),
            s.gold(),
        )
    }),
];
