//! Many buyers at once, through the router.

use crate::shop::{Http, Person, on_each_database, verify};
use futures::future::join_all;

async fn crowd(http: &Http, count: usize, variants: &[&str]) -> Vec<Person> {
    let mut people = vec![];
    for n in 0..count {
        let buyer = http.person("customer", &format!("Pembeli {n}")).await;
        for variant in variants {
            http.add(&buyer, variant, 1).await;
        }
        people.push(buyer);
    }
    people
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_buyers_of_the_last_unit_make_one_order() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let seller = http.person("seller", "Toko Satu").await;
        let last = http.product(&seller, "Barang terakhir", 75_000, 1).await;
        let people = crowd(&http, 100, &[&last.variants[0]]).await;
        let tries = people.iter().map(|buyer| {
            let (http, buyer) = (http.clone(), buyer.clone());
            tokio::spawn(async move { http.check_out(&buyer, "k").await })
        });
        let mut placed = 0;
        for answer in join_all(tries).await {
            let answer = answer.unwrap();
            if answer.status == 201 {
                placed += 1;
            } else {
                assert_eq!(answer.refusal(), (409, "stock.insufficient".into()));
                assert_eq!(answer.json()["available"], 0);
            }
        }
        assert_eq!(placed, 1);
        verify(&shop).await;
        shop.advance(chrono::TimeDelta::hours(25));
        assert_eq!(service::payment::auto_cancel(&shop.ctx).await.unwrap(), 1, "the hold does not leak");
        let product = http.get(&format!("/products/{}", last.slug)).send().await.expect(200);
        assert_eq!(product["variants"][0]["available"], 1);
        verify(&shop).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_key_fifty_times_makes_one_group_and_identical_answers() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let seller = http.person("seller", "Toko Satu").await;
        let product = http.product(&seller, "Sepatu", 75_000, 100).await;
        let buyer = crowd(&http, 1, &[&product.variants[0]]).await.remove(0);
        let body = http.checkout_body(&buyer).await;
        let tries = (0..50).map(|_| {
            let call = http.post("/checkout").token(&buyer.token).header("idempotency-key", "kunci").json(&body);
            tokio::spawn(call.send())
        });
        let answers: Vec<_> = join_all(tries).await.into_iter().map(|a| a.unwrap()).collect();
        for answer in &answers {
            assert_eq!((answer.status.as_u16(), &answer.text), (201, &answers[0].text));
        }
        let orders = http.get("/orders").token(&buyer.token).send().await.expect(200);
        assert_eq!(orders["total"], 1);
        // The same key with another body is a mistake of the program.
        let mut other = body.clone();
        other["payment_method"] = "cod".into();
        let call = http.post("/checkout").token(&buyer.token).header("idempotency-key", "kunci").json(&other);
        assert_eq!(call.send().await.refusal(), (422, "idempotency.mismatch".into()));
        verify(&shop).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_double_clicked_form_makes_one_group() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let seller = http.person("seller", "Toko Satu").await;
        let product = http.product(&seller, "Sepatu", 75_000, 100).await;
        let buyer = crowd(&http, 1, &[&product.variants[0]]).await.remove(0);
        let address = http.post("/me/addresses").token(&buyer.token).json(&crate::shop::address()).send().await.expect(201);
        // The token the form was rendered with is its key.
        let store = seller.store.unwrap().0;
        let form = format!(
            "form_token=0199a0b0-0000-7000-8000-000000000001&address_id={}&shipping%5Bstore-{store}%5D=jne_reg&payment_method=sandbox",
            address["id"].as_str().unwrap()
        );
        let tries = (0..20).map(|_| {
            let call = http.post("/!/api/checkout/place").token(&buyer.token).header("accept", "text/html");
            tokio::spawn(call.raw("application/x-www-form-urlencoded", form.clone()).send())
        });
        let answers: Vec<_> = join_all(tries).await.into_iter().map(|a| a.unwrap()).collect();
        let target = |n: usize| answers[n].headers["location"].to_str().unwrap().to_owned();
        assert!(target(0).starts_with("/pay/"), "{:?}", answers[0]);
        assert!((0..20).all(|n| answers[n].status == 302 && target(n) == target(0)));
        assert_eq!(http.get("/orders").token(&buyer.token).send().await.expect(200)["total"], 1);
        verify(&shop).await;
    })
    .await;
}
