//! What `trace` finds in one article. Serialises as `firsthand trace` prints it.

use serde::{Deserialize, Serialize};

/// A stretch of an article's text. Offsets are Unicode code points, `end` exclusive.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Span {
    /// The first code point.
    pub start: usize,
    /// The code point after the last one.
    pub end: usize,
    /// The words; of a span in pieces, the pieces joined by " … ".
    pub text: String,
    /// The pieces as `[start, end]`, when it is not in one piece.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<Vec<[usize; 2]>>,
}

/// How the content of an attribution is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum QuoteKind {
    /// All in quotation marks.
    Direct,
    /// None in quotation marks.
    Indirect,
    /// Partly in quotation marks.
    Mixed,
}

/// What kind of source is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// A newspaper, agency, station, site.
    Outlet,
    /// A person with a name.
    Person,
    /// A ministry, company, court, party.
    Organization,
    /// A report, statement, filing, study.
    Document,
    /// Officials, witnesses, "people familiar with the matter".
    Unnamed,
}

/// The outlet through which a statement came ("told Fox News").
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Via {
    /// The outlet's full name.
    pub outlet: String,
    /// Its domain, where known.
    pub domain: Option<String>,
    /// The words that show it.
    pub evidence: Span,
}

/// A source, a cue and the content that it is credited with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Attribution {
    /// Who says it, if the text names one.
    pub source: Option<Span>,
    /// The words that attribute ("told", "according to").
    pub cue: Option<Span>,
    /// What is said.
    pub content: Span,
    /// Direct, indirect or mixed speech.
    pub kind: QuoteKind,
    /// The kind of source.
    pub source_kind: Option<SourceKind>,
    /// The name that a pronoun, "the outlet" or a surname stands for.
    pub refers_to: Option<String>,
    /// The outlet that was told.
    pub via: Option<Via>,
    /// From 0 to 1.
    pub confidence: f32,
}

/// How a report rests on an outlet or on another report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// The outlet reported it.
    Report,
    /// Somebody told the outlet, or said it on its programme.
    Told,
    /// The outlet's journalist is the source.
    Journalist,
    /// The outlet's poll.
    Poll,
    /// A link to the outlet in the claim's sentence.
    Link,
    /// A credit line for text or reporting.
    Credit,
    /// Text copied from it.
    Reuse,
    /// A rare quotation shared with it.
    Quote,
}

/// An outlet that an article rests on for some of what it says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OutletReliance {
    /// The outlet's full name.
    pub outlet: String,
    /// Its domain, where known.
    pub domain: Option<String>,
    /// In which way.
    pub how: How,
    /// The words that show it.
    pub evidence: Span,
}

/// How a figure's words bound its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Relation {
    /// Exactly.
    #[serde(rename = "=")]
    Equal,
    /// About.
    #[serde(rename = "~")]
    About,
    /// More than.
    #[serde(rename = ">")]
    More,
    /// At least.
    #[serde(rename = ">=")]
    AtLeast,
    /// Less than.
    #[serde(rename = "<")]
    Less,
    /// At most.
    #[serde(rename = "<=")]
    AtMost,
}

/// A number with its unit and what it counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Figure {
    /// The first code point.
    pub start: usize,
    /// The code point after the last one.
    pub end: usize,
    /// The words.
    pub text: String,
    /// The value, in the unit.
    pub value: f64,
    /// The greatest value of a range.
    pub value_max: Option<f64>,
    /// How the words bound it.
    pub relation: Relation,
    /// The unit's English name in the singular ("year", "percent", "dollar").
    pub unit: Option<String>,
    /// The words that say what is counted.
    pub of: Option<String>,
}

/// A date in the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DateMention {
    /// The first code point.
    pub start: usize,
    /// The code point after the last one.
    pub end: usize,
    /// The words.
    pub text: String,
    /// The TIMEX3 value, resolved against the publication (ISO-TimeML).
    pub value: String,
}

/// All that `trace` finds in one article.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Analysis {
    /// Who says what, in the order of the text.
    pub attributions: Vec<Attribution>,
    /// Outlets that the article rests on, each once.
    pub relies_on: Vec<OutletReliance>,
    /// Words that show reporting of its own.
    pub own_reporting: Vec<Span>,
    /// Figures in the order of the text.
    pub figures: Vec<Figure>,
    /// Dates in the order of the text.
    pub dates: Vec<DateMention>,
}
