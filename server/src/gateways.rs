//! Which payment gateways are on, and their keys.

use crate::config::{Config, ConfigError, Mode, bad, env};
use axum::http::Uri;
use gateway::payment::midtrans::{Midtrans, MidtransConfig};
use gateway::payment::sandbox::{Sandbox, SandboxConfig};
use gateway::payment::tripay::{Tripay, TripayConfig};
use gateway::payment::xendit::{Xendit, XenditConfig};
use gateway::simulator::Keys;
use service::port::PaymentGateway;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
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
    pub fn load(mode: Mode) -> Result<Self, ConfigError> {
        let chosen = Self { midtrans: midtrans()?, xendit: xendit()?, tripay: tripay()? };
        if mode == Mode::Production {
            chosen.check_real()?;
        }
        Ok(chosen)
    }

    /// Money that is only played with must not pay for real goods, and keys must not travel in clear.
    fn check_real(&self) -> Result<(), ConfigError> {
        if let Some(MidtransConfig { core_url, snap_url, server_keys }) = &self.midtrans {
            server_keys.iter().try_for_each(|key| check_key("BELANJAIN_MIDTRANS_SERVER_KEY", key, "SB-"))?;
            check_url("BELANJAIN_MIDTRANS_URL", core_url)?;
            check_url("BELANJAIN_MIDTRANS_SNAP_URL", snap_url)?;
        }
        if let Some(XenditConfig { base_url, secret_key, .. }) = &self.xendit {
            check_key("BELANJAIN_XENDIT_SECRET_KEY", secret_key, "xnd_development_")?;
            check_url("BELANJAIN_XENDIT_URL", base_url)?;
        }
        if let Some(TripayConfig { base_url, api_key, .. }) = &self.tripay {
            check_key("BELANJAIN_TRIPAY_API_KEY", api_key, "DEV-")?;
            check_url("BELANJAIN_TRIPAY_URL", base_url)?;
        }
        Ok(())
    }
}

fn check_key(variable: &'static str, key: &str, sandbox: &str) -> Result<(), ConfigError> {
    let is_sandbox = key.get(..sandbox.len()).is_some_and(|start| start.eq_ignore_ascii_case(sandbox));
    if is_sandbox { Err(bad(variable, "is a key of the gateway's sandbox, which takes no real money")) } else { Ok(()) }
}

/// A gateway on this machine is a simulator or a proxy.
fn check_url(variable: &'static str, url: &str) -> Result<(), ConfigError> {
    let uri: Option<Uri> = url.parse().ok();
    let host = uri.as_ref().and_then(Uri::host).unwrap_or_default().trim_matches(['[', ']']);
    let is_here = host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback());
    if url.starts_with("https://") || is_here { Ok(()) } else { Err(bad(variable, "must start with https:// in production")) }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn midtrans(url: &str, keys: &[&str]) -> Gateways {
        let server_keys = keys.iter().map(|key| (*key).to_owned()).collect();
        let config = MidtransConfig { core_url: url.into(), snap_url: "https://app.midtrans.com/snap/v1".into(), server_keys };
        Gateways { midtrans: Some(config), ..Default::default() }
    }

    fn refusal(gateways: &Gateways) -> String {
        gateways.check_real().unwrap_err().to_string()
    }

    #[test]
    fn production_refuses_keys_of_sandboxes() {
        let real = "https://api.midtrans.com";
        assert!(midtrans(real, &["Mid-server-1", "Mid-server-2"]).check_real().is_ok());
        let old = refusal(&midtrans(real, &["Mid-server-1", "SB-Mid-server-2"]));
        assert!(old.starts_with("BELANJAIN_MIDTRANS_SERVER_KEY: ") && !old.contains("SB-"), "{old}");
        let xendit = |key: &str| Gateways {
            xendit: Some(XenditConfig {
                base_url: "https://api.xendit.co".into(),
                secret_key: key.into(),
                callback_tokens: vec!["token".into()],
            }),
            ..Default::default()
        };
        assert!(xendit("xnd_production_1").check_real().is_ok());
        assert!(refusal(&xendit("xnd_development_1")).starts_with("BELANJAIN_XENDIT_SECRET_KEY: "));
        let tripay = |key: &str| Gateways {
            tripay: Some(TripayConfig {
                base_url: "https://tripay.co.id/api".into(),
                merchant_code: "T1".into(),
                api_key: key.into(),
                private_keys: vec!["key".into()],
            }),
            ..Default::default()
        };
        assert!(tripay("abc").check_real().is_ok());
        assert!(refusal(&tripay("DEV-abc")).starts_with("BELANJAIN_TRIPAY_API_KEY: "));
    }

    #[test]
    fn production_speaks_to_gateways_by_https() {
        for good in ["https://api.midtrans.com", "http://127.0.0.1:3001/midtrans", "http://localhost:1", "http://[::1]:1"] {
            assert!(midtrans(good, &["Mid-server-1"]).check_real().is_ok(), "{good}");
        }
        for bad in ["http://api.midtrans.com", "http://127.0.0.1.contoh.id", "http://10.0.0.1"] {
            assert!(refusal(&midtrans(bad, &["Mid-server-1"])).starts_with("BELANJAIN_MIDTRANS_URL: "), "{bad}");
        }
    }
}
