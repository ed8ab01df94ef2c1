//! Addresses: absolute, safe, and canonical enough to know one page by.

use url::Url;

/// Query parameters that say where a reader came from, not which page is meant; a trailing `*`
/// stands for any ending.
const TRACKING: &[&str] = &[
    "_ga",
    "_gl",
    "_hsenc",
    "_hsmi",
    "cmpid",
    "dclid",
    "fbclid",
    "gbraid",
    "gclid",
    "gclsrc",
    "icid",
    "igshid",
    "itm_*",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "msclkid",
    "mtm_*",
    "oly_anon_id",
    "oly_enc_id",
    "pk_*",
    "s_cid",
    "sc_cid",
    "smid",
    "spm",
    "srsltid",
    "twclid",
    "utm_*",
    "vero_id",
    "wbraid",
    "wickedid",
    "xtor",
    "yclid",
];

/// Resolves a link against its base; `None` unless it is http or https with a host.
pub fn absolute(link: &str, base: Option<&Url>) -> Option<Url> {
    let link = link.trim();
    let url = match base {
        Some(base) => base.join(link).ok()?,
        None => Url::parse(link).ok()?,
    };
    (matches!(url.scheme(), "http" | "https") && url.host().is_some()).then_some(url)
}

/// A form in which the usual spellings of one page's address are equal: https, no `www.`, no
/// user, no fragment, no tracking parameters, the rest of the query sorted, no trailing slash.
/// For comparing, never for fetching.
pub fn canonical(address: &str) -> Option<String> {
    let mut url = absolute(address, None)?;
    url.set_fragment(None);
    let _ = url.set_username("");
    let _ = url.set_password(None);
    let mut pairs: Vec<(String, String)> = url
        .query_pairs()
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .filter(|(name, _)| !is_tracking(name))
        .collect();
    pairs.sort();
    let host = url.host_str()?.trim_start_matches("www.").to_owned();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let path = url.path().trim_end_matches('/').to_owned();
    let mut out = format!("https://{host}{port}{path}");
    if !pairs.is_empty() {
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
        out.push('?');
        out.push_str(&query);
    }
    Some(out)
}

/// The host without `www.`, lower case.
pub fn host_name(address: &str) -> Option<String> {
    let url = absolute(address, None)?;
    Some(url.host_str()?.trim_start_matches("www.").to_owned())
}

fn is_tracking(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    TRACKING.iter().any(|known| match known.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => name == *known,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_address_are_one() {
        let canonical_form = "https://outlet.example/a/b?id=7&page=2";
        for spelling in [
            "http://www.outlet.example/a/b/?page=2&id=7&utm_source=x#top",
            "https://me@outlet.example/a/b?id=7&fbclid=y&page=2",
        ] {
            assert_eq!(canonical(spelling).as_deref(), Some(canonical_form));
        }
        assert_eq!(canonical("javascript:alert(1)"), None);
        assert_eq!(canonical("http://outlet.example:8080/").as_deref(), Some("https://outlet.example:8080"));
    }

    #[test]
    fn only_the_web_is_linked_to() {
        let base = Url::parse("https://outlet.example/a/").unwrap();
        assert_eq!(absolute("../b", Some(&base)).unwrap().as_str(), "https://outlet.example/b");
        assert!(absolute("data:text/html,x", Some(&base)).is_none());
        assert!(absolute("javascript:alert(1)", Some(&base)).is_none());
    }
}
