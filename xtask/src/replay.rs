//! Serves real text from outside the project as if outlets published it, so that the whole server
//! can be run on it and looked at.

use anyhow::{Context, Result, bail};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use firsthand_model::{Clock, SystemClock, Timestamp};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

/// Invented outlets that article streams are spread over.
const INVENTED: [&str; 9] = [
    "Aspen Mail",
    "Birch Post",
    "Cedar Times",
    "Dogwood News",
    "Elm Observer",
    "Fir Tribune",
    "Hazel Herald",
    "Juniper Journal",
    "Larch Ledger",
];

/// A page with what its outlet's feed says of it.
struct Page {
    path: String,
    title: String,
    published: Option<String>,
    body: Vec<u8>,
}

/// An outlet with its pages.
struct Outlet {
    name: String,
    pages: Vec<Page>,
}

struct World {
    port: u16,
    /// By the first part of the host's name.
    outlets: BTreeMap<String, Outlet>,
}

/// `cargo xtask replay`.
pub async fn replay(dir: &Path, listen: SocketAddr, opml: Option<&Path>) -> Result<()> {
    let listener = tokio::net::TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))?;
    let outlets = if dir.join("gold.json").is_file() { pages_by_host(dir)? } else { articles_by_outlet(dir)? };
    let world = Arc::new(World { port: listener.local_addr()?.port(), outlets });
    let mut list = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\"><head><title>replay</title></head><body>\n",
    );
    for (id, outlet) in &world.outlets {
        let _ = writeln!(
            list,
            "<outline type=\"rss\" text=\"{}\" xmlUrl=\"{}/feed.xml\" htmlUrl=\"{}/\"/>",
            escape(&outlet.name),
            world.base(id),
            world.base(id)
        );
    }
    list.push_str("</body></opml>\n");
    if let Some(file) = opml {
        std::fs::write(file, &list).with_context(|| format!("cannot write {}", file.display()))?;
    }
    let pages: usize = world.outlets.values().map(|outlet| outlet.pages.len()).sum();
    let mut output = std::io::stdout();
    writeln!(
        output,
        "{} outlets with {pages} pages at port {}; feeds as http://OUTLET.localhost:{}/feed.xml",
        world.outlets.len(),
        world.port,
        world.port
    )?;
    output.flush()?;
    axum::serve(listener, Router::new().fallback(answer).with_state(world)).await?;
    Ok(())
}

impl World {
    fn base(&self, id: &str) -> String {
        format!("http://{id}.localhost:{}", self.port)
    }

    fn answer(&self, id: &str, path: &str) -> Option<(&'static str, Vec<u8>)> {
        let outlet = self.outlets.get(id)?;
        if path == "/feed.xml" {
            return Some(("application/rss+xml; charset=utf-8", self.feed(id, outlet).into_bytes()));
        }
        let page = outlet.pages.iter().find(|page| page.path == path)?;
        // No charset: the page itself must say it, as it did when it was fetched.
        Some(("text/html", page.body.clone()))
    }

    fn feed(&self, id: &str, outlet: &Outlet) -> String {
        let base = self.base(id);
        let mut out = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>{}</title><link>{base}/</link><description>replay</description>\n",
            escape(&outlet.name)
        );
        for page in &outlet.pages {
            let date = page
                .published
                .as_deref()
                .map(|date| format!("<dc:date>{}</dc:date>", escape(date)))
                .unwrap_or_default();
            let _ = writeln!(
                out,
                "<item><title>{}</title><link>{base}{}</link><guid isPermaLink=\"false\">{}</guid>{date}</item>",
                escape(&page.title),
                page.path,
                page.path
            );
        }
        out.push_str("</channel></rss>\n");
        out
    }
}

/// html/ID.html.gz with gold.json {ID: {"url", …}}: an outlet per host.
fn pages_by_host(dir: &Path) -> Result<BTreeMap<String, Outlet>> {
    let gold: BTreeMap<String, Value> =
        serde_json::from_slice(&std::fs::read(dir.join("gold.json"))?).context("gold.json cannot be read")?;
    let mut outlets: BTreeMap<String, Outlet> = BTreeMap::new();
    for (id, entry) in gold {
        let url = entry.get("url").and_then(Value::as_str).unwrap_or_default();
        let host = url::Url::parse(url)
            .ok()
            .and_then(|url| url.host_str().map(|host| host.trim_start_matches("www.").to_owned()))
            .unwrap_or_else(|| "nowhere".to_owned());
        let name: String = host
            .chars()
            .map(|character| if character.is_ascii_alphanumeric() { character.to_ascii_lowercase() } else { '-' })
            .collect();
        let body = unzip(&dir.join("html").join(format!("{id}.html.gz")))?;
        // The feed names the page by its address, as a feed without a headline would.
        let page = Page {
            path: format!("/{id}.html"),
            title: url.rsplit('/').find(|part| !part.is_empty()).unwrap_or(&id).to_owned(),
            published: None,
            body,
        };
        outlets.entry(name).or_insert_with(|| Outlet { name: host, pages: Vec::new() }).pages.push(page);
    }
    Ok(outlets)
}

fn unzip(file: &Path) -> Result<Vec<u8>> {
    let output =
        Command::new("gzip").arg("-dc").arg(file).stderr(Stdio::inherit()).output().context("cannot run gzip")?;
    if !output.status.success() {
        bail!("gzip could not unpack {}", file.display());
    }
    Ok(output.stdout)
}

/// *.jsonl: articles in stream order, given in turn to the invented outlets; the reports of one
/// story thus come from several outlets.
fn articles_by_outlet(dir: &Path) -> Result<BTreeMap<String, Outlet>> {
    let mut files: Vec<_> = std::fs::read_dir(dir)
        .with_context(|| format!("cannot read {}", dir.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    if files.is_empty() {
        bail!("{} holds neither gold.json nor *.jsonl", dir.display());
    }
    let mut outlets: BTreeMap<String, Outlet> = BTreeMap::new();
    for file in files {
        let text = std::fs::read_to_string(&file)?;
        let shift_s = shift_to_now(&text);
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let article: Value = serde_json::from_str(line)
                .with_context(|| format!("{}: line {} is no JSON", file.display(), number + 1))?;
            let field = |name: &str| article.get(name).and_then(Value::as_str).unwrap_or_default();
            let name = INVENTED.get(number % INVENTED.len()).copied().unwrap_or_default();
            let id = name.to_lowercase().replace(' ', "-");
            let title = field("title");
            let published = field("published").parse::<Timestamp>().map(|time| time.plus_seconds(shift_s).to_string());
            let published = published.unwrap_or_default();
            let heading = if title.is_empty() { name.to_owned() } else { format!("{title} - {name}") };
            let paragraphs: String =
                field("text").split("\n\n").map(|paragraph| format!("<p>{}</p>\n", escape(paragraph))).collect();
            let body = format!(
                "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{}</title><meta property=\"article:published_time\" content=\"{published}\"></head><body><nav><a href=\"/\">Home</a></nav><article><h1>{}</h1>{paragraphs}</article><footer>{name}</footer></body></html>",
                field("language"),
                escape(&heading),
                escape(title)
            );
            let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or("articles");
            let page = Page {
                path: format!("/{stem}/{number}"),
                title: title.to_owned(),
                published: Some(published),
                body: body.into_bytes(),
            };
            outlets.entry(id).or_insert_with(|| Outlet { name: name.to_owned(), pages: Vec::new() }).pages.push(page);
        }
    }
    Ok(outlets)
}

/// Seconds by which a stream's times are moved so that its last article is an hour old: a server takes
/// what lies in the future, or long ago, for a mistake.
fn shift_to_now(stream: &str) -> i64 {
    let times = stream.lines().filter_map(|line| {
        let article: Value = serde_json::from_str(line).ok()?;
        article.get("published")?.as_str()?.parse::<Timestamp>().ok()
    });
    times.max().map_or(0, |last| SystemClock.now().seconds_since(last) - 3600)
}

async fn answer(State(world): State<Arc<World>>, headers: HeaderMap, uri: Uri) -> Response {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let id = host.split('.').next().unwrap_or_default();
    match world.answer(id, uri.path()) {
        Some((media_type, body)) => ([(header::CONTENT_TYPE, media_type)], body).into_response(),
        None => (StatusCode::NOT_FOUND, "not found").into_response(),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
