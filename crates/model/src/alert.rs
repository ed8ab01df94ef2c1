//! What readers are told of, by which way, and what is on its way to them.

use crate::{Role, SearchQuery, Timestamp};
use serde::{Deserialize, Serialize};

/// A way to a reader, or to a service that keeps articles for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum ChannelKind {
    /// An e-mail address; used once its owner has said that it is theirs.
    Email,
    /// An address that takes signed JSON (Standard Webhooks).
    Webhook,
    /// A topic of an ntfy server.
    Ntfy,
    /// A Readeck server: articles are saved there.
    Readeck,
    /// A linkding server: articles are saved there.
    Linkding,
    /// A wallabag server: articles are saved there.
    Wallabag,
    /// An address that takes an article as JSON.
    Post,
}

impl ChannelKind {
    /// Whether articles are saved there, rather than news told.
    pub fn saves(self) -> bool {
        matches!(self, Self::Readeck | Self::Linkding | Self::Wallabag | Self::Post)
    }
}

/// A way as an account has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Channel {
    /// Its number.
    pub id: i64,
    /// What it is.
    pub kind: ChannelKind,
    /// The address: of a mailbox or of a server.
    pub address: String,
    /// Whether it is used: an e-mail address only after its owner has agreed.
    pub confirmed: bool,
    /// When something last arrived.
    pub last_success_at: Option<Timestamp>,
    /// What went wrong last; `None` once something arrived again.
    pub last_error: Option<String>,
}

/// A way to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewChannel {
    /// What it is.
    pub kind: ChannelKind,
    /// The address.
    pub address: String,
    /// What signs webhooks, or what opens a service.
    pub secret: Option<String>,
    /// The code by which the owner of an e-mail address agrees; `None`: nobody has to.
    pub code: Option<String>,
}

/// What an account is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum WatchKind {
    /// New finds of a search.
    Search,
    /// New reports of a story.
    Story,
    /// New reports of an outlet.
    Outlet,
    /// The stories of the last day, every morning.
    Daily,
    /// The stories of the last week, every Monday morning.
    Weekly,
}

/// What an account is told of, and which way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Watch {
    /// Its number.
    pub id: i64,
    /// The way.
    pub channel_id: i64,
    /// What it is.
    pub kind: WatchKind,
    /// The search as it was typed, or the number of the story or outlet; empty for the stories of a day or week.
    pub subject: String,
    /// What it is called in messages.
    pub name: String,
    /// When it is looked at next.
    pub next_at: Timestamp,
}

/// What is to be watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWatch {
    /// The way: one of the account's own.
    pub channel_id: i64,
    /// What it is.
    pub kind: WatchKind,
    /// See [`Watch::subject`].
    pub subject: String,
    /// What it is called in messages.
    pub name: String,
    /// What it looks for among new reports.
    pub query: SearchQuery,
    /// The code by which it is ended without signing in.
    pub stop_code: String,
    /// When it is first looked at.
    pub next_at: Timestamp,
}

/// A watch whose time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueWatch {
    /// The watch.
    pub watch: Watch,
    /// Whose it is.
    pub account: crate::UserId,
    /// What it looks for.
    pub query: SearchQuery,
    /// The place, in the order in which reports came into stories, up to which it looked.
    pub seen: i64,
    /// The zone of its account (IANA name).
    pub time_zone: Option<String>,
}

/// A message: stories or reports under a heading.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Notice {
    /// What it is about, in a line.
    pub heading: String,
    /// The path of the page that shows the same here.
    pub path: String,
    /// What there is.
    pub items: Vec<NoticeItem>,
}

/// A story or report of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NoticeItem {
    /// The path of its page here.
    pub path: String,
    /// Its headline.
    pub title: String,
    /// The report at its source.
    pub url: String,
    /// Who published it.
    pub outlet: String,
    /// Its excerpt.
    pub excerpt: String,
    /// Its part in its story.
    pub role: Option<Role>,
    /// How many reports its story has.
    pub reports: u32,
    /// When it was published.
    pub published: Timestamp,
}

/// What a delivery is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum DeliveryKind {
    /// News for a reader.
    Notice,
    /// The question whether an e-mail address is the reader's.
    Confirm,
    /// An article to be kept by a service.
    Save,
}

/// What is to be sent, taken by one process for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its number: the same at every attempt, so that a receiver can tell a repeat.
    pub id: i64,
    /// What it is for.
    pub kind: DeliveryKind,
    /// The way.
    pub channel: Channel,
    /// What signs or opens.
    pub secret: Option<String>,
    /// The code that ends the watch, or the one that confirms the address.
    pub code: Option<String>,
    /// The message.
    pub notice: Notice,
    /// 1 at the first attempt.
    pub attempt: u32,
    /// Whether an attempt before ended without a word of how: it may have arrived.
    pub may_repeat: bool,
    /// When it was made.
    pub created_at: Timestamp,
}
