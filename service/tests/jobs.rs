//! Jobs: the nightly check of the books and its alarm, runs by hand, the audit trail.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod buying;

use buying::{Buying, refusal};
use chrono::{DateTime, TimeDelta, Utc};
use domain::admin::AuditFilter;
use domain::{Error, PageRequest};
use entity::{email, job_run, outbox, refresh_token, session, stock_level};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, Set};
use service::fixture::{Shop, on_each_database};
use service::metric::figures;
use service::port::{Charge, ChargeRequest, GatewayEvent, PaymentGateway, RefundRequest, RefundState, Report};
use service::{Actor, audit, identity, job, notification};
use std::sync::Arc;
use std::sync::atomic::Ordering;

async fn work(shop: &Shop) {
    for (id, _) in notification::claim_due(&shop.ctx, 100).await.unwrap() {
        notification::mark_dispatched(&shop.ctx, &[id]).await.unwrap();
        let Some(event) = notification::open_event(&shop.ctx, id).await.unwrap() else { continue };
        notification::handle(&shop.ctx, id, &event).await.unwrap();
        notification::finish(&shop.ctx, id).await.unwrap();
    }
}

/// One unit too many on every shelf.
async fn falsify(shop: &Shop, by: i64) {
    let wrong = Expr::col(stock_level::Column::OnHand).add(by);
    stock_level::Entity::update_many().col_expr(stock_level::Column::OnHand, wrong).exec(&shop.ctx.db).await.unwrap();
}

async fn disagreements(shop: &Shop) -> Option<i64> {
    let found = figures(&shop.ctx).await.unwrap();
    found.into_iter().find(|f| f.name == "belanjain_books_disagreements").map(|f| f.value)
}

#[tokio::test]
async fn wrong_books_raise_one_alarm_a_night() {
    on_each_database(|shop| async move {
        Buying::two_stores(&shop).await;
        for (role, email) in [("sysadmin", "jaga@contoh.id"), ("admin", "admin@contoh.id"), ("finance", "uang@contoh.id")] {
            identity::create_staff(&shop.ctx, role, "Petugas", email, "kopi-tubruk-9431").await.unwrap();
        }
        let alarms = |shop: &Shop| {
            let sent = shop.mailer.sent().into_iter().filter(|m| m.subject.starts_with("Pembukuan tidak cocok"));
            let mut to: Vec<String> = sent.map(|m| m.to).collect();
            to.sort();
            to
        };
        // 03:15 in Jakarta; two nodes tick at once, and somebody runs it by hand as well.
        let tick: DateTime<Utc> = "2026-11-21T20:15:00Z".parse().unwrap();
        shop.advance(tick - shop.ctx.now());
        assert!(job::run_tick(&shop.ctx, "satu", "verify-books", tick).await.unwrap());
        work(&shop).await;
        assert!(alarms(&shop).is_empty());
        assert_eq!(disagreements(&shop).await, Some(0));

        falsify(&shop, 1).await;
        shop.advance(TimeDelta::days(1));
        let tick = tick + TimeDelta::days(1);
        let (one, two) = tokio::join!(
            job::run_tick(&shop.ctx, "satu", "verify-books", tick),
            job::run_tick(&shop.ctx, "dua", "verify-books", tick)
        );
        assert!(one.unwrap() != two.unwrap(), "one node runs it");
        let again = job::run(&shop.ctx, "verify-books").await.unwrap();
        assert!(again.is_failed && again.text.contains("alarm was given before"), "{again:?}");
        work(&shop).await;
        assert_eq!(alarms(&shop), ["admin@contoh.id", "jaga@contoh.id"], "who may manage the system, once");
        let letter = shop.mailer.sent_to("jaga@contoh.id").pop().unwrap();
        assert!(letter.text.contains("stock level differs from the sum of its movements"), "{}", letter.text);
        assert_eq!(disagreements(&shop).await, Some(2));

        // Still wrong the next night: another alarm. Mended: silence.
        shop.advance(TimeDelta::days(1));
        job::run_tick(&shop.ctx, "satu", "verify-books", tick + TimeDelta::days(1)).await.unwrap();
        work(&shop).await;
        assert_eq!(alarms(&shop).len(), 4);
        falsify(&shop, -1).await;
        shop.advance(TimeDelta::days(1));
        job::run_tick(&shop.ctx, "satu", "verify-books", tick + TimeDelta::days(2)).await.unwrap();
        work(&shop).await;
        assert_eq!(alarms(&shop).len(), 4);

        let admin = shop.staff("Admin", "sysadmin").await.unwrap();
        let all = job::jobs(&shop.ctx, &admin).await.unwrap();
        let books = all.iter().find(|j| j.name == "verify-books").unwrap();
        let outcomes: Vec<_> = books.runs.iter().map(|r| r.outcome.clone().unwrap()).collect();
        assert_eq!(outcomes.len(), 4);
        assert!(outcomes[0].contains("balanced") && outcomes[1].contains("2 disagreements, reference "), "{outcomes:?}");
    })
    .await;
}

#[tokio::test]
async fn a_run_by_hand_is_allowed_audited_and_carried_out_once() {
    on_each_database(|shop| async move {
        let staff = identity::create_staff(&shop.ctx, "sysadmin", "Wira", "wira@contoh.id", "kopi-tubruk-9431").await.unwrap();
        let mut admin = shop.staff("Wira", "sysadmin").await.unwrap();
        admin.user.as_mut().unwrap().id = staff;
        let buyer = shop.customer("Budi").await.unwrap();
        assert_eq!(refusal(job::request(&shop.ctx, &buyer, "cleanup").await), Error::Forbidden);
        assert_eq!(refusal(job::jobs(&shop.ctx, &Actor::default()).await), Error::Unauthenticated);
        assert!(matches!(refusal(job::request(&shop.ctx, &admin, "rm-rf").await), Error::NotFound(_)));
        let asked = job::request(&shop.ctx, &admin, "cleanup").await.unwrap();
        assert!(asked.finished_at.is_none() && asked.requested_by.as_deref() == Some("Wira"));
        let runs = async || {
            let all = job::jobs(&shop.ctx, &admin).await.unwrap();
            all.into_iter().find(|j| j.name == "cleanup").unwrap().runs
        };
        assert!(runs().await[0].finished_at.is_none(), "waits for a worker");
        work(&shop).await;
        let done = runs().await;
        assert_eq!((done.len(), done[0].is_failed, done[0].requested_by.as_deref()), (1, false, Some("Wira")));
        assert!(done[0].outcome.as_deref().unwrap().contains("removed"));

        let filter = |action: Option<&str>, actor: Option<&str>, from: Option<&str>| {
            AuditFilter::read(actor, action, None, from, None).unwrap()
        };
        let found =
            async |filter: AuditFilter| audit::trail(&shop.ctx, &admin, &filter, PageRequest::default()).await.unwrap().items;
        let rows = found(filter(Some("job.run"), Some("WIRA@contoh.id"), Some("2026-11-21"))).await;
        assert_eq!((rows.len(), rows[0].subject_id.as_str(), rows[0].actor_name.as_str()), (1, "cleanup", "Wira"));
        assert!(found(filter(Some("job.stop"), None, None)).await.is_empty());
        assert!(found(filter(None, Some("siapa@contoh.id"), None)).await.is_empty());
        assert!(found(filter(None, None, Some("2026-11-22"))).await.is_empty());
        let subject = AuditFilter { subject: Some("job:cleanup".into()), ..AuditFilter::default() };
        assert_eq!(found(subject).await.len(), 1);
        let refused = audit::trail(&shop.ctx, &buyer, &AuditFilter::default(), PageRequest::default()).await;
        assert_eq!(refusal(refused), Error::Forbidden);
    })
    .await;
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_tick_nobody_was_up_for_is_made_up_for() {
    on_each_database(|shop| async move {
        let (weekly, minutely) = (job::find("weekly-report").unwrap(), job::find("auto-cancel").unwrap());
        let missed = async |job: &job::Job| job::ticks(job, job::seen(&shop.ctx, job).await.unwrap(), shop.ctx.now());
        shop.advance(TimeDelta::days(2));
        assert!(missed(weekly).await.is_empty(), "a new shop has missed nothing");
        let monday = at("2026-11-23T02:00:00Z");
        assert!(job::run_tick(&shop.ctx, "satu", weekly.name, monday).await.unwrap());
        assert!(job::run_tick(&shop.ctx, "satu", minutely.name, monday).await.unwrap());
        // By hand is not on schedule.
        let wira = identity::create_staff(&shop.ctx, "sysadmin", "Wira", "wira@contoh.id", "kopi-tubruk-9431").await.unwrap();
        let mut admin = shop.staff("Wira", "sysadmin").await.unwrap();
        admin.user.as_mut().unwrap().id = wira;
        job::request(&shop.ctx, &admin, weekly.name).await.unwrap();

        shop.advance(at("2026-12-02T05:00:00Z") - shop.ctx.now());
        assert_eq!(missed(weekly).await, [at("2026-11-30T02:00:00Z")]);
        assert_eq!(missed(minutely).await[0], at("2026-12-01T05:01:00Z"), "a day back at most");
        shop.advance(TimeDelta::days(60));
        assert_eq!(missed(weekly).await.len(), 1, "last week's only");
    })
    .await;
}

#[tokio::test]
async fn a_run_whose_node_died_is_followed_up_by_one_other() {
    on_each_database(|shop| async move {
        let (ctx, weekly) = (&shop.ctx, job::find("weekly-report").unwrap());
        let tick = at("2026-11-16T02:00:00Z");
        let claimed = job_run::ActiveModel {
            job: Set(weekly.name.into()),
            tick: Set(tick.to_rfc3339()),
            node: Set("mati".into()),
            started_at: Set(ctx.now()),
            finished_at: Set(None),
            outcome: Set(None),
            is_failed: Set(false),
            requested_by: Set(None),
            beat_at: Set(ctx.now()),
        };
        job_run::Entity::insert(claimed).exec_without_returning(&ctx.db).await.unwrap();
        shop.advance(TimeDelta::minutes(4));
        assert!(job::abandoned(ctx, weekly).await.unwrap().is_empty());
        assert!(!job::run_tick(ctx, "satu", weekly.name, tick).await.unwrap(), "it may be busy still");
        shop.advance(TimeDelta::minutes(2));
        assert_eq!(job::abandoned(ctx, weekly).await.unwrap(), [tick]);
        let (one, two) =
            tokio::join!(job::run_tick(ctx, "satu", weekly.name, tick), job::run_tick(ctx, "dua", weekly.name, tick));
        assert!(one.unwrap() != two.unwrap(), "one node follows up");
        assert!(job::abandoned(ctx, weekly).await.unwrap().is_empty());
        let run = job_run::Entity::find().one(&ctx.db).await.unwrap().unwrap();
        assert!(run.finished_at.is_some() && run.node != "mati" && !run.is_failed, "{run:?}");
    })
    .await;
}

/// A gateway that breaks whoever asks it.
struct Broken;

#[async_trait::async_trait]
impl PaymentGateway for Broken {
    fn name(&self) -> &'static str {
        "sandbox"
    }
    async fn find(&self, _: &str) -> service::Result<Option<GatewayEvent>> {
        panic!("as ordered")
    }
    async fn charge(&self, _: ChargeRequest) -> service::Result<Charge> {
        panic!("as ordered")
    }
    fn read_webhook(&self, _: &http::HeaderMap, _: &[u8]) -> service::Result<Option<Report>> {
        panic!("as ordered")
    }
    async fn refund(&self, _: RefundRequest) -> service::Result<RefundState> {
        panic!("as ordered")
    }
}

#[tokio::test]
async fn a_run_that_panics_or_fails_in_part_is_seen_and_the_next_goes_on() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let payment = b.place("k").await.unwrap().view.payment.id;
        let admin = shop.staff("Admin", "sysadmin").await.unwrap();
        let latest = async |name: &str| {
            let all = job::jobs(&shop.ctx, &admin).await.unwrap();
            let run = all.into_iter().find(|j| j.name == name).unwrap().runs.remove(0);
            (run.is_failed, run.outcome.unwrap())
        };
        shop.advance(TimeDelta::minutes(5));
        shop.gateway.is_down.store(true, Ordering::Relaxed);
        assert!(job::run_tick(&shop.ctx, "satu", "reconcile-payments", shop.ctx.now()).await.unwrap());
        let text = format!("0 payments changed, 1 failed: {payment}");
        assert_eq!(latest("reconcile-payments").await, (true, text));
        shop.gateway.is_down.store(false, Ordering::Relaxed);

        shop.advance(TimeDelta::hours(25));
        let mut broken = shop.ctx.clone();
        broken.ports.gateways = Arc::new([("sandbox".to_owned(), Arc::new(Broken) as _)].into());
        assert!(job::run_tick(&broken, "satu", "auto-cancel", shop.ctx.now()).await.unwrap());
        assert_eq!(latest("auto-cancel").await, (true, "fault: panicked".into()));
        shop.advance(TimeDelta::minutes(1));
        assert!(job::run_tick(&shop.ctx, "satu", "auto-cancel", shop.ctx.now()).await.unwrap());
        assert_eq!(latest("auto-cancel").await, (false, "1 payments expired".into()));
    })
    .await;
}

#[tokio::test]
async fn what_nobody_needs_goes_at_its_time_and_a_part_that_fails_stops_no_other() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        b.place("k").await.unwrap();
        let sari = serde_json::from_value(serde_json::json!({
            "name": "Sari", "email": "sari@contoh.id", "password": "kopi-tubruk-9431", "role": "customer",
        }));
        identity::register(&shop.ctx, &Actor::default(), sari.unwrap()).await.unwrap();
        work(&shop).await;
        let start = shop.ctx.now();
        // Events, refresh tokens, sessions, letters that still say something.
        let left = async |days: i64| {
            let outcome = job::run(&shop.ctx.at(start + TimeDelta::days(days)), "cleanup").await.unwrap();
            let db = &shop.ctx.db;
            let counts = (
                outbox::Entity::find().count(db).await.unwrap(),
                refresh_token::Entity::find().count(db).await.unwrap(),
                session::Entity::find().count(db).await.unwrap(),
                email::Entity::find().filter(email::Column::Body.ne("")).count(db).await.unwrap(),
            );
            (outcome, counts)
        };
        assert_eq!(left(29).await.1, (2, 1, 1, 2));
        assert_eq!(left(31).await.1, (0, 0, 1, 2));
        assert_eq!(left(61).await.1, (0, 0, 0, 2));
        shop.ctx.db.execute_unprepared("DROP TABLE idempotency_key").await.unwrap();
        let (outcome, counts) = left(91).await;
        assert_eq!(counts, (0, 0, 0, 0));
        assert!(
            outcome.is_failed && outcome.text.contains("2 texts of letters removed, 1 failed: idempotency keys"),
            "{outcome:?}"
        );
        assert_eq!(email::Entity::find().count(&shop.ctx.db).await.unwrap(), 2, "that they were written is known");
    })
    .await;
}
