//! What the names in markup say, by general words: data. Names of one site's making have no place here.

use foldhash::{HashMap, HashMapExt as _};
use std::sync::OnceLock;

/// Kinds of elements, by their class, id or tag. Each is a bit of a [`Marks`] and a feature of the model.
pub(crate) const GROUPS: &[&str] = &[
    "named:content",
    "named:article",
    "named:main",
    "named:share",
    "named:related",
    "named:newsletter",
    "named:author",
    "named:date",
    "named:title",
    "named:summary",
    "named:caption",
    "named:image",
    "named:video",
    "named:tags",
    "named:comment",
    "named:navigation",
    "named:advertisement",
    "named:sidebar",
    "named:footer",
    "named:header",
    "named:quote",
    "named:embed",
    "named:product",
    "named:list",
    "named:overlay",
    "named:hidden",
    "named:note",
    "named:form",
    "named:faq",
    "named:contents",
    "named:live",
    "named:promotion",
    "named:widget",
    "named:body",
    "tag:article",
    "tag:main",
    "tag:section",
    "tag:aside",
    "tag:figure",
    "tag:figcaption",
    "tag:header",
    "tag:footer",
    "tag:form",
    "tag:ul",
    "tag:ol",
    "tag:table",
    "tag:blockquote",
    "tag:dl",
    "tag:address",
    "tag:details",
    "tag:heading",
    "tag:li",
    "tag:p",
    "hidden",
    "role:furniture",
    "tag:a",
    "tag:nav",
    "tag:button",
];

/// A set of [`GROUPS`].
pub(crate) type Marks = u64;

/// The number of kinds.
pub(crate) const COUNT: usize = GROUPS.len();

/// The bit of the kind that stands for a named body.
pub(crate) const BODY_BIT: u32 = 33;
/// The first bit of the kinds by tag.
const TAG_BITS: u32 = 34;
/// The bits of names for authors and for dates.
pub(crate) const AUTHOR_BIT: u32 = 6;
pub(crate) const DATE_BIT: u32 = 7;
/// The bits of what stands beside an article: related articles, comments, navigation, sidebars, footers.
pub(crate) const ELSEWHERE: Marks = 1 << 4 | 1 << 14 | 1 << 15 | 1 << 17 | 1 << 18;
/// The bit of names for summaries and subtitles.
pub(crate) const SUMMARY_BIT: u32 = 9;
/// The bit of `figcaption`.
pub(crate) const CAPTION_BIT: u32 = 39;
/// The bit of what is hidden.
pub(crate) const HIDDEN_BIT: u32 = 53;
/// The bit of ARIA roles of furniture.
pub(crate) const ROLE_BIT: u32 = 54;

/// Words of [`GROUPS`]' kinds in order, parted by spaces: whole parts of a name.
const WORDS: &[&str] = &[
    "content contents body text copy prose richtext wysiwyg inhalt contenido contenu corpo cuerpo texte texto testo tresc innehall inhoud indhold sisalto icerik",
    "article articles artikel articulo articolo artigo artykul story stories post posts entry news noticia nachricht hentry single blog beitrag nyhet haber clanek",
    "main primary center principal haupt",
    "share sharing shares sharer social socials addthis addtoany facebook twitter whatsapp pinterest linkedin sharedaddy teilen partage compartir condividi follow followus delen dela udostepnij paylas",
    "related similar more also seealso readmore readnext recirc recirculation recommend recommended recommendation recommendations yarpp outbrain taboola zergnet trending popular mostread latest recent crosslinks verwandt upnext next prev previous prevnext onward suggestions suggested discover jetzt weitere relacionados relacionadas correlati associes lire read links pipes",
    "newsletter newsletters subscribe subscription subscriptions signup mailchimp mailinglist optin email donate donation membership join registration register login paywall regwall piano abo abonnement inscription suscripcion",
    "author authors byline bylines bio biography writer contributor contributors autor autoren auteur autore profile avatar authorbox authorbio redakteur forfatter",
    "date dates time timestamp datetime published updated posted dateline datum fecha data meta metadata postmeta info details published entrymeta",
    "title headline heading titel titre titulo titolo tytul rubrik overskrift kicker eyebrow overline",
    "subtitle subhead subheadline dek deck standfirst lead lede intro summary excerpt abstract description highlights keypoints takeaways tldr chapo sommaire entradilla vorspann ingress anriss",
    "caption captions credit credits legend bildunterschrift photographer attribution source quelle bildtext legende leyenda didascalia imagecaption",
    "image images img photo photos picture pictures gallery slideshow slide slider slides carousel lightbox thumbnail thumb media figure bild foto imagen galerie",
    "video videos player audio podcast jwplayer brightcove youtube vimeo listen",
    "tag tags topic topics keyword keywords category categories taglist taxonomy labels schlagworte themen etiquetas hashtags cat",
    "comment comments disqus respond reply replies discussion livefyre kommentar kommentare comentarios commentaires commenti commentlist commenting respuesta reactions reacties",
    "nav menu breadcrumb breadcrumbs navigation navbar pagination pager paging jump skip tabs tab dropdown toggle submenu",
    "ad ads advert adverts advertisement advertising adslot adbox adsense sponsor sponsors sponsored dfp gpt anzeige werbung publicidad pubblicita publicite banner commercial affiliate advertorial annons reklama reklam",
    "sidebar aside rail side secondary sticky seitenleiste marginal",
    "footer foot bottom colophon disclaimer copyright legal fuss",
    "header masthead head top topbar hero kopf",
    "quote blockquote pullquote pull zitat citation",
    "tweet instagram embed embedded oembed iframe tiktok",
    "product products price prices buy shop shopping deal deals rating ratings stars review reviews specs pros cons verdict offer amazon",
    "list grid cards card items item tile tiles feed river archive loop teaser teasers listing liste",
    "modal popup overlay cookie cookies consent gdpr dialog tooltip notice alert lightbox",
    "hidden hide visuallyhidden sronly screenreader sr noprint print invisible collapse collapsed offscreen",
    "note notes footnote footnotes reference references correction editor update updates callout infobox box factbox highlight endnote hint",
    "form search field button btn buttons poll quiz vote survey input",
    "faq accordion question questions answer",
    "toc tableofcontents index anchors",
    "live liveblog timeline ticker",
    "promo promos promotion promobox cta upsell marketing campaign teaserbox",
    "widget widgets module modules component plugin sidebarwidget textwidget",
];

/// Beginnings and parts of long names written together ("relatedposts"), with their kind.
const STEMS: &[(&str, u32)] = &[
    ("share", 3),
    ("social", 3),
    ("related", 4),
    ("recommend", 4),
    ("recirc", 4),
    ("readmore", 4),
    ("mostread", 4),
    ("popular", 4),
    ("newsletter", 5),
    ("subscri", 5),
    ("signup", 5),
    ("paywall", 5),
    ("author", 6),
    ("byline", 6),
    ("timestamp", 7),
    ("headline", 8),
    ("subtitle", 9),
    ("summary", 9),
    ("caption", 10),
    ("gallery", 11),
    ("slideshow", 11),
    ("image", 11),
    ("photo", 11),
    ("video", 12),
    ("player", 12),
    ("podcast", 12),
    ("keyword", 13),
    ("comment", 14),
    ("kommentar", 14),
    ("disqus", 14),
    ("breadcrumb", 15),
    ("navigation", 15),
    ("pagination", 15),
    ("advert", 16),
    ("sponsor", 16),
    ("sidebar", 17),
    ("footer", 18),
    ("copyright", 18),
    ("disclaimer", 18),
    ("header", 19),
    ("quote", 20),
    ("tweet", 21),
    ("embed", 21),
    ("product", 22),
    ("teaser", 23),
    ("cookie", 24),
    ("consent", 24),
    ("popup", 24),
    ("footnote", 26),
    ("tableofcontent", 29),
    ("promo", 31),
    ("widget", 32),
];

/// The kinds that an element's class or id speaks of.
pub(crate) fn marks(name: &str) -> Marks {
    let mut marks = 0;
    for_parts(name, |part| {
        let known = table().get(part).copied();
        marks |= known.unwrap_or_default();
        if known.is_none() && part.len() > 6 {
            marks |= stems(part);
        }
    });
    marks
}

/// The kinds of the stems that a part holds. Few letters begin one, so that few places need a second look.
fn stems(part: &str) -> Marks {
    type Kinds = Vec<(&'static [u8], Marks)>;
    static BY_LETTER: OnceLock<Vec<Kinds>> = OnceLock::new();
    let by_letter = BY_LETTER.get_or_init(|| {
        let mut by_letter = vec![Vec::new(); 26];
        for (stem, bit) in STEMS {
            let first = stem.bytes().next().map(|letter| usize::from(letter.wrapping_sub(b'a')));
            if let Some(stems) = first.and_then(|first| by_letter.get_mut(first)) {
                stems.push((stem.as_bytes(), 1 << bit));
            }
        }
        by_letter
    });
    let bytes = part.as_bytes();
    let mut marks = 0;
    for (place, letter) in bytes.iter().enumerate() {
        let stems = by_letter.get(usize::from(letter.wrapping_sub(b'a')));
        for (stem, mark) in stems.into_iter().flatten() {
            if bytes.get(place..).is_some_and(|rest| rest.starts_with(stem)) {
                marks |= mark;
            }
        }
    }
    marks
}

fn table() -> &'static HashMap<&'static str, Marks> {
    static TABLE: OnceLock<HashMap<&'static str, Marks>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = HashMap::new();
        for (bit, words) in WORDS.iter().enumerate() {
            for word in words.split(' ') {
                *table.entry(word).or_insert(0) |= 1 << bit;
            }
        }
        table
    })
}

/// Whether one of the folders of an address begins so.
pub(crate) fn has_folder(address: &str, starts: &[&str]) -> bool {
    address.match_indices('/').filter_map(|(place, _)| address.as_bytes().get(place + 1..)).any(|rest| {
        let begins =
            |start: &&str| rest.get(..start.len()).is_some_and(|held| held.eq_ignore_ascii_case(start.as_bytes()));
        starts.iter().any(begins)
    })
}

/// The kind that a tag stands for.
pub(crate) fn tag_marks(tag: &str) -> Marks {
    let place = match tag {
        "article" => 0,
        "main" => 1,
        "section" => 2,
        "aside" => 3,
        "figure" => 4,
        "figcaption" => 5,
        "header" => 6,
        "footer" => 7,
        "form" => 8,
        "ul" => 9,
        "ol" => 10,
        "table" => 11,
        "blockquote" => 12,
        "dl" => 13,
        "address" => 14,
        "details" => 15,
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => 16,
        "li" => 17,
        "p" => 18,
        "a" => 21,
        "nav" | "menu" => 22,
        "button" => 23,
        _ => return 0,
    };
    1 << (TAG_BITS + place)
}

/// The lower-case parts of the names in an attribute: split at punctuation, digits' edges and capitals.
fn for_parts(names: &str, mut each: impl FnMut(&str)) {
    let mut part = String::new();
    for name in names.split_ascii_whitespace().take(24) {
        let mut lower_before = false;
        let mut first = true;
        let mut said_of_others = false;
        for character in name.chars().take(80).chain(std::iter::once(' ')) {
            let is_word = character.is_alphabetic();
            if (!is_word || (character.is_uppercase() && lower_before)) && !part.is_empty() {
                // "has-sidebar", "no-comments": said of what stands beside it.
                if first {
                    said_of_others =
                        matches!(part.as_str(), "has" | "with" | "no" | "not" | "is" | "and" | "js" | "category");
                }
                if !said_of_others {
                    each(&part);
                }
                first = false;
                part.clear();
            }
            if is_word {
                match character.is_ascii() {
                    true => part.push(character.to_ascii_lowercase()),
                    false => part.extend(character.to_lowercase()),
                }
            }
            lower_before = character.is_lowercase();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Vec<&'static str> {
        let marks = marks(name);
        GROUPS.iter().enumerate().filter(|(bit, _)| marks >> bit & 1 == 1).map(|(_, group)| *group).collect()
    }

    #[test]
    fn names_say_what_they_hold() {
        assert_eq!(named("article-body"), ["named:content", "named:article"]);
        assert_eq!(named("jp-relatedposts"), ["named:related"]);
        assert_eq!(named("postMeta no-comments"), ["named:article", "named:date"]);
        assert_eq!(named("has-sidebar x1y2"), Vec::<&str>::new());
    }

    #[test]
    fn folders_are_found_by_their_beginnings() {
        assert!(has_folder("https://post.example/Authors/ada", &["author"]));
        assert!(!has_folder("https://post.example/coauthors", &["author"]) && !has_folder("author", &["author"]));
    }

    #[test]
    fn every_kind_has_its_bit() {
        assert_eq!(GROUPS.get(BODY_BIT as usize), Some(&"named:body"));
        assert_eq!(GROUPS.get(AUTHOR_BIT as usize), Some(&"named:author"));
        assert_eq!(GROUPS.get(DATE_BIT as usize), Some(&"named:date"));
        let beside: Vec<&str> =
            (0..64).filter(|bit| ELSEWHERE >> bit & 1 == 1).filter_map(|bit| GROUPS.get(bit).copied()).collect();
        assert_eq!(beside, ["named:related", "named:comment", "named:navigation", "named:sidebar", "named:footer"]);
        assert_eq!(GROUPS.get(SUMMARY_BIT as usize), Some(&"named:summary"));
        assert_eq!(GROUPS.get(CAPTION_BIT as usize), Some(&"tag:figcaption"));
        assert_eq!(GROUPS.get(HIDDEN_BIT as usize), Some(&"hidden"));
        assert_eq!(GROUPS.get(ROLE_BIT as usize), Some(&"role:furniture"));
        assert_eq!(WORDS.len(), BODY_BIT as usize);
        for tag in ["article", "figcaption", "ul", "h2", "a", "nav"] {
            let bit = tag_marks(tag).trailing_zeros() as usize;
            let group = GROUPS.get(bit).copied().unwrap_or_default();
            assert!(group == format!("tag:{tag}") || group == "tag:heading", "{tag}: {group}");
        }
    }
}
