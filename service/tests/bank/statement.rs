//! What is read of a statement, and what is not.

use crate::buying::{Buying, refusal};
use crate::{lines, new, of, statement, transfer, upload};
use bytes::Bytes;
use domain::bank::LineState;
use domain::{Conflict, Error, Money};
use service::Settings;
use service::bank::{self, NewStatement};
use service::fixture::on_each_database;

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
            assert_eq!(refusal(bank::reopen(&shop.ctx, stranger, line.id).await), Error::Forbidden);
            assert!(bank::accounts(&shop.ctx, stranger).is_err());
        }
    })
    .await;
}

/// A layout was added, or changed, between two uploads.
#[tokio::test]
async fn a_line_in_other_words_is_known() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let agent = shop.staff("Citra", "cs1").await.unwrap();
        let (view, asked) = transfer(&b, "k").await;
        upload(&b.ctx, &agent, &[("TRF BUDI", asked), ("TRF SITI", 5_000)]).await;
        let line = lines(&b.ctx, &agent, LineState::Proposed).await.remove(0);
        bank::approve(&b.ctx, &agent, line.id, of(&view)).await.unwrap();

        let [.., bri] = <[domain::bank::Layout; 3]>::try_from(domain::bank::built_in()).unwrap();
        let description = vec!["DESK_TRAN".into(), "SALDO".into()];
        let own = domain::bank::Layout { name: "BRI saldo".into(), description, ..bri };
        bank::save_layout(&b.ctx, &agent, own).await.unwrap();
        let otherwise = async |rows: &[(&str, i64)]| {
            let done = bank::upload(&b.ctx, &agent, new("BRI saldo", statement(rows))).await.unwrap();
            (done.added, done.known)
        };
        assert_eq!(otherwise(&[("TRF BUDI", asked), ("TRF SITI", 5_000)]).await, (0, 2));
        assert_eq!(lines(&b.ctx, &agent, LineState::Unmatched).await.len(), 1, "Siti's, once");
        // The same again on the same day is more money, in these words and in those.
        let later = [("TRF BUDI", asked), ("TRF SITI", 5_000), ("TRF BUDI", asked)];
        assert_eq!(otherwise(&later).await, (1, 2));
        assert_eq!(otherwise(&later).await, (0, 3));
        let done = upload(&b.ctx, &agent, &later).await;
        assert_eq!((done.added, done.known), (0, 3));
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
