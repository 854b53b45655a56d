//! One way of calling gateways over HTTP: time limits, retries with jitter, a circuit breaker.

use crate::breaker::{Breaker, Pass};
use rand::Rng;
use reqwest::{Client, RequestBuilder, StatusCode, redirect};
use service::{Error, Result};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Answers beyond this are not the gateway's.
const MAX_ANSWER: usize = 256 * 1024;
const TRIES: u32 = 3;
/// For longer than this nobody is made to wait when the gateway asks to be called later.
const MAX_WAIT: Duration = Duration::from_secs(2);

/// How long gateways are waited for.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    pub connect: Duration,
    /// For a whole answer.
    pub answer: Duration,
    /// A gateway that failed several times in a row is left alone for so long.
    pub rest: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { connect: seconds(2), answer: seconds(10), rest: seconds(15) }
    }
}

/// What a gateway answered, whatever its status.
pub struct Answered {
    pub status: StatusCode,
    pub body: Vec<u8>,
    /// When it wants to be asked again, as far as it says.
    wait: Option<Duration>,
}

impl Answered {
    /// The body as JSON; null when it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// A gateway's caller.
pub struct Caller {
    name: &'static str,
    pub client: Client,
    breaker: Mutex<Breaker>,
}

impl Caller {
    pub fn new(name: &'static str, patience: Patience) -> Result<Self> {
        let client = Client::builder()
            .connect_timeout(patience.connect)
            .timeout(patience.answer)
            // A gateway that redirects its API is not our gateway.
            .redirect(redirect::Policy::none())
            .build()
            .map_err(|e| Error::port(name, e))?;
        Ok(Self { name, client, breaker: Mutex::new(Breaker::new(patience.rest)) })
    }

    /// Sends the request. One that may be repeated (it is idempotent at the gateway) is sent again
    /// when the gateway could not be reached or is in trouble, or when its answer broke off. One that
    /// was turned away for want of room (429) was not carried out: any is sent again when the time
    /// that the gateway names has passed, if that is soon.
    pub async fn send(&self, request: RequestBuilder, may_repeat: bool) -> Result<Answered> {
        let pass = self.breaker().admit(Instant::now());
        let tries = match pass {
            Pass::Closed => return Err(Error::port(self.name, "given a rest after repeated failures")),
            // It only tries whether the gateway is well again.
            Pass::Probe => 1,
            Pass::Free => TRIES,
        };
        let mut left = tries;
        loop {
            left -= 1;
            let attempt = request.try_clone().ok_or_else(|| Error::fault("request cannot be repeated"))?;
            let outcome = self.attempt(attempt).await;
            let pause = match &outcome {
                Ok(answer) if answer.status == StatusCode::TOO_MANY_REQUESTS => {
                    // Alive, only busy.
                    self.breaker().note(true, Instant::now());
                    let wait = answer.wait.unwrap_or(Duration::from_secs(1));
                    if left == 0 || wait > MAX_WAIT {
                        return Err(Error::port(self.name, format!("asks to be called again in {} s", wait.as_secs())));
                    }
                    wait
                }
                // Another try of the same request is still being carried out.
                Ok(answer) if answer.status == StatusCode::ACCEPTED && may_repeat && left > 0 => jitter(tries - left),
                Ok(answer) if !answer.status.is_server_error() => {
                    self.breaker().note(true, Instant::now());
                    return outcome;
                }
                _ if !may_repeat || left == 0 => {
                    self.breaker().note(false, Instant::now());
                    let answer = outcome?;
                    return Err(Error::port(self.name, format!("answered {}", answer.status)));
                }
                _ => jitter(tries - left),
            };
            tokio::time::sleep(pause).await;
        }
    }

    async fn attempt(&self, request: RequestBuilder) -> Result<Answered> {
        let failed = |e: reqwest::Error| Error::port(self.name, e.without_url());
        let mut answer = request.send().await.map_err(failed)?;
        let seconds = |name: &str| answer.headers().get(name)?.to_str().ok()?.trim().parse().ok();
        let wait = seconds("retry-after").or_else(|| seconds("rate-limit-reset")).map(Duration::from_secs);
        let (status, mut body) = (answer.status(), vec![]);
        while let Some(chunk) = answer.chunk().await.map_err(failed)? {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_ANSWER {
                return Err(Error::port(self.name, "answer too long"));
            }
        }
        Ok(Answered { status, body, wait })
    }

    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn jitter(try_number: u32) -> Duration {
    Duration::from_millis(rand::rng().random_range(50..=150 * u64::from(try_number)))
}
