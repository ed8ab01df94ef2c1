//! A story as data: rows for spreadsheets, and a provenance graph.

use crate::auth::Asker;
use firsthand_model::{How, ReportView, Role, StoryView};
use firsthand_text::csv;
use serde_json::{Map, Value, json};

/// A story as whoever asks may have it: full texts, and so those of before a change, are for signed-in readers.
pub(crate) fn for_asker(mut story: StoryView, asker: &Asker) -> StoryView {
    if asker.user.is_none() {
        story.revisions.clear();
    }
    story
}

/// The columns of [`rows`].
const COLUMNS: [&str; 12] = [
    "story",
    "article",
    "outlet",
    "published",
    "role",
    "voice",
    "rests_on",
    "mainly_on",
    "title",
    "url",
    "evidence",
    "why",
];

/// A row for each report, RFC 4180, with a row of names first.
pub(crate) fn rows(story: &StoryView) -> String {
    let mut out = csv::row(COLUMNS.into_iter());
    for report in &story.reports {
        let outlets = |only_main: bool| {
            let edges = report.relies_on.iter().filter(|edge| edge.main || !only_main);
            let mut names: Vec<&str> = Vec::new();
            for name in edges.map(|edge| edge.outlet.as_str()) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            names.join("; ")
        };
        let evidence: Vec<&str> = report.relies_on.iter().map(|edge| edge.evidence.text.as_str()).collect();
        let cells = [
            story.card.id.to_string(),
            report.article_id.to_string(),
            report.outlet.clone(),
            report.published_at.to_string(),
            word(report.role),
            report.voice.clone().unwrap_or_default(),
            outlets(false),
            outlets(true),
            report.title.clone(),
            report.url.clone(),
            evidence.join(" | "),
            report.why.clone().unwrap_or_default(),
        ];
        out.push_str(&csv::row(cells.iter().map(String::as_str)));
    }
    out
}

fn word(role: Option<Role>) -> String {
    role.and_then(|role| serde_json::to_value(role).ok())
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// The story as a graph of the W3C's provenance model in PROV-JSON (Member Submission of 24 April 2013): reports are
/// entities attributed to outlets, a reliance is a derivation, what an outlet told that has no report here is an entity
/// of its own, and the story is a collection of its reports.
pub(crate) fn provenance(story: &StoryView) -> Value {
    let mut graph = Graph::default();
    let id = format!("fh:story/{}", story.card.id);
    graph.add("entity", &id, json!({"prov:type": typed("prov:Collection"), "prov:label": story.card.headline}));
    for report in &story.reports {
        graph.report(&id, report);
    }
    if let Some(origin) = story.origin.as_deref().filter(|origin| !origin.starts_with("outlet: ")) {
        graph.relate("wasDerivedFrom", json!({
            "prov:generatedEntity": id, "prov:usedEntity": format!("fh:article/{origin}"), "prov:type": typed("prov:PrimarySource"),
        }));
    }
    graph.into_json()
}

fn typed(name: &str) -> Value {
    json!({"$": name, "type": "prov:QUALIFIED_NAME"})
}

/// The sections of a document by their names: records by their identifiers.
#[derive(Default)]
struct Graph(Map<String, Value>);

impl Graph {
    fn add(&mut self, section: &str, id: &str, record: Value) {
        let held = self.0.entry(section.to_owned()).or_insert_with(|| json!({}));
        if let Some(held) = held.as_object_mut() {
            held.entry(id.to_owned()).or_insert(record);
        }
    }

    /// A relation, which has no name of its own.
    fn relate(&mut self, section: &str, record: Value) {
        let number = self.0.get(section).and_then(Value::as_object).map_or(0, Map::len);
        self.add(section, &format!("_:{section}{number}"), record);
    }

    fn report(&mut self, story: &str, report: &ReportView) {
        let id = format!("fh:article/{}", report.article_id);
        let outlet = self.outlet(&report.outlet);
        self.add(
            "entity",
            &id,
            json!({
                "prov:type": typed("fh:Report"), "prov:label": report.title, "prov:location": report.url,
                "fh:role": word(report.role), "fh:why": report.why,
            }),
        );
        self.relate("wasGeneratedBy", json!({"prov:entity": id, "prov:time": report.published_at.to_string()}));
        self.relate("wasAttributedTo", json!({"prov:entity": id, "prov:agent": outlet}));
        self.relate("hadMember", json!({"prov:collection": story, "prov:entity": id}));
        for edge in &report.relies_on {
            let used = match edge.article_id {
                Some(article) => format!("fh:article/{article}"),
                None => self.told(&edge.outlet),
            };
            let kind = match edge.how {
                How::Reuse | How::Quote => "prov:Quotation",
                _ if edge.main => "prov:PrimarySource",
                _ => "fh:Reliance",
            };
            self.relate(
                "wasDerivedFrom",
                json!({
                    "prov:generatedEntity": id, "prov:usedEntity": used, "prov:type": typed(kind),
                    "fh:how": edge.how, "fh:main": edge.main, "fh:evidence": edge.evidence.text,
                }),
            );
        }
    }

    fn outlet(&mut self, name: &str) -> String {
        let id = format!("fh:outlet/{}", local(name));
        self.add("agent", &id, json!({"prov:type": typed("prov:Organization"), "prov:label": name}));
        id
    }

    /// What an outlet reported or was told, where its own report is not here.
    fn told(&mut self, outlet: &str) -> String {
        let id = format!("fh:reporting/{}", local(outlet));
        let agent = self.outlet(outlet);
        self.add("entity", &id, json!({"prov:label": format!("reporting of {outlet}")}));
        if !self.attributes(&id) {
            self.relate("wasAttributedTo", json!({"prov:entity": id, "prov:agent": agent}));
        }
        id
    }

    fn attributes(&self, id: &str) -> bool {
        let held = self.0.get("wasAttributedTo").and_then(Value::as_object);
        held.is_some_and(|held| held.values().any(|record| record["prov:entity"] == id))
    }

    fn into_json(self) -> Value {
        let mut out = Map::new();
        out.insert("prefix".to_owned(), json!({"fh": "urn:firsthand:"}));
        out.extend(self.0);
        Value::Object(out)
    }
}

/// A name as the local part of an identifier: letters and digits, others as hyphens.
fn local(name: &str) -> String {
    let hyphens: String =
        name.to_lowercase().chars().map(|letter| if letter.is_alphanumeric() { letter } else { '-' }).collect();
    hyphens.trim_matches('-').to_owned()
}
