//! What a checkout would cost.

use crate::{Actor, Ctx, Result, cart, identity, payment};
use domain::Noun;
use domain::cart::CartView;
use domain::checkout::CheckoutQuote;
use domain::id::AddressId;
use domain::identity::{Address, AddressView, Permission};
use domain::shipping::{self, StoreRates};

/// Everything the checkout page shows; rates are for the given address of the book, else the
/// default one, else none.
pub async fn quote(ctx: &Ctx, actor: &Actor, address: Option<AddressId>) -> Result<CheckoutQuote> {
    actor.require(Permission::Shop)?;
    let (cart, addresses) = tokio::try_join!(cart::view(ctx, actor), identity::addresses(ctx, actor))?;
    let chosen = match address {
        Some(id) => Some(saved(&addresses, id)?),
        None => addresses.first(),
    };
    let rates = chosen.map(|a| of_cart(&cart, &a.address)).unwrap_or_default();
    let methods = payment::methods_for(ctx, actor.locale, cart.total);
    let unfit = payment::methods_not_for(ctx, actor.locale, cart.total);
    Ok(CheckoutQuote { rates, methods, unfit, form_token: identity::token::secret(), cart, addresses })
}

/// Services per store of the selected lines, to an address of the book or a new one.
pub async fn rates(ctx: &Ctx, actor: &Actor, id: Option<AddressId>, new: Option<&Address>) -> Result<Vec<StoreRates>> {
    actor.require(Permission::Shop)?;
    let cart = cart::view(ctx, actor).await?;
    if let Some(address) = new {
        return Ok(of_cart(&cart, address));
    }
    let addresses = identity::addresses(ctx, actor).await?;
    let address = match id {
        Some(id) => saved(&addresses, id)?,
        None => addresses.first().ok_or(domain::Error::invalid("address_id", "required"))?,
    };
    Ok(of_cart(&cart, &address.address))
}

fn saved(addresses: &[AddressView], id: AddressId) -> Result<&AddressView> {
    addresses.iter().find(|a| a.id == id).ok_or_else(|| domain::Error::NotFound(Noun::Address).into())
}

fn of_cart(cart: &CartView, address: &Address) -> Vec<StoreRates> {
    cart.groups
        .iter()
        .filter_map(|group| {
            let selected = || group.items.iter().filter(|i| i.selected);
            selected().next()?;
            let weight = selected().map(|i| i.weight_grams.saturating_mul(i.quantity)).sum();
            let services = shipping::services(&group.store.location, &address.province, weight);
            Some(StoreRates { store_id: group.store.id, services })
        })
        .collect()
}
