//! What belongs to somebody else does not exist; what needs a role is refused without it.

use crate::shop::{Http, on_each_database};
use http::Method;
use serde_json::{Value, json};
use service::Settings;

#[tokio::test]
async fn a_seller_never_reaches_another_sellers_things() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let (one, two) = (http.person("seller", "Toko Satu").await, http.person("seller", "Toko Dua").await);
        let product = http.product(&one, "Sepatu", 100_000, 10).await;
        let buyer = http.person("customer", "Budi").await;
        http.add(&buyer, &product.variants[0], 1).await;
        let placed = http.check_out(&buyer, "k").await.expect(201);
        let number = placed["orders"][0]["number"].as_str().unwrap();
        let payment = placed["payment"]["id"].as_str().unwrap();
        http.webhook(payment, "paid", placed["payment"]["amount"].as_i64().unwrap()).await.expect(200);
        let (id, variant) = (&product.id, &product.variants[0]);
        let tries = [
            (Method::GET, format!("/seller/products/{id}"), json!(null)),
            (Method::PATCH, format!("/seller/products/{id}"), json!({ "name": "Milikku" })),
            (Method::DELETE, format!("/seller/products/{id}"), json!(null)),
            (Method::PATCH, format!("/seller/inventory/{variant}"), json!({ "on_hand": 0 })),
            (Method::GET, format!("/seller/inventory/{variant}/ledger"), json!(null)),
            (Method::GET, format!("/seller/orders/{number}"), json!(null)),
            (Method::POST, format!("/seller/orders/{number}/accept"), json!({})),
            (Method::POST, format!("/seller/orders/{number}/cancel"), json!({ "reason": "x" })),
            (Method::POST, format!("/seller/orders/{number}/ship"), json!({ "courier": "JNE", "tracking_number": "1" })),
            (Method::GET, format!("/orders/{number}"), json!(null)),
            (Method::POST, format!("/orders/{number}/cancel"), json!({})),
            (Method::GET, format!("/payments/{payment}"), json!(null)),
        ];
        for (method, path, body) in tries {
            let answer = http.call(method.clone(), &path).token(&two.token).json(&body).send().await;
            assert_eq!(answer.refusal().0, 404, "{method} {path}");
        }
        let picture =
            http.post(&format!("/seller/products/{id}/images")).token(&two.token).file("image", "x.png", "image/png", b"x");
        assert_eq!(picture.send().await.refusal().0, 404);
        // A foreign store in the header gives nothing either.
        let store = one.store.unwrap().1;
        let answer = http.get("/seller/products").token(&two.token).header("x-store", &store).send().await;
        assert!([403, 404].contains(&answer.refusal().0));
        let own = http.get("/seller/orders").token(&two.token).send().await.expect(200);
        assert_eq!(own["total"], 0);
    })
    .await;
}

/// Every documented route, its path as it is documented.
pub fn documented(document: &Value) -> Vec<(Method, String)> {
    let mut routes = vec![];
    for (path, methods) in document["paths"].as_object().unwrap() {
        let known = ["get", "post", "patch", "put", "delete"];
        for method in methods.as_object().unwrap().keys().filter(|m| known.contains(&m.as_str())) {
            routes.push((method.to_uppercase().parse().unwrap(), path.clone()));
        }
    }
    routes
}

/// Open to everybody; whoever adds a route here says so on purpose.
pub fn is_public(method: &Method, path: &str) -> bool {
    let open = ["/auth/", "/webhooks/", "/cart"];
    let readable = ["/products", "/categories", "/stores", "/payment-methods", "/search"];
    open.iter().any(|p| path.starts_with(p)) || (*method == Method::GET && readable.iter().any(|p| path.starts_with(p)))
}

#[tokio::test]
async fn public_routes_do_not_fail_on_an_empty_body() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let document = http.get("/!/api/openapi.json").send().await.expect(200);
        let routes = documented(&document);
        assert!(routes.len() > 40, "{} routes", routes.len());
        for (method, template) in routes {
            let path = template.replace("/api/v1", "").replace(['{', '}'], "");
            if is_public(&method, &path) {
                let status = http.call(method.clone(), &path).json(&json!({})).send().await.status.as_u16();
                assert!(path.starts_with("/auth/logout") || status != 401, "{method} {path}: {status}");
                assert!(status < 500, "{method} {path}: {status}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn staff_without_their_second_factor_reach_nothing_but_their_account() {
    on_each_database(|mut shop| async move {
        shop.ctx.settings = Settings { staff_two_factor: true, ..Settings::clone(&shop.ctx.settings) }.into();
        let http = Http::new(&shop);
        let admin = http.staff(&shop, "admin").await;
        let document = http.get("/!/api/openapi.json").send().await.expect(200);
        for (method, template) in documented(&document) {
            let mut path = template.replace("/api/v1", "");
            while let (Some(open), Some(close)) = (path.find('{'), path.find('}')) {
                path.replace_range(open..=close, "0199a0b0-0000-7000-8000-000000000000");
            }
            if is_public(&method, &path) || path == "/me" || path.starts_with("/me/") {
                continue;
            }
            let answer = http.call(method.clone(), &path).token(&admin.token).json(&json!({})).send().await;
            assert!([403, 415, 422].contains(&answer.status.as_u16()), "{method} {path}: {}", answer.status);
            if answer.status == 403 {
                assert_eq!(answer.refusal().1, "auth.two_factor_missing", "{method} {path}");
            }
        }
        for own in ["/me", "/me/letters", "/me/sessions", "/me/addresses"] {
            http.get(own).token(&admin.token).send().await.expect(200);
        }
        let state = http.get("/me/two-factor").token(&admin.token).send().await.expect(200);
        assert_eq!((&state["enabled"], &state["required"]), (&json!(false), &json!(true)));
        let page = http.page("/desk").header("cookie", &format!("access={}", admin.token)).send().await;
        assert_eq!((page.status.as_u16(), page.headers["location"].to_str().unwrap()), (302, "/account/two-factor"));
    })
    .await;
}

#[tokio::test]
async fn the_contract_is_documented() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let document: Value = http.get("/!/api/openapi.json").send().await.expect(200);
        let contract = include_str!("contract.txt");
        let missing: Vec<&str> = contract
            .lines()
            .filter(|line| {
                let (method, path) = line.split_once(' ').unwrap();
                document["paths"][format!("/api/v1{path}")][method.to_lowercase()].is_null()
            })
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
    })
    .await;
}
