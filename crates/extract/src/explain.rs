//! A page that shows what was kept of another one, and why: for people who would rather look.

use crate::features;
use crate::segment::Kind;
use crate::vocabulary;
use crate::{ExtractError, Hints, Limits, ReadPage};
use firsthand_text::html::escape;
use std::collections::HashSet;
use std::fmt::Write as _;

/// Looks between these are doubtful.
const DOUBTFUL: std::ops::Range<f32> = 0.25..0.75;

const STYLE: &str = ":root{color-scheme:light dark;--text:#555;--kept:#eef8ee;--dropped:#fbefef}\
    @media(prefers-color-scheme:dark){:root{--text:#aaa;--kept:#14261a;--dropped:#2b1a1a}}\
    body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}\
    div{border-left:.4rem solid;padding:.2rem .8rem;margin:.3rem 0}small{display:block;color:var(--text)}\
    .kept{border-color:#2a7d2a;background:var(--kept)}.dropped{border-color:#b33;background:var(--dropped);color:var(--text)}\
    .doubtful{border-style:double}th{text-align:left;vertical-align:top;padding-right:1rem}th,td small{overflow-wrap:normal}";

/// An HTML page of a page's blocks: kept ones green, dropped ones red, doubtful ones with a double edge,
/// each with its probability and what speaks for or against it; before them what the page says of its article, and where.
pub fn explain(page: &[u8], hints: &Hints<'_>, limits: &Limits) -> Result<String, ExtractError> {
    let read = ReadPage::new(page, hints, limits)?;
    let is_kept = read.kept(&HashSet::new());
    let names = features::names();
    let title = read.metadata.title.as_deref().unwrap_or("without a title");
    let mut out = format!(
        "<!doctype html><html><head><meta charset=utf-8><meta name=viewport content='width=device-width'><title>{0}</title><style>{STYLE}</style></head><body><h1>{0}</h1>",
        escape(title)
    );
    let counts = |kept: bool| {
        read.looks.rows.iter().filter(|row| is_kept.get(row.block).copied().unwrap_or(false) == kept).count()
    };
    // Writing to a string cannot fail.
    let _ = write!(out, "<p>{} blocks kept, {} dropped.</p>", counts(true), counts(false));
    out.push_str("<table>");
    for (name, value) in said(&read) {
        let place = read.metadata.details.found_in.get(name).map(String::as_str).unwrap_or("not said");
        let value = value.unwrap_or_default();
        let _ = write!(out, "<tr><th>{name}<td dir=auto>{}<td><small>{place}</small>", escape(&value));
    }
    out.push_str("</table>\n");
    for (row, look) in read.looks.rows.iter().zip(&read.looks.looks) {
        let Some(block) = read.segments.blocks.get(row.block) else { continue };
        let kept = is_kept.get(row.block).copied().unwrap_or(false);
        let class = if kept { "kept" } else { "dropped" };
        let doubtful = if DOUBTFUL.contains(look) { " doubtful" } else { "" };
        let _ = write!(
            out,
            "<div class='{class}{doubtful}' dir=auto>{}<small>{class}{}, {:.0} % {}; {}</small></div>",
            escape(&block.text),
            doubtful.replace(' ', ", "),
            look * 100.0,
            kind_name(block.kind),
            escape(&reasons(&names, &row.values))
        );
        out.push('\n');
    }
    out.push_str("</body></html>\n");
    Ok(out)
}

/// What the page says of its article: names of values and the values.
fn said(read: &ReadPage) -> Vec<(&'static str, Option<String>)> {
    let metadata = &read.metadata;
    let details = &metadata.details;
    vec![
        ("title", metadata.title.clone()),
        ("byline", metadata.byline.clone()),
        ("published", metadata.published.map(|time| time.to_string())),
        ("modified", metadata.modified.map(|time| time.to_string())),
        ("site_name", metadata.site_name.clone()),
        ("section", details.section.clone()),
        ("keywords", Some(details.keywords.join(", "))),
        ("language", metadata.language.clone()),
        ("canonical_url", metadata.canonical_url.clone()),
        ("lead_image", metadata.lead_image.clone()),
    ]
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Paragraph => "paragraph",
        Kind::Heading(_) => "heading",
        Kind::Item => "list item",
        Kind::Quotation => "quotation",
        Kind::Code => "code",
        Kind::Row => "table row",
        Kind::Image => "image",
    }
}

/// What is remarkable of a block, in the features' own names.
fn reasons(names: &[String], values: &[f32]) -> String {
    let named = |name: &str| {
        names.iter().position(|held| held == name).and_then(|place| values.get(place)).copied().unwrap_or_default()
    };
    let mut out = vec![format!("{:.0} words", named("own:size"))];
    if named("own:link-share") > 0.05 {
        out.push(format!("{:.0} % in links", named("own:link-share") * 100.0));
    }
    if named("own:copies") > 1.0 {
        out.push(format!("{:.0} times on the page", named("own:copies")));
    }
    for (name, says) in [
        ("own:repeats-title", "repeats the title"),
        ("own:begins-cue", "begins like furniture"),
        ("own:end-heading", "heading of furniture"),
        ("own:has-author", "names the author"),
        ("own:date", "holds a date"),
        ("place:in-chosen", "in the likeliest container"),
    ] {
        if named(name) > 0.0 {
            out.push(says.to_owned());
        }
    }
    let inside = vocabulary::GROUPS.iter().zip(values).filter(|(_, share)| **share < 0.3).map(|(name, _)| *name);
    let inside: Vec<&str> = inside.filter(|name| !matches!(*name, "tag:p" | "tag:a")).take(8).collect();
    if !inside.is_empty() {
        out.push(format!("inside {}", inside.join(" ")));
    }
    let cues = names.iter().zip(values).filter(|(name, count)| name.starts_with("cue:") && **count > 0.0);
    let cues: Vec<&str> = cues.map(|(name, _)| name.as_str()).take(6).collect();
    if !cues.is_empty() {
        out.push(format!("words of {}", cues.join(" ")));
    }
    out.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_is_shown_with_what_became_of_it() {
        let page = "<body><nav><a href=/>Home</a></nav><article><h1>Bridge closed</h1><p>The Calder bridge was closed on Monday after engineers found cracks in two of its cables.</p>\
            <p>Traffic is sent over the old ferry until the cables have been replaced, which may take until May.</p></article>\
            <div class=related><h3>Related articles</h3><ul><li><a href=/a>Weather &lt;b&gt; for the weekend</a></li></ul></div></body>";
        let shown = explain(page.as_bytes(), &Hints::default(), &Limits::default()).unwrap();
        assert!(shown.contains("<div class='kept' dir=auto>The Calder bridge"), "{shown}");
        assert!(shown.contains("Weather &lt;b&gt; for the weekend<small>dropped"), "{shown}");
        assert!(shown.contains("heading of furniture"), "{shown}");
        assert!(shown.contains("<th>title<td dir=auto>Bridge closed<td><small>heading</small>"), "{shown}");
    }
}
