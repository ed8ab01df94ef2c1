//! Push by WebSub (W3C Recommendation, <https://www.w3.org/TR/websub/>): what is known of a feed's
//! subscription at its hub.

use crate::{FeedId, Timestamp};
use serde::{Deserialize, Serialize};

/// How a subscription stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum PushState {
    /// The hub was asked, or will be, and has not confirmed.
    Requested,
    /// The hub confirmed; it pushes until the lease ends.
    Active,
    /// The hub refused, or ended it.
    Denied,
}

/// A feed's subscription as the feeds page and `firsthand feeds --json` show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Push {
    /// The hub's address.
    pub hub: String,
    /// How it stands.
    pub state: PushState,
    /// Since when it is active without a break.
    pub since: Option<Timestamp>,
    /// When the lease ends.
    pub until: Option<Timestamp>,
    /// Pushes that must come before polls become seldom; 0: the hub is trusted.
    pub pushes_until_trusted: u32,
    /// The last push.
    pub last_push_at: Option<Timestamp>,
    /// Pushes taken.
    pub pushes: u64,
    /// Pushes not taken: wrongly signed, or no feed.
    pub refused: u64,
    /// What went wrong last, in plain words.
    pub error: Option<String>,
}

impl Push {
    /// Whether the hub has promised to push at that instant.
    pub fn holds(&self, at: Timestamp) -> bool {
        self.state == PushState::Active && self.until.is_some_and(|until| until > at)
    }

    /// What happens with push, in plain words; `when` writes an instant.
    pub fn in_words(&self, now: Timestamp, when: impl Fn(Timestamp) -> String) -> String {
        let host = self.hub.split_once("://").map_or(self.hub.as_str(), |(_, rest)| rest);
        let host = host.split('/').next().unwrap_or(host);
        let why = |before: &str| self.error.as_deref().map(|error| format!("{before}{error}")).unwrap_or_default();
        match (self.state, self.until) {
            (PushState::Denied, _) => format!("the hub {host} refused to push{}", why(": ")),
            (PushState::Active, Some(until)) if until > now => {
                let last =
                    self.last_push_at.map_or_else(|| "no push yet".to_owned(), |at| format!("last push {}", when(at)));
                let seldom = match self.pushes_until_trusted {
                    0 => "; polled seldom, as a check".to_owned(),
                    1 => "; polled at its own rhythm until one more push comes".to_owned(),
                    more => format!("; polled at its own rhythm until {more} more pushes come"),
                };
                format!("pushed by {host} until {}; {last}{seldom}{}", when(until), why("; "))
            }
            _ => format!("the hub {host} was asked to push and has not confirmed{}", why(": ")),
        }
    }
}

/// What is asked of a hub (`hub.mode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum HubMode {
    /// To push.
    Subscribe,
    /// To push no more.
    Unsubscribe,
}

/// A subscription to be made where a feed has none at that hub for that topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewSubscription {
    /// The hub's address.
    pub hub: String,
    /// The feed's address as it names itself.
    pub topic: String,
    /// The last part of the call-back's path: whoever knows it is the hub.
    pub token: String,
    /// What the hub signs pushes with.
    pub secret: String,
}

/// A subscription as the protocol needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// See [`NewSubscription`].
    pub token: String,
    /// The feed and the address that is polled; `None`: nobody wants it any more, it is being ended.
    pub feed: Option<(FeedId, String)>,
    /// See [`NewSubscription`].
    pub hub: String,
    /// See [`NewSubscription`].
    pub topic: String,
    /// See [`NewSubscription`].
    pub secret: String,
    /// What the hub was asked last; it may ask back whether that was meant.
    pub asked: Option<HubMode>,
    /// When the lease ends, if there is one.
    pub until: Option<Timestamp>,
    /// Requests since the last one that was confirmed.
    pub failures: u32,
}

/// How a poll of a feed with a subscription is a check of its hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PushCheck {
    /// When to ask next while the hub is trusted: later than [`crate::PollOutcome::next_fetch_at`].
    pub next_fetch_at: Timestamp,
    /// New entries from before this instant, and those without a time, the hub should have pushed;
    /// `None`: this poll cannot tell.
    pub owed_before: Option<Timestamp>,
    /// Where the hub failed: see [`Push::pushes_until_trusted`].
    pub pushes_until_trusted: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn push_is_told_in_plain_words() {
        let now: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
        let push = Push {
            hub: "https://hub.example/push?x".to_owned(),
            state: PushState::Active,
            since: Some(now),
            until: Some(now.plus_seconds(60)),
            pushes_until_trusted: 0,
            last_push_at: Some(now),
            pushes: 1,
            refused: 0,
            error: None,
        };
        let words = |push: &Push| push.in_words(now, |at| at.to_string());
        assert_eq!(
            words(&push),
            "pushed by hub.example until 2026-03-02T10:01:00Z; last push 2026-03-02T10:00:00Z; polled seldom, as a check"
        );
        let doubted = Push { pushes_until_trusted: 5, error: Some("it slept".to_owned()), ..push.clone() };
        assert!(words(&doubted).ends_with("polled at its own rhythm until 5 more pushes come; it slept"));
        let over = Push { until: Some(now), ..push.clone() };
        assert_eq!(words(&over), "the hub hub.example was asked to push and has not confirmed");
        let denied = Push { state: PushState::Denied, error: Some("not here".to_owned()), ..push };
        assert_eq!(words(&denied), "the hub hub.example refused to push: not here");
    }
}
