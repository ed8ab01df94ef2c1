//! Which language a text is in.

/// The primary subtag of a declared language ("en" of "en-GB"), lower case.
pub fn primary_subtag(declared: &str) -> Option<String> {
    let tag = declared.split(['-', '_']).next().unwrap_or_default().trim().to_ascii_lowercase();
    ((2..=3).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_lowercase())).then_some(tag)
}

/// The language of a text as a BCP 47 primary subtag (ISO 639-1 where there is one): what the
/// text itself shows when that is plain, else what the page or feed declares.
pub fn detect(text: &str, declared: Option<&str>) -> Option<String> {
    let declared = declared.and_then(primary_subtag);
    let sample = text.char_indices().nth(1000).map_or(text, |(end, _)| text.get(..end).unwrap_or(text));
    if let Some(declared) = declared.as_ref().filter(|declared| is_plainly(sample, declared)) {
        return Some(declared.clone());
    }
    let seen = whatlang::detect(sample).filter(|info| info.is_reliable() && sample.chars().nth(40).is_some());
    match (seen, declared) {
        (Some(info), _) => two_letters(info.lang()).map(str::to_owned),
        (None, declared) => declared,
    }
}

/// Little words of languages in whose kin they are rare: where a text is full of them, a declaration is true.
const LITTLE: &[(&str, &[&str])] = &[
    (
        "en",
        &[
            "the", "of", "and", "to", "that", "with", "from", "this", "they", "their", "have", "has", "had", "which",
            "were", "been", "would", "will", "who", "not", "but", "for", "it", "by", "are", "said", "he", "she", "his",
            "her", "its", "you", "your", "we", "our", "a", "an", "at", "or", "be", "as", "can", "more",
        ],
    ),
    (
        "de",
        &[
            "der", "die", "das", "und", "den", "dem", "des", "von", "mit", "ist", "im", "auf", "für", "nicht", "ein",
            "eine", "einer", "einem", "einen", "sich", "auch", "zu", "zum", "zur", "nach", "bei", "wird", "werden",
            "wurde", "hat", "haben", "dass", "sie", "er", "es", "aus", "an", "am", "als", "wie", "oder", "aber",
        ],
    ),
];

/// Whether a text is of a language without a doubt: a quarter of its words, of sixty at least, are little words of it.
fn is_plainly(text: &str, language: &str) -> bool {
    let Some((_, little)) = LITTLE.iter().find(|(known, _)| *known == language) else { return false };
    let (mut all, mut known) = (0, 0);
    for word in text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()) {
        all += 1;
        // None is longer.
        if word.len() <= 6 && little.iter().any(|little| word.eq_ignore_ascii_case(little)) {
            known += 1;
        }
    }
    all >= 60 && known * 4 >= all
}

fn two_letters(language: whatlang::Lang) -> Option<&'static str> {
    const CODES: &[(&str, &str)] = &[
        ("afr", "af"),
        ("aka", "ak"),
        ("amh", "am"),
        ("ara", "ar"),
        ("aze", "az"),
        ("bel", "be"),
        ("ben", "bn"),
        ("bul", "bg"),
        ("cat", "ca"),
        ("ces", "cs"),
        ("cmn", "zh"),
        ("cym", "cy"),
        ("dan", "da"),
        ("deu", "de"),
        ("ell", "el"),
        ("eng", "en"),
        ("epo", "eo"),
        ("est", "et"),
        ("fin", "fi"),
        ("fra", "fr"),
        ("guj", "gu"),
        ("heb", "he"),
        ("hin", "hi"),
        ("hrv", "hr"),
        ("hun", "hu"),
        ("hye", "hy"),
        ("ind", "id"),
        ("ita", "it"),
        ("jav", "jv"),
        ("jpn", "ja"),
        ("kan", "kn"),
        ("kat", "ka"),
        ("khm", "km"),
        ("kor", "ko"),
        ("lat", "la"),
        ("lav", "lv"),
        ("lit", "lt"),
        ("mal", "ml"),
        ("mar", "mr"),
        ("mkd", "mk"),
        ("mya", "my"),
        ("nep", "ne"),
        ("nld", "nl"),
        ("nob", "no"),
        ("ori", "or"),
        ("pan", "pa"),
        ("pes", "fa"),
        ("pol", "pl"),
        ("por", "pt"),
        ("ron", "ro"),
        ("rus", "ru"),
        ("sin", "si"),
        ("slk", "sk"),
        ("slv", "sl"),
        ("sna", "sn"),
        ("spa", "es"),
        ("srp", "sr"),
        ("swe", "sv"),
        ("tam", "ta"),
        ("tel", "te"),
        ("tgl", "tl"),
        ("tha", "th"),
        ("tuk", "tk"),
        ("tur", "tr"),
        ("ukr", "uk"),
        ("urd", "ur"),
        ("uzb", "uz"),
        ("vie", "vi"),
        ("yid", "yi"),
        ("zul", "zu"),
    ];
    let three = language.code();
    CODES.iter().find(|(code, _)| *code == three).map(|(_, two)| *two)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_decides_where_it_is_plain() {
        let german =
            "Der Stadtrat hat am Dienstag beschlossen, die Brücke am Hafen für den gesamten Verkehr zu sperren.";
        assert_eq!(detect(german, Some("en-US")).as_deref(), Some("de"));
        let english = "The harbour authority closed the bridge on Monday and said that it would not be opened again. ";
        assert!(is_plainly(&english.repeat(5), "en") && !is_plainly(&german.repeat(6), "en"));
        assert!(is_plainly(&german.repeat(6), "de") && !is_plainly(english, "en"));
        let dutch = "De havenmeester heeft de brug op maandag gesloten en zegt dat die niet weer open gaat voor mei. ";
        assert!(!is_plainly(&dutch.repeat(5), "de") && !is_plainly(&dutch.repeat(5), "en"));
        assert_eq!(detect(&dutch.repeat(5), Some("en")).as_deref(), Some("nl"));
        assert_eq!(detect("Goal!", Some("pt_BR")).as_deref(), Some("pt"));
        assert_eq!(detect("Goal!", None), None);
    }
}
