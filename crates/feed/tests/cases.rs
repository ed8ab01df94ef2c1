//! Some hundred small documents made by rule, each with what must be read from it.

mod made;

use firsthand_feed::{Hints, Limits, parse};
use firsthand_model::ParsedFeed;
use made::{Case, Expected, URL, cases};

fn read(case: &Case) -> ParsedFeed {
    let hints =
        Hints { url: Some(URL), content_type: case.content_type.as_deref(), now: "2027-01-01T00:00:00Z".parse().ok() };
    parse(&case.document, &hints, &Limits::default())
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&case.document)))
}

#[test]
fn every_document_made_by_rule_is_read_as_it_must_be() {
    let cases = cases();
    assert!(cases.len() > 600, "only {} documents", cases.len());
    for case in &cases {
        let feed = read(case);
        let document = String::from_utf8_lossy(&case.document);
        let first = feed.items.first();
        let at = format!("{} in {document:?}", case.class);
        match &case.expected {
            Expected::Title(title) => {
                assert_eq!(first.and_then(|item| item.title.as_ref()), Some(title), "{at}");
            }
            Expected::Published(time) => {
                let found = first.and_then(|item| item.published).map(|time| time.to_string().replace(".25Z", "Z"));
                assert!(first.is_some() && found == *time, "{found:?}, not {time:?}, {at}");
            }
            Expected::Link(link) => {
                assert!(first.is_some(), "{at}");
                assert_eq!(first.and_then(|item| item.link.as_ref()), link.as_ref(), "{at}");
            }
            Expected::Titles(titles) => {
                let found: Vec<_> = feed.items.iter().filter_map(|item| item.title.clone()).collect();
                assert_eq!(found, *titles, "{at}");
            }
            Expected::FirstOf(title, least) => {
                assert_eq!(first.and_then(|item| item.title.as_ref()), Some(title), "{at}");
                assert!(feed.items.len() >= *least, "{at}");
            }
            Expected::Content(kept, gone) => {
                let content = first.and_then(|item| item.content.as_deref().or(item.summary.as_deref()));
                let content = content.unwrap_or_else(|| panic!("no content: {at}"));
                assert!(kept.iter().all(|word| content.contains(word)), "{content:?}: {at}");
                assert!(gone.iter().all(|word| !content.contains(word)), "{content:?}: {at}");
            }
        }
    }
}
