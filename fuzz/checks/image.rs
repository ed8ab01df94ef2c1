//! What must hold of every image that is drawn anew: it is one, not too large, and drawing it again is possible.

use firsthand_web::redrawn;

/// Draws the bytes anew and panics when what comes out is not what it should be.
pub fn check(bytes: &[u8]) {
    let Ok((media_type, image)) = redrawn(bytes) else { return };
    let begins: &[u8] = if media_type == "image/png" { b"\x89PNG" } else { b"\xff\xd8\xff" };
    assert!(image.starts_with(begins), "{media_type} begins otherwise");
    assert!(redrawn(&image).is_ok(), "what was drawn cannot be read");
}
