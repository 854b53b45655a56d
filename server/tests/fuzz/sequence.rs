//! What happens to one payment: reports, and what people and the clock do in between.

use proptest::prelude::*;
use proptest::sample::select;

#[derive(Clone, Debug)]
pub enum Step {
    Report(Report),
    BuyerCancels(usize),
    SellerCancels(usize),
    SellerAccepts(usize),
    /// Nobody paid in time.
    TimeRunsOut,
    /// Seconds pass.
    Wait(i64),
    /// Finance sends back by hand whatever is owed.
    FinanceReturns,
}

/// What a gateway, or somebody who claims to be one, sends.
#[derive(Clone, Debug)]
pub struct Report {
    pub fact: Fact,
    pub amount: Amount,
    /// The gateway's name of the fact; a second, real payment has another one. 0: it is missing.
    pub reference: u8,
    pub about: About,
    pub proof: Proof,
    pub is_rupiah: bool,
    /// Cut off in the middle.
    pub is_broken: bool,
    /// Deliveries, all at the same time.
    pub copies: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    Paid,
    Failed,
    Expired,
    Pending,
    /// Paid, but not for sure (fraud check, wrong code), or a status nobody knows.
    Doubtful,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    Asked,
    Off(i64),
    Half,
    Nothing,
    Negative,
    /// Rupiah have none.
    WithCents,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    Own,
    /// A payment of another gateway.
    Foreign,
    Unknown,
    /// No id of ours at all.
    Nonsense,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    Good,
    /// Signed with the key before the last rotation.
    OldKey,
    Missing,
    Garbage,
    StrangersKey,
    /// Signed, then changed.
    Tampered,
    /// A signature that was seen somewhere, around what it does not cover; the gateway knows nothing
    /// of it. Where a signature covers everything, the same as tampering.
    Replayed,
}

fn report() -> impl Strategy<Value = Report> {
    let fact = prop_oneof![
        8 => Just(Fact::Paid), 2 => Just(Fact::Failed), 2 => Just(Fact::Expired), 1 => Just(Fact::Pending), 1 => Just(Fact::Doubtful)
    ];
    let amount = prop_oneof![
        12 => Just(Amount::Asked),
        3 => select(vec![-1, 1, 999, -50_000]).prop_map(Amount::Off),
        2 => select(vec![Amount::Half, Amount::Nothing, Amount::Negative, Amount::WithCents]),
    ];
    let reference = prop_oneof![10 => Just(1_u8), 3 => 2_u8..=3, 1 => Just(0)];
    let about = prop_oneof![14 => Just(About::Own), 2 => select(vec![About::Foreign, About::Unknown, About::Nonsense])];
    let proof = prop_oneof![
        12 => Just(Proof::Good),
        1 => Just(Proof::OldKey),
        4 => select(vec![Proof::Missing, Proof::Garbage, Proof::StrangersKey, Proof::Tampered, Proof::Replayed]),
    ];
    let copies = prop_oneof![7 => Just(1_usize), 1 => 2_usize..=3];
    let odds = (prop::bool::weighted(0.94), prop::bool::weighted(0.04));
    (fact, amount, reference, about, proof, odds, copies).prop_map(
        |(fact, amount, reference, about, proof, (is_rupiah, is_broken), copies)| Report {
            fact,
            amount,
            reference,
            about,
            proof,
            is_rupiah,
            is_broken,
            copies,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => report().prop_map(Step::Report),
        1 => (0_usize..2).prop_map(Step::BuyerCancels),
        1 => (0_usize..2).prop_map(Step::SellerCancels),
        1 => (0_usize..2).prop_map(Step::SellerAccepts),
        1 => Just(Step::TimeRunsOut),
        1 => (1_i64..60).prop_map(Step::Wait),
        1 => Just(Step::FinanceReturns),
    ]
}

/// 3 to 12 steps, short ones more often.
pub fn any() -> impl Strategy<Value = Vec<Step>> {
    prop_oneof![12 => prop::collection::vec(step(), 3..=5), 1 => prop::collection::vec(step(), 6..=12)]
}
