//! What the demo stores sell.

pub(super) struct Good {
    pub name: &'static str,
    pub category: &'static str,
    pub art: &'static str,
    /// The picture itself (JPEG).
    pub picture: &'static [u8],
    /// Rupiah.
    pub price: i64,
    /// Grams.
    pub weight: i64,
    pub option: &'static str,
    pub values: &'static [&'static str],
    pub note: &'static str,
}

macro_rules! good {
    ($name:literal, $category:literal, $art:literal, $price:literal, $weight:literal, $option:literal, $values:expr, $note:literal) => {
        Good {
            name: $name,
            category: $category,
            art: $art,
            picture: include_bytes!(concat!("../../../seed/art/", $art, ".jpg")),
            price: $price,
            weight: $weight,
            option: $option,
            values: &$values,
            note: $note,
        }
    };
}

pub(super) const GOODS: &[Good] = &[
    good!(
        "Sepatu Lari",
        "sepatu-lari",
        "running-shoe",
        289_000,
        750,
        "Ukuran",
        ["39", "40", "41", "42"],
        "Sol empuk, bahan bernapas"
    ),
    good!("Sepatu Pantofel", "sepatu-formal", "mans-shoe", 345_000, 900, "Ukuran", ["40", "41", "42"], "Kulit sapi asli"),
    good!("Sandal Jepit", "sandal", "thong-sandal", 35_000, 250, "Ukuran", ["38", "40", "42"], "Karet lentur antilicin"),
    good!("Sepatu Hak", "sepatu", "high-heeled-shoe", 259_000, 600, "Ukuran", ["37", "38", "39"], "Hak 5 cm yang nyaman"),
    good!(
        "Kaus Kaki Katun",
        "kaus-kaki",
        "socks",
        25_000,
        100,
        "Warna",
        ["Hitam", "Putih", "Abu"],
        "Katun lembut menyerap keringat"
    ),
    good!("Kemeja Kantor", "kemeja-pria", "necktie", 179_000, 300, "Ukuran", ["M", "L", "XL"], "Mudah disetrika"),
    good!("Kaus Polos", "kaus-pria", "t-shirt", 69_000, 200, "Warna", ["Putih", "Hitam", "Hijau"], "Katun combed 30s"),
    good!("Celana Jeans", "celana-pria", "jeans", 225_000, 650, "Ukuran", ["30", "32", "34"], "Denim lentur"),
    good!("Gamis Harian", "gamis", "dress", 199_000, 500, "Ukuran", ["S", "M", "L"], "Bahan jatuh dan adem"),
    good!("Syal Rajut", "hijab", "scarf", 89_000, 200, "Warna", ["Marun", "Krem"], "Rajutan tangan"),
    good!("Blus Wanita", "blus", "womans-clothes", 149_000, 250, "Ukuran", ["S", "M", "L"], "Potongan longgar"),
    good!("Ransel Sekolah", "ransel", "backpack", 189_000, 800, "Warna", ["Hitam", "Biru"], "Muat laptop 14 inci"),
    good!("Tas Tangan", "tas-wanita", "handbag", 239_000, 600, "Warna", ["Cokelat", "Hitam"], "Kulit sintetis tebal"),
    good!("Dompet Kulit", "dompet", "purse", 119_000, 150, "Warna", ["Cokelat", "Hitam"], "Delapan tempat kartu"),
    good!("Ponsel Pintar", "ponsel", "mobile-phone", 2_499_000, 400, "Memori", ["128 GB", "256 GB"], "Garansi resmi 12 bulan"),
    good!(
        "Baterai Cadangan",
        "aksesori-ponsel",
        "battery",
        159_000,
        300,
        "Kapasitas",
        ["10.000 mAh", "20.000 mAh"],
        "Isi daya cepat"
    ),
    good!("Headphone Nirkabel", "audio", "headphone", 349_000, 350, "Warna", ["Hitam", "Putih"], "Tahan 30 jam"),
    good!("Kamera Saku", "kamera", "camera", 1_899_000, 450, "Paket", ["Kamera saja", "Dengan tas"], "Rekam video 4K"),
    good!("Lampu LED", "lampu", "light-bulb", 29_000, 120, "Daya", ["7 W", "12 W"], "Hemat listrik"),
    good!("Laptop Kerja", "laptop", "laptop", 6_799_000, 2_200, "Memori", ["8 GB", "16 GB"], "Layar 14 inci"),
    good!(
        "Tetikus Nirkabel",
        "aksesori-komputer",
        "computer-mouse",
        99_000,
        150,
        "Warna",
        ["Hitam", "Putih"],
        "Senyap saat diklik"
    ),
    good!(
        "Papan Ketik Mekanis",
        "aksesori-komputer",
        "keyboard",
        459_000,
        900,
        "Sakelar",
        ["Merah", "Cokelat"],
        "Bisa ganti tombol"
    ),
    good!("Sofa Dua Dudukan", "furnitur", "couch-and-lamp", 2_350_000, 35_000, "Warna", ["Abu", "Hijau"], "Rangka kayu mahoni"),
    good!("Kursi Jati", "furnitur", "chair", 675_000, 8_000, "Warna", ["Natural", "Gelap"], "Kayu jati Jepara"),
    good!("Tanaman Hias Meja", "dekorasi", "potted-plant", 55_000, 900, "Ukuran", ["Kecil", "Sedang"], "Mudah dirawat"),
    good!(
        "Lukisan Dinding",
        "dekorasi",
        "framed-picture",
        325_000,
        1_500,
        "Ukuran",
        ["40 × 60", "60 × 90"],
        "Cat minyak di kanvas"
    ),
    good!("Seprai Katun", "kamar-tidur", "bed", 210_000, 1_200, "Ukuran", ["160 × 200", "180 × 200"], "Katun Jepang"),
    good!("Wajan Besi", "alat-masak", "cooking", 135_000, 1_800, "Ukuran", ["24 cm", "28 cm"], "Antilengket alami"),
    good!("Mangkuk Keramik", "alat-makan", "bowl-with-spoon", 45_000, 500, "Warna", ["Biru", "Putih"], "Buatan tangan"),
    good!(
        "Set Alat Makan",
        "alat-makan",
        "fork-and-knife-with-plate",
        165_000,
        1_400,
        "Isi",
        ["4 orang", "6 orang"],
        "Baja tahan karat"
    ),
    good!("Kopi Arabika", "kopi-teh", "hot-beverage", 85_000, 250, "Giling", ["Biji", "Halus"], "Sangrai segar tiap minggu"),
    good!("Teh Melati", "kopi-teh", "teapot", 38_000, 150, "Isi", ["100 g", "250 g"], "Dipetik pagi hari"),
    good!("Kue Kering", "camilan", "cookie", 65_000, 400, "Rasa", ["Cokelat", "Keju"], "Mentega asli"),
    good!("Sambal Bajak", "bumbu", "hot-pepper", 32_000, 250, "Pedas", ["Sedang", "Pedas"], "Tanpa pengawet"),
    good!("Bumbu Rendang", "bumbu", "garlic", 28_000, 200, "Isi", ["100 g", "250 g"], "Resep Minang"),
    good!("Mangga Harum Manis", "buah-sayur", "mango", 49_000, 1_100, "Isi", ["1 kg", "3 kg"], "Matang di pohon"),
    good!("Pisang Cavendish", "buah-sayur", "banana", 27_000, 1_100, "Isi", ["1 sisir", "2 sisir"], "Manis dan segar"),
    good!("Losion Tubuh", "perawatan-kulit", "lotion-bottle", 58_000, 300, "Isi", ["200 ml", "400 ml"], "Minyak kelapa murni"),
    good!("Lipstik Matte", "riasan", "lipstick", 79_000, 50, "Warna", ["Merah bata", "Merah muda"], "Tahan 8 jam"),
    good!("Vitamin C", "kesehatan", "pill", 95_000, 150, "Isi", ["30 tablet", "60 tablet"], "Terdaftar BPOM"),
    good!("Stetoskop", "kesehatan", "stethoscope", 265_000, 300, "Warna", ["Hitam", "Biru"], "Suara jernih"),
    good!("Sepeda Lipat", "sepeda", "bicycle", 2_890_000, 13_000, "Warna", ["Merah", "Hitam"], "Tujuh percepatan"),
    good!("Bola Sepak", "bola", "soccer-ball", 145_000, 450, "Ukuran", ["4", "5"], "Jahitan tangan"),
    good!("Bola Basket", "bola", "basketball", 175_000, 600, "Ukuran", ["6", "7"], "Karet tebal"),
    good!("Tenda Camping", "camping", "tent", 549_000, 3_200, "Isi", ["2 orang", "4 orang"], "Tahan hujan"),
    good!("Boneka Beruang", "mainan-anak", "teddy-bear", 99_000, 500, "Ukuran", ["30 cm", "50 cm"], "Isi dakron lembut"),
    good!("Gitar Akustik", "alat-musik", "guitar", 785_000, 2_500, "Warna", ["Natural", "Hitam"], "Senar nilon"),
    good!("Botol Bayi", "ibu-bayi", "baby-bottle", 62_000, 120, "Isi", ["120 ml", "240 ml"], "Bebas BPA"),
    good!("Paket Novel", "buku", "books", 118_000, 700, "Isi", ["3 buku", "5 buku"], "Penulis Indonesia"),
    good!("Pensil Gambar", "alat-tulis", "pencil", 24_000, 100, "Isi", ["6", "12"], "Grafit halus"),
    good!("Kunci Pas", "otomotif", "wrench", 89_000, 900, "Isi", ["8 buah", "12 buah"], "Baja krom vanadium"),
    good!("Benih Bunga Matahari", "taman", "sunflower", 15_000, 50, "Isi", ["20 biji", "50 biji"], "Tumbuh 60 hari"),
    good!("Kaktus Mini", "taman", "cactus", 35_000, 300, "Isi", ["1 pot", "3 pot"], "Pot tanah liat"),
    good!("Benang Rajut", "kerajinan", "yarn", 22_000, 100, "Warna", ["Merah", "Biru", "Kuning"], "Akrilik lembut"),
    good!("Keranjang Rotan", "kerajinan", "basket", 129_000, 900, "Ukuran", ["Sedang", "Besar"], "Anyaman tangan"),
];
