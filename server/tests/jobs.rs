//! Events are handled soon after they happened, also by workers that had nothing to do before.
#![allow(clippy::unwrap_used)]

use chrono::TimeDelta;
use domain::cart::AddItem;
use domain::checkout::CheckoutInput;
use domain::shipping::ShippingChoice;
use entity::{job_run, outbox, webhook};
use http::{HeaderMap, HeaderValue};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, Set};
use server::jobs;
use server::load::Load;
use service::event::{Event, emit};
use service::fixture::{Shop, on_each_database};
use service::port::{Mail, Mailer, Ports};
use service::{Actor, Ctx, Settings, cart, checkout, job, notification, payment};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::watch;

/// Far below the half minute after which an idle worker looks by itself.
const SOON: Duration = Duration::from_secs(15);

async fn buy(shop: &Shop, buyer: &Actor, key: &str, variant_id: domain::id::VariantId) {
    cart::add(&shop.ctx, buyer, AddItem { variant_id, quantity: 1 }).await.unwrap();
    let view = cart::view(&shop.ctx, buyer).await.unwrap();
    let input = CheckoutInput {
        address_id: None,
        address: Some(Shop::address()),
        item_ids: None,
        shipping: view.groups.iter().map(|g| ShippingChoice { store_id: g.store.id, service: "jne_reg".into() }).collect(),
        vouchers: None,
        notes: None,
        payment_method: "sandbox".into(),
    };
    checkout::place(&shop.ctx, buyer, key, input).await.unwrap();
}

/// Waits until nothing is left to do.
async fn done(shop: &Shop) {
    let mut tick = tokio::time::interval(Duration::from_millis(50));
    let open = outbox::Entity::find().filter(outbox::Column::DoneAt.is_null());
    while open.clone().count(&shop.ctx.db).await.unwrap() > 0 {
        tick.tick().await;
    }
}

/// Waits until the workers have ended what they had in hand.
async fn ended(running: Vec<tokio::task::JoinHandle<()>>) {
    for task in running {
        tokio::time::timeout(Duration::from_secs(60), task).await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn forged_webhooks_do_not_stay_for_ever() {
    on_each_database(|shop| async move {
        let mut signed = HeaderMap::new();
        signed.insert("x-fake-signature", HeaderValue::from_static("ok"));
        for headers in [HeaderMap::new(), signed] {
            let body = br#"{"payment":"","kind":"paid","amount":1,"reference":"r"}"#;
            payment::receive_webhook(&shop.ctx, "sandbox", None, &headers, body).await.unwrap();
        }
        let left = async |days| {
            let then = service::clock::Clock::now(&*shop.clock) + chrono::TimeDelta::days(days);
            jobs::run_by_hand(&shop.ctx, "cleanup", Some(then)).await.unwrap();
            let rows = webhook::Entity::find().all(&shop.ctx.db).await.unwrap();
            rows.into_iter().map(|row| row.is_signed).collect::<Vec<_>>()
        };
        assert_eq!(left(13).await.len(), 2);
        assert_eq!(left(15).await, [true]);
    })
    .await;
}

#[tokio::test]
async fn a_mail_server_that_is_down_for_an_afternoon_only_delays() {
    on_each_database(|shop| async move {
        let buyer = shop.customer("Budi").await.unwrap();
        jobs::migrate(&shop.ctx.db).await.unwrap();
        shop.mailer.is_down.store(true, Ordering::Relaxed);
        let welcome = Event::UserRegistered { user: buyer.user().unwrap().id };
        let id = emit(&shop.ctx.db, shop.ctx.now(), welcome).await.unwrap();
        let event = async || outbox::Entity::find_by_id(id).one(&shop.ctx.db).await.unwrap().unwrap();
        let (stop, stopped) = watch::channel(false);
        let running = jobs::start(&shop.ctx, &Load::default(), stopped);
        let mut tick = tokio::time::interval(Duration::from_millis(50));
        // Each try waits for a pause of its own, by the shop's clock.
        let (opened, mut tries) = (shop.ctx.now(), 0);
        while shop.ctx.now() - opened < TimeDelta::hours(12) {
            let tried = tokio::time::timeout(SOON, async {
                while event().await.attempts == tries {
                    tick.tick().await;
                }
            });
            tried.await.unwrap();
            tries += 1;
            assert_eq!((event().await.attempts, event().await.dead_at), (tries, None));
            shop.advance(TimeDelta::hours(1));
        }
        shop.mailer.is_down.store(false, Ordering::Relaxed);
        shop.advance(TimeDelta::hours(1));
        assert!(tokio::time::timeout(SOON, done(&shop)).await.is_ok(), "{:?}", event().await);
        assert_eq!(shop.mailer.sent().len(), 1);
        stop.send(true).unwrap();
        ended(running).await;
    })
    .await;
}

struct Panicking;

#[async_trait::async_trait]
impl Mailer for Panicking {
    async fn send(&self, _: &Mail) -> service::Result<()> {
        panic!("as ordered")
    }
}

#[tokio::test]
async fn a_handler_that_panics_counts_as_a_failed_try() {
    on_each_database(|shop| async move {
        let (buyer, admin) = (shop.customer("Budi").await.unwrap(), shop.staff("Jaga", "sysadmin").await.unwrap());
        let ports = Ports { mailer: Arc::new(Panicking), ..shop.ctx.ports.clone() };
        let ctx = Ctx::new(shop.ctx.db.clone(), shop.ctx.clock.clone(), Settings::clone(&shop.ctx.settings), ports);
        emit(&ctx.db, ctx.now(), Event::UserRegistered { user: buyer.user().unwrap().id }).await.unwrap();
        jobs::drain(&ctx).await.unwrap();
        let failed = notification::failed_events(&ctx, &admin, None).await.unwrap();
        assert!(failed.len() == 1 && failed[0].attempts == 1 && failed[0].dead_at.is_none(), "{failed:?}");
        assert!(failed[0].last_error.contains("panicked"));
        assert_eq!(failed[0].about, format!("user {}", buyer.user().unwrap().id));
    })
    .await;
}

#[tokio::test]
async fn an_idle_worker_handles_the_next_event_at_once() {
    on_each_database(|shop| async move {
        let seller = shop.seller("Toko Satu").await.unwrap();
        let buyer = shop.customer("Budi").await.unwrap();
        let sold = shop.product(&seller, "Sepatu", 100_000, 100).await.unwrap();
        jobs::migrate(&shop.ctx.db).await.unwrap();
        let (stop, stopped) = watch::channel(false);
        let running = jobs::start(&shop.ctx, &Load::default(), stopped);
        for n in 0..4 {
            buy(&shop, &buyer, &format!("k{n}"), sold.variants[0]).await;
            assert!(tokio::time::timeout(SOON, done(&shop)).await.is_ok(), "event {n} waits");
        }
        stop.send(true).unwrap();
        ended(running).await;
    })
    .await;
}

#[tokio::test]
async fn a_node_that_starts_runs_the_tick_nobody_was_up_for() {
    on_each_database(|shop| async move {
        jobs::migrate(&shop.ctx.db).await.unwrap();
        let tick = |text: &str| text.parse::<chrono::DateTime<chrono::Utc>>().unwrap();
        shop.advance(tick("2026-11-23T02:00:00Z") - shop.ctx.now());
        job::run_tick(&shop.ctx, "satu", "weekly-report", shop.ctx.now()).await.unwrap();
        shop.advance(tick("2026-12-01T09:30:00Z") - shop.ctx.now());
        let (stop, stopped) = watch::channel(false);
        let running = jobs::start(&shop.ctx, &Load::default(), stopped);
        let mut pause = tokio::time::interval(Duration::from_millis(50));
        let key = ("weekly-report".to_owned(), tick("2026-11-30T02:00:00Z").to_rfc3339());
        let made_up = tokio::time::timeout(SOON, async {
            let run = async || job_run::Entity::find_by_id(key.clone()).one(&shop.ctx.db).await.unwrap();
            while run().await.is_none_or(|run| run.finished_at.is_none()) {
                pause.tick().await;
            }
        });
        assert!(made_up.await.is_ok());
        stop.send(true).unwrap();
        ended(running).await;
    })
    .await;
}

#[tokio::test]
async fn an_event_that_cannot_be_read_is_given_up_and_holds_up_none() {
    on_each_database(|shop| async move {
        let (buyer, admin) = (shop.customer("Budi").await.unwrap(), shop.staff("Jaga", "sysadmin").await.unwrap());
        let welcome = Event::UserRegistered { user: buyer.user().unwrap().id };
        let id = emit(&shop.ctx.db, shop.ctx.now(), welcome.clone()).await.unwrap();
        let unread = outbox::ActiveModel {
            id: Set(id),
            payload: Set(serde_json::json!({ "kind": "from_the_future" })),
            ..Default::default()
        };
        outbox::Entity::update(unread).exec(&shop.ctx.db).await.unwrap();
        emit(&shop.ctx.db, shop.ctx.now(), welcome).await.unwrap();
        jobs::drain(&shop.ctx).await.unwrap();
        assert_eq!(shop.mailer.sent().len(), 1, "the one behind it is handled");
        let failed = notification::failed_events(&shop.ctx, &admin, None).await.unwrap();
        assert!(failed.len() == 1 && failed[0].dead_at.is_some() && failed[0].attempts == 1, "{failed:?}");
        assert!(failed[0].last_error.contains("cannot be read"), "{failed:?}");
    })
    .await;
}

#[tokio::test]
async fn a_job_of_another_moment_leaves_the_workers_what_they_have_in_hand() {
    on_each_database(|shop| async move {
        let seller = shop.seller("Toko Satu").await.unwrap();
        let buyer = shop.customer("Budi").await.unwrap();
        let sold = shop.product(&seller, "Sepatu", 100_000, 100).await.unwrap();
        buy(&shop, &buyer, "k", sold.variants[0]).await;
        jobs::drain(&shop.ctx).await.unwrap();
        let welcome = Event::UserRegistered { user: buyer.user().unwrap().id };
        let id = emit(&shop.ctx.db, shop.ctx.now(), welcome.clone()).await.unwrap();
        notification::mark_dispatched(&shop.ctx, &[id]).await.unwrap();
        let subjects = || shop.mailer.sent().into_iter().map(|m| m.subject).collect::<Vec<_>>();
        let sent = |text: &str| subjects().iter().filter(|s| s.starts_with(text)).count();
        let later = shop.ctx.now() + TimeDelta::hours(22);
        let outcome = jobs::run_by_hand(&shop.ctx, "remind-unpaid", Some(later)).await.unwrap();
        assert_eq!(outcome, "1 buyers reminded");
        assert_eq!((sent("Segera bayar"), sent("Selamat datang")), (1, 0), "{:?}", subjects());
        // Its worker died: somebody else takes it when that is sure.
        shop.advance(TimeDelta::minutes(3));
        jobs::run_by_hand(&shop.ctx, "remind-unpaid", Some(later)).await.unwrap();
        assert_eq!((sent("Segera bayar"), sent("Selamat datang")), (1, 1), "{:?}", subjects());

        // One that fails is tried once, and again at its time as it really is.
        shop.mailer.is_down.store(true, Ordering::Relaxed);
        let id = emit(&shop.ctx.db, shop.ctx.now(), welcome).await.unwrap();
        jobs::run_by_hand(&shop.ctx, "remind-unpaid", Some(later)).await.unwrap();
        let event = outbox::Entity::find_by_id(id).one(&shop.ctx.db).await.unwrap().unwrap();
        assert_eq!((event.attempts, event.due_at), (1, shop.ctx.now() + TimeDelta::seconds(1)));
    })
    .await;
}
