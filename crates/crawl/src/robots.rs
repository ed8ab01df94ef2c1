//! robots.txt (RFC 9309): which pages of a host may be fetched.

const MOST_SITEMAPS: usize = 50;

/// The rules of one host for this program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Robots {
    /// (allowed, path pattern).
    rules: Vec<(bool, String)>,
    /// Addresses of sitemaps, which belong to no group.
    sitemaps: Vec<String>,
}

impl Robots {
    /// Reads the groups for `agent`, or those for `*` when it is not named. Anything that is no
    /// rule is passed over; at most 500 KiB and 2,000 rules are read.
    pub fn parse(text: &str, agent: &str) -> Self {
        let agent = agent.to_ascii_lowercase();
        let mut own = Vec::new();
        let mut sitemaps = Vec::new();
        let mut general = Vec::new();
        let (mut own_seen, mut in_own, mut in_general, mut last_was_agent) = (false, false, false, false);
        for line in text.lines().take(20_000) {
            let line = line.split('#').next().unwrap_or_default();
            let Some((name, value)) = line.split_once(':') else { continue };
            let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
            match name.as_str() {
                "user-agent" => {
                    if !last_was_agent {
                        (in_own, in_general) = (false, false);
                    }
                    let named = value.to_ascii_lowercase();
                    if named == "*" {
                        in_general = true;
                    } else if !named.is_empty() && agent.starts_with(&named) {
                        (in_own, own_seen) = (true, true);
                    }
                    last_was_agent = true;
                }
                "allow" | "disallow" => {
                    last_was_agent = false;
                    if value.is_empty() {
                        continue;
                    }
                    let rule = (name == "allow", value.chars().take(500).collect::<String>());
                    if in_own && own.len() < 2000 {
                        own.push(rule.clone());
                    }
                    if in_general && general.len() < 2000 {
                        general.push(rule);
                    }
                }
                "sitemap" if sitemaps.len() < MOST_SITEMAPS && value.len() <= 2000 => sitemaps.push(value.to_owned()),
                "sitemap" => {}
                _ => last_was_agent = false,
            }
        }
        Self { rules: if own_seen { own } else { general }, sitemaps }
    }

    /// The sitemaps that the file names (sitemaps.org), at most 50.
    pub fn sitemaps(&self) -> &[String] {
        &self.sitemaps
    }

    /// Whether a path (with its query) may be fetched: the longest rule that matches decides, and
    /// "allow" among equals.
    pub fn allows(&self, path: &str) -> bool {
        let best = self
            .rules
            .iter()
            .filter(|(_, pattern)| matches(pattern, path))
            .max_by_key(|(allowed, pattern)| (pattern.len(), *allowed));
        best.is_none_or(|(allowed, _)| *allowed)
    }
}

/// Matches `*` (anything) and a final `$` (the end) in time linear in the path for each star.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, to_the_end) = match pattern.strip_suffix('$') {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| path.strip_prefix(first)) else { return false };
    let parts: Vec<&str> = parts.collect();
    for (index, part) in parts.iter().enumerate() {
        if to_the_end && index + 1 == parts.len() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    !to_the_end || rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_rule_decides() {
        let robots =
            Robots::parse("User-agent: *\nDisallow: /private\nAllow: /private/open\nDisallow: /*.pdf$\n", "firsthand");
        assert!(robots.allows("/news/1"));
        assert!(!robots.allows("/private/x"));
        assert!(robots.allows("/private/open/x"));
        assert!(!robots.allows("/a/b.pdf"));
        assert!(robots.allows("/a/b.pdf?x"));
    }

    #[test]
    fn a_group_of_ones_own_counts_alone() {
        let text = "User-agent: other\nUser-agent: Firsthand\nDisallow: /a\n\nUser-agent: *\nDisallow: /\n";
        let robots = Robots::parse(text, "firsthand");
        assert!(robots.allows("/b"));
        assert!(!robots.allows("/a"));
        assert!(!Robots::parse(text, "another").allows("/b"));
    }

    #[test]
    fn sitemaps_belong_to_no_group() {
        let robots = Robots::parse(
            "Sitemap: https://a.example/s.xml\nUser-agent: *\nSITEMAP: /news.xml\nDisallow: /x\n",
            "firsthand",
        );
        assert_eq!(robots.sitemaps(), ["https://a.example/s.xml", "/news.xml"]);
        assert!(!robots.allows("/x"));
    }

    #[test]
    fn an_empty_or_odd_file_forbids_nothing() {
        assert!(Robots::parse("", "firsthand").allows("/"));
        assert!(Robots::parse("<html>Disallow: /</html>", "firsthand").allows("/"));
        assert!(Robots::parse("User-agent: *\nDisallow:\n", "firsthand").allows("/x"));
    }
}
