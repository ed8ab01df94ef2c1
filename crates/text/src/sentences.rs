//! Where sentences end.

/// Words before a full stop that do not end a sentence, folded. English, German, French, Spanish
/// and Italian titles, ranks, months and usual shortenings.
const ABBREVIATIONS: &[&str] = &[
    "adm", "al", "apr", "art", "assn", "aug", "av", "ave", "bzw", "ca", "capt", "cf", "cmdr", "co", "col", "corp",
    "cpl", "d.h", "dec", "dept", "dez", "dir", "dr", "dra", "e.g", "ed", "esp", "est", "etc", "feb", "ff", "fig", "fr",
    "frl", "ft", "gen", "gov", "govs", "hon", "hr", "i.e", "ing", "jan", "jr", "jul", "jun", "lt", "ltd", "m", "maj",
    "mar", "max", "messrs", "mio", "mlle", "mm", "mme", "mr", "mrd", "mrs", "ms", "mt", "no", "nos", "nov", "nr",
    "oct", "okt", "p", "ph", "phil", "pp", "pres", "prof", "pvt", "rep", "reps", "rev", "s", "sec", "sen", "sens",
    "sep", "sept", "sgt", "sig", "sr", "sra", "srta", "st", "ste", "str", "supt", "tel", "u.a", "ud", "univ", "usw",
    "v", "vgl", "vol", "vs", "z.b",
];

/// The sentences of a text as byte ranges, in order. A line break ends a sentence; space around a
/// sentence is left out. Closing quotation marks and brackets stay with the sentence they close.
pub fn sentences(text: &str) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut characters = text.char_indices().peekable();
    while let Some((index, character)) = characters.next() {
        let end = index + character.len_utf8();
        match character {
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => {
                push_trimmed(text, start, index, &mut out);
                start = end;
            }
            '。' | '！' | '？' | '｡' => {
                let end = past_closers(text, end);
                push_trimmed(text, start, end, &mut out);
                start = end;
                while characters.peek().is_some_and(|(next, _)| *next < end) {
                    characters.next();
                }
            }
            '.' | '!' | '?' | '…' => {
                let end = past_closers(text, end);
                if ends_here(text, start, index, end, character) {
                    push_trimmed(text, start, end, &mut out);
                    start = end;
                }
                while characters.peek().is_some_and(|(next, _)| *next < end) {
                    characters.next();
                }
            }
            _ => {}
        }
    }
    push_trimmed(text, start, text.len(), &mut out);
    out
}

/// The end of the last sentence that ends within `max_chars` code points, as a byte offset; when
/// not even the first sentence fits, the end of the last word that does, and `false`.
pub fn cut_at_sentence(text: &str, max_chars: usize) -> (usize, bool) {
    let limit = text.char_indices().nth(max_chars).map_or(text.len(), |(index, _)| index);
    let fitting = sentences(text).into_iter().take_while(|(_, end)| *end <= limit).last();
    if let Some((_, end)) = fitting {
        return (end, true);
    }
    let head = text.get(..limit).unwrap_or(text);
    let cut = head.rfind(char::is_whitespace).unwrap_or(limit);
    (head.get(..cut).unwrap_or(head).trim_end().len(), false)
}

fn push_trimmed(text: &str, start: usize, end: usize, out: &mut Vec<(usize, usize)>) {
    let piece = text.get(start..end).unwrap_or_default();
    let trimmed = piece.trim();
    if !trimmed.is_empty() {
        let start = start + (piece.len() - piece.trim_start().len());
        out.push((start, start + trimmed.len()));
    }
}

/// Past further stops, closing quotation marks and brackets.
fn past_closers(text: &str, end: usize) -> usize {
    let rest = text.get(end..).unwrap_or_default();
    let closers = |character: char| {
        matches!(
            character,
            '.' | '!' | '?' | '…' | '”' | '“' | '’' | '‘' | '"' | '\'' | '»' | '«' | '›' | ')' | ']' | '」' | '』'
        )
    };
    end + (rest.len() - rest.trim_start_matches(closers).len())
}

/// Whether the stop at `stop` (closers end at `end`) ends the sentence that began at `start`.
fn ends_here(text: &str, start: usize, stop: usize, end: usize, character: char) -> bool {
    let rest = text.get(end..).unwrap_or_default();
    let Some(next) = rest.chars().next() else { return true };
    if !next.is_whitespace() {
        return false;
    }
    let after =
        rest.trim_start().trim_start_matches(['“', '‘', '"', '\'', '«', '„', '(', '[', '-', '–', '—', '¿', '¡']);
    let next = after.chars().next();
    // What goes on in lower case goes on: "… he said", "etc. and".
    if next.is_some_and(char::is_lowercase) {
        return false;
    }
    if character != '.'
        || end > stop + 1 && text.get(stop..end).is_some_and(|closers| !closers.chars().all(|c| c == '.'))
    {
        return true;
    }
    let before = text.get(start..stop).unwrap_or_default();
    let word = before
        .rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '“' | '"' | '‘' | '\''))
        .next()
        .unwrap_or_default();
    let mut letters = word.chars();
    // An initial ("J. Smith") or letters with stops ("U.S. Senate") before a capital; the pronoun
    // "I" ends sentences.
    if let (Some(first), None) = (letters.next(), letters.next())
        && !first.is_ascii_digit()
    {
        return !first.is_uppercase() || first == 'I';
    }
    let lower = word.to_lowercase();
    if ABBREVIATIONS.binary_search(&lower.as_str()).is_ok() {
        // "No. 10", "Sept. 3", "Mr. Smith", but "He said no. Then …".
        return match lower.as_str() {
            "no" | "nos" | "p" | "pp" | "fig" | "vol" | "art" => !next.is_some_and(|c| c.is_ascii_digit()),
            "co" | "corp" | "ltd" | "etc" | "jr" | "sr" | "est" | "assn" | "usw" => {
                next.is_some_and(char::is_uppercase)
            }
            _ => false,
        };
    }
    if word.contains('.')
        && word.split('.').all(|part| part.chars().count() <= 2 && part.chars().all(char::is_alphabetic))
    {
        return starts_a_sentence(after);
    }
    // German ordinals: "am 3. Oktober", "im 19. Jahrhundert"; a number that begins a line.
    let number = word.len() <= 2 && !word.is_empty() && word.chars().all(|c| c.is_ascii_digit());
    if !number {
        return true;
    }
    let led = before.strip_suffix(word).unwrap_or_default().trim_end();
    let led = led.rsplit(char::is_whitespace).next().unwrap_or_default().to_lowercase();
    word.len() != before.len() && ORDINAL_LEADS.binary_search(&led.as_str()).is_err()
}

/// German words after which a number with a stop is an ordinal.
const ORDINAL_LEADS: &[&str] =
    &["ab", "am", "beim", "bis", "das", "dem", "den", "der", "des", "die", "im", "ins", "seit", "vom", "zum", "zur"];

/// After letters with stops ("in the U.S. The …"): only a word that usually opens a sentence does.
fn starts_a_sentence(after: &str) -> bool {
    const OPENERS: &[&str] = &[
        "A", "After", "All", "Also", "An", "And", "As", "At", "But", "By", "For", "From", "He", "Her", "His",
        "However", "I", "If", "In", "It", "Its", "More", "On", "One", "She", "Since", "So", "Some", "That", "The",
        "Their", "There", "These", "They", "This", "Those", "To", "We", "What", "When", "While", "With", "You",
    ];
    let word = after.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    OPENERS.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|(start, end)| text.get(start..end).unwrap()).collect()
    }

    #[test]
    fn titles_initials_and_numbers_do_not_end_a_sentence() {
        assert_eq!(
            split("Mr. J. Smith of the U.S. Senate paid $3.5 million. He left."),
            ["Mr. J. Smith of the U.S. Senate paid $3.5 million.", "He left."]
        );
        assert_eq!(split("On Sept. 3 it rained. No. 10 was told."), ["On Sept. 3 it rained.", "No. 10 was told."]);
        assert_eq!(split("They live in the U.S. The rest left."), ["They live in the U.S.", "The rest left."]);
    }

    #[test]
    fn a_quotation_stays_with_its_marks_and_its_cue() {
        assert_eq!(split("“Go!” he said. “We will.” She left."), ["“Go!” he said.", "“We will.”", "She left."]);
    }

    #[test]
    fn german_ordinals_and_marks_do_not_end_a_sentence_too_early() {
        assert_eq!(split("Am 3. Oktober kam er."), ["Am 3. Oktober kam er."]);
        assert_eq!(split("„Ja.“ Dann ging er."), ["„Ja.“", "Dann ging er."]);
    }

    #[test]
    fn a_line_break_ends_a_sentence() {
        assert_eq!(split("A headline\n\nThe text"), ["A headline", "The text"]);
        assert_eq!(split("今日は晴れ。明日は雨。"), ["今日は晴れ。", "明日は雨。"]);
    }

    #[test]
    fn a_cut_keeps_whole_sentences() {
        assert_eq!(cut_at_sentence("One. Two. Three.", 10), (9, true));
        assert_eq!(cut_at_sentence("One long sentence here.", 10), (8, false));
    }

    #[test]
    fn tables_are_sorted_for_the_search() {
        assert!(ABBREVIATIONS.is_sorted());
        assert!(ORDINAL_LEADS.is_sorted());
    }

    proptest! {
        #[test]
        fn sentences_are_in_order_and_on_boundaries(text in "(\\PC|[.!?\n “”]){0,200}") {
            let mut last = 0;
            for (start, end) in sentences(&text) {
                prop_assert!(start >= last && end > start);
                prop_assert!(text.get(start..end).is_some());
                last = end;
            }
        }
    }
}
