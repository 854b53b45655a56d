//! What gateways send stays in sight, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod buying;

use buying::{Buying, refusal};
use chrono::TimeDelta;
use domain::id::WebhookId;
use domain::payment::PaymentStatus;
use domain::webhook::{WebhookFilter, WebhookRow, WebhookState};
use domain::{Error, PageRequest};
use entity::webhook;
use http::{HeaderMap, HeaderValue};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Set};
use serde_json::json;
use service::fixture::{Shop, on_each_database};
use service::payment::Received;
use service::{Actor, Settings, finance, job, metric, payment};
use std::sync::atomic::Ordering;
use std::time::Duration;

const NOBODY: &str = "0199a0b0-0000-7000-8000-000000000000";

/// A report that the fake gateway has signed, unless it is forged.
async fn report(shop: &Shop, payment: &str, reference: &str, is_signed: bool) -> service::Result<Received> {
    let mut headers = HeaderMap::new();
    if is_signed {
        headers.insert("x-fake-signature", HeaderValue::from_static("ok"));
    }
    let body = json!({ "payment": payment, "kind": "paid", "amount": 175_000, "reference": reference });
    payment::receive_webhook(&shop.ctx, "sandbox", None, &headers, body.to_string().as_bytes()).await
}

async fn list(shop: &Shop, actor: &Actor, filter: WebhookFilter) -> Vec<WebhookRow> {
    finance::webhooks(&shop.ctx, actor, &filter.check().unwrap(), PageRequest::default()).await.unwrap().items
}

fn in_state(state: &str) -> WebhookFilter {
    WebhookFilter { state: Some(state.into()), ..Default::default() }
}

async fn unattributed(shop: &Shop) -> i64 {
    let figures = metric::figures(&shop.ctx).await.unwrap();
    figures.iter().find(|f| f.name == "belanjain_webhooks_unattributed").unwrap().value
}

#[tokio::test]
async fn money_that_belongs_to_nothing_is_seen_by_finance() {
    on_each_database(|shop| async move {
        let finance = shop.staff("Fina", "finance").await.unwrap();
        let b = Buying::two_stores(&shop).await;
        let placed = b.place("k").await.unwrap().view;
        b.fill_cart(&[1, 1]).await;
        let transfer = b.place_by("t", "manual_transfer").await.payment.id.to_string();
        report(&shop, &placed.payment.id.to_string(), "ours", true).await.unwrap();
        report(&shop, "not-a-payment", "stray-1", true).await.unwrap();
        report(&shop, NOBODY, "stray-2", true).await.unwrap();
        report(&shop, &transfer, "stray-3", true).await.unwrap();
        report(&shop, NOBODY, "forged", false).await.unwrap();
        let open = list(&shop, &finance, in_state("not_applied")).await;
        let mut outcomes: Vec<_> = open.iter().map(|row| row.outcome.clone().unwrap()).collect();
        outcomes.sort();
        assert_eq!(outcomes, ["another gateway's payment", "unknown reference", "unknown reference"]);
        assert_eq!(list(&shop, &finance, in_state("forged")).await.len(), 1);
        assert_eq!(list(&shop, &finance, in_state("applied")).await.len(), 1);
        assert_eq!(list(&shop, &finance, in_state("")).await.len(), 5);
        assert_eq!(unattributed(&shop).await, 3);
        let stray = open.iter().find(|row| row.outcome.as_deref() == Some("another gateway's payment")).unwrap();
        let seen = finance::webhook(&shop.ctx, &finance, stray.id).await.unwrap();
        assert!(seen.body.contains("stray-3") && seen.body.contains(&transfer), "{}", seen.body);
        let refused = finance::webhooks(&shop.ctx, &b.buyer, &Default::default(), PageRequest::default()).await;
        assert_eq!(refusal(refused), Error::Forbidden);
        assert_eq!(refusal(finance::webhook(&shop.ctx, &b.buyer, stray.id).await), Error::Forbidden);
    })
    .await;
}

#[tokio::test]
async fn a_report_that_cannot_be_confirmed_is_kept_with_its_cause() {
    on_each_database(|shop| async move {
        let finance = shop.staff("Fina", "finance").await.unwrap();
        let b = Buying::two_stores(&shop).await;
        let placed = b.place("k").await.unwrap().view.payment;
        shop.gateway.confirms_by_query.store(true, Ordering::Relaxed);
        let charge = format!("fake-{}", domain::payment::Attempt::first(placed.id));
        // The gateway knows of no payment.
        report(&shop, &placed.id.to_string(), &charge, true).await.unwrap();
        assert_eq!(unattributed(&shop).await, 1);
        // It is paid, and cannot be asked.
        shop.gateway.settle(placed.id, placed.amount);
        shop.gateway.is_down.store(true, Ordering::Relaxed);
        let failed = report(&shop, &placed.id.to_string(), &charge, true).await;
        assert!(matches!(failed, Err(service::Error::Port { .. })), "the gateway sends it again: {failed:?}");
        let open = list(&shop, &finance, in_state("not_applied")).await;
        let mut outcomes: Vec<_> = open.into_iter().filter_map(|row| row.outcome).collect();
        outcomes.sort();
        assert_eq!(outcomes, ["failed: sandbox: down", "not confirmed"]);
        assert_eq!(unattributed(&shop).await, 1, "it will come again");
        shop.gateway.is_down.store(false, Ordering::Relaxed);
        report(&shop, &placed.id.to_string(), &charge, true).await.unwrap();
        assert_eq!(payment::find(&shop.ctx, &b.buyer, placed.id).await.unwrap().status, PaymentStatus::Paid);
    })
    .await;
}

#[tokio::test]
async fn a_gateway_that_does_not_confirm_in_time_keeps_no_webhook_waiting() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = b.place("k").await.unwrap().view.payment;
        let charge = format!("fake-{}", domain::payment::Attempt::first(placed.id));
        shop.gateway.confirms_by_query.store(true, Ordering::Relaxed);
        shop.gateway.settle(placed.id, placed.amount);
        shop.gateway.is_silent.store(true, Ordering::Relaxed);
        let mut hasty = shop.ctx.clone();
        hasty.settings = Settings { confirm_within: Duration::from_millis(20), ..Settings::clone(&shop.ctx.settings) }.into();
        let headers = HeaderMap::from_iter([("x-fake-signature".parse().unwrap(), HeaderValue::from_static("ok"))]);
        let paid = json!({ "payment": placed.id.to_string(), "kind": "paid", "reference": charge }).to_string();
        for body in [paid.as_str(), r#"{"refund":"refund-1"}"#] {
            let late = payment::receive_webhook(&hasty, "sandbox", None, &headers, body.as_bytes()).await;
            assert!(matches!(late, Err(service::Error::Port { .. })), "{late:?}");
        }
        let finance = shop.staff("Fina", "finance").await.unwrap();
        let kept = list(&shop, &finance, in_state("not_applied")).await;
        assert!(kept.iter().all(|row| row.outcome.as_deref() == Some("failed: sandbox: did not confirm in time")), "{kept:?}");
        assert_eq!(kept.len(), 2);
        shop.gateway.is_silent.store(false, Ordering::Relaxed);
        report(&shop, &placed.id.to_string(), &charge, true).await.unwrap();
        assert_eq!(payment::find(&shop.ctx, &b.buyer, placed.id).await.unwrap().status, PaymentStatus::Paid);
    })
    .await;
}

/// Senders are throttled by address, but there are many addresses.
#[tokio::test]
async fn of_many_forged_webhooks_the_newest_are_kept() {
    on_each_database(|shop| async move {
        let signed = forged(&shop, 3);
        webhook::Entity::insert(webhook::ActiveModel { state: Set(WebhookState::Applied), is_signed: Set(true), ..signed })
            .exec_without_returning(&shop.ctx.db)
            .await
            .unwrap();
        for thousand in 0..10 {
            let rows = (0..1_000).map(|n| forged(&shop, thousand * 1_000 + n));
            webhook::Entity::insert_many(rows).exec_without_returning(&shop.ctx.db).await.unwrap();
        }
        let count = async || webhook::Entity::find().count(&shop.ctx.db).await.unwrap();
        job::run(&shop.ctx, "cleanup").await.unwrap();
        assert_eq!(count().await, 10_001);
        let more = (10_000..10_007).map(|n| forged(&shop, n));
        webhook::Entity::insert_many(more).exec_without_returning(&shop.ctx.db).await.unwrap();
        job::run(&shop.ctx, "cleanup").await.unwrap();
        // The one at the edge may stay as well; what is signed always does.
        let left = count().await;
        assert!((10_001..=10_002).contains(&left), "{left}");
        let oldest = webhook::Entity::find().filter(webhook::Column::State.eq(WebhookState::Forged));
        let oldest = oldest.order_by_asc(webhook::Column::ReceivedAt).one(&shop.ctx.db).await.unwrap().unwrap();
        assert!(oldest.body == "6" || oldest.body == "7", "{}", oldest.body);
    })
    .await;
}

/// The `n`th of a series, a millisecond after the one before it.
fn forged(shop: &Shop, n: i64) -> webhook::ActiveModel {
    webhook::ActiveModel {
        id: Set(WebhookId(uuid::Uuid::now_v7())),
        gateway: Set("sandbox".into()),
        body: Set(n.to_string()),
        is_signed: Set(false),
        state: Set(WebhookState::Forged),
        outcome: Set(Some("forged".into())),
        received_at: Set(shop.ctx.now() - TimeDelta::hours(1) + TimeDelta::milliseconds(n)),
        processed_at: Set(None),
    }
}

#[tokio::test]
async fn the_list_goes_on_where_it_ended() {
    on_each_database(|shop| async move {
        let finance = shop.staff("Fina", "finance").await.unwrap();
        // Two a day; those of a day came at the same moment.
        for n in 0..6 {
            report(&shop, NOBODY, &format!("r-{n}"), n != 5).await.unwrap();
            if n % 2 == 1 {
                shop.advance(TimeDelta::days(1));
            }
        }
        let two = PageRequest::new(None, Some(2)).unwrap();
        let mut filter = in_state("not_applied");
        let mut seen = vec![];
        loop {
            let part = finance::webhooks(&shop.ctx, &finance, &filter.check().unwrap(), two).await.unwrap();
            seen.extend(part.items);
            // What comes meanwhile moves nothing.
            report(&shop, NOBODY, &format!("new-{}", seen.len()), true).await.unwrap();
            match part.next_cursor {
                Some(next) => filter.cursor = Some(next),
                None => break,
            }
        }
        assert_eq!(seen.len(), 5);
        assert!(seen.is_sorted_by(|a, b| (a.received_at, a.id) > (b.received_at, b.id)), "newest first, none twice");
        let day = WebhookFilter { from: Some("2026-11-22".into()), to: Some("2026-11-22".into()), ..Default::default() };
        assert_eq!(list(&shop, &finance, day).await.len(), 2);
        let other = WebhookFilter { gateway: Some("midtrans".into()), ..Default::default() };
        assert_eq!(list(&shop, &finance, other).await, []);
        assert!(seen.iter().all(|row| row.state == WebhookState::NotApplied));
    })
    .await;
}
