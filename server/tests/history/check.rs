//! What must hold afterwards.

use crate::Goods;
use crate::history::{History, Told};
use crate::real::{Shop, mail_faults};
use domain::order::{OrderAction, OrderStatus, Party, Transition, transition};
use domain::payment::{PaymentEventKind, RefundStatus};
use entity::{order, order_group, payment, payment_event, payment_proof, refund, reservation, stock_level};
use sea_orm::{DatabaseConnection, EntityTrait};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Lets the running server, and the jobs that make up for lost reports, finish what was begun.
pub async fn settle(shop: &Shop, history: &History) {
    shop.job("reconcile-payments", 10);
    // Refunds among it whose event died with the server.
    shop.handle_events().await;
    let (bought, paid) = history.note(|told| (told.checkouts.len(), told.settled.len()));
    assert!(bought > 0 && paid > 0, "nobody bought anything: {bought}, {paid} paid");
}

/// Everything that is not as it must be.
pub async fn all(shop: &Shop, history: &History, goods: &[Goods]) -> Vec<String> {
    let db = shop.database().await;
    let mut found = vec![];
    let told = history.note(std::mem::take);
    let rows = Rows::read(&db).await;
    acknowledged(&rows, &told, &mut found);
    nothing_twice(shop, &rows, &told, &mut found);
    stock(&db, goods, &mut found).await;
    let verified = shop.command().arg("verify").output().unwrap();
    if !verified.status.success() {
        found.push(String::from_utf8_lossy(&verified.stdout).into_owned());
    }
    found.extend(mail_faults(&db, shop.data.path()).await.1);
    // For the figures.
    history.note(|kept| *kept = told);
    found
}

struct Rows {
    groups: Vec<order_group::Model>,
    orders: BTreeMap<String, order::Model>,
    payments: BTreeMap<String, payment::Model>,
    events: Vec<payment_event::Model>,
    proofs: Vec<payment_proof::Model>,
    refunds: Vec<refund::Model>,
}

impl Rows {
    async fn read(db: &DatabaseConnection) -> Self {
        let orders = order::Entity::find().all(db).await.unwrap();
        let payments = payment::Entity::find().all(db).await.unwrap();
        Self {
            groups: order_group::Entity::find().all(db).await.unwrap(),
            orders: orders.into_iter().map(|o| (o.number.clone(), o)).collect(),
            payments: payments.into_iter().map(|p| (p.id.to_string(), p)).collect(),
            events: payment_event::Entity::find().all(db).await.unwrap(),
            proofs: payment_proof::Entity::find().all(db).await.unwrap(),
            refunds: refund::Entity::find().all(db).await.unwrap(),
        }
    }
}

/// Each acknowledgement is in the books, in a state that follows from it.
fn acknowledged(rows: &Rows, told: &Told, found: &mut Vec<String>) {
    for (key, placed) in &told.checkouts {
        let numbers: BTreeSet<&String> = placed.orders.iter().collect();
        let there: Vec<_> = numbers.iter().filter_map(|n| rows.orders.get(*n)).collect();
        if there.len() != placed.orders.len() {
            found.push(format!("checkout {key} of buyer {} lost orders: {:?}", placed.buyer, placed.orders));
        }
        match rows.payments.get(&placed.payment) {
            Some(payment) if there.iter().all(|o| o.group_id == payment.group_id) => {}
            _ => found.push(format!("checkout {key} lost its payment {}", placed.payment)),
        }
    }
    for (number, shown) in &told.orders {
        let now = rows.orders.get(number).map(|o| o.status);
        for before in shown {
            let follows = before.parse().is_ok_and(|before| now.is_some_and(|now| leads(before, now)));
            if !follows {
                found.push(format!("order {number} was shown {before} and is {now:?}"));
            }
        }
    }
    for (id, shown) in &told.payments {
        let now = rows.payments.get(id).map(|p| p.status.to_string());
        for before in shown {
            if !now.as_deref().is_some_and(|now| pays(before, now)) {
                found.push(format!("payment {id} was shown {before} and is {now:?}"));
            }
        }
    }
    let money: BTreeSet<String> =
        rows.events.iter().filter(|e| e.kind == PaymentEventKind::Paid).map(|e| e.payment_id.to_string()).collect();
    let without_money = told.settled.union(&told.approved).filter(|id| !money.contains(*id));
    found.extend(without_money.map(|id| format!("the money for payment {id} is not in the books")));
    for id in &told.approved {
        let decided = rows.proofs.iter().any(|p| p.payment_id.to_string() == *id && p.status.as_str() == "approved");
        if !decided {
            found.push(format!("the approval of payment {id} is lost"));
        }
    }
    for id in &told.refunds {
        let sent = rows.refunds.iter().any(|r| r.id.to_string() == *id && r.status == RefundStatus::Succeeded);
        if !sent {
            found.push(format!("refund {id} was sent and is open"));
        }
    }
}

/// Whether an order can come from one status to the other.
fn leads(from: OrderStatus, to: OrderStatus) -> bool {
    let mut reached = vec![from];
    let mut next = 0;
    while let Some(status) = reached.get(next).copied() {
        next += 1;
        for action in OrderAction::ALL {
            for party in Party::ALL {
                if let Ok(Transition::To(status)) = transition(status, *action, *party)
                    && !reached.contains(&status)
                {
                    reached.push(status);
                }
            }
        }
    }
    reached.contains(&to)
}

/// The same for payments. Money never goes back to where nobody has paid.
fn pays(from: &str, to: &str) -> bool {
    let open = ["pending", "awaiting_verification"];
    let paid = ["paid", "partially_refunded", "refunded"];
    match paid.iter().position(|status| *status == from) {
        Some(rank) => paid[rank..].contains(&to),
        None if open.contains(&from) => true,
        None => from == to,
    }
}

/// No checkout, charge or refund more than was asked for.
fn nothing_twice(shop: &Shop, rows: &Rows, told: &Told, found: &mut Vec<String>) {
    if rows.groups.len() != told.checkouts.len() {
        found.push(format!("{} checkouts were acknowledged, {} are there", told.checkouts.len(), rows.groups.len()));
    }
    let mut settled: BTreeMap<_, usize> = BTreeMap::new();
    for event in rows.events.iter().filter(|e| e.outcome == "settled") {
        *settled.entry(event.payment_id).or_default() += 1;
    }
    found.extend(settled.iter().filter(|(_, n)| **n > 1).map(|(id, n)| format!("payment {id} was settled {n} times")));
    let gateway = Gateway::read(shop);
    found.extend(gateway.charges.iter().filter(|(_, n)| **n > 1).map(|(id, n)| format!("payment {id} was charged {n} times")));
    let mut sent: BTreeMap<String, i64> = BTreeMap::new();
    for row in rows.refunds.iter().filter(|r| r.status == RefundStatus::Succeeded) {
        let by_gateway = rows.payments.get(&row.payment_id.to_string()).is_some_and(|p| p.gateway == "sandbox");
        if by_gateway {
            *sent.entry(row.payment_id.to_string()).or_default() += row.amount.0;
        }
    }
    if sent != gateway.refunded {
        found.push(format!("refunds in the books {sent:?}, at the gateway {:?}", gateway.refunded));
    }
    let causes: BTreeSet<&str> = rows.refunds.iter().map(|r| r.cause.as_str()).collect();
    if causes.len() != rows.refunds.len() {
        found.push("two refunds have one cause".into());
    }
}

/// The sandbox's own journal: charges and rupiah sent back, by our payment id.
struct Gateway {
    charges: BTreeMap<String, usize>,
    refunded: BTreeMap<String, i64>,
}

impl Gateway {
    fn read(shop: &Shop) -> Self {
        let text = std::fs::read_to_string(shop.data.path().join("sandbox.jsonl")).unwrap();
        // The last line of an entry counts; one cut short by a crash is none.
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let entries: BTreeMap<String, Value> = lines.map(|e| (e["id"].as_str().unwrap().to_owned(), e)).collect();
        let (mut charges, mut refunded) = (BTreeMap::new(), BTreeMap::new());
        for entry in entries.values() {
            let payment = entry["request"]["external_id"].as_str().unwrap().to_owned();
            *charges.entry(payment.clone()).or_insert(0) += 1;
            let sum: i64 = entry["refunds"].as_object().unwrap().values().map(|r| r[1].as_i64().unwrap()).sum();
            if sum > 0 {
                refunded.insert(payment, sum);
            }
        }
        Self { charges, refunded }
    }
}

async fn stock(db: &DatabaseConnection, goods: &[Goods], found: &mut Vec<String>) {
    let levels = stock_level::Entity::find().all(db).await.unwrap();
    let reservations = reservation::Entity::find().all(db).await.unwrap();
    for goods in goods {
        let level = levels.iter().find(|l| l.variant_id.to_string() == goods.variant).unwrap();
        let of = reservations.iter().filter(|r| r.variant_id == level.variant_id);
        let gone: i64 = of.filter(|r| r.state.as_str() == "dispatched").map(|r| r.quantity).sum();
        if level.reserved < 0 || level.on_hand < level.reserved || level.on_hand + gone != goods.stock {
            found.push(format!("stock of {}: {level:?}, {gone} shipped of {}", goods.slug, goods.stock));
        }
    }
}
