//! The system's source of chance.

use firsthand_model::Random;

/// Bytes from the operating system.
#[derive(Debug, Clone, Copy)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(clippy::disallowed_methods, reason = "the one place where chance comes in")]
    #[expect(clippy::expect_used, reason = "without chance no secret is safe: better no server than a guessable one")]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}
