//! `GET /metrics`: figures for Prometheus, and who may have them.

use std::time::Duration;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::figures;
use crate::app::{App, Stranger};
use crate::http::Client;
use crate::kernel::{Code, Error, Result, bug};
use crate::metrics::CONTENT_TYPE;

/// The figures of the database are left out when they take longer: whoever watches gives up after
/// ten seconds, and then sees nothing at all.
const PATIENCE: Duration = Duration::from_secs(3);

const EXAMPLE: &str = "# HELP pret_writer_queue_length Writes that wait.\n\
    # TYPE pret_writer_queue_length gauge\npret_writer_queue_length 0\n";

/// Figures for Prometheus
///
/// In the text format 0.0.4, for whoever asks from the machine itself and for the networks in
/// `[metrics] allow_from`; nobody else is told that it is here. Not counted as a request of its
/// address.
#[utoipa::path(get, path = "/metrics", tag = "health",
    responses(
        (status = 200, description = "Every figure as of now.", body = String,
            content_type = "text/plain", example = json!(EXAMPLE)),
        (status = 404, description = "Not for this address."),
    ))]
pub(crate) async fn get_metrics(State(app): State<App>, stranger: Stranger) -> Result<Response> {
    if !may_read(&app, stranger.client) {
        // As the edge answers a path that is not there.
        return Err(Error::new(Code::NotFound, "There is nothing at this path."));
    }
    let stored = tokio::time::timeout(PATIENCE, app.read_globally(figures::stored)).await;
    let stored = stored.ok().and_then(|read| {
        read.inspect_err(|error| tracing::error!(?error, "the figures could not be read")).ok()
    });
    let text = app.metrics().write(&figures::now(&app, stored))?;
    Ok(([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response())
}

/// This machine, if nobody from elsewhere asks through it, and who is named.
fn may_read(app: &App, client: Client) -> bool {
    let named = &app.config.metrics.allow_from;
    client.is_local
        || (client.is_certain && named.contain(client.address))
        || bug::seeded("metrics_open_to_all")
}
