//! Search over the public catalogue: filters and sorts are the same for both databases, keywords go
//! through the full-text index of each.

mod index;
mod postgres;
mod sqlite;

pub(super) use index::write as write_index;

use super::{card, category};
use crate::db::dialect;
use crate::{Ctx, Result};
use domain::Page;
use domain::catalog::{ProductCard, ProductStatus, SearchQuery, SortBy};
use domain::id::{ProductId, StoreId};
use entity::{product, store};
use sea_orm::sea_query::{Expr, Order};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use std::collections::BTreeMap;

/// Matches kept for ranking by relevance. Deeper results are reached by sorting otherwise.
const MAX_RANKED: u64 = 2_000;

pub async fn search(ctx: &Ctx, query: &SearchQuery) -> Result<Page<ProductCard>> {
    ctx.cache.pages.get(query.clone(), find(ctx, query)).await
}

async fn find(ctx: &Ctx, query: &SearchQuery) -> Result<Page<ProductCard>> {
    let Some(rows) = filter(ctx, query).await? else { return Ok(Page::new(vec![], query.page, 0)) };
    if query.keywords.is_empty() {
        return page(ctx, rows, query).await;
    }
    let ranked = if dialect::is_postgres(&ctx.db) {
        postgres::matches(&ctx.db, &query.keywords, MAX_RANKED).await?
    } else {
        sqlite::matches(&ctx.db, &query.keywords, MAX_RANKED).await?
    };
    if ranked.is_empty() {
        return Ok(Page::new(vec![], query.page, 0));
    }
    if is_keywords_only(query) {
        return ranked_page(ctx, &ranked, query).await;
    }
    let rows = rows.filter(among(&ctx.db, &ranked));
    match query.sort {
        SortBy::Relevance => by_rank(ctx, rows, &ranked, query).await,
        _ => page(ctx, rows, query).await,
    }
}

/// Everything but the keywords; `None` when a named category or store does not exist.
async fn filter(ctx: &Ctx, query: &SearchQuery) -> Result<Option<Select<product::Entity>>> {
    use product::Column as C;
    let mut rows = product::Entity::find().filter(C::Status.eq(ProductStatus::Active));
    if let Some(slug) = &query.category {
        let tree = category::tree(ctx).await?;
        let Some(root) = tree.by_slug(slug) else { return Ok(None) };
        rows = rows.filter(C::CategoryId.is_in(tree.subtree(root.id)));
    }
    if let Some(slug) = &query.store {
        let Some(id) = store_id(ctx, slug).await? else { return Ok(None) };
        rows = rows.filter(C::StoreId.eq(id));
    }
    if let Some(min) = query.min_price {
        rows = rows.filter(C::PriceMin.gte(min));
    }
    if let Some(max) = query.max_price {
        rows = rows.filter(C::PriceMin.lte(max));
    }
    if let Some(stars) = query.rating {
        rows = rows.filter(C::RatingAvg.gte(stars * 100));
    }
    if let Some(location) = &query.location {
        let ids = sea_orm::sea_query::Query::select()
            .column(store::Column::Id)
            .from(store::Entity)
            .and_where(store::Column::Location.eq(location))
            .to_owned();
        rows = rows.filter(C::StoreId.in_subquery(ids));
    }
    if query.in_stock {
        rows = rows.filter(Expr::exists(card::is_in_stock()));
    }
    Ok(Some(rows))
}

async fn store_id(ctx: &Ctx, slug: &str) -> Result<Option<StoreId>> {
    let id = store::Entity::find().select_only().column(store::Column::Id).filter(store::Column::Slug.eq(slug));
    Ok(id.into_tuple().one(&ctx.db).await?)
}

async fn page(ctx: &Ctx, rows: Select<product::Entity>, query: &SearchQuery) -> Result<Page<ProductCard>> {
    use product::Column as C;
    let (column, order) = match query.sort {
        SortBy::Newest | SortBy::Relevance => (C::CreatedAt, Order::Desc),
        SortBy::Oldest => (C::CreatedAt, Order::Asc),
        SortBy::PriceAsc => (C::PriceMin, Order::Asc),
        SortBy::PriceDesc => (C::PriceMin, Order::Desc),
        SortBy::BestSelling => (C::SoldCount, Order::Desc),
        SortBy::Rating => (C::RatingAvg, Order::Desc),
    };
    let total = rows.clone().count(&ctx.db).await?;
    // The id makes the order total: no product is shown on two pages.
    let rows = rows
        .order_by(column, order.clone())
        .order_by(C::Id, order)
        .offset(query.page.offset())
        .limit(query.page.per_page())
        .all(&ctx.db)
        .await?;
    Ok(Page::new(card::cards(&ctx.db, rows).await?, query.page, total))
}

/// The page in the order of the full-text rank.
async fn by_rank(
    ctx: &Ctx,
    rows: Select<product::Entity>,
    ranked: &[ProductId],
    query: &SearchQuery,
) -> Result<Page<ProductCard>> {
    let fit: Vec<ProductId> = rows.select_only().column(product::Column::Id).into_tuple().all(&ctx.db).await?;
    let fit: std::collections::BTreeSet<_> = fit.into_iter().collect();
    let ids: Vec<ProductId> = ranked.iter().copied().filter(|id| fit.contains(id)).collect();
    ranked_page(ctx, &ids, query).await
}

/// A condition on products: one of these. One value however many they are: the statement stays the
/// same and short.
fn among(db: &impl ConnectionTrait, ids: &[ProductId]) -> Expr {
    let ids: Vec<String> = ids.iter().map(|id| format!("\"{}\"", id.0.simple())).collect();
    let list = format!("[{}]", ids.join(","));
    if dialect::is_postgres(db) {
        let sql = "\"product\".\"id\" IN (SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST($1 AS json)))";
        Expr::cust_with_values(sql, [list])
    } else {
        Expr::cust_with_values("\"product\".\"id\" IN (SELECT unhex(value) FROM json_each(?))", [list])
    }
}

/// Whether the matches of the full-text index are the answer: it knows only what is on sale.
fn is_keywords_only(query: &SearchQuery) -> bool {
    let bare =
        SearchQuery { keywords: query.keywords.clone(), sort: SortBy::Relevance, page: query.page, ..SearchQuery::default() };
    *query == bare
}

/// The asked page of products given in order.
async fn ranked_page(ctx: &Ctx, ids: &[ProductId], query: &SearchQuery) -> Result<Page<ProductCard>> {
    let total = ids.len() as u64;
    let skip = usize::try_from(query.page.offset()).unwrap_or(usize::MAX);
    let take = usize::try_from(query.page.per_page()).unwrap_or(usize::MAX);
    let ids: Vec<ProductId> = ids.iter().copied().skip(skip).take(take).collect();
    let found = product::Entity::find().filter(product::Column::Id.is_in(ids.iter().copied())).all(&ctx.db).await?;
    let mut found: BTreeMap<_, _> = found.into_iter().map(|p| (p.id, p)).collect();
    let rows = ids.iter().filter_map(|id| found.remove(id)).collect();
    Ok(Page::new(card::cards(&ctx.db, rows).await?, query.page, total))
}

/// The words of a query: letters and digits only, lower case, at most ten. Whatever else was typed
/// (quotes, operators) has no meaning to the index.
fn words(keywords: &str) -> Vec<String> {
    keywords.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).take(10).map(str::to_lowercase).collect()
}
