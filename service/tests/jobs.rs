//! Jobs: the nightly check of the books and its alarm, runs by hand, the audit trail.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod buying;

use buying::{Buying, refusal};
use chrono::{DateTime, TimeDelta, Utc};
use domain::admin::AuditFilter;
use domain::{Error, PageRequest};
use entity::stock_level;
use sea_orm::sea_query::Expr;
use sea_orm::{EntityTrait, ExprTrait};
use service::fixture::{Shop, on_each_database};
use service::metric::figures;
use service::{Actor, audit, identity, job, notification};

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
        assert!(again.contains("alarm was given before"), "{again}");
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
