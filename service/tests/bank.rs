//! Bank statements on the desk: lines pay open transfers, each once, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod buying;

use buying::{Buying, refusal};
use bytes::Bytes;
use domain::bank::{CandidateKind, LineApproval, LineState, LineView, UploadView};
use domain::desk::ProofInput;
use domain::payment::{MethodInput, PaymentStatus, PaymentView, RefundReason};
use domain::{Conflict, Error, Money, PageRequest};
use entity::{audit_entry, refund};
use futures::future::join_all;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use service::bank::{self, NewStatement};
use service::fixture::Shop;
use service::fixture::on_each_database;
use service::{Actor, Ctx, Settings, desk, payment};

/// BRI's layout, one line per amount.
fn statement(rows: &[(&str, i64)]) -> Bytes {
    let mut text = "TGL_TRAN,DESK_TRAN,MUTASI_DEBET,MUTASI_KREDIT,SALDO\n".to_owned();
    for (words, amount) in rows {
        text.push_str(&format!("2026-11-21,{words},0.00,{amount}.00,1\n"));
    }
    text.push_str("2026-11-21,BIAYA ADM,5000.00,0.00,1\n");
    text.into()
}

/// Of the only account there is.
fn new(layout: &str, bytes: impl Into<Bytes>) -> NewStatement {
    let (layout, file_name) = (layout.to_owned(), "mutasi.csv".to_owned());
    NewStatement { layout, account: String::new(), file_name, bytes: bytes.into() }
}

async fn upload(ctx: &Ctx, agent: &Actor, rows: &[(&str, i64)]) -> UploadView {
    bank::upload(ctx, agent, new("BRI", statement(rows))).await.unwrap()
}

async fn lines(ctx: &Ctx, agent: &Actor, state: LineState) -> Vec<LineView> {
    bank::list(ctx, agent, state, PageRequest::default()).await.unwrap().items
}

async fn transfer(b: &Buying, key: &str) -> (PaymentView, i64) {
    b.fill_cart(&[1, 1]).await;
    let view = b.place_by(key, "manual_transfer").await.payment;
    let asked = view.transfer.as_ref().unwrap().amount.0;
    (view, asked)
}

fn of(payment: &PaymentView) -> LineApproval {
    LineApproval { payment_id: payment.id }
}

async fn status(b: &Buying, view: &PaymentView) -> PaymentStatus {
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
        let own = refusal(desk::approve(&b.ctx, &one, view.id, domain::desk::Approval { amount: None }).await);
        assert_eq!(own, Error::Conflict(Conflict::SecondApproverNeeded));
        desk::approve(&b.ctx, &two, view.id, domain::desk::Approval { amount: None }).await.unwrap();
        assert_eq!(status(&b, &view).await, PaymentStatus::Paid);
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn layouts_are_data_and_only_the_desk_reads_statements() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let (view, asked) = transfer(&b, "k").await;
        let own = domain::bank::Layout {
            name: "Bank Kami".into(),
            bank: "Kami".into(),
            delimiter: ";".into(),
            date: "Tgl".into(),
            date_formats: vec!["%d-%m-%Y".into()],
            description: vec!["Uraian".into()],
            amount: "Nilai".into(),
            mark: Some("DK".into()),
            credit: "K".into(),
            numbers: domain::bank::NumberStyle::Indonesian,
        };
        let saved = bank::save_layout(&shop.ctx, &agent, own.clone()).await.unwrap();
        assert!(bank::layouts(&shop.ctx, &agent).await.unwrap().contains(&saved));
        let bad = domain::bank::Layout { delimiter: ";;".into(), date_formats: vec!["%s".into()], ..own };
        let fields: Vec<_> =
            refusal(bank::save_layout(&shop.ctx, &agent, bad).await).fields().iter().map(|f| f.field.clone()).collect();
        assert_eq!(fields, ["delimiter", "date_formats"]);
        let amount = Money(asked).to_string();
        let text = format!(
            "Tgl;Uraian;Nilai;DK\n21-11-2026;=1+1;{},00;K\n21-11-2026;keluar;5.000,00;D\n",
            amount.trim_start_matches("Rp ")
        );
        let named = NewStatement { file_name: "=x.csv".into(), ..new("Bank Kami", text) };
        bank::upload(&shop.ctx, &agent, named).await.unwrap();
        let line = lines(&shop.ctx, &agent, LineState::Proposed).await.remove(0);
        assert_eq!((line.description.as_str(), line.candidates[0].payment_id), ("'=1+1", view.id));

        let refused = refusal(bank::upload(&shop.ctx, &agent, new("BCA", "a,b\n1,2\n")).await);
        assert_eq!((refused.fields()[0].field.as_str(), refused.fields()[0].code.as_ref()), ("file", "columns_missing"));
        let huge = Bytes::from(vec![b'x'; domain::bank::MAX_BYTES as usize + 1]);
        assert!(matches!(refusal(bank::upload(&shop.ctx, &agent, new("BCA", huge)).await), Error::TooLarge { .. }));
        assert_eq!(refusal(bank::upload(&shop.ctx, &agent, new("BNI", "")).await).fields()[0].field, "layout");
        let known = bank::statements(&shop.ctx, &agent).await.unwrap();
        assert_eq!(
            known.iter().map(|s| (s.file_name.as_str(), s.account.as_deref())).collect::<Vec<_>>(),
            [("'=x.csv", Some("1234567890"))]
        );
        for stranger in [&b.buyer, &shop.staff("Satria", "cs2").await.unwrap()] {
            assert_eq!(refusal(bank::counts(&shop.ctx, stranger).await), Error::Forbidden);
            assert_eq!(refusal(bank::approve(&shop.ctx, stranger, line.id, of(&view)).await), Error::Forbidden);
            assert_eq!(refusal(bank::book_unexpected(&shop.ctx, stranger, line.id, of(&view)).await), Error::Forbidden);
            assert_eq!(refusal(bank::mark_counted(&shop.ctx, stranger, line.id, of(&view)).await), Error::Forbidden);
            assert!(bank::accounts(&shop.ctx, stranger).is_err());
        }
    })
    .await;
}

/// A proof of the amount, by the buyer.
async fn prove(b: &Buying, view: &PaymentView, amount: i64) {
    let input = ProofInput { amount: Money(amount), sender_name: "Budi".into(), sender_bank: "BRI".into() };
    desk::submit(&b.ctx, &b.buyer, view.id, input, Bytes::from_static(b"%PDF-1.7\n%%EOF\n")).await.unwrap();
}

fn found(amount: i64) -> domain::desk::Approval {
    domain::desk::Approval { amount: Some(Money(amount)) }
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
            bank::approve(&b.ctx, &one, line, of(&view)).await.unwrap();
            assert_eq!(lines(&b.ctx, &one, LineState::Used).await.len(), 1);
            b.verify().await;
        };
        let free = async || lines(&b.ctx, &one, LineState::Used).await.is_empty();
        half().await;
        let reason = domain::desk::Rejection { reason: "Bukan transfer ini".into() };
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

/// What is owed back, oldest first.
async fn owed(shop: &Shop) -> Vec<(Money, RefundReason)> {
    let rows = refund::Entity::find().order_by_asc(refund::Column::Id).all(&shop.ctx.db).await.unwrap();
    rows.into_iter().map(|r| (r.amount, r.reason)).collect()
}

async fn deeds(shop: &Shop, action: &str) -> u64 {
    audit_entry::Entity::find().filter(audit_entry::Column::Action.eq(action)).count(&shop.ctx.db).await.unwrap()
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

#[tokio::test]
async fn equal_lines_of_two_accounts_are_two() {
    on_each_database(|shop| async move {
        let mut b = Buying::two_stores(&shop).await;
        let accounts = ["BRI:111:PT Kami", "BRI:222:PT Kami"].map(|a| domain::desk::BankAccount::parse(a).unwrap());
        b.ctx.settings = Settings { bank_accounts: accounts.to_vec(), ..Settings::clone(&shop.ctx.settings) }.into();
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let (view, asked) = transfer(&b, "k").await;
        let of_account =
            |account: &str| NewStatement { account: account.into(), ..new("BRI", statement(&[("TRF BUDI", asked)])) };
        for (wrong, code) in [("", "required"), ("333", "unknown_value")] {
            let refused = refusal(bank::upload(&b.ctx, &agent, of_account(wrong)).await);
            assert_eq!((refused.fields()[0].field.as_str(), refused.fields()[0].code.as_ref()), ("account", code));
        }
        for account in ["222", "111", "111"] {
            bank::upload(&b.ctx, &agent, of_account(account)).await.unwrap();
        }
        let mut found = lines(&b.ctx, &agent, LineState::Proposed).await;
        found.extend(lines(&b.ctx, &agent, LineState::Unmatched).await);
        let mut accounts: Vec<_> = found.iter().map(|l| l.account.as_deref().unwrap()).collect();
        accounts.sort();
        assert_eq!(accounts, ["111", "222"]);
        // The buyer was sent to one of them.
        let sent_to = view.transfer.as_ref().unwrap().account.number.clone();
        let (ours, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|l| l.account.as_ref() == Some(&sent_to));
        let refused = refusal(bank::approve(&b.ctx, &agent, others[0].id, of(&view)).await);
        assert_eq!(refused, Error::Conflict(Conflict::LineDoesNotFit));
        bank::approve(&b.ctx, &agent, ours[0].id, of(&view)).await.unwrap();
        b.verify().await;
    })
    .await;
}

#[tokio::test]
async fn lines_beyond_those_looked_at_are_told() {
    on_each_database(|shop| async move {
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let many: Vec<(&str, i64)> = (1..=2_003).map(|n| ("TRF", n)).collect();
        upload(&shop.ctx, &agent, &many).await;
        let counts = bank::counts(&shop.ctx, &agent).await.unwrap();
        assert_eq!((counts.unmatched, counts.unseen), (2_000, 3));
    })
    .await;
}
