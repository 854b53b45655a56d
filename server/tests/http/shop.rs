//! A shop behind its real router, on a database of its own; the gateway, the clock and the mailbox
//! are the services' fakes.

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use server::edge::Proxies;
use server::load::Load;
use server::metrics::Access;
use server::router::{Options, router};
use server::{AppState, pages};
use service::fixture::Shop;
use service::{Ctx, Settings};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use tower::ServiceExt;

pub use service::fixture::on_each_database;

pub const PASSWORD: &str = "kopi-tubruk-9431";

#[derive(Clone)]
pub struct Http {
    router: Router,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answered {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answered {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    /// The status, and the code of a problem.
    pub fn refusal(&self) -> (u16, String) {
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json", "{}", self.text);
        (self.status.as_u16(), self.json()["code"].as_str().unwrap_or_default().to_owned())
    }

    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        if self.text.is_empty() { Value::Null } else { self.json() }
    }

    /// `field:code` of each field of a 422.
    pub fn fields(self) -> Vec<String> {
        let body = self.expect(422);
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        body["errors"]
            .as_array()
            .map(|errors| errors.iter().map(|e| format!("{}:{}", text(&e["field"]), text(&e["code"]))).collect())
            .unwrap_or_default()
    }

    /// `name=value` of every cookie that is set.
    pub fn cookies(&self) -> Vec<String> {
        let values = self.headers.get_all(header::SET_COOKIE).iter().filter_map(|v| v.to_str().ok());
        values.filter_map(|v| v.split(';').next()).map(str::to_owned).collect()
    }
}

/// A request being put together.
pub struct Call {
    router: Router,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Vec<u8>,
    peer: Option<SocketAddr>,
}

impl Call {
    /// Who connects; without it nobody knows the sender's address.
    pub fn peer(mut self, address: &str) -> Self {
        self.peer = Some(SocketAddr::new(address.parse().expect("address"), 4000));
        self
    }

    pub fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().expect("header name");
        self.headers.insert(name, HeaderValue::from_str(value).expect("header value"));
        self
    }

    pub fn json(mut self, body: &Value) -> Self {
        self.body = body.to_string().into_bytes();
        self.header("content-type", "application/json")
    }

    pub fn raw(mut self, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header("content-type", kind)
    }

    /// One file as a multipart form.
    pub fn file(self, field: &str, name: &str, kind: &str, bytes: &[u8]) -> Self {
        self.form(&[], field, name, kind, bytes)
    }

    /// Texts and one file as a multipart form.
    pub fn form(self, texts: &[(&str, &str)], field: &str, name: &str, kind: &str, bytes: &[u8]) -> Self {
        let mut head = String::new();
        for (name, value) in texts {
            head += &format!("--grenze\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        }
        head += &format!(
            "--grenze\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\ncontent-type: {kind}\r\n\r\n"
        );
        let body = [head.as_bytes(), bytes, b"\r\n--grenze--\r\n"].concat();
        self.raw("multipart/form-data; boundary=grenze", body)
    }

    /// Sends it and leaves the body to be read as it comes.
    pub async fn open(self) -> axum::response::Response {
        let mut request = Request::builder().method(self.method).uri(&self.path).body(Body::from(self.body)).expect("request");
        *request.headers_mut() = self.headers;
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(ConnectInfo(peer));
        }
        self.router.oneshot(request).await.expect("the router never fails")
    }

    pub async fn send(self) -> Answered {
        let (parts, body) = self.open().await.into_parts();
        let bytes = body.collect().await.expect("body").to_bytes();
        Answered { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }
}

/// Somebody with a session.
#[derive(Clone, Debug)]
pub struct Person {
    pub token: String,
    pub refresh: String,
    pub email: String,
    pub store: Option<(String, String)>,
}

/// A product as the API describes it.
#[derive(Clone, Debug)]
pub struct Sold {
    pub id: String,
    pub slug: String,
    pub variants: Vec<String>,
}

impl Http {
    pub fn new(shop: &Shop) -> Self {
        Self::of(shop.ctx.clone())
    }

    /// With the limits that most tests would run into.
    pub fn limited(shop: &Shop) -> Self {
        let settings = Settings { rate_limit: true, ..Settings::clone(&shop.ctx.settings) };
        Self::of(Ctx::new(shop.ctx.db.clone(), shop.ctx.clock.clone(), settings, shop.ctx.ports.clone()))
    }

    pub fn of(ctx: Ctx) -> Self {
        let options = pages::options(Path::new("target/site"), ([127, 0, 0, 1], 3000).into());
        let state = AppState { ctx, options, proxies: Proxies::default(), load: Load::default() };
        Self { router: router(state, Options { has_mailbox: false, metrics: Access::Everybody }) }
    }

    pub fn call(&self, method: Method, path: &str) -> Call {
        let path = path.strip_prefix("/!").map_or_else(|| format!("/api/v1{path}"), str::to_owned);
        Call { router: self.router.clone(), method, path, headers: HeaderMap::new(), body: vec![], peer: None }
    }

    pub fn get(&self, path: &str) -> Call {
        self.call(Method::GET, path)
    }

    pub fn post(&self, path: &str) -> Call {
        self.call(Method::POST, path)
    }

    /// A page, outside the API.
    pub fn page(&self, path: &str) -> Call {
        self.call(Method::GET, &format!("/!{path}")).header("accept", "text/html")
    }

    pub async fn person(&self, role: &str, name: &str) -> Person {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let email = format!("orang-{}@contoh.id", NEXT.fetch_add(1, Ordering::Relaxed));
        let mut body = json!({ "name": name, "email": email, "password": PASSWORD, "role": role });
        if role == "seller" {
            body["store_name"] = json!(name);
            body["store_location"] = json!("Bandung");
        }
        let made = self.post("/auth/register").json(&body).send().await.expect(201);
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        let store = &made["user"]["store"];
        Person {
            token: text(&made["access_token"]),
            refresh: text(&made["refresh_token"]),
            email,
            store: store.is_object().then(|| (text(&store["id"]), text(&store["slug"]))),
        }
    }

    /// A member of staff, signed in.
    pub async fn staff(&self, shop: &Shop, role: &str) -> Person {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let email = format!("{role}-{}@contoh.id", NEXT.fetch_add(1, Ordering::Relaxed));
        service::identity::create_staff(&shop.ctx, role, "Petugas", &email, PASSWORD).await.expect("staff");
        let body = json!({ "email": email, "password": PASSWORD });
        let made = self.post("/auth/login").json(&body).send().await.expect(200);
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        Person { token: text(&made["access_token"]), refresh: text(&made["refresh_token"]), email, store: None }
    }

    pub async fn product(&self, seller: &Person, name: &str, price: i64, stock: i64) -> Sold {
        let body = json!({
            "name": name, "description": "Bagus.", "category": "sepatu-lari", "weight_grams": 500,
            "price": price, "stock": stock, "status": "active",
        });
        let made = self.post("/seller/products").token(&seller.token).json(&body).send().await.expect(201);
        sold(&made)
    }

    pub async fn add(&self, buyer: &Person, variant: &str, quantity: i64) -> Value {
        let body = json!({ "variant_id": variant, "quantity": quantity });
        self.post("/cart/items").token(&buyer.token).json(&body).send().await.expect(201)
    }

    /// The body of a checkout of everything in the cart.
    pub async fn checkout_body(&self, buyer: &Person) -> Value {
        let cart = self.get("/cart").token(&buyer.token).send().await.expect(200);
        let shipping: Vec<Value> = cart["groups"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|group| json!({ "store_id": group["store"]["id"], "service": "jne_reg" }))
            .collect();
        json!({ "address": address(), "shipping": shipping, "payment_method": "sandbox" })
    }

    pub async fn check_out(&self, buyer: &Person, key: &str) -> Answered {
        let body = self.checkout_body(buyer).await;
        self.post("/checkout").token(&buyer.token).header("idempotency-key", key).json(&body).send().await
    }

    /// What the gateway would report; the fake accepts this signature.
    pub async fn webhook(&self, payment: &str, kind: &str, amount: i64) -> Answered {
        let body = json!({ "payment": payment, "kind": kind, "amount": amount, "reference": format!("ref-{payment}-{kind}") });
        self.post("/webhooks/sandbox").header("x-fake-signature", "ok").json(&body).send().await
    }
}

pub fn address() -> Value {
    json!({
        "recipient": "Budi Santoso", "phone": "081234567890", "street": "Jl. Melati 5", "district": "Tebet",
        "regency": "Jakarta Selatan", "province": "DKI Jakarta", "postal_code": "12810",
    })
}

pub fn sold(product: &Value) -> Sold {
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let variants = product["variants"].as_array().map(|all| all.iter().map(|v| text(&v["id"])).collect()).unwrap_or_default();
    Sold { id: text(&product["id"]), slug: text(&product["slug"]), variants }
}

/// Stock and money agree.
pub async fn verify(shop: &Shop) {
    let found = service::verify::books(&shop.ctx).await.expect("the books can be read");
    assert!(found.is_empty(), "{found:#?}");
}
