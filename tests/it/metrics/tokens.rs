//! The little of `PromQL` that our files use, taken apart: which series an expression names, within
//! which functions, and which labels it speaks of.

use std::collections::BTreeSet;

/// A series in an expression.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    pub series: String,
    /// The labels of its selector.
    pub labels: Vec<String>,
    /// The functions it stands in, the outermost first.
    pub within: Vec<String>,
}

/// An expression.
#[derive(Debug, Default)]
pub struct Expression {
    pub series: Vec<Named>,
    /// Labels that it is grouped or joined by.
    pub grouped: BTreeSet<String>,
}

const GROUPING: [&str; 6] = ["by", "without", "on", "ignoring", "group_left", "group_right"];
const OPERATORS: [&str; 5] = ["and", "or", "unless", "bool", "offset"];

/// Reads an expression.
pub fn read(text: &str) -> Expression {
    let mut found = Expression::default();
    let mut stack: Vec<String> = Vec::new();
    let mut rest = text;
    let mut grouping = false;
    while let Some(first) = rest.chars().next() {
        let word: String = rest.chars().take_while(|c| is_word(*c)).collect();
        if !word.is_empty() {
            rest = &rest[word.len()..];
            let next = rest.trim_start().chars().next();
            if GROUPING.contains(&word.as_str()) {
                grouping = next == Some('(');
            } else if stack.last().is_some_and(|top| GROUPING.contains(&top.as_str())) {
                found.grouped.insert(word);
                continue;
            } else if word.starts_with(|c: char| c.is_ascii_digit())
                || OPERATORS.contains(&word.as_str())
            {
                continue;
            } else if next == Some('(') || rest.trim_start().starts_with("by") {
                stack.push(word);
                if next == Some('(') {
                    rest = &rest.trim_start()[1..];
                } else {
                    // `sum by (a) (b)`: the function is known before its parenthesis.
                    rest = open_behind_grouping(rest, &mut found);
                }
                continue;
            } else {
                let within = stack.iter().filter(|name| !name.is_empty()).cloned().collect();
                found.series.push(Named { series: word, labels: Vec::new(), within });
            }
            continue;
        }
        match first {
            '(' => stack.push(if grouping { "by".to_owned() } else { String::new() }),
            ')' => drop(stack.pop()),
            '{' => {
                let end = rest.find('}').expect("a selector ends");
                let labels = rest[1..end].split(',').filter_map(label);
                found.series.last_mut().expect("a series").labels.extend(labels);
                rest = &rest[end..];
            }
            '[' => rest = &rest[rest.find(']').expect("a range ends")..],
            _ => {}
        }
        grouping = grouping && first != '(';
        rest = &rest[rest.chars().next().map_or(0, char::len_utf8)..];
    }
    found
}

fn open_behind_grouping<'a>(rest: &'a str, found: &mut Expression) -> &'a str {
    let (labels, rest) = rest.split_once(')').expect("a grouping ends");
    let (_, labels) = labels.split_once('(').expect("a grouping begins");
    found.grouped.extend(labels.split(',').map(|name| name.trim().to_owned()));
    let (_, inside) = rest.split_once('(').expect("what is grouped");
    inside
}

fn label(matcher: &str) -> Option<String> {
    let name: String = matcher.trim().chars().take_while(|c| is_word(*c)).collect();
    (!name.is_empty()).then_some(name)
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == ':'
}

#[test]
fn the_reader_of_expressions_reads_right() {
    let text = "histogram_quantile(0.99, sum by (le, route) (rate(a_bucket{x=\"1\"}[5m]))) > 2 * \
                (b - on (org) c) and time() - d > 1e3";
    let read = read(text);
    let named = |series: &str, labels: &[&str], within: &[&str]| Named {
        series: series.to_owned(),
        labels: labels.iter().map(|one| (*one).to_owned()).collect(),
        within: within.iter().map(|one| (*one).to_owned()).collect(),
    };
    let expected = [
        named("a_bucket", &["x"], &["histogram_quantile", "sum", "rate"]),
        named("b", &[], &[]),
        named("c", &[], &[]),
        named("d", &[], &[]),
    ];
    assert_eq!(read.series, expected);
    assert_eq!(read.grouped.into_iter().collect::<Vec<_>>(), ["le", "org", "route"]);
}
