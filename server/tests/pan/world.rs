//! A shop with a bit of everything, so that requests find what they speak of.

use crate::real::{Shop, form};
use crate::{secret, status};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use sha2::Sha256;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::time::timeout;

pub struct World {
    client: Client,
    url: String,
    buyer: String,
    seller: String,
    staff: String,
    pub store: String,
    pub buyer_email: String,
    pub sandbox_payment: String,
    webhook_secret: String,
    variant: String,
    product: String,
    slug: String,
    order: String,
    delivered: String,
    accepted: String,
    transfer: String,
    address: String,
    pub picture: Vec<u8>,
    next: AtomicU32,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn address() -> Value {
    json!({
        "recipient": "Budi", "phone": "081234567890", "street": "Jl. Melati 5", "district": "Tebet",
        "regency": "Jakarta Selatan", "province": "DKI Jakarta", "postal_code": "12810", "label": "Rumah", "is_default": true,
    })
}

impl World {
    pub async fn new(shop: &Shop) -> Self {
        let (seller, store) = shop.register("seller", "Toko Satu").await;
        let (buyer, _) = shop.register("customer", "Budi").await;
        shop.run(&["user", "create-admin", "--name", "Ana", "--email", "ana@contoh.id"]);
        let login = json!({ "email": "ana@contoh.id", "password": crate::real::PASSWORD });
        let staff = text(&shop.post("/auth/login", "", &login).await["access_token"]);
        let goods = json!({
            "name": "Sepatu", "description": "Bagus.", "category": "sepatu-lari", "weight_grams": 500, "price": 100_000,
            "stock": 1_000, "status": "active",
        });
        let made = shop.post("/seller/products", &seller, &goods).await;
        let place = |method: &'static str| {
            let (store, variant) = (store.clone(), made["variants"][0]["id"].clone());
            let buyer = buyer.clone();
            async move {
                let line = json!({ "variant_id": variant, "quantity": 1 });
                shop.post("/cart/items", &buyer, &line).await;
                let body = json!({
                    "address": address(), "shipping": [{ "store_id": store, "service": "jne_reg" }], "payment_method": method,
                });
                let call = Client::new().post(format!("{}/api/v1/checkout", shop.url())).bearer_auth(&buyer);
                let key = uuid::Uuid::now_v7().to_string();
                call.header("idempotency-key", key).json(&body).send().await.unwrap().json::<Value>().await.unwrap()
            }
        };
        let (waiting, transfer) = (place("sandbox").await, place("manual_transfer").await);
        let mut accepted = vec![];
        for sold in [place("sandbox").await, place("sandbox").await] {
            let page = text(&sold["payment"]["redirect_url"]);
            Client::new().post(page).form(&[("outcome", "paid")]).send().await.unwrap();
            let number = text(&sold["orders"][0]["number"]);
            let accept = format!("{}/api/v1/seller/orders/{number}/accept", shop.url());
            let mut tick = tokio::time::interval(Duration::from_millis(50));
            let accepted_soon = timeout(Duration::from_secs(30), async {
                // The gateway's report takes a moment.
                while !Client::new().post(&accept).bearer_auth(&seller).send().await.unwrap().status().is_success() {
                    tick.tick().await;
                }
            });
            accepted_soon.await.unwrap();
            accepted.push(number);
        }
        let number = accepted.remove(0);
        let parcel = json!({ "courier": "JNE", "tracking_number": "JX1" });
        shop.post(&format!("/seller/orders/{number}/ship"), &seller, &parcel).await;
        shop.post(&format!("/orders/{number}/confirm-receipt"), &buyer, &json!({})).await;
        let address = text(&shop.post("/me/addresses", &buyer, &address()).await["id"]);
        let mut picture = std::io::Cursor::new(vec![]);
        image::RgbImage::new(32, 32).write_to(&mut picture, image::ImageFormat::Png).unwrap();
        let id = text(&transfer["payment"]["id"]);
        let texts = [("amount", "100000"), ("sender_name", "Budi"), ("sender_bank", "BCA")];
        let (kind, body) = form(&texts, "proof", "a.png", picture.get_ref());
        let proof = Client::new().post(format!("{}/api/v1/payments/{id}/proof", shop.url())).bearer_auth(&buyer);
        assert_eq!(status(proof.header("content-type", kind).body(body)).await, 201);
        Self {
            client: Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap(),
            url: shop.url(),
            webhook_secret: secret(shop, "webhook"),
            buyer_email: "Budi@contoh.id".into(),
            sandbox_payment: text(&waiting["payment"]["id"]),
            variant: text(&made["variants"][0]["id"]),
            product: text(&made["id"]),
            slug: text(&made["slug"]),
            order: text(&waiting["orders"][0]["number"]),
            transfer: id,
            delivered: number,
            accepted: accepted.remove(0),
            store: text(&store),
            address,
            buyer,
            seller,
            staff,
            picture: picture.into_inner(),
            next: AtomicU32::new(0),
        }
    }

    /// A path with things that exist, as far as it tells what it wants.
    pub fn path(&self, template: &str) -> String {
        let own = if template.contains("/me/addresses") {
            &self.address
        } else if template.contains("/payments/") {
            &self.transfer
        } else {
            &self.product
        };
        let number = if template.contains("/ship") { &self.accepted } else { &self.order };
        let mut path = template
            .replace("{slug}", &self.slug)
            .replace("{number}", number)
            .replace("{variant_id}", &self.variant)
            .replace("{gateway}", "sandbox")
            .replace("{id}", own);
        while let (Some(open), Some(close)) = (path.find('{'), path.find('}')) {
            path.replace_range(open..=close, "0199a0b0-0000-7000-8000-000000000000");
        }
        path
    }

    /// What a field of this name wants to hear.
    pub fn sample(&self, name: &str) -> Option<Value> {
        Some(match name {
            "email" => json!(self.email()),
            "phone" => json!("081234567890"),
            "postal_code" => json!("12810"),
            "password" | "current_password" => json!(crate::real::PASSWORD),
            "new_password" => json!("teh-tarik-7720"),
            "category" => json!("sepatu-lari"),
            "payment_method" => json!("manual_transfer"),
            "service" => json!("jne_reg"),
            "store_id" => json!(self.store),
            "order_number" => json!(self.delivered),
            "variant_id" => json!(self.variant),
            "price" | "amount" => json!(100_000),
            "weight_grams" => json!(500),
            "stock" | "on_hand" => json!(900),
            "locale" => json!("id"),
            "barcode" | "image_id" | "address_id" | "item_ids" | "vouchers" | "id" | "length_mm" | "width_mm" | "height_mm" => {
                Value::Null
            }
            "status" => json!("active"),
            "role" => json!("seller"),
            "variants" | "options" => json!([]),
            "warehouse" => Value::Null,
            _ => return None,
        })
    }

    /// What an argument of a server function wants to hear.
    pub fn argument(&self, name: &str) -> String {
        match name {
            "number" => self.order.clone(),
            "slug" => self.slug.clone(),
            "payment" => self.transfer.clone(),
            "id" => self.product.clone(),
            "variant_id" | "variant" => self.variant.clone(),
            "address_id" => self.address.clone(),
            "rating" => "5".into(),
            "quantity" => "1".into(),
            "form_token" => uuid::Uuid::now_v7().to_string(),
            _ => match self.sample(name) {
                Some(Value::String(text)) => text,
                Some(Value::Number(number)) => number.to_string(),
                _ => String::new(),
            },
        }
    }

    fn number(&self) -> u32 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    fn email(&self) -> String {
        format!("orang-{}@contoh.id", self.number())
    }

    /// New where a repetition would be refused.
    pub fn freshen(&self, body: &mut Value, except: &str) {
        if except != "/email" && body["email"].is_string() {
            body["email"] = json!(self.email());
        }
    }

    /// By whoever may, as the path tells.
    pub fn call(&self, method: Method, path: &str) -> RequestBuilder {
        let path_of = |area: &str| ["/api/v1", "/api"].map(|base| format!("{base}/{area}"));
        let of = |areas: &[&str]| areas.iter().any(|area| path_of(area).iter().any(|start| path.starts_with(start)));
        let token = if of(&["seller"]) {
            &self.seller
        } else if of(&["desk", "finance", "admin"]) {
            &self.staff
        } else {
            &self.buyer
        };
        let call = self.anonymous(method, path).header("idempotency-key", uuid::Uuid::now_v7().to_string());
        if of(&["auth"]) { call } else { call.bearer_auth(token) }
    }

    pub fn anonymous(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    pub async fn answer(&self, request: RequestBuilder) -> u16 {
        status(request).await
    }

    /// The body of a checkout, of something that lies in the cart.
    pub async fn checkout(&self) -> Value {
        let line = json!({ "variant_id": self.variant, "quantity": 1 });
        self.answer(self.call(Method::POST, "/api/v1/cart/items").json(&line)).await;
        json!({
            "address": address(), "shipping": [{ "store_id": self.store, "service": "jne_reg" }], "payment_method": "manual_transfer",
        })
    }

    pub fn hmac(&self, message: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.webhook_secret.as_bytes()).unwrap();
        mac.update(message);
        mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect()
    }
}
