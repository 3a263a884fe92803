//! Sheets as spreadsheets and people write them.

use proptest::prelude::*;

use super::*;

const COLUMNS: [&str; 3] = ["email", "full_name", "roles"];

fn rows(text: &str) -> Vec<(usize, [String; 3])> {
    read(text, &COLUMNS).unwrap().into_iter().map(|row| (row.number, row.cells)).collect()
}

fn row(number: usize, cells: [&str; 3]) -> (usize, [String; 3]) {
    (number, cells.map(str::to_owned))
}

fn faults(text: &str) -> Vec<String> {
    read(text, &COLUMNS).unwrap_err()
}

#[test]
fn separators_line_ends_order_and_a_mark_in_front_make_no_difference() {
    let expected = [row(2, ["a@b.org", "Ada", "staff"])];
    for text in [
        "email,full_name,roles\na@b.org,Ada,staff\n",
        "email;full_name;roles\r\na@b.org;Ada;staff\r\n",
        "email\tfull_name\troles\ra@b.org\tAda\tstaff",
        "\u{feff}roles,email,full_name\nstaff,a@b.org,Ada",
        "\"roles\"; email ;full_name\nstaff;a@b.org;\"Ada\"",
    ] {
        assert_eq!(rows(text), expected, "{text:?}");
    }
}

#[test]
fn cells_may_hold_separators_quotes_and_line_breaks() {
    let text = "email,full_name,roles\na@b.org,\"Byron, \"\"Ada\"\"\nLovelace\",\nc@d.org,Cleo,";
    assert_eq!(
        rows(text),
        [row(2, ["a@b.org", "Byron, \"Ada\"\nLovelace", ""]), row(3, ["c@d.org", "Cleo", ""])]
    );
}

#[test]
fn rows_bear_the_numbers_that_a_spreadsheet_shows() {
    let text =
        "email,full_name,roles\r\n\r\na@b.org,\"A\r\nB\r\nC\",\r\n,,\r\n\r\n\r\nc@d.org,D,\r\n";
    let numbers: Vec<usize> = rows(text).into_iter().map(|(number, _)| number).collect();
    assert_eq!(numbers, [3, 7]);
    let late = rows("\n\nemail,full_name,roles\na@b.org,Ada,");
    assert_eq!(late, [row(4, ["a@b.org", "Ada", ""])]);
}

#[test]
fn columns_that_are_unknown_missing_or_there_twice_are_named() {
    let named = faults("email,name,email,roles\n");
    assert_eq!(named.len(), 3, "{named:?}");
    for (fault, words) in
        named.iter().zip(["\"name\" is no column", "email stands", "full_name is missing"])
    {
        assert!(fault.starts_with("row 1: ") && fault.contains(words), "{fault}");
    }
    assert!(faults("email|full_name|roles\n")[1].contains("a comma, a semicolon or a tab"));
    assert_eq!(faults("")[0], "row 1: must name the columns email, full_name, roles");
    let long = format!("{},full_name,roles", "x".repeat(5_000));
    assert!(faults(&long)[0].len() < 200);
}

#[test]
fn a_row_of_another_length_is_named() {
    let text = "email,full_name,roles\na@b.org;Ada;staff\na@b.org,Ada,\na@b.org,Byron, Ada,\n";
    assert_eq!(
        faults(text),
        ["row 2: has 1 cells, the header has 3", "row 4: has 4 cells, the header has 3"]
    );
}

#[test]
fn another_encoding_is_called_so() {
    let wide: Vec<u8> =
        "\u{feff}email,full_name".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for text in [String::from_utf8_lossy(&wide).into_owned(), "email,full_n\u{fffd}me,roles".into()]
    {
        let named = faults(&text);
        assert_eq!(named.len(), 1);
        assert!(named[0].contains("no UTF-8"), "{named:?}");
    }
}

#[test]
fn what_a_spreadsheet_would_run_gets_an_apostrophe() {
    for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"] {
        let written = write_sheet([[cell.to_owned()]]).unwrap();
        assert!(written.starts_with("\"'"), "{written:?}");
    }
    for cell in ["Ada", "a=b", "'s Jacob", "", "1-1"] {
        assert_eq!(write_sheet([[cell.to_owned()]]).unwrap(), format!("\"{cell}\"\n"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn what_is_written_is_read_again_and_begins_no_formula(
        cells in prop::collection::vec(prop::array::uniform3("[=+@a-z ,;'\"\t\n-]{0,12}"), 0..6),
    ) {
        let header = COLUMNS.map(str::to_owned);
        let written = write_sheet(std::iter::once(header).chain(cells.clone())).unwrap();
        let read = rows(&written);
        let mut expected = Vec::new();
        for (at, cells) in cells.into_iter().enumerate() {
            if cells.iter().any(|cell| !defused(cell).trim().is_empty()) {
                expected.push((at + 2, cells));
            }
        }
        prop_assert_eq!(read.len(), expected.len());
        for ((number, found), (expected_number, cells)) in read.into_iter().zip(expected) {
            prop_assert_eq!(number, expected_number);
            for (found, cell) in found.into_iter().zip(cells) {
                prop_assert!(!found.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']), "{:?}", found);
                prop_assert!(!found.trim().starts_with(['=', '+', '-', '@']), "{:?}", found);
                prop_assert_eq!(found, defused(&cell));
            }
        }
    }

    #[test]
    fn any_text_is_read_or_refused_without_harm(text in "\\PC*|(email,full_name,roles\n)?[a-c,;\"\n\r\t]{0,60}") {
        drop(read(&text, &COLUMNS));
    }
}
