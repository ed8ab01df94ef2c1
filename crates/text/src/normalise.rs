//! Forms in which two spellings of the same words are equal.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// Lower case, compatibility forms, no marks, straight quotes and dashes, single spaces: for
/// comparing, never for showing.
pub fn fold(text: &str) -> String {
    if text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'`') {
        // A word of plain letters, which most are.
        return text.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    let mut rest = text;
    while !rest.is_empty() {
        // Most of most texts is plain letters, which need no tables.
        let plain = rest.bytes().position(|byte| !byte.is_ascii()).unwrap_or(rest.len());
        let (ascii, after) = rest.split_at_checked(plain).unwrap_or((rest, ""));
        for byte in ascii.bytes() {
            fold_into(&mut out, &mut space, char::from(byte));
        }
        let mut characters = after.chars();
        if let Some(character) = characters.next() {
            // Marks are dropped, so that their order after decomposing does not matter.
            decompose_compatible(character, |part| {
                if !is_combining_mark(part) {
                    fold_into(&mut out, &mut space, part);
                }
            });
        }
        rest = characters.as_str();
    }
    out
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
    for word in text.split_whitespace() {
        let length = out.len();
        if !out.is_empty() {
            out.push(' ');
        }
        let start = out.len();
        // Only these bytes begin a control character, or one of the marks.
        let is_plain = |byte: u8| !matches!(byte, 0..=0x1f | 0x7f | 0xc2 | 0xe2 | 0xef);
        if word.bytes().all(is_plain) {
            out.push_str(word);
        } else {
            out.extend(word.chars().filter(|character| !is_invisible(*character)));
        }
        if out.len() == start {
            out.truncate(length);
        }
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
