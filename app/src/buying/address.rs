//! The fields of an address.

use crate::i18n::{t, text};
use crate::ui::{Errors, Field};
use domain::shipping::PROVINCES;
use leptos::prelude::*;

#[component]
pub fn AddressFields(errors: Errors) -> impl IntoView {
    view! {
        <div class="grid gap-3 sm:grid-cols-2">
            <Field label=t(text::buying::RECIPIENT) name="recipient" autocomplete="name" maxlength=100 errors />
            <Field label=t(text::account::PHONE) name="phone" kind="tel" autocomplete="tel" errors />
        </div>
        <Field label=t(text::buying::STREET) name="street" autocomplete="street-address" maxlength=300 errors />
        <div class="grid gap-3 sm:grid-cols-2">
            <Field label=t(text::buying::DISTRICT) name="district" maxlength=100 errors />
            <Field label=t(text::buying::REGENCY) name="regency" maxlength=100 errors />
            <label class="grid gap-1"><span class="text-sm font-semibold">{t(text::buying::PROVINCE)}</span>
                <select class="select w-full" name="province" required>
                    <option value="">{t(text::buying::CHOOSE_PROVINCE)}</option>
                    {PROVINCES.iter().map(|(name, _)| view! { <option value=*name>{*name}</option> }).collect_view()}
                </select>
            </label>
            <Field label=t(text::buying::POSTAL_CODE) name="postal_code" autocomplete="postal-code" maxlength=5 errors />
        </div>
    }
}
