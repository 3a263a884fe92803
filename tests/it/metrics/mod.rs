//! The figures for Prometheus: who may read them, what they say, and whether dashboard, alerts and
//! page speak of what is there.

mod access;
mod figures;
mod files;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};

use crate::support::TestApp;

/// The labels of a sample.
type Labels = BTreeMap<String, String>;

/// What was served, read as Prometheus would.
pub struct Scrape {
    /// The type of each metric.
    pub types: BTreeMap<String, String>,
    samples: Vec<(String, Labels, f64)>,
}

impl Scrape {
    /// Asks the app.
    #[track_caller]
    pub fn of(app: &TestApp) -> Self {
        let reply = app.anonymous().get("/metrics").expect(200);
        Self::read(std::str::from_utf8(reply.bytes()).unwrap())
    }

    /// Reads the text format, and demands that it is in order.
    #[track_caller]
    pub fn read(text: &str) -> Self {
        let (mut types, mut samples) = (BTreeMap::new(), Vec::new());
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').unwrap();
                let twice = types.insert(name.to_owned(), kind.to_owned());
                assert_eq!(twice, None, "{name} stands there twice");
            } else if !line.starts_with('#') {
                let (series, value) = line.rsplit_once(' ').unwrap();
                let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
                let labels = labels.strip_suffix('}').unwrap();
                samples.push((name.to_owned(), read_labels(labels), value.parse().unwrap()));
            }
        }
        Self { types, samples }
    }

    /// The values of the series that have these labels among theirs.
    pub fn all(&self, name: &str, labels: &[(&str, &str)]) -> Vec<f64> {
        let fits = |(found, of, _): &&(String, Labels, f64)| {
            let has = |(key, value): &(&str, &str)| of.get(*key).is_some_and(|it| it == value);
            found == name && labels.iter().all(has)
        };
        self.samples.iter().filter(fits).map(|(_, _, value)| *value).collect()
    }

    /// The sum of them; they must be there.
    #[track_caller]
    pub fn value(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let all = self.all(name, labels);
        assert!(!all.is_empty(), "{name}{labels:?} is not served");
        all.iter().sum()
    }

    /// The one value of this label.
    #[track_caller]
    pub fn label(&self, name: &str, of: &[(&str, &str)], label: &str) -> String {
        let fits = |(found, labels, _): &&(String, Labels, f64)| {
            found == name && of.iter().all(|(key, value)| labels[*key] == *value)
        };
        let found: Vec<&Labels> =
            self.samples.iter().filter(fits).map(|(_, labels, _)| labels).collect();
        assert_eq!(found.len(), 1, "{name}: {found:?}");
        found[0][label].clone()
    }

    /// The type of the metric that a series belongs to, by the name of the series.
    pub fn type_of(&self, series: &str) -> Option<&str> {
        let parts = ["_bucket", "_sum", "_count"];
        let base = parts.iter().find_map(|part| series.strip_suffix(part));
        let histogram = base.and_then(|base| self.types.get(base)).filter(|t| *t == "histogram");
        self.types.get(series).or(histogram).map(String::as_str)
    }

    /// The labels that a series has.
    pub fn labels_of(&self, series: &str) -> BTreeSet<&str> {
        let of = self.samples.iter().filter(|(name, ..)| name == series);
        of.flat_map(|(_, labels, _)| labels.keys().map(String::as_str)).collect()
    }
}

fn read_labels(text: &str) -> Labels {
    let mut labels = Labels::new();
    let mut rest = text;
    while let Some((name, after)) = rest.split_once("=\"") {
        let end = after.find('"').unwrap();
        labels.insert(name.trim_start_matches(',').to_owned(), after[..end].to_owned());
        rest = &after[end + 1..];
    }
    assert_eq!(rest, "", "{text}");
    labels
}
