//! Accounts' affairs: invitations, tokens, and who did what.

use crate::{Ballot, Timestamp, UserId, UserRole};
use serde::{Deserialize, Serialize};

/// An account that is offered to whoever has its code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Invitation {
    /// Its number in hexadecimal: the beginning of its code's hash.
    pub id: String,
    /// The role that the account will have.
    pub role: UserRole,
    /// Who offers it.
    pub by: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it holds.
    pub expires_at: Timestamp,
}

/// An API token, without itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Token {
    /// Its number in hexadecimal: the beginning of its hash.
    pub id: String,
    /// What it was made for.
    pub label: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What was done to accounts or the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Signed in.
    SignedIn,
    /// Gave a wrong password.
    SignInRefused,
    /// Changed the password.
    PasswordChanged,
    /// Made a password for reader apps, or took it away.
    AppPasswordChanged,
    /// Added a passkey.
    PasskeyAdded,
    /// Took a passkey away.
    PasskeyRemoved,
    /// Made a token.
    TokenMade,
    /// Took a token away.
    TokenRemoved,
    /// Offered an account.
    Invited,
    /// Took such an offer back.
    InvitationRevoked,
    /// An account was made.
    AccountMade,
    /// An account was taken away.
    AccountRemoved,
    /// An account got another role.
    RoleChanged,
    /// What editors say of the site was changed.
    SiteChanged,
    /// A feed was followed.
    Followed,
    /// A feed was left.
    Unfollowed,
}

/// An entry of the log of who did what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AuditEntry {
    /// Its number, which rises with time.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// The account that did it, while there is one.
    pub account_id: Option<UserId>,
    /// Its name then; for a refused sign-in the name that was given.
    pub name: String,
    /// What was done.
    pub action: Action,
    /// To what.
    pub subject: String,
}

/// A ballot as its voter gets it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OwnVote {
    /// "story" or "article".
    pub subject: String,
    /// Its number.
    pub id: i64,
    /// What was cast.
    pub vote: Ballot,
    /// When.
    pub cast_at: Timestamp,
}

/// An article that was starred elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StarredLink {
    /// Its address, canonical.
    pub url: String,
    /// Its headline.
    pub title: String,
    /// Who published it.
    pub outlet: Option<String>,
    /// When it was published.
    pub published: Option<Timestamp>,
}

/// What became of what was starred elsewhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StarsBrought {
    /// Articles that are here: they are starred.
    pub starred: u64,
    /// Links that are kept until a feed brings their article.
    pub kept: u64,
}

/// A passkey as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPasskey {
    /// Its number.
    pub id: i64,
    /// What its reader calls it.
    pub label: String,
    /// The key, as its library writes it.
    pub key_json: String,
    /// When it was added.
    pub added_at: Timestamp,
}
