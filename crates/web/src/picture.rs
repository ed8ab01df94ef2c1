//! Pictures made on the server: who rests on whom in a story, and reports over time. SVG without
//! styles of its own; its classes are the style sheet's, so it follows dark and light.

use crate::show::{mark, shortened};
use firsthand_model::{ReportView, Role, Timestamp};
use firsthand_text::html::escape;
use std::collections::HashMap;
use std::fmt::Write as _;

/// Bars of a sparkline.
const BARS: i64 = 16;
/// Rows of a picture at the most; the outlets beyond share the last one.
const ROWS: usize = 12;
/// Dots of a picture at the most.
pub(crate) const DOTS: usize = 120;
/// Reports beyond which each has one line, to what its main news rests on, and lines are pale: all of them hide each other.
const MANY: usize = 40;

/// Reports over time as bars, from the first to the last; `None` for fewer than three.
pub(crate) fn sparkline(times: &[Timestamp]) -> Option<String> {
    let (first, last) = (times.iter().min()?, times.iter().max()?);
    if times.len() < 3 {
        return None;
    }
    let span = last.seconds_since(*first).max(3600);
    let mut counts: HashMap<i64, u32> = HashMap::new();
    for time in times {
        let bar = (time.seconds_since(*first) * BARS / (span + 1)).clamp(0, BARS - 1);
        *counts.entry(bar).or_default() += 1;
    }
    let most = counts.values().copied().max().unwrap_or(1).max(1);
    let mut out = format!(
        "<svg class=\"bars\" viewBox=\"0 0 {} 36\" role=\"img\" aria-label=\"{} reports over time\">",
        BARS * 9,
        times.len()
    );
    for bar in 0..BARS {
        let height = counts.get(&bar).map_or(1, |count| 3 + 31 * count / most);
        let _ = write!(out, "<rect x=\"{}\" y=\"{}\" width=\"7\" height=\"{height}\"/>", bar * 9, 36 - height);
    }
    out.push_str("</svg>");
    Some(out)
}

/// The measures of a picture.
struct Frame {
    width: f64,
    left: f64,
    right: f64,
    row: f64,
    /// Whether names stand above their rows (on a narrow screen) or before them.
    above: bool,
    ticks: u32,
}

struct Row {
    label: String,
    followed: bool,
}

/// Who rests on whom: time runs from left to right, a row for each outlet in the order of their
/// first reports, a dot for each report, a line from a report to what it rests on. Outlets that are
/// named but have no report in the story stand at the left, as squares. Two versions, of which the
/// style sheet shows the one that fits.
pub(crate) fn story(reports: &[ReportView]) -> Option<String> {
    let (wide, narrow) = frames(reports)?;
    Some(format!("{}{}", draw(reports, &wide, "wide"), draw(reports, &narrow, "narrow")))
}

/// The style of a picture that stands alone: as on the page, in the light and in the dark.
const STYLE: &str = "svg{background:#fff;color-scheme:light dark}text{font:13px sans-serif;fill:#62615b;paint-order:stroke;stroke:#fff;stroke-width:3px}text.row{fill:#1c1c1a}\
line.row{stroke:#e2dfd6}line.axis{stroke:#62615b}path{fill:none;stroke-width:1.7;stroke:#a84e12}path.part{opacity:.45}\
path.copy{stroke:#77746a;stroke-dasharray:3 4}circle{fill:#fff;stroke-width:2.4;stroke:#a84e12}circle.first{fill:#0b6b5d;stroke:#0b6b5d}\
circle.copy{stroke:#77746a}circle.unclear{fill:#77746a;stroke:#77746a}.many path{opacity:.35;stroke-width:1.2}rect.outside{fill:#fff;stroke:#62615b}\
@media(prefers-color-scheme:dark){svg{background:#1c1d1a}text{fill:#a8a59a;stroke:#1c1d1a}text.row{fill:#e9e7e0}line.row{stroke:#2f302c}line.axis{stroke:#a8a59a}\
path{stroke:#e59a62}circle{fill:#1c1d1a;stroke:#e59a62}circle.first{fill:#4cc0ad;stroke:#4cc0ad}rect.outside{fill:#1c1d1a;stroke:#a8a59a}}";

/// The wide picture as a file of its own; `None` where there is nothing to draw.
pub(crate) fn alone(reports: &[ReportView]) -> Option<String> {
    let (wide, _) = frames(reports)?;
    let picture = draw(reports, &wide, "wide");
    let (start, rest) = picture.split_once('>')?;
    // With its size in pixels, without which not every program can draw it.
    let (width, height) = start.split_once("viewBox=\"0 0 ")?.1.split_once('"')?.0.split_once(' ')?;
    let size = format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" ");
    let start = start.replacen("<svg ", &size, 1);
    Some(format!("{start}><style>{STYLE}</style>{rest}"))
}

/// The measures of the wide and of the narrow picture; `None` where there is nothing to draw.
fn frames(reports: &[ReportView]) -> Option<(Frame, Frame)> {
    if reports.len() < 2 && reports.iter().all(|report| report.relies_on.is_empty()) {
        return None;
    }
    let wide = Frame { width: 960.0, left: 190.0, right: 930.0, row: 38.0, above: false, ticks: 5 };
    let narrow = Frame { width: 360.0, left: 18.0, right: 346.0, row: 48.0, above: true, ticks: 3 };
    Some((wide, narrow))
}

fn draw(reports: &[ReportView], frame: &Frame, class: &str) -> String {
    let reports: Vec<&ReportView> = reports.iter().take(DOTS).collect();
    let outside = outside_outlets(&reports);
    let (rows, row_of) = rows(&reports, &outside);
    let (first, last) = (
        reports.iter().map(|report| report.published_at).min().unwrap_or_default(),
        reports.iter().map(|report| report.published_at).max().unwrap_or_default(),
    );
    let span = last.seconds_since(first).max(60) as f64;
    let inset = if outside.is_empty() { 10.0 } else { 46.0 };
    let x_of = |time: Timestamp| {
        frame.left + inset + (frame.right - frame.left - inset - 10.0) * time.seconds_since(first) as f64 / span
    };
    let y_of = |row: usize| 28.0 + frame.row * row as f64 + if frame.above { 14.0 } else { 0.0 };
    let height = y_of(rows.len().saturating_sub(1)) + 52.0;
    let many = reports.len() > MANY;
    let mut out = format!(
        "<svg class=\"who {class}{}\" viewBox=\"0 0 {} {height}\" role=\"group\" aria-label=\"Who rests on whom: {} reports, time runs from left to right. The list below says the same.\">",
        if many { " many" } else { "" },
        frame.width,
        reports.len()
    );
    // Names stand above the lines, so that many lines hide none.
    let mut names = String::new();
    grid(frame, &rows, &y_of, height, (first, last), &mut out, &mut names);
    let place: HashMap<i64, (f64, f64)> = reports
        .iter()
        .filter_map(|report| {
            let row = *row_of.get(report.outlet.as_str())?;
            Some((report.article_id.0, (x_of(report.published_at), y_of(row))))
        })
        .collect();
    for report in &reports {
        let Some(to) = place.get(&report.article_id.0) else { continue };
        let mut drawn: Vec<(i64, i64)> = Vec::new();
        for reliance in &report.relies_on {
            let from = match reliance.article_id {
                Some(id) => place.get(&id.0).copied(),
                None => row_of.get(reliance.outlet.as_str()).map(|row| (frame.left + 10.0, y_of(*row))),
            };
            let Some(from) = from.filter(|from| from != to) else { continue };
            #[expect(clippy::cast_possible_truncation, reason = "a place in a picture, only to draw a line once")]
            let key = (from.0 as i64, from.1 as i64);
            // What the main news rests on stands first.
            if drawn.contains(&key) || (many && !drawn.is_empty()) {
                continue;
            }
            drawn.push(key);
            let bend = ((to.0 - from.0) * 0.5).max(24.0);
            let class = match (reliance.main, report.role) {
                (_, Some(Role::Copy | Role::Wire)) => "copy",
                (false, _) | (_, Some(Role::Update)) => "part",
                (true, _) => "relay",
            };
            // What a pointer finds out; on a narrow screen there is none.
            let evidence = || {
                let words = shortened(&reliance.evidence.text, 120);
                let text = format!("{} rests on {}: “{words}”", report.outlet, reliance.outlet);
                format!("<title>{}</title>", escape(&text))
            };
            let _ = write!(
                out,
                "<path class=\"{class}\" d=\"M{:.0} {:.0}C{:.0} {:.0} {:.0} {:.0} {:.0} {:.0}\">{}</path>",
                from.0,
                from.1,
                from.0 + bend,
                from.1,
                to.0 - bend,
                to.1,
                to.0,
                to.1,
                if frame.above { String::new() } else { evidence() }
            );
        }
    }
    out.push_str(&names);
    for name in &outside {
        if let Some(row) = row_of.get(name.as_str()) {
            let _ = write!(
                out,
                "<rect class=\"outside\" x=\"{}\" y=\"{}\" width=\"10\" height=\"10\"><title>{}: named, but no report of its own is here</title></rect>",
                frame.left + 5.0,
                y_of(*row) - 5.0,
                escape(name)
            );
        }
    }
    for report in &reports {
        let Some((x, y)) = place.get(&report.article_id.0) else { continue };
        let kind = mark(report.role);
        let radius = if kind == "first" { 7.5 } else { 6.0 };
        let _ = write!(
            out,
            "<a href=\"/article/{}\"><circle class=\"{kind}\" cx=\"{x:.0}\" cy=\"{y:.0}\" r=\"{radius}\"><title>{}</title></circle></a>",
            report.article_id,
            escape(&format!(
                "{}, {}: {} ({})",
                report.outlet,
                report.published_at.to_jiff().strftime("%a %-d %b %H:%M UTC"),
                report.title,
                crate::show::role_name(report.role)
            ))
        );
    }
    out.push_str("</svg>");
    out
}

/// Outlets that reports rest on and that have no report here, the most relied on first.
fn outside_outlets(reports: &[&ReportView]) -> Vec<String> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for reliance in reports.iter().flat_map(|report| &report.relies_on).filter(|reliance| reliance.article_id.is_none())
    {
        if reports.iter().any(|report| report.outlet == reliance.outlet) {
            continue;
        }
        match counts.iter_mut().find(|(name, _)| *name == reliance.outlet) {
            Some((_, count)) => *count += 1,
            None => counts.push((reliance.outlet.clone(), 1)),
        }
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts.into_iter().take(ROWS / 3).map(|(name, _)| name).collect()
}

fn rows<'a>(reports: &[&'a ReportView], outside: &'a [String]) -> (Vec<Row>, HashMap<&'a str, usize>) {
    let mut rows: Vec<Row> = Vec::new();
    let mut row_of: HashMap<&str, usize> = HashMap::new();
    for name in outside {
        row_of.insert(name, rows.len());
        rows.push(Row { label: name.clone(), followed: false });
    }
    let mut names: Vec<&str> = Vec::new();
    for report in reports {
        if !names.contains(&report.outlet.as_str()) {
            names.push(&report.outlet);
        }
    }
    let room = ROWS - rows.len();
    let own = if names.len() > room { room - 1 } else { names.len() };
    for (place, name) in names.iter().enumerate() {
        if place < own {
            row_of.insert(name, rows.len());
            rows.push(Row { label: (*name).to_owned(), followed: true });
        } else {
            row_of.insert(name, outside.len() + own);
        }
    }
    if names.len() > own {
        rows.push(Row { label: format!("{} others", names.len() - own), followed: true });
    }
    (rows, row_of)
}

fn grid(
    frame: &Frame,
    rows: &[Row],
    y_of: &impl Fn(usize) -> f64,
    height: f64,
    (first, last): (Timestamp, Timestamp),
    out: &mut String,
    names: &mut String,
) {
    for (place, row) in rows.iter().enumerate() {
        let y = y_of(place);
        let (x, label_y, anchor, length) = if frame.above {
            (frame.left - 12.0, y - 14.0, "start", 40)
        } else {
            (frame.left - 18.0, y + 4.5, "end", 24)
        };
        let class = if row.followed { "row" } else { "row outside" };
        let _ = write!(out, "<line class=\"row\" x1=\"{}\" x2=\"{}\" y1=\"{y}\" y2=\"{y}\"/>", frame.left, frame.right);
        let _ = write!(
            names,
            "<text class=\"{class}\" x=\"{x}\" y=\"{label_y}\" text-anchor=\"{anchor}\">{}</text>",
            escape(&shortened_label(&row.label, length))
        );
    }
    let bottom = height - 26.0;
    let _ = write!(
        out,
        "<line class=\"axis\" x1=\"{}\" x2=\"{}\" y1=\"{bottom}\" y2=\"{bottom}\"/>",
        frame.left, frame.right
    );
    let seconds = last.seconds_since(first);
    // Labels as long as fit beside each other.
    let (format, ticks) = match (seconds, frame.above) {
        (0..=86_400, _) => ("%a %H:%M", frame.ticks),
        (86_401..=691_200, false) => ("%a %-d %b, %H:%M", frame.ticks - 1),
        (86_401..=691_200, true) => ("%a %-d %b", frame.ticks),
        _ => ("%-d %b %Y", frame.ticks),
    };
    let inset = if rows.iter().any(|row| !row.followed) { 46.0 } else { 10.0 };
    let ticks = if seconds < 60 { 1 } else { ticks };
    for tick in 0..ticks {
        let share = f64::from(tick) / f64::from((ticks - 1).max(1));
        let x = frame.left + inset + (frame.right - frame.left - inset - 10.0) * share;
        let time = first.plus_seconds(seconds * i64::from(tick) / i64::from((ticks - 1).max(1)));
        let anchor = match tick {
            0 => "start",
            tick if tick + 1 == ticks => "end",
            _ => "middle",
        };
        let _ = write!(
            out,
            "<line class=\"axis\" x1=\"{x:.0}\" x2=\"{x:.0}\" y1=\"{bottom}\" y2=\"{}\"/><text class=\"tick\" x=\"{x:.0}\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>",
            bottom + 5.0,
            bottom + 19.0,
            time.to_jiff().strftime(format)
        );
    }
}

fn shortened_label(label: &str, max_chars: usize) -> String {
    match label.char_indices().nth(max_chars) {
        Some((end, _)) => format!("{}…", label.get(..end).unwrap_or_default().trim_end()),
        None => label.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use firsthand_model::{Analysis, ArticleId, How, OutletId, RelianceView, Span};

    fn report(id: i64, outlet: &str, hour: i64, role: Role, on: &[(&str, Option<i64>)]) -> ReportView {
        let relies_on = on
            .iter()
            .map(|(outlet, article)| RelianceView {
                outlet: (*outlet).to_owned(),
                domain: None,
                article_id: article.map(ArticleId),
                how: How::Report,
                main: true,
                evidence: Span { start: 0, end: 1, text: "<b>x</b>".to_owned(), parts: None },
            })
            .collect();
        ReportView {
            article_id: ArticleId(id),
            url: String::new(),
            title: "T & U".to_owned(),
            outlet_id: OutletId(id),
            outlet: outlet.to_owned(),
            byline: None,
            published_at: Timestamp::from_seconds(hour * 3600),
            excerpt: String::new(),
            text: String::new(),
            language: None,
            role: Some(role),
            voice: None,
            why: None,
            own_reporting: Vec::new(),
            relies_on,
            analysis: Analysis::default(),
        }
    }

    #[test]
    fn a_story_becomes_a_picture() {
        let reports = [
            report(1, "Courier", 1, Role::FirstHand, &[]),
            report(2, "Lantern", 3, Role::Relay, &[("Courier", Some(1)), ("The <Guardian>", None)]),
        ];
        let svg = story(&reports).unwrap();
        assert_eq!(svg.matches("<circle class=\"first\"").count(), 2);
        assert_eq!(svg.matches("<path class=\"relay\"").count(), 4);
        let file = alone(&reports).unwrap();
        assert!(
            file.starts_with("<svg xmlns=")
                && file.contains(" width=\"960\" height=\"")
                && file.contains("<style>")
                && file.matches("<circle").count() == 2
        );
        assert_eq!(alone(&reports[..1]), None);
        assert!(svg.contains("The &lt;Guardian&gt;") && !svg.contains("<b>") && !svg.contains("NaN"), "{svg}");
        assert!(story(reports.get(..1).unwrap()).is_none());
    }

    #[test]
    fn many_outlets_share_the_last_row() {
        let reports: Vec<ReportView> =
            (0..40).map(|id| report(id, &format!("Outlet {id}"), id, Role::Unclear, &[])).collect();
        let svg = story(&reports).unwrap();
        assert!(svg.contains("29 others") && !svg.contains(" many\""), "{svg}");
        assert_eq!(svg.matches("<circle").count(), 80);
    }

    #[test]
    fn of_many_reports_each_has_one_line() {
        let rests = [("Courier", Some(0)), ("Elsewhere", None)];
        let of = |count: i64| -> String {
            let relay = |id| report(id, &format!("Outlet {id}"), id, Role::Relay, &rests);
            let mut reports = vec![report(0, "Courier", 0, Role::FirstHand, &[])];
            reports.extend((1..count).map(relay));
            alone(&reports).unwrap()
        };
        let (few, many) = (of(9), of(41));
        assert_eq!((few.matches("<path").count(), many.matches("<path").count()), (16, 40));
        assert!(many.contains(" many\"") && !few.contains(" many\""));
    }

    #[test]
    fn a_sparkline_needs_some_reports() {
        let times: Vec<Timestamp> = (0..5).map(|hour| Timestamp::from_seconds(hour * 3600)).collect();
        assert_eq!(sparkline(&times).unwrap().matches("<rect").count(), 16);
        assert!(sparkline(times.get(..2).unwrap()).is_none());
    }
}
