//! Figures for whoever watches the server: their names, and the handles through which the parts of
//! the house count. A part owns its handles, so that it can count alone; [`Metrics`] gathers them
//! for one server. Nothing here is global, and no label grows with people or paths: routes are
//! templates, organizations are ids.

mod figures;
mod http;
mod people;
mod storage;

use prometheus_client::encoding::prometheus_text;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

pub use figures::{Backup, Figures, OfOrganization, OfProcess, Sizes, Stored};
pub use http::{Connections, Gone, Http, Running};
pub use people::{Hashing, SignIns};
pub use prometheus_text::CONTENT_TYPE;
pub use storage::{Readers, Refused, Writer};

use crate::kernel::{Error, Result};

/// Behind each measure of time that a request may take, in seconds.
const SECONDS: [f64; 13] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// What one server counts.
pub struct Metrics {
    kept: Registry,
    /// Requests and their answers.
    pub http: Http,
    /// Connections.
    pub connections: Connections,
    /// Attempts to sign in.
    pub sign_ins: SignIns,
}

impl Metrics {
    /// Gathers what the parts below count, beside what is counted here.
    pub fn new(writer: &Writer, readers: &Readers, hashing: &Hashing) -> Self {
        let mut kept = Registry::default();
        let (http, connections) = (Http::default(), Connections::default());
        let sign_ins = SignIns::default();
        http.register(&mut kept);
        connections.register(&mut kept);
        sign_ins.register(&mut kept);
        writer.register(&mut kept);
        readers.register(&mut kept);
        hashing.register(&mut kept);
        Self { kept, http, connections, sign_ins }
    }

    /// All figures in the text format of Prometheus, with those that are looked up now.
    ///
    /// # Errors
    /// Never, as text is written to memory.
    pub fn write(&self, now: &Figures) -> Result<String> {
        let mut text = String::new();
        for registry in [&self.kept, &now.registry()] {
            prometheus_text::encode(&mut text, registry).map_err(Error::internal)?;
        }
        Ok(text)
    }
}

/// Counts something for as long as it lasts.
#[derive(Debug)]
pub struct Held(Gauge);

impl Held {
    /// Begins to count it.
    pub fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.dec();
    }
}
