//! Tripay has no client library that we could run: its calls are made here as its documentation
//! makes them, as forms and with the published signature vector, against the simulator.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use gateway::simulator::sandbox::{Running, SimulatorOptions};
use gateway::simulator::{Keys, Pace, start};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Of the documentation: key, and the signature of `T0001`, `INV55567` and 1500000.
const PRIVATE_KEY: &str = "ytf6ooi2gmlNPfpchd94jDOk8hRWOu";
const SIGNATURE: &str = "9f167eba844d1fcb369404e2bda53702e2f78f7aa12e91da6715414e65b8c86a";

struct Tripay {
    simulator: Running,
    client: reqwest::Client,
}

impl Tripay {
    async fn start() -> Self {
        let options = SimulatorOptions {
            listen: ([127, 0, 0, 1], 0).into(),
            server_key: "k".into(),
            webhook_secret: "s".into(),
            journal: None,
            retry_delays: vec![],
        };
        let keys = Keys {
            midtrans_server_key: "m".into(),
            xendit_secret_key: "x".into(),
            xendit_callback_token: "t".into(),
            tripay_merchant_code: "T0001".into(),
            tripay_api_key: "DEV-kunci".into(),
            tripay_private_key: PRIVATE_KEY.into(),
        };
        let simulator = start(options, keys, "http://127.0.0.1:9", Pace(20_000)).await.unwrap();
        Self { simulator, client: reqwest::Client::new() }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}/tripay/{path}", self.simulator.address)
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(self.url(path)).bearer_auth("DEV-kunci")
    }

    /// The documentation's example with other values for some fields.
    fn create(&self, changes: &[(&str, &str)]) -> RequestBuilder {
        let mut form = BTreeMap::from([
            ("method", "BRIVA"),
            ("merchant_ref", "INV55567"),
            ("amount", "1500000"),
            ("customer_name", "Nama Pelanggan"),
            ("customer_email", "emailpelanggan@contoh.id"),
            ("customer_phone", "081234567890"),
            ("order_items[0][sku]", "FB-06"),
            ("order_items[0][name]", "Nama Produk 1"),
            ("order_items[0][price]", "500000"),
            ("order_items[0][quantity]", "1"),
            ("order_items[1][sku]", "FB-07"),
            ("order_items[1][name]", "Nama Produk 2"),
            ("order_items[1][price]", "500000"),
            ("order_items[1][quantity]", "2"),
            ("return_url", "https://contoh.id/redirect"),
            ("signature", SIGNATURE),
        ]);
        form.extend(changes.iter().copied());
        self.client.post(self.url("transaction/create")).bearer_auth("DEV-kunci").form(&form)
    }
}

async fn ok(request: RequestBuilder) -> Value {
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["success"], true, "{body}");
    body
}

async fn refusal(request: RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["success"], false, "{body}");
    (status, body["message"].clone())
}

#[tokio::test]
async fn the_published_signature_opens_a_transaction_and_no_other_does() {
    let tripay = Tripay::start().await;
    let made = ok(tripay.create(&[])).await["data"].clone();
    assert_eq!(
        (&made["merchant_ref"], &made["amount"], &made["status"]),
        (&json!("INV55567"), &json!(1_500_000), &json!("UNPAID"))
    );
    assert!(made["pay_code"].is_string() && made["reference"].as_str().unwrap().starts_with("T0001"), "{made}");
    let item = json!({
        "sku": "FB-07", "name": "Nama Produk 2", "price": 500_000, "quantity": 2, "subtotal": 1_000_000, "product_url": null,
        "image_url": null,
    });
    assert_eq!(made["order_items"][1], item);
    assert!(made["instructions"][0]["steps"][0].as_str().unwrap().contains(made["pay_code"].as_str().unwrap()), "{made}");
    let forged = SIGNATURE.replace('9', "8");
    for (change, message) in [
        (("merchant_ref", "INV55568"), "Invalid signature"),
        (("signature", forged.as_str()), "Invalid signature"),
        (("method", "EMAS"), "Payment channel is not available"),
        (("order_items[1][quantity]", "1"), "Amount does not match the order items"),
        (("customer_email", ""), "The customer name and email are required"),
    ] {
        assert_eq!(refusal(tripay.create(&[change])).await, (400, json!(message)));
    }
    // Its Go library sends JSON.
    let body = json!({
        "method": "BRIVA", "merchant_ref": "INV55567", "amount": 1_500_000, "customer_name": "Nama", "customer_email": "a@contoh.id",
        "order_items": [{ "name": "Nama Produk 1", "price": 1_500_000, "quantity": 1 }], "signature": SIGNATURE,
    });
    let json = tripay.client.post(tripay.url("transaction/create")).bearer_auth("DEV-kunci").json(&body);
    assert_eq!(ok(json).await["data"]["amount"], 1_500_000);
    let stranger = tripay.client.get(tripay.url("merchant/payment-channel")).bearer_auth("DEV-lain");
    assert_eq!(refusal(stranger).await, (401, json!("Invalid API Key")));
}

#[tokio::test]
async fn a_transaction_is_found_listed_and_followed() {
    let tripay = Tripay::start().await;
    let reference = ok(tripay.create(&[])).await["data"]["reference"].as_str().unwrap().to_owned();
    let detail = ok(tripay.get("transaction/detail").query(&[("reference", &reference)])).await;
    assert_eq!(detail["data"]["merchant_ref"], "INV55567");
    let listed = ok(tripay.get("merchant/transactions").query(&[("merchant_ref", "INV55567"), ("per_page", "5")])).await;
    assert!(listed["data"][0]["pay_code"].is_number(), "numbers there: {listed}");
    let status = ok(tripay.get("transaction/check-status").query(&[("reference", &reference)])).await;
    assert_eq!(status["message"], "Status transaksi saat ini UNPAID");
    let channels = ok(tripay.get("merchant/payment-channel")).await;
    assert!(channels["data"].as_array().unwrap().iter().any(|c| c["code"] == "BRIVA"));
    // What the buyer does; nobody listens to the callback here.
    let page = tripay.url(&format!("pay/{reference}"));
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    client.post(page).form(&[("outcome", "paid"), ("lost", "true")]).send().await.unwrap();
    let status = ok(tripay.get("transaction/check-status").query(&[("reference", &reference)])).await;
    assert_eq!(status["message"], "Status transaksi saat ini PAID");
    assert_eq!(refusal(tripay.get("transaction/detail").query(&[("reference", "T0")])).await.0, 404);
}

#[tokio::test]
async fn channels_have_groups_fees_and_instructions() {
    let tripay = Tripay::start().await;
    let channels = ok(tripay.get("merchant/payment-channel")).await["data"].clone();
    let group = |code: &str| channels.as_array().unwrap().iter().find(|c| c["code"] == code).unwrap()["group"].clone();
    for (code, expected) in
        [("BCAVA", "Virtual Account"), ("ALFAMART", "Convenience Store"), ("DANA", "E-Wallet"), ("QRIS2", "QRIS")]
    {
        assert_eq!(group(code), expected, "{code}");
    }
    let one = ok(tripay.get("merchant/payment-channel").query(&[("code", "QRIS2")])).await;
    assert_eq!(one["data"][0]["total_fee"], json!({ "flat": 750, "percent": "0.70" }));
    assert!(one["data"][0]["fee_merchant"]["percent"].is_number() && one["data"].as_array().unwrap().len() == 1, "{one}");
    for (code, amount, fee) in
        [("QRIS2", 275_000, 2_675), ("BRIVA", 10_000, 4_250), ("DANA", 10_000, 1_000), ("OVO", 100_001, 3_001)]
    {
        let fees = ok(tripay.get("merchant/fee-calculator").query(&[("code", code), ("amount", &amount.to_string())])).await;
        assert_eq!(fees["data"][0]["total_fee"], json!({ "merchant": fee, "customer": 0 }), "{code}");
    }
    assert_eq!(refusal(tripay.get("merchant/fee-calculator")).await.0, 400);
    let asked = [("code", "BRIVA"), ("pay_code", "123456"), ("amount", "10000"), ("allow_html", "0")];
    let steps = ok(tripay.get("payment/instruction").query(&asked)).await["data"][0]["steps"].clone();
    assert_eq!(steps, json!(["Masukkan kode bayar 123456", "Bayar sebesar Rp 10000"]));
    assert_eq!(refusal(tripay.get("payment/instruction")).await.0, 400);
    let made = ok(tripay.create(&[])).await["data"].clone();
    let fees = ["fee_merchant", "fee_customer", "total_fee", "amount_received"].map(|key| made[key].as_i64().unwrap());
    assert_eq!(fees, [4_250, 0, 4_250, 1_495_750]);
}

#[tokio::test]
async fn transactions_come_in_pages() {
    let tripay = Tripay::start().await;
    let mut made = vec![];
    for _ in 0..5 {
        made.push(ok(tripay.create(&[])).await["data"]["reference"].as_str().unwrap().to_owned());
    }
    let page = |page: &'static str, sort: &'static str| {
        tripay.get("merchant/transactions").query(&[("page", page), ("per_page", "2"), ("sort", sort)])
    };
    let references = |listed: &Value| -> Vec<String> {
        listed["data"].as_array().unwrap().iter().map(|row| row["reference"].as_str().unwrap().to_owned()).collect()
    };
    let second = ok(page("2", "asc")).await;
    assert_eq!(references(&second), made[2..4]);
    let expected = json!({
        "sort": "asc", "offset": { "from": 3, "to": 4 }, "current_page": 2, "previous_page": 1, "next_page": 3, "last_page": 3,
        "per_page": 2, "total_records": 5,
    });
    assert_eq!(second["pagination"], expected);
    let last = ok(page("3", "desc")).await;
    assert_eq!((references(&last), &last["pagination"]["next_page"]), (vec![made[0].clone()], &json!(null)));
    let unpaid = ok(tripay.get("merchant/transactions").query(&[("status", "PAID")])).await;
    assert_eq!(unpaid["pagination"]["total_records"], 0);
    let one = ok(tripay.get("merchant/transactions").query(&[("reference", &made[3])])).await;
    assert_eq!(references(&one), [made[3].clone()]);
}
