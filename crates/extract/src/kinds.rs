//! Pages that are no article by what they say of themselves: walls, checks, errors.

use firsthand_text::normalise::fold;

/// A page with more letters of text than this is not taken for a wall.
const MOST_LETTERS: usize = 1500;

/// What a page is instead of an article, and the words in its title or text that show it, folded.
const KINDS: &[(&str, &[&str])] = &[
    (
        "it is a check for robots",
        &[
            "just a moment",
            "checking your browser",
            "verify you are human",
            "verifying you are human",
            "are you a robot",
            "not a robot",
            "attention required",
            "enable javascript and cookies to continue",
            "complete the captcha",
            "unusual traffic",
            "press & hold",
            "ddos protection",
            "sind sie ein roboter",
            "confirmez que vous etes humain",
            "pardon our interruption",
            "please enable cookies",
        ],
    ),
    (
        "it refuses access",
        &[
            "access denied",
            "403 forbidden",
            "request blocked",
            "zugriff verweigert",
            "acces refuse",
            "acceso denegado",
            "you have been blocked",
        ],
    ),
    (
        "it asks for consent before it shows anything",
        &[
            "before you continue to",
            "we value your privacy",
            "privacy settings",
            "datenschutzeinstellungen",
            "mit werbung weiterlesen",
            "your privacy choices",
            "gerer mes choix",
            "continuer sans accepter",
            "we and our partners store",
        ],
    ),
    (
        "it asks to log in",
        &[
            "log in to continue",
            "sign in to continue",
            "please log in",
            "bitte melden sie sich an",
            "connectez-vous pour continuer",
        ],
    ),
    (
        "it says that the page is not there",
        &[
            "page not found",
            "404 not found",
            "404 error",
            "error 404",
            "seite nicht gefunden",
            "page introuvable",
            "pagina no encontrada",
            "pagina non trovata",
            "страница не наидена",
        ],
    ),
];

/// What a page with this title and kept text is instead of an article; nothing for an article.
pub(crate) fn no_article(title: Option<&str>, text: &str) -> Option<&'static str> {
    let letters = text.chars().filter(|character| character.is_alphanumeric()).take(MOST_LETTERS + 1).count();
    if letters > MOST_LETTERS {
        return None;
    }
    let title = title.map(fold).unwrap_or_default();
    let folded = fold(text);
    let says = |words: &&str| title.starts_with(*words) || (letters < 500 && folded.contains(*words));
    KINDS.iter().find(|(_, words)| words.iter().any(says)).map(|(kind, _)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walls_say_what_they_are() {
        let wall = "Checking your browser before the harbour opens. This may take a few seconds, please wait until it is done.";
        assert_eq!(no_article(Some("Just a moment..."), wall), Some("it is a check for robots"));
        assert_eq!(
            no_article(Some("Seite nicht gefunden"), "Gehen Sie zur Startseite"),
            Some("it says that the page is not there")
        );
        assert_eq!(no_article(Some("The bridge"), &"The Calder bridge was closed, access denied. ".repeat(60)), None);
        assert_eq!(no_article(Some("Bridge closed after cracks are found"), "The bridge was closed on Monday."), None);
    }
}
