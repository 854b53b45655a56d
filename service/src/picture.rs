//! Picture pipeline: content decides the type, pixel limits before decoding, EXIF gone by
//! re-encoding, three WebP sizes in the object store.

/// Width in pixels of each stored size.
pub const SIZES: [(&str, u32); 3] = [("s", 240), ("m", 480), ("l", 1080)];

/// Public URL of a stored picture: `/media/<key>-<size>.webp`.
pub fn url(key: &str, size: &str) -> String {
    format!("/media/{key}-{size}.webp")
}
