//! What the system remarks on an order or a proof: kept as a code, said in the reader's language.

/// A remark of ours among those that people write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SystemNote {
    /// Nobody complained in time: the order is complete.
    Completed,
    /// Nobody paid in time.
    Unpaid,
    /// Paid, but sold out meanwhile.
    SoldOut,
    /// Less was transferred than was asked for; it goes back.
    ShortTransfer,
}

impl SystemNote {
    pub const ALL: [Self; 4] = [Self::Completed, Self::Unpaid, Self::SoldOut, Self::ShortTransfer];

    /// As it is stored and sent.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Completed => "#completed",
            Self::Unpaid => "#unpaid",
            Self::SoldOut => "#sold_out",
            Self::ShortTransfer => "#short_transfer",
        }
    }

    /// The remark that a note is; `None`: somebody's own words. Histories are never changed, so what was
    /// remarked before there were codes is known by its words.
    pub fn read(note: &str) -> Option<Self> {
        match note {
            "selesai otomatis" => Some(Self::Completed),
            "tidak dibayar dalam batas waktu" => Some(Self::Unpaid),
            "stok habis" => Some(Self::SoldOut),
            "Jumlah transfer kurang. Dana yang masuk kami kembalikan; silakan transfer jumlah penuh." => {
                Some(Self::ShortTransfer)
            }
            _ => Self::ALL.into_iter().find(|known| known.code() == note),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_from_words() {
        for note in SystemNote::ALL {
            assert_eq!(SystemNote::read(note.code()), Some(note));
        }
        assert_eq!(SystemNote::read("selesai otomatis"), Some(SystemNote::Completed));
        assert_eq!(SystemNote::read("unpaid"), None);
    }
}
