//! Letters to those who keep the system.

use crate::notification::letter::{Letter, Reader};
use crate::{Ctx, Error, Result, identity};
use chrono::NaiveDate;
use domain::identity::Permission;
use domain::letter::LetterKind;
use entity::books_check;
use sea_orm::EntityTrait;

/// Findings a letter names; the log has them all.
const SHOWN: usize = 5;

/// To everybody who may manage the system.
pub(super) async fn books_wrong(ctx: &Ctx, day: NaiveDate) -> Result<Vec<Letter>> {
    let check = books_check::Entity::find_by_id(day).one(&ctx.db).await?.ok_or_else(|| Error::fault("check vanished"))?;
    let findings: Vec<String> = serde_json::from_value(check.findings.clone())?;
    let readers = identity::holders(&ctx.db, Permission::SystemManage).await?;
    Ok(readers.iter().map(|user| letter(ctx, user.into(), &check, &findings)).collect())
}

fn letter(ctx: &Ctx, to: Reader, check: &books_check::Model, findings: &[String]) -> Letter {
    let rows = findings.iter().take(SHOWN).enumerate().map(|(n, text)| ((n + 1).to_string(), text.into()));
    Letter::new(ctx, LetterKind::BooksWrong, to, "/admin/jobs")
        .with("day", check.day)
        .with("disagreements", check.disagreements)
        .with_row("reference", check.reference.clone())
        .rows(rows)
}
