//! The rules in small, written without a look at the code under test: what a payment of two orders
//! is after a sequence.

use super::sequence::{Amount, Fact, Report};
use std::collections::{BTreeMap, BTreeSet};

/// Money to be given back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owed {
    /// Which order; `None` for money that belongs to none.
    pub order: Option<usize>,
    pub amount: i64,
    pub reason: &'static str,
    pub is_done: bool,
}

#[derive(Clone, Debug)]
pub struct Model {
    shares: Vec<i64>,
    /// The gateway sends back what is owed, so that it may undo a payment because it was asked to.
    refunds_itself: bool,
    pub status: &'static str,
    pub orders: Vec<&'static str>,
    pub owed: Vec<Owed>,
    /// Reversals a person must look at.
    pub disputes: u64,
    /// Facts that were taken in: reference, kind, amount.
    pub facts: BTreeSet<(u8, &'static str, i64)>,
    /// For a gateway that is asked: what it answers, by reference.
    pub truth: BTreeMap<u8, (Fact, i64)>,
    /// What the gateway holds for us.
    pub clearing: i64,
    /// Our bank, which people send refunds from.
    pub bank: i64,
    pub escrow: i64,
    pub payable: i64,
}

impl Model {
    pub fn new(shares: Vec<i64>, refunds_itself: bool) -> Self {
        Self {
            refunds_itself,
            orders: vec!["pending_payment"; shares.len()],
            shares,
            status: "pending",
            owed: vec![],
            disputes: 0,
            facts: BTreeSet::new(),
            truth: BTreeMap::new(),
            clearing: 0,
            bank: 0,
            escrow: 0,
            payable: 0,
        }
    }

    pub fn total(&self) -> i64 {
        self.shares.iter().sum()
    }

    /// The rupiah a report speaks of; `None` when they are no whole rupiah.
    pub fn rupiah(&self, report: &Report) -> Option<i64> {
        let total = self.total();
        match report.amount {
            Amount::Asked => Some(total),
            Amount::Off(by) => Some(total + by),
            Amount::Half => Some(total / 2),
            Amount::Nothing => Some(0),
            Amount::Negative => Some(-total),
            Amount::WithCents => None,
        }
    }

    fn has_been_paid(&self) -> bool {
        matches!(self.status, "paid" | "partially_refunded" | "refunded")
    }

    /// Whether money came by that name.
    fn has_paid(&self, reference: u8) -> bool {
        self.facts.iter().any(|(name, kind, amount)| *name == reference && *kind == "paid" && *amount > 0)
    }

    /// A fact that is authentic, understood and about this payment.
    pub fn learn(&mut self, reference: u8, fact: Fact, amount: i64) {
        let kind = match fact {
            Fact::Paid => "paid",
            Fact::Failed => "failed",
            Fact::Expired => "expired",
            Fact::Pending | Fact::Doubtful => "created",
        };
        if !self.facts.insert((reference, kind, amount)) {
            return;
        }
        match fact {
            Fact::Paid if amount > 0 => self.receive(amount),
            Fact::Expired if self.status == "pending" => self.end(),
            Fact::Failed if self.has_been_paid() && self.has_paid(reference) => self.disputes += 1,
            Fact::Expired if self.has_been_paid() && self.has_paid(reference) && !self.has_asked_for(amount) => {
                self.disputes += 1;
            }
            _ => {}
        }
    }

    /// Whether the gateway was asked to give as much back.
    fn has_asked_for(&self, amount: i64) -> bool {
        self.refunds_itself && amount > 0 && amount <= self.owed.iter().map(|o| o.amount).sum()
    }

    fn receive(&mut self, amount: i64) {
        self.clearing += amount;
        if self.status == "pending" && amount == self.total() {
            self.status = "paid";
            self.orders = vec!["pending"; self.shares.len()];
            self.escrow += amount;
            return;
        }
        let reason = if self.has_been_paid() {
            "double_payment"
        } else if self.status == "pending" {
            "amount_mismatch"
        } else {
            "late_payment"
        };
        self.payable += amount;
        self.owed.push(Owed { order: None, amount, reason, is_done: false });
    }

    /// Nobody waits for money any more.
    pub fn end(&mut self) {
        if self.status == "pending" {
            self.status = "expired";
            self.orders = vec!["cancelled"; self.shares.len()];
        }
    }

    /// Whether it is allowed.
    pub fn buyer_cancels(&mut self, order: usize) -> bool {
        match self.orders[order] {
            "pending_payment" => self.end(),
            "pending" => self.give_back(order),
            "cancelled" => {}
            _ => return false,
        }
        true
    }

    pub fn seller_cancels(&mut self, order: usize) -> bool {
        match self.orders[order] {
            "pending" | "processing" => self.give_back(order),
            "cancelled" => {}
            _ => return false,
        }
        true
    }

    pub fn seller_accepts(&mut self, order: usize) -> bool {
        match self.orders[order] {
            "pending" => self.orders[order] = "processing",
            "processing" => {}
            _ => return false,
        }
        true
    }

    fn give_back(&mut self, order: usize) {
        let amount = self.shares[order];
        self.orders[order] = "cancelled";
        self.escrow -= amount;
        self.payable += amount;
        self.owed.push(Owed { order: Some(order), amount, reason: "order_cancelled", is_done: false });
    }

    pub fn finance_returns(&mut self) {
        let open: Vec<usize> = (0..self.owed.len()).filter(|n| !self.owed[*n].is_done).collect();
        for n in open {
            let owed = &mut self.owed[n];
            owed.is_done = true;
            self.payable -= owed.amount;
            self.bank -= owed.amount;
        }
        let returned = self.owed.iter().filter(|o| o.is_done && o.order.is_some()).count();
        if returned > 0 {
            self.status = if returned == self.shares.len() { "refunded" } else { "partially_refunded" };
        }
    }
}
