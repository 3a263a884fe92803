//! People in bulk.

use axum::extract::State;

use crate::app::{App, AsAdmin, Caller};
use crate::http::{Input, Reply};
use crate::identity::actions;
use crate::identity::model::{Import, ImportReport, MemberImport};
use crate::kernel::{Error, Result, bug};

/// Import members
///
/// Takes a spreadsheet of people, and says what would happen unless `preview` is false. Who has no
/// account gets one, without a password, and a link that sets it, once, within 7 days. Who has an
/// account elsewhere is invited. Who is a member already stays as is, roles and name included.
/// All or nothing: with one bad row nobody is imported. 422 names all bad rows, each `detail`
/// beginning with `row 3, email:`, numbered as a spreadsheet does. Cells that a spreadsheet would
/// take for a formula are refused. Send an `Idempotency-Key`: should the answer be lost, the same
/// request shows the same links again.
#[utoipa::path(
    post, path = "/members/import", tag = "identity",
    request_body = MemberImport,
    responses((status = 200, description = "What became, or would become, of everybody in the sheet.",
        body = ImportReport)),
)]
pub(crate) async fn import_members(
    State(app): State<App>,
    caller: Caller<AsAdmin>,
    input: Input<MemberImport>,
) -> Result<Reply> {
    let MemberImport { csv, preview } = input.value;
    let people = actions::read_people(&csv)?;
    let preview = preview && !bug::seeded("preview_writes");
    if preview && input.key.is_none() {
        let planned = app.read(&caller, move |tx| actions::preview_import(tx, &people)).await?;
        return Reply::json(200, &planned.reveal(&app.keys, &app.base_url()));
    }
    if !preview {
        app.throttle().import(caller.credentials.user_id)?;
    }
    let keys = app.keys.clone();
    let reply = app
        .write(&caller, input.key, move |tx| {
            let import = if preview {
                actions::preview_import(tx, &people)?
            } else {
                actions::import_people(tx, &keys, &people)?
            };
            Reply::json(200, &import)
        })
        .await?;
    if reply.status == 200 { reveal(&app, reply) } else { Ok(reply) }
}

/// What is kept for replays are tickets: the links stand nowhere in the database.
fn reveal(app: &App, reply: Reply) -> Result<Reply> {
    let import: Import = serde_json::from_slice(&reply.body).map_err(Error::internal)?;
    let shown = import.reveal(&app.keys, &app.base_url());
    Ok(Reply { body: Reply::json(200, &shown)?.body, ..reply })
}
