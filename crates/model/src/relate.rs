//! Who relies on whom among the reports of one story.

use crate::{Analysis, How, Link, Span, Timestamp};
use serde::{Deserialize, Serialize};

/// A report of a story, as `trace::relate` takes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Its identifier, unique within the story (an article's id in the server, any string on the
    /// command line).
    pub id: String,
    /// The outlet's name.
    pub publisher: Option<String>,
    /// The report's address.
    pub url: Option<String>,
    /// The headline.
    pub title: String,
    /// The text.
    pub text: String,
    /// When it was published, as far as known.
    pub published: Option<Timestamp>,
    /// The language (BCP 47).
    pub language: Option<String>,
    /// Links in the text.
    pub links: Vec<Link>,
    /// What `trace::analyse` found in it.
    pub analysis: Analysis,
    /// The part that an editor gave it, which stands before what is found.
    pub editor_role: Option<Role>,
}

/// A report's part in its story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Reporting of its own; no reliance covers its main news.
    FirstHand,
    /// Its main news rests on other outlets.
    Relay,
    /// An agency's text with its credit.
    Wire,
    /// Another report's text nearly verbatim.
    Copy,
    /// A later report of an outlet that already has one in the story.
    Update,
    /// The evidence is thin.
    Unclear,
}

/// An edge from a report to the outlet or report that it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reliance {
    /// The outlet's full name.
    pub outlet: String,
    /// Its domain, where known.
    pub domain: Option<String>,
    /// The report of the story that it rests on, if that is among them.
    pub article: Option<String>,
    /// In which way.
    pub how: How,
    /// Whether the main news rests on it.
    pub main: bool,
    /// The words that show it, in the report's own text.
    pub evidence: Span,
}

/// One report's relations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReportRelations {
    /// The report's identifier.
    pub id: String,
    /// Its part in the story.
    pub role: Role,
    /// What it rests on.
    pub relies_on: Vec<Reliance>,
    /// Words that show reporting of its own.
    pub own_reporting: Vec<Span>,
    /// The identifier of the report, or the name of the outlet, that its main news rests on; its
    /// own identifier when it stands for itself.
    pub voice: String,
    /// Why it has this role, in one sentence.
    pub why: String,
}

/// The relations of a whole story.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StoryRelations {
    /// The earliest first-hand report that can be shown: its identifier, or "outlet: NAME".
    pub origin: Option<String>,
    /// First-hand reports (and outlets outside the story) that the rest rests on, each once.
    pub voices: usize,
    /// Why, in one sentence.
    pub why: String,
    /// One for each report, in the order given.
    pub reports: Vec<ReportRelations>,
}
