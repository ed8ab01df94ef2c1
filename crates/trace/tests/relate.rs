//! Who relies on whom among invented reports of one story.

use firsthand_model::{How, Report, ReportRelations, Role, StoryRelations};
use firsthand_trace::{ArticleInput, Outlets, analyse, relate};
use proptest::prelude::*;

fn outlets() -> Outlets {
    let mut outlets = Outlets::builtin();
    for name in ["The Ellery Gazette", "Harbour Courier", "Calder Herald", "Ellery Radio"] {
        outlets.add(name, "");
    }
    outlets
}

fn report(id: &str, publisher: &str, hour: u32, title: &str, text: &str) -> Report {
    let published = format!("2026-03-04T{hour:02}:00:00Z").parse().ok();
    let input = ArticleInput {
        title,
        text,
        published,
        language: Some("en"),
        publisher: Some(publisher),
        ..ArticleInput::default()
    };
    Report {
        id: id.to_owned(),
        publisher: Some(publisher.to_owned()),
        url: None,
        title: title.to_owned(),
        text: text.to_owned(),
        published,
        language: Some("en".to_owned()),
        links: Vec::new(),
        analysis: analyse(&input, &outlets()),
        editor_role: None,
    }
}

fn one(publisher: &str, title: &str, text: &str) -> ReportRelations {
    relate(&[report("1", publisher, 8, title, text)], &outlets()).reports.remove(0)
}

fn main_outlets(report: &ReportRelations) -> Vec<&str> {
    report.relies_on.iter().filter(|edge| edge.main).map(|edge| edge.outlet.as_str()).collect()
}

const FILLER: &str =
    "The bridge was built in 1911 and has been repaired nine times. Forty lorries cross it in an hour.";

#[test]
fn news_that_a_person_told_an_outlet_rests_on_it() {
    let title = "Marrow opens the door to an early exit";
    let said = "Mayor Ida Marrow said on Tuesday that she may leave her office before the summer.";
    let told = "“I am looking at all options,” Marrow told the Harbour Courier.";
    let relay = one("Calder Herald", title, &format!("{said} {FILLER} {told} {FILLER}"));
    assert_eq!((relay.role, main_outlets(&relay)), (Role::Relay, vec!["Harbour Courier"]), "{relay:?}");
    // Not when everybody heard it before, when it was another time, or when it was another person.
    for text in [
        format!("{said} She told reporters that it was a matter of weeks. {FILLER} {told}"),
        format!("{said} {FILLER} Marrow told the Harbour Courier last year that she would stay. {FILLER}"),
        format!("{said} {FILLER} “She has no options,” the pilot Jon Abel told the Harbour Courier. {FILLER}"),
    ] {
        let report = one("Calder Herald", title, &text);
        assert_eq!((report.role, report.relies_on.len()), (Role::FirstHand, 1), "{text} {report:?}");
    }
    // A name in the title that is no speaker's.
    let demand = one(
        "Calder Herald",
        "Pilots demand Marrow's resignation",
        &format!("All nine pilots of the port are calling on Ida Marrow to resign. {FILLER} {told} {FILLER}"),
    );
    assert_eq!(main_outlets(&demand), Vec::<&str>::new(), "{demand:?}");
}

#[test]
fn what_goes_on_after_the_first_outlet_counts_too() {
    let relay = one(
        "Calder Herald",
        "Marrow's end could be near",
        "Ida Marrow is expected by some to resign. The Harbour Courier reported over the weekend that her friends think so. \
         Meanwhile, two sources tell The Ellery Gazette that Marrow will not run. The bridge was built in 1911.",
    );
    assert_eq!(main_outlets(&relay), ["Harbour Courier", "The Ellery Gazette"], "{relay:?}");
    let story = relate(
        &[report(
            "1",
            "Calder Herald",
            8,
            "Marrow's end could be near",
            "The Harbour Courier reported that Ida Marrow will resign. Two sources tell The Ellery Gazette that Marrow will not run.",
        )],
        &outlets(),
    );
    assert_eq!(story.origin, None, "of two outlets none is the origin");
}

#[test]
fn stations_are_known_by_their_call_signs_and_people_are_no_outlets() {
    let found = |text: &str| -> Vec<(String, How)> {
        one("Calder Herald", "Bridge", text).relies_on.into_iter().map(|edge| (edge.outlet, edge.how)).collect()
    };
    assert_eq!(
        found("“I will stay,” Marrow said on talk radio station WELR. It rained."),
        [("WELR".to_owned(), How::Told)]
    );
    assert_eq!(
        found("Marrow made her comments in an interview with KELR-TV in Calder."),
        [("KELR".to_owned(), How::Told)]
    );
    assert_eq!(found("Marrow said on Monday that the WHO had asked her to stay."), []);
    let family = "Former mayor Max Bloomberg spoke on Monday. “It is too late,” said Bloomberg, who built the bridge.";
    assert_eq!(found(family), []);
    assert_eq!(found("A Bloomberg poll shows that nobody minds the bridge."), [("Bloomberg".to_owned(), How::Poll)]);
    let local = "Marrow told the Ellery Daily News that it would hold. The Daily News reported the same on Monday.";
    assert_eq!(found(local), [("Ellery Daily News".to_owned(), How::Told)]);
    assert_eq!(
        found("The pilot was quoted as saying by the Harbour Courier that he had seen it."),
        [("Harbour Courier".to_owned(), How::Report)]
    );
}

#[test]
fn an_interview_of_its_own_is_own_reporting() {
    let own = |text: &str| one("Calder Herald", "Bridge", text).own_reporting.len();
    assert_eq!(own("“It will hold,” Ida Marrow said in a telephone interview after the storm."), 1);
    assert_eq!(own("“It will hold,” Ida Marrow said in an interview with KELR-TV."), 0);
    assert_eq!(own("Two pilots, speaking on the condition of anonymity, said that it would not."), 1);
    assert_eq!(own("Two pilots told the Harbour Courier, speaking on condition of anonymity, that it would not."), 0);
}

#[test]
fn an_editors_part_stands_before_the_computed_one() {
    let text = "The Harbour Courier reported on Monday that the bridge was closed to lorries and to buses.";
    let mut relay = report("1", "Calder Herald", 8, "Bridge closed", text);
    assert_eq!(relate(std::slice::from_ref(&relay), &outlets()).reports[0].role, Role::Relay);
    relay.editor_role = Some(Role::FirstHand);
    let story = relate(&[relay], &outlets());
    let report = &story.reports[0];
    assert_eq!((report.role, report.voice.as_str(), main_outlets(report).len()), (Role::FirstHand, "1", 0));
    assert!(report.why.contains("An editor") && report.why.contains("Harbour Courier"), "{}", report.why);
}

#[test]
fn what_an_outlet_took_back_is_nobodys_statement() {
    let report = report(
        "1",
        "Calder Herald",
        8,
        "Bridge",
        "The pilots said that the bridge would hold. Correction: An earlier version of this report said that it had fallen.",
    );
    let said: Vec<&str> = report.analysis.attributions.iter().map(|one| one.content.text.as_str()).collect();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("would hold"), "{said:?}");
}

/// Sentences with words that no other has.
fn sentences(from: usize, count: usize) -> Vec<String> {
    (from..from + count)
        .map(|n| format!("Harbour pilot number {n} counted {n} gulls on quay {n} while crane {n} lifted box {n} from ship {n} before noon {n}."))
        .collect()
}

fn pair(original: &[String], later: &[String]) -> StoryRelations {
    let reports = [
        report("a", "Calder Herald", 8, "Gulls counted", &original.join(" ")),
        report("b", "Harbour Courier", 9, "Gulls on the quay", &later.join(" ")),
    ];
    relate(&reports, &outlets())
}

#[test]
fn reuse_is_found_whatever_was_cut_and_moved() {
    let original = sentences(100, 20);
    let reuse = |story: &StoryRelations| -> Option<bool> {
        story.reports[1].relies_on.iter().find(|edge| edge.how == How::Reuse).map(|edge| edge.main)
    };
    let mut moved = original.clone();
    moved.rotate_left(7);
    assert_eq!(pair(&original, &moved).reports[1].role, Role::Copy);
    assert_eq!(pair(&original, &moved[..6]).reports[1].role, Role::Copy, "a third of it, and nothing else");
    let half: Vec<String> = moved[..10].iter().cloned().chain(sentences(500, 10)).collect();
    let story = pair(&original, &half);
    assert_eq!((reuse(&story), story.reports[1].role == Role::Copy), (Some(false), false), "half of it is its own");
    assert_eq!(reuse(&pair(&original, &sentences(500, 20))), None);
    // Quotations are everybody's.
    let quoted = |tag: &str| -> Vec<String> { original.iter().map(|text| format!("“{text}” {tag}")).collect() };
    assert_eq!(reuse(&pair(&quoted("That was said on Monday."), &quoted("So the pilots put it."))), None);
}

#[test]
fn a_hundred_like_reports_all_rest_on_the_earliest_that_they_share_most_with() {
    let (first, other) = (sentences(0, 8), sentences(50, 8));
    let mut reports = vec![
        report("first", "The Ellery Gazette", 6, "Bridge", &first.join(" ")),
        report("other", "Harbour Courier", 7, "Bridge", &other.join(" ")),
    ];
    for number in 0..100 {
        let mut text = sentences(100 + number, 1);
        text.extend_from_slice(if number % 2 == 0 { &first } else { &other });
        reports.push(report(&format!("later {number}"), &format!("Paper {number}"), 8, "Bridge", &text.join(" ")));
    }
    let relations = relate(&reports, &outlets());
    for (number, later) in relations.reports.iter().skip(2).enumerate() {
        let wanted = if number % 2 == 0 { "first" } else { "other" };
        let edge = later.relies_on.iter().find(|edge| edge.how == How::Reuse);
        let found = edge.and_then(|edge| edge.article.as_deref());
        assert_eq!((later.role, found), (Role::Copy, Some(wanted)), "{number}");
    }
}

#[test]
fn a_copy_with_its_credit_rests_on_whom_it_names() {
    let original = sentences(100, 12);
    let mut relay = original[..8].to_vec();
    relay.insert(0, "The Ellery Gazette reported on Monday that gulls were counted.".to_owned());
    relay.extend(sentences(500, 4));
    let story = pair(&original, &relay);
    assert_eq!(story.reports[1].role, Role::Relay, "{:?}", story.reports[1]);
    assert_eq!(story.reports[1].voice, "The Ellery Gazette");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn nothing_goes_in_circles_and_nothing_rests_on_what_is_later(
        made in proptest::collection::vec((0_usize..4, 0_u32..24, proptest::collection::vec(0_usize..14, 1..9)), 1..9)
    ) {
        const OUTLETS: [&str; 4] = ["The Ellery Gazette", "Harbour Courier", "Calder Herald", "Ellery Radio"];
        let mut parts: Vec<String> = sentences(100, 8);
        parts.extend(OUTLETS.map(|name| format!("The {} reported that the bridge was closed.", name.trim_start_matches("The "))));
        parts.push("“It will hold,” Ida Marrow told the Harbour Courier.".to_owned());
        parts.push("Ida Marrow said that it would hold.".to_owned());
        let reports: Vec<Report> = (0..).zip(&made).map(|(number, (outlet, hour, picked)): (usize, _)| {
            let text: Vec<&str> = picked.iter().map(|place| parts[*place].as_str()).collect();
            report(&number.to_string(), OUTLETS[*outlet], *hour, "The bridge", &text.join(" "))
        }).collect();
        let story = relate(&reports, &outlets());
        let hour = |id: &str| made[id.parse::<usize>().unwrap()].1;
        prop_assert_eq!(story.reports.len(), reports.len());
        for report in &story.reports {
            for edge in &report.relies_on {
                let Some(article) = &edge.article else { continue };
                prop_assert!(article != &report.id && hour(article) <= hour(&report.id), "{report:?}");
            }
        }
        // Following the edges to reports comes to an end: by time, and by number at the same time.
        for report in &story.reports {
            let (mut at, mut steps) = (report.id.clone(), 0);
            while let Some(next) = story.reports.iter().find(|one| one.id == at).and_then(|one| one.relies_on.iter().find_map(|edge| edge.article.clone())) {
                at = next;
                steps += 1;
                prop_assert!(steps <= reports.len(), "a circle through {}", report.id);
            }
        }
        let voices: std::collections::BTreeSet<&String> = story.reports.iter().map(|report| &report.voice).collect();
        prop_assert_eq!(story.voices, voices.len());
        if let Some(origin) = story.origin.as_deref().filter(|origin| !origin.starts_with("outlet: ")) {
            let origin = story.reports.iter().find(|report| report.id == origin).unwrap();
            prop_assert!(matches!(origin.role, Role::FirstHand), "{origin:?}");
        }
    }
}
