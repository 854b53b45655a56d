//! The unique amounts that transfers ask for.

use crate::buying::Buying;
use crate::{approval, balance, place, prove};
use domain::ledger::AccountKind;
use domain::payment::MethodInput;
use service::fixture::on_each_database;
use service::{Settings, cart, desk, payment};

#[tokio::test]
async fn an_amount_rests_after_its_payment_has_ended() {
    on_each_database(|shop| async move {
        let b = Buying::two_stores(&shop).await;
        let cheap = shop.product(&b.sellers[0], "Stiker", 1_000, 10_000).await.unwrap();
        let mut amounts = std::collections::BTreeSet::new();
        for n in 0..100 {
            let item = domain::cart::AddItem { variant_id: cheap.variants[0], quantity: 1 };
            let buyer = shop.customer(&format!("Pembeli {n}")).await.unwrap();
            cart::add(&shop.ctx, &buyer, item).await.unwrap();
            let placed = place(&b, &buyer, "k").await;
            amounts.insert(placed.transfer.unwrap().amount);
            if n % 2 == 0 {
                let other = MethodInput { payment_method: "sandbox".into() };
                payment::change_method(&shop.ctx, &buyer, placed.id, other).await.unwrap();
            }
            let why = domain::order::CancelInput { reason: None };
            service::order::cancel(&shop.ctx, &buyer, &placed.orders[0], why).await.unwrap();
        }
        // A transfer may be under way over a weekend and still be told from all others.
        assert_eq!(amounts.len(), 100);
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
