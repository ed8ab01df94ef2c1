//! News of an invented world, made by rule: the same seed gives the same articles.

use firsthand_model::Timestamp;

/// A small generator of numbers (Knuth's MMIX constants), so that no run differs from another.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below a bound.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    fn of<'a>(&mut self, items: &[&'a str]) -> &'a str {
        items[self.below(items.len())]
    }

    /// A made-up word of two to four syllables.
    pub fn word(&mut self) -> String {
        const SYLLABLES: [&str; 24] = [
            "ba", "cor", "den", "el", "fin", "gar", "hol", "ig", "jun", "kel", "lor", "mar", "nen", "os", "pel",
            "quin", "ras", "sel", "tor", "ul", "ven", "wes", "yar", "zin",
        ];
        (0..2 + self.below(3)).map(|_| self.of(&SYLLABLES)).collect()
    }

    /// A made-up name.
    pub fn name(&mut self) -> String {
        let word = self.word();
        word[..1].to_uppercase() + &word[1..]
    }
}

/// An article.
#[derive(Debug, Clone)]
pub struct Article {
    /// The headline.
    pub title: String,
    /// The text, paragraphs parted by a blank line.
    pub text: String,
    /// When it was published.
    pub published: Timestamp,
    /// Which of the outlets it is from.
    pub outlet: usize,
}

/// An event that articles tell of: its words, names and figures.
#[derive(Debug, Clone)]
pub struct Event {
    names: Vec<String>,
    words: Vec<String>,
    figures: Vec<usize>,
}

impl Event {
    /// A new event.
    pub fn new(chance: &mut Chance) -> Self {
        Self {
            names: (0..5).map(|_| format!("{} {}", chance.name(), chance.name())).collect(),
            words: (0..24).map(|_| chance.word()).collect(),
            figures: (0..4).map(|_| 10 + chance.below(9000)).collect(),
        }
    }

    /// A report of the event with about so many words.
    pub fn report(&self, chance: &mut Chance, words: usize, published: Timestamp, outlet: usize) -> Article {
        let mut text = String::new();
        let mut sentences = 0;
        while text.split_whitespace().count() < words {
            text.push_str(&self.sentence(chance));
            sentences += 1;
            text.push_str(if sentences % 3 == 0 { "\n\n" } else { " " });
        }
        let title = format!("{} {} {}", self.noun(chance), self.word(chance), self.name(chance));
        Article { title, text, published, outlet }
    }

    fn name(&self, chance: &mut Chance) -> &str {
        &self.names[chance.below(self.names.len())]
    }

    fn word(&self, chance: &mut Chance) -> &str {
        &self.words[chance.below(self.words.len())]
    }

    fn noun(&self, chance: &mut Chance) -> String {
        let word = self.word(chance);
        word[..1].to_uppercase() + &word[1..]
    }

    fn sentence(&self, chance: &mut Chance) -> String {
        let (name, word, other) = (self.name(chance).to_owned(), self.word(chance), self.word(chance));
        let figure = self.figures[chance.below(self.figures.len())];
        let day = chance.of(&["Monday", "Tuesday", "Friday", "March 3", "last week"]);
        let outlet = chance.of(&["Reuters", "CNN", "the Guardian", "the Washington Post", "Le Monde"]);
        match chance.below(8) {
            0 => format!("“The {word} will not {other} before May,” said {name}, the minister for {word}."),
            1 => format!("{name} told {outlet} that more than {figure} people had left the {word} on {day}."),
            2 => format!("According to {name}, the {word} of the {other} cost {figure} million dollars in 2019."),
            3 => format!("The {word} near the {other} was closed on {day} after the {} had failed.", self.word(chance)),
            4 => format!("{} reported that the {other} had been known to {name} for {} years.", outlet, 2 + figure % 9),
            5 => {
                format!("Officials said the {word} would stay closed, and {name} denied that the {other} was to blame.")
            }
            6 => format!("About {figure} of the {word} were moved to the {other} in the night of {day}."),
            _ => format!("“We {word} the {other},” {name} said. “Nobody asked us about the {}.”", self.word(chance)),
        }
    }
}
