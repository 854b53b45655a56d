//! Settings of the business logic. Read and validated by the server's configuration.

use chrono::TimeDelta;
use domain::Money;
use domain::desk::BankAccount;
use std::collections::BTreeMap;
use std::time::Duration;

#[derive(Clone)]
pub struct Settings {
    /// Demo mode: email verification off, sandbox gateway on.
    pub demo: bool,
    /// Where browsers reach the shop, without a trailing slash: links in emails and gateways.
    pub public_url: String,
    /// Signs access tokens (HMAC-SHA-256); at least 32 bytes.
    pub token_secret: Vec<u8>,
    /// Whether staff must have a second factor.
    pub staff_two_factor: bool,
    /// Throttle log-in and registration.
    pub rate_limit: bool,
    /// How long a buyer has to pay, unless the method has a time of its own.
    pub payment_deadline: TimeDelta,
    /// Times of single methods (`manual_transfer`, `midtrans:qris`) or of all of a gateway (`tripay`).
    pub method_deadlines: BTreeMap<String, TimeDelta>,
    /// How long before the end a buyer who has not paid is reminded.
    pub remind_before: TimeDelta,
    /// The most that can be paid in cash at the door; without it the method is off.
    pub cod_up_to: Option<Money>,
    /// Where the simulated gateways are, in a demo.
    pub simulators_url: Option<String>,
    /// Where bank transfers go; without one the method is off.
    pub bank_accounts: Vec<BankAccount>,
    /// Whether the suffix of a transfer stays in the house; otherwise it goes back.
    pub keeps_transfer_suffix: bool,
    /// Transfers above it need two agents.
    pub second_approval_above: Money,
    /// How long a gateway has to confirm a report it made.
    pub confirm_within: Duration,
    /// Sender of emails.
    pub mail_from: String,
    /// Where the shop sits, at the foot of every letter.
    pub postal_address: String,
}

impl Settings {
    /// Midtrans hangs up after 15 s: a gateway that takes longer to confirm is asked at the next report.
    pub const CONFIRM_WITHIN: Duration = Duration::from_secs(5);

    /// How long a buyer has to pay by a method.
    pub fn deadline(&self, method: &str) -> TimeDelta {
        let gateway = crate::payment::gateway_of(method);
        let own = self.method_deadlines.get(method).or_else(|| self.method_deadlines.get(gateway));
        own.copied().unwrap_or(self.payment_deadline)
    }

    /// Settings for tests: a fixed secret, no throttling.
    pub fn for_tests() -> Self {
        Self {
            demo: true,
            public_url: "http://127.0.0.1:3000".into(),
            token_secret: b"only-for-tests-0123456789abcdef0123456789".to_vec(),
            staff_two_factor: false,
            rate_limit: false,
            payment_deadline: TimeDelta::hours(24),
            method_deadlines: BTreeMap::new(),
            remind_before: TimeDelta::hours(3),
            cod_up_to: Some(Money(5_000_000)),
            simulators_url: None,
            bank_accounts: BankAccount::parse("BCA:1234567890:PT Belanjain").into_iter().collect(),
            keeps_transfer_suffix: true,
            second_approval_above: Money(10_000_000),
            confirm_within: Self::CONFIRM_WITHIN,
            mail_from: "Belanjain <halo@belanjain.test>".into(),
            postal_address: "Jl. Contoh No. 1, Jakarta".into(),
        }
    }
}
