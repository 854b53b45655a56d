//! Methods, cash and refunds over HTTP.

use crate::shop::{Http, Person, on_each_database, verify};
use entity::payment;
use sea_orm::{EntityTrait, Set};
use serde_json::{Value, json};

async fn placed(http: &Http, buyer: &Person, method: &str) -> Value {
    let mut body = http.checkout_body(buyer).await;
    body["payment_method"] = json!(method);
    http.post("/checkout").token(&buyer.token).header("idempotency-key", method).json(&body).send().await.expect(201)
}

/// A pair of shoes for 132 000, or several, with its seller and buyer.
async fn bought(http: &Http, method: &str, quantity: i64) -> (Person, Person, Value) {
    let (seller, buyer) = (http.person("seller", "Toko Satu").await, http.person("customer", "Budi").await);
    let sold = http.product(&seller, "Sepatu", 132_000, 10).await;
    http.add(&buyer, &sold.variants[0], quantity).await;
    let group = placed(http, &buyer, method).await;
    (seller, buyer, group)
}

#[tokio::test]
async fn the_method_changes_while_unpaid() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let (seller, buyer, group) = bought(&http, "sandbox:qris", 1).await;
        let payment = group["payment"]["id"].as_str().unwrap();
        assert_eq!((&group["payment"]["can_change_method"], &group["payment"]["expires_in"]), (&json!(true), &json!(86_400)));
        let path = format!("/payments/{payment}/method");
        let change = |who: &Person, method: &str| http.post(&path).token(&who.token).json(&json!({ "payment_method": method }));
        let changed = change(&buyer, "manual_transfer").send().await.expect(200);
        assert_eq!((&changed["method"], &changed["attempts"][0]["method"]), (&json!("manual_transfer"), &json!("sandbox:qris")));
        assert_eq!(change(&seller, "sandbox").send().await.refusal().0, 404);
        assert_eq!(change(&buyer, "kredit").send().await.refusal(), (409, "payment.method_unavailable".into()));
        assert_eq!(change(&buyer, "").send().await.fields(), ["payment_method:required"]);
        let paid = group["payment"]["amount"].as_i64().unwrap();
        http.webhook(payment, "paid", paid).await.expect(200);
        assert_eq!(change(&buyer, "sandbox").send().await.refusal(), (409, "payment.closed".into()));
        let shown = http.get(&format!("/payments/{payment}")).token(&buyer.token).send().await.expect(200);
        assert_eq!((&shown["status"], &shown["method"]), (&json!("paid"), &json!("sandbox:qris")));
        verify(&shop).await;
    })
    .await;
}

/// A page may load pictures from the shop only, and nobody else's code at all.
#[tokio::test]
async fn a_code_drawn_by_the_gateway_comes_through_the_shop() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let (seller, buyer, group) = bought(&http, "sandbox:qris", 1).await;
        let payment = group["payment"]["id"].as_str().unwrap();
        let path = format!("/payments/{payment}/qr.png");
        assert_eq!(http.get(&path).token(&buyer.token).send().await.refusal().0, 404, "there is none");
        let drawn = json!({ "kind": "qr_picture", "url": "https://gateway.test/qr" }).to_string();
        let row =
            payment::ActiveModel { id: Set(payment.parse().unwrap()), instructions: Set(Some(drawn)), ..Default::default() };
        payment::Entity::update(row).exec(&shop.ctx.db).await.unwrap();
        let picture = http.get(&path).token(&buyer.token).send().await;
        assert_eq!((picture.status.as_u16(), picture.text.as_str()), (200, "picture of https://gateway.test/qr"));
        assert_eq!(
            (&picture.headers["content-type"], &picture.headers["cache-control"]),
            (&"image/png".parse().unwrap(), &"private, no-store".parse().unwrap())
        );
        assert_eq!(http.get(&path).token(&seller.token).send().await.refusal().0, 404);
        assert_eq!(http.get(&path).send().await.refusal().0, 401);
    })
    .await;
}

#[tokio::test]
async fn cash_is_promised_and_brought() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let (seller, buyer) = (http.person("seller", "Toko Satu").await, http.person("customer", "Budi").await);
        let sold = http.product(&seller, "Sepatu", 132_000, 10).await;
        http.add(&buyer, &sold.variants[0], 1).await;
        let methods = http.get("/payment-methods").send().await.expect(200);
        let cod = methods.as_array().unwrap().iter().find(|m| m["code"] == "cod").unwrap().clone();
        assert_eq!((&cod["kind"], &cod["limit"]), (&json!("cash"), &json!(5_000_000)));
        let group = placed(&http, &buyer, "cod").await;
        assert_eq!((&group["orders"][0]["status"], &group["payment"]["status"]), (&json!("pending"), &json!("pending")));
        let number = group["orders"][0]["number"].as_str().unwrap();
        let path = format!("/seller/orders/{number}");
        let post = |verb: &str| http.post(&format!("{path}/{verb}")).token(&seller.token);
        assert_eq!(post("deliver").send().await.refusal(), (409, "order.invalid_transition".into()));
        post("accept").send().await.expect(200);
        post("ship").json(&json!({ "courier": "JNE", "tracking_number": "JX1" })).send().await.expect(200);
        let done = post("deliver").send().await.expect(200);
        assert_eq!((&done["status"], &done["payment"]["status"]), (&json!("delivered"), &json!("paid")));
        assert_eq!(post("undelivered").send().await.refusal(), (409, "order.invalid_transition".into()));
        verify(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn a_refund_is_asked_for_declined_asked_for_again_and_approved() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let (seller, _, group) = bought(&http, "sandbox", 2).await;
        let finance = http.staff(&shop, "finance").await;
        let number = group["orders"][0]["number"].as_str().unwrap();
        let (payment, amount) = (group["payment"]["id"].as_str().unwrap(), group["payment"]["amount"].as_i64().unwrap());
        http.webhook(payment, "paid", amount).await.expect(200);
        let line = group["orders"][0]["items"][0]["id"].clone();
        let ask = |body: Value| http.post(&format!("/seller/orders/{number}/refunds")).token(&seller.token).json(&body);
        let whole = json!({ "lines": [{ "line_id": line, "quantity": 1 }], "note": "cacat" });
        assert_eq!(ask(json!({ "note": "" })).send().await.fields(), ["note:required", "lines:required"]);
        let many = json!({ "lines": [{ "line_id": line, "quantity": 9 }], "note": "cacat" });
        assert_eq!(ask(many).send().await.fields(), ["lines[0].quantity:too_large"]);
        let asked = ask(whole.clone()).send().await.expect(201);
        assert_eq!((&asked["status"], &asked["amount"]), (&json!("waiting"), &json!(132_000)));
        let path = |view: &Value, verb: &str| format!("/finance/refunds/{}/{verb}", view["id"].as_str().unwrap());
        let post = |url: String| http.post(&url).token(&finance.token);
        assert_eq!(post(path(&asked, "reject")).json(&json!({ "reason": "" })).send().await.fields(), ["reason:required"]);
        post(path(&asked, "reject")).json(&json!({ "reason": "baik" })).send().await.expect(200);
        let asked = ask(whole).send().await.expect(201);
        assert_eq!(http.post(&path(&asked, "approve")).token(&seller.token).send().await.refusal().0, 403);
        post(path(&asked, "approve")).send().await.expect(200);
        assert_eq!(post(path(&asked, "retry")).send().await.refusal(), (409, "refund.not_possible".into()));
        let complete = post(path(&asked, "complete")).json(&json!({ "reference": "BCA-1" }));
        assert_eq!(complete.send().await.refusal(), (409, "refund.by_gateway".into()));
        let list = http.get("/finance/refunds?status=requested").token(&finance.token).send().await.expect(200);
        assert_eq!((&list["total"], &list["items"][0]["requested_by"]), (&json!(1), &json!("Toko Satu")));
        let own = http.get(&format!("/seller/orders/{number}/refunds")).token(&seller.token).send().await.expect(200);
        assert_eq!(own.as_array().unwrap().len(), 2);
        assert_eq!(http.get("/finance/disputes?state=x").token(&finance.token).send().await.fields(), ["state:unknown_value"]);
        verify(&shop).await;
    })
    .await;
}
