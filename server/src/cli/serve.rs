//! The processes that stay.

use super::Outcome;
use leptos::prelude::LeptosOptions;
use server::config::{Config, Mode};
use server::load::Load;
use server::metrics::Access;
use server::router::{Options, router};
use server::{AppState, jobs, pages, wiring};
use std::net::SocketAddr;
use std::process::ExitCode;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// How long requests may go on after the signal to stop.
const GRACE: std::time::Duration = std::time::Duration::from_secs(5);

pub async fn serve(mut config: Config) -> Outcome {
    let listener = TcpListener::bind(config.listen).await.map_err(|e| format!("BELANJAIN_LISTEN: {}: {e}", config.listen))?;
    let address = listener.local_addr()?;
    if config.public_url == format!("http://{}", config.listen) {
        config.public_url = format!("http://{address}");
    }
    let sandbox = wiring::sandbox(&config).await?;
    let ctx = wiring::context(&config, sandbox.as_ref().map(|s| s.address)).await?;
    let load = Load::default();
    let options: LeptosOptions = pages::options(&config.site_dir, address);
    let shop = router(
        AppState { ctx: ctx.clone(), options, proxies: config.trusted_proxies.clone(), load: load.clone() },
        Options { has_mailbox: config.mode == Mode::Demo && config.smtp_url.is_none(), metrics: metrics(&config) },
    );
    let (stop, stopped) = watch::channel(false);
    let workers = jobs::start(&ctx, &load, stopped.clone());
    println!("Belanjain: {}", config.public_url);
    if let Some(sandbox) = &sandbox {
        println!("sandbox gateway: http://{}", sandbox.address);
    }
    tokio::spawn(async move {
        signal().await;
        let _ = stop.send(true);
    });
    let (mut stopping, mut overdue) = (stopped.clone(), stopped);
    let serving =
        axum::serve(listener, shop.into_make_service_with_connect_info::<SocketAddr>()).with_graceful_shutdown(async move {
            let _ = stopping.wait_for(|stop| *stop).await;
        });
    // Event streams never end by themselves.
    let give_up = async move {
        let _ = overdue.wait_for(|stop| *stop).await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        ended = serving => ended?,
        () = give_up => {}
    }
    for worker in workers {
        let _ = worker.await;
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn worker(config: Config) -> Outcome {
    let ctx = wiring::context(&config, config.sandbox_listen).await?;
    let (stop, stopped) = watch::channel(false);
    let workers = jobs::start(&ctx, &Load::default(), stopped);
    println!("Belanjain worker");
    signal().await;
    let _ = stop.send(true);
    for worker in workers {
        let _ = worker.await;
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn simulate(config: Config) -> Outcome {
    let sandbox = wiring::sandbox(&config).await?.ok_or("BELANJAIN_SANDBOX_LISTEN is off")?;
    println!("sandbox gateway: http://{}", sandbox.address);
    signal().await;
    Ok(ExitCode::SUCCESS)
}

fn metrics(config: &Config) -> Access {
    match (&config.metrics_token, config.mode) {
        (Some(token), _) => Access::Token(token.clone()),
        (None, Mode::Demo) => Access::Everybody,
        (None, Mode::Production) => Access::Nobody,
    }
}

/// Waits for Ctrl-C or SIGTERM.
async fn signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    if let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
        return;
    }
    let _ = interrupt.await;
}
