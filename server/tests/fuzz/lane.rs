//! One gateway on one database: plays sequences and compares what became of each payment with the
//! model.

use super::model::{Model, Owed};
use super::sequence::{About, Fact, Proof, Report, Step};
use super::supply::{Item, Supply};
use super::wire::{self, Gateways, Said, is_asked, method};
use chrono::TimeDelta;
use domain::id::OrderId;
use domain::ledger::AccountKind;
use domain::order::CancelInput;
use domain::payment::{PaymentEventKind, RefundStatus};
use domain::refund::RefundProof;
use entity::{ledger_entry, ledger_transaction, order, payment, payment_dispute, payment_event, refund, webhook};
use futures::future::join_all;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use service::clock::Fixed;
use service::fixture::Shop;
use service::payment::{Received, auto_cancel, receive_webhook};
use service::port::Ports;
use service::{Actor, Ctx, Error, Result as Served, Settings, order as orders, refund as refunds};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

pub struct Lane {
    ctx: Ctx,
    clock: Arc<Fixed>,
    pub gateway: &'static str,
    gateways: Arc<Gateways>,
    supply: Supply,
    finance: Actor,
    waiting: Mutex<Vec<Item>>,
    /// A payment at another gateway; nothing may happen to it.
    foreign: Item,
    sent: AtomicU64,
    /// Reasons and states that came up.
    met: Mutex<BTreeSet<&'static str>>,
}

/// What is compared. Whether stock is held as the orders say, the books tell at the end.
#[derive(Debug, PartialEq, Eq)]
struct Picture {
    payment: String,
    orders: Vec<String>,
    owed: Vec<Owed>,
    disputes: u64,
    /// References, amounts of money that came in.
    money: Vec<(String, i64)>,
    clearing: i64,
    bank: i64,
    escrow: i64,
    payable: i64,
}

impl Lane {
    pub async fn open(shop: &Shop, gateways: Arc<Gateways>, gateway: &'static str) -> Self {
        let supply = Supply::open(shop, gateway).await;
        let of = &shop.ctx;
        let ports = Ports { gateways: gateways.adapters.clone(), ..of.ports.clone() };
        let ctx = Ctx::new(of.db.clone(), of.clock.clone(), Settings::clone(&of.settings), ports);
        let foreign = supply.make(&ctx, "manual_transfer", "manual_transfer").await.remove(0);
        let finance = shop.staff("Fina", "finance").await.unwrap();
        Self {
            ctx,
            clock: shop.clock.clone(),
            gateway,
            gateways,
            supply,
            finance,
            waiting: Mutex::default(),
            foreign,
            sent: AtomicU64::new(0),
            met: Mutex::default(),
        }
    }

    async fn take(&self) -> Item {
        if let Some(item) = self.waiting.lock().unwrap().pop() {
            return item;
        }
        let mut made = self.supply.make(&self.ctx, self.gateway, &method(self.gateway)).await;
        let item = made.pop().unwrap();
        self.waiting.lock().unwrap().append(&mut made);
        item
    }

    /// Plays a sequence on a payment of its own; says what differs.
    pub async fn play(&self, steps: Vec<Step>) -> Result<(), String> {
        let item = self.take().await;
        let mut model = Model::new(item.shares.clone(), self.gateway == "sandbox");
        for step in &steps {
            self.step(&item, &mut model, step).await.map_err(|e| format!("{step:?}: {e}"))?;
        }
        let (expected, found) = (self.expected(&item, &model), self.found(&item).await.map_err(|e| e.to_string())?);
        self.met.lock().unwrap().extend(model.owed.iter().map(|o| o.reason).chain([model.status]));
        if expected == found { Ok(()) } else { Err(format!("expected {expected:#?}\nfound {found:#?}")) }
    }

    async fn step(&self, item: &Item, model: &mut Model, step: &Step) -> Result<(), String> {
        let ctx = &self.ctx;
        let no_reason = || CancelInput { reason: None };
        match step {
            Step::Report(report) => return self.report(item, model, report).await,
            Step::BuyerCancels(n) => {
                let done = orders::cancel(ctx, &self.supply.buyer, &item.numbers[*n], no_reason()).await;
                agree(model.buyer_cancels(*n), done.map(drop))?;
            }
            Step::SellerCancels(n) => {
                let done = orders::cancel_own(ctx, &self.supply.sellers[*n], &item.numbers[*n], no_reason()).await;
                agree(model.seller_cancels(*n), done.map(drop))?;
            }
            Step::SellerAccepts(n) => {
                let done = orders::accept(ctx, &self.supply.sellers[*n], &item.numbers[*n]).await;
                agree(model.seller_accepts(*n), done.map(drop))?;
            }
            Step::TimeRunsOut => {
                let past = ctx.now() - TimeDelta::seconds(1);
                let due = payment::Entity::update_many().col_expr(payment::Column::ExpiresAt, Expr::value(past));
                due.filter(payment::Column::Id.eq(item.payment)).exec(&ctx.db).await.map_err(|e| e.to_string())?;
                auto_cancel(ctx).await.map_err(|e| e.to_string())?;
                model.end();
            }
            Step::Wait(seconds) => self.clock.advance(TimeDelta::seconds(*seconds)),
            // The sandbox sends its refunds itself.
            Step::FinanceReturns if self.gateway == "sandbox" => {}
            Step::FinanceReturns => {
                let open = refund::Entity::find().filter(refund::Column::PaymentId.eq(item.payment));
                let open = open.filter(refund::Column::Status.eq(RefundStatus::Requested)).all(&ctx.db).await;
                for row in open.map_err(|e| e.to_string())? {
                    // People reuse a remark for many transfers.
                    let proof = RefundProof { reference: "TRF 21/11".into() };
                    refunds::complete(ctx, &self.finance, row.id, proof).await.map_err(|e| e.to_string())?;
                }
                model.finance_returns();
            }
        }
        Ok(())
    }

    async fn report(&self, item: &Item, model: &mut Model, report: &Report) -> Result<(), String> {
        let said = self.said(item, model, report);
        let is_xendit = self.gateway == "xendit";
        let is_authentic = match report.proof {
            Proof::Good => true,
            Proof::OldKey => self.gateway != "sandbox",
            Proof::Tampered => is_xendit,
            Proof::Replayed => is_asked(self.gateway),
            _ => false,
        };
        // Midtrans signs fields, so that a body that cannot be read is not signed either.
        let is_authentic = is_authentic && !(self.gateway == "midtrans" && report.is_broken);
        let is_understood =
            !report.is_broken && said.rupiah.is_some() && report.reference > 0 && (report.is_rupiah || self.gateway == "tripay");
        let is_true = is_authentic && !matches!(report.proof, Proof::Tampered | Proof::Replayed);
        if is_asked(self.gateway) && is_true && is_understood {
            self.gateways.note(self.gateway, report, &said);
        }
        let (headers, body) = wire::send(self.gateway, report, &said);
        let sends = (0..report.copies).map(|_| receive_webhook(&self.ctx, self.gateway, None, &headers, &body));
        for answer in join_all(sends).await {
            self.sent.fetch_add(1, Ordering::Relaxed);
            let is_taken = match answer.map_err(|e| e.to_string())? {
                Received::Accepted(_) => true,
                Received::Forged => false,
                Received::UnknownGateway => return Err("unknown gateway".into()),
            };
            if is_taken != is_authentic {
                return Err(format!("taken: {is_taken}"));
            }
        }
        if !is_authentic || !is_understood || report.about != About::Own {
            return Ok(());
        }
        // Xendit does not report failed tries of an invoice.
        let fact = if is_xendit && report.fact == Fact::Failed { Fact::Pending } else { report.fact };
        let told = said.rupiah.map(|amount| (fact, amount));
        if is_asked(self.gateway) && is_true {
            model.truth.extend(told.map(|told| (report.reference, told)));
        }
        let counts = if is_true { told } else { model.truth.get(&report.reference).copied() };
        if let Some((fact, amount)) = counts {
            model.learn(report.reference, fact, amount);
        }
        Ok(())
    }

    fn said(&self, item: &Item, model: &Model, report: &Report) -> Said {
        let order = match report.about {
            About::Own => item.payment.to_string(),
            About::Foreign => self.foreign.payment.to_string(),
            About::Unknown => uuid::Uuid::now_v7().to_string(),
            About::Nonsense => "payment_notif_test_1".to_owned(),
        };
        let reference = match (report.reference, report.about) {
            (0, _) => String::new(),
            (n, About::Own) => reference(item, n),
            (n, _) => format!("{}-lain", reference(item, n)),
        };
        Said { order, reference, rupiah: model.rupiah(report) }
    }

    fn expected(&self, item: &Item, model: &Model) -> Picture {
        let money = model.facts.iter().filter(|(_, kind, _)| *kind == "paid");
        let mut money: Vec<_> = money.map(|(n, _, amount)| (reference(item, *n), *amount)).collect();
        money.sort();
        let mut owed = model.owed.clone();
        owed.sort();
        Picture {
            payment: model.status.to_owned(),
            orders: model.orders.iter().map(ToString::to_string).collect(),
            owed,
            disputes: model.disputes,
            money,
            clearing: model.clearing,
            bank: model.bank,
            escrow: model.escrow,
            payable: model.payable,
        }
    }

    async fn found(&self, item: &Item) -> Served<Picture> {
        let db = &self.ctx.db;
        let row = payment::Entity::find_by_id(item.payment).one(db).await?.unwrap();
        let orders = order::Entity::find().filter(order::Column::Id.is_in(item.orders.clone())).all(db).await?;
        let status = |id: &OrderId| orders.iter().find(|o| o.id == *id).unwrap().status.to_string();
        let refunds = refund::Entity::find().filter(refund::Column::PaymentId.eq(item.payment)).all(db).await?;
        let mut owed: Vec<Owed> = refunds
            .iter()
            .map(|r| Owed {
                order: r.order_id.map(|id| item.orders.iter().position(|o| *o == id).unwrap()),
                amount: r.amount.0,
                reason: r.reason.as_str(),
                is_done: r.status == RefundStatus::Succeeded,
            })
            .collect();
        owed.sort();
        let disputes = payment_dispute::Entity::find().filter(payment_dispute::Column::PaymentId.eq(item.payment));
        let disputes = disputes.count(db).await?;
        let events = payment_event::Entity::find()
            .filter(payment_event::Column::PaymentId.eq(item.payment))
            .filter(payment_event::Column::Kind.eq(PaymentEventKind::Paid));
        let mut money: Vec<_> = events.all(db).await?.into_iter().map(|e| (e.gateway_reference, e.amount.0)).collect();
        money.sort();
        let booked = ledger_transaction::Entity::find().filter(ledger_transaction::Column::PaymentId.eq(item.payment));
        let booked: Vec<_> = booked.all(db).await?.into_iter().map(|t| t.id).collect();
        let entries = ledger_entry::Entity::find().filter(ledger_entry::Column::TransactionId.is_in(booked)).all(db).await?;
        let balance = |kind| entries.iter().filter(|e| e.account == kind).map(|e| e.amount.0).sum::<i64>();
        Ok(Picture {
            payment: row.status.to_string(),
            orders: item.orders.iter().map(status).collect(),
            owed,
            disputes,
            money,
            clearing: balance(AccountKind::GatewayClearing),
            bank: balance(AccountKind::Bank),
            escrow: -balance(AccountKind::Escrow),
            payable: -balance(AccountKind::RefundPayable),
        })
    }

    /// The sequences reached what they are meant to reach, every webhook was kept, and another
    /// gateway's payment was left alone.
    pub async fn finish(&self, cases: u32) {
        let kept = webhook::Entity::find().filter(webhook::Column::Gateway.eq(self.gateway)).count(&self.ctx.db).await.unwrap();
        assert_eq!(kept, self.sent.load(Ordering::Relaxed), "{}: every webhook is kept", self.gateway);
        let foreign = self.found(&self.foreign).await.unwrap();
        assert_eq!((foreign.payment.as_str(), foreign.money.len()), ("pending", 0));
        let met = self.met.lock().unwrap();
        let wanted = ["paid", "expired", "double_payment", "late_payment", "amount_mismatch", "order_cancelled"];
        let missing: Vec<_> = wanted.iter().filter(|w| !met.contains(*w)).collect();
        assert!(cases < 500 || missing.is_empty(), "{}: never came up: {missing:?}", self.gateway);
    }
}

fn reference(item: &Item, n: u8) -> String {
    format!("ref-{}-{n}", item.payment)
}

/// The command and the model agree whether it is allowed.
fn agree(is_allowed: bool, done: Served<()>) -> Result<(), String> {
    match done {
        Ok(()) if is_allowed => Ok(()),
        Err(Error::Domain(domain::Error::Conflict(_))) if !is_allowed => Ok(()),
        other => Err(format!("allowed by the model: {is_allowed}, answered {other:?}")),
    }
}
