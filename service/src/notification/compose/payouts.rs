//! Letters to sellers about the money that is paid out to them.

use super::owner;
use crate::notification::letter::Letter;
use crate::{Ctx, Error, Result};
use domain::id::{PayoutId, StoreId};
use domain::letter::LetterKind;
use domain::payout::PayoutStatus;
use entity::{payout, payout_account};
use sea_orm::EntityTrait;

const PAGE: &str = "/seller/payouts";

pub(super) async fn closed(ctx: &Ctx, id: PayoutId) -> Result<Vec<Letter>> {
    let row = payout::Entity::find_by_id(id).one(&ctx.db).await?.ok_or_else(|| Error::fault("payout vanished"))?;
    let to = owner(ctx, row.store_id).await?;
    let account = account(&row.bank, &row.account_number);
    let letter = match row.status {
        PayoutStatus::Settled => Letter::new(ctx, LetterKind::PayoutSent, to, PAGE)
            .with_row("amount", row.amount)
            .with_row("account", account)
            .row("reference", row.reference),
        PayoutStatus::Refused | PayoutStatus::Failed => Letter::new(ctx, LetterKind::PayoutReturned, to, PAGE)
            .with("reason", row.reason)
            .with_row("amount", row.amount)
            .row("account", account),
        PayoutStatus::Requested | PayoutStatus::Approved | PayoutStatus::Sent => return Ok(vec![]),
    };
    Ok(vec![letter.row("payout", row.number)])
}

/// Whoever changes where the money goes, the owner hears of it.
pub(super) async fn account_changed(ctx: &Ctx, store: StoreId) -> Result<Vec<Letter>> {
    let row = payout_account::Entity::find_by_id(store).one(&ctx.db).await?.ok_or_else(|| Error::fault("account vanished"))?;
    let letter = Letter::new(ctx, LetterKind::PayoutAccountChanged, owner(ctx, store).await?, PAGE)
        .with_row("account", account(&row.bank, &row.account_number));
    Ok(vec![letter])
}

/// The bank and the last digits: enough to know one's own account by.
fn account(bank: &str, number: &str) -> String {
    let tail = number.char_indices().rev().nth(3).map_or(number, |(at, _)| &number[at..]);
    format!("{bank} ••••{tail}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_account_is_not_written_in_full() {
        assert_eq!(super::account("BCA", "1234567890"), "BCA ••••7890");
        assert_eq!(super::account("BCA", "12"), "BCA ••••12");
    }
}
