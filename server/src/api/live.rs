//! Live updates as server-sent events: "look again", never the data itself.

use crate::AppState;
use crate::api::params::Id;
use crate::api::{Answer, Caller};
use axum::extract::{Path, State};
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use domain::id::PaymentId;
use futures::{Stream, StreamExt};
use service::live::Signal;
use service::{Ctx, order, payment};
use std::convert::Infallible;
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::wrappers::errors::BroadcastStreamRecvError;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(of_payment)).routes(routes!(of_order))
}

#[utoipa::path(get, path = "/payments/{id}/events", tag = "buying", params(("id" = PaymentId, Path)),
    responses((status = 200, content_type = "text/event-stream", description = "`changed` whenever the payment may have changed"), (status = 401), (status = 404)))]
async fn of_payment(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Id(id): Id<PaymentId>,
) -> Answer<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    // Subscribed before the check, so that nothing between the two is missed.
    let signals = ctx.live.subscribe();
    payment::find(&ctx, &actor, id).await?;
    Ok(changes(signals, Signal::Payment(id)))
}

#[utoipa::path(get, path = "/orders/{number}/events", tag = "buying", params(("number" = String, Path)),
    responses((status = 200, content_type = "text/event-stream"), (status = 401), (status = 404)))]
async fn of_order(
    State(ctx): State<Ctx>,
    Caller(actor): Caller,
    Path(number): Path<String>,
) -> Answer<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    let signals = ctx.live.subscribe();
    let id = order::find(&ctx, &actor, &number).await?.id;
    Ok(changes(signals, Signal::Order(id)))
}

fn changes(
    signals: tokio::sync::broadcast::Receiver<Signal>,
    mine: Signal,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let event = move |signal| async move {
        let concerns_me = match signal {
            Ok(signal) => signal == mine,
            // Fell behind: something may have been missed.
            Err(BroadcastStreamRecvError::Lagged(_)) => true,
        };
        // With data: browsers drop an event that has none.
        concerns_me.then(|| Ok(Event::default().event("changed").data("look")))
    };
    Sse::new(BroadcastStream::new(signals).filter_map(event)).keep_alive(KeepAlive::default())
}
