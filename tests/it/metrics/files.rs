//! Dashboard, alerts and page: what they speak of is served, and what is served is explained.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use super::{Scrape, tokens};
use crate::support::{TestApp, none};

/// What Prometheus adds itself.
const OF_PROMETHEUS: [&str; 1] = ["up"];
const ITS_LABELS: [&str; 2] = ["job", "instance"];

fn file(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// A server that has seen something of everything.
fn busy() -> Scrape {
    let app = TestApp::new();
    app.resource_with_units(1);
    app.anonymous()
        .post("/auth/login", &json!({ "email": "x@y.z", "password": "wrong words" }))
        .send();
    Scrape::of(&app)
}

fn dashboard() -> Value {
    serde_json::from_str(&file("deploy/grafana-dashboard.json")).unwrap()
}

/// The panels, also those within rows.
fn panels(of: &Value) -> Vec<&Value> {
    let own = of["panels"].as_array().into_iter().flatten();
    own.flat_map(|panel| std::iter::once(panel).chain(panels(panel))).collect()
}

/// The expressions of the dashboard, with the panel each stands in.
fn drawn(dashboard: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for panel in panels(dashboard) {
        for target in panel["targets"].as_array().into_iter().flatten() {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            found.push((text(&panel["title"]), text(&target["expr"])));
        }
    }
    found
}

/// What is wrong with an expression.
fn faults(place: &str, text: &str, scrape: &Scrape) -> Vec<String> {
    let expression = tokens::read(text);
    let mut faults = Vec::new();
    let mut labels: BTreeSet<&str> = ITS_LABELS.into();
    for named in &expression.series {
        let series = named.series.as_str();
        if OF_PROMETHEUS.contains(&series) {
            continue;
        }
        let Some(kind) = scrape.type_of(series) else {
            faults.push(format!("{place}: {series} is not served"));
            continue;
        };
        let is_rate = named.within.iter().any(|name| name == "rate" || name == "increase");
        if is_rate != (kind == "counter" || kind == "histogram") {
            faults.push(format!("{place}: {series} is a {kind}"));
        }
        let own = scrape.labels_of(series);
        for label in &named.labels {
            if !own.contains(label.as_str()) && !ITS_LABELS.contains(&label.as_str()) {
                faults.push(format!("{place}: {series} has no label {label}"));
            }
        }
        labels.extend(own);
    }
    let strange = expression.grouped.iter().filter(|label| !labels.contains(label.as_str()));
    faults.extend(strange.map(|label| format!("{place}: grouped by {label}")));
    if expression.series.is_empty() {
        faults.push(format!("{place} names nothing"));
    }
    faults
}

#[test]
fn the_dashboard_draws_what_is_served() {
    let (scrape, dashboard) = (busy(), dashboard());
    let drawn = drawn(&dashboard);
    assert!(drawn.len() > 20);
    none(drawn.iter().flat_map(|(panel, text)| faults(panel, text, &scrape)));
    let variables = &dashboard["templating"]["list"];
    assert_eq!(
        (&variables[0]["name"], &variables[0]["type"]),
        (&json!("datasource"), &json!("datasource"))
    );
    let mut ids = BTreeSet::new();
    for panel in panels(&dashboard) {
        assert!(ids.insert(panel["id"].as_i64().unwrap()), "{panel}");
        if panel["type"] != "row" {
            assert_eq!(panel["datasource"]["uid"], "${datasource}", "{}", panel["title"]);
        }
    }
}

/// An alert, as the file has it: one key a line.
#[derive(Debug, Default)]
struct Alert {
    name: String,
    keys: Vec<(String, String)>,
}

impl Alert {
    fn get(&self, key: &str) -> &str {
        let found = self.keys.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }
}

fn alerts() -> Vec<Alert> {
    let text = file("deploy/alerts.yml");
    let mut lines = text.lines().filter(|line| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with('#')
    });
    assert_eq!(lines.next(), Some("groups:"));
    assert_eq!(lines.next(), Some("  - name: pret"));
    assert_eq!(lines.next(), Some("    rules:"));
    let mut alerts: Vec<Alert> = Vec::new();
    for line in lines {
        if let Some(name) = line.strip_prefix("      - alert: ") {
            alerts.push(Alert { name: name.to_owned(), keys: Vec::new() });
            continue;
        }
        let (key, value) = line.split_once(':').unwrap_or_else(|| panic!("{line}"));
        let depth = key.len() - key.trim_start().len();
        let known = match key.trim() {
            "expr" | "for" | "labels" | "annotations" => depth == 8,
            "severity" | "summary" | "description" => depth == 10,
            _ => false,
        };
        assert!(known, "{line}");
        let value = value.trim();
        let value = if let Some(rest) = value.strip_prefix('\'') {
            rest.strip_suffix('\'').unwrap_or_else(|| panic!("{line}"))
        } else {
            // What YAML would read as something else stands in quotes.
            assert!(!value.contains([':', '#', '{', '"', '\'']), "{line}");
            value
        };
        alerts.last_mut().unwrap().keys.push((key.trim().to_owned(), value.to_owned()));
    }
    alerts
}

#[test]
fn the_alerts_look_at_what_is_served() {
    let (scrape, alerts) = (busy(), alerts());
    assert!(alerts.len() > 10);
    none(alerts.iter().flat_map(|alert| faults(&alert.name, alert.get("expr"), &scrape)));
    let page = file("docs/watching.md");
    for alert in &alerts {
        assert!(!alert.get("summary").is_empty(), "{alert:?}");
        assert!(["warning", "critical"].contains(&alert.get("severity")), "{alert:?}");
        assert!(page.contains(&format!("`{}`", alert.name)), "{} is not explained", alert.name);
    }
}

#[test]
fn the_page_explains_every_figure_and_no_other() {
    let scrape = busy();
    let page = file("docs/watching.md");
    let explained: BTreeSet<(String, String)> = page
        .lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix("| `")?.split(" | ");
            let name = cells.next()?.split(['`', '{']).next()?.to_owned();
            let kind = cells.next()?.trim().to_owned();
            ["counter", "gauge", "histogram"].contains(&kind.as_str()).then_some((name, kind))
        })
        .collect();
    // What the machine or the traffic decides about: the process beyond Linux.
    let served: BTreeSet<(String, String)> = scrape.types.clone().into_iter().collect();
    let missing: Vec<_> = served.difference(&explained).collect();
    let stray: Vec<_> = explained.difference(&served).collect();
    assert!(missing.is_empty() && stray.is_empty(), "not explained: {missing:?}, gone: {stray:?}");
}
