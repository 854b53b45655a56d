//! Configuration: defaults that work with nothing set, `belanjain.toml` over them, environment
//! variables over both. Validated at start; an error names the key.

use crate::edge::Proxies;
use crate::gateways::Gateways;
use chrono::TimeDelta;
use domain::Money;
use domain::desk::BankAccount;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{key}: {problem}")]
pub struct ConfigError {
    key: &'static str,
    problem: String,
}

pub fn bad(key: &'static str, problem: impl ToString) -> ConfigError {
    ConfigError { key, problem: problem.to_string() }
}

/// A variable that is set and says something.
pub fn env(key: &str) -> Option<String> {
    std::env::var(key).ok().filter(|v| !v.trim().is_empty())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Demo,
    Production,
}

#[derive(Clone)]
pub struct Config {
    pub listen: SocketAddr,
    pub data_dir: PathBuf,
    pub database_url: String,
    pub mode: Mode,
    pub rate_limit: bool,
    /// Proxies in front that are believed when they name the client.
    pub trusted_proxies: Proxies,
    /// Where `serve` starts the sandbox gateway in demo mode.
    pub sandbox_listen: Option<SocketAddr>,
    /// Where browsers reach the shop.
    pub public_url: String,
    pub token_secret: Vec<u8>,
    /// Whether staff must have a second factor.
    pub staff_two_factor: bool,
    /// Front end: hashed scripts, style sheet, static files.
    pub site_dir: PathBuf,
    pub smtp_url: Option<String>,
    pub mail_from: String,
    /// Where the shop sits, at the foot of every letter.
    pub postal_address: String,
    /// Opens `/metrics` to who knows it; a demo shows them to everybody.
    pub metrics_token: Option<String>,
    /// Payment gateways with keys of their own.
    pub gateways: Gateways,
    /// Where bank transfers go.
    pub bank_accounts: Vec<BankAccount>,
    /// Whether the suffix of a transfer stays in the house.
    pub keeps_transfer_suffix: bool,
    /// Transfers above it need two agents.
    pub second_approval_above: Money,
    /// The most that can be paid in cash at the door.
    pub cod_up_to: Option<Money>,
    /// How long a buyer has to pay, and by which method longer or shorter.
    pub payment_deadline: TimeDelta,
    pub method_deadlines: BTreeMap<String, TimeDelta>,
    /// How long before the end a buyer who has not paid is reminded.
    pub remind_before: TimeDelta,
}

/// `belanjain.toml`; the same names as the variables, in lower case without prefix.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct File {
    listen: Option<String>,
    data_dir: Option<String>,
    database_url: Option<String>,
    mode: Option<String>,
    rate_limit: Option<String>,
    trusted_proxies: Option<String>,
    sandbox_listen: Option<String>,
    public_url: Option<String>,
    staff_2fa: Option<String>,
    site_dir: Option<String>,
    mail_from: Option<String>,
    postal_address: Option<String>,
    bank_accounts: Option<String>,
    transfer_suffix: Option<String>,
    second_approval_above: Option<i64>,
    cod_up_to: Option<String>,
    payment_deadline: Option<String>,
    remind_before: Option<String>,
}

impl Config {
    pub fn load() -> Result<Self, ConfigError> {
        let file = read_file()?;
        let mode = match env("BELANJAIN_MODE").or(file.mode).as_deref() {
            None | Some("demo") => Mode::Demo,
            Some("production") => Mode::Production,
            Some(_) => return Err(bad("BELANJAIN_MODE", "must be `demo` or `production`")),
        };
        let listen: SocketAddr = env("BELANJAIN_LISTEN")
            .or(file.listen)
            .unwrap_or_else(|| "127.0.0.1:3000".into())
            .parse()
            .map_err(|_| bad("BELANJAIN_LISTEN", "must be an address and port, like 127.0.0.1:3000"))?;
        let data_dir = PathBuf::from(env("BELANJAIN_DATA_DIR").or(file.data_dir).unwrap_or_else(|| "data".into()));
        std::fs::create_dir_all(&data_dir).map_err(|e| bad("BELANJAIN_DATA_DIR", format!("{}: {e}", data_dir.display())))?;
        let database_url = env("DATABASE_URL").or(file.database_url).unwrap_or_else(|| sqlite_in(&data_dir));
        if !["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| database_url.starts_with(scheme)) {
            return Err(bad("DATABASE_URL", "must start with sqlite:// or postgres://"));
        }
        let rate_limit = match env("BELANJAIN_RATE_LIMIT").or(file.rate_limit).as_deref() {
            None | Some("on") => true,
            Some("off") if mode == Mode::Demo => false,
            Some("off") => return Err(bad("BELANJAIN_RATE_LIMIT", "cannot be switched off in production")),
            Some(_) => return Err(bad("BELANJAIN_RATE_LIMIT", "must be `on` or `off`")),
        };
        let proxies = env("BELANJAIN_TRUSTED_PROXIES").or(file.trusted_proxies).map(|text| text.parse());
        let trusted_proxies = proxies
            .unwrap_or_else(|| Ok(Proxies::default()))
            .map_err(|()| bad("BELANJAIN_TRUSTED_PROXIES", "must be addresses or networks like 10.0.0.0/8, or `none`"))?;
        let sandbox_listen = sandbox(env("BELANJAIN_SANDBOX_LISTEN").or(file.sandbox_listen).as_deref(), mode)?;
        let public_url = env("BELANJAIN_PUBLIC_URL").or(file.public_url);
        let public_url = public_url.unwrap_or_else(|| format!("http://{listen}")).trim_end_matches('/').to_owned();
        if !public_url.starts_with("http://") && !public_url.starts_with("https://") {
            return Err(bad("BELANJAIN_PUBLIC_URL", "must start with http:// or https://"));
        }
        let token_secret = secret(env("BELANJAIN_TOKEN_SECRET"), mode, &data_dir)?;
        let staff_two_factor = match env("BELANJAIN_STAFF_2FA").or(file.staff_2fa).as_deref() {
            None => mode == Mode::Production,
            Some("required") => true,
            Some("optional") => false,
            Some(_) => return Err(bad("BELANJAIN_STAFF_2FA", "must be `required` or `optional`")),
        };
        let deadlines = deadlines(env("BELANJAIN_PAYMENT_DEADLINE").or(file.payment_deadline))?;
        let site_dir = env("BELANJAIN_SITE_DIR").or(file.site_dir).map_or_else(default_site, PathBuf::from);
        Ok(Self {
            listen,
            data_dir,
            database_url,
            mode,
            rate_limit,
            trusted_proxies,
            sandbox_listen,
            public_url,
            token_secret,
            staff_two_factor,
            site_dir,
            gateways: Gateways::load(mode)?,
            bank_accounts: bank_accounts(env("BELANJAIN_BANK_ACCOUNTS").or(file.bank_accounts), mode)?,
            keeps_transfer_suffix: match env("BELANJAIN_TRANSFER_SUFFIX").or(file.transfer_suffix).as_deref() {
                None | Some("keep") => true,
                Some("return") => false,
                Some(_) => return Err(bad("BELANJAIN_TRANSFER_SUFFIX", "must be `keep` or `return`")),
            },
            second_approval_above: second_approval(env("BELANJAIN_SECOND_APPROVAL_ABOVE"), file.second_approval_above)?,
            cod_up_to: cod_up_to(env("BELANJAIN_COD_UP_TO").or(file.cod_up_to), mode)?,
            payment_deadline: deadlines.0,
            method_deadlines: deadlines.1,
            remind_before: hours("BELANJAIN_REMIND_BEFORE", env("BELANJAIN_REMIND_BEFORE").or(file.remind_before), 3)?,
            smtp_url: smtp(env("BELANJAIN_SMTP_URL"), mode)?,
            mail_from: env("BELANJAIN_MAIL_FROM")
                .or(file.mail_from)
                .unwrap_or_else(|| "Belanjain <halo@belanjain.localhost>".into()),
            postal_address: env("BELANJAIN_POSTAL_ADDRESS")
                .or(file.postal_address)
                .unwrap_or_else(|| "Jakarta, Indonesia".into()),
            metrics_token: env("BELANJAIN_METRICS_TOKEN"),
        })
    }

    /// A secret shared with the sandbox gateway, derived from the installation's own.
    pub fn sandbox_secret(&self, purpose: &str) -> String {
        let mut bytes = self.token_secret.clone();
        bytes.extend_from_slice(purpose.as_bytes());
        use sha2::{Digest, Sha256};
        Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect()
    }
}

fn read_file() -> Result<File, ConfigError> {
    let path = std::env::var("BELANJAIN_CONFIG").unwrap_or_else(|_| "belanjain.toml".into());
    match std::fs::read_to_string(&path) {
        Ok(text) => toml::from_str(&text).map_err(|e| bad("BELANJAIN_CONFIG", format!("{path}: {e}"))),
        Err(_) => Ok(File::default()),
    }
}

fn sqlite_in(data_dir: &Path) -> String {
    format!("sqlite://{}", data_dir.join("belanjain.db").display())
}

fn sandbox(value: Option<&str>, mode: Mode) -> Result<Option<SocketAddr>, ConfigError> {
    match value {
        Some("off") => Ok(None),
        Some(_) if mode == Mode::Production => Err(bad("BELANJAIN_SANDBOX_LISTEN", "there is no sandbox gateway in production")),
        None if mode == Mode::Production => Ok(None),
        value => {
            let address = value.unwrap_or("127.0.0.1:3001").parse();
            address.map(Some).map_err(|_| bad("BELANJAIN_SANDBOX_LISTEN", "must be an address and port, or `off`"))
        }
    }
}

/// `BCA:1234567890:PT Contoh; Mandiri:…`. A demo has one; production without any has no transfers.
fn bank_accounts(text: Option<String>, mode: Mode) -> Result<Vec<BankAccount>, ConfigError> {
    let text = match (text, mode) {
        (Some(text), _) => text,
        (None, Mode::Demo) => "BCA:1234567890:PT Belanjain Demo".into(),
        (None, Mode::Production) => return Ok(vec![]),
    };
    let problem = || bad("BELANJAIN_BANK_ACCOUNTS", "must read like BCA:1234567890:PT Contoh; Mandiri:0987654321:PT Contoh");
    text.split(';').filter(|t| !t.trim().is_empty()).map(|t| BankAccount::parse(t).ok_or_else(problem)).collect()
}

fn second_approval(text: Option<String>, file: Option<i64>) -> Result<Money, ConfigError> {
    let problem = || bad("BELANJAIN_SECOND_APPROVAL_ABOVE", "must be whole rupiah");
    let amount = text.map(|t| t.trim().parse().map_err(|_| problem())).transpose()?.or(file).unwrap_or(10_000_000);
    if amount < 0 { Err(problem()) } else { Ok(Money(amount)) }
}

/// Whole rupiah, or `off`. A demo has it; production says so.
fn cod_up_to(text: Option<String>, mode: Mode) -> Result<Option<Money>, ConfigError> {
    match (text.as_deref().map(str::trim), mode) {
        (None, Mode::Demo) => Ok(Some(Money(5_000_000))),
        (None, Mode::Production) | (Some("off"), _) => Ok(None),
        (Some(text), _) => match text.parse() {
            Ok(amount) if amount > 0 => Ok(Some(Money(amount))),
            _ => Err(bad("BELANJAIN_COD_UP_TO", "must be whole rupiah, or `off`")),
        },
    }
}

/// A mail server, or `off`. In production that must be said: without letters nobody can open an account.
fn smtp(text: Option<String>, mode: Mode) -> Result<Option<String>, ConfigError> {
    match (text.as_deref(), mode) {
        (Some("off"), _) | (None, Mode::Demo) => Ok(None),
        (None, Mode::Production) => {
            Err(bad("BELANJAIN_SMTP_URL", "is required in production; `off` writes letters into a folder"))
        }
        (Some(_), _) => Ok(text),
    }
}

/// Hours of all methods, then of single ones: `24; manual_transfer: 48; midtrans:qris: 1`.
fn deadlines(text: Option<String>) -> Result<(TimeDelta, BTreeMap<String, TimeDelta>), ConfigError> {
    const KEY: &str = "BELANJAIN_PAYMENT_DEADLINE";
    let (mut all, mut own) = (TimeDelta::hours(24), BTreeMap::new());
    for part in text.unwrap_or_default().split(';').map(str::trim).filter(|p| !p.is_empty()) {
        match part.rsplit_once(':') {
            None => all = hours(KEY, Some(part.to_owned()), 24)?,
            Some((method, text)) => {
                own.insert(method.trim().to_owned(), hours(KEY, Some(text.to_owned()), 24)?);
            }
        }
    }
    Ok((all, own))
}

/// Whole hours, one to thirty days.
fn hours(key: &'static str, text: Option<String>, default: i64) -> Result<TimeDelta, ConfigError> {
    let hours = text.map_or(Ok(default), |t| t.trim().parse()).ok().filter(|h| (1..=720).contains(h));
    hours.map(TimeDelta::hours).ok_or_else(|| bad(key, "must be whole hours from 1 to 720, like 24; manual_transfer: 48"))
}

/// Production brings its own secret; a demo makes one and keeps it readable by its owner only.
fn secret(given: Option<String>, mode: Mode, data_dir: &Path) -> Result<Vec<u8>, ConfigError> {
    const KEY: &str = "BELANJAIN_TOKEN_SECRET";
    if let Some(given) = given {
        if given.len() < 32 {
            return Err(bad(KEY, "needs at least 32 characters"));
        }
        return Ok(given.into_bytes());
    }
    if mode == Mode::Production {
        return Err(bad(KEY, "must be set in production"));
    }
    let path = data_dir.join("token.secret");
    if let Ok(kept) = std::fs::read_to_string(&path) {
        return Ok(kept.trim().as_bytes().to_vec());
    }
    let made = format!("{}{}", service::identity::token::secret(), service::identity::token::secret());
    write_private(&path, &made).map_err(|e| bad(KEY, format!("{}: {e}", path.display())))?;
    Ok(made.into_bytes())
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}

/// `site` beside the executable (an installation), else where a build leaves it.
fn default_site() -> PathBuf {
    let beside = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.join("site")));
    beside.filter(|path| path.is_dir()).unwrap_or_else(|| "target/site".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn production_says_whether_it_writes_letters() {
        let url = || Some("smtps://mail.contoh.id".to_owned());
        assert!(smtp(None, Mode::Production).is_err_and(|error| error.to_string().contains("BELANJAIN_SMTP_URL")));
        assert_eq!(smtp(None, Mode::Demo).unwrap(), None);
        for mode in [Mode::Demo, Mode::Production] {
            assert_eq!(smtp(Some("off".into()), mode).unwrap(), None);
            assert_eq!(smtp(url(), mode).unwrap(), url());
        }
    }
}
