//! On which of the outlets that a report names its main news rests: what its headline and head tell.

use crate::outlets::key;
use firsthand_model::{How, Reliance, Report};
use firsthand_text::normalise::fold;
use firsthand_text::offsets::Offsets;
use firsthand_text::sentences::sentences;
use firsthand_text::tokens::words;
use std::collections::HashSet;

/// The confidence from which an attribution tells whose words the news is.
const SAID: f32 = 0.4;
/// Sentences at the head of a report that tell whose words its news is.
const HEAD: usize = 3;
/// A tie in the first sentences is one of the main news; in those up to this one, when they tell what the headline tells.
const FIRST: usize = 2;
const EARLY: usize = 5;

/// Words that show that something was said at another time than the news.
const EARLIER: [&str; 12] = [
    "last week",
    "last month",
    "last year",
    "last summer",
    "earlier this year",
    "earlier this month",
    "years ago",
    "months ago",
    "previously",
    " had told ",
    " had said ",
    " once ",
];

/// Occasions that any reporter can attend, and texts that anyone can read; folded.
const PUBLIC: [&str; 33] = [
    "told reporters",
    "news conference",
    "press conference",
    "in a statement",
    "statement saying",
    "tweeted",
    "on twitter",
    "in a tweet",
    "on facebook",
    "in a speech",
    "told the crowd",
    "told supporters",
    "told an audience",
    "told the audience",
    "at a rally",
    "at a hearing",
    "on the floor",
    "told lawmakers",
    "told the committee",
    "in a letter",
    "in a memo",
    "at a debate",
    "during a debate",
    "at a town hall",
    "at the convention",
    "testified",
    "pressekonferenz",
    "vor journalisten",
    "in einer mitteilung",
    "conference de presse",
    "dans un communique",
    "rueda de prensa",
    "conferenza stampa",
];

/// Marks the ties on which the report's main news rests. `relies_on` are those of its analysis.
pub(crate) fn mark(report: &Report, relies_on: &mut [Reliance]) {
    if relies_on.is_empty() {
        return;
    }
    let news = News::new(report);
    for edge in relies_on.iter_mut() {
        edge.main = news.rests_on(edge);
    }
    if relies_on.iter().all(|edge| !edge.main || edge.how == How::Poll)
        && let Some(edge) = news.told(relies_on).and_then(|place| relies_on.get_mut(place))
    {
        edge.main = true;
    }
    news.goes_on(relies_on);
}

struct News<'a> {
    report: &'a Report,
    offsets: Offsets<'a>,
    sentences: Vec<(usize, usize)>,
    title: String,
    title_words: HashSet<String>,
}

impl<'a> News<'a> {
    fn new(report: &'a Report) -> Self {
        Self {
            report,
            offsets: Offsets::new(&report.text),
            sentences: sentences(&report.text),
            title: fold(&report.title),
            title_words: content_words(&report.title),
        }
    }

    /// The number of the sentence that holds a place (code points).
    fn number(&self, at: usize) -> usize {
        let place = self.offsets.to_bytes(at);
        self.sentences.partition_point(|(_, end)| *end <= place)
    }

    fn sentence(&self, number: usize) -> &'a str {
        let range = self.sentences.get(number);
        range.and_then(|(start, end)| self.report.text.get(*start..*end)).unwrap_or_default()
    }

    /// Whether the main news rests on a tie: the title names the outlet, or its words stand at the head of the report, in
    /// a sentence that tells what the headline tells.
    fn rests_on(&self, edge: &Reliance) -> bool {
        if matches!(edge.how, How::Credit | How::Link) {
            return false;
        }
        if self.names(&edge.outlet) && !edge.evidence.text.is_empty() {
            return true;
        }
        if !self.report.analysis.own_reporting.is_empty() {
            return false;
        }
        if edge.how == How::Poll && ["poll", "polls", "survey"].iter().any(|word| has_word(&self.title, word)) {
            return true;
        }
        let number = self.number(edge.evidence.start);
        if number >= self.sentences.len() || number >= EARLY {
            return false;
        }
        let shared = self.title_words.intersection(&content_words(self.sentence(number))).count();
        number < FIRST || self.title_words.is_empty() || shared * 10 >= self.title_words.len() * 3
    }

    /// Whether the title names an outlet ("Post: …", "… , The Guardian reports").
    fn names(&self, outlet: &str) -> bool {
        let (title, name) = (format!(" {} ", self.title), key(outlet));
        (!name.is_empty() && title.contains(&format!(" {name} "))) || title.contains(&format!(" {name}: "))
    }

    /// The place of the tie to the outlet that was told what a report's head says, when the news is one person's words:
    /// "Ida Marrow said on Sunday that …", and further down "Marrow told the Gazette". Nothing when the report has the
    /// words from an occasion that was everybody's, or from itself.
    fn told(&self, relies_on: &[Reliance]) -> Option<usize> {
        let analysis = &self.report.analysis;
        if !analysis.own_reporting.is_empty() {
            return None;
        }
        let speakers = analysis.attributions.iter().filter(|said| said.confidence >= SAID).filter_map(|said| {
            let name = said.refers_to.as_deref().or_else(|| said.source.as_ref().map(|source| source.text.as_str()))?;
            Some((self.number(said.content.start), family(name)?))
        });
        // A name in the title, but not as "Marrow's": or the first sentence's own speaker.
        let of_title = |name: &str| words(&self.title).any(|word| word.text == name);
        let (_, speaker) =
            speakers.filter(|(number, _)| *number < HEAD).find(|(number, name)| *number == 0 || of_title(name))?;
        for (place, edge) in relies_on.iter().enumerate().filter(|(_, edge)| edge.how == How::Told) {
            let number = self.number(edge.evidence.start);
            let said = fold(self.sentence(number));
            if !has_word(&said, &speaker) || EARLIER.iter().any(|phrase| said.contains(phrase)) {
                continue;
            }
            // Where the speaker was heard by everybody before that, the news is from there.
            let heard = |number: usize| is_public(&fold(self.sentence(number)), &speaker);
            return (!(0..number).any(heard)).then_some(place);
        }
        None
    }

    /// "The Gazette reported … . Meanwhile, two sources tell the Herald …": what right after the outlet that the news
    /// rests on tells more of the same, the news rests on too.
    fn goes_on(&self, relies_on: &mut [Reliance]) {
        let number = |edge: &Reliance| self.number(edge.evidence.start);
        for at in 1..=HEAD {
            let follows = relies_on.iter().any(|edge| edge.main && number(edge) + 1 == at);
            if !follows || self.title_words.is_disjoint(&content_words(self.sentence(at))) {
                continue;
            }
            for edge in relies_on.iter_mut().filter(|edge| matches!(edge.how, How::Report | How::Told)) {
                edge.main |= number(edge) == at;
            }
        }
    }
}

/// Whether a folded sentence says that a person spoke on an occasion that was everybody's.
fn is_public(sentence: &str, speaker: &str) -> bool {
    let named = has_word(sentence, speaker) || has_word(sentence, "he") || has_word(sentence, "she");
    named && PUBLIC.iter().any(|phrase| sentence.contains(phrase))
}

fn has_word(folded: &str, wanted: &str) -> bool {
    words(folded).any(|word| word.text.strip_suffix("'s").unwrap_or(word.text) == wanted)
}

/// The last word of a person's name, folded; nothing for what is no name.
fn family(name: &str) -> Option<String> {
    let last = words(name).last()?.text;
    let last = last.strip_suffix("'s").or_else(|| last.strip_suffix("’s")).unwrap_or(last);
    (last.chars().next()?.is_uppercase() && last.chars().count() > 2).then(|| fold(last))
}

fn content_words(text: &str) -> HashSet<String> {
    let folded = fold(text);
    words(&folded)
        .map(|word| word.text.chars().take(6).collect::<String>())
        .filter(|word| word.chars().count() > 3)
        .collect()
}
