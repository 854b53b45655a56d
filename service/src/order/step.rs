//! One step of the order machine, with its history.

use crate::audit::{self, Deed};
use crate::db::{Tx, new_id};
use crate::{Ctx, Error, Result};
use domain::id::UserId;
use domain::order::{OrderAction, OrderStatus, Party, Transition, transition};
use entity::{order, order_event};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};
use serde_json::json;

/// What is done, by whom, with which remark.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub action: OrderAction,
    pub party: Party,
    pub actor: Option<UserId>,
    pub note: Option<String>,
}

impl Step {
    pub fn by_system(action: OrderAction) -> Self {
        Self { action, party: Party::System, actor: None, note: None }
    }
}

/// Moves a locked order and writes its history. `None`: it was done before. Stock, money and events
/// that belong to the step are the caller's.
pub(crate) async fn step(ctx: &Ctx, tx: &Tx, order: order::Model, step: Step) -> Result<Option<order::Model>> {
    let Transition::To(status) = transition(order.status, step.action, step.party).map_err(Error::Domain)? else {
        return Ok(None);
    };
    record(ctx, tx, &order, status, &step).await?;
    let now = ctx.now();
    let mut row = order.into_active_model();
    row.status = Set(status);
    row.updated_at = Set(now);
    match status {
        OrderStatus::Shipped => row.shipped_at = Set(Some(now)),
        OrderStatus::Delivered => row.delivered_at = Set(Some(now)),
        _ => {}
    }
    Ok(Some(row.update(&**tx).await?))
}

/// Writes what is done to a locked order into its history; what the desk does is audited as well.
pub(crate) async fn record(ctx: &Ctx, tx: &Tx, order: &order::Model, status: OrderStatus, step: &Step) -> Result<()> {
    // What is decided about a proof is audited with the proof.
    let is_proof = matches!(step.action, OrderAction::SubmitProof | OrderAction::RejectProof);
    if let (Party::Desk, Some(agent), false) = (step.party, step.actor, is_proof) {
        let deed = Deed {
            action: &format!("order.{}", step.action),
            subject: "order",
            subject_id: order.number.clone(),
            before: json!({ "status": order.status }),
            after: json!({ "status": status, "note": step.note }),
        };
        audit::record_for(ctx, tx, agent, deed).await?;
    }
    let event = order_event::ActiveModel {
        id: Set(new_id()),
        order_id: Set(order.id),
        status: Set(status),
        party: Set(step.party),
        actor_id: Set(step.actor),
        note: Set(step.note.clone()),
        created_at: Set(ctx.now()),
    };
    order_event::Entity::insert(event).exec_without_returning(&**tx).await?;
    Ok(())
}
