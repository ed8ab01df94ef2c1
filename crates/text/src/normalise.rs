//! Forms in which two spellings of the same words are equal.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// Lower case, compatibility forms, no marks, straight quotes and dashes, single spaces: for
/// comparing, never for showing.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    let mut rest = text;
    while !rest.is_empty() {
        // Most of most texts is plain letters, which need no tables.
        let plain = run(rest, |byte| byte.is_ascii_graphic() && byte != b'`');
        let (ascii, after) = rest.split_at_checked(plain).unwrap_or((rest, ""));
        if !ascii.is_empty() {
            if std::mem::take(&mut space) {
                out.push(' ');
            }
            let start = out.len();
            out.push_str(ascii);
            if let Some(added) = out.get_mut(start..) {
                added.make_ascii_lowercase();
            }
        }
        let mut characters = after.chars();
        match characters.next() {
            Some(character) if character.is_ascii() => fold_into(&mut out, &mut space, character),
            // Marks are dropped, so that their order after decomposing does not matter.
            Some(character) => decompose_compatible(character, |part| {
                if !is_combining_mark(part) {
                    fold_into(&mut out, &mut space, part);
                }
            }),
            None => {}
        }
        rest = characters.as_str();
    }
    out
}

/// The length of the run of plain bytes, and of single spaces between them, that a text begins with.
#[inline(always)]
fn run(text: &str, is_plain: impl Fn(u8) -> bool) -> usize {
    let bytes = text.as_bytes();
    let mut end = 0;
    loop {
        let rest = bytes.get(end..).unwrap_or_default();
        end += rest.iter().position(|byte| !is_plain(*byte)).unwrap_or(rest.len());
        let goes_on =
            end > 0 && bytes.get(end) == Some(&b' ') && bytes.get(end + 1).is_some_and(|byte| is_plain(*byte));
        if !goes_on {
            return end;
        }
        end += 1;
    }
}

/// Adds a decomposed character; `space` tells whether white space came before it.
#[inline(always)]
fn fold_into(out: &mut String, space: &mut bool, character: char) {
    if character.is_whitespace() {
        *space = !out.is_empty();
        return;
    }
    if *space {
        out.push(' ');
        *space = false;
    }
    match character {
        '`' => out.push('\''),
        other if other.is_ascii() => out.push(other.to_ascii_lowercase()),
        '‘' | '’' | '‚' | '‛' | '´' => out.push('\''),
        '“' | '”' | '„' | '‟' | '«' | '»' => out.push('"'),
        '‐'..='―' => out.push('-'),
        other => out.extend(other.to_lowercase()),
    }
}

/// Runs of white space as one space each, none at the ends; control characters and the marks
/// that turn or hide text (bidirectional overrides, zero width) dropped. For titles and names,
/// which come from outside and stand inside our own lines.
pub fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    let mut rest = text;
    while !rest.is_empty() {
        // Only the other bytes begin white space, a control character, or one of the marks.
        let plain = run(rest, |byte| !matches!(byte, 0..=0x20 | 0x7f | 0xc2 | 0xe1..=0xe3 | 0xef));
        let (plain, after) = rest.split_at_checked(plain).unwrap_or((rest, ""));
        if !plain.is_empty() {
            if std::mem::take(&mut space) {
                out.push(' ');
            }
            out.push_str(plain);
        }
        let mut characters = after.chars();
        match characters.next() {
            Some(character) if character.is_whitespace() => space = !out.is_empty(),
            Some(character) if !is_invisible(character) => {
                if std::mem::take(&mut space) {
                    out.push(' ');
                }
                out.push(character);
            }
            _ => {}
        }
        rest = characters.as_str();
    }
    out
}

/// Whether a character is a control or formatting character that has no place in a line of text.
/// The zero-width joiners stay: Persian, Hindi and many emoji need them.
pub fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_the_same_words_fold_together() {
        assert_eq!(fold("  The “Café” — l’été\n"), fold("the \"CAFE\" - l'ete"));
        assert_eq!([fold("Don`t"), fold("Don't"), fold("DON’T")], ["don't", "don't", "don't"].map(str::to_owned));
    }

    proptest::proptest! {
        #[test]
        fn a_line_is_its_words_without_what_hides(text in "[a-c \\n\u{b}\u{85}\u{a0}\u{200b}\u{202e}\u{3000}\u{1f}éЙが“\u{feff}]{0,24}") {
            let mut words: Vec<String> = Vec::new();
            for word in text.split_whitespace() {
                words.push(word.chars().filter(|character| !is_invisible(*character)).collect());
            }
            words.retain(|word| !word.is_empty());
            proptest::prop_assert_eq!(one_line(&text), words.join(" "));
        }

        #[test]
        fn folding_is_that_of_the_whole_text(text in "[a-zA-Z \\-'`\t\u{b}\u{1c}äéőЙが각ﬁ½\u{301}\u{308}\u{327}“«]{0,24}") {
            use unicode_normalization::UnicodeNormalization as _;
            let whole: String = text.nfkd().filter(|character| !is_combining_mark(*character)).collect();
            proptest::prop_assert_eq!(fold(&text), fold(&whole));
        }
    }

    #[test]
    fn a_line_holds_nothing_that_hides_or_turns_text() {
        assert_eq!(one_line(" a\u{202E}b\u{0}\tc\u{200B}\n "), "ab c");
        assert_eq!(one_line("می\u{200C}خواهم"), "می\u{200C}خواهم");
    }
}
