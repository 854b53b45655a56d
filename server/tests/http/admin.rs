//! Administration over HTTP: jobs, letters, audit trail; unsubscribing; metrics.

use crate::shop::{Http, on_each_database};
use http::Method;
use serde_json::json;
use server::jobs;

#[tokio::test]
async fn a_job_is_run_by_hand_and_its_outcome_seen() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let (admin, buyer) = (http.staff(&shop, "sysadmin").await, http.person("customer", "Budi").await);
        let path = "/admin/jobs/verify-books/run";
        assert_eq!(http.post(path).send().await.refusal().0, 401);
        assert_eq!(http.post(path).token(&buyer.token).send().await.refusal().0, 403);
        assert_eq!(
            http.post("/admin/jobs/tidak-ada/run").token(&admin.token).send().await.refusal(),
            (404, "job.not_found".into())
        );
        let asked = http.post(path).token(&admin.token).send().await.expect(202);
        assert_eq!((&asked["finished_at"], &asked["requested_by"]), (&json!(null), &json!("Petugas")));
        jobs::drain(&shop.ctx).await.unwrap();
        let all = http.get("/admin/jobs").token(&admin.token).send().await.expect(200);
        let job = all.as_array().unwrap().iter().find(|j| j["name"] == "verify-books").unwrap();
        assert_eq!(job["runs"][0]["outcome"], "stock and money books are balanced");
        assert_eq!((&job["schedule"], &job["next_at"]), (&json!("0 15 3 * * *"), &json!("2026-11-21T20:15:00Z")));
        let trail =
            http.get(&format!("/admin/audit?actor={}&action=job.run", admin.email)).token(&admin.token).send().await.expect(200);
        assert_eq!((&trail["total"], &trail["items"][0]["subject_id"]), (&json!(1), &json!("verify-books")));
        let fields = http.get("/admin/audit?from=kemarin").token(&admin.token).send().await.fields();
        assert_eq!(fields, ["from:invalid_date"]);
        let metrics = http.get("/!/metrics").send().await;
        assert!(
            metrics.text.contains("belanjain_books_disagreements 0") && metrics.text.contains("job=\"verify-books\""),
            "{}",
            metrics.text
        );
    })
    .await;
}

#[tokio::test]
async fn staff_look_at_letters_and_at_what_was_sent() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let (admin, buyer) = (http.staff(&shop, "sysadmin").await, http.person("customer", "Budi").await);
        let preview = "/!/admin/mail/preview/order_placed/en";
        let page = http.get(preview).token(&admin.token).send().await;
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("sandbox") && policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'self'"),
            "{policy}"
        );
        assert_eq!(page.headers["x-frame-options"], "SAMEORIGIN");
        assert!(page.text.contains("Pay now") && page.text.contains("Rp 267,000"));
        assert_eq!(http.get(preview).token(&buyer.token).send().await.refusal().0, 403);
        assert_eq!(http.get(preview).send().await.refusal().0, 401);
        assert_eq!(http.get("/!/admin/mail/preview/apa/en").token(&admin.token).send().await.refusal().0, 404);

        jobs::drain(&shop.ctx).await.unwrap();
        let log =
            http.get(&format!("/admin/mail?recipient={}&state=sent", buyer.email)).token(&admin.token).send().await.expect(200);
        let kinds: Vec<_> = log["items"].as_array().unwrap().iter().map(|m| m["kind"].as_str().unwrap()).collect();
        assert!(kinds.contains(&"welcome") && log["total"] == 1, "{kinds:?}");
        assert!(log["items"][0].get("html").is_none(), "what it says is not shown");
        assert_eq!(http.get("/admin/mail?state=hilang").token(&admin.token).send().await.fields(), ["state:unknown_value"]);
        assert_eq!(http.get("/admin/mail").token(&buyer.token).send().await.refusal().0, 403);
    })
    .await;
}

#[tokio::test]
async fn one_click_unsubscribes_without_a_session() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let seller = http.person("seller", "Toko Satu").await;
        jobs::run_by_hand(&shop.ctx, "weekly-report", None).await.unwrap();
        let url = shop.mailer.sent_to(&seller.email).into_iter().find_map(|m| m.unsubscribe_url).unwrap();
        let path = format!("/!{}", url.strip_prefix(&shop.ctx.settings.public_url).unwrap());
        let page = http.call(Method::GET, &path).header("accept", "text/html").send().await;
        assert!(page.status == 200 && page.text.contains("Laporan mingguan"), "{}", page.status);
        let wanted = async || {
            let all = http.get("/me/letters").token(&seller.token).send().await.expect(200);
            all.as_array().unwrap().iter().find(|l| l["kind"] == "weekly_report").unwrap()["is_wanted"] == true
        };
        assert!(wanted().await, "looking changes nothing");
        let form = "application/x-www-form-urlencoded";
        let clicked = http.post(&path).raw(form, "List-Unsubscribe=One-Click").send().await;
        assert_eq!(clicked.status, 200);
        assert!(!wanted().await);
        let button = http.post(&path).raw(form, "").send().await;
        assert_eq!((button.status.as_u16(), button.headers["location"].to_str().unwrap()), (303, path.trim_start_matches("/!")));
        assert_eq!(http.post(&format!("{path}x")).raw(form, "").send().await.refusal().0, 404);
        let body = json!({ "kind": "weekly_report", "is_wanted": true });
        http.call(Method::PATCH, "/me/letters").token(&seller.token).json(&body).send().await.expect(200);
        assert!(wanted().await);
        let body = json!({ "kind": "payment_received", "is_wanted": false });
        let fields = http.call(Method::PATCH, "/me/letters").token(&seller.token).json(&body).send().await.fields();
        assert_eq!(fields, ["kind:unknown_value"]);
    })
    .await;
}

#[tokio::test]
async fn pages_of_the_administration_show_what_the_reader_may_see() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let (admin, buyer) = (http.staff(&shop, "admin").await, http.person("customer", "Budi").await);
        for (path, shown) in [
            ("/admin/jobs", "Periksa pembukuan"),
            ("/admin/outbox", "Tidak ada yang gagal."),
            ("/admin/mail", "/admin/mail/preview/order_placed/id"),
            ("/admin/sent", "Log surat"),
            ("/admin/audit", "Jejak audit"),
        ] {
            let page = http.page(path).token(&admin.token).send().await;
            assert!(page.status == 200 && page.text.contains(shown), "{path}: {}", page.status);
            assert!(page.headers["content-security-policy"].to_str().unwrap().contains("frame-src 'self'"));
            let refused = http.page(path).token(&buyer.token).send().await;
            assert_eq!(refused.status, 403, "{path}");
        }
    })
    .await;
}
