//! Large demo data are copies: searchable, sellable, and with books that balance.
#![allow(clippy::unwrap_used)]

use domain::catalog::SearchInput;
use domain::id::ProductId;
use entity::{order, product};
use sea_orm::{EntityTrait, PaginatorTrait};
use server::seed::{Amount, seed_from};
use service::catalog;
use service::fixture::on_each_database;
use std::collections::BTreeSet;

#[tokio::test]
async fn copies_can_be_found_and_leave_the_books_balanced() {
    on_each_database(|shop| async move {
        let ctx = &shop.ctx;
        let made = Amount { products: 14, orders: 16 };
        assert!(seed_from(ctx, made, Amount { products: 100, orders: 200 }).await.unwrap());
        assert!(product::Entity::find().count(&ctx.db).await.unwrap() >= 100);
        assert!(order::Entity::find().count(&ctx.db).await.unwrap() >= 200);
        assert_eq!(service::verify::books(ctx).await.unwrap(), Vec::<String>::new());

        let first = product::Entity::find().one(&ctx.db).await.unwrap().unwrap();
        let word = first.name.split(' ').next().unwrap().to_owned();
        let input = SearchInput { q: Some(word), per_page: Some("100".into()), ..Default::default() };
        let found = catalog::search(ctx, &input.check().unwrap()).await.unwrap();
        let ids: BTreeSet<ProductId> = found.items.iter().map(|p| p.id).collect();
        assert!(found.total > 5 && ids.len() == found.items.len(), "{} found", found.total);
        // Not a second time.
        assert!(!seed_from(ctx, made, made).await.unwrap());
    })
    .await;
}
