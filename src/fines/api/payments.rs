//! Payments.

use axum::extract::State;
use axum::response::Response;

use crate::app::{App, AsStaff, Caller};
use crate::fines::actions;
use crate::fines::model::{NewPayment, PAYMENT_SORTS, Payment, PaymentFilters};
use crate::http::listing::Page;
use crate::http::{Input, KeyedCreate, ListSpec, Listing, PageParams, Reply};
use crate::kernel::{Error, SortColumn};

impl ListSpec for PaymentFilters {
    const SORTS: &'static [SortColumn] = PAYMENT_SORTS;
    const DEFAULT_SORT: &'static str = "-created_at";
}

/// List payments
///
/// Students see those of their own fines.
#[utoipa::path(
    get, path = "/fines/payments", tag = "fines",
    params(
        PageParams, PaymentFilters,
        ("sort" = Option<String>, Query, example = "created_at",
            description = "By `created_at`; `-created_at` unless said: the newest first."),
    ),
    responses((status = 200, description = "A page of payments", body = Page<Payment>))
)]
pub(crate) async fn list_payments(
    State(app): State<App>,
    caller: Caller,
    listing: Listing<PaymentFilters>,
) -> Result<Response, Error> {
    let (filters, page) = (listing.filters.clone(), listing.page.clone());
    let listed = app.read(&caller, move |tx| actions::list_payments(tx, &filters, &page)).await?;
    listing.reply(listed)
}

/// Record a payment
///
/// Of all that is open, or of a part; the fine is PAID with the last of it. Never of one's own fine.
/// 409 `exceeds_open_amount`: it is more than is open. A payment neither changes nor goes.
#[utoipa::path(
    post, path = "/fines/payments", tag = "fines", request_body = NewPayment,
    responses((status = 201, description = "Recorded", body = Payment))
)]
pub(crate) async fn record_payment(
    State(app): State<App>,
    caller: Caller<AsStaff>,
    Input { value, key, .. }: Input<NewPayment, KeyedCreate>,
) -> Result<Reply, Error> {
    app.write(&caller, key, move |tx| Reply::json(201, &actions::pay(tx, &value)?)).await
}
