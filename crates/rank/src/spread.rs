//! A page that is not all of one outlet, nor of one section.

/// How many of so many in a row may be of one outlet, and of one section.
const OF_ONE: usize = 3;
const OF_ONE_SECTION: usize = 5;
const IN_A_ROW: usize = 10;

/// The order in which stories are shown that stand best first: each as far ahead as it may, of ten in a row no more than
/// three led by one outlet and no more than five of one section, as long as others are there. `stories` are the outlets that
/// lead them, each with its section where one is known; gives their places.
pub fn spread(stories: &[(&str, Option<&str>)]) -> Vec<usize> {
    let mut waiting: Vec<usize> = (0..stories.len()).collect();
    let mut out: Vec<usize> = Vec::with_capacity(stories.len());
    while !waiting.is_empty() {
        let near = out.get(out.len().saturating_sub(IN_A_ROW - 1)..).unwrap_or_default();
        let of = |place: usize| stories.get(place).copied().unwrap_or_default();
        let fits = |place: usize| {
            let (outlet, section) = of(place);
            near.iter().filter(|other| of(**other).0 == outlet).count() < OF_ONE
                && (section.is_none() || near.iter().filter(|other| of(**other).1 == section).count() < OF_ONE_SECTION)
        };
        let next = waiting.iter().position(|place| fits(*place)).unwrap_or(0);
        out.push(waiting.remove(next));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_outlet_does_not_fill_the_page() {
        let outlets = ["a", "a", "a", "a", "b", "a", "c"].map(|outlet| (outlet, None));
        assert_eq!(spread(&outlets), [0, 1, 2, 4, 6, 3, 5]);
        assert_eq!(spread(&[("a", None); 5]), [0, 1, 2, 3, 4], "there is nobody else");
        assert!(spread(&[]).is_empty());
    }

    #[test]
    fn nor_does_one_section() {
        let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
        let sport: Vec<(&str, Option<&str>)> =
            names.iter().map(|name| (*name, Some(if *name == "h" { "town" } else { "sport" }))).collect();
        assert_eq!(spread(&sport), [0, 1, 2, 3, 4, 7, 5, 6]);
        let unknown: Vec<(&str, Option<&str>)> = names.iter().map(|name| (*name, None)).collect();
        assert_eq!(spread(&unknown), [0, 1, 2, 3, 4, 5, 6, 7]);
    }
}
