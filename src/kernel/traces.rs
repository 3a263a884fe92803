//! By which words somebody is recognised in texts: addresses and names, each as a whole.

use super::UserId;

/// What tells a person apart in texts that others wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traces {
    /// The account; its id is a pseudonym and may stay.
    pub user_id: UserId,
    addresses: Vec<String>,
    names: Vec<String>,
    words: Vec<String>,
}

impl Traces {
    /// Of somebody who has, or had, these addresses and names.
    pub fn new(user_id: UserId, addresses: &[String], names: &[String]) -> Self {
        // SQLite folds ASCII alone, and so do we.
        let fold = |texts: &[String]| texts.iter().map(|text| text.to_ascii_lowercase()).collect();
        let (addresses, names): (Vec<String>, Vec<String>) = (fold(addresses), fold(names));
        let all = addresses.iter().chain(&names);
        let mut words: Vec<String> = all.flat_map(|word| [word.clone(), inside(word)]).collect();
        words.sort_unstable();
        words.dedup();
        Self { user_id, addresses, names, words }
    }

    /// The words in small letters, as they stand in plain texts and inside JSON: a text without any of
    /// them can't be about the person.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// Whether a text, plain or JSON, bears a name or an address.
    pub fn named_in(&self, text: &str) -> bool {
        let folded = text.to_ascii_lowercase();
        let named = |name: &String| is_named(&folded, name) || is_named(&folded, &inside(name));
        self.addressed_in(text) || self.names.iter().any(named)
    }

    /// Whether it bears an address.
    pub fn addressed_in(&self, text: &str) -> bool {
        let folded = text.to_ascii_lowercase();
        self.addresses.iter().any(|address| stands_in(&folded, &inside(address), ".+-_"))
    }
}

/// A name of one word is a word of the language too: only as a whole value it is the person.
fn is_named(text: &str, name: &str) -> bool {
    if name.contains(' ') {
        return stands_in(text, name, "");
    }
    text == name || text.contains(&format!("\"{name}\""))
}

/// Whether a word stands in a text and is not a part of a longer one. In addresses these further
/// characters belong to a word.
fn stands_in(text: &str, word: &str, further: &str) -> bool {
    let belongs = |c: char| c.is_alphanumeric() || further.contains(c);
    text.match_indices(word).any(|(at, word)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        // A full stop behind an address ends a sentence.
        let after = text.get(at + word.len()..).and_then(|text| text.chars().next());
        let in_front = before.is_some_and(belongs);
        let behind = after.is_some_and(|c| belongs(c) && c != '.');
        !in_front && !behind
    })
}

/// A text as it stands inside a string of JSON.
fn inside(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    let inner = quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    inner.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ada(name: &str) -> Traces {
        Traces::new(UserId::new(), &["ada@example.edu".to_owned()], &[name.to_owned()])
    }

    #[test]
    fn names_and_addresses_are_found_in_any_case_and_as_a_whole() {
        let ada = ada("Ada Byron");
        for text in
            ["for ADA BYRON, please", "Ada Byron", "write to Ada@Example.edu.", "(ada byron)"]
        {
            assert!(ada.named_in(text), "{text}");
        }
        for text in [
            "Ada Byronson",
            "Granada Byron",
            "wada@example.edu",
            "ada@example.education",
            "x.ada@example.edu",
            "Ada",
            "Byron, Ada",
            "",
        ] {
            assert!(!ada.named_in(text), "{text}");
        }
        assert!(!ada.addressed_in("Ada Byron") && ada.addressed_in("<ada@example.edu>"));
    }

    #[test]
    fn a_name_of_one_word_counts_as_a_whole_value_alone() {
        let media = ada("Media");
        assert!(media.named_in(r#"{"full_name":"Media"}"#) && media.named_in("media"));
        assert!(!media.named_in("a media project") && !media.named_in("Multimedia"));
    }

    #[test]
    fn what_json_escapes_is_found_inside_json() {
        let quoted = ada("Ada \"Bo\" Byron");
        let json = serde_json::json!({ "note": "for Ada \"Bo\" Byron" }).to_string();
        assert!(quoted.named_in(&json), "{json}");
        assert!(quoted.words().iter().any(|word| json.to_ascii_lowercase().contains(word)));
    }
}
