//! Links by email and the second factor over HTTP: answers that tell nothing, forms without scripts.

use crate::shop::{Answered, Http, PASSWORD, Person, on_each_database};
use serde_json::{Value, json};
use service::fixture::Shop;
use service::{Ctx, Settings, notification};
use totp_rs::{Builder, Secret};

const NEW: &str = "teh-poci-8812";

async fn deliver(ctx: &Ctx) {
    for (id, _) in notification::claim_due(ctx, 100).await.unwrap() {
        let event = notification::open_event(ctx, id).await.unwrap().unwrap();
        notification::handle(ctx, id, &event).await.unwrap();
        notification::finish(ctx, id).await.unwrap();
    }
}

/// The secret of the last link that was sent to a page.
fn link(shop: &Shop, page: &str) -> String {
    let wanted = format!("/{page}?token=");
    let mail = shop.mailer.sent().into_iter().rev().find(|m| m.text.contains(&wanted)).expect("a letter with a link");
    let rest = mail.text.split(&wanted).nth(1).unwrap();
    rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect()
}

fn code(shop: &Shop, secret: &str) -> String {
    let secret = Secret::try_from_base32(secret).unwrap();
    let now = u64::try_from(shop.ctx.now().timestamp()).unwrap();
    Builder::new().with_secret(secret).with_account_name("x").build().unwrap().generate(now).to_string()
}

/// The app's secret and the recovery codes.
async fn enrol(shop: &Shop, http: &Http, who: &Person) -> (String, Value) {
    let begun = http.post("/me/two-factor").token(&who.token).json(&json!({ "password": PASSWORD })).send().await.expect(200);
    let secret = begun["secret"].as_str().unwrap().to_owned();
    assert!(begun["url"].as_str().unwrap().starts_with("otpauth://totp/Belanjain:"), "{begun}");
    assert!(begun["qr"].as_str().unwrap().starts_with("data:image/svg+xml;base64,"));
    let body = json!({ "code": code(shop, &secret) });
    let codes = http.post("/me/two-factor/confirm").token(&who.token).json(&body).send().await.expect(200);
    (secret, codes["codes"].clone())
}

/// Everything that could tell two answers apart.
fn shown(answer: &Answered) -> (u16, String, Vec<String>) {
    let mut names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
    names.sort();
    (answer.status.as_u16(), answer.text.clone(), names)
}

fn form(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| text.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
    fields.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect::<Vec<_>>().join("&")
}

/// Posts a form as a browser without scripts.
async fn submit(http: &Http, endpoint: &str, cookies: &str, fields: &[(&str, &str)]) -> Answered {
    let call = http.post(&format!("/!/api/{endpoint}")).header("accept", "text/html").header("cookie", cookies);
    let call = call.header("referer", "http://127.0.0.1:3000/login");
    call.raw("application/x-www-form-urlencoded", form(fields)).send().await
}

fn location(answer: &Answered) -> &str {
    assert_eq!(answer.status, 302, "{}", answer.text);
    answer.headers["location"].to_str().unwrap()
}

#[tokio::test]
async fn nothing_tells_whether_an_email_has_an_account() {
    on_each_database(|mut shop| async move {
        let known = Http::new(&shop).person("customer", "Budi").await.email;
        let settings = Settings { demo: false, ..Settings::clone(&shop.ctx.settings) };
        shop.ctx.settings = settings.into();
        let http = Http::new(&shop);
        for path in ["/auth/password/forgot", "/auth/email/resend"] {
            let ask = |email: &str| http.post(path).json(&json!({ "email": email })).send();
            let (yes, no) = (ask(&known).await, ask("tidak-ada@contoh.id").await);
            assert_eq!(yes.status, 202);
            assert_eq!(shown(&yes), shown(&no), "{path}");
            assert_eq!(ask("bukan email").await.fields(), ["email:invalid_email"]);
        }
        let register = |email: &str| {
            let body = json!({ "name": "Budi", "email": email, "password": PASSWORD, "role": "customer" });
            http.post("/auth/register").json(&body).send()
        };
        let (taken, new) = (register(&known).await, register("baru@contoh.id").await);
        assert_eq!((taken.status.as_u16(), taken.json()), (202, json!({ "confirm_email": true })));
        assert_eq!(shown(&taken), shown(&new));
        let login = |email: &str| http.post("/auth/login").json(&json!({ "email": email, "password": PASSWORD })).send();
        assert_eq!(login("baru@contoh.id").await.refusal(), login("tidak-ada@contoh.id").await.refusal());
        deliver(&shop.ctx).await;
        let body = json!({ "token": link(&shop, "verify-email") });
        http.post("/auth/email/verify").json(&body).send().await.expect(204);
        login("baru@contoh.id").await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn looking_at_a_link_spends_nothing() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let person = http.person("customer", "Budi").await;
        let sent = submit(&http, "password/forgot", "cart=aaaaaaaaaaaaaaaaaaaaaaaa", &[("email", &person.email)]).await;
        assert_eq!(location(&sent), "/forgot-password?sent=1");
        deliver(&shop.ctx).await;
        let token = link(&shop, "reset-password");
        for _ in 0..3 {
            let page = http.page(&format!("/reset-password?token={token}")).send().await;
            assert!(page.status == 200 && page.text.contains(&token));
        }
        let weak = http.post("/auth/password/reset").json(&json!({ "token": token, "new_password": "12345678" })).send().await;
        assert_eq!(weak.fields(), ["new_password:password_guessable"]);
        let done = submit(&http, "password/reset", "", &[("token", &token), ("new_password", NEW)]).await;
        assert_eq!(location(&done), "/login?done=reset");
        assert_eq!(http.get("/me").token(&person.token).send().await.refusal(), (401, "auth.session_ended".into()));
        let again = http.post("/auth/password/reset").json(&json!({ "token": token, "new_password": NEW })).send().await;
        assert_eq!(again.fields(), ["token:link_expired"]);
        for page in ["/forgot-password?sent=1", "/verify-email", "/verify-email?token=x", "/login?done=reset", "/login/code"] {
            assert_eq!(http.page(page).send().await.status, 200, "{page}");
        }
        let proven = http.person("customer", "Sari").await;
        http.post("/auth/email/resend").json(&json!({ "email": proven.email })).send().await.expect(202);
        deliver(&shop.ctx).await;
        let token = link(&shop, "verify-email");
        let done = submit(&http, "email/verify", "", &[("token", &token)]).await;
        assert_eq!(location(&done), "/login?done=verified");
        let me = http.get("/me").token(&proven.token).send().await.expect(200);
        assert_eq!(me["email_verified"], true);
    })
    .await;
}

#[tokio::test]
async fn the_api_asks_for_the_second_factor() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let person = http.person("customer", "Budi").await;
        let (secret, codes) = enrol(&shop, &http, &person).await;
        let login = |totp: Value| {
            let body = json!({ "email": person.email, "password": PASSWORD, "totp": totp });
            http.post("/auth/login").json(&body).send()
        };
        let asked = login(Value::Null).await;
        assert_eq!(asked.headers["www-authenticate"], "Bearer");
        assert_eq!(asked.refusal(), (401, "auth.totp_required".into()));
        assert_eq!(login(json!("000000")).await.refusal(), (401, "auth.totp_invalid".into()));
        shop.advance(chrono::TimeDelta::seconds(30));
        let pair = login(json!(code(&shop, &secret))).await.expect(200);
        assert_eq!(pair["user"]["two_factor"], true);
        login(codes[0].clone()).await.expect(200);
        assert_eq!(login(codes[0].clone()).await.refusal().0, 401);
        let token = pair["access_token"].as_str().unwrap();
        let state = http.get("/me/two-factor").token(token).send().await.expect(200);
        assert_eq!((&state["enabled"], &state["recovery_codes_left"]), (&json!(true), &json!(9)));
        let proof = json!({ "password": PASSWORD, "code": codes[1] });
        let fresh = http.post("/me/two-factor/recovery-codes").token(token).json(&proof).send().await.expect(200);
        let again = http.post("/me/two-factor").token(token).json(&json!({ "password": PASSWORD })).send().await;
        assert_eq!(again.refusal(), (409, "two_factor.on".into()));
        let wrong = http.call(http::Method::DELETE, "/me/two-factor").token(token).json(&proof).send().await;
        assert_eq!(wrong.fields(), ["code:wrong_code"]);
        let proof = json!({ "password": PASSWORD, "code": fresh["codes"][0] });
        http.call(http::Method::DELETE, "/me/two-factor").token(token).json(&proof).send().await.expect(204);
        login(Value::Null).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_browser_without_scripts_sets_it_up_and_signs_in_in_two_steps() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let person = http.person("customer", "Budi").await;
        let sign_in = || {
            let fields = [("email", person.email.as_str()), ("password", PASSWORD), ("next", "/orders?page=1")];
            let form = form(&fields);
            http.post("/!/api/login").header("accept", "text/html").raw("application/x-www-form-urlencoded", form).send()
        };
        let entered = sign_in().await;
        assert_eq!(location(&entered), "/orders?page=1");
        let cookies = entered.cookies().join("; ");
        assert_eq!(
            location(&submit(&http, "two-factor/begin", &cookies, &[("password", PASSWORD)]).await),
            "/account/two-factor"
        );
        let page = http.page("/account/two-factor").header("cookie", &cookies).send().await;
        assert!(page.text.contains("data:image/svg+xml;base64,"));
        let secret = page.text.split("otpauth:").nth(1).and_then(|url| url.split("secret=").nth(1)).unwrap();
        let secret: String = secret.chars().take_while(char::is_ascii_alphanumeric).collect();
        let confirmed = submit(&http, "two-factor/confirm", &cookies, &[("code", &code(&shop, &secret))]).await;
        assert_eq!(location(&confirmed), "/account/two-factor/codes");
        let with_codes = format!("{cookies}; {}", confirmed.cookies().join("; "));
        let page = http.page("/account/two-factor/codes").header("cookie", &with_codes).send().await;
        let dropped = page.headers.get_all("set-cookie").iter().any(|c| c.to_str().unwrap().starts_with("recovery_codes=;"));
        assert!(dropped && page.text.contains("data-testid=\"recovery-codes\""));
        let page = http.page("/account/two-factor/codes").header("cookie", &cookies).send().await;
        assert!(page.status == 200 && !page.text.contains("data-testid=\"recovery-codes\""), "shown once");
        // Sealed for one person: somebody else's browser cannot read them.
        let other = http.person("customer", "Sari").await;
        let foreign = format!("access={}; {}", other.token, confirmed.cookies().join("; "));
        let page = http.page("/account/two-factor/codes").header("cookie", &foreign).send().await;
        assert!(!page.text.contains("data-testid=\"recovery-codes\""));

        let asked = sign_in().await;
        assert_eq!(location(&asked), "/login/code?next=/orders%3Fpage%3D1");
        let challenge = asked.cookies().into_iter().find(|c| c.starts_with("second_step=")).unwrap();
        assert!(!asked.cookies().iter().any(|c| c.starts_with("access=")), "not signed in yet");
        shop.advance(chrono::TimeDelta::seconds(30));
        let wrong = submit(&http, "login/code", &challenge, &[("code", "000000"), ("next", "/orders")]).await;
        assert!(location(&wrong).contains("__err="));
        let fields = [("code", code(&shop, &secret)), ("next", "/orders?page=1".to_owned())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let entered = submit(&http, "login/code", &challenge, &fields).await;
        assert_eq!(location(&entered), "/orders?page=1");
        assert!(entered.cookies().iter().any(|c| c.starts_with("access=ey")));
    })
    .await;
}

#[tokio::test]
async fn asking_for_links_has_to_wait() {
    on_each_database(|shop| async move {
        let http = Http::limited(&shop);
        let ask = || http.post("/auth/password/forgot").json(&json!({ "email": "siapa-pun@contoh.id" })).send();
        let mut answers = vec![];
        for _ in 0..6 {
            answers.push(ask().await);
        }
        let last = answers.pop().unwrap();
        assert!(answers.iter().all(|a| a.status == 202));
        assert_eq!(last.status, 429);
        assert!(last.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() > 6);
    })
    .await;
}
