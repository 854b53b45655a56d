//! How to pay, step by step, for each way.

use crate::i18n::{Text, t, text, tf};
use domain::payment::{COD, PayWith, PaymentView};
use leptos::prelude::*;
use std::fmt::Display;

/// A heading and its steps.
type Guide = (String, String);

/// The guides of a payment's method. The first is open where there is only one.
#[component]
pub fn Steps(payment: PaymentView) -> impl IntoView {
    let guides = guides(&payment);
    let is_only = guides.len() == 1;
    (!guides.is_empty()).then(|| {
        view! {
            <section data-testid="steps">
                <h2 class="mb-1 font-bold">{t(text::paying::TITLE)}</h2>
                {guides.into_iter().map(|(heading, steps)| {
                    let list = view! { <ol class="grid list-decimal gap-1 ps-5 pb-3 text-sm">{steps.lines().map(|step| view! { <li>{step.to_owned()}</li> }).collect_view()}</ol> };
                    if is_only {
                        list.into_any()
                    } else {
                        view! { <details class="border-base-300 border-t"><summary class="flex min-h-11 cursor-pointer items-center font-semibold">{heading}</summary>{list}</details> }.into_any()
                    }
                }).collect_view()}
            </section>
        }
    })
}

/// Bank, name of its app, and the steps at the ATM, in the app and in the browser.
type Bank = (&'static str, &'static str, &'static str, [Text; 3]);

fn bank_of(channel: &str) -> Option<Bank> {
    use text::paying as p;
    Some(match channel {
        "bca_va" => ("BCA", "BCA mobile", "KlikBCA", [p::BCA_ATM, p::BCA_MOBILE, p::BCA_INTERNET]),
        "bni_va" => ("BNI", "wondr by BNI", "BNI Internet Banking", [p::BNI_ATM, p::BNI_MOBILE, p::BNI_INTERNET]),
        "bri_va" => ("BRI", "BRImo", "Internet Banking BRI", [p::BRI_ATM, p::BRI_MOBILE, p::BRI_INTERNET]),
        "mandiri_va" => {
            ("Mandiri", "Livin' by Mandiri", "Mandiri Online", [p::MANDIRI_ATM, p::MANDIRI_MOBILE, p::MANDIRI_INTERNET])
        }
        "mandiri_bill" => ("Mandiri", "Livin' by Mandiri", "Mandiri Online", [p::BILL_ATM, p::BILL_MOBILE, p::BILL_INTERNET]),
        "permata_va" => ("Permata", "PermataMobile X", "PermataNet", [p::PERMATA_ATM, p::PERMATA_MOBILE, p::PERMATA_INTERNET]),
        _ => return None,
    })
}

fn guides(payment: &PaymentView) -> Vec<Guide> {
    use text::paying as p;
    let channel = payment.method.split_once(':').map_or(payment.method.as_str(), |(_, channel)| channel);
    let amount: &dyn Display = &payment.amount;
    let one = |text: Text, name: &'static str, value: &'static str| {
        vec![(String::new(), tf(text, &[("amount", amount), (name, &value)]))]
    };
    match channel {
        "qris" => one(p::QRIS, "", ""),
        "gopay" => one(p::GOPAY, "", ""),
        "ovo" => one(p::WALLET, "app", "OVO"),
        "dana" => one(p::WALLET, "app", "DANA"),
        "shopeepay" => one(p::WALLET, "app", "ShopeePay"),
        "card" => one(p::CARD, "", ""),
        COD => one(p::COD, "", ""),
        _ => by_number(channel, amount, payment.pay_with.as_ref()),
    }
}

/// Ways that need a number; without one (the gateway shows it on its page) there is nothing to explain.
fn by_number(channel: &str, amount: &dyn Display, with: Option<&PayWith>) -> Vec<Guide> {
    use text::paying as p;
    let (number, biller): (&dyn Display, &dyn Display) = match with {
        Some(PayWith::VirtualAccount { number, .. }) => (number, &""),
        Some(PayWith::Bill { biller_code, bill_key }) => (bill_key, biller_code),
        _ => return vec![],
    };
    let shop = match channel {
        "alfamart" => Some("Alfamart"),
        "indomaret" => Some("Indomaret"),
        _ => None,
    };
    if let Some(shop) = shop {
        return vec![(String::new(), tf(p::RETAIL, &[("shop", &shop), ("number", number), ("amount", amount)]))];
    }
    let Some((bank, mobile, internet, steps)) = bank_of(channel) else { return vec![] };
    let values: [(&str, &dyn Display); 4] = [("number", number), ("amount", amount), ("biller", biller), ("bank", &bank)];
    let headings =
        [tf(p::BY_ATM, &[("bank", &bank)]), tf(p::BY_MOBILE, &[("app", &mobile)]), tf(p::BY_MOBILE, &[("app", &internet)])];
    let mut guides: Vec<Guide> = headings.into_iter().zip(steps.map(|steps| tf(steps, &values))).collect();
    // A bill of Mandiri is paid at Mandiri only.
    if channel != "mandiri_bill" {
        guides.push((t(p::BY_OTHER_BANK).to_owned(), tf(p::OTHER_BANK, &values)));
    }
    guides
}
