//! What editors say of the site, read from the store and remembered for a moment: every page needs it.

use crate::App;
use crate::error::Error;
use crate::remembered::Remembered;
use firsthand_model::{SiteFile, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How long what was read is used: other processes may have changed it.
const FRESH_MS: i64 = 5000;
/// The name of the logo among the site's files.
pub(crate) const LOGO: &str = "logo";
/// Topics that come with the program: a name and labels, by their language.
const TOPICS: &str = include_str!("../data/topics.tsv");
/// Topics that a site may have, and labels of one.
const MOST_TOPICS: usize = 20;
const MOST_LABELS: usize = 40;
/// The least contrast of a colour with the paper that it is read on (WCAG 2.2, success criterion 1.4.3).
const LEAST_CONTRAST: f64 = 4.5;
/// The papers of the style sheet, light and dark.
const PAPERS: [[u8; 3]; 2] = [[0xff, 0xff, 0xff], [0x1c, 0x1d, 0x1a]];

/// Who may vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Voters {
    /// Everyone.
    #[default]
    Everyone,
    /// Those who are signed in.
    Accounts,
    /// Nobody: the buttons are not there.
    Nobody,
}

/// To whom articles' images are shown, through this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Images {
    /// Nobody.
    Off,
    /// Those who are signed in.
    #[default]
    Readers,
    /// Everyone.
    Everyone,
}

/// A section of stories by what their reports are filed under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Topic {
    pub(crate) name: String,
    /// Folded.
    pub(crate) labels: Vec<String>,
}

/// Sections of the navigation that editors can leave out.
pub(crate) const SECTIONS: [(&str, &str); 6] = [
    ("new", "New"),
    ("day", "Top of the day"),
    ("week", "Top of the week"),
    ("folders", "Folders"),
    ("topics", "Topics"),
    ("outlets", "Outlets"),
];

/// What editors say of the site.
#[derive(Debug, Clone, Default)]
pub(crate) struct Site {
    pub(crate) settings: BTreeMap<String, String>,
    pub(crate) topics: Vec<Topic>,
    /// When the logo was given.
    pub(crate) logo: Option<Timestamp>,
    /// Whether there is an account: without one the first is to be made.
    pub(crate) has_accounts: bool,
    /// Folders of feeds, and languages of the newest articles, the commonest first.
    pub(crate) folders: Vec<String>,
    pub(crate) languages: Vec<String>,
}

impl Site {
    fn text(&self, name: &str) -> Option<&str> {
        self.settings.get(name).map(String::as_str)
    }

    pub(crate) fn name(&self) -> Option<&str> {
        self.text("name")
    }

    pub(crate) fn about(&self) -> Option<&str> {
        self.text("about")
    }

    pub(crate) fn imprint(&self) -> Option<&str> {
        self.text("imprint")
    }

    pub(crate) fn noindex(&self) -> bool {
        self.text("noindex").is_some()
    }

    /// Whether other sites may show the box.
    pub(crate) fn embeddable(&self) -> bool {
        self.text("embed").is_some()
    }

    pub(crate) fn voters(&self) -> Voters {
        match self.text("voters") {
            Some("accounts") => Voters::Accounts,
            Some("nobody") => Voters::Nobody,
            _ => Voters::Everyone,
        }
    }

    pub(crate) fn images(&self) -> Images {
        match self.text("images") {
            Some("off") => Images::Off,
            Some("everyone") => Images::Everyone,
            _ => Images::Readers,
        }
    }

    /// Whether a section is in the navigation.
    pub(crate) fn has_section(&self, name: &str) -> bool {
        self.text("without").is_none_or(|left_out| left_out.split(',').all(|section| section != name))
    }

    /// The accents, light and dark, as the style sheet names them.
    pub(crate) fn colours(&self) -> Option<String> {
        let (light, dark) = (self.text("accent"), self.text("accent_dark"));
        if light.is_none() && dark.is_none() {
            return None;
        }
        let rule = |colour: &str| format!(":root{{--first:{colour}}}");
        let light = light.map(rule).unwrap_or_default();
        let dark = dark.map(|colour| format!("@media (prefers-color-scheme:dark){{{}}}", rule(colour)));
        // A light accent alone would be the dark one too.
        let dark = dark.unwrap_or_else(|| "@media (prefers-color-scheme:dark){:root{--first:#4cc0ad}}".to_owned());
        Some(format!("{light}{dark}"))
    }

    /// The labels of a topic, by its name.
    pub(crate) fn labels(&self, topic: &str) -> Option<Vec<String>> {
        self.topics.iter().find(|known| known.name == topic).map(|known| known.labels.clone())
    }
}

/// The site as it was read.
pub(crate) type KnownSite = Remembered<(), Site>;

pub(crate) fn known_site() -> KnownSite {
    Remembered::new(1, FRESH_MS)
}

impl App {
    /// What editors say of the site, at most some seconds old.
    pub(crate) async fn site(&self) -> Result<Arc<Site>, Error> {
        self.site.get((), self.clock.now(), self.read_site()).await
    }

    async fn read_site(&self) -> Result<Site, Error> {
        let settings = self.store.site_settings().await?;
        let mut topics = match settings.get("topics") {
            Some(text) => parse_topics(text).map_err(Error::BadRequest)?,
            None => builtin_topics(),
        };
        // Topics of which nothing has been heard for days are no sections.
        let labels = topics.iter().flat_map(|topic| topic.labels.clone()).collect();
        let in_use = self.store.labels_in_use(labels, self.clock.now().plus_seconds(-3 * 86_400)).await?;
        topics.retain(|topic| topic.labels.iter().any(|label| in_use.contains(label)));
        Ok(Site {
            settings,
            topics,
            logo: self.store.site_file(LOGO).await?.map(|file| file.set_at),
            has_accounts: self.store.has_accounts().await?,
            folders: self.store.folders().await?,
            languages: self.store.languages().await?.into_iter().map(|(language, _)| language).collect(),
        })
    }
}

/// The topics that come with the program; those of the same name in several languages are one.
fn builtin_topics() -> Vec<Topic> {
    let mut topics: Vec<Topic> = Vec::new();
    for line in TOPICS.lines().filter(|line| !line.starts_with('#')) {
        let Some((name, labels)) = line.split_once('\t') else { continue };
        let labels = labels.split(", ").map(str::to_lowercase);
        match topics.iter_mut().find(|topic| topic.name == name) {
            Some(topic) => topic.labels.extend(labels),
            None => topics.push(Topic { name: name.to_owned(), labels: labels.collect() }),
        }
    }
    topics
}

/// Topics as editors write them: a line each, a name, a colon, and labels with commas between.
///
/// Errors: what is wrong in which line.
pub(crate) fn parse_topics(text: &str) -> Result<Vec<Topic>, String> {
    let mut topics = Vec::new();
    for (number, line) in text.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty()) {
        let wrong = |why: &str| format!("line {} of the topics, {line:?}: {why}", number + 1);
        let (name, labels) = line.split_once(':').ok_or_else(|| wrong("write a name, a colon, then labels"))?;
        let labels: Vec<String> =
            labels.split(',').map(|label| label.trim().to_lowercase()).filter(|label| !label.is_empty()).collect();
        if name.trim().is_empty() || labels.is_empty() || labels.len() > MOST_LABELS {
            return Err(wrong(&format!("a topic has a name and 1 to {MOST_LABELS} labels")));
        }
        topics.push(Topic { name: name.trim().to_owned(), labels });
    }
    if topics.len() > MOST_TOPICS {
        return Err(format!("{} topics are too many: {MOST_TOPICS} at the most", topics.len()));
    }
    Ok(topics)
}

/// A colour as `#rrggbb` that can be read on the light paper (`dark: false`) or the dark one.
///
/// Errors: that it is none, or that it cannot be read, with the contrast that it has.
pub(crate) fn checked_colour(text: &str, dark: bool) -> Result<String, String> {
    let digits = text.trim().strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii());
    let part = |place: usize| digits.and_then(|digits| u8::from_str_radix(digits.get(place..place + 2)?, 16).ok());
    let (Some(red), Some(green), Some(blue)) = (part(0), part(2), part(4)) else {
        return Err(format!("{text:?} is no colour: write it as #0b6b5d"));
    };
    let [light_paper, dark_paper] = PAPERS;
    let contrast = contrast([red, green, blue], if dark { dark_paper } else { light_paper });
    if contrast < LEAST_CONTRAST {
        return Err(format!(
            "the colour {text} has a contrast of {contrast:.1} with the {} ground, and below {LEAST_CONTRAST} many cannot read it: take a {} one",
            if dark { "dark" } else { "light" },
            if dark { "lighter" } else { "darker" }
        ));
    }
    Ok(text.trim().to_ascii_lowercase())
}

/// The contrast ratio of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio").
fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let light = |[red, green, blue]: [u8; 3]| {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    };
    let (one, other) = (light(one), light(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// The media type of an image by its first bytes (WHATWG MIME Sniffing): one that browsers show and that holds no script.
pub(crate) fn image_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', b'f' | b's', ..] => Some("image/avif"),
        _ => None,
    }
}

/// A logo that can be kept.
///
/// Errors: too large, or no image that is shown.
pub(crate) fn checked_logo(bytes: &[u8]) -> Result<(String, Vec<u8>), String> {
    const MOST_BYTES: usize = 200 << 10;
    if bytes.len() > MOST_BYTES {
        return Err(format!("the logo has {} KiB: {} are the most", bytes.len() >> 10, MOST_BYTES >> 10));
    }
    let media_type = image_type(bytes).ok_or("the logo is no PNG, JPEG, GIF, WebP or AVIF image")?;
    Ok((media_type.to_owned(), bytes.to_vec()))
}

/// A file with the headers that keep it from doing anything but being an image.
pub(crate) fn image_headers(file: &SiteFile) -> [(axum::http::HeaderName, String); 3] {
    use axum::http::header;
    [
        (header::CONTENT_TYPE, file.media_type.clone()),
        (header::CACHE_CONTROL, "public, max-age=604800".to_owned()),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_must_be_one_that_can_be_read() {
        assert_eq!(checked_colour(" #0B6B5D", false).unwrap(), "#0b6b5d");
        assert!(checked_colour("#ffee00", false).unwrap_err().contains("contrast of 1.2"));
        assert!(checked_colour("#0b6b5d", true).unwrap_err().contains("lighter"));
        for none in ["red", "#12345", "#gggggg", "", "#12345é"] {
            assert!(checked_colour(none, false).unwrap_err().contains("no colour"), "{none}");
        }
        assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 0.01);
    }

    #[test]
    fn topics_are_lines_with_labels() {
        let topics = parse_topics("Harbour: ships, Port Authority\n\nSport: football").unwrap();
        assert_eq!(topics.len(), 2);
        assert_eq!(topics[0].labels, ["ships", "port authority"]);
        assert!(parse_topics("Harbour ships").unwrap_err().starts_with("line 1 of the topics"));
        assert!(parse_topics("Harbour: , ").is_err());
        assert!(builtin_topics().iter().all(|topic| !topic.labels.is_empty() && topic.labels.len() <= 80));
        assert!(builtin_topics().len() >= 5);
    }

    #[test]
    fn only_images_that_cannot_run_are_taken() {
        assert!(checked_logo(b"<svg xmlns='http://www.w3.org/2000/svg'/>").is_err());
        assert_eq!(checked_logo(b"\x89PNG\r\n\x1a\n....").unwrap().0, "image/png");
        assert_eq!(image_type(b"\0\0\0 ftypavif...."), Some("image/avif"));
        assert!(checked_logo(&vec![0xff; 300 << 10]).unwrap_err().contains("300 KiB"));
    }
}
