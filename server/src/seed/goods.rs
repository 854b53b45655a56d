//! Products and their pictures.

mod list;

use bytes::Bytes;
use chrono::TimeDelta;
use domain::Money;
use domain::catalog::{ProductInput, ProductStatus, Specification, VariantInput};
use domain::id::VariantId;
use entity::{product, product_image};
use list::{GOODS, Good};
use rand::Rng;
use rand::rngs::StdRng;
use sea_orm::{ActiveModelTrait, EntityTrait, Set};
use service::picture::Stored;
use service::{Actor, Ctx, Result, catalog, db, picture};
use std::collections::BTreeMap;

/// What was made: whose it is, and what can be bought.
pub(super) struct Sold {
    pub seller: usize,
    pub slug: String,
    pub variants: Vec<VariantId>,
}

/// Every picture once, through the pipeline; products share them.
pub(super) async fn pictures(ctx: &Ctx) -> Result<BTreeMap<&'static str, Stored>> {
    let mut stored = BTreeMap::new();
    for good in GOODS {
        if !stored.contains_key(good.art) {
            stored.insert(good.art, picture::store(ctx, Bytes::from_static(good.picture)).await?);
        }
    }
    Ok(stored)
}

const ADJECTIVES: &[&str] =
    &["Klasik", "Premium", "Ringan", "Nusantara", "Harian", "Modern", "Asli", "Favorit", "Edisi Khusus", "Serbaguna"];

pub(super) async fn products(
    ctx: &Ctx,
    sellers: &[Actor],
    pictures: &BTreeMap<&'static str, Stored>,
    count: usize,
    random: &mut StdRng,
) -> Result<Vec<Sold>> {
    let mut sold = vec![];
    for index in 0..count {
        let good = &GOODS[index % GOODS.len()];
        let adjective = ADJECTIVES[(index / GOODS.len()) % ADJECTIVES.len()];
        let seller = (index % GOODS.len() + index / GOODS.len()) % sellers.len();
        // Spread over the last months, so that "newest" means something.
        let past = ctx.at(ctx.now() - TimeDelta::days(95) - TimeDelta::minutes(random.random_range(0..60_000)));
        let made = catalog::create(&past, &sellers[seller], input(good, adjective, random)).await?;
        if let Some(stored) = pictures.get(good.art) {
            attach(ctx, made.product.id, &made.product.name, stored).await?;
        }
        let variants = made.product.variants.iter().map(|v| v.id).collect();
        sold.push(Sold { seller, slug: made.product.slug, variants });
    }
    Ok(sold)
}

fn input(good: &Good, adjective: &str, random: &mut StdRng) -> ProductInput {
    let price = good.price / 1_000 * random.random_range(800..1_400) / 1_000 * 1_000 + 900;
    let values = good.values.iter().enumerate();
    let variants = values.map(|(i, value)| VariantInput {
        id: None,
        image_id: None,
        sku: None,
        barcode: None,
        price: Money(price + i as i64 * good.price / 20 / 1_000 * 1_000),
        stock: random.random_range(3..120),
        options: [(good.option.to_owned(), (*value).to_owned())].into(),
    });
    ProductInput {
        name: format!("{} {adjective}", good.name),
        description: format!(
            "**{} {adjective}** dipilih langsung oleh penjual dan diperiksa sebelum dikirim.\n\n- {}\n- Dikirim dengan kemasan aman\n- Bisa ditukar bila cacat",
            good.name, good.note
        ),
        category: good.category.into(),
        weight_grams: good.weight,
        length_mm: None,
        width_mm: None,
        height_mm: None,
        price: None,
        stock: None,
        sku: None,
        barcode: None,
        specifications: vec![
            Specification { label: "Kondisi".into(), value: "Baru".into() },
            Specification { label: "Asal".into(), value: "Indonesia".into() },
            Specification { label: "Keterangan".into(), value: good.note.into() },
        ],
        options: vec![],
        variants: variants.collect(),
        tags: vec![],
        status: ProductStatus::Active,
    }
}

async fn attach(ctx: &Ctx, product: domain::id::ProductId, name: &str, stored: &Stored) -> Result<()> {
    let row = product_image::ActiveModel {
        id: Set(db::new_id()),
        product_id: Set(product),
        position: Set(0),
        image_key: Set(stored.key.clone()),
        alt: Set(name.to_owned()),
        width: Set(stored.width),
        height: Set(stored.height),
        created_at: Set(ctx.now()),
    };
    product_image::Entity::insert(row).exec_without_returning(&ctx.db).await?;
    let row = product::ActiveModel { id: Set(product), image_key: Set(Some(stored.key.clone())), ..Default::default() };
    row.update(&ctx.db).await?;
    Ok(())
}
