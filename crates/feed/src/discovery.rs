//! Feeds named by a web page.

/// A feed that a page names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovered {
    /// Its absolute address.
    pub url: String,
    /// Its title.
    pub title: Option<String>,
}

/// The feeds that a page links to, the most likely first.
pub fn discover(_page: &[u8], _page_url: &url::Url) -> Vec<Discovered> {
    Vec::new()
}

/// Addresses where a site that names no feed often has one.
pub fn common_paths(_page_url: &url::Url) -> Vec<url::Url> {
    Vec::new()
}
