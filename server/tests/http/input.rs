//! Input as people and attackers send it: each is answered as the contract says, nothing is half
//! written.

use crate::shop::{Http, Person, on_each_database, verify};
use serde_json::{Value, json};
use std::io::Cursor;

fn product(changes: &Value) -> Value {
    let mut body = json!({
        "name": "Sepatu", "description": "Bagus.", "category": "sepatu-lari", "weight_grams": 500,
        "price": 100_000, "stock": 5, "status": "active",
    });
    for (key, value) in changes.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

async fn create(http: &Http, seller: &Person, changes: Value) -> crate::shop::Answered {
    http.post("/seller/products").token(&seller.token).json(&product(&changes)).send().await
}

#[tokio::test]
async fn text_in_any_script_comes_back_as_it_went_in() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let seller = http.person("seller", "Toko 東京 & <b>Söhne</b>").await;
        let names = [
            "ꦧꦠꦶꦏ꧀ ꦗꦮ",
            "حذاء رياضي",
            "运动鞋 '; DROP TABLE product; --",
            "<script>alert(1)</script>",
            "👟 Sepatu \u{200d} keren",
            "%_\\",
            "</title><script>alert(1)</script>",
            "\"><script>alert(1)</script>",
        ];
        for name in names {
            let made = create(&http, &seller, json!({ "name": name })).await.expect(201);
            assert_eq!(made["name"], name);
            let page = http.page(&format!("/p/{}", made["slug"].as_str().unwrap())).send().await;
            assert_eq!(page.status, 200, "{name}");
            assert!(!page.text.contains(r#""><script>"#), "{name}");
            let at = page.text.find("<script>alert").map(|at| &page.text[at.saturating_sub(200)..at + 60]);
            assert_eq!(at, None, "{name}");
        }
        // Each is found by its own words; wildcards are letters like any other.
        let found = http.get("/products?q=DROP%20TABLE").send().await.expect(200);
        assert_eq!(found["total"], 1);
        for q in ["%25", "_", "%22%20OR%201=1", "*", "(", "NEAR(a%20b)", "%00"] {
            assert!(http.get(&format!("/products?q={q}")).send().await.status.as_u16() < 500, "{q}");
        }
    })
    .await;
}

#[tokio::test]
async fn descriptions_are_long_and_never_html() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let seller = http.person("seller", "Toko Satu").await;
        let full = "kata ".repeat(2_000);
        create(&http, &seller, json!({ "description": full })).await.expect(201);
        let fields = create(&http, &seller, json!({ "description": format!("{full}!x") })).await.fields();
        assert_eq!(fields, ["description:too_long"]);
        let bad = "**tebal** <script>alert(1)</script> <img src=x onerror=alert(1)> [klik](javascript:alert(1))";
        let made = create(&http, &seller, json!({ "description": bad })).await.expect(201);
        let shown = http.get(&format!("/products/{}", made["slug"].as_str().unwrap())).send().await.expect(200);
        let html = shown["description_html"].as_str().unwrap();
        assert!(html.contains("<strong>tebal</strong>"), "{html}");
        for part in ["<script", "onerror", "javascript:"] {
            assert!(!html.contains(part), "{html}");
        }
    })
    .await;
}

#[tokio::test]
async fn numbers_out_of_range_are_named() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let seller = http.person("seller", "Toko Satu").await;
        for price in ["0", "-1", "99999999999999999999", "1e30", "\"abc\"", "1.5", "9223372036854775807"] {
            let body = product(&json!({})).to_string().replace("100000", price);
            let answer = http.post("/seller/products").token(&seller.token).raw("application/json", body).send().await;
            let fields = answer.fields();
            assert!(fields.len() == 1 && fields[0].contains("price"), "{price}: {fields:?}");
        }
        let sold = http.product(&seller, "Sepatu", 100_000, 5).await;
        let buyer = http.person("customer", "Budi").await;
        for quantity in ["0", "-1", "2147483648", "99999999999999999999"] {
            let body = format!(r#"{{"variant_id":"{}","quantity":{quantity}}}"#, sold.variants[0]);
            let answer = http.post("/cart/items").token(&buyer.token).raw("application/json", body).send().await;
            let fields = answer.fields();
            assert!(fields[0].starts_with("quantity:"), "{quantity}: {fields:?}");
        }
        for on_hand in ["-1", "99999999999999999999"] {
            let call = http.call(http::Method::PATCH, &format!("/seller/inventory/{}", sold.variants[0])).token(&seller.token);
            let fields = call.raw("application/json", format!(r#"{{"on_hand":{on_hand}}}"#)).send().await.fields();
            assert!(fields[0].starts_with("on_hand:"), "{fields:?}");
        }
        assert_eq!(http.get("/cart").token(&buyer.token).send().await.expect(200)["total"], 0);
        verify(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn queries_that_make_no_sense_are_named() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        for (query, field) in [
            ("page=0", "page"),
            ("page=-1", "page"),
            ("page=abc", "page"),
            ("per_page=101", "per_page"),
            ("sort=foo", "sort"),
            ("min_price=abc", "min_price"),
            ("min_price=10&max_price=5", "max_price"),
            ("page=99999999999999999999", "page"),
        ] {
            let fields = http.get(&format!("/products?{query}")).send().await.fields();
            assert!(fields.iter().any(|f| f.starts_with(&format!("{field}:"))), "{query}: {fields:?}");
            // The page says the same instead of failing.
            let page = http.page(&format!("/search?{query}")).send().await;
            assert!([200, 422].contains(&page.status.as_u16()), "{query}: {}", page.status);
        }
        // Server functions of pages: nothing asked is everything; what cannot be read is the caller's mistake.
        http.get("/!/api/shop/search").send().await.expect(200);
        assert_eq!(http.get("/!/api/shop/product").send().await.status, 400);
        assert_eq!(http.get("/products?page=500").send().await.expect(200)["items"].as_array().unwrap().len(), 0);
        assert_eq!(http.get("/products/tidak-ada").send().await.refusal(), (404, "product.not_found".into()));
    })
    .await;
}

#[tokio::test]
async fn bodies_that_are_none() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let post = |kind: &str, body: Vec<u8>| http.post("/auth/login").raw(kind, body).send();
        assert_eq!(post("application/json", b"{".to_vec()).await.refusal().0, 400);
        assert_eq!(post("text/plain", b"{}".to_vec()).await.refusal().0, 415);
        assert_eq!(post("application/json", b"{}".to_vec()).await.fields(), ["email:required"]);
        assert_eq!(post("application/json", vec![b' '; 3 * 1024 * 1024]).await.refusal().0, 413);
        let answer = http.call(http::Method::DELETE, "/auth/login").send().await;
        assert_eq!(answer.refusal().0, 405);
        assert_eq!(http.get("/tidak-ada").send().await.refusal().0, 404);
    })
    .await;
}

fn picture(width: u32, height: u32, format: image::ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(vec![]);
    image::DynamicImage::new_rgb8(width, height).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A PNG that claims to be enormous and is a few bytes.
fn bomb() -> Vec<u8> {
    let mut png = picture(1, 1, image::ImageFormat::Png);
    png[16..24].copy_from_slice(&[0, 0, 0xC3, 0x50, 0, 0, 0xC3, 0x50]);
    let sum = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&sum.to_be_bytes());
    png
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes
        .iter()
        .fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |c, _| (c >> 1) ^ (0xEDB8_8320 & (c & 1).wrapping_neg())))
}

#[tokio::test]
async fn pictures_are_checked_by_content() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let seller = http.person("seller", "Toko Satu").await;
        let id = http.product(&seller, "Sepatu", 100_000, 5).await.id;
        let send = |name: &str, kind: &str, bytes: Vec<u8>| {
            http.post(&format!("/seller/products/{id}/images")).token(&seller.token).file("image", name, kind, &bytes).send()
        };
        let jpeg = picture(300, 200, image::ImageFormat::Jpeg);
        assert_eq!(send("x.png", "image/png", b"%PDF-1.7 bukan gambar".to_vec()).await.refusal().0, 415);
        assert_eq!(send("x.png", "image/png", vec![]).await.refusal().0, 415);
        assert_eq!(send("x.jpg", "image/jpeg", [jpeg.clone(), vec![0; 6 * 1024 * 1024]].concat()).await.refusal().0, 413);
        let fields = send("x.png", "image/png", bomb()).await.fields();
        assert_eq!(fields, ["image:too_many_pixels"]);
        let broken = send("x.jpg", "image/jpeg", jpeg[..jpeg.len() / 2].to_vec()).await.status.as_u16();
        assert!([201, 415].contains(&broken), "{broken}");
        let none = http.get(&format!("/seller/products/{id}")).token(&seller.token).send().await.expect(200);
        let before = none["images"].as_array().unwrap().len();
        for n in before..5 {
            send(&format!("{n}.jpg"), "image/jpeg", jpeg.clone()).await.expect(201);
        }
        assert_eq!(send("6.jpg", "image/jpeg", jpeg.clone()).await.refusal(), (409, "product.too_many_images".into()));
        let shown = http.get(&format!("/seller/products/{id}")).token(&seller.token).send().await.expect(200);
        let url = shown["images"][0]["url"].as_str().unwrap().to_owned();
        let served = http.get(&format!("/!{url}")).send().await;
        assert_eq!((served.status.as_u16(), served.headers["content-type"].to_str().unwrap()), (200, "image/webp"));
        for path in ["/media/..%2F..%2Ftoken.secret", "/media/%2e%2e%2ftoken.secret", "/media/tidak-ada.webp"] {
            assert_eq!(http.get(&format!("/!{path}")).send().await.status, 404, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_registration_names_every_mistake_at_once() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let body = json!({ "name": "", "email": "bukan email", "password": "123", "role": "seller" });
        let fields = http.post("/auth/register").json(&body).send().await.fields();
        for field in ["name", "email", "password", "store_name"] {
            assert!(fields.iter().any(|f| f.starts_with(&format!("{field}:"))), "{field}: {fields:?}");
        }
        // The reader's language.
        let english = http.post("/auth/register").json(&body).header("accept-language", "en").send().await.expect(422);
        assert_eq!(english["errors"][0]["message"], "Required.");
        let person = http.person("customer", "Budi").await;
        let body = json!({ "name": "Budi", "email": person.email, "password": crate::shop::PASSWORD, "role": "customer" });
        assert_eq!(http.post("/auth/register").json(&body).send().await.refusal(), (409, "auth.email_taken".into()));
    })
    .await;
}

#[tokio::test]
async fn an_avatar_is_shown_replaced_and_taken_away() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let buyer = http.person("customer", "Budi").await;
        let send =
            |bytes: Vec<u8>| http.post("/me/avatar").token(&buyer.token).file("image", "aku.png", "image/png", &bytes).send();
        assert_eq!(send(b"bukan gambar".to_vec()).await.refusal().0, 415);
        let first = send(picture(64, 64, image::ImageFormat::Png)).await.expect(200)["avatar_url"].as_str().unwrap().to_owned();
        assert_eq!(http.page(&first).send().await.status, 200);
        let second = send(picture(32, 32, image::ImageFormat::Jpeg)).await.expect(200)["avatar_url"].as_str().unwrap().to_owned();
        assert_ne!(first, second);
        assert_eq!(http.page(&first).send().await.status, 404, "the one before is gone");
        let gone = http.call(http::Method::DELETE, "/me/avatar").token(&buyer.token).send().await.expect(200);
        assert!(gone["avatar_url"].is_null());
        assert_eq!(http.page(&second).send().await.status, 404);
    })
    .await;
}
