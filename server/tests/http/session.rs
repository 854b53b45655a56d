//! Sessions: tokens, cookies, cross-site requests.

use crate::shop::{Http, PASSWORD, on_each_database};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

#[tokio::test]
async fn a_spent_refresh_token_ends_the_whole_family() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let person = http.person("customer", "Budi").await;
        let refresh = |token: String| http.post("/auth/refresh").json(&json!({ "refresh_token": token })).send();
        let second = refresh(person.refresh.clone()).await.expect(200);
        let (access, newer) = (second["access_token"].as_str().unwrap(), second["refresh_token"].as_str().unwrap());
        http.get("/me").token(access).send().await.expect(200);
        assert_eq!(refresh(person.refresh.clone()).await.refusal().0, 401, "spent");
        assert_eq!(refresh(newer.to_owned()).await.refusal().0, 401, "the thief's or the victim's: nobody can tell");
        assert_eq!(http.get("/me").token(access).send().await.refusal().0, 401);
    })
    .await;
}

#[tokio::test]
async fn log_out_ends_access_at_once() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let person = http.person("customer", "Budi").await;
        http.post("/auth/logout").token(&person.token).send().await.expect(204);
        assert_eq!(http.get("/me").token(&person.token).send().await.refusal().0, 401);
        let again = http.post("/auth/refresh").json(&json!({ "refresh_token": person.refresh })).send().await;
        assert_eq!(again.refusal().0, 401);
    })
    .await;
}

#[tokio::test]
async fn an_access_token_ends_by_itself() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let person = http.person("customer", "Budi").await;
        shop.advance(chrono::TimeDelta::hours(2));
        assert_eq!(http.get("/me").token(&person.token).send().await.refusal().0, 401);
        assert_eq!(http.get("/me").token("bukan.sebuah.token").send().await.refusal().0, 401);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_email_answer_alike() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let person = http.person("customer", "Budi").await;
        let login =
            |email: &str, password: &str| http.post("/auth/login").json(&json!({ "email": email, "password": password })).send();
        let wrong = login(&person.email, "bukan-ini-9431").await;
        let unknown = login("tidak-ada@contoh.id", PASSWORD).await;
        assert_eq!(wrong.refusal(), (401, "auth.invalid_credentials".into()));
        assert_eq!(unknown.refusal(), wrong.refusal());
        login(&person.email.to_uppercase(), PASSWORD).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn cookies_work_for_our_own_pages_only() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let person = http.person("customer", "Budi").await;
        let form = format!("email={}&password={PASSWORD}&next=%2Faccount", person.email.replace('@', "%40"));
        let signed_in =
            http.post("/!/api/login").header("accept", "text/html").raw("application/x-www-form-urlencoded", form).send().await;
        assert_eq!((signed_in.status.as_u16(), signed_in.headers["location"].to_str().unwrap()), (302, "/account"));
        for cookie in signed_in.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        }
        let cookies = signed_in.cookies().join("; ");
        http.get("/me").header("cookie", &cookies).send().await.expect(200);
        let change = |name: &str, site: &str| {
            let call = http.call(http::Method::PATCH, "/me").header("cookie", &cookies).header("sec-fetch-site", site);
            call.json(&json!({ "name": name })).send()
        };
        assert_eq!(change("Jahat", "cross-site").await.refusal().0, 403);
        assert_eq!(change("Jahat", "same-site").await.refusal().0, 403);
        assert_eq!(change("Budi Baru", "same-origin").await.expect(200)["name"], "Budi Baru");
        // A page that needs a session leads to the sign-in and back.
        let page = http.page("/account").send().await;
        assert_eq!((page.status.as_u16(), page.headers["location"].to_str().unwrap()), (302, "/login?next=/account"));
        let page = http.page("/account").header("cookie", &cookies).send().await;
        assert!(page.status == 200 && page.text.contains("Budi Baru"));
    })
    .await;
}

/// Somebody signed in to the attacker's account types their address and cards into it.
#[tokio::test]
async fn a_foreign_form_signs_nobody_in() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let attacker = http.person("customer", "Jahat").await;
        let form = format!("email={}&password={PASSWORD}&next=%2F", attacker.email.replace('@', "%40"));
        let send = |name: &str, value: &str| {
            let call = http.post("/!/api/login").header("accept", "text/html").header(name, value);
            call.raw("application/x-www-form-urlencoded", form.clone()).send()
        };
        // Cookies are not sent along: `SameSite` alone does not help.
        for (name, value) in
            [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://jahat.example")]
        {
            let answer = send(name, value).await;
            assert_eq!(answer.status, 403, "{name}: {value}");
            assert!(!answer.cookies().iter().any(|c| c.contains("access") || c.contains("refresh")), "{:?}", answer.cookies());
        }
        assert_eq!(send("sec-fetch-site", "same-origin").await.status, 302);
        // Programs and gateways say nothing.
        http.webhook("0199a0b0-0000-7000-8000-000000000000", "paid", 1).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn many_wrong_passwords_have_to_wait() {
    on_each_database(|shop| async move {
        let http = Http::limited(&shop);
        let person = http.person("customer", "Budi").await;
        let mut last = 0;
        for _ in 0..30 {
            let body = json!({ "email": person.email, "password": "salah-sekali-1" });
            let answer = http.post("/auth/login").json(&body).send().await;
            last = answer.status.as_u16();
            if last == 429 {
                assert!(answer.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() > 0);
                break;
            }
        }
        assert_eq!(last, 429);
    })
    .await;
}

/// Pages and forms that are answered at the same time on one thread do not take each other's
/// context: every sign-in gets its cookies and its way back, every page its own nonce.
#[tokio::test]
async fn requests_at_the_same_time_are_kept_apart() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let seller = http.person("seller", "Toko Satu").await;
        for n in 0..5 {
            http.product(&seller, &format!("Sepatu {n}"), 100_000, 5).await;
        }
        let form = format!("email={}&password={PASSWORD}&next=%2Faccount", seller.email.replace('@', "%40"));
        let sign_in =
            || http.post("/!/api/login").header("accept", "text/html").raw("application/x-www-form-urlencoded", form.clone());
        for _ in 0..5 {
            let pages =
                ["/", "/search?q=sepatu", "/login", "/cart", "/s/toko-satu", "/register"].map(|path| http.page(path).send());
            let forms = [(); 6].map(|()| sign_in().send());
            let (pages, forms) = tokio::join!(futures::future::join_all(pages), futures::future::join_all(forms));
            for page in pages {
                let policy = page.headers["content-security-policy"].to_str().unwrap();
                let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap();
                assert!(page.text.contains(&format!("nonce=\"{nonce}\"")));
            }
            for answer in forms {
                assert_eq!((answer.status.as_u16(), answer.headers["location"].to_str().unwrap()), (302, "/account"));
                let cookies = answer.cookies();
                assert!(["access=", "refresh="].iter().all(|name| cookies.iter().any(|c| c.starts_with(name))), "{cookies:?}");
            }
        }
    })
    .await;
}

/// Leptos holds back the data of every page in the process while it lists an app's routes. A second
/// router made meanwhile must not leave the first one's pages waiting.
#[tokio::test]
async fn pages_are_answered_while_another_router_is_made() {
    let shop = service::fixture::sqlite().await.unwrap();
    let http = Http::new(&shop);
    let ctx = shop.ctx.clone();
    let done = Arc::new(AtomicBool::new(false));
    let maker = std::thread::spawn({
        let done = done.clone();
        move || {
            while !done.load(Ordering::Relaxed) {
                drop(Http::of(ctx.clone()));
            }
        }
    });
    let pages = async {
        for _ in 0..20 {
            assert_eq!(http.page("/").send().await.status, 200);
        }
    };
    let answered = tokio::time::timeout(Duration::from_secs(30), pages).await;
    done.store(true, Ordering::Relaxed);
    maker.join().unwrap();
    assert!(answered.is_ok(), "a page never came");
}
