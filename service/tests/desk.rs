//! Bank transfers: proofs, the desk's decisions, and the money behind them, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod buying;

use buying::{Buying, checkout_input, refusal};
use bytes::Bytes;
use chrono::TimeDelta;
use domain::desk::{Approval, Likeness, ProofInput, ProofStatus, QueueState, Rejection};
use domain::id::PaymentId;
use domain::ledger::AccountKind;
use domain::order::{OrderStatus, ShipInput};
use domain::payment::{PaymentStatus, PaymentView, RefundStatus};
use domain::refund::RefundProof;
use domain::store::StockPolicy;
use domain::{Conflict, Error, Money, PageRequest};
use entity::{audit_entry, store};
use futures::future::join_all;
use sea_orm::sea_query::Expr;
use sea_orm::{EntityTrait, PaginatorTrait};
use service::fixture::{Shop, on_each_database};
use service::{Actor, Settings, cart, checkout, desk, finance, order, payment, refund};
use std::io::Cursor;

/// A picture of stripes; another `seed` looks different.
fn picture(seed: u32, format: image::ImageFormat, side: u32) -> Bytes {
    let made = image::RgbImage::from_fn(side, side, |x, y| {
        let (column, row) = (x * 8 / side, y * 8 / side);
        let shade = (column * 31 + row * 17 + seed * (column * column + row * 3) * 29) % 256;
        image::Rgb([shade as u8; 3])
    });
    let mut bytes = Cursor::new(vec![]);
    made.write_to(&mut bytes, format).unwrap();
    bytes.into_inner().into()
}

fn proof(seed: u32) -> Bytes {
    picture(seed, image::ImageFormat::Png, 240)
}

fn input(amount: Money) -> ProofInput {
    ProofInput { amount, sender_name: "Budi Santoso".into(), sender_bank: "BCA".into() }
}

fn approval(amount: Option<Money>) -> Approval {
    Approval { amount }
}

/// Places the cart by bank transfer.
async fn place(b: &Buying, buyer: &Actor, key: &str) -> PaymentView {
    let mut input = checkout_input(&b.ctx, buyer).await;
    input.payment_method = "manual_transfer".into();
    checkout::place(&b.ctx, buyer, key, input).await.unwrap().view.payment
}

/// Places, and sends a proof of the exact amount.
async fn prove(b: &Buying, key: &str) -> PaymentView {
    let placed = place(b, &b.buyer, key).await;
    let amount = placed.transfer.as_ref().unwrap().amount;
    desk::submit(&b.ctx, &b.buyer, placed.id, input(amount), proof(1)).await.unwrap()
}

async fn status(b: &Buying, number: &str) -> OrderStatus {
    order::find(&b.ctx, &b.buyer, number).await.unwrap().status
}

async fn balance(shop: &Shop, account: AccountKind) -> i64 {
    let finance = shop.staff("Fitri", "finance").await.unwrap();
    let balances = finance::balances(&shop.ctx, &finance).await.unwrap();
    balances.into_iter().find(|b| b.account == account).unwrap().balance.0
}

#[tokio::test]
async fn a_verified_transfer_pays_every_order() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let sent = prove(&b, "k").await;
        let asked = sent.transfer.clone().unwrap();
        assert_eq!(sent.status, PaymentStatus::AwaitingVerification);
        assert!((1..=999).contains(&(asked.amount.0 - sent.amount.0)));
        assert!(sent.instructions.unwrap().contains("1234567890"));
        for number in &sent.orders {
            assert_eq!(status(&b, number).await, OrderStatus::AwaitingVerification);
        }
        b.verify().await;
        // Time passes: a proof that waits is not cancelled under the agent's hands.
        shop.advance(TimeDelta::hours(30));
        assert_eq!(payment::auto_cancel(&shop.ctx).await.unwrap(), 0);

        let claimed = desk::claim(&shop.ctx, &agent, sent.id).await.unwrap();
        assert!(claimed.row.is_mine);
        assert_eq!((claimed.row.expected, claimed.row.stated), (asked.amount, asked.amount));
        let done = desk::approve(&shop.ctx, &agent, sent.id, approval(None)).await.unwrap();
        assert_eq!(done.row.status, ProofStatus::Approved);
        let paid = payment::find(&shop.ctx, &b.buyer, sent.id).await.unwrap();
        assert_eq!(paid.status, PaymentStatus::Paid);
        for number in &sent.orders {
            assert_eq!(status(&b, number).await, OrderStatus::Pending);
        }
        // The suffix stays in the house.
        assert_eq!(balance(&shop, AccountKind::Rounding).await, -(asked.amount.0 - sent.amount.0));
        b.verify().await;
        // Repeating it changes nothing; somebody else is told.
        desk::approve(&shop.ctx, &agent, sent.id, approval(None)).await.unwrap();
        let other = shop.staff("Dodi", "cs1").await.unwrap();
        let refused = refusal(desk::approve(&shop.ctx, &other, sent.id, approval(None)).await);
        assert_eq!(refused, Error::Conflict(Conflict::AlreadyDecided));
        assert_eq!(audit_entry::Entity::find().count(&shop.ctx.db).await.unwrap(), 1);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn a_rejected_proof_may_be_sent_again() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let sent = prove(&b, "k").await;
        let again = desk::submit(&shop.ctx, &b.buyer, sent.id, input(Money(1)), proof(2)).await;
        assert_eq!(refusal(again), Error::Conflict(Conflict::ProofWaiting));
        shop.advance(TimeDelta::hours(30));
        let rejection = |reason: &str| Rejection { reason: reason.into() };
        let refused = refusal(desk::reject(&shop.ctx, &agent, sent.id, rejection(" ")).await);
        assert_eq!(refused.fields()[0].field, "reason");
        desk::reject(&shop.ctx, &agent, sent.id, rejection("Bukti tidak terbaca")).await.unwrap();
        let view = payment::find(&shop.ctx, &b.buyer, sent.id).await.unwrap();
        assert_eq!((view.status, view.proof.unwrap().reason.unwrap().as_str()), (PaymentStatus::Pending, "Bukti tidak terbaca"));
        assert_eq!(status(&b, &sent.orders[0]).await, OrderStatus::PendingPayment);
        b.verify().await;
        // There is time to do better.
        assert_eq!(payment::auto_cancel(&shop.ctx).await.unwrap(), 0);
        let amount = sent.transfer.unwrap().amount;
        desk::submit(&shop.ctx, &b.buyer, sent.id, input(amount), proof(3)).await.unwrap();
        desk::approve(&shop.ctx, &agent, sent.id, approval(None)).await.unwrap();
        assert_eq!(status(&b, &sent.orders[0]).await, OrderStatus::Pending);
        b.verify().await;
    })
    .await;
}

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

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_approvals_at_once_pay_once() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let mut agents = vec![];
        for n in 0..5 {
            agents.push(shop.staff(&format!("Petugas {n}"), "cs1").await.unwrap());
        }
        let sent = prove(&b, "k").await;
        let tries = (0..50).map(|n| {
            let (ctx, agent, id) = (shop.ctx.clone(), agents[n % 5].clone(), sent.id);
            tokio::spawn(async move { desk::approve(&ctx, &agent, id, approval(None)).await })
        });
        let answers: Vec<_> = join_all(tries).await.into_iter().map(|t| t.unwrap()).collect();
        let (good, bad): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
        // The agent who was first may have been first ten times.
        assert!((1..=10).contains(&good.len()), "{}", good.len());
        for refused in bad {
            assert_eq!(refusal(refused), Error::Conflict(Conflict::AlreadyDecided));
        }
        assert_eq!(audit_entry::Entity::find().count(&shop.ctx.db).await.unwrap(), 1);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn too_little_goes_back_and_too_much_too() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let placed = place(&b, &b.buyer, "k").await;
        let stated = Money(placed.amount.0 - 5_000);
        desk::submit(&shop.ctx, &b.buyer, placed.id, input(stated), proof(1)).await.unwrap();
        // The agent must say that this really is what arrived.
        let refused = refusal(desk::approve(&shop.ctx, &agent, placed.id, approval(None)).await);
        assert!(matches!(refused, Error::Conflict(Conflict::AmountUnclear { .. })), "{refused:?}");
        desk::approve(&shop.ctx, &agent, placed.id, approval(Some(stated))).await.unwrap();
        assert_eq!(status(&b, &placed.orders[0]).await, OrderStatus::PendingPayment);
        assert_eq!(balance(&shop, AccountKind::RefundPayable).await, -stated.0);
        b.verify().await;

        let much = Money(placed.amount.0 + 50_000);
        desk::submit(&shop.ctx, &b.buyer, placed.id, input(much), proof(2)).await.unwrap();
        desk::approve(&shop.ctx, &agent, placed.id, approval(None)).await.unwrap();
        assert_eq!(status(&b, &placed.orders[0]).await, OrderStatus::Pending);
        assert_eq!(balance(&shop, AccountKind::RefundPayable).await, -(stated.0 + 50_000));
        b.verify().await;

        // No gateway sends it: finance does, each once.
        b.refund_all().await;
        let finance = shop.staff("Fitri", "finance").await.unwrap();
        let open = || refund::list(&shop.ctx, &finance, Some(RefundStatus::Requested), PageRequest::default());
        let refunds = open().await.unwrap().items;
        assert_eq!(refunds.iter().map(|r| r.amount.0).collect::<Vec<_>>(), [stated.0, 50_000]);
        assert!(refunds.iter().all(|r| r.is_by_hand && r.sender.as_deref() == Some("BCA, Budi Santoso")));
        for refund in &refunds {
            for _ in 0..2 {
                let proof = RefundProof { reference: format!("BCA-{}", refund.amount.0) };
                refund::complete(&shop.ctx, &finance, refund.id, proof).await.unwrap();
            }
        }
        assert_eq!(open().await.unwrap().total, 0);
        assert_eq!(balance(&shop, AccountKind::RefundPayable).await, 0);
        b.verify().await;
        let stranger = refusal(refund::list(&shop.ctx, &agent, None, PageRequest::default()).await);
        assert_eq!(stranger, Error::Forbidden);
    })
    .await;
}

#[tokio::test]
async fn the_suffix_goes_back_when_that_is_the_policy() {
    on_each_database(|shop| async move {
        let mut b = Buying::two_stores(&shop).await;
        b.ctx.settings = Settings { keeps_transfer_suffix: false, ..Settings::clone(&shop.ctx.settings) }.into();
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let sent = prove(&b, "k").await;
        desk::approve(&b.ctx, &agent, sent.id, approval(None)).await.unwrap();
        let suffix = sent.transfer.unwrap().amount.0 - sent.amount.0;
        assert_eq!(balance(&shop, AccountKind::RefundPayable).await, -suffix);
        assert_eq!(balance(&shop, AccountKind::Rounding).await, 0);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn money_for_an_expired_payment_finds_its_way_back() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let placed = place(&b, &b.buyer, "k").await;
        shop.advance(TimeDelta::hours(25));
        assert_eq!(payment::auto_cancel(&shop.ctx).await.unwrap(), 1);
        let amount = placed.transfer.unwrap().amount;
        let sent = desk::submit(&shop.ctx, &b.buyer, placed.id, input(amount), proof(1)).await.unwrap();
        assert_eq!(sent.status, PaymentStatus::Expired);
        desk::approve(&shop.ctx, &agent, placed.id, approval(None)).await.unwrap();
        assert_eq!(status(&b, &placed.orders[0]).await, OrderStatus::Cancelled);
        assert_eq!(balance(&shop, AccountKind::RefundPayable).await, -amount.0, "all of it, suffix too");
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn stock_that_is_gone_at_verification_ends_the_order_and_owes_the_money() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let late = Expr::value(StockPolicy::DeductAtPayment);
        store::Entity::update_many().col_expr(store::Column::StockPolicy, late).exec(&shop.ctx.db).await.unwrap();
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let sent = prove(&b, "k").await;
        // Somebody else buys all shoes meanwhile.
        let fast = shop.customer("Siti").await.unwrap();
        let item = domain::cart::AddItem { variant_id: b.sold[0].variants[0], quantity: 10 };
        cart::add(&shop.ctx, &fast, item).await.unwrap();
        let placed = checkout::place(&shop.ctx, &fast, "k", checkout_input(&shop.ctx, &fast).await).await.unwrap().view;
        let paid = service::fixture::FakeGateway::paid(placed.payment.id, placed.payment.amount);
        payment::apply_event(&shop.ctx, "sandbox", &paid).await.unwrap();

        desk::approve(&shop.ctx, &agent, sent.id, approval(None)).await.unwrap();
        let mut found = vec![];
        for number in &sent.orders {
            found.push(status(&b, number).await);
        }
        found.sort();
        assert_eq!(found, [OrderStatus::Pending, OrderStatus::Cancelled]);
        assert!(balance(&shop, AccountKind::RefundPayable).await < 0);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn large_amounts_need_two_agents() {
    on_each_database(|shop| async move {
        let mut b = Buying::two_stores(&shop).await;
        b.ctx.settings = Settings { second_approval_above: Money(100_000), ..Settings::clone(&shop.ctx.settings) }.into();
        let (one, two) = (shop.staff("Citra", "cs1").await.unwrap(), shop.staff("Dodi", "cs1").await.unwrap());
        let sent = prove(&b, "k").await;
        let half = desk::approve(&b.ctx, &one, sent.id, approval(None)).await.unwrap();
        assert_eq!((half.row.status, half.row.is_half_approved), (ProofStatus::Waiting, true));
        let again = refusal(desk::approve(&b.ctx, &one, sent.id, approval(None)).await);
        assert_eq!(again, Error::Conflict(Conflict::SecondApproverNeeded));
        assert_eq!(desk::claim_next(&b.ctx, &one, None).await.unwrap(), None);
        assert_eq!(desk::claim_next(&b.ctx, &two, None).await.unwrap(), Some(sent.id));
        let done = desk::approve(&b.ctx, &two, sent.id, approval(None)).await.unwrap();
        assert_eq!(done.row.status, ProofStatus::Approved);
        assert_eq!(audit_entry::Entity::find().count(&shop.ctx.db).await.unwrap(), 2);
        b.verify().await;
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
async fn open_transfers_never_ask_for_the_same_amount() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let cheap = shop.product(&b.sellers[0], "Stiker", 1_000, 10_000).await.unwrap();
        let mut amounts = std::collections::BTreeSet::new();
        for n in 0..60 {
            let buyer = shop.customer(&format!("Pembeli {n}")).await.unwrap();
            let item = domain::cart::AddItem { variant_id: cheap.variants[0], quantity: 1 };
            cart::add(&shop.ctx, &buyer, item).await.unwrap();
            amounts.insert(place(&b, &buyer, "k").await.transfer.unwrap().amount);
        }
        assert_eq!(amounts.len(), 60);
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
        b.verify().await;
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
