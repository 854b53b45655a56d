//! The invoice as PDF.

use crate::pdf::{HEIGHT, LINE, MARGIN, SIZE, Sheet, WIDTH, assemble, wrap};
use domain::analytics::WIB;
use domain::order::{Invoice, InvoiceStatus, OrderItem, OrderView};
use domain::rate::TaxMode;
use domain::{Locale, Money};

/// Right edges of quantity, price and sum.
const EDGES: [f32; 3] = [370.0, 462.0, RIGHT];
const RIGHT: f32 = WIDTH - MARGIN;
/// Left edge of the second column of the head.
const SECOND: f32 = 310.0;
/// Width of a column of the head, and of a product's name.
const COLUMN: f32 = 240.0;
const NAME: f32 = 270.0;
/// The first line of a sheet.
const TOP: f32 = HEIGHT - 56.0;
/// Nothing is written below.
const FLOOR: f32 = 60.0;

pub(super) fn draw(invoice: &Invoice, locale: Locale) -> Vec<u8> {
    let mut paper = Paper { full: vec![], sheet: Sheet::default(), y: TOP };
    head(&mut paper, invoice, locale);
    columns(&mut paper, locale);
    for item in &invoice.order.items {
        line(&mut paper, item, locale);
    }
    totals(&mut paper, invoice, locale);
    paper.full.push(paper.sheet);
    assemble(paper.full)
}

/// Sheets, filled from the top; `y` is where the next line stands.
struct Paper {
    full: Vec<Sheet>,
    sheet: Sheet,
    y: f32,
}

impl Paper {
    /// Goes on on a new sheet when `height` does not fit below. Whether it does.
    fn make_room(&mut self, height: f32) -> bool {
        let is_full = self.y - height < FLOOR;
        if is_full {
            self.full.push(std::mem::take(&mut self.sheet));
            self.y = TOP;
        }
        is_full
    }

    fn text(&mut self, is_bold: bool, x: f32, text: &str) {
        self.sheet.text(is_bold, SIZE, x, self.y, text);
    }

    fn right(&mut self, is_bold: bool, edge: f32, text: &str) {
        self.sheet.right(is_bold, SIZE, edge, self.y, text);
    }

    fn rule(&mut self) {
        self.sheet.rule(self.y + 11.0);
    }

    fn down(&mut self, height: f32) {
        self.y -= height;
    }
}

fn head(paper: &mut Paper, invoice: &Invoice, locale: Locale) {
    let order = &invoice.order;
    paper.sheet.text(true, 18.0, MARGIN, paper.y, "Invoice");
    paper.sheet.right(true, 12.0, RIGHT, paper.y, status(invoice.status, locale));
    paper.down(18.0);
    paper.text(false, MARGIN, &invoice.number);
    paper.right(false, RIGHT, "Belanjain");
    paper.down(2.0 * LINE);
    let facts = [
        (locale.choose("Tanggal", "Date"), order.placed_at.with_timezone(&WIB).format("%d-%m-%Y %H.%M WIB").to_string()),
        (locale.choose("Pesanan", "Order"), order.number.clone()),
        (locale.choose("Pembayaran", "Payment"), invoice.payment_method.clone()),
        (locale.choose("Penjual", "Seller"), order.store.name.clone()),
    ];
    let left: Vec<_> = facts.iter().flat_map(|(label, value)| wrap(&format!("{label}: {value}"), SIZE, COLUMN)).collect();
    let right: Vec<_> = recipient(order, locale).iter().flat_map(|text| wrap(text, SIZE, COLUMN)).collect();
    for row in 0..left.len().max(right.len()) {
        if let Some(text) = left.get(row) {
            paper.text(false, MARGIN, text);
        }
        if let Some(text) = right.get(row) {
            paper.text(row == 0, SECOND, text);
        }
        paper.down(LINE);
    }
    paper.down(LINE);
}

fn recipient(order: &OrderView, locale: Locale) -> [String; 5] {
    let a = &order.address;
    [
        format!("{}: {}", locale.choose("Pembeli", "Buyer"), order.buyer),
        format!("{} ({})", a.recipient, a.phone),
        a.street.clone(),
        format!("{}, {}", a.district, a.regency),
        format!("{} {}", a.province, a.postal_code),
    ]
}

fn columns(paper: &mut Paper, locale: Locale) {
    paper.text(true, MARGIN, locale.choose("Barang", "Item"));
    let titles = locale.choose(["Jumlah", "Harga", "Subtotal"], ["Quantity", "Price", "Subtotal"]);
    for (edge, title) in EDGES.into_iter().zip(titles) {
        paper.right(true, edge, title);
    }
    paper.down(LINE);
    paper.rule();
}

fn line(paper: &mut Paper, item: &OrderItem, locale: Locale) {
    let options = item.options.values().cloned().collect::<Vec<_>>().join(", ");
    let mut names = wrap(&item.product_name, SIZE, NAME);
    if !options.is_empty() {
        names.extend(wrap(&options, SIZE, NAME));
    }
    if paper.make_room(f32::from(u16::try_from(names.len()).unwrap_or(u16::MAX)) * LINE) {
        columns(paper, locale);
    }
    let cells = [item.quantity.to_string(), item.unit_price.to_string(), item.line_total.to_string()];
    for (edge, cell) in EDGES.into_iter().zip(cells) {
        paper.right(false, edge, &cell);
    }
    for name in names {
        paper.text(false, MARGIN, &name);
        paper.down(LINE);
    }
}

fn totals(paper: &mut Paper, invoice: &Invoice, locale: Locale) {
    let (sums, refunded) = (&invoice.order.totals, invoice.order.payment.refunded);
    let tax = |name: String| (name, sums.tax.amount, false);
    let shipping = locale.choose("Ongkos kirim", "Shipping");
    let rows = [
        Some((locale.choose("Barang", "Items").to_owned(), sums.items_total, false)),
        Some((format!("{shipping} ({})", invoice.order.shipping.courier), sums.shipping_cost, false)),
        (sums.discount != Money::ZERO).then(|| (locale.choose("Potongan", "Discount").to_owned(), sums.discount, false)),
        (sums.tax.mode == TaxMode::Added).then(|| tax(format!("{} {}%", locale.choose("PPN", "VAT"), sums.tax.percent()))),
        Some(("Total".to_owned(), sums.total, true)),
        (sums.tax.mode == TaxMode::Included)
            .then(|| tax(format!("{} {}%", locale.choose("Termasuk PPN", "Including VAT"), sums.tax.percent()))),
        (refunded != Money::ZERO).then(|| (locale.choose("Dikembalikan", "Refunded").to_owned(), refunded, false)),
    ];
    paper.make_room(8.0 * LINE);
    paper.rule();
    for (label, amount, is_bold) in rows.into_iter().flatten() {
        paper.right(is_bold, EDGES[1], &label);
        paper.right(is_bold, RIGHT, &amount.to_string());
        paper.down(LINE);
    }
}

fn status(status: InvoiceStatus, locale: Locale) -> &'static str {
    match status {
        InvoiceStatus::Unpaid => locale.choose("Belum dibayar", "Unpaid"),
        InvoiceStatus::Paid => locale.choose("Lunas", "Paid"),
        InvoiceStatus::PartiallyRefunded => locale.choose("Dikembalikan sebagian", "Partly refunded"),
        InvoiceStatus::Refunded => locale.choose("Dikembalikan", "Refunded"),
        InvoiceStatus::Void => locale.choose("Batal", "Void"),
    }
}
