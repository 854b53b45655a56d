//! Which lines of a statement stood in an earlier one: money that is here twice would be owed back twice.

use super::read::Credit;
use super::upload::hex;
use crate::Result;
use crate::db::Tx;
use chrono::NaiveDate;
use domain::bank::Layout;
use entity::{bank_statement as statement, bank_statement_line as line};
use sea_orm::{ColumnTrait, EntityTrait, JoinType, QueryFilter, QuerySelect, RelationDef};
use std::collections::{BTreeMap, BTreeSet};

/// How a layout words lines: the bank, and the columns the words come from.
pub(super) fn reading(layout: &Layout) -> String {
    hex(format!("{}|{}", layout.bank, layout.description.join("|")).to_lowercase().as_bytes())
}

/// Names a line by its account, what it says and how many equal ones stand before it on the same day:
/// two equal transfers of one day are two, the same statement uploaded twice is one.
pub(super) fn names(of: &str, credits: &[Credit]) -> Vec<String> {
    let mut seen: BTreeMap<(NaiveDate, i64, &str), u32> = BTreeMap::new();
    let name =
        |credit: &&Credit, n: u32| hex(format!("{of}|{}|{}|{}|{n}", credit.day, credit.amount.0, credit.description).as_bytes());
    credits
        .iter()
        .map(|credit| {
            let n = seen.entry((credit.day, credit.amount.0, &credit.description)).or_default();
            *n += 1;
            name(&credit, *n)
        })
        .collect()
}

/// Those of the names that lines have already.
pub(super) async fn named(tx: &Tx, names: &[String]) -> Result<BTreeSet<String>> {
    use line::Column as C;
    let mut known = BTreeSet::new();
    for part in names.chunks(500) {
        let rows = line::Entity::find().select_only().column(C::Hash).filter(C::Hash.is_in(part.to_vec()));
        known.extend(rows.into_tuple::<String>().all(&**tx).await?);
    }
    Ok(known)
}

/// How many lines of a day and an amount the account has in the words of another layout, or of this one
/// before it was changed. `names` are those of the statement in hand: such a line is none of these.
pub(super) async fn in_other_words(
    tx: &Tx,
    (account, reading): (Option<&str>, &str),
    credits: &[Credit],
    names: &[String],
) -> Result<BTreeMap<(NaiveDate, i64), usize>> {
    use line::Column as C;
    use statement::Column as S;
    let days = || credits.iter().map(|c| c.day);
    let (Some(first), Some(last)) = (days().min(), days().max()) else { return Ok(BTreeMap::new()) };
    let of_line: RelationDef = line::Entity::belongs_to(statement::Entity).from(C::StatementId).to(S::Id).into();
    let rows = line::Entity::find()
        .select_only()
        .columns([C::BookedOn, C::Amount])
        .column(C::Hash)
        .join(JoinType::InnerJoin, of_line)
        .filter(C::BookedOn.between(first, last))
        .filter(account.map_or(S::Account.is_null(), |account| S::Account.eq(account)))
        .filter(S::Reading.ne(reading));
    let (ours, mut others) = (names.iter().collect::<BTreeSet<_>>(), BTreeMap::new());
    for (day, amount, name) in rows.into_tuple::<(NaiveDate, i64, String)>().all(&**tx).await? {
        if !ours.contains(&name) {
            *others.entry((day, amount)).or_default() += 1;
        }
    }
    Ok(others)
}
