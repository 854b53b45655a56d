//! Money nobody asked for: counted before, late, double, left for another method.

use crate::buying::{Buying, refusal};
use crate::{found, lines, of, prove, status, transfer, upload};
use chrono::TimeDelta;
use domain::bank::{CandidateKind, LineState};
use domain::payment::{MethodInput, PaymentStatus, PaymentView, RefundReason};
use domain::{Conflict, Error, Money};
use entity::{audit_entry, refund};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use service::bank;
use service::fixture::{Shop, on_each_database};
use service::{Settings, desk, payment};

/// What is owed back, oldest first.
async fn owed(shop: &Shop) -> Vec<(Money, RefundReason)> {
    let rows = refund::Entity::find().order_by_asc(refund::Column::Id).all(&shop.ctx.db).await.unwrap();
    rows.into_iter().map(|r| (r.amount, r.reason)).collect()
}

async fn deeds(shop: &Shop, action: &str) -> u64 {
    audit_entry::Entity::find().filter(audit_entry::Column::Action.eq(action)).count(&shop.ctx.db).await.unwrap()
}

#[tokio::test]
async fn a_transfer_that_was_counted_as_it_was_stated_is_known_by_its_line() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        for (n, states_suffix) in [false, true].into_iter().enumerate() {
            let (view, asked) = transfer(&b, &format!("k{n}")).await;
            let (stated, booked) = if states_suffix { (asked, view.amount.0) } else { (view.amount.0, asked) };
            prove(&b, &view, stated).await;
            desk::approve(&shop.ctx, &agent, view.id, found(stated)).await.unwrap();
            let before = owed(&shop).await;
            upload(&shop.ctx, &agent, &[(&format!("TRF BUDI {n}"), booked)]).await;
            let [doubtful] = &lines(&shop.ctx, &agent, LineState::PossiblyUsed).await[..] else { panic!("one line") };
            assert_eq!((doubtful.candidates[0].payment_id, doubtful.candidates[0].kind), (view.id, CandidateKind::Counted));
            let used = bank::mark_counted(&shop.ctx, &agent, doubtful.id, of(&view)).await.unwrap();
            assert_eq!((used.state, owed(&shop).await), (LineState::Used, before));
        }
        b.verify().await;
    })
    .await;
}

/// Late money goes back with its suffix, whoever keeps those of payments.
#[tokio::test]
async fn the_suffix_of_money_that_went_back_goes_back_too() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let (view, asked) = transfer(&b, "k").await;
        let plain = view.amount.0;
        shop.advance(TimeDelta::hours(49));
        assert_eq!(payment::auto_cancel(&shop.ctx).await.unwrap(), 1);
        prove(&b, &view, plain).await;
        desk::approve(&shop.ctx, &agent, view.id, found(plain)).await.unwrap();
        upload(&shop.ctx, &agent, &[("TRF BUDI", asked)]).await;
        let doubtful = lines(&shop.ctx, &agent, LineState::PossiblyUsed).await.remove(0);
        bank::mark_counted(&shop.ctx, &agent, doubtful.id, of(&view)).await.unwrap();
        let back = [(Money(plain), RefundReason::LatePayment), (Money(asked - plain), RefundReason::AmountMismatch)];
        assert_eq!(owed(&shop).await, back);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn a_line_that_was_counted_before_pays_nobody_else() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        // The proof is approved before the bank's statement is here.
        let (first, _) = transfer(&b, "k1").await;
        let plain = first.amount.0;
        prove(&b, &first, plain).await;
        desk::approve(&shop.ctx, &agent, first.id, found(plain)).await.unwrap();
        b.fill_cart(&[1, 1]).await;
        let second = b.place_by("k2", "manual_transfer").await.payment;
        assert_ne!(second.amount.0, plain, "the cart was fuller");
        upload(&shop.ctx, &agent, &[("TRF BUDI", plain), ("TRF BUDI LAGI", plain)]).await;
        let doubtful = lines(&shop.ctx, &agent, LineState::PossiblyUsed).await;
        assert_eq!(doubtful.len(), 2);
        assert_eq!(bank::counts(&shop.ctx, &agent).await.unwrap().possibly_used, 2);
        let meant = &doubtful[0].candidates[0];
        assert_eq!((meant.payment_id, meant.kind), (first.id, CandidateKind::Counted));
        let other = refusal(bank::mark_counted(&shop.ctx, &agent, doubtful[0].id, of(&second)).await);
        assert_eq!(other, Error::Conflict(Conflict::LineDoesNotFit));
        let used = bank::mark_counted(&shop.ctx, &agent, doubtful[0].id, of(&first)).await.unwrap();
        assert_eq!((used.state, used.candidates[0].payment_id), (LineState::Used, first.id));
        assert_eq!((owed(&shop).await, deeds(&shop, "statement.count").await), (vec![], 1));
        b.verify().await;
        // The proof has its line: the other one is a second transfer.
        let again = refusal(bank::mark_counted(&shop.ctx, &agent, doubtful[1].id, of(&first)).await);
        assert_eq!(again, Error::Conflict(Conflict::LineDoesNotFit));
        let left = lines(&shop.ctx, &agent, LineState::Unmatched).await.remove(0);
        assert_eq!((left.candidates[0].payment_id, left.candidates[0].kind), (first.id, CandidateKind::Ended));
        bank::book_unexpected(&shop.ctx, &agent, left.id, of(&first)).await.unwrap();
        assert_eq!(owed(&shop).await, [(Money(plain), RefundReason::DoublePayment)]);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn late_and_double_transfers_are_owed_back() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let (late, late_sum) = transfer(&b, "k1").await;
        let why = domain::order::CancelInput { reason: None };
        service::order::cancel(&shop.ctx, &b.buyer, &late.orders[0], why).await.unwrap();
        let (twice, twice_sum) = transfer(&b, "k2").await;
        upload(&shop.ctx, &agent, &[("TRF TELAT", late_sum), ("TRF BUDI", twice_sum)]).await;
        let line = lines(&shop.ctx, &agent, LineState::Unmatched).await.remove(0);
        assert_eq!((line.candidates[0].payment_id, line.candidates[0].kind), (late.id, CandidateKind::Ended));
        let refused = refusal(bank::approve(&shop.ctx, &agent, line.id, of(&late)).await);
        assert_eq!(refused, Error::Conflict(Conflict::LineDoesNotFit), "it does not revive the orders");
        let used = bank::book_unexpected(&shop.ctx, &agent, line.id, of(&late)).await.unwrap();
        assert_eq!(used.state, LineState::Used);
        assert_eq!(owed(&shop).await, [(Money(late_sum), RefundReason::LatePayment)]);
        let again = refusal(bank::book_unexpected(&shop.ctx, &agent, line.id, of(&late)).await);
        assert_eq!(again, Error::Conflict(Conflict::AlreadyDecided));
        b.verify().await;

        // What is waited for is approved, not sent back.
        let line = lines(&shop.ctx, &agent, LineState::Proposed).await.remove(0);
        let refused = refusal(bank::book_unexpected(&shop.ctx, &agent, line.id, of(&twice)).await);
        assert_eq!(refused, Error::Conflict(Conflict::LineDoesNotFit));
        bank::approve(&shop.ctx, &agent, line.id, of(&twice)).await.unwrap();
        upload(&shop.ctx, &agent, &[("TRF BUDI", twice_sum), ("TRF BUDI", twice_sum)]).await;
        let line = lines(&shop.ctx, &agent, LineState::Unmatched).await.remove(0);
        bank::book_unexpected(&shop.ctx, &agent, line.id, of(&twice)).await.unwrap();
        assert_eq!(owed(&shop).await[1..], [(Money(twice_sum), RefundReason::DoublePayment)]);
        assert_eq!(deeds(&shop, "statement.use").await, 3);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn unexpected_money_above_the_limit_needs_two_agents() {
    on_each_database(|shop| async move {
        let mut b = Buying::two_stores(&shop).await;
        b.ctx.settings = Settings { second_approval_above: Money(100_000), ..Settings::clone(&shop.ctx.settings) }.into();
        let (one, two) = (shop.staff("Citra", "cs1").await.unwrap(), shop.staff("Dodi", "cs1").await.unwrap());
        let (view, asked) = transfer(&b, "k").await;
        upload(&b.ctx, &one, &[("TRF BUDI", asked), ("TRF BUDI", asked)]).await;
        let found_lines = lines(&b.ctx, &one, LineState::Ambiguous).await;
        bank::approve(&b.ctx, &one, found_lines[0].id, of(&view)).await.unwrap();
        desk::approve(&b.ctx, &two, view.id, found(asked)).await.unwrap();
        assert_eq!(status(&b, &view).await, PaymentStatus::Paid);
        bank::book_unexpected(&b.ctx, &one, found_lines[1].id, of(&view)).await.unwrap();
        assert!(owed(&shop).await.is_empty());
        b.verify().await;
        desk::approve(&b.ctx, &two, view.id, found(asked)).await.unwrap();
        assert_eq!(owed(&shop).await, [(Money(asked), RefundReason::DoublePayment)]);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn a_transfer_left_for_another_method_still_counts() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let change = async |view: &PaymentView, method: &str| {
            let input = MethodInput { payment_method: method.into() };
            payment::change_method(&shop.ctx, &b.buyer, view.id, input).await.unwrap();
        };
        let (pays, pays_sum) = transfer(&b, "k1").await;
        change(&pays, "sandbox:qris").await;
        let (cash, cash_sum) = transfer(&b, "k2").await;
        change(&cash, "cod").await;
        upload(&shop.ctx, &agent, &[("TRF QRIS", pays_sum), ("TRF TUNAI", cash_sum)]).await;
        let line = lines(&shop.ctx, &agent, LineState::Proposed).await.remove(0);
        assert_eq!((line.description.as_str(), line.candidates[0].expected), ("TRF QRIS", Money(pays_sum)));
        bank::approve(&shop.ctx, &agent, line.id, of(&pays)).await.unwrap();
        let paid = payment::find(&shop.ctx, &b.buyer, pays.id).await.unwrap();
        assert_eq!((paid.status, paid.method.as_str()), (PaymentStatus::Paid, "manual_transfer"));
        b.verify().await;
        // The courier is to be given cash: what was transferred goes back.
        let line = lines(&shop.ctx, &agent, LineState::Unmatched).await.remove(0);
        bank::book_unexpected(&shop.ctx, &agent, line.id, of(&cash)).await.unwrap();
        assert_eq!(owed(&shop).await.iter().map(|(amount, _)| amount.0).collect::<Vec<_>>(), [cash_sum]);
        b.verify().await;
    })
    .await;
}
