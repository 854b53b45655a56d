//! One way of calling gateways over HTTP: time limits, retries with jitter, a circuit breaker.

use rand::Rng;
use reqwest::{Client, RequestBuilder, Response, StatusCode, redirect};
use service::{Error, Result};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

/// Answers beyond this are not the gateway's.
const MAX_ANSWER: usize = 256 * 1024;
const TRIES: u32 = 3;
/// Failures in a row after which nobody is made to wait for the gateway any more, and for how long.
const FAILURES: u32 = 5;
const REST: Duration = Duration::from_secs(15);

/// What a gateway answered, whatever its status.
pub struct Answered {
    pub status: StatusCode,
    pub body: Vec<u8>,
}

impl Answered {
    /// The body as JSON; null when it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

#[derive(Default)]
struct Breaker {
    failures: u32,
    open_until: Option<Instant>,
}

/// A gateway's caller.
pub struct Caller {
    name: &'static str,
    pub client: Client,
    breaker: Mutex<Breaker>,
}

impl Caller {
    pub fn new(name: &'static str) -> Result<Self> {
        let client = Client::builder()
            .connect_timeout(Duration::from_secs(2))
            .timeout(Duration::from_secs(10))
            // A gateway that redirects its API is not our gateway.
            .redirect(redirect::Policy::none())
            .build()
            .map_err(|e| Error::port(name, e))?;
        Ok(Self { name, client, breaker: Mutex::default() })
    }

    /// Sends the request. One that may be repeated (it is idempotent at the gateway) is sent again
    /// when the gateway could not be reached or is in trouble.
    pub async fn send(&self, request: RequestBuilder, may_repeat: bool) -> Result<Answered> {
        self.check()?;
        let mut tries = 1;
        loop {
            let attempt = request.try_clone().ok_or_else(|| Error::fault("request cannot be repeated"))?;
            let is_last = tries == TRIES || !may_repeat;
            match attempt.send().await {
                Ok(answer) if !is_trouble(answer.status()) => {
                    self.note(true);
                    return self.read(answer).await;
                }
                Ok(answer) if is_last => {
                    self.note(false);
                    return Err(Error::port(self.name, format!("answered {}", answer.status())));
                }
                Err(error) if is_last => {
                    self.note(false);
                    return Err(Error::port(self.name, error.without_url()));
                }
                _ => {
                    let pause = rand::rng().random_range(50..=150 * u64::from(tries));
                    tokio::time::sleep(Duration::from_millis(pause)).await;
                    tries += 1;
                }
            }
        }
    }

    async fn read(&self, mut answer: Response) -> Result<Answered> {
        let status = answer.status();
        let mut body = vec![];
        while let Some(chunk) = answer.chunk().await.map_err(|e| Error::port(self.name, e.without_url()))? {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_ANSWER {
                return Err(Error::port(self.name, "answer too long"));
            }
        }
        Ok(Answered { status, body })
    }

    /// Fails at once while the gateway is given a rest.
    fn check(&self) -> Result<()> {
        let breaker = self.breaker.lock().unwrap_or_else(PoisonError::into_inner);
        match breaker.open_until {
            Some(until) if until > Instant::now() => Err(Error::port(self.name, "given a rest after repeated failures")),
            _ => Ok(()),
        }
    }

    fn note(&self, is_good: bool) {
        let mut breaker = self.breaker.lock().unwrap_or_else(PoisonError::into_inner);
        if is_good {
            *breaker = Breaker::default();
            return;
        }
        breaker.failures += 1;
        if breaker.failures >= FAILURES {
            breaker.open_until = Some(Instant::now() + REST);
        }
    }
}

fn is_trouble(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS
}
