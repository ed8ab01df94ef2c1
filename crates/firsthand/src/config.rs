//! The configuration: one struct; defaults < file < environment < flags.

use anyhow::{Context, Result, bail};
use firsthand_letters::LettersConfig;
use firsthand_model::KeepRule;
use firsthand_store::ServerOptions;
use firsthand_story::{Embedder, WordVectors};
use firsthand_web::{IpNet, MetricsAccess};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// A setting: its name in the file, its default, and what it does. The environment's name is
/// `FIRSTHAND_` and the name in capitals with `_` for the dot.
const SETTINGS: &[(&str, &str, &str)] = &[
    ("listen", "127.0.0.1:8080", "the address that pages are served on"),
    ("title", "firsthand", "the name of this server, on its pages and feeds"),
    (
        "base_url",
        "",
        "the address that readers see, for feeds, and that hubs can reach, for push; empty: as asked, and no push",
    ),
    ("secure_cookies", "false", "whether readers come over https only"),
    (
        "trusted_proxies",
        "",
        "addresses or networks (10.0.0.0/8) with commas between, whose X-Forwarded-For is believed: your reverse proxy",
    ),
    (
        "metrics.networks",
        "",
        "addresses or networks with commas between that may read /metrics; empty: this machine and private networks",
    ),
    ("metrics.token", "", "who sends this as Authorization: Bearer may read /metrics from anywhere"),
    ("votes_per_minute", "60", "votes that one network may cast in a minute"),
    (
        "calls_per_minute",
        "1200",
        "calls of the API that one account or network may make in a minute; those of this machine are not counted",
    ),
    ("noindex", "false", "whether search engines are asked to stay away from this site's pages"),
    (
        "node.name",
        "",
        "the name of this process among those that share a PostgreSQL; empty: the machine's, with the process's number",
    ),
    (
        "node.term_s",
        "20",
        "seconds after which the others take over the work of a process on the same PostgreSQL that is silent",
    ),
    ("database.connections", "16", "connections of this process to PostgreSQL at the most"),
    (
        "database.replicas",
        "",
        "addresses of PostgreSQL servers that copy the database's, with commas between: lists, stories and search are read there",
    ),
    (
        "database.bodies",
        "",
        "where articles' bodies lie, instead of in PostgreSQL: s3://BUCKET/FOLDER (AWS_ACCESS_KEY_ID and the like say how to get in) or file:///FOLDER, for all processes the same; needs a build with --features objects",
    ),
    ("crawl.poll_interval", "30m", "how often a feed is asked that asks for nothing itself"),
    (
        "crawl.quiet_interval",
        "6h",
        "the longest interval that a feed with seldom news learns; as crawl.poll_interval: all feeds alike",
    ),
    ("crawl.max_interval", "24h", "the longest interval that a feed is given"),
    ("crawl.websub", "true", "whether hubs that feeds name are asked to push (WebSub); needs base_url"),
    (
        "crawl.websub_poll_interval",
        "1d",
        "how often a feed is asked whose hub pushes reliably, as a check; at most crawl.max_interval",
    ),
    ("http.allow_private_network", "false", "whether addresses that are not on the public internet are fetched"),
    (
        "http.allow_networks",
        "",
        "addresses or networks (10.1.2.0/24) with commas between that are fetched although they are not on the public internet",
    ),
    ("http.contact", "", "an address or page by which outlets can reach you, sent with every request"),
    ("http.max_image_bytes", "4194304", "the largest image that is passed on to readers"),
    ("http.exchange_timeout_s", "30", "seconds for a whole exchange with its redirects"),
    ("http.connect_timeout_s", "10", "seconds for one connection"),
    ("http.max_header_bytes", "65536", "the most bytes of an answer's headers"),
    ("http.host_pause_ms", "500", "milliseconds between two requests to one host"),
    ("http.max_exchanges", "16", "exchanges at a time"),
    ("feed.max_bytes", "15728640", "the largest feed, unpacked"),
    ("feed.max_items", "5000", "the most items read of a feed"),
    ("feed.max_page_links", "100", "the most links that a watched page gives at a time"),
    ("page.max_bytes", "8388608", "the largest page, unpacked"),
    ("page.excerpt_chars", "360", "the longest excerpt on public pages"),
    (
        "hub",
        "",
        "the WebSub hub that is told of news in this server's feeds, for their subscribers; needs base_url; empty: none",
    ),
    (
        "mail.server",
        "",
        "the server that takes mail for readers, as smtps://NAME:PASSWORD@HOST or smtp://HOST:25; empty: no mail is sent; set base_url too, which mails link to",
    ),
    ("mail.from", "", "the sender of mail, as News <news@example.org>"),
    ("oidc.issuer", "", "the OpenID Connect issuer that readers may sign in through; empty: none; needs base_url"),
    (
        "oidc.client_id",
        "",
        "this server's identifier at the issuer; what it is sent back to is base_url/signin/oidc/back",
    ),
    ("oidc.client_secret", "", "this server's secret at the issuer; empty: it has none"),
    ("oidc.name", "", "what the button calls the issuer; empty: its host"),
    ("oidc.makes_accounts", "false", "whether whoever comes from the issuer gets a reader's account"),
    (
        "letters.listen",
        "",
        "the address that takes newsletters from your mail server by LMTP, as 127.0.0.1:2424; empty: none are taken",
    ),
    ("letters.domain", "", "the domain of the addresses that newsletters are sent to"),
    ("letters.max_bytes", "10485760", "the largest newsletter"),
    ("alerts.timeout_s", "30", "seconds for one attempt to deliver mail or a webhook"),
    (
        "keep.days",
        "0",
        "days for which articles are kept, 15 or more; 0: for ever. Stories go as a whole; what is starred or voted on stays. Feeds may have rules of their own (`firsthand keep`)",
    ),
    (
        "keep.articles",
        "0",
        "the newest articles of a feed that are kept; 0: all. What came in the last 15 days always is",
    ),
    (
        "stories.vectors",
        "",
        "a file of word vectors (text form of word2vec, GloVe, fastText), for stories across languages; empty: none",
    ),
];

/// Every setting with its value and where that came from.
#[derive(Debug, Clone)]
pub struct Config {
    values: BTreeMap<&'static str, (String, String)>,
}

impl Config {
    /// Reads the file (if it is there) and the environment over the defaults.
    ///
    /// Fails on a file that is no TOML, a setting that does not exist, a value that makes no sense.
    pub fn load(file: &Path, must_exist: bool, environment: impl Fn(&str) -> Option<String>) -> Result<Self> {
        Self::read(Some(file), must_exist, environment)
    }

    /// The environment over the defaults: for commands without a data folder. Fails as [`Config::load`].
    pub fn of_environment() -> Result<Self> {
        Self::read(None, false, |name| std::env::var(name).ok())
    }

    fn read(file: Option<&Path>, must_exist: bool, environment: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let mut config = Self {
            values: SETTINGS
                .iter()
                .map(|(name, value, _)| (*name, ((*value).to_owned(), "default".to_owned())))
                .collect(),
        };
        match file.map(|file| (file, std::fs::read_to_string(file))) {
            None => {}
            Some((file, Ok(text))) => config.take_file(&text, file)?,
            Some((_, Err(error))) if error.kind() == std::io::ErrorKind::NotFound && !must_exist => {}
            Some((file, Err(error))) => {
                return Err(error).with_context(|| format!("cannot read the configuration {}", file.display()));
            }
        }
        for (name, _, _) in SETTINGS {
            let variable = format!("FIRSTHAND_{}", name.replace('.', "_").to_ascii_uppercase());
            if let Some(value) = environment(&variable) {
                config.values.insert(name, (value, format!("${variable}")));
            }
        }
        config.verify()?;
        Ok(config)
    }

    /// Sets a value from a flag.
    pub fn flag(&mut self, name: &str, value: impl ToString, flag: &str) {
        if let Some((name, _, _)) = SETTINGS.iter().find(|(known, _, _)| *known == name) {
            self.values.insert(name, (value.to_string(), flag.to_owned()));
        }
    }

    fn take_file(&mut self, text: &str, file: &Path) -> Result<()> {
        let table: toml::Table =
            text.parse().with_context(|| format!("the configuration {} is no TOML", file.display()))?;
        let mut flat = Vec::new();
        for (name, value) in table {
            match value {
                toml::Value::Table(inner) => {
                    flat.extend(inner.into_iter().map(|(key, value)| (format!("{name}.{key}"), value)))
                }
                value => flat.push((name, value)),
            }
        }
        for (name, value) in flat {
            let Some((known, _, _)) = SETTINGS.iter().find(|(known, _, _)| *known == name) else {
                bail!("{}: there is no setting {name}; `firsthand config` lists all", file.display());
            };
            let value = match value {
                toml::Value::String(text) => text,
                other => other.to_string(),
            };
            self.values.insert(known, (value, file.display().to_string()));
        }
        Ok(())
    }

    fn verify(&self) -> Result<()> {
        self.listen()?;
        self.crawl()?;
        self.switch("secure_cookies")?;
        self.switch("noindex")?;
        self.trusted_proxies()?;
        self.metrics()?;
        self.votes_per_minute()?;
        Ok(())
    }

    /// The names of the settings whose value is another one than in an earlier reading.
    pub fn changed_since(&self, before: &Self) -> Vec<&'static str> {
        SETTINGS.iter().map(|(name, ..)| *name).filter(|name| self.text(name) != before.text(name)).collect()
    }

    /// Whether a setting is taken over at the start only.
    pub fn needs_restart(name: &str) -> bool {
        ["listen", "node.", "database.", "letters."].iter().any(|begin| name.starts_with(begin))
    }

    /// A setting as it was given.
    pub fn text(&self, name: &str) -> &str {
        self.values.get(name).map_or("", |(value, _)| value)
    }

    fn parsed<T: std::str::FromStr>(&self, name: &str, what: &str) -> Result<T> {
        let value = self.text(name);
        let source = self.values.get(name).map_or("", |(_, source)| source);
        value.parse().map_err(|_| anyhow::anyhow!("{name} = {value:?} (from {source}) is not {what}"))
    }

    fn switch(&self, name: &str) -> Result<bool> {
        self.parsed(name, "true or false")
    }

    fn optional(&self, name: &str) -> Option<String> {
        Some(self.text(name).trim()).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    fn interval_s(&self, name: &str) -> Result<u32> {
        duration_s(self.text(name)).map_err(|why| anyhow::anyhow!("{name}: {why}"))
    }

    /// The address to serve on.
    pub fn listen(&self) -> Result<SocketAddr> {
        self.parsed("listen", "an address and port, as in 127.0.0.1:8080")
    }

    /// The settings of crawling.
    pub fn crawl(&self) -> Result<firsthand_crawl::CrawlConfig> {
        let seconds = |name| Ok::<_, anyhow::Error>(Duration::from_secs(self.parsed(name, "a number of seconds")?));
        let mut crawl = firsthand_crawl::CrawlConfig::default();
        crawl.http.allow_private_network = self.switch("http.allow_private_network")?;
        crawl.http.allowed_networks = self.networks("http.allow_networks")?;
        crawl.http.contact = self.optional("http.contact");
        crawl.http.exchange_timeout = seconds("http.exchange_timeout_s")?;
        crawl.http.max_image_bytes = self.parsed("http.max_image_bytes", "a number of bytes")?;
        crawl.http.connect_timeout = seconds("http.connect_timeout_s")?;
        crawl.http.max_header_bytes = self.parsed("http.max_header_bytes", "a number of bytes")?;
        crawl.http.host_pause = Duration::from_millis(self.parsed("http.host_pause_ms", "a number of milliseconds")?);
        crawl.http.max_exchanges = self.parsed("http.max_exchanges", "a number")?;
        crawl.schedule.poll_interval_s = self.interval_s("crawl.poll_interval")?;
        crawl.schedule.quiet_interval_s = self.interval_s("crawl.quiet_interval")?;
        crawl.schedule.max_interval_s = self.interval_s("crawl.max_interval")?;
        let (websub, poll_interval_s) = (self.switch("crawl.websub")?, self.interval_s("crawl.websub_poll_interval")?);
        crawl.websub = self
            .base_url()
            .filter(|_| websub)
            .map(|base| firsthand_crawl::WebSubConfig { callbacks: format!("{base}/websub/"), poll_interval_s });
        crawl.feed_limits.max_bytes = self.parsed("feed.max_bytes", "a number of bytes")?;
        crawl.feed_limits.max_items = self.parsed("feed.max_items", "a number")?;
        crawl.link_limits.max_links = self.parsed("feed.max_page_links", "a number")?;
        crawl.page_limits.max_bytes = self.parsed("page.max_bytes", "a number of bytes")?;
        crawl.page_limits.excerpt_chars = self.parsed("page.excerpt_chars", "a number of characters")?;
        crawl.link_limits.max_bytes = crawl.page_limits.max_bytes;
        crawl.keep = self.keep()?;
        crawl.node.name = self.optional("node.name").unwrap_or_else(process_name);
        crawl.node.term = Duration::from_secs(self.parsed::<u64>("node.term_s", "a number of seconds")?.max(2));
        Ok(crawl)
    }

    /// How long articles are kept whose feeds have no rule of their own.
    pub fn keep(&self) -> Result<KeepRule> {
        let days = self.parsed("keep.days", "a number of days")?;
        let articles = self.parsed("keep.articles", "a number of articles")?;
        KeepRule::of_numbers(days, articles).map_err(|why| anyhow::anyhow!("keep.days: {why}"))
    }

    /// How a database on a server is used.
    pub fn server_options(&self) -> Result<ServerOptions> {
        let replicas = self.text("database.replicas").split(',').map(str::trim).filter(|text| !text.is_empty());
        Ok(ServerOptions {
            connections: self.parsed::<usize>("database.connections", "a number")?.max(4),
            replicas: replicas.map(str::to_owned).collect(),
            bodies: self.optional("database.bodies"),
            ..ServerOptions::default()
        })
    }

    /// What tells grouping what a text means, if a file for it is set; reads that file.
    pub fn embedder(&self) -> Result<Option<Arc<dyn Embedder>>> {
        let Some(path) = self.optional("stories.vectors") else { return Ok(None) };
        let read = std::fs::File::open(&path).and_then(|file| WordVectors::read(std::io::BufReader::new(file)));
        let vectors = read.with_context(|| format!("stories.vectors: the word vectors {path} cannot be read"))?;
        tracing::debug!(words = vectors.len(), "word vectors help grouping");
        Ok(Some(Arc::new(vectors)))
    }

    /// How readers are told of news. Without `base_url` messages link to the address that is served on.
    pub fn notify(&self) -> Result<firsthand_notify::NotifyConfig> {
        let mail = match (self.optional("mail.server"), self.optional("mail.from")) {
            (Some(server), Some(from)) => Some(firsthand_notify::MailConfig { server, from }),
            (None, None) => None,
            (Some(_), None) => {
                bail!("mail.server is set and mail.from is not: say who sends, as News <news@example.org>")
            }
            (None, Some(_)) => bail!("mail.from is set and mail.server is not: say where mail goes, as smtp://HOST:25"),
        };
        let listen = self.listen()?;
        Ok(firsthand_notify::NotifyConfig {
            title: self.title(),
            base_url: self.base_url().unwrap_or_else(|| format!("http://{listen}")),
            mail,
            hub: self.hub()?,
            timeout: Duration::from_secs(self.parsed("alerts.timeout_s", "a number of seconds")?),
        })
    }

    /// How readers sign in through another service; `None`: they do not.
    #[cfg(feature = "oidc")]
    pub fn oidc(&self) -> Result<Option<firsthand_web::OidcConfig>> {
        let Some(issuer) = self.optional("oidc.issuer") else { return Ok(None) };
        let Some(host) = url::Url::parse(&issuer).ok().and_then(|url| url.host_str().map(str::to_owned)) else {
            bail!("oidc.issuer = {issuer:?} is no address: it begins with https://");
        };
        let Some(client_id) = self.optional("oidc.client_id") else {
            bail!("oidc.issuer is set and oidc.client_id is not: say what this server is called there");
        };
        Ok(Some(firsthand_web::OidcConfig {
            issuer,
            client_id,
            client_secret: self.optional("oidc.client_secret"),
            name: self.optional("oidc.name").unwrap_or(host),
            makes_accounts: self.switch("oidc.makes_accounts")?,
        }))
    }

    /// Sign-in through others is a feature of the build: a setting that this build does not know is said to be none.
    #[cfg(not(feature = "oidc"))]
    pub fn check_features(&self) -> Result<()> {
        match self.optional("oidc.issuer") {
            Some(_) => bail!("oidc.issuer is set, and this build cannot do it: build with --features oidc"),
            None => Ok(()),
        }
    }

    /// Where newsletters are taken, and how; `None`: nowhere.
    pub fn letters(&self) -> Result<Option<(SocketAddr, LettersConfig)>> {
        let max_bytes = self.parsed("letters.max_bytes", "a number of bytes")?;
        match (self.optional("letters.listen"), self.optional("letters.domain")) {
            (None, None) => Ok(None),
            (Some(_), Some(domain)) => {
                let listen = self.parsed("letters.listen", "an address and port, as in 127.0.0.1:2424")?;
                Ok(Some((listen, LettersConfig { domain, max_bytes })))
            }
            (Some(_), None) => bail!("letters.listen is set and letters.domain is not: say what stands behind the @"),
            (None, Some(_)) => bail!("letters.domain is set and letters.listen is not: say where newsletters come in"),
        }
    }

    /// The hub that is told of news.
    pub fn hub(&self) -> Result<Option<String>> {
        let hub = self.optional("hub");
        if let Some(address) = &hub {
            let is_address = url::Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
            if !is_address {
                bail!("hub = {address:?} is no address of a hub: it begins with https://");
            }
            if self.base_url().is_none() {
                bail!("hub is set and base_url is not: a hub needs the address that readers see");
            }
        }
        Ok(hub)
    }

    /// The server's name.
    pub fn title(&self) -> String {
        self.text("title").to_owned()
    }

    /// The address that readers see, without a slash at its end.
    pub fn base_url(&self) -> Option<String> {
        self.optional("base_url").map(|url| url.trim_end_matches('/').to_owned())
    }

    /// Whether cookies are sent over https only.
    pub fn secure_cookies(&self) -> bool {
        self.switch("secure_cookies").unwrap_or(false)
    }

    /// The networks whose word on where a request came from is believed.
    pub fn trusted_proxies(&self) -> Result<Vec<IpNet>> {
        self.networks("trusted_proxies")
    }

    /// Who may read the metrics.
    pub fn metrics(&self) -> Result<MetricsAccess> {
        let networks = self.networks("metrics.networks")?;
        Ok(MetricsAccess {
            networks: if networks.is_empty() { None } else { Some(networks) },
            token: self.optional("metrics.token"),
            trusted_proxies: self.trusted_proxies()?,
        })
    }

    fn networks(&self, name: &str) -> Result<Vec<IpNet>> {
        let networks = self.text(name).split(',').map(str::trim).filter(|text| !text.is_empty());
        networks
            .map(|text| text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)))
            .collect::<Result<_, _>>()
            .map_err(|_| {
                let value = self.text(name);
                anyhow::anyhow!(
                    "{name} = {value:?} is not a list of addresses or networks, as in 127.0.0.1, 10.0.0.0/8"
                )
            })
    }

    /// Votes that one network may cast in a minute.
    pub fn votes_per_minute(&self) -> Result<u32> {
        self.parsed("votes_per_minute", "a number of votes")
    }

    /// Calls of the API that one account or network may make in a minute.
    pub fn calls_per_minute(&self) -> Result<u32> {
        self.parsed("calls_per_minute", "a number of calls")
    }

    /// Whether search engines are asked to stay away.
    pub fn noindex(&self) -> bool {
        self.switch("noindex").unwrap_or(false)
    }

    /// A line a setting: its name, value and meaning; `explain` adds where the value came from.
    pub fn show(&self, explain: bool) -> String {
        let mut out = String::new();
        for (name, _, meaning) in SETTINGS {
            let Some((value, source)) = self.values.get(name) else { continue };
            let source = if explain { format!(" (from {source})") } else { String::new() };
            let value = without_secret(name, value);
            out.push_str(&format!("{:<46} # {meaning}{source}\n", format!("{name} = {value:?}")));
        }
        out
    }
}

/// The machine's name and the process's number.
fn process_name() -> String {
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").ok().or_else(|| std::env::var("HOSTNAME").ok());
    let machine = machine.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    format!("{}:{}", machine.as_deref().unwrap_or("firsthand"), std::process::id())
}

/// A duration as a person writes it (90s, 15m, 2h, 1d; a bare number is seconds), in seconds.
pub fn duration_s(text: &str) -> Result<u32, String> {
    let text = text.trim();
    let digits = text.trim_end_matches(|character: char| character.is_ascii_alphabetic());
    let factor = match text.strip_prefix(digits).unwrap_or_default() {
        "" | "s" => 1,
        "m" | "min" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => 0,
    };
    let seconds = digits.parse::<u32>().ok().and_then(|number| number.checked_mul(factor));
    seconds
        .filter(|seconds| *seconds > 0)
        .ok_or_else(|| format!("{text:?} is not a duration: write 90s, 15m, 2h or 1d"))
}

/// A value as it may be shown: what others could misuse is stars.
fn without_secret(name: &str, value: &str) -> String {
    const STARS: &str = "***";
    match name {
        "oidc.client_secret" | "metrics.token" if !value.is_empty() => STARS.to_owned(),
        "mail.server" => match url::Url::parse(value) {
            Ok(url) => {
                let mut url = url;
                let is_hidden = url.password().is_some() && url.set_password(Some(STARS)).is_ok();
                if is_hidden { url.to_string() } else { value.to_owned() }
            }
            Err(_) => value.to_owned(),
        },
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(file: &str, environment: &[(&str, &str)]) -> Result<Config> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("firsthand.toml");
        std::fs::write(&path, file).unwrap();
        Config::load(&path, true, |name| {
            environment.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_environment_is_above_the_file_and_the_file_above_the_defaults() {
        let config =
            load("listen = \"127.0.0.1:9000\"\n[http]\nmax_exchanges = 3\n", &[("FIRSTHAND_LISTEN", "127.0.0.1:9001")])
                .unwrap();
        assert_eq!(config.listen().unwrap().port(), 9001);
        assert_eq!(config.crawl().unwrap().http.max_exchanges, 3);
        assert_eq!(config.crawl().unwrap().schedule.poll_interval_s, 1800);
        assert!(config.show(true).contains("$FIRSTHAND_LISTEN"));
    }

    #[test]
    fn push_needs_an_address_and_can_be_switched_off() {
        let callbacks = |file| load(file, &[]).unwrap().crawl().unwrap().websub.map(|websub| websub.callbacks);
        assert_eq!(callbacks(""), None);
        let address = "base_url = \"https://news.example/\"\n";
        assert_eq!(callbacks(address).as_deref(), Some("https://news.example/websub/"));
        assert_eq!(callbacks(&format!("{address}[crawl]\nwebsub = false")), None);
    }

    #[test]
    fn a_wrong_setting_is_named() {
        assert!(load("lisen = 1", &[]).unwrap_err().to_string().contains("no setting lisen"));
        assert!(load("listen = \"here\"", &[]).unwrap_err().to_string().contains("listen"));
        assert!(load("[crawl]\npoll_interval = \"often\"", &[]).unwrap_err().to_string().contains("often"));
        assert!(load("[keep]\ndays = 3", &[]).unwrap_err().to_string().contains("keep 15 or more"));
    }

    #[test]
    fn durations_are_read_as_people_write_them() {
        assert_eq!(["90", "90s", "15m", "2h", "1d"].map(|text| duration_s(text).unwrap()), [90, 90, 900, 7200, 86_400]);
        assert!(duration_s("0").is_err() && duration_s("5 weeks").is_err() && duration_s("99999999h").is_err());
    }

    #[test]
    fn secrets_are_not_shown() {
        assert_eq!(without_secret("mail.server", "smtps://ann:secret@mail.example"), "smtps://ann:***@mail.example");
        assert_eq!(without_secret("mail.server", "smtp://mail.example:25"), "smtp://mail.example:25");
        assert_eq!(without_secret("oidc.client_secret", "secret"), "***");
        assert_eq!(without_secret("metrics.token", "secret"), "***");
        assert_eq!(without_secret("title", "secret"), "secret");
    }
}
