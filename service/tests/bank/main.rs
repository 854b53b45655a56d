//! Bank statements on the desk: lines pay open transfers, each once, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../buying/mod.rs"]
mod buying;
mod statement;
mod unexpected;

use buying::{Buying, refusal};
use bytes::Bytes;
use domain::bank::{CandidateKind, LineApproval, LineState, LineView, UploadView};
use domain::desk::ProofInput;
use domain::payment::{PaymentStatus, PaymentView};
use domain::{Conflict, Error, Money, PageRequest};
use futures::future::join_all;
use service::bank::{self, NewStatement};
use service::fixture::on_each_database;
use service::{Actor, Ctx, Settings, desk, payment};

/// BRI's layout, one line per amount.
pub fn statement(rows: &[(&str, i64)]) -> Bytes {
    let mut text = "TGL_TRAN,DESK_TRAN,MUTASI_DEBET,MUTASI_KREDIT,SALDO\n".to_owned();
    for (words, amount) in rows {
        text.push_str(&format!("2026-11-21,{words},0.00,{amount}.00,1\n"));
    }
    text.push_str("2026-11-21,BIAYA ADM,5000.00,0.00,1\n");
    text.into()
}

/// Of the only account there is.
pub fn new(layout: &str, bytes: impl Into<Bytes>) -> NewStatement {
    let (layout, file_name) = (layout.to_owned(), "mutasi.csv".to_owned());
    NewStatement { layout, account: String::new(), file_name, bytes: bytes.into() }
}

pub async fn upload(ctx: &Ctx, agent: &Actor, rows: &[(&str, i64)]) -> UploadView {
    bank::upload(ctx, agent, new("BRI", statement(rows))).await.unwrap()
}

pub async fn lines(ctx: &Ctx, agent: &Actor, state: LineState) -> Vec<LineView> {
    bank::list(ctx, agent, state, PageRequest::default()).await.unwrap().items
}

pub async fn transfer(b: &Buying, key: &str) -> (PaymentView, i64) {
    b.fill_cart(&[1, 1]).await;
    let view = b.place_by(key, "manual_transfer").await.payment;
    let asked = view.transfer.as_ref().unwrap().amount.0;
    (view, asked)
}

pub fn of(payment: &PaymentView) -> LineApproval {
    LineApproval { payment_id: payment.id }
}

pub async fn status(b: &Buying, view: &PaymentView) -> PaymentStatus {
    payment::find(&b.ctx, &b.buyer, view.id).await.unwrap().status
}

#[tokio::test]
async fn a_line_pays_the_one_transfer_that_asks_for_it() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let (first, asked) = transfer(&b, "k1").await;
        let (second, plain) = (transfer(&b, "k2").await.0, first.amount.0);
        let came = upload(&shop.ctx, &agent, &[("TRF BUDI", asked), ("TRF SIAPA", plain), ("BUNGA", 77)]).await;
        assert_eq!((came.added, came.known, came.skipped), (3, 0, 1));
        let proposed = lines(&shop.ctx, &agent, LineState::Proposed).await;
        assert_eq!(proposed.iter().map(|l| l.candidates[0].payment_id).collect::<Vec<_>>(), [first.id]);
        assert_eq!(lines(&shop.ctx, &agent, LineState::Unmatched).await[0].description, "BUNGA");
        // The amount without its suffix may be anybody's: a person decides.
        let ambiguous = lines(&shop.ctx, &agent, LineState::Ambiguous).await;
        assert_eq!((ambiguous.len(), ambiguous[0].candidates[0].payment_id), (1, first.id));
        assert_eq!(status(&b, &first).await, PaymentStatus::Pending, "nothing happens by itself");

        let used = bank::approve(&shop.ctx, &agent, proposed[0].id, of(&first)).await.unwrap();
        assert_eq!((used.state, used.candidates[0].payment_id), (LineState::Used, first.id));
        assert_eq!(status(&b, &first).await, PaymentStatus::Paid);
        b.verify().await;
        // Neither the line nor another pays it again.
        let again = refusal(bank::approve(&shop.ctx, &agent, proposed[0].id, of(&second)).await);
        assert_eq!(again, Error::Conflict(Conflict::LineDoesNotFit));
        let again = refusal(bank::approve(&shop.ctx, &agent, proposed[0].id, of(&first)).await);
        assert_eq!(again, Error::Conflict(Conflict::LineDoesNotFit));
        // The same statement again, with one line more: only that is new.
        let came = upload(&shop.ctx, &agent, &[("TRF BUDI", asked), ("TRF SIAPA", plain), ("BUNGA", 77), ("BUNGA", 77)]).await;
        assert_eq!((came.added, came.known), (1, 3));
        assert!(lines(&shop.ctx, &agent, LineState::Proposed).await.is_empty());
        b.verify().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_agents_use_a_line_once() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let (view, asked) = transfer(&b, "k").await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        upload(&shop.ctx, &agent, &[("TRF BUDI", asked)]).await;
        let line = lines(&shop.ctx, &agent, LineState::Proposed).await[0].id;
        let tries = (0..20).map(|_| {
            let (ctx, agent, input) = (shop.ctx.clone(), agent.clone(), of(&view));
            tokio::spawn(async move { bank::approve(&ctx, &agent, line, input).await })
        });
        let good = join_all(tries).await.into_iter().filter(|t| t.as_ref().unwrap().is_ok()).count();
        assert_eq!(good, 1);
        assert_eq!(status(&b, &view).await, PaymentStatus::Paid);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn two_lines_of_one_amount_are_for_a_person_to_tell_apart() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let (view, asked) = transfer(&b, "k").await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        upload(&shop.ctx, &agent, &[("TRF BUDI", asked), ("TRF BUDI", asked)]).await;
        let found = lines(&shop.ctx, &agent, LineState::Ambiguous).await;
        assert_eq!(found.len(), 2);
        bank::dismiss(&shop.ctx, &agent, found[0].id).await.unwrap();
        assert_eq!(refusal(bank::dismiss(&shop.ctx, &agent, found[0].id).await), Error::Conflict(Conflict::AlreadyDecided));
        assert_eq!(lines(&shop.ctx, &agent, LineState::Proposed).await.len(), 1);
        assert_eq!(bank::counts(&shop.ctx, &agent).await.unwrap().proposed, 1);
        // A slip of the finger is put right, once; a line in use is not.
        assert_eq!(bank::reopen(&shop.ctx, &agent, found[0].id).await.unwrap().state, LineState::Ambiguous);
        assert_eq!(refusal(bank::reopen(&shop.ctx, &agent, found[0].id).await), Error::Conflict(Conflict::AlreadyDecided));
        bank::dismiss(&shop.ctx, &agent, found[0].id).await.unwrap();
        assert_eq!(status(&b, &view).await, PaymentStatus::Pending);
    })
    .await;
}

#[tokio::test]
async fn above_the_limit_a_second_agent_approves_and_a_proof_is_used_where_there_is_one() {
    on_each_database(|shop| async move {
        let mut b = Buying::two_stores(&shop).await;
        b.ctx.settings = Settings { second_approval_above: Money(100_000), ..Settings::clone(&shop.ctx.settings) }.into();
        let (one, two) = (shop.staff("Citra", "cs1").await.unwrap(), shop.staff("Dodi", "cs1").await.unwrap());
        let (view, asked) = transfer(&b, "k").await;
        let input = ProofInput { amount: Money(asked), sender_name: "Budi".into(), sender_bank: "BRI".into() };
        desk::submit(&b.ctx, &b.buyer, view.id, input, Bytes::from_static(b"%PDF-1.7\n%%EOF\n")).await.unwrap();
        upload(&b.ctx, &one, &[("TRF BUDI", asked)]).await;
        let line = &lines(&b.ctx, &one, LineState::Proposed).await[0];
        assert!(line.candidates[0].has_proof);
        bank::approve(&b.ctx, &one, line.id, of(&view)).await.unwrap();
        assert_eq!(status(&b, &view).await, PaymentStatus::AwaitingVerification);
        let own = refusal(desk::approve(&b.ctx, &one, view.id, domain::desk::Approval { amount: None, proof_id: None }).await);
        assert_eq!(own, Error::Conflict(Conflict::SecondApproverNeeded));
        desk::approve(&b.ctx, &two, view.id, domain::desk::Approval { amount: None, proof_id: None }).await.unwrap();
        assert_eq!(status(&b, &view).await, PaymentStatus::Paid);
        b.verify().await;
    })
    .await;
}

/// A proof of the amount, by the buyer.
pub async fn prove(b: &Buying, view: &PaymentView, amount: i64) {
    let input = ProofInput { amount: Money(amount), sender_name: "Budi".into(), sender_bank: "BRI".into() };
    desk::submit(&b.ctx, &b.buyer, view.id, input, Bytes::from_static(b"%PDF-1.7\n%%EOF\n")).await.unwrap();
}

pub fn found(amount: i64) -> domain::desk::Approval {
    domain::desk::Approval { amount: Some(Money(amount)), proof_id: None }
}

#[tokio::test]
async fn approving_a_proof_uses_its_line() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let (first, asked) = transfer(&b, "k1").await;
        let (second, others) = transfer(&b, "k2").await;
        upload(&shop.ctx, &agent, &[("TRF BUDI", asked), ("TRF SITI", others)]).await;
        prove(&b, &first, asked).await;
        desk::approve(&shop.ctx, &agent, first.id, found(asked)).await.unwrap();
        let used = lines(&shop.ctx, &agent, LineState::Used).await;
        assert_eq!(
            used.iter().map(|l| (l.description.as_str(), l.candidates[0].payment_id)).collect::<Vec<_>>(),
            [("TRF BUDI", first.id)]
        );
        b.verify().await;
        // Too little as well: the money is on its way back.
        let (third, _) = transfer(&b, "k3").await;
        upload(&shop.ctx, &agent, &[("TRF KURANG", 5_000)]).await;
        prove(&b, &third, 5_000).await;
        desk::approve(&shop.ctx, &agent, third.id, found(5_000)).await.unwrap();
        assert_eq!(lines(&shop.ctx, &agent, LineState::Used).await.len(), 2);
        b.verify().await;
        // A line that is what somebody else was asked for stays theirs, but is not proposed any more.
        prove(&b, &third, others).await;
        desk::approve(&shop.ctx, &agent, third.id, found(others)).await.unwrap();
        let doubtful = lines(&shop.ctx, &agent, LineState::PossiblyUsed).await.remove(0);
        let meant: Vec<_> = doubtful.candidates.iter().map(|c| (c.payment_id, c.kind)).collect();
        assert_eq!(meant, [(third.id, CandidateKind::Counted), (second.id, CandidateKind::Open)]);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn a_line_from_before_the_order_pays_nothing() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let (view, asked) = transfer(&b, "k").await;
        let text = format!("TGL_TRAN,DESK_TRAN,MUTASI_DEBET,MUTASI_KREDIT\n2026-11-20,TRF LAMA,0.00,{asked}.00\n");
        bank::upload(&shop.ctx, &agent, new("BRI", text)).await.unwrap();
        let line = lines(&shop.ctx, &agent, LineState::Unmatched).await.remove(0);
        assert!(line.candidates.is_empty());
        let refused = refusal(bank::approve(&shop.ctx, &agent, line.id, of(&view)).await);
        assert_eq!(refused, Error::Conflict(Conflict::LineDoesNotFit));
        assert_eq!(status(&b, &view).await, PaymentStatus::Pending);
    })
    .await;
}

#[tokio::test]
async fn the_line_of_a_half_approval_that_failed_is_free_again() {
    on_each_database(|shop| async move {
        let mut b = Buying::two_stores(&shop).await;
        b.ctx.settings = Settings { second_approval_above: Money(100_000), ..Settings::clone(&shop.ctx.settings) }.into();
        let (one, two) = (shop.staff("Citra", "cs1").await.unwrap(), shop.staff("Dodi", "cs1").await.unwrap());
        let (view, asked) = transfer(&b, "k").await;
        upload(&b.ctx, &one, &[("TRF BUDI", asked)]).await;
        let line = lines(&b.ctx, &one, LineState::Proposed).await[0].id;
        let half = async || {
            let used = bank::approve(&b.ctx, &one, line, of(&view)).await.unwrap();
            assert!(used.candidates[0].is_half_approved);
            assert_eq!(lines(&b.ctx, &one, LineState::Used).await.len(), 1);
            b.verify().await;
        };
        let free = async || lines(&b.ctx, &one, LineState::Used).await.is_empty();
        half().await;
        let reason = domain::desk::Rejection { reason: "Bukan transfer ini".into(), proof_id: None };
        desk::reject(&b.ctx, &two, view.id, reason).await.unwrap();
        assert!(free().await, "rejected");
        b.verify().await;
        half().await;
        desk::approve(&b.ctx, &two, view.id, found(asked + 500_000)).await.unwrap();
        assert!(free().await, "another amount, to be seconded");
        b.verify().await;
        bank::approve(&b.ctx, &one, line, of(&view)).await.unwrap();
        desk::approve(&b.ctx, &two, view.id, found(50_000)).await.unwrap();
        assert!(free().await, "another amount, too little");
        assert_eq!(status(&b, &view).await, PaymentStatus::Pending);
        b.verify().await;
    })
    .await;
}
