//! Puts the adapters behind the ports.

use crate::config::{Config, Mode};
use crate::{gateways, jobs};
use gateway::mail::mailbox::Mailbox;
use gateway::mail::smtp::Smtp;
use gateway::simulator::sandbox::{Running, SimulatorOptions};
use gateway::simulator::{self, Pace};
use service::clock::System;
use service::port::{Mailer, Ports};
use service::{Ctx, Result, Settings, db};
use std::net::SocketAddr;
use std::sync::Arc;

/// Two minutes of a gateway's patience are one second of a simulator's.
const PACE: Pace = Pace(120);

/// The context, with the schema up to date. `sandbox` is where the sandbox gateway listens.
pub async fn context(config: &Config, sandbox: Option<SocketAddr>) -> Result<Ctx> {
    migrate(config).await?;
    let connection = db::connect(&config.database_url).await?;
    let gateways = gateways::adapters(config, sandbox)?;
    let mailer: Arc<dyn Mailer> = match &config.smtp_url {
        Some(url) => Arc::new(Smtp::new(url)?),
        None => Arc::new(Mailbox::new(config.data_dir.join("mail"))?),
    };
    let files = gateway::files::local(&config.data_dir.join("media"))?;
    let settings = Settings {
        demo: config.mode == Mode::Demo,
        public_url: config.public_url.clone(),
        token_secret: config.token_secret.clone(),
        staff_two_factor: config.staff_two_factor,
        rate_limit: config.rate_limit,
        payment_deadline: config.payment_deadline,
        method_deadlines: config.method_deadlines.clone(),
        remind_before: config.remind_before,
        cod_up_to: config.cod_up_to,
        simulators_url: sandbox.filter(|_| config.mode == Mode::Demo).map(|address| format!("http://{address}")),
        bank_accounts: config.bank_accounts.clone(),
        keeps_transfer_suffix: config.keeps_transfer_suffix,
        confirm_within: Settings::CONFIRM_WITHIN,
        second_approval_above: config.second_approval_above,
        mail_from: config.mail_from.clone(),
        postal_address: config.postal_address.clone(),
    };
    Ok(Ctx::new(connection, Arc::new(System), settings, Ports { gateways: Arc::new(gateways), mailer, files }))
}

/// Brings the schema up to date, on connections of its own: those that serve never saw an older one.
async fn migrate(config: &Config) -> Result<()> {
    let connection = db::connect(&config.database_url).await?;
    db::migrate(&connection).await?;
    jobs::migrate(&connection).await?;
    Ok(connection.close().await?)
}

/// Starts the sandbox gateway, in demo mode.
pub async fn sandbox(config: &Config) -> Result<Option<Running>> {
    match config.sandbox_listen {
        Some(listen) => start_at(config, listen).await.map(Some),
        None => Ok(None),
    }
}

/// The sandbox gateway on a port of its own: demo data is paid while a shop may be running.
pub async fn sandbox_for_seed(config: &Config) -> Result<Running> {
    start_at(config, SocketAddr::from(([127, 0, 0, 1], 0))).await
}

async fn start_at(config: &Config, listen: SocketAddr) -> Result<Running> {
    let options = SimulatorOptions {
        listen,
        server_key: config.sandbox_secret("server key"),
        webhook_secret: config.sandbox_secret("webhook"),
        journal: Some(config.data_dir.join("sandbox.jsonl")),
        retry_delays: SimulatorOptions::default_retries(),
    };
    simulator::start(options, gateways::simulated(config), &config.public_url, PACE).await
}
