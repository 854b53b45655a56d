//! The category tree of a new installation: slug, Indonesian, English, children.

pub(super) struct Seed(pub &'static str, pub &'static str, pub &'static str, pub &'static [Seed]);

pub(super) const TREE: &[Seed] = &[
    Seed(
        "fashion-pria",
        "Fashion Pria",
        "Men's Fashion",
        &[
            Seed("kemeja-pria", "Kemeja", "Shirts", &[]),
            Seed("kaus-pria", "Kaus", "T-shirts", &[]),
            Seed("celana-pria", "Celana", "Trousers", &[]),
            Seed("batik-pria", "Batik", "Batik", &[]),
        ],
    ),
    Seed(
        "fashion-wanita",
        "Fashion Wanita",
        "Women's Fashion",
        &[
            Seed("gamis", "Gamis", "Abayas", &[]),
            Seed("hijab", "Hijab", "Hijabs", &[]),
            Seed("blus", "Blus", "Blouses", &[]),
            Seed("rok", "Rok", "Skirts", &[]),
        ],
    ),
    Seed(
        "sepatu",
        "Sepatu",
        "Shoes",
        &[
            Seed(
                "sepatu-olahraga",
                "Sepatu Olahraga",
                "Sports Shoes",
                &[
                    Seed("sepatu-lari", "Sepatu Lari", "Running Shoes", &[]),
                    Seed("sepatu-futsal", "Sepatu Futsal", "Futsal Shoes", &[]),
                ],
            ),
            Seed("sepatu-formal", "Sepatu Formal", "Formal Shoes", &[]),
            Seed("sandal", "Sandal", "Sandals", &[]),
            Seed("kaus-kaki", "Kaus Kaki", "Socks", &[]),
        ],
    ),
    Seed(
        "tas",
        "Tas & Dompet",
        "Bags & Wallets",
        &[
            Seed("ransel", "Ransel", "Backpacks", &[]),
            Seed("tas-wanita", "Tas Wanita", "Handbags", &[]),
            Seed("dompet", "Dompet", "Wallets", &[]),
        ],
    ),
    Seed(
        "handphone",
        "Handphone & Aksesori",
        "Phones & Accessories",
        &[Seed("ponsel", "Ponsel", "Phones", &[]), Seed("aksesori-ponsel", "Aksesori Ponsel", "Phone Accessories", &[])],
    ),
    Seed(
        "elektronik",
        "Elektronik",
        "Electronics",
        &[
            Seed("audio", "Audio", "Audio", &[]),
            Seed("kamera", "Kamera", "Cameras", &[]),
            Seed("lampu", "Lampu", "Lighting", &[]),
        ],
    ),
    Seed(
        "komputer",
        "Komputer",
        "Computers",
        &[Seed("laptop", "Laptop", "Laptops", &[]), Seed("aksesori-komputer", "Aksesori Komputer", "Computer Accessories", &[])],
    ),
    Seed(
        "rumah-tangga",
        "Rumah Tangga",
        "Home",
        &[
            Seed("furnitur", "Furnitur", "Furniture", &[]),
            Seed("dekorasi", "Dekorasi", "Decoration", &[]),
            Seed("kamar-tidur", "Kamar Tidur", "Bedroom", &[]),
        ],
    ),
    Seed(
        "dapur",
        "Dapur",
        "Kitchen",
        &[Seed("alat-masak", "Alat Masak", "Cookware", &[]), Seed("alat-makan", "Alat Makan", "Tableware", &[])],
    ),
    Seed(
        "makanan-minuman",
        "Makanan & Minuman",
        "Food & Drinks",
        &[
            Seed("kopi-teh", "Kopi & Teh", "Coffee & Tea", &[]),
            Seed("camilan", "Camilan", "Snacks", &[]),
            Seed("bumbu", "Bumbu & Sambal", "Spices & Sambal", &[]),
            Seed("buah-sayur", "Buah & Sayur", "Fruit & Vegetables", &[]),
        ],
    ),
    Seed(
        "kecantikan",
        "Kecantikan",
        "Beauty",
        &[Seed("perawatan-kulit", "Perawatan Kulit", "Skin Care", &[]), Seed("riasan", "Riasan", "Make-up", &[])],
    ),
    Seed("kesehatan", "Kesehatan", "Health", &[]),
    Seed(
        "olahraga",
        "Olahraga",
        "Sports",
        &[
            Seed("sepeda", "Sepeda", "Cycling", &[]),
            Seed("bola", "Bola", "Ball Games", &[]),
            Seed("camping", "Camping", "Camping", &[]),
        ],
    ),
    Seed(
        "hobi-mainan",
        "Hobi & Mainan",
        "Hobbies & Toys",
        &[Seed("mainan-anak", "Mainan Anak", "Toys", &[]), Seed("alat-musik", "Alat Musik", "Instruments", &[])],
    ),
    Seed("ibu-bayi", "Ibu & Bayi", "Mother & Baby", &[]),
    Seed(
        "buku-alat-tulis",
        "Buku & Alat Tulis",
        "Books & Stationery",
        &[Seed("buku", "Buku", "Books", &[]), Seed("alat-tulis", "Alat Tulis", "Stationery", &[])],
    ),
    Seed("otomotif", "Otomotif", "Automotive", &[]),
    Seed("taman", "Taman & Tanaman", "Garden & Plants", &[]),
    Seed("kerajinan", "Kerajinan Tangan", "Handicrafts", &[]),
];
