//! Tells readers of what they asked to be told of, and passes articles to services that keep them.
//!
//! Two steps that share nothing but rows of the store. `look`: what watches find is put on its way in the transaction
//! that notes how far they looked, so that nothing is told twice or never. `send`: what is on its way is taken for a
//! while, sent and ticked off; a process that dies in between leaves it to the next one, which says that it may be a
//! repeat. Everything but mail leaves by the crawler's client, under its rules.

mod hub;
mod look;
mod mail;
mod send;
mod service;
mod webhook;

pub use mail::{MailConfig, MailError};

use firsthand_crawl::Fetcher;
use firsthand_model::{Clock, Timestamp};
use firsthand_store::{Store, StoreError};
use mail::Mailer;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;

/// How often it looks for work.
const TICK: Duration = Duration::from_secs(3);

/// How readers are told.
#[derive(Debug, Clone)]
pub struct NotifyConfig {
    /// The server's name.
    pub title: String,
    /// The address that readers see, without a slash at its end: what messages link to.
    pub base_url: String,
    /// The WebSub hub that is told of news; `None`: there is none.
    pub hub: Option<String>,
    /// How mail is sent; `None`: it is not.
    pub mail: Option<MailConfig>,
    /// How long one attempt may take.
    pub timeout: Duration,
}

/// Tells readers. Cheap to clone.
#[derive(Clone)]
pub struct Notifier {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    fetcher: Fetcher,
    clock: Arc<dyn Clock>,
    config: NotifyConfig,
    mailer: Option<Mailer>,
    /// How far the hub was told, and when it is told next at the earliest.
    told_hub: Mutex<Option<(i64, Timestamp)>>,
}

impl Notifier {
    /// A notifier on a store.
    ///
    /// Errors: a mail server's address or a sender that is none.
    pub fn new(store: Store, fetcher: Fetcher, clock: Arc<dyn Clock>, config: NotifyConfig) -> Result<Self, MailError> {
        let mailer = config.mail.as_ref().map(|mail| Mailer::new(mail, config.timeout)).transpose()?;
        let told_hub = Mutex::default();
        Ok(Self { inner: Arc::new(Inner { store, fetcher, clock, config, mailer, told_hub }) })
    }

    /// Works until told to stop; what is being sent then is sent to its end.
    pub async fn run(&self, mut stopped: watch::Receiver<bool>) {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = tick.tick() => {}
                _ = stopped.wait_for(|stop| *stop) => return,
            }
            // The store may be busy or away for a moment: the next tick tries again, and nothing is lost.
            if let Err(error) = self.once().await {
                tracing::warn!("alerts have to wait: {error}");
            }
        }
    }

    /// Looks once at all watches that are due, and sends once what is due.
    pub async fn once(&self) -> Result<(), StoreError> {
        self.tell_hub().await?;
        self.look().await?;
        self.send().await
    }
}
