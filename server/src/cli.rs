//! Commands of the binary. The only place that prints.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line speaks to a person")]

mod serve;

use clap::{Parser, Subcommand};
use server::config::Config;
use server::{jobs, seed, wiring};
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

#[derive(Parser)]
#[command(name = "belanjain", version, about = "Belanjain, the commerce platform")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the shop, with jobs and (in demo mode) the sandbox gateway.
    Serve,
    /// Run jobs only, beside other nodes.
    Worker,
    /// Bring the database schema up to date.
    Migrate,
    /// Fill an empty shop with demo data.
    SeedDemo {
        #[arg(long, default_value_t = seed::Amount::default().products)]
        products: usize,
        #[arg(long, default_value_t = seed::Amount::default().orders)]
        orders: usize,
    },
    /// Run a job now, or as if it were another moment.
    Jobs {
        #[command(subcommand)]
        command: JobsCommand,
    },
    /// Prove that stock and money books agree.
    Verify,
    /// Manage accounts.
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Run the sandbox gateway alone.
    Simulate,
    /// Ask a running server whether it is ready.
    Healthcheck,
}

#[derive(Subcommand)]
enum JobsCommand {
    /// Run a job: weekly-report, auto-cancel, auto-complete, remind-unpaid, remind-completion,
    /// reconcile-payments, review-invitations, verify-books, cleanup.
    Run {
        name: String,
        /// RFC 3339, like 2026-11-23T09:00:00+07:00.
        #[arg(long)]
        now: Option<chrono::DateTime<chrono::Utc>>,
    },
}

#[derive(Subcommand)]
enum UserCommand {
    /// Create an administrator; the password is read from BELANJAIN_ADMIN_PASSWORD.
    CreateAdmin {
        #[arg(long)]
        name: String,
        #[arg(long)]
        email: String,
    },
    /// Create a member of staff; the password is read from BELANJAIN_ADMIN_PASSWORD.
    CreateStaff {
        /// cs1 (transfer proofs), cs2 (fulfilment), finance, business, sysadmin.
        #[arg(long, value_parser = ["cs1", "cs2", "finance", "business", "sysadmin"])]
        role: String,
        #[arg(long)]
        name: String,
        #[arg(long)]
        email: String,
    },
    /// Switch the second factor off for somebody who lost app and recovery codes; audited.
    ResetTwoFactor {
        #[arg(long)]
        email: String,
    },
}

type Outcome = Result<ExitCode, Box<dyn std::error::Error>>;

pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("belanjain: {error}");
            return ExitCode::FAILURE;
        }
    };
    runtime.block_on(run(cli.command)).unwrap_or_else(|error| {
        eprintln!("belanjain: {error}");
        ExitCode::FAILURE
    })
}

async fn run(command: Command) -> Outcome {
    let config = Config::load()?;
    log(&config);
    match command {
        Command::Serve => serve::serve(config).await,
        Command::Worker => serve::worker(config).await,
        Command::Migrate => {
            wiring::context(&config, None).await?;
            println!("database is up to date");
            Ok(ExitCode::SUCCESS)
        }
        Command::SeedDemo { products, orders } => seed_demo(&config, seed::Amount { products, orders }).await,
        Command::Jobs { command: JobsCommand::Run { name, now } } => {
            // Refunds need the gateway; one that is not running fails them, to be tried again.
            let ctx = wiring::context(&config, config.sandbox_listen).await?;
            println!("{name}: {}", jobs::run_by_hand(&ctx, &name, now).await?);
            Ok(ExitCode::SUCCESS)
        }
        Command::Verify => verify(&config).await,
        Command::User { command: UserCommand::CreateAdmin { name, email } } => {
            create_staff(&config, "admin", &name, &email).await
        }
        Command::User { command: UserCommand::CreateStaff { role, name, email } } => {
            create_staff(&config, &role, &name, &email).await
        }
        Command::User { command: UserCommand::ResetTwoFactor { email } } => {
            let ctx = wiring::context(&config, None).await?;
            service::identity::reset_two_factor(&ctx, &email).await?;
            println!("{email} signs in without a second factor now");
            Ok(ExitCode::SUCCESS)
        }
        Command::Simulate => serve::simulate(config).await,
        Command::Healthcheck => {
            let url = format!("http://{}/readyz", config.listen);
            let ready = reqwest::get(url).await.is_ok_and(|answer| answer.status().is_success());
            Ok(if ready { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
    }
}

async fn create_staff(config: &Config, role: &str, name: &str, email: &str) -> Outcome {
    let password = std::env::var("BELANJAIN_ADMIN_PASSWORD").map_err(|_| "set BELANJAIN_ADMIN_PASSWORD")?;
    let ctx = wiring::context(config, None).await?;
    service::identity::create_staff(&ctx, role, name, email, &password).await?;
    println!("{role} {email} created");
    Ok(ExitCode::SUCCESS)
}

async fn seed_demo(config: &Config, amount: seed::Amount) -> Outcome {
    if config.mode != server::config::Mode::Demo {
        return Err("demo data belongs into demo mode".into());
    }
    // A gateway of the past: it answers at once and moves no money.
    let sandbox = wiring::sandbox_for_seed(config).await?;
    let ctx = wiring::context(config, Some(sandbox.address)).await?;
    let started = std::time::Instant::now();
    if seed::seed(&ctx, amount).await? {
        println!("demo data written in {:.1} s", started.elapsed().as_secs_f32());
    } else {
        println!("the shop is not empty: nothing was changed");
    }
    println!("demo accounts (password {}):\n  buyer   {}\n  seller  {}", seed::PASSWORD, seed::BUYER, seed::SELLER);
    for (role, email, _) in seed::STAFF {
        println!("  {role:<7} {email}");
    }
    Ok(ExitCode::SUCCESS)
}

async fn verify(config: &Config) -> Outcome {
    let ctx = wiring::context(config, None).await?;
    let found = service::verify::books(&ctx).await?;
    if found.is_empty() {
        println!("stock and money books are balanced");
        return Ok(ExitCode::SUCCESS);
    }
    for line in &found {
        println!("{line}");
    }
    println!("{} disagreements", found.len());
    Ok(ExitCode::FAILURE)
}

fn log(config: &Config) {
    let filter = EnvFilter::try_from_env("BELANJAIN_LOG")
        .unwrap_or_else(|_| EnvFilter::new("warn,belanjain=info,server=info,service=info,gateway=info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(server::redact::log);
    match config.mode {
        server::config::Mode::Demo => log.compact().init(),
        server::config::Mode::Production => log.json().init(),
    }
}
