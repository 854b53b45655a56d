//! Letters over real SMTP to a server on loopback: both parts and headers, outage, 4xx, 5xx. The
//! workers' functions are driven by the test's clock.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod post_office;

use chrono::TimeDelta;
use gateway::mail::smtp::Smtp;
use post_office::PostOffice;
use server::jobs;
use service::event::{Event, emit};
use service::fixture::{Shop, on_each_database};
use service::port::Ports;
use service::{Actor, Ctx, Settings, notification};
use std::net::SocketAddr;
use std::sync::Arc;

/// Longer than an event in hand stays with its worker.
const LATER: TimeDelta = TimeDelta::minutes(3);

/// The shop's context with the real mailer, and a member of staff who may look at dead letters.
async fn with_smtp(shop: &Shop, address: SocketAddr) -> (Ctx, Actor) {
    let mailer = Arc::new(Smtp::new(&format!("smtp://{address}")).unwrap());
    let ports = Ports { mailer, ..shop.ctx.ports.clone() };
    let ctx = Ctx::new(shop.ctx.db.clone(), shop.ctx.clock.clone(), Settings::clone(&shop.ctx.settings), ports);
    (ctx, shop.staff("Jaga", "sysadmin").await.unwrap())
}

/// Somebody is to be welcomed; answers their address.
async fn welcome(shop: &Shop, name: &str) -> String {
    let actor = shop.customer(name).await.unwrap();
    let user = actor.user().unwrap();
    emit(&shop.ctx.db, shop.ctx.now(), Event::UserRegistered { user: user.id }).await.unwrap();
    user.email.clone()
}

#[tokio::test]
async fn a_letter_arrives_with_both_parts_and_its_headers() {
    on_each_database(|shop| async move {
        let post = PostOffice::open().await;
        let (ctx, _) = with_smtp(&shop, post.address).await;
        let budi = welcome(&shop, "Budi <script>alert(1)</script>").await;
        shop.seller("Toko Satu").await.unwrap();
        jobs::run_by_hand(&ctx, "weekly-report", None).await.unwrap();
        let taken = post.taken();
        assert_eq!(taken.len(), 2, "welcome and report");
        let welcome = taken.iter().find(|m| m.to == [budi.as_str()]).unwrap();
        assert_eq!(
            (welcome.from.as_str(), welcome.header("subject").unwrap().as_str()),
            ("halo@belanjain.test", "Selamat datang di Belanjain")
        );
        assert!(welcome.header("from").unwrap().contains("halo@belanjain.test"));
        assert!(welcome.header("message-id").unwrap().ends_with("@belanjain.test>"));
        assert!(welcome.header("content-type").unwrap().starts_with("multipart/alternative"));
        assert!(welcome.header("list-unsubscribe").is_none());
        let (plain, html) = (welcome.text.find("text/plain").unwrap(), welcome.text.find("text/html").unwrap());
        assert!(plain < html, "the richest part comes last");
        assert!(!welcome.text[html..].contains("<script"), "names are inert");
        let report = taken.iter().find(|m| m.to != [budi.as_str()]).unwrap();
        let link = report.header("list-unsubscribe").unwrap();
        assert!(link.starts_with("<http://127.0.0.1:3000/unsubscribe/") && link.ends_with('>'), "{link}");
        assert_eq!(report.header("list-unsubscribe-post").unwrap(), "List-Unsubscribe=One-Click");
    })
    .await;
}

#[tokio::test]
async fn an_outage_of_the_mail_server_only_delays() {
    on_each_database(|shop| async move {
        let address = PostOffice::open().await.close().await;
        let (ctx, admin) = with_smtp(&shop, address).await;
        welcome(&shop, "Budi").await;
        jobs::drain(&ctx).await.unwrap();
        let failed = notification::failed_events(&ctx, &admin, None).await.unwrap();
        assert!(failed.len() == 1 && failed[0].dead_at.is_none() && failed[0].next_try_at > Some(ctx.now()), "{failed:?}");
        let post = PostOffice::open_at(address).await;
        jobs::drain(&ctx).await.unwrap();
        assert!(post.taken().is_empty(), "not before its time");
        shop.advance(LATER);
        jobs::drain(&ctx).await.unwrap();
        assert_eq!(post.taken().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_letter_put_off_comes_once_under_the_same_message_id() {
    on_each_database(|shop| async move {
        let post = PostOffice::open().await;
        post.answer(&[451, 452]);
        let (ctx, admin) = with_smtp(&shop, post.address).await;
        welcome(&shop, "Budi").await;
        for _ in 0..5 {
            jobs::drain(&ctx).await.unwrap();
            shop.advance(LATER);
        }
        assert_eq!((post.offered().len(), post.taken().len()), (3, 1));
        let ids: Vec<_> = post.offered().iter().map(|m| m.header("message-id").unwrap()).collect();
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        assert!(notification::failed_events(&ctx, &admin, None).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_letter_refused_for_good_is_given_up_and_can_be_tried_again() {
    on_each_database(|shop| async move {
        let post = PostOffice::open().await;
        post.answer(&[550]);
        let (ctx, admin) = with_smtp(&shop, post.address).await;
        welcome(&shop, "Budi").await;
        for _ in 0..3 {
            jobs::drain(&ctx).await.unwrap();
            shop.advance(LATER);
        }
        assert_eq!(post.offered().len(), 1, "asked once");
        let dead = notification::failed_events(&ctx, &admin, None).await.unwrap();
        assert!(dead.len() == 1 && dead[0].attempts == 1 && dead[0].last_error.contains("as ordered"), "{dead:?}");
        notification::retry_event(&ctx, &admin, dead[0].id).await.unwrap();
        jobs::drain(&ctx).await.unwrap();
        assert_eq!(post.taken().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_server_that_refuses_us_only_delays_the_letter() {
    on_each_database(|shop| async move {
        let post = PostOffice::open().await;
        post.refuse_sender(550, "5.7.1 no mail from you today");
        post.refuse_sender(553, "sender address refused");
        post.refuse_sender(554, "no service");
        let (ctx, admin) = with_smtp(&shop, post.address).await;
        welcome(&shop, "Budi").await;
        for _ in 0..5 {
            jobs::drain(&ctx).await.unwrap();
            shop.advance(LATER);
        }
        assert!(notification::failed_events(&ctx, &admin, None).await.unwrap().is_empty());
        assert_eq!(post.taken().len(), 1);
    })
    .await;
}
