//! Local servers that speak the gateways' wire APIs: demos and tests run the real adapters.

mod hosted;
mod journal;
mod midtrans;
mod page;
pub mod sandbox;
mod tripay;
mod xendit;

use axum::Router;
use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hosted::Hosted;
use sandbox::{Running, SimulatorOptions};
use service::{Error, Result};
use std::path::PathBuf;
use std::time::Duration;

/// How many times faster than the real gateways the simulators repeat their reports.
#[derive(Clone, Copy, Debug)]
pub struct Pace(pub u32);

impl Pace {
    fn of(self, seconds: &[u64]) -> Vec<Duration> {
        seconds.iter().map(|s| Duration::from_secs(*s) / self.0.max(1)).collect()
    }
}

/// What the simulated gateways share with the shop.
#[derive(Clone)]
pub struct Keys {
    pub midtrans_server_key: String,
    pub xendit_secret_key: String,
    pub xendit_callback_token: String,
    pub tripay_merchant_code: String,
    pub tripay_api_key: String,
    pub tripay_private_key: String,
}

/// Starts all simulated gateways on one address: the sandbox at its root, the others under
/// `/midtrans`, `/xendit` and `/tripay`. `shop_url` is where they report to unless told otherwise.
pub async fn start(options: SimulatorOptions, keys: Keys, shop_url: &str, pace: Pace) -> Result<Running> {
    let hook = |name: &str| format!("{shop_url}/api/v1/webhooks/{name}");
    let journal = |name: &str| -> Option<PathBuf> { Some(options.journal.as_ref()?.with_extension(format!("{name}.jsonl"))) };
    let journals = ["midtrans", "xendit", "tripay"].map(journal);
    sandbox::start_with(options, |base, client| {
        let midtrans = midtrans::Midtrans { server_key: keys.midtrans_server_key, webhook_url: hook("midtrans"), pace };
        let xendit = xendit::Xendit {
            secret_key: keys.xendit_secret_key,
            callback_token: keys.xendit_callback_token,
            webhook_url: hook("xendit"),
            pace,
            refunds: Default::default(),
        };
        let tripay = tripay::Tripay {
            merchant_code: keys.tripay_merchant_code,
            api_key: keys.tripay_api_key,
            private_key: keys.tripay_private_key,
            webhook_url: hook("tripay"),
            pace,
        };
        let at = |name: &str| format!("{base}/{name}");
        let [in_midtrans, in_xendit, in_tripay] = journals.each_ref().map(Option::as_deref);
        Router::new()
            .nest("/midtrans", midtrans::router(&Hosted::new(midtrans, at("midtrans"), client.clone(), in_midtrans)))
            .nest("/xendit", xendit::router(&Hosted::new(xendit, at("xendit"), client.clone(), in_xendit)))
            .nest("/tripay", tripay::router(&Hosted::new(tripay, at("tripay"), client.clone(), in_tripay)))
    })
    .await
}

/// Who reports to the shop. A redirect is an answer, not followed.
fn client() -> Result<reqwest::Client> {
    let builder = reqwest::Client::builder().timeout(Duration::from_secs(15)).redirect(reqwest::redirect::Policy::none());
    builder.build().map_err(|e| Error::port("simulator", e))
}

/// The user of basic authentication with an empty password.
fn basic_user(headers: &HeaderMap) -> Option<String> {
    let given = headers.get("authorization")?.to_str().ok()?.strip_prefix("Basic ")?;
    let text = String::from_utf8(STANDARD.decode(given).ok()?).ok()?;
    text.strip_suffix(':').map(str::to_owned)
}
