//! Entries of a live blog: parts of the text, alike in make, that each have a time of their own.

use crate::blocks::Block;
use crate::dom::NodeId;
use crate::page::Page;
use crate::segment::Kind;
use firsthand_model::{LiveEntry, WrittenTime};
use firsthand_text::dates;
use foldhash::{HashMap, HashMapExt as _};

/// Fewer entries are none.
const FEWEST: usize = 3;
/// Times that are looked at.
const MOST_TIMES: usize = 2000;
/// Steps from a time up to its entry.
const STEPS: usize = 6;
/// Entries hold at least this share of the text.
const LEAST_SHARE: f32 = 0.6;

/// The entries of a text made of `blocks`, in the order of the page; none where most of the text is in no entry.
pub(crate) fn entries(page: &Page, blocks: &[Block]) -> Vec<LiveEntry> {
    let boxes = boxes(page);
    if boxes.len() < FEWEST {
        return Vec::new();
    }
    let mut out: Vec<(usize, LiveEntry)> = Vec::new();
    let (mut at, mut inside) = (0, 0);
    for block in blocks.iter().filter(|block| block.kind != Kind::Image) {
        let length = block.text.chars().count();
        // The last box that begins before the block: boxes lie in the page's order and do not overlap.
        let place = block.element.map(|element| page.place(element).0);
        let held = place.and_then(|place| boxes.partition_point(|one| one.start <= place).checked_sub(1));
        let held = held.filter(|number| boxes.get(*number).is_some_and(|one| place < Some(one.end)));
        if let Some((number, time)) = held.and_then(|number| Some((number, boxes.get(number)?.time))) {
            inside += length;
            match out.last_mut() {
                Some((last, entry)) if *last == number => entry.end = at + length,
                _ => out.push((number, LiveEntry { time, start: at, end: at + length })),
            }
        }
        // Blocks are parted by a blank line.
        at += length + 2;
    }
    let mut times: Vec<_> = out.iter().map(|(_, entry)| entry.time.at).collect();
    times.sort();
    times.dedup();
    if times.len() < FEWEST || (inside as f32) < LEAST_SHARE * at as f32 {
        return Vec::new();
    }
    out.into_iter().map(|(_, entry)| entry).collect()
}

/// What may be an entry: its places in document order, and its time.
struct Timed {
    start: u32,
    end: u32,
    time: WrittenTime,
}

/// The elements that each hold one time and some prose, of the most frequent make, in document order.
fn boxes(page: &Page) -> Vec<Timed> {
    let dom = &page.dom;
    let mut found: Vec<(NodeId, WrittenTime)> = Vec::new();
    for node in dom.elements("time").take(MOST_TIMES) {
        let written = dom.attribute(node, "datetime").filter(|text| text.contains(':'));
        let Some(time) = written.and_then(dates::read_written) else { continue };
        let Some(entry) = dom.ancestors(node).take(STEPS).find(|above| page.sums(*above).prose > 0) else { continue };
        // The time of an entry stands first; a second one was said to have changed it.
        if found.last().is_none_or(|(last, _)| *last != entry) {
            found.push((entry, time));
        }
    }
    let mut makes: HashMap<(&str, &str), Vec<Timed>> = HashMap::new();
    for (entry, time) in found {
        let (start, end) = page.place(entry);
        let make = (dom.tag(entry), dom.attribute(entry, "class").unwrap_or_default());
        let made = makes.entry(make).or_default();
        // What holds another one is the list of them.
        if made.last().is_none_or(|last| last.end <= start) {
            made.push(Timed { start, end, time });
        }
    }
    makes.into_values().max_by_key(|made| (made.len(), made.first().map(|one| one.start))).unwrap_or_default()
}
