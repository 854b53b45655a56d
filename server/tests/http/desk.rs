//! Bank transfers over HTTP: checkout, proof, decision, and what staff may and may not do.

use crate::shop::{Answered, Http, Person, on_each_database, verify};
use axum::http::header;
use domain::Money;
use serde_json::{Value, json};
use service::{Settings, notification};

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n%%EOF\n";

async fn placed(http: &Http, buyer: &Person) -> Value {
    let mut body = http.checkout_body(buyer).await;
    body["payment_method"] = json!("manual_transfer");
    http.post("/checkout").token(&buyer.token).header("idempotency-key", "k").json(&body).send().await.expect(201)
}

async fn prove(http: &Http, who: &Person, payment: &str, texts: &[(&str, &str)], file: &[u8]) -> Answered {
    let call = http.post(&format!("/payments/{payment}/proof")).token(&who.token);
    call.form(texts, "proof", "bukti.pdf", "application/pdf", file).send().await
}

#[tokio::test]
async fn a_transfer_is_proven_verified_and_shipped_by_the_desk() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let (seller, buyer) = (http.person("seller", "Toko Satu").await, http.person("customer", "Budi").await);
        let (first, second) = (http.staff(&shop, "cs1").await, http.staff(&shop, "cs2").await);
        let sold = http.product(&seller, "Sepatu", 132_000, 10).await;
        http.add(&buyer, &sold.variants[0], 1).await;
        let methods = http.get("/payment-methods").send().await.expect(200);
        assert!(methods.as_array().unwrap().iter().any(|m| m["code"] == "manual_transfer"), "{methods}");
        let group = placed(&http, &buyer).await;
        let payment = group["payment"]["id"].as_str().unwrap();
        let number = group["orders"][0]["number"].as_str().unwrap();
        assert_eq!(group["payment"]["amount"], group["orders"][0]["total"]);
        assert_eq!(group["payment"]["redirect_url"], Value::Null);

        let amount = group["payment"]["amount"].to_string();
        let texts = [("amount", amount.as_str()), ("sender_name", "Budi"), ("sender_bank", "BCA")];
        let fields =
            prove(&http, &buyer, payment, &[("amount", "x"), ("sender_name", ""), ("sender_bank", "")], PDF).await.fields();
        assert_eq!(fields, ["amount:not_a_number"]);
        let fields =
            prove(&http, &buyer, payment, &[("amount", "0"), ("sender_name", ""), ("sender_bank", "BCA")], PDF).await.fields();
        assert_eq!(fields, ["amount:too_small", "sender_name:required"]);
        assert_eq!(prove(&http, &buyer, payment, &texts, b"GIF89a").await.refusal().0, 415);
        assert_eq!(prove(&http, &buyer, payment, &texts, &vec![b'x'; 6 * 1024 * 1024]).await.refusal().0, 413);
        assert_eq!(prove(&http, &seller, payment, &texts, PDF).await.refusal().0, 404);
        let sent = prove(&http, &buyer, payment, &texts, PDF).await.expect(201);
        assert_eq!(sent["status"], "awaiting_verification");
        assert_eq!(prove(&http, &buyer, payment, &texts, PDF).await.refusal(), (409, "payment.proof_waiting".into()));

        let open = http.get("/desk/payments?state=open").token(&first.token).send().await.expect(200);
        assert_eq!((&open["total"], &open["items"][0]["payment_id"]), (&json!(1), &json!(payment)));
        assert_eq!(http.get("/desk/payments?state=foo").token(&first.token).send().await.fields(), ["state:unknown_value"]);
        let desk = format!("/desk/payments/{payment}");
        // A stranger's PDF is never opened in the page.
        let file = http.get(&format!("{desk}/proof")).token(&first.token).send().await;
        assert!(file.headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment"));
        assert!(file.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("sandbox"));
        assert_eq!(http.get(&format!("{desk}/proof")).token(&second.token).send().await.refusal().0, 403);
        let claimed = http.post(&format!("{desk}/claim")).token(&first.token).send().await.expect(200);
        assert_eq!(claimed["is_mine"], true);
        let other = http.staff(&shop, "cs1").await;
        let refused = http.post(&format!("{desk}/approve")).token(&other.token).send().await;
        assert_eq!(refused.refusal(), (409, "desk.claimed".into()));
        let fields = http.post(&format!("{desk}/reject")).token(&first.token).json(&json!({})).send().await.fields();
        assert_eq!(fields, ["reason:required"]);
        let done = http.post(&format!("{desk}/approve")).token(&first.token).send().await.expect(200);
        assert_eq!(done["status"], "approved");
        verify(&shop).await;

        let path = format!("/desk/orders/{number}");
        assert_eq!(http.post(&format!("{path}/accept")).token(&first.token).send().await.refusal().0, 403);
        http.post(&format!("{path}/accept")).token(&second.token).send().await.expect(200);
        let body = json!({ "courier": "JNE", "tracking_number": "JX1" });
        let shipped = http.post(&format!("{path}/ship")).token(&second.token).json(&body).send().await.expect(200);
        assert_eq!(shipped["status"], "shipped");
        let list = http.get("/desk/fulfilment?status=shipped").token(&second.token).send().await.expect(200);
        assert_eq!(list["items"][0]["number"], number);
        let finance = http.staff(&shop, "finance").await;
        let ledger = http.get("/finance/ledger").token(&finance.token).send().await.expect(200);
        assert_eq!(ledger["total"], 2);
        let balances = http.get("/finance/balances").token(&finance.token).send().await.expect(200);
        let sum: i64 = balances.as_array().unwrap().iter().map(|b| b["balance"].as_i64().unwrap()).sum();
        assert_eq!(sum, 0);
        verify(&shop).await;
    })
    .await;
}

/// Sends a form of the desk as a browser without scripts; answers where it leads.
async fn decide_on(http: &Http, agent: &Person, page: &str, endpoint: &str, form: &str) -> String {
    let call = http.post(&format!("/!/api/desk/{endpoint}")).token(&agent.token).header("accept", "text/html");
    let ours = "http://127.0.0.1:3000";
    let call = call.header("referer", &format!("{ours}{page}"));
    let answer = call.raw("application/x-www-form-urlencoded", form).send().await;
    assert_eq!(answer.status, 302, "{}", answer.text);
    answer.headers[header::LOCATION].to_str().unwrap().trim_start_matches(ours).to_owned()
}

#[tokio::test]
async fn the_page_after_a_decision_tells_what_became_of_it() {
    on_each_database(|mut shop| async move {
        shop.ctx.settings = Settings { second_approval_above: Money(300_000), ..Settings::clone(&shop.ctx.settings) }.into();
        let http = Http::new(&shop);
        let seller = http.person("seller", "Toko Satu").await;
        let (one, two) = (http.staff(&shop, "cs1").await, http.staff(&shop, "cs1").await);
        let sold = http.product(&seller, "Sepatu", 132_000, 10).await;
        let mut waiting = vec![];
        for quantity in [1, 1, 3] {
            let buyer = http.person("customer", "Budi").await;
            http.add(&buyer, &sold.variants[0], quantity).await;
            let payment = placed(&http, &buyer).await["payment"].clone();
            let (id, asked) = (payment["id"].as_str().unwrap().to_owned(), payment["transfer"]["amount"].as_i64().unwrap());
            let stated = asked.to_string();
            let texts = [("amount", stated.as_str()), ("sender_name", "Budi"), ("sender_bank", "BCA")];
            // A file of one's own each, so that nothing looks used before.
            let file = [PDF, format!("%{id}\n%%EOF\n").as_bytes()].concat();
            prove(&http, &buyer, &id, &texts, &file).await.expect(201);
            waiting.push((id, asked, buyer, file));
        }
        let [(first, asked, ..), (second, _, buyer, file), (third, ..)] = &waiting[..] else { panic!("three wait") };
        let page = async |path: &str| http.page(path).token(&one.token).send().await.text;

        // As the statement writes it; then the next one.
        let amount = Money(*asked).to_string().replace(' ', "+");
        let told = decide_on(&http, &one, "/desk", "approve", &format!("payment={first}&amount={amount}")).await;
        assert_eq!(told, format!("/desk?payment={second}&done=approved"));
        let text = page(&told).await;
        assert!(text.contains("Transfer tadi diterima.") && text.contains("data-key=\"z\""), "{text}");
        let late = decide_on(&http, &two, "/desk", "approve", &format!("payment={first}")).await;
        assert_eq!(late, format!("/desk?payment={third}&done=already_decided"));

        // A refusal is not mixed with what was told before, and decides nothing.
        let slip = decide_on(&http, &one, &told, "approve", &format!("payment={second}&amount=150.00")).await;
        let text = page(&slip).await;
        assert!(text.contains("form-error") && !text.contains("Transfer tadi diterima."), "{slip}: {text}");

        let rejected = decide_on(&http, &one, &told, "reject", &format!("payment={second}&reason=Tidak+terbaca")).await;
        assert_eq!(rejected, "/desk?done=rejected");
        assert!(page(&rejected).await.contains("Bukti tadi ditolak."));
        let half = decide_on(&http, &two, "/desk", "approve", &format!("payment={third}")).await;
        assert_eq!(half, "/desk?done=half_approved");

        // The same file once more: the agent is told, and may look at the one before.
        let texts = [("amount", "1000"), ("sender_name", "Budi"), ("sender_bank", "BCA")];
        prove(&http, buyer, second, &texts, file).await.expect(201);
        let text = page(&format!("/desk?payment={second}")).await;
        assert!(text.contains("Berkas yang sama sudah pernah ditolak untuk pembayaran ini"), "{text}");
        assert!(text.contains("earlier-proofs") && text.contains("Tidak terbaca"), "{text}");
        let seen = http.get(&format!("/desk/payments/{second}")).token(&one.token).send().await.expect(200);
        let url = seen["earlier"][0]["proof_url"].as_str().unwrap();
        assert!(text.contains(url), "{text}");
        let earlier = async |token: &str| http.get(url.strip_prefix("/api/v1").unwrap()).token(token).send().await;
        let (before, now) =
            (earlier(&one.token).await, http.get(&format!("/desk/payments/{second}/proof")).token(&one.token).send().await);
        assert_eq!(before.text.as_bytes(), file);
        for name in [header::CONTENT_TYPE, header::CONTENT_DISPOSITION, header::CACHE_CONTROL, header::CONTENT_SECURITY_POLICY] {
            assert_eq!(before.headers[&name], now.headers[&name], "{name}");
        }
        assert_eq!(earlier(&buyer.token).await.refusal().0, 403);

        let short = decide_on(&http, &one, "/desk", "approve", &format!("payment={second}&amount=1.000")).await;
        // The third waits for somebody else than who approved it.
        assert_eq!(short, format!("/desk?payment={third}&done=short"));
        assert!(page(&short).await.contains("Transfer tadi kurang dari yang diminta"));
        verify(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn an_event_that_was_given_up_is_seen_and_tried_again() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let admin = http.staff(&shop, "admin").await;
        http.person("customer", "Budi").await;
        let (event, _) = notification::claim_due(&shop.ctx, 1).await.unwrap()[0].clone();
        for _ in 0..notification::MAX_ATTEMPTS {
            notification::record_failure(&shop.ctx, event, &service::Error::fault("surat tidak terkirim")).await.unwrap();
        }
        let dead = http.get("/admin/outbox").token(&admin.token).send().await.expect(200);
        assert_eq!((&dead[0]["id"], &dead[0]["kind"]), (&json!(event.to_string()), &json!("user_registered")));
        assert!(dead[0]["last_error"].as_str().unwrap().contains("surat tidak terkirim"));
        let path = format!("/admin/outbox/{event}/retry");
        http.post(&path).token(&admin.token).send().await.expect(204);
        assert_eq!(http.get("/admin/outbox").token(&admin.token).send().await.expect(200), json!([]));
        assert_eq!(http.post(&path).token(&admin.token).send().await.refusal().0, 404);
        assert!(notification::claim_due(&shop.ctx, 10).await.unwrap().iter().any(|(id, _)| *id == event));
    })
    .await;
}

#[tokio::test]
async fn a_statement_keeps_its_name_and_a_line_stands_in_for_a_proof() {
    on_each_database(|shop| async move {
        let http = Http::new(&shop);
        let (seller, buyer) = (http.person("seller", "Toko Satu").await, http.person("customer", "Budi").await);
        let agent = http.staff(&shop, "cs1").await;
        let sold = http.product(&seller, "Sepatu", 132_000, 10).await;
        http.add(&buyer, &sold.variants[0], 1).await;
        let group = placed(&http, &buyer).await;
        let payment = group["payment"]["id"].as_str().unwrap();
        let amount = &group["payment"]["transfer"]["amount"];
        let row = format!("2026-11-21,TRF BUDI,0.00,{amount}.00\n");
        let csv = format!("TGL_TRAN,DESK_TRAN,MUTASI_DEBET,MUTASI_KREDIT\n{row}");
        let send = |account: &'static str, csv: String| {
            let call = http.post("/desk/statements").token(&agent.token);
            let texts = [("layout", "BRI"), ("account", account)];
            async move { call.form(&texts, "statement", "mutasi nov.csv", "text/csv", csv.as_bytes()).send().await }
        };
        assert_eq!(send("999", csv.clone()).await.fields(), ["account:unknown_value"]);
        send("1234567890", csv.clone()).await.expect(201);
        let known = http.get("/desk/statements").token(&agent.token).send().await.expect(200);
        assert_eq!((&known[0]["file_name"], &known[0]["account"]), (&json!("mutasi nov.csv"), &json!("1234567890")));

        let decide = async |state: &str, action: &str| {
            let lines = http.get(&format!("/desk/statements/lines?state={state}")).token(&agent.token).send().await.expect(200);
            let id = lines["items"][0]["id"].as_str().unwrap().to_owned();
            let path = format!("/desk/statements/lines/{id}/{action}");
            http.post(&path).token(&agent.token).json(&json!({ "payment_id": payment })).send().await
        };
        let used = decide("proposed", "approve").await.expect(200);
        assert_eq!(used["state"], "used");
        // What the desk wrote by itself is no PDF.
        let page = http.page(&format!("/desk?payment={payment}")).token(&agent.token).send().await;
        assert!(page.text.contains("mutasi.txt") && !page.text.contains("bukti.pdf"), "{}", page.text);

        send("1234567890", format!("{csv}{row}")).await.expect(201);
        assert_eq!(decide("unmatched", "counted").await.refusal(), (409, "statement.line_does_not_fit".into()));
        let twice = decide("unmatched", "unexpected").await.expect(200);
        assert_eq!((&twice["state"], &twice["candidates"][0]["payment_id"]), (&json!("used"), &json!(payment)));
        verify(&shop).await;
        let lines = http.page("/desk/statements?state=used").token(&agent.token).send().await;
        assert!(lines.text.contains("layout-form"), "{}", lines.text);

        send("1234567890", format!("{csv}2026-11-21,BUNGA,0.00,5.00\n")).await.expect(201);
        let lines = http.get("/desk/statements/lines?state=unmatched").token(&agent.token).send().await.expect(200);
        let form = format!("line={}", lines["items"][0]["id"].as_str().unwrap());
        let told = decide_on(&http, &agent, "/desk/statements?state=unmatched&added=1", "statements/decide", &form).await;
        assert_eq!(told, "/desk/statements?state=unmatched&done=dismissed");
        let page = http.page(&told).token(&agent.token).send().await;
        assert!(page.text.contains("Baris tadi disisihkan"), "{}", page.text);
    })
    .await;
}
