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

/// Whether an address is surely an absolute one of the web, without the cost of parsing it: http or
/// https, a host by name or four numbers, a port, and no character that a parser would change.
pub fn is_plain(address: &str) -> bool {
    let Some(rest) = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://")) else { return false };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let (host, port) = host.split_once(':').unwrap_or((host, "80"));
    let number = |text: &str, most: u32| {
        (1..=5).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_digit())
            && (text == "0" || !text.starts_with('0'))
            && text.parse::<u32>().is_ok_and(|number| number <= most)
    };
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with("xn--")
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let by_name = host.split('.').all(label)
        && host.rsplit('.').next().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_lowercase()));
    let by_number = host.split('.').count() == 4 && host.split('.').all(|part| number(part, 255));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/.-_=?&;%+~,:#@!".contains(&byte);
    (by_name || by_number) && number(port, 65_535) && path.bytes().all(plain)
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
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_plain_is_absolute(address in "https?://[a-z0-9.:-]{1,14}([/?#][a-z0-9.&=%#/-]{0,8})?") {
            if is_plain(&address) {
                let url = absolute(&address, None);
                let begin = url.map(|url| format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default()));
                prop_assert!(begin.as_deref().is_some_and(|begin| address.starts_with(begin)), "{}", address);
            }
        }
    }

    #[test]
    fn plain_addresses_are_known_without_parsing() {
        for plain in
            ["https://outlet.example", "http://127.0.0.1:8600/a?b=c&d=%20#e", "https://a-b.outlet.example:8443/x"]
        {
            assert!(is_plain(plain), "{plain}");
        }
        for other in [
            "https://outlet..example/",
            "http://256.0.0.1/",
            "http://0177.0.0.1/",
            "http://a.example:70000/",
            "https://Outlet.example/",
            "/x",
            "https://a b/",
            "http://1.2.3/",
            "http://xn--a/",
        ] {
            assert!(!is_plain(other), "{other}");
        }
    }

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
