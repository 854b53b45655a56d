//! Tripay has no client library that we could run: its calls are made here as its documentation and
//! SDK make them, with the published signature vector, against the simulator.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use gateway::simulator::sandbox::{Running, SimulatorOptions};
use gateway::simulator::{Keys, Pace, start};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

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

    fn create(&self, changes: &[(&str, Value)]) -> RequestBuilder {
        let mut body = json!({
            "method": "BRIVA", "merchant_ref": "INV55567", "amount": 1_500_000, "customer_name": "Nama Pelanggan",
            "customer_email": "emailpelanggan@contoh.id", "customer_phone": "081234567890",
            "order_items": [{ "sku": "FB-06", "name": "Nama Produk 1", "price": 1_500_000, "quantity": 1 }],
            "return_url": "https://contoh.id/redirect", "signature": SIGNATURE,
        });
        for (key, value) in changes {
            body[*key] = value.clone();
        }
        self.client.post(self.url("transaction/create")).bearer_auth("DEV-kunci").json(&body)
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
    for (changes, message) in [
        (vec![("merchant_ref", json!("INV55568"))], "Invalid signature"),
        (vec![("signature", json!(SIGNATURE.replace('9', "8")))], "Invalid signature"),
        (vec![("method", json!("EMAS"))], "Payment channel is not available"),
        (vec![("order_items", json!([]))], "Amount does not match the order items"),
    ] {
        assert_eq!(refusal(tripay.create(&changes)).await, (400, json!(message)));
    }
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
