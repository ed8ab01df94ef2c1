//! Newsletters: their reader's own.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// A letter to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLetter {
    /// The message's own identifier, or a hash of it.
    pub key: String,
    /// Who sent it: a name, or the address where there is none.
    pub sender: String,
    /// The address that it came from.
    pub sender_address: String,
    /// Its subject.
    pub subject: String,
    /// Its sanitised HTML.
    pub html: String,
    /// The beginning of its text.
    pub excerpt: String,
    /// When it came.
    pub received_at: Timestamp,
}

/// A letter as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LetterCard {
    /// Its number.
    pub id: i64,
    /// Who sent it.
    pub sender: String,
    /// The address that it came from.
    pub sender_address: String,
    /// Its subject.
    pub subject: String,
    /// The beginning of its text.
    pub excerpt: String,
    /// When it came.
    pub received_at: Timestamp,
}

/// A letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Letter {
    /// What lists show of it.
    pub card: LetterCard,
    /// Its sanitised HTML.
    pub html: String,
}
