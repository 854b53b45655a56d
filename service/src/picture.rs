//! Picture pipeline: content decides the type, pixel limits are checked before decoding, EXIF is
//! gone by re-encoding, three WebP sizes lie in the object store.

use crate::port::Upload;
use crate::{Ctx, Error, Result};
use bytes::Bytes;
use domain::FieldError;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use object_store::path::Path;
use object_store::{ObjectStoreExt, PutPayload};
use std::io::Cursor;
use std::sync::LazyLock;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Name and longest side in pixels of each stored size.
pub const SIZES: [(&str, u32); 3] = [("s", 240), ("m", 480), ("l", 1080)];
/// Bytes of an upload.
pub const MAX_BYTES: u64 = 5 * 1024 * 1024;
/// Longest side, and all pixels, of a picture we are willing to decode: a "decompression bomb" is a
/// small file that unfolds to gigabytes.
const MAX_SIDE: u32 = 12_000;
const MAX_PIXELS: u64 = 40_000_000;
const QUALITY: f32 = 82.0;

/// Public URL of a stored picture: `/media/<key>-<size>.webp`.
pub fn url(key: &str, size: &str) -> String {
    format!("/media/{key}-{size}.webp")
}

/// A stored picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub key: String,
    /// Pixels of the large size.
    pub width: i32,
    pub height: i32,
}

/// Checks, re-encodes and stores an upload under a new key.
pub async fn store(ctx: &Ctx, upload: Upload) -> Result<Stored> {
    let _slot = slot().await?;
    let encoded = tokio::task::spawn_blocking(move || encode(&upload)).await.map_err(|e| Error::fault(e.to_string()))??;
    let key = uuid::Uuid::new_v4().simple().to_string();
    for (size, bytes) in encoded.files {
        let path = path(&key, size);
        ctx.ports.files.put(&path, PutPayload::from(bytes)).await.map_err(|e| Error::port("files", e))?;
    }
    Ok(Stored { key, width: encoded.width, height: encoded.height })
}

/// Few at a time: decoding takes memory.
async fn slot() -> Result<SemaphorePermit<'static>> {
    static SLOTS: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(2));
    SLOTS.acquire().await.map_err(|e| Error::fault(e.to_string()))
}

/// Removes a stored picture; what is not there is fine.
pub async fn remove(ctx: &Ctx, key: &str) {
    for (size, _) in SIZES {
        match ctx.ports.files.delete(&path(key, size)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => tracing::warn!(key, cause = %error, "picture could not be removed"),
        }
    }
}

/// Re-encodes a picture of a document, and answers a hash that nearly equal pictures nearly share.
pub(crate) async fn document(upload: Upload, side: u32) -> Result<(Bytes, i64)> {
    let _slot = slot().await?;
    let encode = move || {
        let picture = decode(&upload)?;
        Ok((webp(&fit(&picture, side)), difference_hash(&picture)))
    };
    tokio::task::spawn_blocking(encode).await.map_err(|e| Error::fault(e.to_string()))?
}

/// Whether each of 8 × 8 cells is brighter than its right neighbour.
fn difference_hash(picture: &DynamicImage) -> i64 {
    let small = picture.resize_exact(9, 8, image::imageops::FilterType::Triangle).to_luma8();
    let bits = (0..8).flat_map(|y| (0..8).map(move |x| (x, y)));
    bits.fold(0, |hash, (x, y)| hash << 1 | i64::from(small.get_pixel(x, y)[0] > small.get_pixel(x + 1, y)[0]))
}

/// Never enlarged.
fn fit(picture: &DynamicImage, side: u32) -> DynamicImage {
    if picture.width().max(picture.height()) > side {
        picture.resize(side, side, image::imageops::FilterType::Lanczos3)
    } else {
        picture.clone()
    }
}

fn webp(picture: &DynamicImage) -> Bytes {
    let rgba = picture.to_rgba8();
    let encoder = webp::Encoder::from_rgba(rgba.as_raw(), rgba.width(), rgba.height());
    Bytes::from(encoder.encode(QUALITY).to_vec())
}

fn path(key: &str, size: &str) -> Path {
    Path::from(format!("{key}-{size}.webp"))
}

struct Encoded {
    files: Vec<(&'static str, Bytes)>,
    width: i32,
    height: i32,
}

fn encode(upload: &[u8]) -> Result<Encoded> {
    let picture = decode(upload)?;
    let mut files = vec![];
    let (mut width, mut height) = (0, 0);
    for (size, side) in SIZES {
        let scaled = fit(&picture, side);
        files.push((size, webp(&scaled)));
        (width, height) = (scaled.width(), scaled.height());
    }
    Ok(Encoded { files, width: to_i32(width), height: to_i32(height) })
}

fn to_i32(pixels: u32) -> i32 {
    i32::try_from(pixels).unwrap_or(i32::MAX)
}

fn decode(upload: &[u8]) -> Result<DynamicImage> {
    if upload.len() as u64 > MAX_BYTES {
        return Err(domain::Error::TooLarge { limit: MAX_BYTES }.into());
    }
    let unsupported = || Error::from(domain::Error::UnsupportedType);
    // The content decides, whatever the file is called.
    let format = image::guess_format(upload).map_err(|_| unsupported())?;
    if !matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP) {
        return Err(unsupported());
    }
    let mut reader = ImageReader::with_format(Cursor::new(upload), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_PIXELS * 8);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| refuse(&error))?;
    let (width, height) = decoder.dimensions();
    if width > MAX_SIDE || height > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(too_many_pixels());
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| refuse(&error))?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn refuse(error: &image::ImageError) -> Error {
    match error {
        image::ImageError::Limits(_) => too_many_pixels(),
        _ => domain::Error::UnsupportedType.into(),
    }
}

fn too_many_pixels() -> Error {
    domain::Error::Invalid(vec![FieldError::new("image", "too_many_pixels").limit(MAX_PIXELS as i64)]).into()
}
