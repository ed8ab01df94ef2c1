//! Which elements hold the article.

use crate::dom::NodeId;
use crate::page::Page;

/// A candidate must have this share of the prose of the best scored container.
const ENOUGH: f32 = 0.72;

/// The elements that may hold the article.
#[derive(Debug)]
pub(crate) struct Candidates {
    /// The one named as an article's text.
    pub(crate) named: Option<NodeId>,
    /// The semantic `article`.
    pub(crate) article: Option<NodeId>,
    /// The best scored container with its kin.
    pub(crate) scored: Vec<NodeId>,
    /// The best scored container.
    pub(crate) anchor: Option<NodeId>,
    /// The least element that holds the page's main heading and a good part of its prose.
    pub(crate) headed: Option<NodeId>,
    /// Of all these the likeliest, in document order: one, or several siblings.
    pub(crate) chosen: Vec<NodeId>,
}

/// Finds the elements that may hold the article.
pub(crate) fn find(page: &Page) -> Candidates {
    let scored = scored(page);
    let reference = prose(page, &scored).max(1) as f32;
    let named = widest(page, |node| page.is_named_body(node));
    let article =
        widest(page, |node| page.dom.tag(node) == "article" || page.dom.attribute(node, "role") == Some("article"));
    let chosen = [named, article]
        .into_iter()
        .flatten()
        .map(|candidate| with_kin(page, candidate))
        .find(|set| prose(page, set) as f32 / reference >= ENOUGH);
    let anchor = page
        .dom
        .descendants(NodeId::ROOT)
        .filter(|node| page.score(*node) > 0.0)
        .max_by(|one, other| page.score(*one).total_cmp(&page.score(*other)));
    let chosen = chosen.unwrap_or_else(|| if scored.is_empty() { vec![NodeId::ROOT] } else { scored.clone() });
    let headed = page
        .dom
        .elements("h1")
        .next()
        .and_then(|heading| page.dom.ancestors(heading).find(|above| page.share(*above) >= 0.2));
    Candidates { named, article, scored, anchor, headed, chosen }
}

fn prose(page: &Page, nodes: &[NodeId]) -> usize {
    nodes.iter().map(|node| page.sums(*node).prose).sum()
}

/// Of the elements that fit, the one with the most prose; of nested ones with nearly as much, the
/// innermost.
fn widest(page: &Page, fits: impl Fn(NodeId) -> bool) -> Option<NodeId> {
    let mut best: Option<(usize, NodeId)> = None;
    for node in page.dom.descendants(NodeId::ROOT) {
        let prose = page.sums(node).prose;
        if prose == 0 || page.is_furniture(node) || !fits(node) {
            continue;
        }
        let better = best.is_none_or(|(most, held)| {
            let nested = page.dom.ancestors(node).any(|above| above == held);
            if nested { prose * 10 >= most * 9 } else { prose > most }
        });
        if better {
            best = Some((prose, node));
        }
    }
    best.map(|(_, node)| node)
}

/// The element with its siblings of the same make: an article cut into several boxes.
fn with_kin(page: &Page, node: NodeId) -> Vec<NodeId> {
    let Some(parent) = page.dom.parent(node) else { return vec![node] };
    let class = page.dom.attribute(node, "class").unwrap_or_default();
    let tag = page.dom.tag(node);
    // Several `article` siblings are several articles.
    if class.is_empty() || tag == "article" {
        return vec![node];
    }
    // Boxes of the same make in different rows of a grid.
    if page.is_named_body(node) {
        let top = page.dom.ancestors(node).take(3).last().unwrap_or(parent);
        let kin = |other: &NodeId| {
            page.dom.tag(*other) == tag
                && page.dom.attribute(*other, "class") == Some(class)
                && !page.is_furniture(*other)
                && page.sums(*other).prose > 0
        };
        return page
            .dom
            .descendants(top)
            .filter(|other| {
                kin(other) && !page.dom.ancestors(*other).take_while(|above| *above != top).any(|above| kin(&above))
            })
            .collect();
    }
    let kin = |sibling: &NodeId| {
        *sibling == node
            || (page.dom.tag(*sibling) == tag
                && page.dom.attribute(*sibling, "class") == Some(class)
                && !page.is_furniture(*sibling)
                && page.sums(*sibling).prose > 0)
    };
    page.dom.children(parent).filter(kin).collect()
}

/// The best scored container with the siblings that read like it.
fn scored(page: &Page) -> Vec<NodeId> {
    let mut best: Option<(f32, NodeId)> = None;
    for node in page.dom.descendants(NodeId::ROOT) {
        let score = page.score(node);
        if score > 0.0 && best.is_none_or(|(most, _)| score > most) {
            best = Some((score, node));
        }
    }
    let Some((mut score, mut node)) = best else { return Vec::new() };
    // Up, while the one above holds much more of the page's prose without more links.
    for _ in 0..6 {
        let Some(parent) = page.dom.parent(node).filter(|parent| !matches!(page.dom.tag(*parent), "" | "html")) else {
            break;
        };
        let (own, above) = (page.sums(node), page.sums(parent));
        let link_share = |sums: crate::page::Sums| sums.linked as f32 / sums.chars.max(1) as f32;
        let much_more = above.prose as f32 > own.prose as f32 * 1.3 && page.score(parent) > score * 0.5;
        if !(much_more && link_share(above) < link_share(own) + 0.12) {
            break;
        }
        node = parent;
        score = page.score(node);
    }
    let Some(parent) = page.dom.parent(node).filter(|parent| !matches!(page.dom.tag(*parent), "" | "html")) else {
        return vec![node];
    };
    let class = page.dom.attribute(node, "class").unwrap_or_default();
    let belongs = |sibling: &NodeId| {
        if *sibling == node {
            return true;
        }
        let sums = page.sums(*sibling);
        if page.is_furniture(*sibling) || sums.prose == 0 {
            return false;
        }
        let same = !class.is_empty() && page.dom.attribute(*sibling, "class") == Some(class);
        let link_share = sums.linked as f32 / sums.chars.max(1) as f32;
        let likely = page.score(*sibling) + if same { score * 0.2 } else { 0.0 } >= (score * 0.2).max(8.0);
        let paragraph = matches!(page.dom.tag(*sibling), "p" | "blockquote") && link_share < 0.25 && sums.chars > 80;
        (likely && link_share < 0.3) || paragraph
    };
    page.dom.children(parent).filter(belongs).collect()
}
