//! What the decisions are weighed with.

use crate::features::FIELDS;

/// The weights and thresholds of grouping. The defaults are fitted by `examples/tune.rs`; see `README.md`.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameters {
    /// The likeness, faded by time, from which an article joins.
    pub threshold: f32,
    /// The share of the mean in a story's likeness; the rest is its best article's.
    pub link: f32,
    /// Days in which likeness fades to 1/e.
    pub fade_days: f32,
    /// The share of each field in the likeness of two articles: title, lead, body, names, numbers.
    pub fields: [f32; FIELDS],
    /// The same where the two are in different languages.
    pub foreign: [f32; FIELDS],
    /// What the likeness of articles in different languages is multiplied by.
    pub foreign_factor: f32,
    /// What is left of the likeness of two articles that both name somebody or something and have no
    /// name in common.
    pub strangers: f32,
    /// The resemblance of runs from which two texts are taken for fillings of one form.
    pub formal: f32,
    /// The cosine of names from which nothing is taken from the likeness.
    pub acquainted: f32,
    /// What equal meanings add to the likeness of articles in different languages, where both have one.
    pub embedded: f32,
    /// The cosine of meanings from which texts are alike at all.
    pub embedded_from: f32,
    /// What is left of the likeness of two fillings of one form that both give figures, and none in common.
    pub miscounted: f32,
    /// The cosine of numbers from which nothing is taken from the likeness.
    pub counted: f32,
    /// By how much the threshold grows with the natural logarithm of a story's outlets.
    pub by_size: f32,
    /// By how much the threshold grows with each day between a story's first and last report.
    pub by_spread: f32,
    /// What the threshold is multiplied by for an article without a date.
    pub undated: f32,
    /// What the threshold is multiplied by for two stories to become one.
    pub merge: f32,
    /// What the threshold is multiplied by for a story to be a neighbour of another.
    pub neighbour: f32,
    /// By how much nearer another story must be than its own for an article to move.
    pub hold: f32,
    /// What the threshold is multiplied by for the likeness that keeps two reports in one story.
    pub tie: f32,
    /// Jaccard of runs from which an article is a copy.
    pub copy: f32,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            threshold: 0.155,
            link: 0.473,
            fade_days: 3.969,
            fields: [0.239, 0.380, 0.367, 0.190, 0.124],
            foreign: [0.070, 0.325, 0.370, 0.252, 0.213],
            foreign_factor: 1.255,
            strangers: 0.100,
            formal: 0.030,
            acquainted: 0.500,
            embedded: 0.100,
            embedded_from: 0.700,
            miscounted: 0.300,
            counted: 0.300,
            by_size: 0.051,
            by_spread: 0.011,
            undated: 1.33,
            merge: 1.200,
            neighbour: 0.700,
            hold: 0.020,
            tie: 1.100,
            copy: 0.500,
        }
    }
}
