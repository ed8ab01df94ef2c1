//! Who wrote the article: names out of JSON-LD, meta elements and visible bylines.

use crate::dom::{Dom, NodeId};
use crate::metadata::{Meta, has_word, plain};
use crate::vocabulary::{self, AUTHOR_BIT, ELSEWHERE, Marks};
use crate::words::BY;
use firsthand_text::dates;
use firsthand_text::normalise::{fold, one_line};
use foldhash::HashMap;
use serde_json::Value;

/// At most so many authors are named.
const MAX_AUTHORS: usize = 12;

/// The names of the authors, parted by ", ", and where they were found.
pub(crate) fn byline(
    dom: &Dom,
    meta: &Meta,
    objects: &[Value],
    article: Option<&Value>,
    site: &str,
) -> Option<(String, &'static str)> {
    let tidy = |names: Vec<String>, trusted: bool| -> Option<String> {
        let mut out: Vec<String> = Vec::new();
        for name in names.iter().flat_map(|name| split_names(name, trusted)) {
            let folded = fold(&name);
            if !out.iter().any(|held| fold(held) == folded) {
                out.push(name);
            }
        }
        if out.len() > 1 {
            out.retain(|name| fold(name) != site);
        }
        out.truncate(MAX_AUTHORS);
        (!out.is_empty()).then(|| out.join(", "))
    };
    let (mut people, mut organizations) = (Vec::new(), Vec::new());
    if let Some(authors) = article.and_then(|object| object.get("author").or_else(|| object.get("creator"))) {
        collect(authors, objects, &mut people, &mut organizations);
    }
    let said = [
        "author",
        "article:author",
        "parsely-author",
        "sailthru.author",
        "dc.creator",
        "dcterms.creator",
        "byl",
        "article:author_name",
        "og:article:author",
        "citation_author",
        "twitter:data1",
    ];
    let by_meta = || {
        said.iter().find_map(|name| {
            let labelled = || meta.first(&["twitter:label1"]).is_some_and(|label| fold(&label).contains("written by"));
            if *name == "twitter:data1" && !labelled() {
                return None;
            }
            tidy(meta.all(name).map(plain).collect(), true).filter(|names| !is_outlet(names, site))
        })
    };
    let from = |place: &'static str| move |names: String| (names, place);
    tidy(people, true)
        .filter(|names| !is_outlet(names, site))
        .map(from("json-ld"))
        .or_else(|| by_meta().map(from("meta")))
        .or_else(|| tidy(visible(dom), false).map(from("markup")))
        .or_else(|| tidy(organizations, true).map(from("json-ld")))
        .or_else(|| {
            tidy(said.iter().flat_map(|name| meta.all(name)).take(1).map(plain).collect(), true).map(from("meta"))
        })
}

/// Whether a name is the outlet's own.
fn is_outlet(names: &str, site: &str) -> bool {
    !site.is_empty() && fold(names) == site
}

/// The names in a value of JSON-LD; those that are given by reference are looked up.
fn collect(value: &Value, objects: &[Value], people: &mut Vec<String>, organizations: &mut Vec<String>) {
    match value {
        Value::String(name) => people.push(plain(name)),
        Value::Array(values) => {
            values.iter().take(20).for_each(|value| collect(value, objects, people, organizations));
        }
        Value::Object(fields) => {
            let fields = match (fields.get("name"), fields.get("@id")) {
                (None, Some(id)) => objects
                    .iter()
                    .filter_map(Value::as_object)
                    .find(|object| object.get("@id") == Some(id) && object.contains_key("name"))
                    .unwrap_or(fields),
                _ => fields,
            };
            let organization =
                fields.get("@type").and_then(Value::as_str).is_some_and(|kind| kind.ends_with("Organization"));
            let into = if organization { organizations } else { people };
            match fields.get("name") {
                Some(Value::String(name)) => into.push(plain(name)),
                Some(Value::Array(names)) => {
                    into.extend(names.iter().filter_map(Value::as_str).take(20).map(plain));
                }
                _ => {}
            }
        }
        _ => {}
    }
}

/// The names in the page's own byline: an element marked as the author, a link to an author's page,
/// a short text that begins with "By", nearest to the headline.
fn visible(dom: &Dom) -> Vec<String> {
    let mut names = NamesSeen::default();
    let nodes: Vec<NodeId> = dom.descendants(NodeId::ROOT).collect();
    let headline = nodes.iter().position(|node| dom.tag(*node) == "h1").unwrap_or(0);
    let mut best: Option<(i64, Vec<String>)> = None;
    let mut within: Option<NodeId> = None;
    for (place, node) in nodes.iter().enumerate() {
        let tag = dom.tag(*node);
        if tag.is_empty() || matches!(tag, "html" | "body" | "head" | "script" | "style" | "main" | "article") {
            continue;
        }
        if within.is_some_and(|outer| dom.ancestors(*node).take(8).any(|above| above == outer)) {
            continue;
        }
        let Some((worth, found)) = candidate(dom, *node, tag, &mut names) else { continue };
        let elsewhere = dom.ancestors(*node).take(12).any(|above| {
            matches!(dom.tag(above), "aside" | "footer" | "nav")
                || ["class", "id"]
                    .iter()
                    .filter_map(|name| dom.attribute(above, name))
                    .any(|value| names.marks(value) & ELSEWHERE != 0 && !matches!(dom.tag(above), "body" | "main"))
        });
        within = Some(*node);
        // Bylines stand under the headline, some above it, some at the end.
        let distance = place as i64 - headline as i64;
        let far = if distance < 0 { distance.abs() * 2 } else { distance };
        let worth = worth - (far / 40).min(30) - if elsewhere { 25 } else { 0 };
        if best.as_ref().is_none_or(|(most, _)| worth > *most) {
            best = Some((worth, found));
        }
    }
    best.filter(|(worth, _)| *worth > -20).map(|(_, names)| names).unwrap_or_default()
}

/// What the names in class and id attributes say, each value read once.
#[derive(Default)]
struct NamesSeen<'a>(HashMap<&'a str, Marks>);

impl<'a> NamesSeen<'a> {
    fn marks(&mut self, value: &'a str) -> Marks {
        *self.0.entry(value).or_insert_with(|| vocabulary::marks(value))
    }
}

/// What an element says of the author, and how plainly.
fn candidate<'a>(dom: &'a Dom, node: NodeId, tag: &str, names: &mut NamesSeen<'a>) -> Option<(i64, Vec<String>)> {
    let property = dom.attribute(node, "itemprop").unwrap_or_default().to_ascii_lowercase();
    let by_property = has_word(Some(&property), "author") || has_word(Some(&property), "creator");
    if tag == "meta" {
        return by_property.then(|| dom.attribute(node, "content")).flatten().map(|name| (40, vec![plain(name)]));
    }
    let by_relation = has_word(dom.attribute(node, "rel"), "author");
    let by_link = tag == "a"
        && dom.attribute(node, "href").is_some_and(|href| {
            let href = href.to_ascii_lowercase();
            [
                "/author",
                "author=",
                "/people/",
                "/contributor",
                "/staff/",
                "/writer",
                "/profile",
                "/team/",
                "/by/",
                "/autor",
            ]
            .iter()
            .any(|part| href.contains(part))
        });
    let marked = ["class", "id", "data-testid"]
        .iter()
        .filter_map(|name| dom.attribute(node, name))
        .any(|value| names.marks(value) >> AUTHOR_BIT & 1 == 1);
    let is_short_block = matches!(
        tag,
        "p" | "div"
            | "span"
            | "li"
            | "address"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "small"
            | "em"
            | "i"
            | "td"
            | "strong"
            | "b"
            | "a"
            | "section"
            | "header"
            | "cite"
    );
    if !(by_property || by_relation || by_link || is_short_block && (marked || may_begin_with_by(dom, node))) {
        return None;
    }
    let text = if by_property {
        let name = dom.descendants(node).find(|inner| has_word(dom.attribute(*inner, "itemprop"), "name"));
        dom.line_of(name.unwrap_or(node))
    } else {
        short_line(dom, node)?
    };
    let length = text.chars().count();
    if !(2..140).contains(&length) {
        return None;
    }
    let spoken = begins_with_by(&text);
    let worth = match (by_property || by_relation, by_link, marked, spoken) {
        (true, ..) => 36,
        (_, true, _, _) if length < 50 => 30,
        (.., true, true) => 32,
        (.., true, false) if length < 60 => 24,
        (.., false, true) if length < 90 => 26,
        _ => return None,
    };
    let names = split_names(&text, by_property || by_relation || by_link || marked);
    (!names.is_empty()).then_some((worth, names))
}

/// The text under a node on one line, when it is short; links' edges part words.
fn short_line(dom: &Dom, node: NodeId) -> Option<String> {
    let mut count = 0;
    for inner in dom.descendants(node) {
        count += 1 + dom.text(inner).map_or(0, |text| text.trim().len() / 8);
        if count > 60 {
            return None;
        }
    }
    // Two elements side by side are two things, a name and its date, even where no space parts them.
    let mut line = String::new();
    for text in dom.descendants(node).filter_map(|inner| dom.text(inner)) {
        line.push_str(text);
        line.push(' ');
    }
    Some(one_line(&line))
}

/// Whether the first word under a node is one of those that [`begins_with_by`] looks for: few are, and most need not
/// be read whole.
fn may_begin_with_by(dom: &Dom, node: NodeId) -> bool {
    let text = dom.descendants(node).take(60).filter_map(|inner| dom.text(inner)).find(|text| !text.trim().is_empty());
    let Some(text) = text else { return false };
    let is_edge = |character: char| character.is_whitespace() || character == ':';
    let first = text.trim_start().split(is_edge).next().unwrap_or_default();
    BY.iter().any(|by| {
        let by = by.split(' ').next().unwrap_or_default();
        first.len() == by.len() && first.chars().flat_map(char::to_lowercase).eq(by.chars())
    })
}

/// Whether a text begins with "By" in some language, followed by a name.
fn begins_with_by(text: &str) -> bool {
    let rest = without_by(text);
    rest.len() < text.len() && rest.chars().next().is_some_and(|first| first.is_uppercase() || !first.is_ascii())
}

/// A text without the "By" at its beginning.
fn without_by(text: &str) -> &str {
    let lower = text.to_lowercase();
    for by in BY {
        if let Some(rest) = lower.strip_prefix(by)
            && rest.starts_with([' ', ':', '\u{a0}'])
            && let Some(rest) = text.get(by.len()..)
        {
            return rest.trim_start_matches([':', ' ', '\u{a0}', '-']);
        }
    }
    text
}

/// The names in a byline, "By", roles, degrees, dates and what follows them cut off; nothing for what
/// is no name. Of a trusted source single words and names in lower case count too.
pub(crate) fn split_names(line: &str, trusted: bool) -> Vec<String> {
    const ENDS: &[&str] = &[
        " | ",
        " • ",
        " · ",
        " — ",
        " – ",
        " - ",
        " // ",
        "\u{2022}",
        " published",
        " updated",
        " posted",
        " on ",
        " in ",
        " reviewed by",
        " medically reviewed",
        " fact checked",
        " edited by",
        " photo",
        " for ",
        " is ",
        " min read",
        " says",
        " at ",
        " am ",
        " le ",
        " el ",
    ];
    let mut line = one_line(line);
    for _ in 0..2 {
        line = without_by(&line).to_owned();
    }
    let lower = line.to_lowercase();
    if lower.len() == line.len() {
        let end = ENDS.iter().filter_map(|end| lower.find(end)).filter(|place| *place > 1).min();
        if let Some(end) = end {
            line.truncate(end);
        }
    }
    if let Some(place) = line.find(|character: char| character.is_ascii_digit() || character == '(') {
        let dated = !line.get(place..).is_some_and(|rest| rest.starts_with('('));
        line.truncate(place);
        // "Ada Byron March 4": the month is no part of the name.
        if dated
            && let Some((before, last)) = line.trim_end().rsplit_once([' ', '\u{a0}', ','])
            && dates::is_month(last.trim_end_matches('.'))
        {
            line.truncate(before.len());
        }
    }
    let mut line = line.replace([';', '|', '•', '·', '●', '、', '،'], ",");
    for and in [" and ", " & ", " und ", " et ", " AND ", " And ", " y ", " e ", " en ", " och ", " og ", " i ", " и "]
    {
        line = line.replace(and, ",");
    }
    line.split(',')
        .map(|name| name.trim().trim_matches(['.', ':', '-', '–', '/']).trim())
        .map(without_degree)
        .map(without_role)
        .map(once)
        .filter(|name| is_name(name, trusted))
        .enumerate()
        .filter(|(place, name)| *place == 0 || !is_title(name))
        .map(|(_, name)| name.to_owned())
        .collect()
}

/// Whether what follows a name is degrees or a site's address, no second name.
fn is_title(name: &str) -> bool {
    let letters = name.chars().filter(|character| character.is_alphabetic()).count();
    let capitals = name.chars().filter(|character| character.is_uppercase()).count();
    let degrees = letters <= 6 && capitals * 2 > letters && !name.contains(' ');
    let address = !name.contains(' ') && name.rsplit_once('.').is_some_and(|(_, top)| (2..=4).contains(&top.len()));
    degrees || address
}

/// A name that stands there twice in a row (a picture's words and a link's), once.
fn once(name: &str) -> &str {
    let half = name.len() / 2;
    match (name.get(..half), name.get(half..).and_then(|rest| rest.strip_prefix(' '))) {
        (Some(first), Some(second)) if first == second => first,
        _ => name,
    }
}

/// A name of two words and more without the role behind it: "Ada Byron Co-Founder".
fn without_role(name: &str) -> &str {
    let mut end = 0;
    for (count, word) in name.split(' ').enumerate() {
        let folded = fold(word);
        let role = folded.rsplit('-').next().is_some_and(|word| ROLES.split_whitespace().any(|role| role == word));
        if count >= 2 && role {
            return name.get(..end).unwrap_or(name).trim_end();
        }
        end += word.len() + 1;
    }
    name
}

/// A name without academic degrees behind it.
fn without_degree(name: &str) -> &str {
    let mut name = name;
    while let Some((before, last)) = name.rsplit_once(' ') {
        let letters = last.chars().filter(|character| character.is_alphabetic()).count();
        let capitals = last.chars().filter(|character| character.is_uppercase()).count();
        let degree = (2..=5).contains(&letters)
            && capitals >= 2
            && before.chars().any(char::is_lowercase)
            && before.contains(' ')
            && last.chars().all(|character| character.is_alphabetic() || character == '.')
            && !matches!(last, "III" | "II" | "IV" | "JR" | "SR");
        if !degree {
            break;
        }
        name = before.trim_end();
    }
    name
}

/// Words of roles and of what is no name: a part of a byline that holds one is left out.
const ROLES: &str = "reporter correspondent senior editor editors officer director manager head chief founder contributor \
    writer producer analyst columnist journalist photograph photographer picture photo published updated \
    posted http https www share follow comments author authors read more about view all posts by min \
    redaktion redakteur redakteurin president vice specialist expert professor engineer written reviewed \
    category article subscribe newsletter newsletters email search home menu guest click here meet our \
    profile bio biography website facebook twitter linkedin instagram consultant consultants dietitian dietician \
    nutritionist coach strategist therapist physician attorney lawyer certified licensed sponsored network page \
    information strategy member login retailer freelance freelancer columnists intern fellow";
/// What is no name when it stands alone.
const NOBODY: &str = "admin administrator staff team user guest author redaktion redaccion redazione editorial news press \
    bureau newsroom desk jr sr md phd ph.d rd rdn ms mba dvm cpa cfp root webmaster unknown anonymous \
    none null n/a test wordpress default";

fn is_name(name: &str, trusted: bool) -> bool {
    let length = name.chars().count();
    let folded = fold(name);
    let words: Vec<&str> = folded.split(' ').collect();
    let upper = name.chars().next().is_some_and(|first| first.is_uppercase() || !first.is_ascii());
    let capitals =
        length <= 5 && length > 1 && name.chars().all(|character| character.is_uppercase() || character == '.');
    let particles = |word: &&str| {
        word.chars().next().is_some_and(|first| first.is_lowercase() && first.is_ascii())
            && !matches!(
                *word,
                "de" | "van"
                    | "von"
                    | "der"
                    | "den"
                    | "di"
                    | "da"
                    | "la"
                    | "le"
                    | "al"
                    | "bin"
                    | "el"
                    | "del"
                    | "du"
                    | "dos"
                    | "ter"
                    | "ten"
                    | "of"
                    | "the"
                    | "y"
            )
    };
    (2..50).contains(&length)
        && words.len() <= 5
        && (upper || trusted)
        && (trusted || words.len() > 1 || !name.is_ascii())
        && (!capitals || trusted)
        && (trusted || !name.split(' ').any(|word| particles(&word)))
        && !name.contains(['@', '/', '_', '<', '{', '!', '?', '"', '“', ':', '#'])
        && !(words.len() > 1 && name.ends_with('.') && !trusted)
        && !NOBODY.split(' ').any(|word| word == folded)
        && !words.iter().any(|word| ROLES.split(' ').any(|role| role == *word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_degrees_and_dates_are_cut_off() {
        assert_eq!(split_names("By Ada Byron and Max Frei, Senior Reporter", false), ["Ada Byron", "Max Frei"]);
        assert_eq!(split_names("Written by: Ada Byron MS, RDN | March 4, 2026", true), ["Ada Byron"]);
        assert_eq!(split_names("Ada Byron March 4, 2026", false), ["Ada Byron"]);
        assert_eq!(split_names("April May, June Marsh", false), ["April May", "June Marsh"]);
        assert_eq!(split_names("Ada Byron Ada Byron", true), ["Ada Byron"]);
        assert_eq!(split_names("Ada Byron Co-founder", true), ["Ada Byron"]);
        assert_eq!(
            split_names("Ada Byron, LD, FAND, harbour-post.example", true),
            ["Ada Byron", "harbour-post.example"]
        );
        assert_eq!(split_names("Ada Byron, harbour.com", true), ["Ada Byron"]);
        assert_eq!(split_names("von Ida Marrow und Jan de Groot", false), ["Ida Marrow", "Jan de Groot"]);
        assert_eq!(split_names("Harbour Post Team", true), ["Harbour Post Team"]);
        assert!(split_names("Read more about the harbour", false).is_empty());
        assert_eq!(split_names("Ada Byron, Certified Harbour Consultant", true), ["Ada Byron"]);
        assert!(split_names("Member Login", false).is_empty());
        assert!(split_names("Staff", true).is_empty());
    }
}
