//! Rows for spreadsheets.

/// One row as RFC 4180 has it, with its line end. A cell that a spreadsheet would take for a formula
/// has an apostrophe before it.
pub fn row<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let mut row = String::new();
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            row.push(',');
        }
        let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
        let guard = if formula && cell.len() > 1 { "'" } else { "" };
        if cell.contains([',', '"', '\n', '\r']) {
            row.push('"');
            row.push_str(guard);
            row.push_str(&cell.replace('"', "\"\""));
            row.push('"');
        } else {
            row.push_str(guard);
            row.push_str(cell);
        }
    }
    row.push_str("\r\n");
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_formulas_are_not() {
        assert_eq!(row(["a", "b,c", "say \"no\"", "-1.5"].into_iter()), "a,\"b,c\",\"say \"\"no\"\"\",-1.5\r\n");
        assert_eq!(row(["=1+2", "@x", "="].into_iter()), "'=1+2,'@x,=\r\n");
    }
}
