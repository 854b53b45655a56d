//! Reviews of delivered purchases: one per order line.

use crate::db::{Tx, new_id, transact};
use crate::event::{Event, emit};
use crate::{Actor, Ctx, Result};
use domain::id::ProductId;
use domain::identity::Permission;
use domain::order::OrderStatus;
use domain::review::{Rating, RatingSummary, ReviewInput, ReviewView, public_name};
use domain::{Conflict, Error, Noun, Page, PageRequest};
use entity::{order, order_line, product, review, store};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set};

/// Reviews the first line of this product in the order that has none yet.
pub async fn add(ctx: &Ctx, actor: &Actor, slug: &str, input: ReviewInput) -> Result<ReviewView> {
    let user = actor.require(Permission::Shop)?;
    let input = &input.check()?;
    let written = transact(ctx, |tx| async move {
        let product = by_slug(&*tx, slug).await?;
        let line = line_to_review(&tx, user.id, product.id, &input.order_number).await?;
        let options: std::collections::BTreeMap<String, String> = serde_json::from_value(line.options)?;
        let now = ctx.now();
        let row = review::ActiveModel {
            id: Set(new_id()),
            order_line_id: Set(line.id),
            product_id: Set(product.id),
            store_id: Set(product.store_id),
            user_id: Set(user.id),
            author: Set(public_name(&user.name)),
            variant: Set(options.into_values().collect::<Vec<_>>().join(", ")),
            rating: Set(i32::try_from(input.rating).unwrap_or_default()),
            comment: Set(input.comment.clone()),
            created_at: Set(now),
            updated_at: Set(now),
        };
        let row = row.insert(&*tx).await?;
        count_in(&tx, &product, input.rating).await?;
        emit(&*tx, now, Event::ReviewWritten { review: row.id }).await?;
        Ok(row)
    })
    .await?;
    Ok(show(written))
}

async fn line_to_review(tx: &Tx, user: domain::id::UserId, product: ProductId, number: &str) -> Result<order_line::Model> {
    let order = order::Entity::find()
        .filter(order::Column::Number.eq(number))
        .filter(order::Column::BuyerId.eq(user))
        .filter(order::Column::Status.eq(OrderStatus::Delivered))
        .one(&**tx)
        .await?
        .ok_or(Error::NotPurchased)?;
    let lines = order_line::Entity::find()
        .filter(order_line::Column::OrderId.eq(order.id))
        .filter(order_line::Column::ProductId.eq(product))
        .order_by_asc(order_line::Column::Position)
        .all(&**tx)
        .await?;
    if lines.is_empty() {
        return Err(Error::NotPurchased.into());
    }
    let reviewed =
        review::Entity::find().filter(review::Column::OrderLineId.is_in(lines.iter().map(|l| l.id))).all(&**tx).await?;
    let open = lines.into_iter().find(|l| !reviewed.iter().any(|r| r.order_line_id == l.id));
    open.ok_or_else(|| Conflict::ReviewDuplicate.into())
}

/// Adds the stars to product and store; both averages follow.
async fn count_in(tx: &Tx, product: &product::Model, stars: i64) -> Result<()> {
    use product::Column as P;
    let sum = || Expr::col(P::RatingSum).add(stars);
    let count = || Expr::col(P::RatingCount).add(1);
    product::Entity::update_many()
        // Hundredths, rounded half up, by integer arithmetic.
        .col_expr(P::RatingAvg, sum().mul(200).add(count()).div(count().mul(2)).cast_as("INTEGER"))
        .col_expr(P::RatingSum, sum())
        .col_expr(P::RatingCount, count())
        .filter(P::Id.eq(product.id))
        .exec(&**tx)
        .await?;
    use store::Column as S;
    store::Entity::update_many()
        .col_expr(S::RatingSum, Expr::col(S::RatingSum).add(stars))
        .col_expr(S::RatingCount, Expr::col(S::RatingCount).add(1))
        .filter(S::Id.eq(product.store_id))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Newest first.
pub async fn of_product(ctx: &Ctx, slug: &str, page: PageRequest) -> Result<Page<ReviewView>> {
    ctx.cache.reviews.get((slug.to_owned(), page), read_page(ctx, slug, page)).await
}

async fn read_page(ctx: &Ctx, slug: &str, page: PageRequest) -> Result<Page<ReviewView>> {
    let product = by_slug(&ctx.db, slug).await?;
    let rows = review::Entity::find().filter(review::Column::ProductId.eq(product.id));
    let total = rows.clone().count(&ctx.db).await?;
    let rows = rows
        .order_by_desc(review::Column::CreatedAt)
        .order_by_desc(review::Column::Id)
        .offset(page.offset())
        .limit(page.per_page())
        .all(&ctx.db)
        .await?;
    Ok(Page::new(rows.into_iter().map(show).collect(), page, total))
}

pub async fn summary(ctx: &Ctx, slug: &str) -> Result<RatingSummary> {
    ctx.cache.ratings.get(slug.to_owned(), read_summary(ctx, slug)).await
}

async fn read_summary(ctx: &Ctx, slug: &str) -> Result<RatingSummary> {
    let product = by_slug(&ctx.db, slug).await?;
    let rows: Vec<(i32, i64)> = review::Entity::find()
        .select_only()
        .column(review::Column::Rating)
        .expr(review::Column::Id.count())
        .filter(review::Column::ProductId.eq(product.id))
        .group_by(review::Column::Rating)
        .into_tuple()
        .all(&ctx.db)
        .await?;
    let stars = |n: i32| rows.iter().find(|r| r.0 == n).map_or(0, |r| r.1);
    Ok(RatingSummary {
        average: Rating::average(product.rating_sum, product.rating_count),
        count: product.rating_count,
        histogram: (1..=5).map(stars).collect(),
    })
}

async fn by_slug(db: &impl sea_orm::ConnectionTrait, slug: &str) -> Result<product::Model> {
    let row = product::Entity::find().filter(product::Column::Slug.eq(slug)).one(db).await?;
    row.ok_or_else(|| Error::NotFound(Noun::Product).into())
}

fn show(row: review::Model) -> ReviewView {
    ReviewView {
        id: row.id,
        author: row.author,
        rating: row.rating,
        comment: row.comment,
        variant: row.variant,
        verified_purchase: true,
        created_at: row.created_at,
    }
}
