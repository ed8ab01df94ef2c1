//! Foreign images, decoded and written anew: what comes out holds pixels and nothing else. No file that a browser's decoder would stumble
//! over, no place where a photograph was taken, nothing that is a picture and a script at once.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::metadata::Orientation;
use image::{DynamicImage, GenericImageView, ImageDecoder, ImageFormat, ImageReader, Limits};
use std::io::Cursor;

/// Pixels of an image at the most: 40 megapixels.
const MOST_PIXELS: u64 = 40_000_000;
/// Bytes that decoding may take.
const MOST_BYTES: u64 = 256 << 20;
/// Longer sides are made so long.
const LONGEST_SIDE: u32 = 2048;
/// A drawing that is larger without loss becomes a photograph, if nothing shines through it.
const LARGEST_DRAWING: usize = 1 << 20;
const QUALITY: u8 = 82;

/// An image with its media type, drawn anew from bytes that may be anything: of an animation the first picture, the right side up, no side
/// longer than 2048 pixels.
///
/// # Errors
/// Why it is none that is shown: another format than PNG, JPEG, GIF, WebP; broken; more than 40 megapixels.
pub fn redrawn(bytes: &[u8]) -> Result<(&'static str, Vec<u8>), String> {
    let format = image::guess_format(bytes).ok();
    let known = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP];
    let Some(format) = format.filter(|format| known.contains(format)) else {
        return Err("it is no PNG, JPEG, GIF or WebP image".to_owned());
    };
    let broken = |error: image::ImageError| format!("the image cannot be read: {error}");
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(format!("the image has {width} by {height} pixels: more than 40 megapixels"));
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(broken)?;
    if width.max(height) > LONGEST_SIDE {
        picture = picture.thumbnail(LONGEST_SIDE, LONGEST_SIDE);
    }
    picture.apply_orientation(orientation);
    let shines_through = picture.color().has_alpha() && picture.pixels().any(|(_, _, pixel)| pixel.0[3] < u8::MAX);
    if shines_through || format != ImageFormat::Jpeg {
        let drawing = png(&picture, shines_through).map_err(broken)?;
        if shines_through || drawing.len() <= LARGEST_DRAWING {
            return Ok(("image/png", drawing));
        }
    }
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, QUALITY).encode_image(&picture.to_rgb8()).map_err(broken)?;
    Ok(("image/jpeg", out))
}

fn png(picture: &DynamicImage, shines_through: bool) -> Result<Vec<u8>, image::ImageError> {
    let mut out = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut out, CompressionType::Fast, FilterType::Adaptive);
    match shines_through {
        true => picture.to_rgba8().write_with_encoder(encoder)?,
        false => picture.to_rgb8().write_with_encoder(encoder)?,
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgb, RgbImage, Rgba, RgbaImage};

    fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        picture.write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    fn photograph(width: u32, height: u32) -> DynamicImage {
        let pixel = |x: u32, y: u32| Rgb([(x % 256) as u8, (y % 256) as u8, (x * y % 251) as u8]);
        DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, pixel))
    }

    #[test]
    fn what_comes_out_holds_pixels_and_nothing_else() {
        let mut jpeg = written(&photograph(40, 30), ImageFormat::Jpeg);
        // A comment, and what stands behind the end.
        jpeg.splice(2..2, *b"\xff\xfe\x00\x1a<script>alert(1)</script>");
        jpeg.extend(b"<script>alert(2)</script>");
        let (media_type, out) = redrawn(&jpeg).unwrap();
        assert_eq!((media_type, &out[..2]), ("image/jpeg", &b"\xff\xd8"[..]));
        assert!(!out.windows(6).any(|part| part == b"script"));
        let again = image::load_from_memory(&out).unwrap();
        assert_eq!(again.dimensions(), (40, 30));
        let (media_type, _) = redrawn(&written(&photograph(40, 30), ImageFormat::Gif)).unwrap();
        assert_eq!(media_type, "image/png");
    }

    #[test]
    fn what_shines_through_does_so_still_and_what_is_large_is_made_smaller() {
        let glass = RgbaImage::from_pixel(30, 20, Rgba([9, 9, 9, 100]));
        let (media_type, out) = redrawn(&written(&DynamicImage::ImageRgba8(glass), ImageFormat::WebP)).unwrap();
        assert_eq!(media_type, "image/png");
        assert_eq!(image::load_from_memory(&out).unwrap().get_pixel(3, 3), Rgba([9, 9, 9, 100]));
        let (_, out) = redrawn(&written(&photograph(5000, 100), ImageFormat::Png)).unwrap();
        assert_eq!(image::load_from_memory(&out).unwrap().dimensions(), (2048, 41));
    }

    #[test]
    fn what_is_no_image_or_too_large_is_refused_in_words() {
        for nonsense in [&b""[..], b"GIF89a", b"<svg onload=alert(1)>", b"\x89PNG\r\n\x1a\n", b"\0\0\0 ftypavif...."] {
            assert!(redrawn(nonsense).is_err());
        }
        // A small file that says that it is a very large picture.
        let mut png = written(&photograph(2, 2), ImageFormat::Png);
        png.splice(16..24, [0, 1, 0, 0, 0, 1, 0, 0]);
        let refused = redrawn(&png).unwrap_err();
        assert!(refused.contains("cannot be read") || refused.contains("megapixels"), "{refused}");
        let cut = written(&photograph(300, 300), ImageFormat::Png);
        assert!(redrawn(&cut[..cut.len() / 2]).is_err());
    }
}
