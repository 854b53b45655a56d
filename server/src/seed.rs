//! Demo data: stores in Indonesian cities, believable products with pictures, buyers, 90 days of
//! orders and reviews. Deterministic: the same seed gives the same shop.
//!
//! Goods go through the services (the same rules and the same picture pipeline as a seller's), sales
//! through the real checkout, payment and delivery at moments of the past. Amounts beyond a believable
//! shop (benchmarks) are copies of these.

mod books;
mod bulk;
mod copy;
mod goods;
mod people;
mod sales;

use entity::{outbox, store};
use rand::SeedableRng;
use rand::rngs::StdRng;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use service::{Ctx, Result, db, identity};

/// Password of every demo account.
pub const PASSWORD: &str = "belanja-aman-2026";
/// Email addresses of the two accounts a visitor tries first.
pub const SELLER: &str = "penjual@belanjain.test";
pub const BUYER: &str = "pembeli@belanjain.test";
/// Staff: role, email address and name.
pub const STAFF: [(&str, &str, &str); 4] = [
    ("cs1", "cs1@belanjain.test", "Citra Verifikasi"),
    ("cs2", "cs2@belanjain.test", "Satria Kirim"),
    ("finance", "keuangan@belanjain.test", "Fitri Keuangan"),
    ("admin", "admin@belanjain.test", "Admin Demo"),
];

/// How much to make.
#[derive(Clone, Copy, Debug)]
pub struct Amount {
    pub products: usize,
    pub orders: usize,
}

/// What is made by the services; the rest is copies of it.
const MADE: Amount = Amount { products: 312, orders: 360 };

impl Default for Amount {
    fn default() -> Self {
        MADE
    }
}

/// Seeds an empty shop; `false` when there are stores already.
pub async fn seed(ctx: &Ctx, amount: Amount) -> Result<bool> {
    seed_from(ctx, MADE, amount).await
}

/// Nobody waits for the letters of a made-up past.
async fn close_outbox(ctx: &Ctx) -> Result<()> {
    use outbox::Column as C;
    let done = outbox::Entity::update_many().col_expr(C::DoneAt, Expr::value(ctx.now())).filter(C::DoneAt.is_null());
    done.exec(&ctx.db).await?;
    Ok(())
}

/// Makes at most `made` by the services and copies the rest from it.
pub async fn seed_from(ctx: &Ctx, made: Amount, amount: Amount) -> Result<bool> {
    if store::Entity::find().count(&ctx.db).await? > 0 {
        return Ok(false);
    }
    let mut random = StdRng::seed_from_u64(2026);
    let sellers = people::sellers(ctx).await?;
    let buyers = people::buyers(ctx).await?;
    for (role, email, name) in STAFF {
        identity::create_staff(ctx, role, name, email, PASSWORD).await?;
    }
    books::rates(ctx, &sellers).await?;
    let pictures = goods::pictures(ctx).await?;
    let sold = goods::products(ctx, &sellers, &pictures, amount.products.min(made.products), &mut random).await?;
    bulk::products(ctx, amount.products).await?;
    sales::orders(ctx, &sellers, &buyers, &sold, amount.orders.min(made.orders), &mut random).await?;
    bulk::orders(ctx, amount.orders).await?;
    books::payouts(ctx, &sellers).await?;
    books::settlement(ctx).await?;
    close_outbox(ctx).await?;
    db::refresh_statistics(&ctx.db).await?;
    Ok(true)
}
