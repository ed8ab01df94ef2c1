//! A page that is not all of one outlet.

/// How many of so many in a row may be of one outlet.
const OF_ONE: usize = 3;
const IN_A_ROW: usize = 10;

/// The order in which stories are shown that stand best first: each as far ahead as it may, no more than three of
/// ten in a row led by one outlet as long as others are there. `outlets` are those that lead the stories; gives their places.
pub fn spread(outlets: &[&str]) -> Vec<usize> {
    let mut waiting: Vec<usize> = (0..outlets.len()).collect();
    let mut out: Vec<usize> = Vec::with_capacity(outlets.len());
    while !waiting.is_empty() {
        let near = out.get(out.len().saturating_sub(IN_A_ROW - 1)..).unwrap_or_default();
        let of = |place: usize| outlets.get(place).copied().unwrap_or_default();
        let fits = |place: usize| near.iter().filter(|other| of(**other) == of(place)).count() < OF_ONE;
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
        let outlets = ["a", "a", "a", "a", "b", "a", "c"];
        assert_eq!(spread(&outlets), [0, 1, 2, 4, 6, 3, 5]);
        assert_eq!(spread(&["a"; 5]), [0, 1, 2, 3, 4], "there is nobody else");
        assert!(spread(&[]).is_empty());
    }
}
