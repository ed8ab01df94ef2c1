//! Numbers in digits and English words.

use crate::lex::{Kind, Lexed};

/// A number at a place of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Number<'a> {
    pub value: f64,
    /// The greatest value, of a range in one token ("10-15").
    pub max: Option<f64>,
    /// The token after it.
    pub end: usize,
    /// What hangs on the last token: "-year-old", "GB", "th", "s".
    pub tail: &'a str,
    /// Whether it was written in digits.
    pub digits: bool,
}

const SMALL: [(&str, u32); 28] = [
    ("zero", 0),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
];

/// A word's value below a hundred ("seven", "twenty-five").
pub(crate) fn small(word: &str) -> Option<u32> {
    let plain = |word: &str| SMALL.iter().find(|(name, _)| *name == word).map(|(_, value)| *value);
    plain(word).or_else(|| {
        let (tens, ones) = word.split_once('-')?;
        let (tens, ones) = (plain(tens)?, plain(ones)?);
        (tens >= 20 && (1..10).contains(&ones)).then_some(tens + ones)
    })
}

/// What a word multiplies by ("million", "bn", "dozen").
pub(crate) fn magnitude(word: &str) -> Option<f64> {
    Some(match word {
        "dozen" => 12.0,
        "hundred" => 100.0,
        "thousand" => 1e3,
        "lakh" => 1e5,
        "million" | "mn" | "mln" => 1e6,
        "crore" => 1e7,
        "billion" | "bn" | "bln" => 1e9,
        "trillion" | "tn" | "trn" => 1e12,
        _ => return None,
    })
}

/// The number that begins at a token.
pub(crate) fn number<'a>(lexed: &Lexed<'a>, at: usize) -> Option<Number<'a>> {
    let mut found = match lexed.kind(at)? {
        Kind::Number => in_digits(lexed, at)?,
        Kind::Word => in_words(lexed, at)?,
        _ => return None,
    };
    if found.tail.is_empty() {
        while let Some(factor) = magnitude(lexed.lower(found.end)).filter(|factor| found.digits || *factor > 12.0) {
            found.value *= factor;
            found.max = found.max.map(|max| max * factor);
            found.end += 1;
        }
    }
    Some(found)
}

fn in_digits<'a>(lexed: &Lexed<'a>, at: usize) -> Option<Number<'a>> {
    let text = lexed.word(at);
    let (value, rest) = leading(text)?;
    let end = at + 1;
    let number = |max, tail| Number { value, max, end, tail, digits: true };
    if let Some((max, tail)) = rest.strip_prefix(['-', '‑']).and_then(leading) {
        return Some(number(
            Some(max).filter(|max| *max > value),
            if tail.is_empty() && max <= value { "-" } else { tail },
        ));
    }
    let scaled = |factor: f64| Number { value: value * factor, max: None, end, tail: "", digits: true };
    Some(match rest.to_lowercase().as_str() {
        "m" | "mn" => scaled(1e6),
        "k" => scaled(1e3),
        "bn" | "b" => scaled(1e9),
        "tn" => scaled(1e12),
        "-million" => scaled(1e6),
        "-billion" => scaled(1e9),
        _ => number(None, rest),
    })
}

/// The number at the head of a token, and what follows it.
fn leading(text: &str) -> Option<(f64, &str)> {
    let mut digits = String::new();
    let mut end = 0;
    let mut groups = true;
    let mut point = false;
    let mut since_comma: Option<usize> = None;
    for (at, character) in text.char_indices() {
        match character {
            '0'..='9' => {
                digits.push(character);
                since_comma = since_comma.map(|count| count + 1);
            }
            ',' if !point
                && text.get(at + 1..).is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_digit())) =>
            {
                groups &= since_comma.is_none_or(|count| count == 3 || count == 2);
                since_comma = Some(0);
            }
            '.' if !point
                && text.get(at + 1..).is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_digit())) =>
            {
                point = true;
                digits.push('.');
            }
            _ => break,
        }
        end = at + character.len_utf8();
    }
    groups &= point || since_comma.is_none_or(|count| count == 3);
    let rest = text.get(end..)?;
    if !groups || rest.starts_with(':') || rest.starts_with('.') {
        return None;
    }
    Some((digits.parse().ok()?, rest))
}

fn in_words<'a>(lexed: &Lexed<'a>, at: usize) -> Option<Number<'a>> {
    let word = lexed.lower(at);
    let made = |value, end| Number { value, max: None, end, tail: "", digits: false };
    if matches!(word, "a" | "an") {
        return magnitude(lexed.lower(at + 1)).map(|factor| made(factor, at + 2));
    }
    if word == "half" && matches!(lexed.lower(at + 1), "a" | "the") {
        return magnitude(lexed.lower(at + 2)).map(|factor| made(factor / 2.0, at + 3));
    }
    if let Some((head, tail)) = word.split_once('-')
        && let Some(value) = small(head).filter(|_| small(word).is_none())
    {
        let tail_length = tail.len() + 1;
        let text = lexed.word(at);
        let tail = text.len().checked_sub(tail_length).and_then(|cut| text.get(cut..))?;
        return Some(Number { value: f64::from(value), max: None, end: at + 1, tail, digits: false });
    }
    let mut total = 0.0;
    let mut current = f64::from(small(word)?);
    let mut end = at + 1;
    loop {
        let next = lexed.lower(end);
        if let Some(factor) = magnitude(next) {
            if factor > 100.0 {
                total += current * factor;
                current = 0.0;
            } else {
                current *= factor;
            }
            end += 1;
        } else if let Some(value) = small(next).filter(|_| total > 0.0 || current >= 100.0) {
            current += f64::from(value);
            end += 1;
        } else if next == "and" && current >= 100.0 && small(lexed.lower(end + 1)).is_some() {
            end += 1;
        } else {
            return Some(made(total + current, end));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<(f64, usize, String)> {
        number(&Lexed::new(text), 0).map(|number| (number.value, number.end, number.tail.to_owned()))
    }

    #[test]
    fn reads_digits_words_and_magnitudes() {
        let plain = |value: f64, end: usize| Some((value, end, String::new()));
        assert_eq!(value("8,222 people"), plain(8222.0, 1));
        assert_eq!(value("3.5 million"), plain(3_500_000.0, 2));
        assert_eq!(value("1.5bn"), plain(1.5e9, 1));
        assert_eq!(value("two hundred and fifty thousand"), plain(250_000.0, 5));
        assert_eq!(value("twenty-five"), plain(25.0, 1));
        assert_eq!(value("a dozen"), plain(12.0, 2));
        assert_eq!(value("half a million"), plain(500_000.0, 3));
        assert_eq!(value("12-year-old"), Some((12.0, 1, "-year-old".to_owned())));
        assert_eq!(value("16:30"), None);
        assert_eq!(value("1,2,3"), None);
    }
}
