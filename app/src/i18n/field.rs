//! What fields are called.

use super::Text;
use super::text::field as f;
use domain::Locale;

/// `Varian 3, Harga: ` for `variants[2].price`; nothing for a field without a name for people.
pub fn field_label(path: &str, locale: Locale) -> String {
    let last = path.rsplit('.').next().unwrap_or(path);
    let own = name(last.split('[').next().unwrap_or(last)).map(|text| text.get(locale).to_owned());
    let parts: Vec<String> = row(path, locale).into_iter().chain(own).collect();
    if parts.is_empty() { String::new() } else { format!("{}: ", parts.join(", ")) }
}

/// The row of a list the field stands in.
fn row(path: &str, locale: Locale) -> Option<String> {
    let (list, rest) = path.split_once('[')?;
    let number: usize = rest.split_once(']')?.0.parse().ok()?;
    let text = match list {
        "variants" => f::VARIANT,
        "specifications" => f::SPECIFICATION,
        // Of a file: counted as the file counts them.
        "lines" => return Some(f::LINE.fill(locale, &[("n", &number)])),
        _ => return None,
    };
    Some(text.fill(locale, &[("n", &(number + 1))]))
}

fn name(field: &str) -> Option<Text> {
    Some(match field {
        "address" => f::ADDRESS,
        "amount" => f::AMOUNT,
        "bank" => f::BANK,
        "account_number" => f::ACCOUNT_NUMBER,
        "holder" => f::HOLDER,
        "basis_points" => f::BASIS_POINTS,
        "tax_basis_points" => f::TAX_BASIS_POINTS,
        "gateway" => f::GATEWAY,
        "file" => f::FILE,
        "month" => f::MONTH,
        "gross" => f::GROSS,
        "fee" => f::FEE,
        "net" => f::NET,
        "column_reference" => f::COLUMN_REFERENCE,
        "column_gross" => f::COLUMN_GROSS,
        "column_fee" => f::COLUMN_FEE,
        "column_net" => f::COLUMN_NET,
        "from" => f::FROM,
        "to" => f::UNTIL,
        "payouts" => f::PAYOUTS,
        "sender_name" => f::SENDER_NAME,
        "sender_bank" => f::SENDER_BANK,
        "proof" => f::PROOF,
        "reference" => f::REFERENCE,
        "category" => f::CATEGORY,
        "comment" => f::COMMENT,
        "courier" => f::COURIER,
        "description" => f::DESCRIPTION,
        "district" => f::DISTRICT,
        "email" => f::EMAIL,
        "label" => f::LABEL,
        "value" => f::VALUE,
        "location" => f::LOCATION,
        "name" => f::NAME,
        "on_hand" => f::ON_HAND,
        "password" => f::PASSWORD,
        "payment_method" => f::PAYMENT_METHOD,
        "phone" => f::PHONE,
        "postal_code" => f::POSTAL_CODE,
        "price" => f::PRICE,
        "province" => f::PROVINCE,
        "quantity" => f::QUANTITY,
        "rating" => f::RATING,
        "recipient" => f::RECIPIENT,
        "street" => f::STREET,
        "store_name" => f::STORE_NAME,
        "status" => f::STATUS,
        "sku" => f::SKU,
        "barcode" => f::BARCODE,
        "stock" => f::STOCK,
        "options" => f::OPTIONS,
        "tags" => f::TAGS,
        "alt" => f::ALT,
        "tracking_number" => f::TRACKING_NUMBER,
        "weight_grams" => f::WEIGHT_GRAMS,
        "length_mm" => f::LENGTH_MM,
        "width_mm" => f::WIDTH_MM,
        "height_mm" => f::HEIGHT_MM,
        "reason" => f::REASON,
        // A courier is asked for each store.
        field if field.starts_with("store-") || field == "shipping" => f::SHIPPING,
        "image" | "image_id" => f::IMAGE,
        "regency" => f::REGENCY,
        "store_location" => f::STORE_LOCATION,
        "new_password" | "current_password" => f::PASSWORD,
        "code" => f::CODE,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_row_and_the_field() {
        assert_eq!(field_label("variants[2].price", Locale::Id), "Varian 3, Harga (Rp): ");
        assert_eq!(field_label("address.phone", Locale::En), "Phone: ");
        assert_eq!(field_label("tags[0]", Locale::En), "Tags: ");
        assert_eq!(field_label("Idempotency-Key", Locale::En), "");
    }
}
