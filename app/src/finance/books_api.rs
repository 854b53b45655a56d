//! Server functions of the books: transactions, reports, reconciliation, rates.

#[cfg(feature = "ssr")]
use super::done::Done;
#[cfg(feature = "ssr")]
use super::method::name_methods;
use crate::failure::Answer;
#[cfg(feature = "ssr")]
use crate::failure::in_form;
use domain::catalog::CategoryNode;
use domain::finance::{FinanceFilter, Report, TransactionView, Transactions};
use domain::rate::Rate;
use domain::settlement::{GatewayBalance, ImportLine, ImportView, Unsettled};
use domain::webhook::{WebhookFilter, WebhookRow, WebhookView};
use domain::{Page, Stream};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::GetUrl;

#[server(endpoint = "finance/transactions", input = GetUrl)]
pub async fn get_transactions(#[server(default)] filter: FinanceFilter, page_number: Option<String>) -> Answer<Transactions> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let page = crate::server::page(page_number)?;
    Ok(service::finance::transactions(&ctx, &actor, &filter.transactions()?, page).await?)
}

#[server(endpoint = "finance/transaction", input = GetUrl)]
pub async fn get_transaction(id: String) -> Answer<TransactionView> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let id = id.parse().map_err(|_| domain::Error::NotFound(domain::Noun::Transaction))?;
    Ok(service::finance::transaction(&ctx, &actor, id).await?)
}

#[server(endpoint = "finance/report", input = GetUrl)]
pub async fn get_report(#[server(default)] filter: FinanceFilter) -> Answer<Report> {
    Ok(service::finance::report(&crate::server::ctx()?, &crate::server::actor(), &filter).await?)
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reconciliation {
    pub gateways: Vec<GatewayBalance>,
    pub imports: Page<ImportView>,
    pub unsettled: Page<Unsettled>,
    /// The import that is looked at.
    pub current: Option<(ImportView, Page<ImportLine>)>,
}

#[server(endpoint = "finance/reconciliation", input = GetUrl)]
pub async fn get_reconciliation(
    import: Option<String>,
    outcome: Option<String>,
    page_number: Option<String>,
    import_page: Option<String>,
) -> Answer<Reconciliation> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let (page, import_page) = (crate::server::page(page_number)?, crate::server::page(import_page)?);
    let outcome = match outcome.as_deref() {
        None | Some("") => None,
        Some(text) => Some(text.parse().map_err(|()| domain::Error::invalid("outcome", "unknown_value"))?),
    };
    let current = match import.filter(|i| !i.is_empty()) {
        None => None,
        Some(text) => {
            let id = text.parse().map_err(|_| domain::Error::NotFound(domain::Noun::Import))?;
            Some(service::settlement::lines(&ctx, &actor, id, outcome, page).await?)
        }
    };
    let unsettled = if current.is_none() { page } else { domain::PageRequest::default() };
    let mut unsettled = service::settlement::unsettled(&ctx, &actor, None, unsettled).await?;
    name_methods(&ctx, &actor, unsettled.items.iter_mut().map(|row| &mut row.method));
    Ok(Reconciliation {
        gateways: service::settlement::gateways(&ctx, &actor).await?,
        imports: service::settlement::imports(&ctx, &actor, import_page).await?,
        unsettled,
        current,
    })
}

#[server(endpoint = "finance/webhooks", input = GetUrl)]
pub async fn get_webhooks(#[server(default)] filter: WebhookFilter) -> Answer<Stream<WebhookRow>> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    Ok(service::finance::webhooks(&ctx, &actor, &filter.check()?, domain::PageRequest::default()).await?)
}

#[server(endpoint = "finance/webhook", input = GetUrl)]
pub async fn get_webhook(id: String) -> Answer<WebhookView> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let id = id.parse().map_err(|_| domain::Error::NotFound(domain::Noun::Webhook))?;
    Ok(service::finance::webhook(&ctx, &actor, id).await?)
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rates {
    pub rates: Vec<Rate>,
    pub categories: Vec<CategoryNode>,
    /// Whether the reader may set them; else they are shown.
    pub can_set: bool,
}

#[server(endpoint = "finance/rates", input = GetUrl)]
pub async fn get_rates() -> Answer<Rates> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let rates = service::rate::list(&ctx, &actor).await?;
    let can_set = actor.require(domain::identity::Permission::PriceManage).is_ok();
    Ok(Rates { rates, categories: service::catalog::categories(&ctx, actor.locale).await?, can_set })
}

/// An empty rate takes an override away; `store` is the slug of a store, `form` what refused fields
/// are called by.
#[server(endpoint = "finance/rate/set")]
pub async fn set_rate(
    #[server(default)] form: String,
    kind: String,
    #[server(default)] category_id: String,
    #[server(default)] store_id: String,
    #[server(default)] store: String,
    #[server(default)] basis_points: String,
) -> Answer<()> {
    use domain::{Error, Noun};
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let text = |text: String| Some(text.trim().to_owned()).filter(|t| !t.is_empty());
    let basis_points = text(basis_points);
    let done = if basis_points.is_some() { Done::RateSet } else { Done::RateRemoved };
    let set = async {
        let mut input = domain::rate::RateInput {
            kind: kind.parse().map_err(|()| Error::invalid("kind", "unknown_value"))?,
            category_id: text(category_id).map(|t| t.parse().map_err(|_| Error::NotFound(Noun::Category))).transpose()?,
            store_id: text(store_id).map(|t| t.parse().map_err(|_| Error::NotFound(Noun::Store))).transpose()?,
            basis_points: basis_points
                .map(|t| t.parse().map_err(|_| Error::invalid("basis_points", "not_a_number")))
                .transpose()?,
        };
        if let Some(slug) = text(store) {
            input.store_id = Some(service::store::find(&ctx, &slug).await?.id);
        }
        service::rate::set(&ctx, &actor, input).await
    };
    set.await.map_err(in_form(&form))?;
    leptos_axum::redirect(&done.on("/finance/rates"));
    Ok(())
}
