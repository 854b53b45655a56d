//! Which payment gateways are on, and their keys.

use crate::config::{Config, ConfigError, Mode, bad, env};
use gateway::payment::midtrans::{Midtrans, MidtransConfig};
use gateway::payment::sandbox::{Sandbox, SandboxConfig};
use gateway::payment::tripay::{Tripay, TripayConfig};
use gateway::payment::xendit::{Xendit, XenditConfig};
use gateway::simulator::Keys;
use service::port::PaymentGateway;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

/// Gateways with keys of their own; the others are simulated in a demo and off in production.
#[derive(Clone, Default)]
pub struct Gateways {
    midtrans: Option<MidtransConfig>,
    xendit: Option<XenditConfig>,
    tripay: Option<TripayConfig>,
}

/// Keys separated by commas: the first is used, all are taken.
fn keys(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|key| !key.is_empty()).map(str::to_owned).collect()
}

/// Without a slash at its end.
fn url(variable: &'static str, default: &str) -> Result<String, ConfigError> {
    let url = env(variable).unwrap_or_else(|| default.to_owned());
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err(bad(variable, "must start with http:// or https://"));
    }
    Ok(url.trim_end_matches('/').to_owned())
}

fn needed(variable: &'static str) -> Result<String, ConfigError> {
    env(variable).ok_or_else(|| bad(variable, "is needed beside the gateway's other keys"))
}

impl Gateways {
    pub fn load() -> Result<Self, ConfigError> {
        Ok(Self { midtrans: midtrans()?, xendit: xendit()?, tripay: tripay()? })
    }
}

fn midtrans() -> Result<Option<MidtransConfig>, ConfigError> {
    let Some(text) = env("BELANJAIN_MIDTRANS_SERVER_KEY") else { return Ok(None) };
    let server_keys = keys(&text);
    let host = if server_keys.first().is_some_and(|key| key.starts_with("SB-")) { ".sandbox" } else { "" };
    Ok(Some(MidtransConfig {
        core_url: url("BELANJAIN_MIDTRANS_URL", &format!("https://api{host}.midtrans.com"))?,
        snap_url: url("BELANJAIN_MIDTRANS_SNAP_URL", &format!("https://app{host}.midtrans.com/snap/v1"))?,
        server_keys,
    }))
}

fn xendit() -> Result<Option<XenditConfig>, ConfigError> {
    let Some(secret_key) = env("BELANJAIN_XENDIT_SECRET_KEY") else { return Ok(None) };
    Ok(Some(XenditConfig {
        base_url: url("BELANJAIN_XENDIT_URL", "https://api.xendit.co")?,
        secret_key,
        callback_tokens: keys(&needed("BELANJAIN_XENDIT_CALLBACK_TOKEN")?),
    }))
}

fn tripay() -> Result<Option<TripayConfig>, ConfigError> {
    let Some(api_key) = env("BELANJAIN_TRIPAY_API_KEY") else { return Ok(None) };
    let path = if api_key.starts_with("DEV-") { "api-sandbox" } else { "api" };
    Ok(Some(TripayConfig {
        base_url: url("BELANJAIN_TRIPAY_URL", &format!("https://tripay.co.id/{path}"))?,
        merchant_code: needed("BELANJAIN_TRIPAY_MERCHANT_CODE")?,
        private_keys: keys(&needed("BELANJAIN_TRIPAY_PRIVATE_KEY")?),
        api_key,
    }))
}

/// What the simulators share with the shop: made from the installation's own secret.
pub fn simulated(config: &Config) -> Keys {
    Keys {
        midtrans_server_key: format!("SB-Mid-server-{}", config.sandbox_secret("midtrans")),
        xendit_secret_key: format!("xnd_development_{}", config.sandbox_secret("xendit")),
        xendit_callback_token: config.sandbox_secret("xendit callback"),
        tripay_merchant_code: "T00001".into(),
        tripay_api_key: format!("DEV-{}", config.sandbox_secret("tripay")),
        tripay_private_key: config.sandbox_secret("tripay private"),
    }
}

/// The adapters by name. `simulators` is where the simulated gateways listen, in demo mode.
pub fn adapters(config: &Config, simulators: Option<SocketAddr>) -> service::Result<BTreeMap<String, Arc<dyn PaymentGateway>>> {
    let mut found: Vec<Arc<dyn PaymentGateway>> = vec![];
    let mut chosen = config.gateways.clone();
    if let Some(address) = simulators.filter(|_| config.mode == Mode::Demo) {
        let (keys, base) = (simulated(config), format!("http://{address}"));
        found.push(Arc::new(Sandbox::new(SandboxConfig {
            base_url: base.clone(),
            server_key: config.sandbox_secret("server key"),
            webhook_secret: config.sandbox_secret("webhook"),
        })?));
        chosen.midtrans.get_or_insert(MidtransConfig {
            core_url: format!("{base}/midtrans"),
            snap_url: format!("{base}/midtrans/snap/v1"),
            server_keys: vec![keys.midtrans_server_key],
        });
        chosen.xendit.get_or_insert(XenditConfig {
            base_url: format!("{base}/xendit"),
            secret_key: keys.xendit_secret_key,
            callback_tokens: vec![keys.xendit_callback_token],
        });
        chosen.tripay.get_or_insert(TripayConfig {
            base_url: format!("{base}/tripay"),
            merchant_code: keys.tripay_merchant_code,
            api_key: keys.tripay_api_key,
            private_keys: vec![keys.tripay_private_key],
        });
    }
    if let Some(config) = chosen.midtrans {
        found.push(Arc::new(Midtrans::new(config)?));
    }
    if let Some(config) = chosen.xendit {
        found.push(Arc::new(Xendit::new(config)?));
    }
    if let Some(config) = chosen.tripay {
        found.push(Arc::new(Tripay::new(config)?));
    }
    Ok(found.into_iter().map(|gateway| (gateway.name().to_owned(), gateway)).collect())
}
