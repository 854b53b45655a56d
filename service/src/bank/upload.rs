//! Takes a statement in. A line that stood in an earlier one is known and not taken again.

use super::read;
use super::{known, layout};
use crate::audit::{self, Deed};
use crate::db::{new_id, transact};
use crate::port::Upload;
use crate::{Actor, Ctx, Result};
use domain::Error;
use domain::analytics::{WIB, local_day};
use domain::bank::{LineStatus, MAX_BYTES, UploadView, tame};
use domain::desk::BankAccount;
use domain::id::BankStatementId;
use domain::identity::Permission;
use entity::{bank_statement, bank_statement_line as line};
use sea_orm::sea_query::OnConflict;
use sea_orm::{EntityTrait, Set};
use serde_json::json;
use sha2::{Digest, Sha256};

pub(super) fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// A statement as the bank exports it.
pub struct NewStatement {
    /// By its name.
    pub layout: String,
    /// Number of our account; may be empty where there is one only.
    pub account: String,
    pub file_name: String,
    pub bytes: Upload,
}

/// Our accounts, of which a statement can be.
pub fn accounts(ctx: &Ctx, actor: &Actor) -> Result<Vec<BankAccount>> {
    actor.require(Permission::PaymentVerify)?;
    Ok(ctx.settings.bank_accounts.clone())
}

/// The account named, or the only one.
fn account_of(ctx: &Ctx, named: &str) -> Result<Option<String>> {
    let ours = &ctx.settings.bank_accounts;
    match (named.trim(), ours.as_slice()) {
        ("", []) => Ok(None),
        ("", [only]) => Ok(Some(only.number.clone())),
        ("", _) => Err(Error::invalid("account", "required").into()),
        (number, _) if ours.iter().any(|a| a.number == number) => Ok(Some(number.to_owned())),
        _ => Err(Error::invalid("account", "unknown_value").into()),
    }
}

/// Reads a statement by a layout and keeps its credits. All of it or nothing.
pub async fn upload(ctx: &Ctx, actor: &Actor, new: NewStatement) -> Result<UploadView> {
    let by = actor.require(Permission::PaymentVerify)?;
    if new.bytes.len() as u64 > MAX_BYTES {
        return Err(Error::TooLarge { limit: MAX_BYTES }.into());
    }
    let layout = &layout::named(ctx, actor, &new.layout).await?;
    let account = &account_of(ctx, &new.account)?;
    let found = &read::read(layout, &new.bytes, local_day(ctx.now(), WIB))?;
    let of_account = format!("{}|{}", layout.bank, account.as_deref().unwrap_or_default());
    // Lines taken in before statements named their account were named without it.
    let (old_names, names) = (&known::names(&layout.bank, &found.credits), &known::names(&of_account, &found.credits));
    let reading = &known::reading(layout);
    let (sha256, file_name) = (&hex(&new.bytes), &tame(&new.file_name));
    transact(ctx, |tx| async move {
        let id: BankStatementId = new_id();
        let row = bank_statement::ActiveModel {
            id: Set(id),
            layout: Set(layout.name.clone()),
            account: Set(account.clone()),
            file_name: Set(file_name.clone()),
            sha256: Set(sha256.clone()),
            reading: Set(Some(reading.clone())),
            line_count: Set(i32::try_from(found.credits.len()).unwrap_or(i32::MAX)),
            uploaded_by: Set(by.id),
            created_at: Set(ctx.now()),
        };
        let mut before = known::named(&tx, old_names).await?;
        before.extend(known::named(&tx, names).await?);
        let mut others = known::in_other_words(&tx, (account.as_deref(), reading), &found.credits, names).await?;
        bank_statement::Entity::insert(row).exec_without_returning(&*tx).await?;
        let mut added = 0;
        let rows: Vec<_> = found
            .credits
            .iter()
            .zip(names.iter().zip(old_names))
            .filter(|(_, (name, old_name))| !before.contains(*name) && !before.contains(*old_name))
            .filter(|(credit, _)| match others.get_mut(&(credit.day, credit.amount.0)) {
                Some(count) if *count > 0 => {
                    *count -= 1;
                    false
                }
                _ => true,
            })
            .map(|(credit, (name, _))| line::ActiveModel {
                id: Set(new_id()),
                statement_id: Set(id),
                position: Set(credit.position),
                booked_on: Set(credit.day),
                amount: Set(credit.amount),
                description: Set(credit.description.clone()),
                hash: Set(name.clone()),
                status: Set(LineStatus::Open),
                payment_id: Set(None),
                proof_id: Set(None),
                decided_by: Set(None),
                decided_at: Set(None),
            })
            .collect();
        // Databases take a limited number of values at once.
        for rows in rows.chunks(500) {
            added += line::Entity::insert_many(rows.to_vec())
                .on_conflict(OnConflict::column(line::Column::Hash).do_nothing().to_owned())
                .exec_without_returning(&*tx)
                .await?;
        }
        let added = i64::try_from(added).unwrap_or(i64::MAX);
        let known = i64::try_from(found.credits.len()).unwrap_or(i64::MAX) - added;
        let after = json!({ "layout": layout.name, "account": account, "file": file_name, "sha256": sha256, "added": added, "known": known });
        let deed = Deed {
            action: "statement.upload",
            subject: "bank_statement",
            subject_id: id.to_string(),
            before: json!(null),
            after,
        };
        audit::record(ctx, &tx, by, deed).await?;
        Ok(UploadView { statement_id: id, added, known, skipped: found.skipped })
    })
    .await
}
