//! Built-in shipping cost: zones by weight. An adapter (RajaOngkir) may replace it later.

use crate::Money;
use crate::id::StoreId;
use crate::macros::view;

view! {
    /// Services offered for one store's parcel.
    pub struct StoreRates { pub store_id: StoreId, pub services: Vec<ShippingService> }
    pub struct ShippingService {
        /// Sent back at checkout: `jne_reg`.
        pub code: String,
        pub courier: String,
        pub name: String,
        pub cost: Money,
        /// Working days, `2-3`; `0` for pick-up.
        pub eta_days: String,
    }
    /// The buyer's choice for one store.
    pub struct ShippingChoice { pub store_id: StoreId, pub service: String }
}

/// Regions that share a tariff. Distances within the table stand for the usual price ladder of the
/// large couriers; a store in Java pays more to Papua than to Bali.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    Jabodetabek,
    Java,
    BaliNusa,
    Sumatra,
    Kalimantan,
    Sulawesi,
    MalukuPapua,
}

/// The 38 provinces of Indonesia (2024) and their zones.
pub const PROVINCES: &[(&str, Zone)] = &[
    ("Aceh", Zone::Sumatra),
    ("Bali", Zone::BaliNusa),
    ("Banten", Zone::Jabodetabek),
    ("Bengkulu", Zone::Sumatra),
    ("DI Yogyakarta", Zone::Java),
    ("DKI Jakarta", Zone::Jabodetabek),
    ("Gorontalo", Zone::Sulawesi),
    ("Jambi", Zone::Sumatra),
    ("Jawa Barat", Zone::Java),
    ("Jawa Tengah", Zone::Java),
    ("Jawa Timur", Zone::Java),
    ("Kalimantan Barat", Zone::Kalimantan),
    ("Kalimantan Selatan", Zone::Kalimantan),
    ("Kalimantan Tengah", Zone::Kalimantan),
    ("Kalimantan Timur", Zone::Kalimantan),
    ("Kalimantan Utara", Zone::Kalimantan),
    ("Kepulauan Bangka Belitung", Zone::Sumatra),
    ("Kepulauan Riau", Zone::Sumatra),
    ("Lampung", Zone::Sumatra),
    ("Maluku", Zone::MalukuPapua),
    ("Maluku Utara", Zone::MalukuPapua),
    ("Nusa Tenggara Barat", Zone::BaliNusa),
    ("Nusa Tenggara Timur", Zone::BaliNusa),
    ("Papua", Zone::MalukuPapua),
    ("Papua Barat", Zone::MalukuPapua),
    ("Papua Barat Daya", Zone::MalukuPapua),
    ("Papua Pegunungan", Zone::MalukuPapua),
    ("Papua Selatan", Zone::MalukuPapua),
    ("Papua Tengah", Zone::MalukuPapua),
    ("Riau", Zone::Sumatra),
    ("Sulawesi Barat", Zone::Sulawesi),
    ("Sulawesi Selatan", Zone::Sulawesi),
    ("Sulawesi Tengah", Zone::Sulawesi),
    ("Sulawesi Tenggara", Zone::Sulawesi),
    ("Sulawesi Utara", Zone::Sulawesi),
    ("Sumatera Barat", Zone::Sumatra),
    ("Sumatera Selatan", Zone::Sumatra),
    ("Sumatera Utara", Zone::Sumatra),
];

/// Larger cities sellers name as their location, with their province.
pub const CITIES: &[(&str, &str)] = &[
    ("Jakarta", "DKI Jakarta"),
    ("Tangerang", "Banten"),
    ("Bandung", "Jawa Barat"),
    ("Bogor", "Jawa Barat"),
    ("Bekasi", "Jawa Barat"),
    ("Depok", "Jawa Barat"),
    ("Cirebon", "Jawa Barat"),
    ("Semarang", "Jawa Tengah"),
    ("Surakarta", "Jawa Tengah"),
    ("Solo", "Jawa Tengah"),
    ("Pekalongan", "Jawa Tengah"),
    ("Jepara", "Jawa Tengah"),
    ("Yogyakarta", "DI Yogyakarta"),
    ("Surabaya", "Jawa Timur"),
    ("Malang", "Jawa Timur"),
    ("Sidoarjo", "Jawa Timur"),
    ("Denpasar", "Bali"),
    ("Ubud", "Bali"),
    ("Mataram", "Nusa Tenggara Barat"),
    ("Kupang", "Nusa Tenggara Timur"),
    ("Banda Aceh", "Aceh"),
    ("Medan", "Sumatera Utara"),
    ("Padang", "Sumatera Barat"),
    ("Bukittinggi", "Sumatera Barat"),
    ("Pekanbaru", "Riau"),
    ("Batam", "Kepulauan Riau"),
    ("Jambi", "Jambi"),
    ("Palembang", "Sumatera Selatan"),
    ("Bengkulu", "Bengkulu"),
    ("Bandar Lampung", "Lampung"),
    ("Pontianak", "Kalimantan Barat"),
    ("Palangka Raya", "Kalimantan Tengah"),
    ("Banjarmasin", "Kalimantan Selatan"),
    ("Samarinda", "Kalimantan Timur"),
    ("Balikpapan", "Kalimantan Timur"),
    ("Manado", "Sulawesi Utara"),
    ("Gorontalo", "Gorontalo"),
    ("Palu", "Sulawesi Tengah"),
    ("Makassar", "Sulawesi Selatan"),
    ("Kendari", "Sulawesi Tenggara"),
    ("Ambon", "Maluku"),
    ("Ternate", "Maluku Utara"),
    ("Jayapura", "Papua"),
    ("Sorong", "Papua Barat Daya"),
];

/// Zone of a province, or of a city we know, without regard to case; Java when unknown.
pub fn zone(place: &str) -> Zone {
    let place = place.trim().to_lowercase();
    let place = place
        .strip_prefix("kota ")
        .or_else(|| place.strip_prefix("kabupaten "))
        .or_else(|| place.strip_prefix("kab. "))
        .unwrap_or(&place);
    let of_province = |name: &str| PROVINCES.iter().find(|(p, _)| p.to_lowercase() == name).map(|(_, zone)| *zone);
    of_province(place)
        .or_else(|| {
            CITIES.iter().find(|(c, _)| place.starts_with(&c.to_lowercase())).and_then(|(_, p)| of_province(&p.to_lowercase()))
        })
        .unwrap_or(Zone::Java)
}

struct Tariff {
    code: &'static str,
    courier: &'static str,
    name: &'static str,
    /// Share of the zone price, in percent.
    percent: i64,
    eta: [&'static str; 3],
}

const TARIFFS: &[Tariff] = &[
    Tariff { code: "jne_reg", courier: "JNE", name: "Reguler", percent: 100, eta: ["1-2", "2-4", "4-7"] },
    Tariff { code: "jne_yes", courier: "JNE", name: "YES (Besok Sampai)", percent: 190, eta: ["1", "1", "1-2"] },
    Tariff { code: "jnt_ez", courier: "J&T Express", name: "EZ", percent: 105, eta: ["1-2", "2-3", "3-6"] },
    Tariff { code: "sicepat_reg", courier: "SiCepat", name: "Reguler", percent: 95, eta: ["1-2", "2-4", "4-7"] },
    Tariff { code: "pos_hemat", courier: "Pos Indonesia", name: "Hemat", percent: 75, eta: ["3-5", "5-8", "8-14"] },
];

/// Rupiah for the first kilogram between two zones, and how far that is (0 near, 2 far).
fn base(from: Zone, to: Zone) -> (i64, usize) {
    use Zone::*;
    match (from, to) {
        _ if from == to && from != MalukuPapua => (9_000, 0),
        (Jabodetabek | Java, Jabodetabek | Java) => (12_000, 0),
        (MalukuPapua, MalukuPapua) => (30_000, 1),
        (MalukuPapua, _) | (_, MalukuPapua) => (72_000, 2),
        (Jabodetabek | Java, BaliNusa) | (BaliNusa, Jabodetabek | Java) => (20_000, 1),
        (Jabodetabek | Java, Sumatra) | (Sumatra, Jabodetabek | Java) => (26_000, 1),
        (Jabodetabek | Java, _) | (_, Jabodetabek | Java) => (34_000, 1),
        _ => (48_000, 2),
    }
}

/// What each service costs for a parcel. Couriers bill every started kilogram.
pub fn services(from: &str, to: &str, weight_grams: i64) -> Vec<ShippingService> {
    let (per_kilogram, distance) = base(zone(from), zone(to));
    let kilograms = weight_grams.max(1).div_euclid(1_000) + i64::from(weight_grams.max(1) % 1_000 != 0);
    TARIFFS
        .iter()
        .map(|tariff| ShippingService {
            code: tariff.code.into(),
            courier: tariff.courier.into(),
            name: tariff.name.into(),
            // Rounded up to full hundreds, as couriers print it.
            cost: Money(
                (per_kilogram * kilograms * tariff.percent).div_euclid(10_000) * 100
                    + if (per_kilogram * kilograms * tariff.percent) % 10_000 == 0 { 0 } else { 100 },
            ),
            eta_days: tariff.eta[distance].into(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_provinces_and_cities() {
        assert_eq!(zone("Kota Bandung"), Zone::Java);
        assert_eq!(zone("papua barat daya"), Zone::MalukuPapua);
        assert_eq!(zone("Jakarta Selatan"), Zone::Jabodetabek);
        assert_eq!(PROVINCES.len(), 38);
    }

    #[test]
    fn bills_every_started_kilogram() {
        let cost = |grams| services("Bandung", "Jawa Timur", grams)[0].cost;
        assert_eq!(cost(1), Money(9_000));
        assert_eq!(cost(1_000), Money(9_000));
        assert_eq!(cost(1_001), Money(18_000));
    }

    #[test]
    fn farther_is_dearer() {
        let to = |province| services("Jakarta", province, 500)[0].cost;
        assert!(to("DKI Jakarta") < to("Bali") && to("Bali") < to("Papua"));
    }
}
