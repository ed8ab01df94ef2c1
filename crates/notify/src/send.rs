//! What is on its way is sent, and tried again where that fails.

use crate::{Notifier, service, webhook};
use firsthand_crawl::FetchError;
use firsthand_model::*;
use firsthand_store::StoreError;
use futures_util::future::join_all;

/// Deliveries that are sent at a time.
const AT_A_TIME: usize = 8;
/// Seconds from an attempt that failed to the next one; after the last one there is none.
const WAITS_S: [i64; 8] = [5, 60, 300, 1800, 7200, 21_600, 43_200, 86_400];
/// Seconds that a delivery stays with who took it, beyond the longest attempt.
const GRACE_S: i64 = 5;

/// Why something did not arrive.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SendError {
    /// It may, later.
    #[error("{0}")]
    Later(String),
    /// It may not before an instant.
    #[error("{1}")]
    NotBefore(Timestamp, String),
    /// It never will.
    #[error("{0}")]
    Never(String),
}

impl From<FetchError> for SendError {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Held { until, .. } => Self::NotBefore(until, error.to_string()),
            FetchError::Refused { .. } => Self::Never(error.to_string()),
            other => Self::Later(other.to_string()),
        }
    }
}

/// Whether an answer says that it arrived.
pub(crate) fn arrived(status: u16) -> Result<(), SendError> {
    match status {
        200..=299 => Ok(()),
        410 => Err(SendError::Never("it answered with status 410: it is gone for good".to_owned())),
        other => Err(SendError::Later(format!("it answered with status {other}"))),
    }
}

impl Notifier {
    pub(crate) async fn send(&self) -> Result<(), StoreError> {
        let timeout = self.inner.config.timeout;
        let lease_s = i64::try_from(timeout.as_secs()).unwrap_or(i64::MAX >> 20) + GRACE_S;
        loop {
            let deliveries = self.inner.store.take_deliveries(AT_A_TIME, lease_s).await?;
            let count = deliveries.len();
            let done = join_all(deliveries.into_iter().map(|delivery| self.send_one(delivery))).await;
            done.into_iter().collect::<Result<Vec<()>, _>>()?;
            if count < AT_A_TIME {
                return Ok(());
            }
        }
    }

    async fn send_one(&self, delivery: Delivery) -> Result<(), StoreError> {
        let timeout = self.inner.config.timeout;
        let sent = tokio::time::timeout(timeout, self.attempt(&delivery)).await;
        let sent = sent.unwrap_or_else(|_| Err(SendError::Later(format!("no answer within {} s", timeout.as_secs()))));
        let store = &self.inner.store;
        let Err(error) = sent else { return store.delivered(delivery.id).await };
        let attempt = usize::try_from(delivery.attempt).unwrap_or(usize::MAX);
        let wait_s = WAITS_S.get(attempt - 1).copied();
        let later = wait_s.map(|wait_s| self.inner.clock.now().plus_seconds(wait_s));
        let retry_at = match &error {
            SendError::Never(_) => None,
            SendError::Later(_) => later,
            SendError::NotBefore(until, _) => later.map(|later| later.max(*until)),
        };
        tracing::info!(channel = delivery.channel.id, attempt, %error, "an alert did not arrive");
        let what = match retry_at {
            Some(_) => error.to_string(),
            None => format!("{error}; it is not tried again"),
        };
        store.delivery_failed(delivery.id, &what, retry_at).await
    }

    async fn attempt(&self, delivery: &Delivery) -> Result<(), SendError> {
        let (config, fetcher) = (&self.inner.config, &self.inner.fetcher);
        match delivery.channel.kind {
            ChannelKind::Email => match &self.inner.mailer {
                Some(mailer) => mailer.send(config, delivery).await,
                None => Err(SendError::Later("this server sends no mail: set mail.server and mail.from".to_owned())),
            },
            ChannelKind::Webhook => webhook::send(fetcher, config, delivery, self.inner.clock.now()).await,
            ChannelKind::Ntfy => service::ntfy(fetcher, config, delivery).await,
            ChannelKind::Readeck | ChannelKind::Linkding | ChannelKind::Wallabag | ChannelKind::Post => {
                service::save(fetcher, delivery).await
            }
        }
    }
}
