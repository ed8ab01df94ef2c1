//! The one client for everything that leaves the machine.
//!
//! It asks http and https only; it checks every address at the moment of connecting (the resolver
//! gives the connector checked addresses only, so a name cannot change its mind in between) and
//! every hop of a redirect, which it follows itself; it counts bytes after decompression; it has
//! one deadline for the whole exchange; it opens one connection a host at a time and keeps a pause
//! between requests to a host.

use crate::address::special_purpose;
use crate::schedule::retry_after_s;
use firsthand_model::{Clock, Timestamp};
use firsthand_text::urls;
use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use url::{Host, Url};

/// What is read of the answer to something posted.
const MAX_POST_ANSWER_BYTES: usize = 64 << 10;
/// How long a host that answers 429 or 503 without Retry-After is left alone at least, in seconds.
const SHORTEST_HOLD_S: i64 = 60;

/// What an exchange may cost, and who asks.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// Whether addresses that are not on the public internet may be asked.
    pub allow_private_network: bool,
    /// Networks that may be asked although they are not on the public internet.
    pub allowed_networks: Vec<IpNet>,
    /// The deadline of an exchange with all its redirects.
    pub exchange_timeout: Duration,
    /// The deadline of one connection.
    pub connect_timeout: Duration,
    /// The most redirects followed.
    pub max_redirects: usize,
    /// The most bytes of headers.
    pub max_header_bytes: usize,
    /// The pause between two requests to one host of the public internet.
    pub host_pause: Duration,
    /// The most exchanges at a time.
    pub max_exchanges: usize,
    /// An address or page by which an outlet can reach the operator, named in the User-Agent.
    pub contact: Option<String>,
    /// The largest image that is passed on to those who read an article here, in bytes.
    pub max_image_bytes: usize,
}

impl HttpConfig {
    /// Why an address is not asked; `None`: it may be.
    fn forbids(&self, address: IpAddr) -> Option<&'static str> {
        let range = special_purpose(address)?;
        // What maps an address is judged as that address, as everywhere.
        let plain = address.to_canonical();
        let is_allowed =
            self.allow_private_network || self.allowed_networks.iter().any(|network| network.contains(&plain));
        (!is_allowed).then_some(range)
    }
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            allow_private_network: false,
            allowed_networks: Vec::new(),
            exchange_timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            max_redirects: 5,
            max_header_bytes: 64 << 10,
            host_pause: Duration::from_millis(500),
            max_exchanges: 16,
            contact: None,
            max_image_bytes: 4 << 20,
        }
    }
}

/// One request.
#[derive(Debug, Clone, Default)]
pub struct Request<'a> {
    /// The `Accept` header.
    pub accept: &'static str,
    /// The `ETag` to send as `If-None-Match`, byte for byte.
    pub etag: Option<&'a str>,
    /// The `Last-Modified` to send as `If-Modified-Since`, byte for byte.
    pub last_modified: Option<&'a str>,
    /// The most bytes of the body after decompression.
    pub max_body_bytes: usize,
    /// The setting that raises `max_body_bytes`, for the error's text.
    pub limit_setting: &'static str,
    /// What to post. Then only 307 and 308 are followed.
    pub post: Option<Post<'a>>,
}

/// What a request posts.
#[derive(Debug, Clone, Default)]
pub struct Post<'a> {
    /// Its media type.
    pub media_type: &'static str,
    /// The body.
    pub body: &'a str,
    /// Headers beside it: names, and values that are left out where they are none that HTTP can carry.
    pub headers: &'a [(&'static str, String)],
}

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// The address that answered, after redirects.
    pub final_url: Url,
    /// The address that a chain of permanent redirects only (301, 308) led to.
    pub moved_to: Option<Url>,
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, decompressed.
    pub body: Vec<u8>,
    /// When it was complete.
    pub at: Timestamp,
}

impl Fetched {
    /// A header's value as text.
    pub fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// Why there is no answer. The text says what happened and what can be done.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address is not one that is asked.
    #[error("{url} was not asked: {why}")]
    Refused {
        /// The address.
        url: String,
        /// Why.
        why: String,
    },
    /// The exchange took longer than its deadline.
    #[error("no complete answer from {host} within {seconds} s (setting http.exchange_timeout_s)")]
    Timeout {
        /// The host.
        host: String,
        /// The deadline.
        seconds: u64,
    },
    /// The answer is larger than its limit.
    #[error("the answer from {host} has more than {limit} bytes once unpacked (setting {setting})")]
    TooLarge {
        /// The host.
        host: String,
        /// The limit.
        limit: usize,
        /// The setting that raises it.
        setting: &'static str,
    },
    /// The redirects do not end or lead nowhere.
    #[error("{host} redirects without end or to no address: {what}")]
    Redirects {
        /// The host.
        host: String,
        /// What was seen.
        what: String,
    },
    /// The host asked to be left alone (429 or 503), and is.
    #[error("{host} asked to be left alone until {until}")]
    Held {
        /// The host.
        host: String,
        /// Until when.
        until: Timestamp,
    },
    /// The machine gives no threads to analyse with.
    #[error("no threads could be started: {0}; raise the limit of processes (ulimit -u)")]
    Threads(String),
    /// The connection failed.
    #[error("{host} could not be reached: {what}")]
    Network {
        /// The host.
        host: String,
        /// What was seen.
        what: String,
    },
}

/// A host's turn: one exchange at a time, and when the last one ended.
#[derive(Default)]
struct HostGate {
    turn: tokio::sync::Mutex<Option<Instant>>,
}

/// The client. Cheap to clone.
#[derive(Clone)]
pub struct Fetcher {
    client: reqwest::Client,
    config: Arc<HttpConfig>,
    clock: Arc<dyn Clock>,
    gates: Arc<Mutex<HashMap<String, Arc<HostGate>>>>,
    exchanges: Arc<Semaphore>,
    /// Hosts that asked to be left alone, and until when.
    holds: Arc<Mutex<HashMap<String, Timestamp>>>,
}

impl Fetcher {
    /// A client; fails when the TLS library finds no trusted certificates.
    pub fn new(config: HttpConfig, clock: Arc<dyn Clock>) -> Result<Self, FetchError> {
        // Another part of the process may have chosen the provider before: then it stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let contact = config.contact.as_deref().map(|contact| format!("; +{contact}")).unwrap_or_default();
        let agent = format!("firsthand/{} (self-hosted news reader{contact})", env!("CARGO_PKG_VERSION"));
        #[expect(clippy::disallowed_methods, reason = "this is the one client that the rule stands for")]
        let client = reqwest::Client::builder()
            .user_agent(agent)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .connect_timeout(config.connect_timeout)
            .pool_max_idle_per_host(1)
            .http1_max_headers(200)
            .http2_max_header_list_size(u32::try_from(config.max_header_bytes).unwrap_or(u32::MAX))
            .dns_resolver(Arc::new(GuardedResolver { config: config.clone() }))
            .build()
            .map_err(|error| FetchError::Network { host: "the network".to_owned(), what: with_causes(&error) })?;
        let exchanges = Arc::new(Semaphore::new(config.max_exchanges.max(1)));
        Ok(Self { client, config: Arc::new(config), clock, gates: Arc::default(), exchanges, holds: Arc::default() })
    }

    /// The settings.
    pub fn config(&self) -> &HttpConfig {
        &self.config
    }

    /// Asks for `url`, follows redirects, reads the answer. Waits for the host's turn first, which
    /// does not count towards the deadline.
    pub async fn get(&self, url: &str, request: &Request<'_>) -> Result<Fetched, FetchError> {
        let first = Url::parse(url)
            .map_err(|error| FetchError::Refused { url: url.to_owned(), why: format!("it is no address ({error})") })?;
        let mut url = first;
        let mut moved_to = None;
        let mut all_permanent = true;
        let mut deadline = None;
        for _ in 0..=self.config.max_redirects {
            self.check(&url)?;
            let host = url.host_str().unwrap_or_default().to_owned();
            let gate = self.gate(&url);
            // The host's turn comes first: who waits for it must not keep a place from other hosts.
            let mut turn = gate.turn.lock().await;
            if let Some(until) = self.held_until(url.as_str()) {
                return Err(FetchError::Held { host, until });
            }
            if let Some(last) = *turn
                && self.pauses(&url)
            {
                tokio::time::sleep_until(last + self.config.host_pause).await;
            }
            let _place = self.exchanges.acquire().await;
            let ends = *deadline.get_or_insert_with(|| Instant::now() + self.config.exchange_timeout);
            let timeout =
                || FetchError::Timeout { host: host.clone(), seconds: self.config.exchange_timeout.as_secs() };
            let answer = tokio::time::timeout_at(ends, self.exchange(&url, request)).await;
            *turn = Some(Instant::now());
            let (status, headers, body) = answer.map_err(|_| timeout())??;
            if !matches!(status, 301 | 302 | 303 | 307 | 308) {
                let answer = Fetched { final_url: url, moved_to, status, headers, body, at: self.clock.now() };
                if matches!(status, 429 | 503) {
                    // Before the next one in the queue has its turn.
                    let wait_s = retry_after_s(&answer).unwrap_or(SHORTEST_HOLD_S);
                    self.hold(answer.final_url.as_str(), answer.at.plus_seconds(wait_s));
                }
                return Ok(answer);
            }
            drop(turn);
            if request.post.is_some() && !matches!(status, 307 | 308) {
                let what = format!("status {status} to what was posted, which only 307 and 308 may send elsewhere");
                return Err(FetchError::Redirects { host, what });
            }
            let target = headers.get(header::LOCATION).and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
            let Some(next) = target.and_then(|target| url.join(target).ok()) else {
                return Err(FetchError::Redirects { host, what: format!("status {status} without a usable Location") });
            };
            all_permanent &= matches!(status, 301 | 308);
            moved_to = all_permanent.then(|| next.clone());
            url = next;
        }
        let host = url.host_str().unwrap_or_default().to_owned();
        Err(FetchError::Redirects { host, what: format!("more than {} redirects", self.config.max_redirects) })
    }

    /// Posts a form, under the same rules; see [`Request::post`].
    pub async fn post_form(&self, url: &str, form: &str) -> Result<Fetched, FetchError> {
        self.post(url, Post { media_type: "application/x-www-form-urlencoded", body: form, headers: &[] }).await
    }

    /// Posts what is given, under the same rules. Of the answer no more than 64 KiB are read.
    pub async fn post(&self, url: &str, post: Post<'_>) -> Result<Fetched, FetchError> {
        let request = Request {
            accept: "*/*",
            max_body_bytes: MAX_POST_ANSWER_BYTES,
            limit_setting: "",
            post: Some(post),
            ..Request::default()
        };
        self.get(url, &request).await
    }

    /// Leaves a host alone until an instant; what it was left alone for before is kept if longer.
    pub fn hold(&self, url: &str, until: Timestamp) {
        let Some(host) = urls::host_name(url) else { return };
        self.hold_host(host, until);
    }

    /// [`Self::hold`] by the host's name.
    pub(crate) fn hold_host(&self, host: String, until: Timestamp) {
        let now = self.clock.now();
        let mut holds = self.holds.lock().unwrap_or_else(PoisonError::into_inner);
        holds.retain(|_, until| *until > now);
        let held = holds.entry(host).or_insert(until);
        *held = until.max(*held);
    }

    /// Until when a host is left alone.
    pub fn held_until(&self, url: &str) -> Option<Timestamp> {
        let host = urls::host_name(url)?;
        let now = self.clock.now();
        self.holds.lock().unwrap_or_else(PoisonError::into_inner).get(&host).copied().filter(|until| *until > now)
    }

    async fn exchange(&self, url: &Url, request: &Request<'_>) -> Result<(u16, HeaderMap, Vec<u8>), FetchError> {
        let host = url.host_str().unwrap_or_default().to_owned();
        let network = |error: reqwest::Error| FetchError::Network { host: host.clone(), what: with_causes(&error) };
        let builder = match &request.post {
            None => self.client.get(url.clone()),
            Some(post) => {
                let builder = self
                    .client
                    .post(url.clone())
                    .header(header::CONTENT_TYPE, post.media_type)
                    .body(post.body.to_owned());
                post.headers
                    .iter()
                    .filter_map(|(name, value)| Some((*name, HeaderValue::from_str(value).ok()?)))
                    .fold(builder, |builder, (name, value)| builder.header(name, value))
            }
        };
        let mut builder = builder.header(header::ACCEPT, request.accept);
        // A validator goes back exactly as it came, or not at all.
        for (name, value) in [(header::IF_NONE_MATCH, request.etag), (header::IF_MODIFIED_SINCE, request.last_modified)]
        {
            if let Some(value) = value.and_then(|value| HeaderValue::from_bytes(value.as_bytes()).ok()) {
                builder = builder.header(name, value);
            }
        }
        let mut response = builder.send().await.map_err(network)?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let header_bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
        if header_bytes > self.config.max_header_bytes {
            return Err(FetchError::TooLarge {
                host,
                limit: self.config.max_header_bytes,
                setting: "http.max_header_bytes",
            });
        }
        let mut body = Vec::new();
        // The body of a redirect or error page is nobody's business.
        if matches!(status, 200..=299) {
            while let Some(chunk) = response.chunk().await.map_err(network)? {
                if body.len() + chunk.len() > request.max_body_bytes {
                    if request.post.is_some() {
                        // That it was taken is said by the status; what else there is to say is said at the beginning.
                        break;
                    }
                    return Err(FetchError::TooLarge {
                        host,
                        limit: request.max_body_bytes,
                        setting: request.limit_setting,
                    });
                }
                body.extend_from_slice(&chunk);
            }
        }
        Ok((status, headers, body))
    }

    /// Refuses what is not http(s) and IP literals that are not public: those never reach the resolver.
    fn check(&self, url: &Url) -> Result<(), FetchError> {
        let refused = |why: &str| Err(FetchError::Refused { url: url.to_string(), why: why.to_owned() });
        if !matches!(url.scheme(), "http" | "https") {
            return refused("only http and https are fetched");
        }
        let literal = match url.host() {
            None => return refused("it names no host"),
            Some(Host::Domain(_)) => return Ok(()),
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
        };
        match self.config.forbids(literal) {
            Some(range) => refused(&format!(
                "{literal} is not on the public internet ({range}); --allow-private-network or http.allow_networks allows it"
            )),
            None => Ok(()),
        }
    }

    fn gate(&self, url: &Url) -> Arc<HostGate> {
        let key = format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default());
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        if gates.len() > 20_000 {
            // Gates that nobody holds have done their work; forgetting one costs a pause at most.
            gates.retain(|_, gate| Arc::strong_count(gate) > 1);
        }
        Arc::clone(gates.entry(key).or_default())
    }

    /// How long a host is left in peace between two requests; `None`: it is not, being the operator's own.
    pub(crate) fn pause_of(&self, url: &str) -> Option<Duration> {
        let url = Url::parse(url).ok()?;
        self.pauses(&url).then_some(self.config.host_pause)
    }

    /// A pause is for strangers: hosts of the operator's own network are not kept waiting for.
    fn pauses(&self, url: &Url) -> bool {
        let own = match url.host() {
            Some(Host::Ipv4(address)) => special_purpose(IpAddr::V4(address)).is_some(),
            Some(Host::Ipv6(address)) => special_purpose(IpAddr::V6(address)).is_some(),
            Some(Host::Domain(name)) => is_localhost(name),
            None => false,
        };
        !own && !self.config.host_pause.is_zero()
    }
}

/// `localhost` and names under it are this machine (RFC 6761, 6.3).
fn is_localhost(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost")
}

/// Gives the connector addresses that may be asked, and no others.
struct GuardedResolver {
    config: HttpConfig,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let config = self.config.clone();
        Box::pin(async move {
            let name = name.as_str().to_owned();
            let found: Vec<SocketAddr> = if is_localhost(&name) {
                vec![(Ipv4Addr::LOCALHOST, 0).into(), (Ipv6Addr::LOCALHOST, 0).into()]
            } else {
                tokio::net::lookup_host((name.as_str(), 0)).await?.collect()
            };
            let refused =
                found.iter().find_map(|address| config.forbids(address.ip()).map(|range| (address.ip(), range)));
            let allowed: Vec<SocketAddr> =
                found.into_iter().filter(|address| config.forbids(address.ip()).is_none()).collect();
            match (allowed.is_empty(), refused) {
                (true, Some((address, range))) => {
                    Err(format!("{name} is {address}, which is not on the public internet ({range}); --allow-private-network or http.allow_networks allows it").into())
                }
                (true, None) => Err(format!("the name {name} has no address").into()),
                (false, _) => Ok(Box::new(allowed.into_iter()) as Addrs),
            }
        })
    }
}

/// An error with its causes in one line: the outermost alone says "error sending request".
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut out = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !out.contains(&text) {
            out.push_str(": ");
            out.push_str(&text);
        }
        cause = error.source();
    }
    out
}
