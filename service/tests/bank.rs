//! Bank statements on the desk: lines pay open transfers, each once, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod buying;

use buying::{Buying, refusal};
use bytes::Bytes;
use domain::bank::{LineApproval, LineState, LineView, UploadView};
use domain::desk::ProofInput;
use domain::payment::{PaymentStatus, PaymentView};
use domain::{Conflict, Error, Money, PageRequest};
use futures::future::join_all;
use service::fixture::on_each_database;
use service::{Actor, Ctx, Settings, bank, desk, payment};

/// BRI's layout, one line per amount.
fn statement(rows: &[(&str, i64)]) -> Bytes {
    let mut text = "TGL_TRAN,DESK_TRAN,MUTASI_DEBET,MUTASI_KREDIT,SALDO\n".to_owned();
    for (words, amount) in rows {
        text.push_str(&format!("2026-11-21,{words},0.00,{amount}.00,1\n"));
    }
    text.push_str("2026-11-21,BIAYA ADM,5000.00,0.00,1\n");
    text.into()
}

async fn upload(ctx: &Ctx, agent: &Actor, rows: &[(&str, i64)]) -> UploadView {
    bank::upload(ctx, agent, "BRI", "mutasi.csv", statement(rows)).await.unwrap()
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
        bank::upload(&shop.ctx, &agent, "Bank Kami", "=x.csv", text.into()).await.unwrap();
        let line = lines(&shop.ctx, &agent, LineState::Proposed).await.remove(0);
        assert_eq!((line.description.as_str(), line.candidates[0].payment_id), ("'=1+1", view.id));

        let refused = refusal(bank::upload(&shop.ctx, &agent, "BCA", "x.csv", Bytes::from_static(b"a,b\n1,2\n")).await);
        assert_eq!((refused.fields()[0].field.as_str(), refused.fields()[0].code.as_ref()), ("file", "columns_missing"));
        let huge = Bytes::from(vec![b'x'; domain::bank::MAX_BYTES as usize + 1]);
        assert!(matches!(refusal(bank::upload(&shop.ctx, &agent, "BCA", "x.csv", huge).await), Error::TooLarge { .. }));
        assert_eq!(refusal(bank::upload(&shop.ctx, &agent, "BNI", "x.csv", Bytes::new()).await).fields()[0].field, "layout");
        assert_eq!(bank::statements(&shop.ctx, &agent).await.unwrap().len(), 1);
        for stranger in [&b.buyer, &shop.staff("Satria", "cs2").await.unwrap()] {
            assert_eq!(refusal(bank::counts(&shop.ctx, stranger).await), Error::Forbidden);
            assert_eq!(refusal(bank::approve(&shop.ctx, stranger, line.id, of(&view)).await), Error::Forbidden);
        }
    })
    .await;
}
