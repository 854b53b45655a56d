//! A buyer: fills carts, checks out, pays, sends proofs, cancels, confirms – and asks again with the
//! same key when there was no answer.

use crate::Work;
use crate::client::{Answer, Client};
use crate::history::Placed;
use crate::real::form;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use reqwest::Method;
use serde_json::{Value, json};

/// A payment of the buyer.
#[derive(Clone)]
struct Mine {
    payment: String,
    amount: i64,
    /// The sandbox's page; none for a bank transfer.
    page: Option<String>,
    orders: Vec<String>,
}

pub async fn buyer(work: Work, client: Client, number: usize) {
    let mut random = StdRng::seed_from_u64(number as u64);
    let picture = picture(number);
    let mut mine: Vec<Mine> = vec![];
    for round in 0_u64.. {
        if work.is_over() {
            return;
        }
        let Some(some) = mine.choose(&mut random).cloned().filter(|_| random.random_bool(0.6)) else {
            mine.extend(buy(&work, &client, &mut random, number, round).await);
            continue;
        };
        let order = some.orders.choose(&mut random).cloned().unwrap_or_default();
        match random.random_range(0..10) {
            0..4 => pay(&work, &client, &mut random, &some, &picture).await,
            4 => command(&work, &client, "cancel", Method::POST, &format!("/orders/{order}/cancel")).await,
            5..7 => command(&work, &client, "confirm", Method::POST, &format!("/orders/{order}/confirm-receipt")).await,
            _ => command(&work, &client, "look", Method::GET, &format!("/orders/{order}")).await,
        }
    }
}

/// A command about an order, which answers with it.
async fn command(work: &Work, client: &Client, what: &'static str, method: Method, path: &str) {
    let mut request = client.request(method.clone(), path);
    if method == Method::POST {
        request = request.json(&json!({}));
    }
    if let Answer::Done(order) = client.send(&work.history, what, request).await {
        work.history.saw_order(&order);
    }
}

async fn pay(work: &Work, client: &Client, random: &mut StdRng, some: &Mine, picture: &[u8]) {
    let Some(page) = &some.page else { return prove(work, client, random, some, picture).await };
    let mut form = vec![("outcome", "paid")];
    match random.random_range(0..4) {
        0 => form.push(("duplicates", "2")),
        1 => form.push(("lost", "true")),
        _ => {}
    }
    let paid = client.send(&work.history, "pay", client.http.post(page).form(&form)).await;
    if matches!(paid, Answer::Done(_)) {
        work.history.note(|told| told.settled.insert(some.payment.clone()));
    }
}

async fn prove(work: &Work, client: &Client, random: &mut StdRng, some: &Mine, picture: &[u8]) {
    // Now and then too little or too much.
    let off = *[0, 0, 0, 0, -1_000, 2_500].choose(random).unwrap_or(&0);
    let amount = (some.amount + off).to_string();
    let texts = [("amount", amount.as_str()), ("sender_name", "Budi"), ("sender_bank", "BCA")];
    let (kind, body) = form(&texts, "proof", "bukti.png", picture);
    let request = client.request(Method::POST, &format!("/payments/{}/proof", some.payment));
    let request = request.header("content-type", kind).body(body);
    if let Answer::Done(payment) = client.send(&work.history, "proof", request).await {
        work.history.saw_payment(&some.payment, payment["status"].as_str().unwrap_or_default());
    }
}

/// One checkout, asked for with the same key and body until there is an answer.
async fn buy(work: &Work, client: &Client, random: &mut StdRng, number: usize, round: u64) -> Option<Mine> {
    for _ in 0..random.random_range(1..3) {
        let goods = work.goods.choose(random)?;
        let line = json!({ "variant_id": goods.variant, "quantity": random.random_range(1..3) });
        client.send(&work.history, "add", client.request(Method::POST, "/cart/items").json(&line)).await;
    }
    // What is in it is more than what was acknowledged, perhaps.
    let cart = client.send(&work.history, "cart", client.request(Method::GET, "/cart")).await;
    let Answer::Done(cart) = cart else { return None };
    let stores = cart["groups"].as_array()?.iter().map(|g| json!({ "store_id": g["store"]["id"], "service": "jne_reg" }));
    let shipping: Vec<Value> = stores.collect();
    if shipping.is_empty() {
        return None;
    }
    let method = if random.random_bool(0.6) { "sandbox" } else { "manual_transfer" };
    let body = json!({ "address": address(), "shipping": shipping, "payment_method": method });
    let key = format!("{number}-{round}");
    let placed = loop {
        let request = client.request(Method::POST, "/checkout").header("idempotency-key", &key).json(&body);
        match client.send(&work.history, "checkout", request).await {
            Answer::Done(placed) => break placed,
            Answer::Unknown => {}
            Answer::Refused(code) => {
                // Somebody was faster.
                assert!(["stock.insufficient", "cart.empty", "request.busy"].contains(&code.as_str()), "{code}");
                empty(work, client, &cart).await;
                return None;
            }
        }
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mine = Mine {
        payment: text(&placed["payment"]["id"]),
        amount: placed["payment"]["amount"].as_i64()?,
        page: placed["payment"]["redirect_url"].as_str().map(str::to_owned),
        orders: placed["orders"].as_array()?.iter().map(|o| text(&o["number"])).collect(),
    };
    work.history.saw_payment(&mine.payment, &text(&placed["payment"]["status"]));
    placed["orders"].as_array()?.iter().for_each(|order| work.history.saw_order(order));
    let noted = Placed { buyer: number, orders: mine.orders.clone(), payment: mine.payment.clone() };
    work.history.note(|told| told.checkouts.insert(key, noted));
    // Without a page the sandbox could not be reached: a real buyer would press "retry".
    (mine.page.is_some() || method == "manual_transfer").then_some(mine)
}

async fn empty(work: &Work, client: &Client, cart: &Value) {
    let lines = cart["groups"].as_array().into_iter().flatten().flat_map(|g| g["items"].as_array().into_iter().flatten());
    for line in lines {
        let path = format!("/cart/items/{}", line["id"].as_str().unwrap_or_default());
        client.send(&work.history, "remove", client.request(Method::DELETE, &path)).await;
    }
}

fn address() -> Value {
    json!({
        "recipient": "Budi", "phone": "081234567890", "street": "Jl. Melati 5", "district": "Tebet",
        "regency": "Jakarta Selatan", "province": "DKI Jakarta", "postal_code": "12810",
    })
}

/// A small picture of the buyer's own.
fn picture(number: usize) -> Vec<u8> {
    let shade = |x: u32, y: u32| image::Rgb([(x * 7) as u8, (y * 5) as u8, (number * 40) as u8]);
    let mut bytes = std::io::Cursor::new(vec![]);
    image::RgbImage::from_fn(32, 32, shade).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}
