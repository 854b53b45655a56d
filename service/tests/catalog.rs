//! The seller's catalogue and the search over it, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::catalog::{ImagePatch, ProductInput, ProductPatch, ProductStatus, SearchInput, SellerProductView, VariantInput};
use domain::{Conflict, Error, Locale, Money, Noun, PageRequest};
use service::fixture::{Shop, on_each_database};
use service::{Actor, catalog};

fn variant(sku: &str, size: &str, stock: i64) -> VariantInput {
    VariantInput {
        id: None,
        sku: Some(sku.into()),
        barcode: Some("4006381333931".into()),
        price: Money(100_000),
        stock,
        options: [("Ukuran".to_owned(), size.to_owned())].into(),
        image_id: None,
    }
}

fn shoe(variants: Vec<VariantInput>) -> ProductInput {
    serde_json::from_value(serde_json::json!({
        "name": "Sepatu lari", "description": "**Ringan**", "category": "sepatu-lari", "weight_grams": 800,
        "length_mm": 300, "tags": ["lari"], "status": "active", "variants": variants,
    }))
    .unwrap()
}

fn patch(value: serde_json::Value) -> ProductPatch {
    serde_json::from_value(value).unwrap()
}

/// The variants of a product as they would be sent again.
fn again(view: &SellerProductView) -> Vec<VariantInput> {
    let input = |v: &domain::catalog::VariantView| VariantInput {
        id: Some(v.id),
        sku: Some(v.sku.clone()),
        barcode: v.barcode.clone(),
        price: v.price,
        stock: 0,
        options: v.options.clone(),
        image_id: None,
    };
    view.product.variants.iter().map(input).collect()
}

async fn change(
    shop: &Shop,
    seller: &Actor,
    view: &SellerProductView,
    variants: Vec<VariantInput>,
) -> service::Result<SellerProductView> {
    let patch = ProductPatch { variants: Some(variants), ..patch(serde_json::json!({})) };
    catalog::update(&shop.ctx, seller, view.product.id, patch).await
}

fn refusal<T: std::fmt::Debug>(result: service::Result<T>) -> Error {
    result.unwrap_err().into_domain()
}

#[tokio::test]
async fn a_variant_keeps_its_stock_when_its_sku_changes() {
    on_each_database(|shop| async move {
        let seller = shop.seller("Toko Satu").await.unwrap();
        let made = catalog::create(&shop.ctx, &seller, shoe(vec![variant("A", "40", 3), variant("B", "41", 7)])).await.unwrap();
        let mut wanted = again(&made);
        // They exchange their SKUs, which are unique.
        wanted[0].sku = Some("B".into());
        wanted[1].sku = Some("A".into());
        let saved = change(&shop, &seller, &made, wanted).await.unwrap();
        let now: Vec<_> = saved.product.variants.iter().map(|v| (v.id, v.sku.as_str(), v.available)).collect();
        let before = &made.product.variants;
        assert_eq!(now, [(before[0].id, "B", 3), (before[1].id, "A", 7)]);
        assert_eq!(saved.product.variants[0].barcode.as_deref(), Some("4006381333931"));
    })
    .await;
}

#[tokio::test]
async fn a_retired_variant_comes_back_by_its_sku_and_gives_it_to_nobody_else() {
    on_each_database(|shop| async move {
        let seller = shop.seller("Toko Satu").await.unwrap();
        let made = catalog::create(&shop.ctx, &seller, shoe(vec![variant("A", "40", 3), variant("B", "41", 7)])).await.unwrap();
        let first = again(&made).remove(0);
        let one = change(&shop, &seller, &made, vec![first.clone()]).await.unwrap();
        assert_eq!(one.product.variants.len(), 1);
        let taken = VariantInput { sku: Some("B".into()), ..first.clone() };
        let refused = refusal(change(&shop, &seller, &made, vec![taken]).await);
        assert_eq!(refused, Error::Conflict(Conflict::SkuTaken(vec!["B".into()])));
        let back = change(&shop, &seller, &made, vec![first, variant("B", "41", 99)]).await.unwrap();
        let second = &back.product.variants[1];
        assert_eq!((second.id, second.available), (made.product.variants[1].id, 7), "its own stock, not a new opening stock");
    })
    .await;
}

#[tokio::test]
async fn an_unknown_variant_or_picture_is_refused_at_its_row() {
    on_each_database(|shop| async move {
        let seller = shop.seller("Toko Satu").await.unwrap();
        let mut other = variant("X", "40", 1);
        other.image_id = Some(service::db::new_id());
        let refused = refusal(catalog::create(&shop.ctx, &seller, shoe(vec![other.clone()])).await);
        assert_eq!(refused, Error::invalid("variants[0].image_id", "unknown_value"));
        let made = catalog::create(&shop.ctx, &seller, shoe(vec![variant("A", "40", 3)])).await.unwrap();
        let refused = refusal(
            change(
                &shop,
                &seller,
                &made,
                vec![variant("A", "40", 3), VariantInput { options: [("Ukuran".into(), "41".into())].into(), ..other }],
            )
            .await,
        );
        assert_eq!(refused, Error::invalid("variants[1].image_id", "unknown_value"));
        let foreign = VariantInput { id: Some(service::db::new_id()), ..variant("A", "40", 3) };
        let refused = refusal(change(&shop, &seller, &made, vec![foreign]).await);
        assert_eq!(refused, Error::invalid("variants[0].id", "unknown_value"));
        let unchanged = catalog::own_product(&shop.ctx, &seller, made.product.id).await.unwrap();
        assert_eq!(unchanged.product.variants, made.product.variants);
    })
    .await;
}

#[tokio::test]
async fn a_variants_picture_stays_through_a_price_change_and_goes_with_the_picture() {
    on_each_database(|shop| async move {
        let seller = shop.seller("Toko Satu").await.unwrap();
        let made = catalog::create(&shop.ctx, &seller, shoe(vec![variant("A", "40", 3)])).await.unwrap();
        let id = made.product.id;
        let mut bytes = std::io::Cursor::new(vec![]);
        image::DynamicImage::new_rgb8(300, 200).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        let bytes = bytes::Bytes::from(bytes.into_inner());
        let first = catalog::add_image(&shop.ctx, &seller, id, bytes.clone(), "depan").await.unwrap();
        let second = catalog::add_image(&shop.ctx, &seller, id, bytes, "").await.unwrap();
        let mut wanted = again(&made);
        wanted[0].image_id = Some(second.id);
        let saved = change(&shop, &seller, &made, wanted).await.unwrap();
        assert_eq!(saved.product.variants[0].image_url.as_ref(), Some(&second.url));
        let dearer = patch(serde_json::json!({ "price": 120_000 }));
        let saved = catalog::update(&shop.ctx, &seller, id, dearer).await.unwrap();
        assert_eq!(saved.product.variants[0].image_url.as_ref(), Some(&second.url));

        let patch = ImagePatch { alt: Some("samping".into()), position: Some(0) };
        assert_eq!(catalog::change_image(&shop.ctx, &seller, id, second.id, patch).await.unwrap().alt, "samping");
        let shown = catalog::own_product(&shop.ctx, &seller, id).await.unwrap().product;
        assert_eq!(shown.images.iter().map(|i| i.id).collect::<Vec<_>>(), [second.id, first.id]);
        assert_eq!(shown.image_url.as_ref(), Some(&second.url));

        catalog::remove_image(&shop.ctx, &seller, id, second.id).await.unwrap();
        let shown = catalog::own_product(&shop.ctx, &seller, id).await.unwrap().product;
        assert_eq!(shown.variants[0].image_url, None);
        assert_eq!(shown.image_url, Some(first.url));
        let gone = refusal(catalog::remove_image(&shop.ctx, &seller, id, second.id).await);
        assert_eq!(gone, Error::NotFound(Noun::Image));
    })
    .await;
}

#[tokio::test]
async fn absent_fields_stay_and_null_takes_a_measure_away() {
    on_each_database(|shop| async move {
        let seller = shop.seller("Toko Satu").await.unwrap();
        let made = catalog::create(&shop.ctx, &seller, shoe(vec![variant("A", "40", 3)])).await.unwrap();
        let update = |value| catalog::update(&shop.ctx, &seller, made.product.id, patch(value));
        let saved = update(serde_json::json!({ "width_mm": 200 })).await.unwrap();
        assert_eq!(
            (saved.length_mm, saved.width_mm, saved.tags.as_slice()),
            (Some(300), Some(200), ["lari".to_owned()].as_slice())
        );
        let saved = update(serde_json::json!({ "length_mm": null })).await.unwrap();
        assert_eq!((saved.length_mm, saved.width_mm), (None, Some(200)));
    })
    .await;
}

#[tokio::test]
async fn an_archived_product_leaves_the_shop_and_stays_with_its_seller() {
    on_each_database(|shop| async move {
        let seller = shop.seller("Toko Satu").await.unwrap();
        let stranger = shop.seller("Toko Dua").await.unwrap();
        let made = catalog::create(&shop.ctx, &seller, shoe(vec![variant("A", "40", 3)])).await.unwrap();
        let refused = refusal(catalog::archive(&shop.ctx, &stranger, made.product.id).await);
        assert_eq!(refused, Error::NotFound(Noun::Product));
        for _ in 0..2 {
            catalog::archive(&shop.ctx, &seller, made.product.id).await.unwrap();
        }
        let slug = &made.product.slug;
        assert_eq!(refusal(catalog::find(&shop.ctx, Locale::Id, slug).await), Error::NotFound(Noun::Product));
        let own =
            catalog::own_products(&shop.ctx, &seller, Some(ProductStatus::Archived), "", PageRequest::default()).await.unwrap();
        assert_eq!(own.total, 1);
    })
    .await;
}

/// Names found for a search, in order.
async fn names(shop: &Shop, query: &[(&str, &str)]) -> Vec<String> {
    let query: serde_json::Map<_, _> = query.iter().map(|(k, v)| ((*k).to_owned(), (*v).into())).collect();
    let input: SearchInput = serde_json::from_value(query.into()).unwrap();
    let page = catalog::search(&shop.ctx, &input.check().unwrap()).await.unwrap();
    page.items.into_iter().map(|p| p.name).collect()
}

#[tokio::test]
async fn search_combines_words_filters_and_order() {
    on_each_database(|shop| async move {
        let seller = shop.seller("Toko Satu").await.unwrap();
        for (name, category, price, stock) in [
            ("Sepatu lari merah", "sepatu-lari", 300_000, 5),
            ("Sepatu lari hitam", "sepatu-lari", 200_000, 0),
            ("Sandal gunung", "sandal", 90_000, 5),
            ("Kopi Gayo", "kopi-teh", 80_000, 5),
        ] {
            let value = serde_json::json!({
                "name": name, "category": category, "weight_grams": 500, "price": price, "stock": stock, "status": "active",
            });
            catalog::create(&shop.ctx, &seller, serde_json::from_value(value).unwrap()).await.unwrap();
        }
        assert_eq!(names(&shop, &[("q", "sepatu"), ("sort", "price_asc")]).await, ["Sepatu lari hitam", "Sepatu lari merah"]);
        assert_eq!(names(&shop, &[("q", "sepat")]).await.len(), 2, "the beginning of a word");
        assert_eq!(names(&shop, &[("q", "spatu lari")]).await.len(), 2, "a slip of the finger");
        assert_eq!(names(&shop, &[("q", "sepatu"), ("in_stock", "true")]).await, ["Sepatu lari merah"]);
        assert_eq!(names(&shop, &[("q", "sepatu"), ("max_price", "250000")]).await, ["Sepatu lari hitam"]);
        assert_eq!(names(&shop, &[("sort", "price_desc"), ("per_page", "1"), ("page", "2")]).await, ["Sepatu lari hitam"]);
        assert_eq!(names(&shop, &[("category", "sepatu"), ("sort", "oldest")]).await.first().unwrap(), "Sepatu lari merah");
        assert_eq!(names(&shop, &[("category", "tidak-ada")]).await.len(), 0);
        assert_eq!(names(&shop, &[("location", "Bandung"), ("sort", "price_asc")]).await.len(), 4);
        assert_eq!(names(&shop, &[("q", "\"' OR 1=1 --")]).await.len(), 0);
    })
    .await;
}
