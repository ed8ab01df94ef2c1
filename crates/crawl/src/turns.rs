//! Turns at hosts: of many feeds and pages of one host only a few are under way, and the rest gets the time of its turn.
//!
//! Without that, a host with thousands of feeds, which is asked one thing at a time, would fill every place and stand first in
//! the queue for ever, and all others would wait for it.

use firsthand_model::Timestamp;
use firsthand_text::urls;
use std::collections::HashMap;
use std::time::Duration;

/// So many of one host are under way: one that is asked, and some that wait for it to be answered.
const UNDER_WAY: usize = 3;
/// No turn is given farther ahead: what is asked for then is seen when it comes.
const FARTHEST_S: i64 = 6 * 3600;

/// What is under way at each host, and until when its turns are given away.
#[derive(Debug, Default)]
pub struct Turns {
    under_way: HashMap<String, usize>,
    booked: HashMap<String, Timestamp>,
}

/// A place at a host.
#[derive(Debug, PartialEq, Eq)]
pub enum Turn {
    /// Now; it is to be given back to this host.
    Now(String),
    /// Later.
    At(Timestamp),
}

impl Turns {
    /// The turn of what is at an address; `pause`: how long its host is left in peace between two requests.
    pub fn take(&mut self, url: &str, pause: Option<Duration>, now: Timestamp) -> Turn {
        let host = urls::host_name(url).unwrap_or_default();
        let Some(pause) = pause else { return Turn::Now(String::new()) };
        let under_way = self.under_way.entry(host.clone()).or_default();
        if *under_way < UNDER_WAY {
            *under_way += 1;
            return Turn::Now(host);
        }
        let booked = self.booked.entry(host).or_insert(now);
        let pause_ms = i64::try_from(pause.as_millis()).unwrap_or(i64::MAX).max(1);
        let next = Timestamp::from_millis(booked.as_millis().max(now.as_millis()).saturating_add(pause_ms));
        *booked = next.min(now.plus_seconds(FARTHEST_S));
        Turn::At(*booked)
    }

    /// What was under way at a host is done.
    pub fn done(&mut self, host: &str, now: Timestamp) {
        if let Some(under_way) = self.under_way.get_mut(host) {
            *under_way = under_way.saturating_sub(1);
            if *under_way == 0 {
                self.under_way.remove(host);
            }
        }
        if self.booked.get(host).is_some_and(|booked| *booked <= now) {
            self.booked.remove(host);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_host_has_too_much_of_gets_its_turn_later() {
        let (mut turns, now) = (Turns::default(), Timestamp::from_seconds(1000));
        let pause = Some(Duration::from_secs(1));
        let url = |number: usize| format!("https://big.example/{number}");
        for number in 0..UNDER_WAY {
            assert_eq!(turns.take(&url(number), pause, now), Turn::Now("big.example".to_owned()));
        }
        assert_eq!(turns.take(&url(10), pause, now), Turn::At(now.plus_seconds(1)));
        assert_eq!(turns.take(&url(11), pause, now), Turn::At(now.plus_seconds(2)));
        // Others do not wait for it.
        assert_eq!(turns.take("https://small.example/", pause, now), Turn::Now("small.example".to_owned()));
        turns.done("big.example", now);
        assert_eq!(turns.take(&url(12), pause, now), Turn::Now("big.example".to_owned()));
        // Turns that are over are given anew, and none is given for next week.
        assert_eq!(turns.take(&url(13), pause, now.plus_seconds(60)), Turn::At(now.plus_seconds(61)));
        let far = Some(Duration::from_secs(86_400));
        assert_eq!(turns.take(&url(14), far, now.plus_seconds(60)), Turn::At(now.plus_seconds(60 + FARTHEST_S)));
        // The operator's own hosts are not kept waiting for.
        for number in 0..100 {
            assert_eq!(turns.take(&url(number), None, now), Turn::Now(String::new()));
        }
    }
}
