//! The pages, feeds and APIs that show what the store holds, and take votes.
//!
//! It reads and writes through `firsthand-store`, knows no SQL, fetches nothing and never sees the
//! crawler: what a page may ask of it goes through [`CrawlControl`]. Every page works without
//! script, asks nothing of other hosts, and sets no cookie before a vote or a sign-in.

mod accounts;
mod alerts;
mod api;
mod assets;
mod auth;
mod embed;
mod error;
mod exports;
mod feeds;
mod guard;
mod health;
mod images;
mod limits;
mod listen;
mod lists;
#[cfg(feature = "oidc")]
mod oidc;
mod pages;
#[cfg(feature = "passkeys")]
mod passkeys;
mod picture;
mod redraw;
mod remembered;
mod rules;
mod show;
mod site;
mod sitemap;
mod texts;
mod votes;
mod websub;

pub use auth::{hash_password, token_hash};
pub use health::{MetricsAccess, health_router};
pub use ipnet::IpNet;
pub use listen::serve;
#[cfg(feature = "oidc")]
pub use oidc::OidcConfig;
pub use pages::welcome::welcome_code;
pub use redraw::redrawn;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, post};
use firsthand_model::{Clock, NewFeed, Random, Subscription};
use firsthand_store::{Store, StoreError};
use hmac::Hmac;
use limits::Limiter;
use sha2::Sha256;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

/// The greatest body of a request in bytes.
const MAX_BODY_BYTES: usize = 300 << 10;
/// Looks for news that are remembered, and for how long.
const LOOKS: usize = 100;
const LOOK_MS: i64 = 1500;
/// How long a request may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// How the pages are.
#[derive(Debug, Clone)]
pub struct WebConfig {
    /// The server's name.
    pub title: String,
    /// The address that readers see, without a slash at its end; feeds and APIs need absolute
    /// addresses and take the request's host without it.
    pub base_url: Option<String>,
    /// Whether cookies are sent over https only.
    pub secure_cookies: bool,
    /// The networks whose `X-Forwarded-For` is believed: reverse proxies.
    pub trusted_proxies: Vec<IpNet>,
    /// Who may read the metrics.
    pub metrics: MetricsAccess,
    /// Votes that one network may cast in a minute.
    pub votes_per_minute: u32,
    /// Calls of the API that one account or network may make in a minute; those of this machine are not counted.
    pub calls_per_minute: u32,
    /// Whether search engines are asked to stay away from all pages.
    pub noindex: bool,
    /// A line above every page.
    pub notice: Option<String>,
    /// The greatest body that a hub may push, in bytes.
    pub max_push_bytes: usize,
    /// The WebSub hub that is told of news, for those who subscribe to this server's feeds there.
    pub hub: Option<String>,
    /// How readers sign in through another service; `None`: they do not.
    #[cfg(feature = "oidc")]
    pub oidc: Option<OidcConfig>,
    /// The domain of the addresses that take newsletters; `None`: none are taken.
    pub letters_domain: Option<String>,
    /// Whether readers can be told by mail.
    pub sends_mail: bool,
}

impl Default for WebConfig {
    fn default() -> Self {
        Self {
            title: "firsthand".to_owned(),
            base_url: None,
            secure_cookies: false,
            trusted_proxies: Vec::new(),
            metrics: MetricsAccess::default(),
            votes_per_minute: 60,
            calls_per_minute: 1200,
            noindex: false,
            notice: None,
            max_push_bytes: 15 << 20,
            hub: None,
            #[cfg(feature = "oidc")]
            oidc: None,
            letters_domain: None,
            sends_mail: false,
        }
    }
}

/// An answer that the crawler gives later.
pub type CrawlFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What another service is asked.
#[derive(Debug, Clone)]
pub struct ServiceRequest {
    /// Its address.
    pub url: String,
    /// A form to post; `None`: nothing is posted.
    pub form: Option<String>,
    /// The `Authorization` header.
    pub authorization: Option<String>,
}

/// What another service answered.
#[derive(Debug, Clone)]
pub struct ServiceAnswer {
    /// The status.
    pub status: u16,
    /// The body's media type.
    pub content_type: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// What the pages may ask of the crawler.
pub trait CrawlControl: Send + Sync {
    /// Follows an address: the feed's title, or why it could not be followed.
    fn follow(&self, address: String, folder: Option<String>) -> CrawlFuture<Result<String, String>>;
    /// Follows feeds without asking them first: how many are new.
    fn import(&self, feeds: Vec<NewFeed>) -> CrawlFuture<Result<usize, StoreError>>;
    /// Fetches an image of an article: its bytes, or why it could not be had.
    fn image(&self, address: String) -> CrawlFuture<Result<Vec<u8>, String>>;
    /// Asks another service for JSON: its answer, or why there is none.
    fn ask(&self, request: ServiceRequest) -> CrawlFuture<Result<ServiceAnswer, String>>;
    /// Tells it that there is something to do.
    fn wake(&self);
    /// What it did since its start, in Prometheus' text format.
    fn metrics(&self) -> String;
    /// Takes a hub's word on a call-back: what to answer, or `None` where it speaks of what was not
    /// asked for.
    fn hear_hub(&self, token: String, query: String) -> CrawlFuture<Result<Option<String>, StoreError>>;
    /// Takes what a hub pushed; once it returns, new entries are stored.
    fn take_push(
        &self,
        subscription: Subscription,
        content_type: Option<String>,
        signature: String,
        body: Vec<u8>,
    ) -> CrawlFuture<Result<(), StoreError>>;
}

/// All that a handler needs.
pub(crate) struct App {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) config: WebConfig,
    pub(crate) control: Arc<dyn CrawlControl>,
    /// Signs visitors' cookies.
    pub(crate) visitor_key: Hmac<Sha256>,
    /// Keys the hashes of network prefixes, so that no address is stored; another one every day.
    pub(crate) network_key: auth::DailyKey,
    /// Signs what comes back from outside: addresses of images, so that no others are fetched, and reader apps' tokens.
    pub(crate) signing_key: Hmac<Sha256>,
    pub(crate) images: images::Cache,
    /// A place is held while an image is drawn anew.
    pub(crate) drawing: Semaphore,
    pub(crate) site: site::KnownSite,
    pub(crate) lists: lists::Lists,
    pub(crate) outlets: lists::KnownOutlets,
    /// Votes by network prefix.
    pub(crate) votes: Limiter,
    /// Attempts to sign in by network prefix.
    pub(crate) sign_ins: Limiter,
    /// Pushes by subscription.
    pub(crate) pushes: Limiter,
    /// A place is held while a push is read.
    pub(crate) push_places: Semaphore,
    /// Questions to browsers for keys.
    #[cfg(feature = "passkeys")]
    pub(crate) questions: passkeys::Questions,
    /// Stories that got reports, by the place after which.
    pub(crate) news: remembered::Remembered<i64, Vec<firsthand_model::StoryNews>>,
    /// A place is held by who listens for news.
    pub(crate) listeners: Arc<Semaphore>,
    /// Questions to mailboxes, by address.
    pub(crate) mailboxes: Limiter,
    /// Calls of the API by account or network.
    pub(crate) calls: Limiter,
    /// Whether the server is to stop.
    pub(crate) stopped: watch::Receiver<bool>,
    pub(crate) health: Arc<health::Health>,
}

pub(crate) type Shared = Arc<App>;

/// The server's routes. Draws its secrets from the store, which makes them the first time.
pub async fn router(
    store: Store,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    config: WebConfig,
    control: Arc<dyn CrawlControl>,
    stopped: watch::Receiver<bool>,
) -> Result<Router, StoreError> {
    let visitor_key = auth::signer(&store.secret("visitor cookie", random.as_ref()).await?)?;
    let signing_key = auth::signer(&store.secret("signatures", random.as_ref()).await?)?;
    let votes = f64::from(config.votes_per_minute);
    let calls = f64::from(config.calls_per_minute);
    let health =
        Arc::new(health::Health::new(store.clone(), Arc::clone(&control), stopped.clone(), config.metrics.clone()));
    let app: Shared = Arc::new(App {
        store,
        clock,
        random,
        config,
        control,
        visitor_key,
        network_key: auth::DailyKey::default(),
        signing_key,
        images: images::Cache::default(),
        drawing: Semaphore::new(images::DRAWN_AT_A_TIME),
        site: site::known_site(),
        lists: lists::lists(),
        outlets: lists::known_outlets(),
        votes: Limiter::new(votes, votes / 60.0),
        sign_ins: Limiter::new(10.0, 0.1),
        pushes: Limiter::new(20.0, 0.1),
        push_places: Semaphore::new(websub::PUSHES_AT_A_TIME),
        #[cfg(feature = "passkeys")]
        questions: passkeys::Questions::default(),
        news: remembered::Remembered::new(LOOKS, LOOK_MS),
        listeners: Arc::new(Semaphore::new(api::live::LISTENERS)),
        mailboxes: Limiter::new(3.0, 1.0 / 3600.0),
        calls: Limiter::new(calls, calls / 60.0),
        stopped,
        health,
    });
    if let Some(hints) = app.store.hints() {
        tokio::spawn(App::hear(Arc::downgrade(&app), hints));
    }
    let router = Router::new();
    #[cfg(feature = "oidc")]
    let router = router.route("/signin/oidc", get(oidc::begin)).route("/signin/oidc/back", get(oidc::back));
    #[cfg(feature = "passkeys")]
    let router = router
        .route("/api/passkeys/begin", post(passkeys::begin_new))
        .route("/api/passkeys/finish", post(passkeys::finish_new))
        .route("/api/passkeys/signin/begin", post(passkeys::begin_known))
        .route("/api/passkeys/signin/finish", post(passkeys::finish_known));
    Ok(router
        .route("/", get(pages::front::front))
        .route("/story/{id}", get(pages::story::story))
        .route("/story/{id}/mark", post(pages::editing::mark_story))
        .route("/article/{id}", get(pages::article::article))
        .route("/article/{id}/star", post(pages::article::star))
        .route("/article/{id}/role", post(pages::editing::set_role))
        .route("/article/{id}/story", post(pages::editing::place))
        .route("/outlet/{id}", get(pages::outlet::outlet))
        .route("/outlet/{id}/merge", post(pages::editing::merge_outlet))
        .route("/outlets", get(pages::outlet::outlets))
        .route("/search", get(pages::search::search))
        .route("/read", post(pages::front::set_read))
        .route("/for-you", get(pages::for_you::for_you))
        .route("/for-you/forget", post(pages::for_you::forget))
        .route("/rules", get(pages::rules::rules).post(pages::rules::add))
        .route("/rules/remove", post(pages::rules::remove))
        .route("/saved", get(pages::saved::saved).post(pages::saved::save))
        .route("/saved/remove", post(pages::saved::remove))
        .route("/alerts", get(pages::alerts::alerts))
        .route("/alerts/channels", post(pages::alerts::add_channel))
        .route("/alerts/channels/remove", post(pages::alerts::remove_channel))
        .route("/alerts/watch", post(pages::alerts::add_watch))
        .route("/alerts/watch/remove", post(pages::alerts::remove_watch))
        .route("/alerts/confirm/{code}", get(pages::alerts::confirm_form).post(pages::alerts::confirm))
        .route("/stop/{code}", get(pages::alerts::stop_form).post(pages::alerts::stop))
        .route("/article/{id}/save", post(pages::alerts::save))
        .route("/accounts", get(pages::accounts::accounts))
        .route("/accounts/invite", post(pages::accounts::invite))
        .route("/accounts/revoke", post(pages::accounts::revoke))
        .route("/accounts/role", post(pages::accounts::set_role))
        .route("/accounts/remove", post(pages::accounts::remove))
        .route("/join/{code}", get(pages::accounts::join_form).post(pages::accounts::join))
        .route("/settings/passkeys/remove", post(pages::settings::remove_passkey))
        .route("/settings/tokens", post(pages::settings::add_token))
        .route("/settings/tokens/remove", post(pages::settings::remove_token))
        .route("/settings", get(pages::settings::settings).post(pages::settings::set))
        .route("/settings/apps", post(pages::settings::set_app_password))
        .route("/settings/password", post(pages::settings::set_password))
        .route("/welcome", get(pages::welcome::welcome).post(pages::welcome::first_account))
        .route("/welcome/outlets", get(pages::welcome::outlets).post(pages::welcome::follow))
        .route("/site", get(pages::site::site).post(pages::site::set))
        .route("/outlet/{id}/excerpt", post(pages::site::set_excerpt))
        .route("/logo", get(pages::site::logo))
        .route("/imprint", get(pages::site::imprint))
        .route("/image/{signature}/{address}", get(images::image))
        .route("/embed", get(embed::embed))
        .route("/offline", get(assets::offline))
        .route("/sw.js", get(assets::service_worker))
        .route("/manifest.webmanifest", get(assets::manifest))
        .route("/letters", get(pages::letters::letters))
        .route("/letters/address", post(pages::letters::set_address))
        .route("/letters/remove", post(pages::letters::remove))
        .route("/letters/{id}", get(pages::letters::letter))
        .route("/starred/import", post(pages::account::bring_stars))
        .route("/starred/links/remove", post(pages::account::remove_link))
        .route("/starred", get(pages::account::starred))
        .route("/signin", get(pages::account::sign_in_form).post(pages::account::sign_in))
        .route("/signout", post(pages::account::sign_out))
        .route("/feeds", get(pages::following::feeds).post(pages::following::follow))
        .route("/feeds/remove", post(pages::following::remove))
        .route("/feeds/keep", post(pages::following::keep))
        .route("/feeds/{name}", get(feeds::feed))
        .route("/about", get(pages::about))
        .route("/vote", post(votes::vote_by_form))
        .nest("/api/v1", api::v1::routes())
        .route("/api/greader.php/{*rest}", axum::routing::any(api::greader::php))
        .route("/reader/api/0/{*rest}", axum::routing::any(api::greader::root))
        .route("/reader/atom/{*rest}", axum::routing::any(api::greader::root))
        .route("/accounts/ClientLogin", axum::routing::any(api::greader::sign_in))
        .route("/fever/", axum::routing::any(api::fever::fever))
        .route("/fever", axum::routing::any(api::fever::fever))
        .route("/api/fever.php", axum::routing::any(api::fever::fever))
        .nest("/v1", api::miniflux::routes())
        .route("/healthcheck", get(|| async { "OK" }))
        .route("/version", get(api::miniflux::plain_version))
        .route("/websub/{token}", get(websub::hear).post(websub::take))
        .route("/assets/{name}", get(assets::asset))
        .route("/favicon.ico", get(assets::icon))
        .route("/robots.txt", get(sitemap::robots))
        .route("/sitemap.xml", get(sitemap::sitemap))
        .merge(health::routes(Arc::clone(&app.health)))
        .fallback(error::unknown_path)
        .method_not_allowed_fallback(error::wrong_method)
        .layer(middleware::from_fn_with_state(Arc::clone(&app), guard::guard))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(TimeoutLayer::with_status_code(axum::http::StatusCode::GATEWAY_TIMEOUT, REQUEST_TIMEOUT))
        // The last tenth of the size costs most of the time.
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .with_state(app))
}
