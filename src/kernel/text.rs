//! Rules for texts that come from outside, in the form that `garde` takes.

use garde::Error;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// A single line: so many characters, not only blanks, no control characters.
pub fn line(min: usize, max: usize) -> impl Fn(&str, &()) -> garde::Result {
    move |text, ()| check(text, min, max, false)
}

/// A longer text: tab and newline are allowed too.
pub fn prose(max: usize) -> impl Fn(&str, &()) -> garde::Result {
    move |text, ()| check(text, 0, max, true)
}

/// A longer text that must say something.
pub fn words(max: usize) -> impl Fn(&str, &()) -> garde::Result {
    move |text, ()| check(text, 1, max, true)
}

/// Applies a rule for texts to a value that may be missing.
pub fn opt<T: AsRef<str>>(
    rule: impl Fn(&str, &()) -> garde::Result,
) -> impl Fn(&Option<T>, &()) -> garde::Result {
    move |text, context| text.as_ref().map_or(Ok(()), |text| rule(text.as_ref(), context))
}

/// Applies a rule for texts to a field of a merge patch that may be set to null.
pub fn nullable<T: AsRef<str>>(
    rule: impl Fn(&str, &()) -> garde::Result,
) -> impl Fn(&Option<Option<T>>, &()) -> garde::Result {
    move |text, context| match text {
        Some(Some(text)) => rule(text.as_ref(), context),
        _ => Ok(()),
    }
}

/// An email address: one `@` with something on both sides, at most 254 bytes (RFC 5321), no blanks.
pub fn email(text: &str, _: &()) -> garde::Result {
    check(text, 3, 254, false)?;
    let well_formed = text.len() <= 254
        && text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && !domain.is_empty() && !domain.contains('@')
        })
        && !text.contains(char::is_whitespace);
    if well_formed { Ok(()) } else { Err(Error::new("must be an email address such as a@b.org")) }
}

/// The form in which emails are compared.
pub fn fold_email(text: &str) -> String {
    text.trim().to_lowercase()
}

/// The form in which a search compares texts: without case and accents.
pub fn fold(text: &str) -> String {
    text.trim().nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

fn check(text: &str, min: usize, max: usize, long: bool) -> garde::Result {
    let length = text.chars().count();
    if length < min || length > max {
        return Err(Error::new(format!("must have {min} to {max} characters, has {length}")));
    }
    if min > 0 && text.trim().is_empty() {
        return Err(Error::new("must not be blank"));
    }
    // A newline may come in the two characters that some systems write.
    let plain = text.replace("\r\n", "\n");
    if plain.chars().any(|c| c.is_control() && !(long && matches!(c, '\t' | '\n'))) {
        return Err(Error::new("must not contain control characters"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_bounded_and_free_of_control_characters() {
        let rule = line(1, 5);
        assert!(rule("Caméra", &()).is_err());
        assert!(rule("Camér", &()).is_ok());
        for bad in ["", "  ", "a\nb", "a\u{0}"] {
            assert!(rule(bad, &()).is_err(), "{bad:?}");
        }
        assert!(prose(10)("a\tb\nc", &()).is_ok());
        assert!(prose(10)("a\r\nb", &()).is_ok());
        assert!(prose(10)("a\rb", &()).is_err());
        assert!(prose(10)("a\u{7}", &()).is_err());
        assert!(prose(10)("", &()).is_ok());
        assert!(words(10)("a\nb", &()).is_ok());
        assert!(words(10)("", &()).is_err() && words(10)(" \n", &()).is_err());
    }

    #[test]
    fn a_search_sees_neither_case_nor_accents() {
        assert_eq!(fold(" Hélène ÇELİK "), fold("helene celik"));
        assert_ne!(fold("anna"), fold("anne"));
    }

    #[test]
    fn emails_have_two_sides() {
        assert!(email("a@b.org", &()).is_ok());
        for bad in ["a", "@b", "a@", "a b@c", "a@b@c"] {
            assert!(email(bad, &()).is_err(), "{bad}");
        }
    }
}
