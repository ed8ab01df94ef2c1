//! Feeds and pages made to run script in readers' browsers, or to have them ask others: in every field, on every page,
//! with and without the Content-Security-Policy. Nothing runs, nothing could, and nobody else is asked.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use firsthand_browser_tests::{Browser, Place, Served};
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

/// What runs if a vector runs, and whom it asks if it asks somebody.
struct Aim {
    number: usize,
    elsewhere: String,
}

impl Aim {
    fn run(&self) -> String {
        format!("hit({})", self.number)
    }

    fn ask(&self, kind: &str) -> String {
        format!("{}/{kind}-{}", self.elsewhere, self.number)
    }
}

/// Vectors by class: each is written with its aim.
type Vector = Box<dyn Fn(&Aim) -> String>;

/// Elements that take handlers, what they need to fire, and the handlers.
const ELEMENTS: &[&str] = &[
    "img src=x",
    "svg",
    "svg/",
    "body",
    "video src=x",
    "audio src=x",
    "video><source src=x",
    "details open",
    "iframe",
    "object data=x",
    "embed src=x",
    "input autofocus",
    "select autofocus",
    "textarea autofocus",
    "button autofocus",
    "a tabindex=1 autofocus",
    "div tabindex=1 autofocus",
    "marquee",
    "table",
    "math href=x",
    "style",
    "link rel=stylesheet href=x",
    "form",
    "dialog open",
    "slot",
    "portal",
    "custom-element",
    "isindex",
    "image src=x",
    "bgsound src=x",
];
const HANDLERS: &[&str] = &[
    "onload",
    "onerror",
    "onfocus",
    "ontoggle",
    "onmouseover",
    "onpointerenter",
    "onanimationstart",
    "onbegin",
    "onstart",
];
/// Where an address stands that a click or a load follows.
const CARRIERS: &[&str] = &[
    "<a href=\"{}\">a bridge</a>",
    "<a href='{}'>a bridge</a>",
    "<area href=\"{}\">",
    "<form action=\"{}\"><button>go</button></form>",
    "<form><button formaction=\"{}\">go</button></form>",
    "<input type=submit formaction=\"{}\">",
    "<iframe src=\"{}\"></iframe>",
    "<embed src=\"{}\">",
    "<object data=\"{}\"></object>",
    "<img src=\"{}\">",
    "<link rel=stylesheet href=\"{}\">",
    "<meta http-equiv=refresh content=\"0;url={}\">",
    "<svg><a xlink:href=\"{}\"><text>x</text></a></svg>",
    "<svg><use href=\"{}\"></use></svg>",
    "<math><a href=\"{}\">x</a></math>",
    "<base href=\"{}\">",
    "<video poster=\"{}\"></video>",
    "<script src=\"{}\"></script>",
    "<blockquote cite=\"{}\">x</blockquote>",
];
/// Schemes that run what stands behind them, in spellings that browsers have taken for the same.
const SCHEMES: &[&str] = &[
    "javascript:{}",
    "JaVaScRiPt:{}",
    " javascript:{}",
    "java\tscript:{}",
    "java\nscript:{}",
    "\u{1}javascript:{}",
    "javascript&colon;{}",
    "&#106;avascript:{}",
    "&#x6A&#x61vascript:{}",
    "javascript://outlet.example/%0a{}",
    "vbscript:{}",
    "data:text/html,<script>{}</script>",
    "data:text/html;base64,PHNjcmlwdD5wYXJlbnQuaGl0KDEpPC9zY3JpcHQ+",
    "data:image/svg+xml,<svg onload={} xmlns='http://www.w3.org/2000/svg'/>",
    "view-source:javascript:{}",
    "feed:javascript:{}",
    "jar:javascript:{}",
    "blob:{}",
];
/// Script elements and what looks like one.
const SCRIPTS: &[&str] = &[
    "<script>{}</script>",
    "<SCRIPT>{}</SCRIPT>",
    "<script/x>{}</script>",
    "<script\n>{}</script\n>",
    "<scr<script>ipt>{}</scr</script>ipt>",
    "<script>{}",
    "<script type=module>{}</script>",
    "<script type=text/vbscript>{}</script>",
    "<svg><script>{}</script></svg>",
    "<svg><script href=\"data:,{}\"/></svg>",
    "<math><script>{}</script></math>",
    "<template><script>{}</script></template>",
    "<noscript><script>{}</script></noscript>",
    "<<script>{}//<</script>",
    "<script async defer>{}</script>",
    "<xml><script>{}</script></xml>",
    "<!--><script>{}</script>-->",
    "<!-- --!><script>{}</script>",
    "<?xml <script>{}</script>?>",
    "<![CDATA[<script>{}</script>]]>",
    "]]><script>{}</script>",
    "<script><!--{}--></script>",
    "%3Cscript%3E{}%3C/script%3E",
    "&lt;script&gt;{}&lt;/script&gt;",
    "&amp;lt;script&amp;gt;{}&amp;lt;/script&amp;gt;",
    "&#60;script&#62;{}&#60;/script&#62;",
    "&#x3C;script&#x3E;{}&#x3C;/script&#x3E;",
    "\\u003cscript\\u003e{}\\u003c/script\\u003e",
    "+ADw-script+AD4-{}+ADw-/script+AD4-",
    "<script\u{0}>{}</script\u{0}>",
    "<s\u{0}cript>{}</s\u{0}cript>",
    "\u{FF1C}script\u{FF1E}{}\u{FF1C}/script\u{FF1E}",
    "<script xmlns='http://www.w3.org/1999/xhtml'>{}</script>",
];
/// What ends the place where it stands.
const BREAKS: &[&str] = &[
    "\"><img src=x onerror={}>",
    "'><img src=x onerror={}>",
    "\" onmouseover={} x=\"",
    "' autofocus onfocus={} x='",
    "` onerror={} `",
    "\"/><svg onload={}>",
    "</title><script>{}</script>",
    "</textarea><script>{}</script>",
    "</style><script>{}</script>",
    "</script><script>{}</script>",
    "</noscript><img src=x onerror={}>",
    "</template><img src=x onerror={}>",
    "--><img src=x onerror={}>",
    "</a><a href=javascript:{}>x</a>",
    "</time><svg/onload={}>",
    "\\\"-{}//",
    "';{}//",
    "\";{}//",
    "${{{}}}",
    "{{{}}}",
    "{{constructor.constructor('{}')()}}",
    "<%= {} %>",
    "#{{}}",
    "\r\n\r\n<script>{}</script>",
    "\u{2028}{}",
    "</p></div></main></body></html><script>{}</script>",
];
/// What a sanitiser reads in one way and a browser in another.
const MUTATIONS: &[&str] = &[
    "<noscript><p title=\"</noscript><img src=x onerror={}>\">",
    "<svg><style><img src=x onerror={}></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror={}></style></mglyph></table></mtext></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror={}></style></mglyph></form></mtext></math>",
    "<svg></p><style><a id=\"</style><img src=x onerror={}>\">",
    "<math><annotation-xml encoding=\"text/html\"><style><img src=x onerror={}></style></annotation-xml></math>",
    "<svg><foreignObject><iframe srcdoc=\"<img src=x onerror=parent.{}>\"></iframe></foreignObject></svg>",
    "<svg><desc><xmp></desc><img src=x onerror={}></xmp></svg>",
    "<xmp><p title=\"</xmp><img src=x onerror={}>\"></xmp>",
    "<noembed><p title=\"</noembed><img src=x onerror={}>\"></noembed>",
    "<noframes><p title=\"</noframes><img src=x onerror={}>\"></noframes>",
    "<title><p title=\"</title><img src=x onerror={}>\"></title>",
    "<textarea><p title=\"</textarea><img src=x onerror={}>\"></textarea>",
    "<iframe><p title=\"</iframe><img src=x onerror={}>\"></iframe>",
    "<select><iframe srcdoc=\"<script>parent.{}</script>\"></select>",
    "<table><td><svg><title><style><img src=x onerror={}></style></title></svg></td></table>",
    "<p><svg><br><style><a title=\"</style><img src=x onerror={}>\">",
    "<a<img src=x onerror={}>",
    "<img src='x' alt='`'><img src=x alt='` onerror={} `'>",
    "<div><![CDATA[><img src=x onerror={}>]]></div>",
    "<svg><![CDATA[><img src=x onerror={}>]]></svg>",
    "<!--><img src=x onerror={}>-->",
    "<!-><img src=x onerror={}>",
    "<!x><img src=x onerror={}>",
    "<?x><img src=x onerror={}>",
    "<plaintext><img src=x onerror={}>",
    "<template><template></template><img src=x onerror={}></template>",
    "<img src=x:x onerror\u{A0}={}>",
    "<img/src=x/onerror={}>",
    "<iframe srcdoc=\"&lt;img src=x onerror=parent.{}&gt;\"></iframe>",
];
/// What has a browser ask somebody else. An image of an article is got through the server.
const ASKING: &[&str] = &[
    "<img src=\"{}\">",
    "<img srcset=\"{} 2x\">",
    "<picture><source srcset=\"{}\"><img src=x></picture>",
    "<input type=image src=\"{}\">",
    "<video src=\"{}\" autoplay></video>",
    "<video poster=\"{}\"></video>",
    "<audio src=\"{}\" autoplay></audio>",
    "<video><track src=\"{}\" default></video>",
    "<iframe src=\"{}\"></iframe>",
    "<embed src=\"{}\">",
    "<object data=\"{}\"></object>",
    "<link rel=stylesheet href=\"{}\">",
    "<link rel=prefetch href=\"{}\">",
    "<link rel=preload as=image href=\"{}\">",
    "<link rel=icon href=\"{}\">",
    "<link rel=manifest href=\"{}\">",
    "<link rel=dns-prefetch href=\"{}\">",
    "<style>@import '{}';</style>",
    "<style>body{background:url('{}')}</style>",
    "<p style=\"background:url('{}')\">x</p>",
    "<p style=\"list-style-image:url({})\">x</p>",
    "<div style=\"width:expression({})\">x</div>",
    "<body background=\"{}\">",
    "<table background=\"{}\"><tr><td background=\"{}\">x</table>",
    "<svg><image href=\"{}\"/></svg>",
    "<svg><feImage href=\"{}\"/></svg>",
    "<svg><use href=\"{}#x\"/></svg>",
    "<a href=\"https://outlet.example/\" ping=\"{}\">x</a>",
    "<meta http-equiv=refresh content=\"0;url={}\">",
    "<base href=\"{}/\"><img src=y>",
    "<form action=\"{}\"><button autofocus>x</button></form>",
    "<script src=\"{}\"></script>",
    "<applet codebase=\"{}\" code=x></applet>",
    "<frameset><frame src=\"{}\"></frameset>",
    "<bgsound src=\"{}\">",
    "<layer src=\"{}\"></layer>",
    "<portal src=\"{}\"></portal>",
];

fn vectors() -> Vec<(&'static str, Vector)> {
    let mut vectors: Vec<(&'static str, Vector)> = Vec::new();
    let mut running = |class: &'static str, patterns: Vec<String>| {
        for pattern in patterns {
            vectors.push((class, Box::new(move |aim| pattern.replace("{}", &aim.run()))));
        }
    };
    let owned = |patterns: &[&str]| patterns.iter().map(|pattern| (*pattern).to_owned()).collect::<Vec<_>>();
    running("scripts", owned(SCRIPTS));
    running("breaks", owned(BREAKS));
    running("mutations", owned(MUTATIONS));
    // Each element with six of the handlers, each carrier with five of the schemes: every handler and scheme many times.
    let handlers = ELEMENTS.iter().enumerate().flat_map(|(place, element)| {
        (0..6).map(move |turn| format!("<{element} {}={{}}>x", HANDLERS[(place * 6 + turn) % HANDLERS.len()]))
    });
    running("handlers", handlers.collect());
    let schemes = CARRIERS.iter().enumerate().flat_map(|(place, carrier)| {
        (0..5).map(move |turn| carrier.replace("{}", SCHEMES[(place * 5 + turn) % SCHEMES.len()]))
    });
    running("schemes", schemes.collect());
    for pattern in ASKING {
        vectors.push(("asking", Box::new(move |aim| pattern.replace("{}", &aim.ask("asked")))));
    }
    vectors
}

/// Words that no two articles have alike, so that each is a story of its own.
fn words(number: usize) -> String {
    const SYLLABLES: [&str; 16] =
        ["ba", "de", "fi", "go", "hu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "wu", "za"];
    let mut state = number as u64 * 7919 + 17;
    let mut word = || {
        let mut word = String::new();
        for _ in 0..4 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            word.push_str(SYLLABLES[(state >> 60) as usize]);
        }
        word
    };
    let mut text = String::new();
    for _ in 0..6 {
        let _ = write!(
            text,
            "The {} of {} said on Monday that the {} would leave the {} of {} after the {} had been repaired. ",
            word(),
            word(),
            word(),
            word(),
            word(),
            word()
        );
    }
    text
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// XML holds neither control characters nor the end of a section.
fn in_xml(text: &str) -> String {
    text.chars().filter(|sign| !sign.is_control() || matches!(sign, '\t' | '\n' | '\r')).collect()
}

/// One article for each vector, which stands in all of its fields, as feed and as page.
struct Outlet {
    documents: BTreeMap<String, (&'static str, String)>,
}

/// Articles of a feed.
const OF_A_FEED: usize = 30;

impl Outlet {
    fn new(own: &str, elsewhere: &str) -> (Self, Vec<String>, usize) {
        let mut documents = BTreeMap::new();
        let written: Vec<String> = vectors()
            .iter()
            .enumerate()
            .map(|(number, (_, vector))| vector(&Aim { number, elsewhere: elsewhere.to_owned() }))
            .collect();
        let mut feeds = Vec::new();
        for (place, some) in written.chunks(OF_A_FEED).enumerate() {
            let name = escaped(&in_xml(&some[0]));
            let mut items = String::new();
            for (turn, vector) in some.iter().enumerate() {
                let number = place * OF_A_FEED + turn;
                documents.insert(format!("/a/{number}"), ("text/html; charset=utf-8", page(number, vector, own)));
                let field = escaped(&in_xml(vector));
                let body = escaped(&format!("<p>{}</p>{}<p>{}</p>", words(number), in_xml(vector), words(number)));
                // Every fifth stands in the feed alone: its page is not there.
                let path = if number % 5 == 4 { format!("/gone/{number}") } else { format!("/a/{number}") };
                let _ = write!(
                    items,
                    "<item><guid isPermaLink=\"false\">{field}{number}</guid><title>Number {number} {field}</title><link>{own}{path}</link><dc:creator>{field}</dc:creator><author>{field}</author><category>{field}</category><comments>{field}</comments><source url=\"{field}\">{field}</source><enclosure url=\"{field}\" type=\"image/png\" length=\"1\"/><description>{body}</description><content:encoded>{body}</content:encoded><media:thumbnail url=\"{field}\"/></item>"
                );
                let _ = write!(
                    items,
                    "<item><guid isPermaLink=\"false\">link {number}</guid><title>Link {number} {field}</title><link>{field}</link><description>{body}</description></item>"
                );
            }
            let feed = format!(
                "<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:media=\"http://search.yahoo.com/mrss/\"><channel><title>{name}</title><link>{own}/</link><description>{name}</description><generator>{name}</generator><copyright>{name}</copyright><image><url>{name}</url><title>{name}</title><link>{name}</link></image>{items}</channel></rss>"
            );
            documents.insert(format!("/feed{place}.xml"), ("application/rss+xml; charset=utf-8", feed));
            feeds.push(format!("{own}/feed{place}.xml"));
        }
        (Self { documents }, feeds, written.len())
    }

    fn serve(self, listener: TcpListener) {
        let documents = Arc::new(self.documents);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let documents = Arc::clone(&documents);
                std::thread::spawn(move || answer(stream, &documents));
            }
        });
    }
}

fn page(number: usize, vector: &str, own: &str) -> String {
    let field = escaped(vector);
    let data = serde_json::json!({
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": vector, "alternativeHeadline": vector, "articleSection": vector, "keywords": [vector],
        "author": { "@type": "Person", "name": vector, "url": vector }, "publisher": { "@type": "Organization", "name": vector }, "image": vector, "inLanguage": vector,
        "datePublished": "2026-05-05T10:00:00Z", "description": vector,
    });
    format!(
        "<!doctype html><html lang=\"{field}\"><head><title>Number {number} {field}</title><meta name=author content=\"{field}\"><meta name=description content=\"{field}\"><meta property=og:site_name content=\"{field}\"><meta property=og:title content=\"{field}\"><meta property=og:image content=\"{field}\"><meta property=article:section content=\"{field}\"><meta name=keywords content=\"{field}\"><link rel=canonical href=\"{own}/a/{number}\"><script type=application/ld+json>{data}</script></head><body><article><h1>Number {number} {field}</h1><p class=byline>By {field}</p><p class=subtitle>{field}</p><p>{}</p>{vector}<p>{} said <q>{field}</q> and more.</p><figure><img src=\"{own}/x.png\" alt=\"{field}\" title=\"{field}\"><figcaption>{field}</figcaption></figure><blockquote>{vector}</blockquote><ul><li>{vector}</li></ul><table><tr><td>{vector}</td></tr></table><p>{}</p></article></body></html>",
        words(number),
        words(number),
        words(number)
    )
}

fn answer(stream: TcpStream, documents: &BTreeMap<String, (&'static str, String)>) {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    let mut line = String::new();
    if reader.read_line(&mut first).is_err() {
        return;
    }
    while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
        line.clear();
    }
    let path = first.split(' ').nth(1).unwrap_or_default();
    let (status, (kind, body)) = match documents.get(path) {
        Some((kind, body)) => ("200 OK", (*kind, body.as_str())),
        None => ("404 Not Found", ("text/plain", "")),
    };
    let _ = write!(
        reader.get_mut(),
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
}

/// What of a page could run script or ask others, now or after a click, in any browser.
const ARMED: &str = "(() => {
    const found = [], own = location.origin;
    for (const element of document.querySelectorAll('*')) {
        const name = element.localName;
        for (const attribute of element.attributes) {
            if (/^on/i.test(attribute.name)) found.push(name + ' ' + attribute.name);
            if (['srcdoc', 'ping', 'background', 'formaction', 'style', 'manifest', 'codebase'].includes(attribute.name)) found.push(name + ' ' + attribute.name);
        }
        for (const key of ['href', 'src', 'action', 'data', 'poster', 'cite', 'xlink:href', 'srcset']) {
            const value = element.getAttribute(key);
            if (value === null) continue;
            const url = new URL(value.split(' ')[0], location.href);
            if (!['http:', 'https:'].includes(url.protocol)) found.push(name + ' ' + key + '=' + value.slice(0, 60));
            else if (url.origin !== own && !(name === 'a' && key === 'href' || name === 'blockquote' && key === 'cite' || name === 'link' && element.rel === 'canonical')) found.push(name + ' ' + key + '=' + value.slice(0, 60));
        }
        if (['iframe', 'object', 'embed', 'applet', 'style', 'math', 'base', 'frame', 'frameset', 'template', 'portal', 'noscript', 'plaintext', 'xmp', 'marquee'].includes(name)) found.push(name);
        if (name === 'script' && !(element.src && new URL(element.src).origin === own)) found.push('script');
        if (name === 'meta' && element.hasAttribute('http-equiv')) found.push('meta refresh');
        if (name === 'svg' && element.closest('.text')) found.push('svg in a text');
    }
    return { hits: window.hits || [], found };
})()";

/// Opens a page and says what is wrong with it.
fn look_at(browser: &mut Browser, own: &str, path: &str, wrong: &mut Vec<String>) {
    browser.requests.clear();
    browser.open(&format!("{own}{path}")).unwrap();
    // Handlers that wait for the mouse or a key get them.
    browser
        .value("document.querySelectorAll('body *').forEach(e => { for (const kind of ['mouseover', 'pointerenter', 'focus', 'toggle', 'error']) e.dispatchEvent(new Event(kind)); })")
        .unwrap();
    let seen = browser.value(ARMED).unwrap();
    for hit in seen["hits"].as_array().unwrap() {
        wrong.push(format!("{path}: {hit} ran"));
    }
    for found in seen["found"].as_array().unwrap() {
        wrong.push(format!("{path}: {found}"));
    }
    for asked in &browser.requests {
        if !asked.starts_with(own) {
            wrong.push(format!("{path}: {asked} was asked"));
        }
    }
}

#[test]
fn nothing_in_feeds_and_pages_runs_or_has_others_asked() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let outlet = format!("http://{}", listener.local_addr().unwrap());
    // Nobody is there: being asked is seen in the browser.
    let (documents, feeds, count) = Outlet::new(&outlet, "http://127.0.0.2:9");
    assert!(count >= 300, "{count} vectors");
    documents.serve(listener);
    let place = Place::new().unwrap();
    for some in feeds.chunks(5) {
        place
            .run(
                &[&["add", "--allow-private-network"], &some.iter().map(String::as_str).collect::<Vec<_>>()[..]]
                    .concat(),
            )
            .unwrap();
    }
    place.run(&["fetch", "--once", "--allow-private-network"]).unwrap();
    let exported = place.run(&["export", "--format", "jsonl"]).unwrap();
    let articles: Vec<serde_json::Value> = exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(articles.len() > count, "{} articles of {count} vectors", articles.len());
    let of = |kind: &str| -> Vec<String> {
        let of_kind = articles.iter().filter(|article| article["title"].as_str().unwrap().starts_with(kind));
        of_kind.map(|article| format!("/article/{}", article["id"])).collect()
    };
    let (ids, links) = (of("Number"), of("Link"));
    assert!(ids.len() >= count * 9 / 10 && links.len() >= count * 9 / 10, "{} and {}", ids.len(), links.len());
    let stories: HashSet<String> = articles.iter().map(|article| format!("/story/{}", article["story"])).collect();

    let served = Served::start(&place).unwrap();
    let mut browser = Browser::start().unwrap();
    browser.before_every_page("window.hits = []; window.hit = number => window.hits.push(number)").unwrap();
    let mut lists =
        vec!["/?order=new".to_owned(), "/outlets".to_owned(), "/search?q=said".to_owned(), "/about".to_owned()];
    lists.extend((2..30).map(|page| format!("/?order=new&page={page}")));
    lists.extend((1..4).map(|page| format!("/search?q=said&page={page}")));
    let mut wrong = Vec::new();
    // The browser's own defences come first, then the pages alone.
    for bypass in [false, true] {
        browser.bypass_policy(bypass).unwrap();
        let (some, few) = if bypass { (1, 8) } else { (10, 40) };
        let pages = lists.iter().chain(ids.iter().step_by(some)).chain(links.iter().chain(&stories).step_by(few));
        for page in pages {
            look_at(&mut browser, &served.address, page, &mut wrong);
        }
        assert!(
            wrong.is_empty(),
            "with the policy {}: {} things, as {:#?}",
            !bypass,
            wrong.len(),
            &wrong[..wrong.len().min(12)]
        );
    }
}

#[test]
fn what_would_run_is_seen_to_run() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let own = format!("http://{}", listener.local_addr().unwrap());
    let (outlet, _, count) = Outlet::new(&own, "http://127.0.0.2:9");
    outlet.serve(listener);
    let mut browser = Browser::start().unwrap();
    browser.before_every_page("window.hits = []; window.hit = number => window.hits.push(number)").unwrap();
    let (mut ran, mut wrong) = (HashSet::new(), Vec::new());
    for number in (0..count).step_by(4) {
        let before = wrong.len();
        // Some send the browser elsewhere.
        let open = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            look_at(&mut browser, &own, &format!("/a/{number}"), &mut wrong)
        }));
        if open.is_ok() && wrong.get(before..).unwrap().iter().any(|line| line.ends_with(" ran")) {
            ran.insert(number);
        }
    }
    assert!(ran.len() > count / 4 / 4, "only {} of {} ran on the outlet's own pages", ran.len(), count / 4);
    assert!(wrong.iter().any(|line| line.ends_with("was asked")));
}
