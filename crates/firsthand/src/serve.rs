//! The server: crawler and pages in one process, until it is told to stop.

use crate::cli::{Place, ServeRole};
use crate::config::Config;
use crate::data_folder::DataFolder;
use crate::random::SystemRandom;
use anyhow::{Context, Result};
use axum::Router;
use axum::http::header::CONTENT_TYPE;
use firsthand_crawl::{CrawlConfig, Crawler, Post, Request, RunMode};
use firsthand_letters::LettersConfig;
use firsthand_model::{Clock, NewFeed, Random, SetClock, Subscription};
use firsthand_notify::{Notifier, NotifyConfig};
use firsthand_store::{Store, StoreError};
use firsthand_story::Embedder;
use firsthand_web::{CrawlControl, CrawlFuture, ServiceAnswer, ServiceRequest, WebConfig};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::signal::unix::Signal;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The largest answer of another service.
const MAX_SERVICE_BYTES: usize = 1 << 20;
/// How often the clock is set by the database's.
const SET_EVERY: Duration = Duration::from_secs(30);
/// Until whoever stands in front of several servers has seen that one is about to go.
const LOOKED_AWAY: Duration = Duration::from_millis(2_500);
/// How long what is under way may take to finish after the signal.
const DRAIN: Duration = Duration::from_secs(9);

/// `firsthand serve`.
pub async fn serve(
    listen: Option<SocketAddr>,
    role: ServeRole,
    poll_interval_s: Option<u32>,
    allow_private_network: bool,
    place: &Place,
) -> Result<ExitCode> {
    let folder = DataFolder::open(place)?;
    // What the command line says stands above the file, also when that is read again.
    let configured = move |folder: &DataFolder| {
        let mut config = folder.config()?;
        if let Some(listen) = listen {
            config.flag("listen", listen, "--listen");
        }
        if let Some(seconds) = poll_interval_s {
            config.flag("crawl.poll_interval", format!("{seconds}s"), "--poll-interval");
            config.flag("crawl.quiet_interval", format!("{seconds}s"), "--poll-interval");
        }
        if allow_private_network {
            config.flag("http.allow_private_network", true, "--allow-private-network");
        }
        Ok::<_, anyhow::Error>(config)
    };
    let config = configured(&folder)?;
    let _lock = match role {
        ServeRole::Web => None,
        ServeRole::All | ServeRole::Crawl => folder.lock()?,
    };
    let store = folder.store().await?;
    let listener = match role {
        // Nobody reads pages there; who watches over it says where.
        ServeRole::Crawl if listen.is_none() => None,
        _ => Some(bind(config.listen()?).await?),
    };
    let setup = Setup::new(config.clone(), role, None)?;
    let letters = match config.letters()?.filter(|_| role != ServeRole::Web) {
        Some((address, letters)) => Some((bind(address).await?, letters)),
        None => None,
    };
    let clock: Arc<dyn Clock> = folder.clock.clone();
    if store.is_shared() {
        tokio::spawn(keep_time(store.clone(), Arc::clone(&folder.clock)));
    }
    let reload: Reload = Box::new(move |setup| {
        let config = configured(&folder)?;
        let vectors_of = |config: &Config| config.text("stories.vectors").to_owned();
        let present = setup.config.as_ref();
        let vectors =
            present.filter(|present| vectors_of(present) == vectors_of(&config)).map(|_| setup.crawl.embedder.clone());
        let changed = present.map(|present| config.changed_since(present)).unwrap_or_default();
        let again = Setup::new(config, role, vectors)?;
        let (late, taken): (Vec<&str>, Vec<&str>) = changed.into_iter().partition(|name| Config::needs_restart(name));
        match taken.as_slice() {
            [] => tracing::info!("the settings were read again: none of those that can be taken over has changed"),
            names => tracing::info!("the settings were read again and are taken over: {}", names.join(", ")),
        }
        if !late.is_empty() {
            tracing::warn!("these settings change with the next start only: {}", late.join(", "));
        }
        Ok(again)
    });
    let server = Server { store, clock, listener, role, setup, letters, reload: Some(reload) };
    server.run().await
}

/// Sets the program's clock by the database's, again and again: machines' clocks run apart.
async fn keep_time(store: Store, clock: Arc<SetClock>) {
    loop {
        tokio::time::sleep(SET_EVERY).await;
        match store.database_now().await {
            Ok(now) => {
                clock.set(now);
            }
            Err(error) => tracing::debug!("the clock could not be set by the database's: {error}"),
        }
    }
}

/// Takes the address to serve on, or says who else may have it.
pub async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}: is another server there? Give another address with --listen")
    })
}

fn web_config(config: &Config) -> Result<WebConfig> {
    Ok(WebConfig {
        trusted_proxies: config.trusted_proxies()?,
        metrics: config.metrics()?,
        votes_per_minute: config.votes_per_minute()?,
        #[cfg(feature = "oidc")]
        oidc: config.oidc()?,
        letters_domain: config.letters()?.map(|(_, letters)| letters.domain),
        hub: config.hub()?,
        calls_per_minute: config.calls_per_minute()?,
        title: config.title(),
        base_url: config.base_url(),
        // Behind https no cookie may leave without it.
        noindex: config.noindex(),
        secure_cookies: config.secure_cookies() || config.base_url().is_some_and(|url| url.starts_with("https://")),
        ..WebConfig::default()
    })
}

/// What the settings make of a server, as far as it can be changed while it runs.
pub struct Setup {
    /// The settings that it was made of; `None`: of none.
    pub config: Option<Config>,
    /// How it fetches.
    pub crawl: CrawlConfig,
    /// How its pages are.
    pub web: WebConfig,
    /// How readers are told of news; by the one that fetches.
    pub notify: NotifyConfig,
}

impl Setup {
    /// `vectors`: what tells grouping what a text means, if that is known already.
    fn new(config: Config, role: ServeRole, vectors: Option<Option<Arc<dyn Embedder>>>) -> Result<Self> {
        let mut crawl = config.crawl()?;
        if role != ServeRole::Web {
            crawl.embedder = match vectors {
                Some(vectors) => vectors,
                None => config.embedder()?,
            };
        }
        crawl.node.role = match role {
            ServeRole::All => "all",
            ServeRole::Web => "web",
            ServeRole::Crawl => "crawl",
        }
        .to_owned();
        #[cfg(not(feature = "oidc"))]
        config.check_features()?;
        let notify = config.notify()?;
        let sends_mail = notify.mail.is_some();
        let web = WebConfig { max_push_bytes: crawl.feed_limits.max_bytes, sends_mail, ..web_config(&config)? };
        Ok(Self { config: Some(config), crawl, web, notify })
    }
}

/// Reads the settings again, given what they were.
pub type Reload = Box<dyn FnMut(&Setup) -> Result<Setup> + Send>;

/// All that a server needs.
pub struct Server {
    /// The store.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where pages are served; `None`: nowhere.
    pub listener: Option<TcpListener>,
    /// What it does.
    pub role: ServeRole,
    /// How it does it.
    pub setup: Setup,
    /// Where newsletters are taken; `None`: nowhere.
    pub letters: Option<(TcpListener, LettersConfig)>,
    /// How the settings are read again when it is asked to (SIGHUP); `None`: never.
    pub reload: Option<Reload>,
}

/// What of a server is begun anew with other settings: crawler, messages, pages.
struct Running {
    crawler: Crawler,
    stop: watch::Sender<bool>,
    crawling: JoinHandle<Result<(), StoreError>>,
    telling: Option<JoinHandle<()>>,
    /// Its pages, where it serves some.
    router: Option<Router>,
}

impl Running {
    /// Lets what is under way finish, for as long as it may take; what has not by then is given up. Tells whether it finished, and
    /// gives the crawler, which does nothing any more.
    async fn end(mut self) -> (bool, Crawler) {
        let _ = self.stop.send(true);
        let finished = async {
            let _ = (&mut self.crawling).await;
            if let Some(telling) = &mut self.telling {
                let _ = telling.await;
            }
        };
        let in_time = tokio::time::timeout(DRAIN, finished).await.is_ok();
        // Two crawlers at a time would fetch everything twice.
        self.crawling.abort();
        if let Some(telling) = self.telling {
            telling.abort();
        }
        (in_time, self.crawler)
    }
}

/// What a process is told from outside.
#[derive(Debug, PartialEq, Eq)]
enum Told {
    Stop,
    ReadSettings,
}

impl Server {
    /// Runs until SIGTERM, SIGINT or a failure; then lets what is under way finish. SIGHUP has it read its settings again.
    pub async fn run(mut self) -> Result<ExitCode> {
        // Whoever tells it something right after it said where it is must be heard.
        let mut signals = Signals::new()?;
        // Where several serve pages, the one in front of them is told first: `/readyz` says no, and requests go elsewhere.
        let (close, closed) = watch::channel(false);
        let (stop, stopped) = watch::channel(false);
        let is_one_of_several = self.store.is_shared() && self.listener.is_some();
        if let Some((listener, letters)) = self.letters.take() {
            let address = listener.local_addr()?;
            tracing::info!("newsletters are taken at {address} (LMTP)");
            let (store, clock) = (self.store.clone(), Arc::clone(&self.clock));
            tokio::spawn(firsthand_letters::serve(listener, store, clock, letters, stopped));
        }
        let listener = self.listener.take();
        let address = listener.as_ref().map(TcpListener::local_addr).transpose()?;
        let mut running = self.begin(address, None).await?;
        let mut serving = None;
        let (routers, current) = watch::channel(running.router.take().unwrap_or_default());
        if let (Some(listener), Some(address)) = (listener, address) {
            self.say_where(address).await?;
            serving = Some(tokio::spawn(firsthand_web::serve(listener, current, closed)));
        }
        while signals.next().await == Told::ReadSettings {
            let Some(reload) = &mut self.reload else { continue };
            match reload(&self.setup) {
                Ok(setup) => {
                    let before = std::mem::replace(&mut self.setup, setup);
                    let (in_time, ended) = running.end().await;
                    if !in_time {
                        tracing::warn!("not everything finished in time; what was not stored is fetched again");
                    }
                    running = match self.begin(address, Some(&ended)).await {
                        Ok(running) => running,
                        Err(error) => {
                            tracing::error!(
                                "with these settings nothing can be begun, those of before go on: {error:#}"
                            );
                            self.setup = before;
                            self.begin(address, Some(&ended)).await?
                        }
                    };
                    let _ = routers.send_replace(running.router.take().unwrap_or_default());
                }
                Err(error) => tracing::error!("the settings cannot be taken over, those of before go on: {error:#}"),
            }
        }
        tracing::info!("stopping: letting what is under way finish");
        let _ = stop.send(true);
        let drained = async {
            let ended = tokio::spawn(running.end());
            if is_one_of_several {
                tokio::time::sleep(LOOKED_AWAY).await;
            }
            let _ = close.send(true);
            if let Some(serving) = serving {
                let _ = serving.await;
            }
            let _ = ended.await;
        };
        if tokio::time::timeout(DRAIN, drained).await.is_err() {
            tracing::warn!("not everything finished in time; what was not stored is fetched again at the next start");
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Begins to do what the settings say; `ended` did so before.
    async fn begin(&self, address: Option<SocketAddr>, ended: Option<&Crawler>) -> Result<Running> {
        let Setup { crawl, web, notify, .. } = &self.setup;
        let (store, clock) = (self.store.clone(), Arc::clone(&self.clock));
        let random: Arc<dyn Random> = Arc::new(SystemRandom);
        let crawler = Crawler::new(store.clone(), Arc::clone(&clock), Arc::clone(&random), crawl.clone())?;
        let notifier = Notifier::new(store.clone(), crawler.fetcher().clone(), Arc::clone(&clock), notify.clone())?;
        let (stop, stopped) = watch::channel(false);
        let control: Arc<dyn CrawlControl> = Arc::new(Control(crawler.clone()));
        let router = match (address, self.role) {
            (None, _) => None,
            (Some(_), ServeRole::Crawl) => {
                Some(firsthand_web::health_router(store, control, stopped.clone(), web.metrics.clone()))
            }
            (Some(_), _) => {
                Some(firsthand_web::router(store, clock, random, web.clone(), control, stopped.clone()).await?)
            }
        };
        let crawls = self.role != ServeRole::Web;
        let telling = crawls.then(|| {
            let stopped = stopped.clone();
            tokio::spawn(async move { notifier.run(stopped).await })
        });
        // From here on nothing fails: what `ended` knows is not lost with settings that do.
        if let Some(ended) = ended {
            crawler.take_over(ended).await;
        }
        let working = crawler.clone();
        let crawling = tokio::spawn(async move {
            if crawls {
                working.run(RunMode::Until(stopped)).await.map(drop)
            } else {
                working.stay_known(stopped).await;
                Ok(())
            }
        });
        Ok(Running { crawler, stop, crawling, telling, router })
    }

    async fn say_where(&self, address: SocketAddr) -> Result<()> {
        if self.role == ServeRole::Crawl {
            tracing::info!("its health is at http://{address}/metrics");
            return Ok(());
        }
        tracing::info!("firsthand is at http://{address}/");
        if !self.store.has_accounts().await? {
            let code = firsthand_web::welcome_code(&self.store, &SystemRandom).await?;
            tracing::info!("there is no account yet: make the first at http://{address}/welcome?code={code}");
        }
        Ok(())
    }
}

/// What the system tells the process.
struct Signals {
    #[cfg(unix)]
    terminate: Signal,
    #[cfg(unix)]
    hangup: Signal,
}

impl Signals {
    #[cfg(unix)]
    fn new() -> Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, hangup: signal(SignalKind::hangup())? })
    }

    #[cfg(not(unix))]
    fn new() -> Result<Self> {
        Ok(Self {})
    }

    #[cfg(unix)]
    async fn next(&mut self) -> Told {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => Told::Stop,
            _ = self.terminate.recv() => Told::Stop,
            _ = self.hangup.recv() => Told::ReadSettings,
        }
    }

    #[cfg(not(unix))]
    async fn next(&mut self) -> Told {
        let _ = tokio::signal::ctrl_c().await;
        Told::Stop
    }
}

/// What the pages may ask of the crawler.
struct Control(Crawler);

impl CrawlControl for Control {
    fn follow(&self, address: String, folder: Option<String>) -> CrawlFuture<Result<String, String>> {
        let crawler = self.0.clone();
        Box::pin(async move {
            let followed = crawler.follow(&address, folder.as_deref()).await.map_err(|error| error.to_string())?;
            Ok(followed.title.unwrap_or(followed.url))
        })
    }

    fn import(&self, feeds: Vec<NewFeed>) -> CrawlFuture<Result<usize, StoreError>> {
        let crawler = self.0.clone();
        Box::pin(async move { crawler.import(&feeds).await })
    }

    fn image(&self, address: String) -> CrawlFuture<Result<Vec<u8>, String>> {
        let crawler = self.0.clone();
        Box::pin(async move { crawler.image(&address).await })
    }

    fn ask(&self, request: ServiceRequest) -> CrawlFuture<Result<ServiceAnswer, String>> {
        let crawler = self.0.clone();
        Box::pin(async move {
            let headers: Vec<_> = request.authorization.map(|value| ("authorization", value)).into_iter().collect();
            let post = request.form.as_deref().map(|body| Post {
                media_type: "application/x-www-form-urlencoded",
                body,
                headers: &headers,
            });
            let request_of = Request {
                accept: "application/json",
                max_body_bytes: MAX_SERVICE_BYTES,
                limit_setting: "",
                post,
                ..Request::default()
            };
            let answer = crawler.fetcher().get(&request.url, &request_of).await.map_err(|error| error.to_string())?;
            let content_type = answer.header(CONTENT_TYPE).map(str::to_owned);
            Ok(ServiceAnswer { status: answer.status, content_type, body: answer.body })
        })
    }

    fn wake(&self) {
        self.0.wake();
    }

    fn metrics(&self) -> String {
        self.0.metrics()
    }

    fn hear_hub(&self, token: String, query: String) -> CrawlFuture<Result<Option<String>, StoreError>> {
        let crawler = self.0.clone();
        Box::pin(async move { crawler.hear_hub(&token, &query).await })
    }

    fn take_push(
        &self,
        subscription: Subscription,
        content_type: Option<String>,
        signature: String,
        body: Vec<u8>,
    ) -> CrawlFuture<Result<(), StoreError>> {
        let crawler = self.0.clone();
        Box::pin(async move { crawler.take_push(&subscription, content_type, signature, body).await })
    }
}
