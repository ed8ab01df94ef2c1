//! A hub is told that this server's lists have news (WebSub, section 7: how is the hub's own affair; all that are known take
//! a form with `hub.mode=publish` and `hub.url`).

use crate::Notifier;
use firsthand_store::StoreError;
use std::sync::PoisonError;
use url::form_urlencoded::Serializer;

/// The lists that are told of: those that every report changes.
const LISTS: [&str; 4] = ["/feeds/front.atom", "/feeds/front.json", "/feeds/new.atom", "/feeds/new.json"];
/// Seconds between two words to the hub at the least.
const PAUSE_S: i64 = 60;

impl Notifier {
    /// Tells the hub if reports came into stories since it was last told. It is no alert: a word that does not arrive is
    /// made up for by the next one.
    pub(crate) async fn tell_hub(&self) -> Result<(), StoreError> {
        let Some(hub) = &self.inner.config.hub else { return Ok(()) };
        let (last, now) = (self.inner.store.last_assigned().await?, self.inner.clock.now());
        let told = *self.inner.told_hub.lock().unwrap_or_else(PoisonError::into_inner);
        let due = match told {
            // What is there at the start is no news.
            None => false,
            Some((seen, next)) => last > seen && now >= next,
        };
        if told.is_none() || due {
            let next = (last, now.plus_seconds(if due { PAUSE_S } else { 0 }));
            *self.inner.told_hub.lock().unwrap_or_else(PoisonError::into_inner) = Some(next);
        }
        if due {
            let mut form = String::from("hub.mode=publish");
            for list in LISTS {
                let topic = format!("{}{list}", self.inner.config.base_url);
                form.push('&');
                form.push_str(&Serializer::new(String::new()).append_pair("hub.url", &topic).finish());
            }
            if let Err(error) = self.inner.fetcher.post_form(hub, &form).await {
                tracing::info!(hub, %error, "the hub could not be told of news");
            }
        }
        Ok(())
    }
}
