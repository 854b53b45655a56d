//! Sellers with their stores, and buyers with addresses.

use super::{BUYER, PASSWORD, SELLER};
use domain::identity::{AddressInput, NewAccount, RegistrationInput};
use domain::shipping::CITIES;
use service::identity::Registered;
use service::{Actor, Ctx, Error, Result, identity};

const STORES: &[(&str, &str)] = &[
    ("Langkah Nusantara", "Bandung"),
    ("Rumah Batik Kencana", "Pekalongan"),
    ("Sinar Elektronik", "Jakarta"),
    ("Dapur Ibu Sri", "Yogyakarta"),
    ("Kopi Gayo Asli", "Banda Aceh"),
    ("Tas Lestari", "Surabaya"),
    ("Kebun Hijau", "Malang"),
    ("Bumbu Minang", "Padang"),
    ("Cantik Alami", "Semarang"),
    ("Olahraga Jaya", "Makassar"),
    ("Mainan Ceria", "Medan"),
    ("Kerajinan Bali Indah", "Denpasar"),
    ("Pustaka Borneo", "Samarinda"),
    ("Mebel Jepara Makmur", "Jepara"),
];
const BUYERS: &[&str] = &[
    "Budi Santoso",
    "Siti Rahma",
    "Agus Wijaya",
    "Dewi Lestari",
    "Rizky Pratama",
    "Ayu Ningsih",
    "Joko Susilo",
    "Maria Tambunan",
    "Hendra Gunawan",
    "Putri Maharani",
    "Andi Saputra",
    "Lina Marlina",
];

/// One per store; the first is the demo seller.
pub(super) async fn sellers(ctx: &Ctx) -> Result<Vec<Actor>> {
    let mut sellers = vec![];
    for (index, (store, city)) in STORES.iter().enumerate() {
        let email = if index == 0 { SELLER.to_owned() } else { format!("penjual{index}@belanjain.test") };
        let input = RegistrationInput {
            name: format!("Pemilik {store}"),
            email,
            password: PASSWORD.into(),
            role: NewAccount::Seller,
            store_name: Some((*store).into()),
            store_location: Some((*city).into()),
        };
        sellers.push(sign_up(ctx, input).await?);
    }
    Ok(sellers)
}

/// The first is the demo buyer.
pub(super) async fn buyers(ctx: &Ctx) -> Result<Vec<Actor>> {
    let mut buyers = vec![];
    for (index, name) in BUYERS.iter().enumerate() {
        let email = if index == 0 { BUYER.to_owned() } else { format!("pembeli{index}@belanjain.test") };
        let input = RegistrationInput {
            name: (*name).into(),
            email,
            password: PASSWORD.into(),
            role: NewAccount::Customer,
            store_name: None,
            store_location: None,
        };
        let buyer = sign_up(ctx, input).await?;
        let (regency, province) = CITIES[index * 3 % CITIES.len()];
        let address = AddressInput {
            label: "Rumah".into(),
            recipient: (*name).into(),
            phone: format!("0812345678{index:02}"),
            street: format!("Jl. Melati No. {}", index + 1),
            district: "Kota".into(),
            regency: regency.into(),
            province: province.into(),
            postal_code: format!("{}", 10_110 + index * 10),
            is_default: true,
        };
        identity::add_address(ctx, &buyer, address).await?;
        buyers.push(buyer);
    }
    Ok(buyers)
}

async fn sign_up(ctx: &Ctx, input: RegistrationInput) -> Result<Actor> {
    let edge = Actor { device: "seed".into(), ..Actor::default() };
    let Registered::SignedIn(pair) = identity::register(ctx, &edge, input).await? else {
        return Err(Error::fault("demo data belongs into demo mode"));
    };
    identity::authenticate(ctx, edge, &pair.access_token).await
}
