//! The names by which outlets are known.

/// The registry of outlets, agencies and programmes: names, aliases, domains.
#[derive(Debug, Clone, Default)]
pub struct Outlets {}

impl Outlets {
    /// The outlets that ship with the program.
    pub fn builtin() -> Self {
        Self::default()
    }

    /// Adds an outlet that is followed, by its name and domain.
    pub fn add(&mut self, _name: &str, _domain: &str) {}
}
