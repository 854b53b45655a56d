//! Imports, their lines, and what is at every gateway.

use crate::{Actor, Ctx, Result};
use domain::id::ImportId;
use domain::identity::Permission;
use domain::ledger::AccountKind;
use domain::settlement::{GatewayBalance, ImportLine, ImportView, LineOutcome};
use domain::{Money, Noun, Page, PageRequest};
use entity::settlement_line::Column as L;
use entity::{ledger_entry, settlement_import, settlement_line, user};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::BTreeMap;

/// Imports, newest first.
pub async fn imports(ctx: &Ctx, actor: &Actor, page: PageRequest) -> Result<Page<ImportView>> {
    use settlement_import::Column as C;
    actor.require(Permission::FinanceView)?;
    let rows = settlement_import::Entity::find();
    let total = rows.clone().count(&ctx.db).await?;
    let rows = rows.order_by_desc(C::ImportedAt).order_by_desc(C::Id).offset(page.offset()).limit(page.per_page());
    Ok(Page::new(show(ctx, rows.all(&ctx.db).await?).await?, page, total))
}

pub(super) async fn one(ctx: &Ctx, id: ImportId) -> Result<ImportView> {
    let missing = || domain::Error::NotFound(Noun::Import);
    let row = settlement_import::Entity::find_by_id(id).one(&ctx.db).await?.ok_or_else(missing)?;
    show(ctx, vec![row]).await?.pop().ok_or_else(|| missing().into())
}

async fn show(ctx: &Ctx, rows: Vec<settlement_import::Model>) -> Result<Vec<ImportView>> {
    let people = user::Entity::find().filter(user::Column::Id.is_in(rows.iter().map(|r| r.imported_by))).all(&ctx.db).await?;
    let names: BTreeMap<_, _> = people.into_iter().map(|u| (u.id, u.name)).collect();
    let sums: Vec<(ImportId, LineOutcome, i64, i64, i64)> = settlement_line::Entity::find()
        .select_only()
        .columns([L::ImportId, L::Outcome])
        .expr(L::Id.count())
        .expr(Expr::col(L::Gross).sum().cast_as("BIGINT"))
        .expr(Expr::col(L::Fee).sum().cast_as("BIGINT"))
        .filter(L::ImportId.is_in(rows.iter().map(|r| r.id)))
        .group_by(L::ImportId)
        .group_by(L::Outcome)
        .into_tuple()
        .all(&ctx.db)
        .await?;
    let shown = rows.into_iter().map(|row| {
        let of = |outcome| sums.iter().find(|s| s.0 == row.id && s.1 == outcome);
        let count = |outcome| of(outcome).map_or(0, |s| s.2);
        let (gross, fee) = of(LineOutcome::Matched).map_or((0, 0), |s| (s.3, s.4));
        ImportView {
            id: row.id,
            gateway: row.gateway.clone(),
            file_name: row.file_name.clone(),
            at: row.imported_at,
            by: names.get(&row.imported_by).cloned().unwrap_or_default(),
            matched: count(LineOutcome::Matched),
            amount_differs: count(LineOutcome::AmountDiffers),
            unknown: count(LineOutcome::Unknown),
            repeated: count(LineOutcome::Repeated),
            gross: Money(gross),
            fee: Money(fee),
            is_repeat: false,
        }
    });
    Ok(shown.collect())
}

/// Lines of an import, of one outcome if named, in the order of the file.
pub async fn lines(
    ctx: &Ctx,
    actor: &Actor,
    import: ImportId,
    outcome: Option<LineOutcome>,
    page: PageRequest,
) -> Result<(ImportView, Page<ImportLine>)> {
    actor.require(Permission::FinanceView)?;
    let view = one(ctx, import).await?;
    let mut rows = settlement_line::Entity::find().filter(L::ImportId.eq(import));
    if let Some(outcome) = outcome {
        rows = rows.filter(L::Outcome.eq(outcome));
    }
    let total = rows.clone().count(&ctx.db).await?;
    let rows = rows.order_by_asc(L::Line).offset(page.offset()).limit(page.per_page()).all(&ctx.db).await?;
    let shown = rows.into_iter().map(|row| ImportLine {
        line: row.line,
        reference: row.reference,
        payment_id: row.payment_id,
        gross: row.gross,
        fee: row.fee,
        expected: row.expected,
        outcome: row.outcome,
    });
    Ok((view, Page::new(shown.collect(), page, total)))
}

/// What is at every gateway, and what they have kept.
pub async fn gateways(ctx: &Ctx, actor: &Actor) -> Result<Vec<GatewayBalance>> {
    use ledger_entry::Column as C;
    actor.require(Permission::FinanceView)?;
    let sums: Vec<(Option<String>, AccountKind, i64)> = ledger_entry::Entity::find()
        .select_only()
        .columns([C::Gateway, C::Account])
        .expr(Expr::col(C::Amount).sum().cast_as("BIGINT"))
        .filter(C::Account.is_in([AccountKind::GatewayClearing, AccountKind::GatewayFee]))
        .group_by(C::Gateway)
        .group_by(C::Account)
        .into_tuple()
        .all(&ctx.db)
        .await?;
    let mut balances: BTreeMap<String, GatewayBalance> = BTreeMap::new();
    let names = ctx.ports.gateways.keys().cloned().chain(sums.iter().filter_map(|s| s.0.clone()));
    for gateway in names {
        let empty = GatewayBalance { gateway: gateway.clone(), clearing: Money::ZERO, fees: Money::ZERO };
        balances.insert(gateway, empty);
    }
    for (gateway, account, sum) in sums {
        let Some(balance) = gateway.and_then(|name| balances.get_mut(&name)) else { continue };
        match account {
            AccountKind::GatewayFee => balance.fees = Money(sum),
            _ => balance.clearing = Money(sum),
        }
    }
    Ok(balances.into_values().collect())
}
