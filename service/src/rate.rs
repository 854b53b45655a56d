//! What the platform keeps of a sale: a rate for all, another for a category (with everything below
//! it) or a store. A store's comes before a category's, the nearest category before those above it.

use crate::audit::{self, Deed};
use crate::db::{Tx, dialect, new_id, transact};
use crate::{Actor, Ctx, Result};
use domain::Noun;
use domain::id::{CategoryId, StoreId};
use domain::identity::Permission;
use domain::rate::{Rate, RateInput, RateKind};
use entity::rate::{self, Column as C};
use entity::{category, store};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Set,
};
use serde_json::json;
use std::collections::BTreeMap;

/// The rates that count for some stores, read once per checkout.
pub(crate) struct Rates {
    rows: Vec<rate::Model>,
    parents: BTreeMap<CategoryId, Option<CategoryId>>,
}

impl Rates {
    pub async fn load(tx: &Tx, stores: &[StoreId]) -> Result<Self> {
        let rows =
            rate::Entity::find().filter(C::StoreId.is_null().or(C::StoreId.is_in(stores.iter().copied()))).all(&**tx).await?;
        let parents: Vec<(CategoryId, Option<CategoryId>)> = if rows.iter().any(|r| r.category_id.is_some()) {
            let columns = [category::Column::Id, category::Column::ParentId];
            category::Entity::find().select_only().columns(columns).into_tuple().all(&**tx).await?
        } else {
            vec![]
        };
        Ok(Self { rows, parents: parents.into_iter().collect() })
    }

    fn find(&self, is_wanted: impl Fn(&rate::Model) -> bool) -> Option<i64> {
        self.rows.iter().find(|r| is_wanted(r)).map(|r| r.basis_points)
    }

    fn of_platform(&self, kind: RateKind) -> i64 {
        self.find(|r| r.kind == kind && r.store_id.is_none() && r.category_id.is_none()).unwrap_or(0)
    }

    /// Commission on a product of the category in the store, in ten-thousandths.
    pub fn commission(&self, store: StoreId, category: CategoryId) -> i64 {
        let own = self.find(|r| r.kind == RateKind::Commission && r.store_id == Some(store));
        let mut next = Some(category);
        let mut steps = 0;
        let mut of_category = None;
        while let Some(id) = next.filter(|_| of_category.is_none() && steps < 20) {
            of_category = self.find(|r| r.kind == RateKind::Commission && r.category_id == Some(id));
            next = self.parents.get(&id).copied().flatten();
            steps += 1;
        }
        own.or(of_category).unwrap_or_else(|| self.of_platform(RateKind::Commission))
    }

    /// PPN on the commission, in ten-thousandths.
    pub fn commission_tax(&self) -> i64 {
        self.of_platform(RateKind::CommissionTax)
    }
}

/// Who may see the rates: finance, and who sets prices.
fn may_view(actor: &Actor) -> Result<()> {
    actor.require(Permission::PriceManage).or_else(|_| actor.require(Permission::FinanceView)).map(drop)
}

/// Every rate: the platform's first (zero where none was set), then categories and stores by name.
pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<Vec<Rate>> {
    may_view(actor)?;
    let rows = rate::Entity::find().order_by_asc(C::Kind).order_by_asc(C::Id).all(&ctx.db).await?;
    let categories = category::Entity::find().filter(category::Column::Id.is_in(rows.iter().filter_map(|r| r.category_id)));
    let stores = store::Entity::find().filter(store::Column::Id.is_in(rows.iter().filter_map(|r| r.store_id)));
    let (categories, stores) = tokio::try_join!(categories.all(&ctx.db), stores.all(&ctx.db))?;
    let mut rates: Vec<Rate> = rows
        .into_iter()
        .map(|row| Rate {
            kind: row.kind,
            name: categories
                .iter()
                .find(|c| Some(c.id) == row.category_id)
                .map(|c| if actor.locale == domain::Locale::En { c.name_en.clone() } else { c.name.clone() })
                .or_else(|| stores.iter().find(|s| Some(s.id) == row.store_id).map(|s| s.name.clone())),
            category_id: row.category_id,
            store_id: row.store_id,
            basis_points: row.basis_points,
        })
        .collect();
    for kind in RateKind::ALL {
        if !rates.iter().any(|r| r.kind == *kind && r.name.is_none()) {
            rates.push(Rate { kind: *kind, category_id: None, store_id: None, name: None, basis_points: 0 });
        }
    }
    rates.sort_by_key(|r| (r.name.is_some(), r.kind, r.store_id.is_some(), r.name.clone()));
    Ok(rates)
}

/// Sets or takes away a rate; sales from now on have it, earlier ones keep theirs.
pub async fn set(ctx: &Ctx, actor: &Actor, input: RateInput) -> Result<Vec<Rate>> {
    let by = actor.require(Permission::PriceManage)?;
    let input = &input.check()?;
    transact(ctx, |tx| async move {
        exists(&tx, input).await?;
        let mut query = rate::Entity::find().filter(C::Kind.eq(input.kind));
        query = match input.category_id {
            Some(id) => query.filter(C::CategoryId.eq(id)),
            None => query.filter(C::CategoryId.is_null()),
        };
        query = match input.store_id {
            Some(id) => query.filter(C::StoreId.eq(id)),
            None => query.filter(C::StoreId.is_null()),
        };
        if dialect::is_postgres(&*tx) {
            query = query.lock_exclusive();
        }
        let known = query.one(&*tx).await?;
        let before = known.as_ref().map(|r| r.basis_points);
        match (known, input.basis_points) {
            (Some(row), Some(rate)) => {
                let mut row = row.into_active_model();
                row.basis_points = Set(rate);
                row.updated_at = Set(ctx.now());
                row.update(&*tx).await?;
            }
            (Some(row), None) => {
                rate::Entity::delete_by_id(row.id).exec(&*tx).await?;
            }
            (None, Some(basis_points)) => {
                let row = rate::ActiveModel {
                    id: Set(new_id()),
                    kind: Set(input.kind),
                    category_id: Set(input.category_id),
                    store_id: Set(input.store_id),
                    basis_points: Set(basis_points),
                    updated_at: Set(ctx.now()),
                };
                rate::Entity::insert(row).exec_without_returning(&*tx).await?;
            }
            (None, None) => {}
        }
        let whose = input.category_id.map(|id| format!("category:{id}")).or(input.store_id.map(|id| format!("store:{id}")));
        let subject_id = format!("{}:{}", input.kind, whose.unwrap_or_else(|| "platform".to_owned()));
        let (before, after) = (json!({ "basis_points": before }), json!({ "basis_points": input.basis_points }));
        audit::record(ctx, &tx, by, Deed { action: "rate.set", subject: "rate", subject_id, before, after }).await
    })
    .await?;
    list(ctx, actor).await
}

async fn exists(tx: &Tx, input: &RateInput) -> Result<()> {
    if let Some(id) = input.category_id {
        category::Entity::find_by_id(id).one(&**tx).await?.ok_or(domain::Error::NotFound(Noun::Category))?;
    }
    if let Some(id) = input.store_id {
        store::Entity::find_by_id(id).one(&**tx).await?.ok_or(domain::Error::NotFound(Noun::Store))?;
    }
    Ok(())
}
