//! Plain A4 documents: Helvetica, which every reader has. Indonesian needs Latin letters only; what
//! Helvetica does not have becomes a question mark.

use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str};

/// Points. A4 is 210 × 297 mm.
pub const WIDTH: f32 = 595.0;
pub const HEIGHT: f32 = 842.0;
pub const MARGIN: f32 = 42.0;
/// Of running text.
pub const SIZE: f32 = 9.0;
/// From one line of running text to the next.
pub const LINE: f32 = 15.0;

/// A page. Coordinates are points from the lower left corner.
pub struct Sheet(Content);

impl Default for Sheet {
    fn default() -> Self {
        Self(Content::new())
    }
}

impl Sheet {
    pub fn text(&mut self, is_bold: bool, size: f32, x: f32, y: f32, text: &str) {
        let font = if is_bold { Name(b"F2") } else { Name(b"F1") };
        self.0.begin_text().set_font(font, size).next_line(x, y).show(Str(&encode(text))).end_text();
    }

    /// Ends at `right`.
    pub fn right(&mut self, is_bold: bool, size: f32, right: f32, y: f32, text: &str) {
        self.text(is_bold, size, right - width(text, size), y, text);
    }

    /// A thin line across the page.
    pub fn rule(&mut self, y: f32) {
        self.0.set_line_width(0.5).move_to(MARGIN, y).line_to(WIDTH - MARGIN, y).stroke();
    }
}

/// The objects of the file: catalogue, page tree, two fonts, and two per page.
pub fn assemble(sheets: Vec<Sheet>) -> Vec<u8> {
    let (catalog, tree, regular, bold) = (Ref::new(1), Ref::new(2), Ref::new(3), Ref::new(4));
    let ids = |index: usize| {
        let first = i32::try_from(index).unwrap_or_default().saturating_mul(2).saturating_add(5);
        (Ref::new(first), Ref::new(first + 1))
    };
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree);
    pdf.pages(tree).kids((0..sheets.len()).map(|i| ids(i).0)).count(i32::try_from(sheets.len()).unwrap_or_default());
    for (index, sheet) in sheets.into_iter().enumerate() {
        let (id, content_id) = ids(index);
        let mut page = pdf.page(id);
        page.media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT)).parent(tree).contents(content_id);
        page.resources().fonts().pair(Name(b"F1"), regular).pair(Name(b"F2"), bold);
        page.finish();
        pdf.stream(content_id, &sheet.0.finish().into_vec());
    }
    for (id, name) in [(regular, Name(b"Helvetica")), (bold, Name(b"Helvetica-Bold"))] {
        pdf.type1_font(id).base_font(name).encoding_predefined(Name(b"WinAnsiEncoding"));
    }
    pdf.finish()
}

/// The text in lines no wider than `limit`; a word that is wider is divided.
pub fn wrap(text: &str, size: f32, limit: f32) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let mut word = word.to_owned();
        loop {
            let Some(line) = lines.last_mut() else { return lines };
            let gap = if line.is_empty() { "" } else { " " };
            if width(&format!("{line}{gap}{word}"), size) <= limit {
                line.push_str(gap);
                line.push_str(&word);
                break;
            }
            if line.is_empty() {
                let fits =
                    word.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| width(&word[..*end], size) <= limit);
                let end = fits.last().unwrap_or_else(|| word.chars().next().map_or(0, char::len_utf8));
                line.push_str(&word[..end]);
                word = word[end..].to_owned();
            }
            if word.is_empty() {
                break;
            }
            lines.push(String::new());
        }
    }
    lines
}

/// Windows-1252, which is Latin-1 for what is left here.
fn encode(text: &str) -> Vec<u8> {
    let byte = |c: char| u8::try_from(u32::from(c)).ok().filter(|b| (0x20..0x7f).contains(b) || *b >= 0xa0);
    text.chars().map(|c| byte(c).unwrap_or(b'?')).collect()
}

/// Of words and amounts in Helvetica; digits are as wide as most small letters.
pub fn width(text: &str, size: f32) -> f32 {
    let units: u16 = text
        .chars()
        .map(|c| match c {
            ' ' | '.' | ',' | 'l' | 'i' => 278,
            '-' => 333,
            'R' | 'H' => 722,
            'm' => 833,
            'M' | 'W' => 900,
            'A' | 'B' | 'S' | 'P' => 667,
            _ => 556,
        })
        .fold(0, u16::saturating_add);
    f32::from(units) / 1_000.0 * size
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_without_a_place_become_question_marks() {
        assert_eq!(encode("é日"), [0xe9, b'?']);
    }

    #[test]
    fn lines_stay_within_their_width() {
        let long = format!("Sepatu lari ringan {} selesai", "x".repeat(200));
        let lines = wrap(&long, SIZE, 200.0);
        assert!(lines.len() > 3 && lines.iter().all(|line| width(line, SIZE) <= 200.0), "{lines:?}");
        let all: String = lines.concat().split_whitespace().collect();
        assert_eq!(all, long.split_whitespace().collect::<String>());
        assert_eq!(wrap("", SIZE, 200.0), [""]);
    }

    #[test]
    fn every_sheet_is_a_page() {
        let sheets = (0..3).map(|_| Sheet::default()).collect();
        let bytes = assemble(sheets);
        assert!(bytes.starts_with(b"%PDF-") && String::from_utf8_lossy(&bytes).contains("/Count 3"));
    }
}
