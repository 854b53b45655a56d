//! No card number is ever kept: they are written into every text of every call of the OpenAPI
//! document and of every server function, into headers, file names, search words and webhooks of the real server; then none stands
//! in any table, email or line of the log. Harmless words written into the same places do.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod document;
mod functions;
#[path = "../real/mod.rs"]
mod real;
#[path = "../openapi/sample.rs"]
mod sample;
mod scan;
mod world;

use document::{Kind, Place};
use real::Shop;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use world::World;

/// Numbers that gateways give out for trying, as people write them.
const CARDS: [&str; 5] =
    ["4111111111111111", "4111 1111 1111 1111", "5555-5555-5555-4444", "3782 822463 10005", "kartu: 5555.5555.5555.4444."];

/// Sends the text to the place; the answer does not matter.
async fn send(world: &World, place: &Place, text: &str) -> u16 {
    let method: Method = place.method.parse().unwrap();
    let call = |path: &str| world.call(method.clone(), path);
    let request = match &place.kind {
        Kind::Body(body, at) => {
            let mut body = body.clone();
            *body.pointer_mut(at).unwrap() = json!(text);
            world.freshen(&mut body, at);
            if place.path.ends_with("/checkout") {
                world.checkout().await;
            }
            call(&place.path).json(&body)
        }
        Kind::Query(name) => call(&place.path).query(&[(name, text)]),
        Kind::Form(file, field) => {
            let name = if field.is_none() { text } else { "gambar.png" };
            let mut texts = vec![("amount", "100000"), ("sender_name", "Budi"), ("sender_bank", "BCA")];
            texts.retain(|(other, _)| field.as_deref() != Some(other));
            texts.extend(field.as_deref().map(|field| (field, text)));
            let (kind, body) = real::form(&texts, file, name, &world.picture);
            call(&place.path).header(CONTENT_TYPE, kind).body(body)
        }
        Kind::Call(form, at) => {
            let mut form = form.clone();
            text.clone_into(&mut form[*at].1);
            if method == Method::GET { call(&place.path).query(&form) } else { call(&place.path).form(&form) }
        }
        Kind::Path(name) => {
            let filled = place.path.replace(&format!("{{{name}}}"), &text.replace(['/', ' ', '?'], "%20"));
            call(&world.path(&filled)).json(&json!({}))
        }
    };
    world.answer(request).await
}

/// What carries text beside bodies and queries.
async fn headers_and_pages(world: &World, text: &str) {
    for name in ["user-agent", "x-store", "accept-language", "referer", "idempotency-key", "cookie", "x-request-id"] {
        let login = json!({ "email": world.buyer_email, "password": real::PASSWORD });
        world.answer(world.anonymous(Method::POST, "/api/v1/auth/login").header(name, text).json(&login)).await;
        world.answer(world.call(Method::POST, "/api/v1/checkout").header(name, text).json(&world.checkout().await)).await;
    }
    for path in ["/search?q=", "/login?next=", "/p/", "/orders?q=", "/desk/orders?q=", "/tidak-ada/"] {
        world.answer(world.anonymous(Method::GET, &format!("{path}{}", text.replace(' ', "%20")))).await;
    }
}

/// Reports of gateways that say more than they should: signed and forged.
async fn webhooks(world: &World, text: &str) {
    let payment = &world.sandbox_payment;
    let body = json!({
        "id": "evt_1", "type": "payment.paid", "created": "2026-11-21T07:00:00Z", "metadata": { "note": text, "card": text },
        // The reference is the gateway's own and never refused: money hangs on it.
        "data": { "payment_id": "pay_1", "external_id": payment, "reference": "ref-1", "amount": 1, "currency": "IDR" },
    });
    let body = body.to_string();
    let signature = format!("t=7,v1={}", world.hmac(format!("7.{body}").as_bytes()));
    let hook = |gateway: &str| {
        let call = world.anonymous(Method::POST, &format!("/api/v1/webhooks/{gateway}"));
        call.header(CONTENT_TYPE, "application/json").body(body.clone())
    };
    assert_eq!(world.answer(hook("sandbox").header("x-sandbox-signature", signature)).await, 200);
    for gateway in ["sandbox", "midtrans", "xendit", "tripay"] {
        assert_eq!(world.answer(hook(gateway).header("x-callback-token", text)).await, 403, "{gateway}");
    }
}

/// Files of others that tell about many people at once: a bank's statement, a gateway's report.
async fn reports(world: &World, text: &str) {
    let upload = |path: &str, texts: &[(&str, &str)], field: &str, csv: String| {
        let (kind, body) = real::form(texts, field, &format!("{text}.csv"), csv.as_bytes());
        world.answer(world.call(Method::POST, path).header(CONTENT_TYPE, kind).body(body))
    };
    let statement = format!("TGL_TRAN,DESK_TRAN,MUTASI_DEBET,MUTASI_KREDIT,SALDO\n2026-11-20,DARI {text},0.00,99321.00,1\n");
    let layout = [("layout", "BRI")];
    assert_eq!(upload("/api/v1/desk/statements", &layout, "statement", statement).await, 201);
    let report = format!("reference,gross,fee\nref-{},1000,10\n", text.len());
    assert_eq!(upload("/api/v1/finance/settlements", &[("gateway", "sandbox")], "file", report).await, 200);
}

async fn no_card_is_kept(database_url: Option<String>) {
    let mut shop = Shop::new(database_url);
    let log = shop.data.path().join("all.log");
    shop.log = Some(("trace", log.clone()));
    let server = shop.start().await;
    let world = World::new(&shop).await;
    let document: Value = reqwest::get(format!("{}/api/openapi.json", shop.url())).await.unwrap().json().await.unwrap();
    let mut places = document::places(&document, &world);
    assert!(places.len() > 100, "{} places", places.len());
    places.extend(functions::places(&world));
    // The requests are good enough for harmless words to arrive.
    let word = |n: usize| {
        format!("Penanda{}", char::from(b'a' + (n / 26) as u8).to_string() + &char::from(b'a' + (n % 26) as u8).to_string())
    };
    let mut answers = vec![];
    for (n, place) in places.iter().enumerate() {
        let status = send(&world, place, &word(n)).await;
        assert!(status < 500, "{place:?} answered {status}");
        answers.push(status);
    }
    let kept = scan::texts(&shop).await;
    let arrived = |n: &usize| kept.iter().any(|text| text.contains(&word(*n)));
    let (there, lost): (Vec<usize>, Vec<usize>) = (0..places.len()).partition(arrived);
    let lost: Vec<String> = lost.iter().map(|n| format!("{} {}", answers[*n], places[*n])).collect();
    assert!(there.len() >= 25, "only {} words arrived, not those of {lost:#?}", there.len());

    for card in CARDS {
        // Server functions hand over to the same services: two numbers are enough for them.
        let is_enough = |place: &&document::Place| !matches!(place.kind, Kind::Call(..)) || CARDS[..2].contains(&card);
        for place in places.iter().filter(is_enough) {
            let status = send(&world, place, card).await;
            assert!(status < 500, "{place:?} answered {card} with {status}");
        }
        headers_and_pages(&world, card).await;
        webhooks(&world, card).await;
        reports(&world, card).await;
    }
    drop(server);
    let mut found: Vec<String> = scan::texts(&shop).await.into_iter().filter(|text| scan::has_card(text)).collect();
    for mail in std::fs::read_dir(shop.data.path().join("mail")).unwrap() {
        found.extend(Some(std::fs::read_to_string(mail.unwrap().path()).unwrap()).filter(|text| scan::has_card(text)));
    }
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.lines().count() > 100, "the log was captured");
    found.extend(log.lines().filter(|line| scan::has_card(line)).map(str::to_owned));
    let shown: Vec<String> = found.iter().take(10).map(|text| text.chars().take(400).collect()).collect();
    assert!(found.is_empty(), "{} places keep a card number: {shown:#?}", found.len());
}

#[tokio::test]
async fn no_card_number_is_kept_on_sqlite() {
    no_card_is_kept(None).await;
}

#[tokio::test]
async fn no_card_number_is_kept_on_postgresql() {
    let Ok(server) = std::env::var("TEST_POSTGRES_URL") else { return };
    let name = format!("belanjain_test_pan_{}", uuid::Uuid::now_v7().simple());
    let admin = service::db::connect(&server).await.unwrap();
    sea_orm::ConnectionTrait::execute_unprepared(&admin, &format!("CREATE DATABASE {name}")).await.unwrap();
    no_card_is_kept(Some(format!("{}/{name}", server.rsplit_once('/').unwrap().0))).await;
}

/// A secret the sandbox gateway shares with the shop.
fn secret(shop: &Shop, purpose: &str) -> String {
    let own = std::fs::read_to_string(shop.data.path().join("token.secret")).unwrap();
    Sha256::digest(format!("{}{purpose}", own.trim())).iter().map(|b| format!("{b:02x}")).collect()
}

/// The status of the answer.
async fn status(request: RequestBuilder) -> u16 {
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let _ = answer.bytes().await;
    status
}
