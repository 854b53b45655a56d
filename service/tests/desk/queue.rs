//! What waits for the desk, in whose hands it is, and what the desk is shown.

use crate::buying::{Buying, refusal};
use crate::{approval, input, picture, place, proof, prove};
use bytes::Bytes;
use chrono::TimeDelta;
use domain::desk::{AgentFigures, Approval, Likeness, ProofStatus, QueueState, Rejection};
use domain::id::{PaymentId, ProofId};
use domain::order::{OrderQuery, OrderStatus, ShipInput};
use domain::payment::PaymentStatus;
use domain::{Conflict, Error, Money, Noun, PageRequest};
use service::fixture::on_each_database;
use service::{desk, order, payment};

#[tokio::test]
async fn one_agent_has_it_in_hand_until_the_lease_ends() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let (one, two) = (shop.staff("Citra", "cs1").await.unwrap(), shop.staff("Dodi", "cs1").await.unwrap());
        let sent = prove(&b, "k").await;
        desk::claim(&shop.ctx, &one, sent.id).await.unwrap();
        let held = Error::Conflict(Conflict::ClaimedByOther { agent: "Citra".into() });
        assert_eq!(refusal(desk::claim(&shop.ctx, &two, sent.id).await), held);
        assert_eq!(refusal(desk::approve(&shop.ctx, &two, sent.id, approval(None)).await), held);
        assert_eq!(desk::claim_next(&shop.ctx, &two, None).await.unwrap(), None);
        shop.advance(TimeDelta::minutes(11));
        assert_eq!(desk::claim_next(&shop.ctx, &two, None).await.unwrap(), Some(sent.id));
        assert_eq!(
            refusal(desk::approve(&shop.ctx, &one, sent.id, approval(None)).await),
            Error::Conflict(Conflict::ClaimedByOther { agent: "Dodi".into() })
        );
        desk::release(&shop.ctx, &two, sent.id).await.unwrap();
        assert!(desk::claim(&shop.ctx, &one, sent.id).await.unwrap().row.is_mine);
        // Who is no agent sees nothing.
        for stranger in [&b.buyer, &b.sellers[0], &shop.staff("Satria", "cs2").await.unwrap()] {
            assert_eq!(refusal(desk::claim(&shop.ctx, stranger, sent.id).await), Error::Forbidden);
            assert!(desk::desk_file(&shop.ctx, stranger, sent.id).await.is_err());
        }
    })
    .await;
}

#[tokio::test]
async fn a_proof_shown_before_is_recognised() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let first = prove(&b, "k1").await;
        let mut shown = vec![];
        let files = [proof(1), picture(1, image::ImageFormat::Jpeg, 400), proof(7)];
        for (n, file) in files.into_iter().enumerate() {
            b.fill_cart(&[1, 1]).await;
            let placed = place(&b, &b.buyer, &format!("weiter{n}")).await;
            desk::submit(&shop.ctx, &b.buyer, placed.id, input(placed.amount), file).await.unwrap();
            let found = desk::find(&shop.ctx, &agent, placed.id).await.unwrap().duplicates;
            shown.push(found.into_iter().filter(|d| d.payment_id == first.id).map(|d| d.likeness).collect::<Vec<_>>());
        }
        assert_eq!(shown, [vec![Likeness::Same], vec![Likeness::Similar], vec![]]);
    })
    .await;
}

#[tokio::test]
async fn a_proof_that_was_rejected_for_the_same_payment_is_recognised_and_kept_in_sight() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let first = prove(&b, "k").await;
        let before = desk::find(&shop.ctx, &agent, first.id).await.unwrap();
        assert!(before.earlier.is_empty() && before.duplicates.is_empty());
        let mut told = vec![];
        let files = [proof(1), picture(1, image::ImageFormat::Jpeg, 400), proof(7)];
        for (n, file) in files.into_iter().enumerate() {
            let reason = Rejection { reason: format!("Alasan {n}"), proof_id: None };
            desk::reject(&shop.ctx, &agent, first.id, reason).await.unwrap();
            shop.advance(TimeDelta::minutes(1));
            desk::submit(&shop.ctx, &b.buyer, first.id, input(first.amount), file).await.unwrap();
            let found = desk::find(&shop.ctx, &agent, first.id).await.unwrap();
            assert!(found.duplicates.iter().all(|d| d.payment_id == first.id && d.status == ProofStatus::Rejected));
            told.push(found.duplicates.into_iter().map(|d| d.likeness).collect::<Vec<_>>());
        }
        // The newest first: the third file is nearly the first two, which are the same; the fourth is new.
        assert_eq!(told, [vec![Likeness::Same], vec![Likeness::Similar; 2], vec![]]);
        let seen = desk::find(&shop.ctx, &agent, first.id).await.unwrap();
        let reasons: Vec<_> = seen.earlier.iter().map(|p| (p.status, p.reason.as_deref().unwrap_or_default())).collect();
        assert_eq!(reasons, [2, 1, 0].map(|n| (ProofStatus::Rejected, ["Alasan 0", "Alasan 1", "Alasan 2"][n])));
        assert_eq!(seen.earlier[2].submitted_at, before.row.submitted_at);
        assert!(seen.earlier.iter().all(|p| p.media_type == "image/webp"));
    })
    .await;
}

#[tokio::test]
async fn an_earlier_proof_is_opened_by_the_desk_alone() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let placed = place(&b, &b.buyer, "k").await;
        let pdf = Bytes::from_static(b"%PDF-1.7\n1 0 obj\n%%EOF\n");
        desk::submit(&shop.ctx, &b.buyer, placed.id, input(placed.amount), pdf.clone()).await.unwrap();
        desk::reject(&shop.ctx, &agent, placed.id, Rejection { reason: "Tidak terbaca".into(), proof_id: None }).await.unwrap();
        desk::submit(&shop.ctx, &b.buyer, placed.id, input(placed.amount), proof(1)).await.unwrap();
        let earlier = desk::find(&shop.ctx, &agent, placed.id).await.unwrap().earlier;
        let id: ProofId = earlier[0].proof_url.split('/').nth(5).unwrap().parse().unwrap();
        let file = desk::desk_proof_file(&shop.ctx, &agent, id).await.unwrap();
        assert_eq!((file.media_type.as_str(), file.bytes), ("application/pdf", pdf));
        // The newest is served as before.
        assert_eq!(desk::desk_file(&shop.ctx, &agent, placed.id).await.unwrap().media_type, "image/webp");
        for stranger in [&b.buyer, &b.sellers[0], &shop.staff("Satria", "cs2").await.unwrap()] {
            let refused = desk::desk_proof_file(&shop.ctx, stranger, id).await.map(|file| file.media_type);
            assert_eq!(refusal(refused), Error::Forbidden);
        }
        let unknown = desk::desk_proof_file(&shop.ctx, &agent, ProofId(placed.id.0)).await.map(|file| file.media_type);
        assert_eq!(refusal(unknown), Error::NotFound(Noun::Image));
    })
    .await;
}

#[tokio::test]
async fn files_are_read_with_care() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let placed = place(&b, &b.buyer, "k").await;
        let send =
            |file: &'static [u8]| desk::submit(&shop.ctx, &b.buyer, placed.id, input(placed.amount), Bytes::from_static(file));
        for bad in [&b"<html>"[..], b"", b"%PDF-1.7 without an end", b"\x89PNG\r\n\x1a\nbroken"] {
            assert_eq!(refusal(send(bad).await), Error::UnsupportedType);
        }
        let refused = refusal(desk::submit(&shop.ctx, &b.buyer, placed.id, input(Money(0)), proof(1)).await);
        assert_eq!(refused.fields()[0].field, "amount");
        // Nothing half-written.
        assert_eq!(payment::find(&shop.ctx, &b.buyer, placed.id).await.unwrap().status, PaymentStatus::Pending);
        send(b"%PDF-1.7\n1 0 obj\n%%EOF\n").await.unwrap();
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let file = desk::desk_file(&shop.ctx, &agent, placed.id).await.unwrap();
        assert_eq!(file.media_type, "application/pdf");
        // Only the buyer and the desk see it.
        let stranger = shop.customer("Siti").await.unwrap();
        assert!(desk::proof_file(&shop.ctx, &stranger, placed.id).await.is_err());
        assert!(desk::submit(&shop.ctx, &stranger, placed.id, input(Money(1)), proof(1)).await.is_err());
        // A payment by gateway takes none.
        b.fill_cart(&[1, 1]).await;
        let other = b.place("sandbox").await.unwrap().view.payment.id;
        let refused = refusal(desk::submit(&shop.ctx, &b.buyer, other, input(Money(1)), proof(1)).await);
        assert_eq!(refused, Error::Conflict(Conflict::PaymentClosed));
    })
    .await;
}

#[tokio::test]
async fn the_queue_is_worked_off_oldest_first() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let mut sent: Vec<PaymentId> = vec![];
        for n in 0..3 {
            b.fill_cart(&[1, 1]).await;
            sent.push(prove(&b, &format!("k{n}")).await.id);
            shop.advance(TimeDelta::minutes(1));
        }
        let open = desk::list(&shop.ctx, &agent, QueueState::Open, PageRequest::default()).await.unwrap();
        assert_eq!(open.items.iter().map(|r| r.payment_id).collect::<Vec<_>>(), sent);
        let figures = desk::figures(&shop.ctx, &agent).await.unwrap();
        assert_eq!((figures.waiting, figures.oldest_minutes, figures.median_minutes), (3, 3, None));
        let mut after = None;
        for expected in &sent {
            let next = desk::claim_next(&shop.ctx, &agent, after).await.unwrap();
            assert_eq!(next, Some(*expected));
            desk::approve(&shop.ctx, &agent, *expected, approval(None)).await.unwrap();
            after = next;
        }
        assert_eq!(desk::claim_next(&shop.ctx, &agent, after).await.unwrap(), None);
        let figures = desk::figures(&shop.ctx, &agent).await.unwrap();
        assert_eq!((figures.waiting, figures.decided_by_me, figures.median_minutes), (0, 3, Some(2)));
        assert_eq!(figures.agents, [AgentFigures { agent: "Citra".into(), decided: 3, median_minutes: Some(2) }]);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn skipping_walks_the_whole_queue_and_begins_again() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let mut sent: Vec<PaymentId> = vec![];
        for n in 0..3 {
            b.fill_cart(&[1, 1]).await;
            // Two of one moment are told apart too.
            sent.push(prove(&b, &format!("k{n}")).await.id);
        }
        let mut walked = vec![];
        let mut after = None;
        for _ in 0..6 {
            if let Some(skipped) = after {
                desk::release(&shop.ctx, &agent, skipped).await.unwrap();
            }
            after = desk::claim_next(&shop.ctx, &agent, after).await.unwrap();
            walked.push(after.unwrap());
        }
        assert_eq!(walked, [&sent[..], &sent[..]].concat());
    })
    .await;
}

#[tokio::test]
async fn the_second_layer_ships_for_every_store_and_cancels_until_then() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Satria", "cs2").await.unwrap();
        let numbers = b.numbers_by_seller(&b.pay("k").await);
        assert_eq!(order::desk::counts(&shop.ctx, &agent).await.unwrap().all, 2);
        order::desk::accept(&shop.ctx, &agent, &numbers[0]).await.unwrap();
        let input = || ShipInput { courier: "JNE".into(), tracking_number: "JX1".into() };
        let shipped = order::desk::ship(&shop.ctx, &agent, &numbers[0], input()).await.unwrap();
        assert_eq!(shipped.status, OrderStatus::Shipped);
        let cancel = || domain::order::CancelInput { reason: Some("stok rusak".into()) };
        assert!(matches!(
            refusal(order::desk::cancel(&shop.ctx, &agent, &numbers[0], cancel()).await),
            Error::Conflict(Conflict::InvalidTransition { status: OrderStatus::Shipped })
        ));
        order::desk::cancel(&shop.ctx, &agent, &numbers[1], cancel()).await.unwrap();
        assert_eq!(b.available().await, [9, 5]);
        b.refund_all().await;
        b.verify().await;
        let first = shop.staff("Citra", "cs1").await.unwrap();
        assert_eq!(refusal(order::desk::find(&shop.ctx, &first, &numbers[0]).await), Error::Forbidden);
    })
    .await;
}

#[tokio::test]
async fn the_second_layers_queue_is_oldest_first_and_timed() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let (one, two) = (shop.staff("Satria", "cs2").await.unwrap(), shop.staff("Dewi", "cs2").await.unwrap());
        let mut paid = vec![];
        for n in 0..2 {
            b.fill_cart(&[1, 1]).await;
            paid.extend(b.numbers_by_seller(&b.pay(&format!("k{n}")).await));
            shop.advance(TimeDelta::minutes(10));
        }
        let of = async |status| {
            let query = OrderQuery { status: Some(status), ..OrderQuery::default() };
            let page = order::desk::list(&shop.ctx, &one, &query).await.unwrap();
            page.items.into_iter().map(|row| row.number).collect::<Vec<_>>()
        };
        let waiting = of(OrderStatus::Pending).await;
        assert!(paid[..2].contains(&waiting[0]) && paid[..2].contains(&waiting[1]), "the first checkout's orders come first");
        order::desk::accept(&shop.ctx, &one, &paid[0]).await.unwrap();
        order::desk::accept(&shop.ctx, &one, &paid[1]).await.unwrap();
        shop.advance(TimeDelta::minutes(5));
        let parcel = ShipInput { courier: "JNE".into(), tracking_number: "JX1".into() };
        order::desk::ship(&shop.ctx, &two, &paid[0], parcel).await.unwrap();
        let figures = order::desk::figures(&shop.ctx, &two).await.unwrap();
        assert_eq!(
            (figures.waiting, figures.oldest_minutes, figures.decided_by_me, figures.median_minutes),
            (3, 25, 1, Some(20))
        );
        let agents: Vec<_> = figures.agents.iter().map(|a| (a.agent.as_str(), a.decided, a.median_minutes)).collect();
        assert_eq!(agents, [("Satria", 2, Some(20)), ("Dewi", 1, Some(5))]);
        assert_eq!(refusal(order::desk::figures(&shop.ctx, &b.sellers[0]).await), Error::Forbidden);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn a_mistyped_tracking_number_is_put_right_until_delivery() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let number = &b.numbers_by_seller(&b.pay("k").await)[0];
        b.ship(0, number).await;
        let parcel = |code: &str| ShipInput { courier: "JNE".into(), tracking_number: code.into() };
        let again = order::ship(&shop.ctx, &b.sellers[0], number, parcel("JX1")).await.unwrap();
        let steps = again.timeline.len();
        let right = order::ship(&shop.ctx, &b.sellers[0], number, parcel("JX2")).await.unwrap();
        assert_eq!((right.shipping.tracking_number.as_deref(), right.timeline.len()), (Some("JX2"), steps + 1));
        assert_eq!(right.timeline.last().unwrap().note.as_deref(), Some("JNE JX1 → JNE JX2"));
        assert_eq!(b.stock(b.sold[0].variants[0]).await, (9, 0), "the stock left once");
        order::confirm_receipt(&shop.ctx, &b.buyer, number).await.unwrap();
        assert!(order::ship(&shop.ctx, &b.sellers[0], number, parcel("JX3")).await.is_err());
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn a_proof_that_was_not_seen_is_not_decided_on() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let sent = prove(&b, "k").await;
        let seen = desk::find(&shop.ctx, &agent, sent.id).await.unwrap();
        desk::reject(&shop.ctx, &agent, sent.id, Rejection { reason: "Buram".into(), proof_id: None }).await.unwrap();
        let amount = sent.transfer.as_ref().unwrap().amount;
        desk::submit(&shop.ctx, &b.buyer, sent.id, input(amount), proof(2)).await.unwrap();
        // From a page that was opened before.
        let late = Approval { proof_id: Some(seen.proof_id), ..approval(None) };
        let refused = Error::Conflict(Conflict::AlreadyDecided);
        assert_eq!(refusal(desk::approve(&shop.ctx, &agent, sent.id, late).await), refused);
        let late = Rejection { reason: "Buram".into(), proof_id: Some(seen.proof_id) };
        assert_eq!(refusal(desk::reject(&shop.ctx, &agent, sent.id, late).await), refused);
        let now = desk::find(&shop.ctx, &agent, sent.id).await.unwrap();
        let good = Approval { proof_id: Some(now.proof_id), ..approval(None) };
        let done = desk::approve(&shop.ctx, &agent, sent.id, good).await.unwrap();
        assert_eq!(done.row.status, ProofStatus::Approved);
        b.verify().await;
    })
    .await;
}
