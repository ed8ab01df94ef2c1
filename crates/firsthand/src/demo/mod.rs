//! `firsthand demo`: the whole server over an invented small world.
//!
//! The world's outlets are served on this machine, each under a name of its own below
//! `localhost`, with their feeds and pages, and are fetched, extracted, traced and grouped as any
//! others: nothing that the pages show is written down beforehand.

mod render;
mod world;

use crate::random::SystemRandom;
use crate::serve::{Server, Setup, bind};
use anyhow::{Context, Result};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use firsthand_crawl::{CrawlConfig, Crawler};
use firsthand_model::{Clock, NewFeed, SystemClock};
use firsthand_notify::NotifyConfig;
use firsthand_store::{DatabaseUrl, Store};
use firsthand_text::shingles::stable_hash;
use firsthand_web::WebConfig;
use render::Surroundings;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use world::{Article, Outlet, World};

/// Seconds between two polls of the demo's feeds, and ages at which its pages are looked at again.
const POLL_INTERVAL_S: u32 = 5;
const RECHECK_AFTER_S: [i64; 4] = [14, 30, 60, 600];

/// `firsthand demo`.
pub async fn demo(listen: SocketAddr, output: &mut impl Write) -> Result<ExitCode> {
    let folder =
        tempfile::Builder::new().prefix("firsthand-demo-").tempdir().context("cannot make a temporary data folder")?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store = Store::open(&DatabaseUrl::Sqlite(folder.path().join("firsthand.db")), Arc::clone(&clock)).await?;
    let outlets = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("cannot serve the demo's outlets")?;
    let world = Arc::new(Town::new(outlets.local_addr()?.port())?);
    let feeds = world.feeds();
    tokio::spawn(axum::serve(outlets, Router::new().fallback(answer).with_state(world)).into_future());

    let mut crawl = CrawlConfig::default();
    crawl.http.allow_private_network = true;
    crawl.schedule.poll_interval_s = POLL_INTERVAL_S;
    crawl.schedule.quiet_interval_s = POLL_INTERVAL_S;
    crawl.schedule.recheck_after_s = RECHECK_AFTER_S.to_vec();
    Crawler::new(store.clone(), clock, Arc::new(SystemRandom), crawl.clone())?.import(&feeds).await?;

    let listener = bind(listen).await?;
    writeln!(
        output,
        "firsthand's demo is at http://{}/ — an invented world, served and analysed on this machine. Ctrl-C ends it.",
        listener.local_addr()?
    )?;
    let code = firsthand_web::welcome_code(&store, &SystemRandom).await?;
    writeln!(
        output,
        "To try it as a reader or editor, make an account at http://{}/welcome?code={code}",
        listener.local_addr()?
    )?;
    output.flush()?;
    let web = WebConfig {
        title: "firsthand".to_owned(),
        notice: Some("A demo: every outlet, person and event here is invented.".to_owned()),
        ..WebConfig::default()
    };
    let notify = NotifyConfig {
        title: web.title.clone(),
        base_url: format!("http://{}", listener.local_addr()?),
        mail: None,
        hub: None,
        timeout: Duration::from_secs(30),
    };
    let clock = Arc::new(SystemClock);
    let ended = Server {
        store,
        clock,
        listener: Some(listener),
        role: crate::cli::ServeRole::All,
        setup: Setup { config: None, crawl, web, notify },
        letters: None,
        reload: None,
    }
    .run()
    .await;
    // The folder goes with the demo; what still writes into it gets a moment to end.
    tokio::time::sleep(Duration::from_millis(50)).await;
    folder.close().context("cannot remove the demo's data folder")?;
    ended
}

/// The demo's world with the port that it is served on.
struct Town {
    world: World,
    articles: Vec<Article>,
    port: u16,
}

impl Town {
    fn new(port: u16) -> Result<Self> {
        let (world, articles) = world::world(SystemClock.now())?;
        Ok(Self { world, articles, port })
    }

    fn base(&self, outlet: &str) -> String {
        format!("http://{outlet}.localhost:{}", self.port)
    }

    fn feeds(&self) -> Vec<NewFeed> {
        let feed = |outlet: &Outlet| NewFeed {
            url: format!("{}{}", self.base(&outlet.id), render::feed_path(outlet.feed)),
            title: Some(outlet.name.clone()),
            site_url: Some(format!("{}/", self.base(&outlet.id))),
            folder: Some(outlet.folder.clone()),
            page: false,
        };
        self.world.outlets.iter().map(feed).collect()
    }

    /// An outlet's answer for a path: media type and document.
    fn answer(&self, outlet: &str, path: &str) -> Option<(&'static str, String)> {
        let outlet = self.world.outlets.iter().find(|known| known.id == outlet)?;
        let now = SystemClock.now();
        let mut published: Vec<&Article> =
            self.articles.iter().filter(|article| article.outlet == outlet.id && article.published <= now).collect();
        published.sort_by_key(|article| std::cmp::Reverse(article.published));
        let address = |name: &str| {
            let (outlet, slug) = name.split_once('/').unwrap_or((name, ""));
            format!("{}/{slug}", self.base(outlet))
        };
        let article = published.iter().find(|article| path.trim_start_matches('/') == article.slug);
        let others = published.iter().filter(|other| article.is_none_or(|article| article.slug != other.slug));
        let others =
            others.map(|other| (other.title.clone(), address(&format!("{}/{}", other.outlet, other.slug)))).collect();
        let around = Surroundings { outlet, base: self.base(&outlet.id), address: &address, others };
        if path == render::feed_path(outlet.feed) {
            return Some(render::feed(&around, &published));
        }
        if path == "/" {
            return Some(("text/html; charset=utf-8", render::home(&around)));
        }
        article.map(|article| ("text/html; charset=utf-8", render::page(&around, article, now)))
    }
}

/// Serves any outlet by the name that it is asked under, with a validator, as a polite one does.
async fn answer(State(town): State<Arc<Town>>, headers: HeaderMap, uri: Uri) -> Response {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let outlet = host.split('.').next().unwrap_or_default();
    let Some((media_type, document)) = town.answer(outlet, uri.path()) else {
        return (StatusCode::NOT_FOUND, "not found").into_response();
    };
    let tag = format!("\"{:016x}\"", stable_hash(document.as_bytes()));
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    }
    ([(header::CONTENT_TYPE, media_type.to_owned()), (header::ETAG, tag)], document).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feed_is_read_and_names_its_pages() {
        let town = Town::new(1).unwrap();
        for feed in town.feeds() {
            let url = url::Url::parse(&feed.url).unwrap();
            let outlet = url.host_str().unwrap().split('.').next().unwrap();
            let (media_type, document) = town.answer(outlet, url.path()).unwrap();
            let hints = firsthand_feed::Hints { url: Some(&feed.url), content_type: Some(media_type), now: None };
            let parsed =
                firsthand_feed::parse(document.as_bytes(), &hints, &firsthand_feed::Limits::default()).unwrap();
            assert_eq!(parsed.title, feed.title);
            assert!(!parsed.items.is_empty(), "{}", feed.url);
            for item in parsed.items {
                let page = url::Url::parse(item.link.as_deref().unwrap()).unwrap();
                let (_, page) = town.answer(outlet, page.path()).unwrap();
                assert!(page.contains("<h1") || page.contains("<h2"), "{page}");
                assert!(item.published.is_some(), "{}", feed.url);
            }
        }
    }
}
