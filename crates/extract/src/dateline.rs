//! The place and agency before a text's first sentence.

/// No dateline is longer (bytes).
const LONGEST: usize = 80;

/// What stands before a text's first sentence: "LONDON, March 4 (Reuters) — ", "Berlin (dpa) - ", "(CNN) - ", "PARIS — ".
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Dateline<'a> {
    pub(crate) place: Option<&'a str>,
    pub(crate) agency: Option<&'a str>,
    /// The text behind it.
    pub(crate) rest: &'a str,
}

/// The dateline of a text, if it begins with one: a place in capitals, or an agency in brackets, then a dash.
pub(crate) fn split(text: &str) -> Option<Dateline<'_>> {
    let (place, dash) = text
        .char_indices()
        .take_while(|(place, _)| *place < LONGEST)
        .find(|(_, character)| matches!(character, '—' | '–' | '-'))
        .filter(|(place, dash)| {
            let before = text.get(..*place).unwrap_or_default();
            let after = text.get(place + dash.len_utf8()..).unwrap_or_default();
            before.ends_with([' ', ')']) && after.starts_with(' ')
        })?;
    let before = text.get(..place).unwrap_or_default().trim_end();
    let bracketed = before.ends_with(')') && before.contains('(') && !before.contains(['.', '"', '“', '!', '?']);
    let city = before.split([',', '(']).next().unwrap_or_default().trim();
    let shouted =
        city.chars().count() > 2 && !city.chars().any(char::is_lowercase) && city.chars().any(char::is_uppercase);
    if !(shouted || (bracketed && before.split(' ').count() <= 7)) {
        return None;
    }
    let begins = city.chars().next().is_some_and(|first| first.is_uppercase() || !first.is_ascii());
    let is_place = begins && city.split(' ').count() <= 4 && !city.contains([':', ';', '"', '“', '!', '?']);
    let agency = before.strip_suffix(')').and_then(|before| before.rsplit_once('(')).map(|(_, agency)| agency.trim());
    Some(Dateline {
        place: Some(city).filter(|_| is_place),
        agency: agency.filter(|agency| agency.contains(char::is_alphabetic) && agency.split(' ').count() <= 3),
        rest: text.get(place + dash.len_utf8()..).unwrap_or(text).trim_start(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datelines_are_told_from_sentences() {
        let of = |text: &str| split(text).map(|found| format!("{:?} {:?} {}", found.place, found.agency, found.rest));
        assert_eq!(of("NEW YORK (AP) — Two men").unwrap(), "Some(\"NEW YORK\") Some(\"AP\") Two men");
        assert_eq!(of("Berlin (dpa/npa)- Zwei Männer").unwrap(), "Some(\"Berlin\") Some(\"dpa/npa\") Zwei Männer");
        assert_eq!(of("CALDER, March 4 – Forty lorries").unwrap(), "Some(\"CALDER\") None Forty lorries");
        assert_eq!(of("(CNN) - Two men").unwrap(), "None Some(\"CNN\") Two men");
        assert_eq!(of("The harbour (built in 1911, they say, by a duke of old) — was closed"), None);
        assert_eq!(of("Ada Byron — who led the port — said"), None);
        assert_eq!(of("A - b"), None);
        assert_eq!(of(""), None);
    }
}
