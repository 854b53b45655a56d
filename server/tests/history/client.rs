//! Somebody who asks the server over HTTP and does not always get an answer.

use crate::history::History;
use crate::real::{PASSWORD, Shop};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use std::sync::Mutex;
use std::time::Duration;
use tokio::time::interval;

/// What came back.
#[derive(Debug)]
pub enum Answer {
    Done(Value),
    /// Refused for a reason: nothing was changed.
    Refused(String),
    /// None, or a fault: it may have been done or not.
    Unknown,
}

pub struct Client {
    pub http: reqwest::Client,
    url: String,
    email: String,
    token: Mutex<String>,
}

impl Client {
    pub fn new(shop: &Shop, name: &str, token: &str) -> Self {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(30))
            .build()
            .unwrap();
        let email = format!("{}@contoh.id", name.replace(' ', ""));
        Self { http, url: shop.url(), email, token: Mutex::new(token.to_owned()) }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let token = self.token.lock().unwrap().clone();
        self.http.request(method, format!("{}/api/v1{path}", self.url)).bearer_auth(token)
    }

    /// Sends, and notes under `what` how it went.
    pub async fn send(&self, history: &History, what: &'static str, request: RequestBuilder) -> Answer {
        let answer = self.try_send(history, request).await;
        history.count(what, &answer);
        if matches!(answer, Answer::Unknown) {
            self.wait().await;
        }
        answer
    }

    async fn try_send(&self, history: &History, request: RequestBuilder) -> Answer {
        let Ok(answer) = request.send().await else { return Answer::Unknown };
        let status = answer.status();
        let Ok(text) = answer.text().await else { return Answer::Unknown };
        let body: Value = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or_default() };
        if status.is_success() || status.is_redirection() {
            return Answer::Done(body);
        }
        if status.is_server_error() {
            history.fault(format!("{status} {text}"));
            return Answer::Unknown;
        }
        if status == StatusCode::UNAUTHORIZED {
            self.sign_in().await;
            return Answer::Unknown;
        }
        Answer::Refused(body["code"].as_str().unwrap_or_default().to_owned())
    }

    /// Access tokens live for minutes.
    async fn sign_in(&self) {
        let body = json!({ "email": self.email, "password": PASSWORD });
        let Ok(answer) = self.http.post(format!("{}/api/v1/auth/login", self.url)).json(&body).send().await else { return };
        if let Ok(body) = answer.json::<Value>().await
            && let Some(token) = body["access_token"].as_str()
        {
            token.clone_into(&mut self.token.lock().unwrap());
        }
    }

    /// Until the server answers again.
    async fn wait(&self) {
        let mut tick = interval(Duration::from_millis(30));
        loop {
            tick.tick().await;
            let answer = self.http.get(format!("{}/readyz", self.url)).send().await;
            if answer.is_ok_and(|a| a.status().is_success()) {
                return;
            }
        }
    }
}
