//! The learned model from outside: its file, its offsets on any text, and the program without it.

use firsthand_model::{Analysis, Span};
use firsthand_trace::learned::{Model, ModelError};
use firsthand_trace::{ArticleInput, Outlets, analyse_with};
use proptest::prelude::*;
use std::sync::OnceLock;

fn outlets() -> &'static Outlets {
    static OUTLETS: OnceLock<Outlets> = OnceLock::new();
    OUTLETS.get_or_init(Outlets::builtin)
}

fn read(text: &str, model: Option<&Model>) -> Analysis {
    analyse_with(&ArticleInput { text, ..ArticleInput::default() }, outlets(), model)
}

fn triples(text: &str) -> Vec<(String, String, String)> {
    let shown = |span: Option<Span>| span.map(|span| span.text).unwrap_or_default();
    read(text, Model::shipped())
        .attributions
        .into_iter()
        .map(|one| (shown(one.source), shown(one.cue), one.content.text))
        .collect()
}

#[test]
fn the_shipped_model_is_read_and_written_alike() {
    let model = Model::shipped().expect("models/attributions.bin was there when this was built");
    let (cues, arguments) = model.features();
    assert!(cues > 1000 && arguments > 1000, "{cues} {arguments}");
    let bytes = model.write();
    assert!(bytes.len() < 20_000_000);
    assert_eq!(Model::read(&bytes).map(|model| model.write()), Ok(bytes));
}

#[test]
fn other_bytes_are_no_model() {
    assert_eq!(Model::read(b"").err(), Some(ModelError::Length));
    assert_eq!(Model::read(b"something else altogether").err(), Some(ModelError::Kind));
    let bytes = Model::shipped().map(Model::write).unwrap_or_default();
    let cut = bytes.get(..bytes.len() / 2).unwrap_or_default();
    assert_eq!(Model::read(cut).err(), Some(ModelError::Length));
    let longer = [bytes.as_slice(), b"x"].concat();
    assert_eq!(Model::read(&longer).err(), Some(ModelError::Length));
}

#[test]
fn the_rules_stand_alone_without_a_model() {
    let found = read("“The bridge is safe,” Mayor Lena Hart said on Friday.", None);
    assert_eq!(found.attributions.len(), 1);
    assert_eq!(found.attributions[0].source.as_ref().map(|span| span.text.as_str()), Some("Mayor Lena Hart"));
}

#[test]
fn the_model_finds_what_the_rules_do_not() {
    let text = "Mayor Lena Hart wants the old bridge closed by the end of the month. Its engineers are worried \
                that the pillars will not survive another winter.";
    assert!(read(text, None).attributions.is_empty());
    let found = triples(text);
    assert!(found.iter().any(|(source, cue, _)| source == "Mayor Lena Hart" && cue == "wants"), "{found:?}");
    assert!(found.iter().any(|(source, ..)| source == "Its engineers"), "{found:?}");
}

#[test]
fn speech_has_its_source_cue_and_content() {
    let found = triples(
        "“We will rebuild the harbour,” said Tomas Reyes, who runs the port. He added that work starts in May.",
    );
    let has = |source: &str, cue: &str, content: &str| {
        found.iter().any(|one| one.0.starts_with(source) && one.1 == cue && one.2.contains(content))
    };
    assert!(has("Tomas Reyes", "said", "We will rebuild the harbour"), "{found:?}");
    assert!(has("He", "added", "work starts in May"), "{found:?}");
}

fn exact(text: &str, span: &Span) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let pieces = span.parts.clone().unwrap_or_else(|| vec![[span.start, span.end]]);
    let words: Option<Vec<String>> =
        pieces.iter().map(|[start, end]| letters.get(*start..*end).map(|piece| piece.iter().collect())).collect();
    span.start < span.end && words.is_some_and(|words| words.join(" … ") == span.text)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn offsets_are_exact_in_every_language(
        text in "([A-ZÄÉ][a-zäé]{1,8}|sagte|a-t-il dit|dijo|ha detto|Laut|selon|zufolge|l’AFP|dass|que|che|so|der|„|“|«|»|Spiegel|\\(|\\)|,|:|\\.|\n\n|8\\.000|3 mars|am Montag|il y a deux ans|\\PC|🙂| ){0,80}",
        language in "de|es|fr|it|nl"
    ) {
        let input = ArticleInput {
            text: &text,
            language: Some(&language),
            published: "2026-05-05T12:00:00Z".parse().ok(),
            ..ArticleInput::default()
        };
        let found = analyse_with(&input, outlets(), None);
        for one in &found.attributions {
            for span in one.source.iter().chain(one.cue.iter()).chain(std::iter::once(&one.content)) {
                prop_assert!(exact(&text, span), "{span:?}");
            }
            prop_assert!((0.0..=1.0).contains(&one.confidence));
        }
        for reliance in &found.relies_on {
            prop_assert!(exact(&text, &reliance.evidence), "{reliance:?}");
        }
        let plain = |start: usize, end: usize, words: &str| {
            exact(&text, &Span { start, end, text: words.to_owned(), parts: None })
        };
        for figure in &found.figures {
            prop_assert!(plain(figure.start, figure.end, &figure.text), "{figure:?}");
        }
        for date in &found.dates {
            prop_assert!(plain(date.start, date.end, &date.text), "{date:?}");
        }
    }

    #[test]
    fn offsets_are_exact_on_any_text(
        text in "([A-Z][a-z]{1,8}|he|said|told|that|the|“|”|\"|’s|,|\\.|\n\n|\\PC|according to|wants|ß|🙂| ){0,120}"
    ) {
        let found = read(&text, Model::shipped());
        for one in &found.attributions {
            for span in one.source.iter().chain(one.cue.iter()).chain(std::iter::once(&one.content)) {
                prop_assert!(exact(&text, span), "{span:?}");
            }
            prop_assert!((0.0..=1.0).contains(&one.confidence));
        }
    }
}
