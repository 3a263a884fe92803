//! Rules for single fields, in the form that `garde` takes.

use garde::Error;
use secrecy::{ExposeSecret, SecretString};

use crate::kernel::Role;

/// The shortest and the longest password, in characters.
const PASSWORD: std::ops::RangeInclusive<usize> = 12..=128;

/// A time zone of the IANA database that this build contains.
pub(in crate::identity) fn timezone(name: &str, (): &()) -> garde::Result {
    match canonical_timezone(name) {
        Some(_) => Ok(()),
        None => Err(Error::new("must be an IANA time zone such as Europe/Berlin")),
    }
}

/// The name as the IANA database writes it.
pub(in crate::identity) fn canonical_timezone(name: &str) -> Option<String> {
    let zone = jiff::tz::TimeZone::get(name).ok()?;
    zone.iana_name().map(str::to_owned)
}

/// Three capital letters (ISO 4217).
pub(in crate::identity) fn currency(code: &str, (): &()) -> garde::Result {
    if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Ok(());
    }
    Err(Error::new("must be a currency of ISO 4217 such as EUR"))
}

/// Long enough to resist guessing, short enough to be hashed.
pub(in crate::identity) fn password(password: &SecretString, (): &()) -> garde::Result {
    let password = password.expose_secret();
    if !PASSWORD.contains(&password.chars().count()) {
        return Err(Error::new("must have 12 to 128 characters"));
    }
    if password.chars().any(char::is_control) {
        return Err(Error::new("must not contain control characters"));
    }
    Ok(())
}

/// Each role once.
pub(in crate::identity) fn roles(roles: &[Role], (): &()) -> garde::Result {
    let mut distinct = roles.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() == roles.len() {
        return Ok(());
    }
    Err(Error::new("must name each role once"))
}

/// Each role once, where roles are named.
#[expect(clippy::ref_option, reason = "garde hands over the field as it is")]
pub(in crate::identity) fn opt_roles(named: &Option<Vec<Role>>, context: &()) -> garde::Result {
    named.as_deref().map_or(Ok(()), |named| roles(named, context))
}

/// A secret that is only compared: no longer than any that could be right.
pub(in crate::identity) fn bounded(secret: &SecretString, (): &()) -> garde::Result {
    if secret.expose_secret().chars().count() > *PASSWORD.end() {
        return Err(Error::new("must have at most 128 characters"));
    }
    Ok(())
}

/// A limit of the policy: within a range, or switched off by null.
pub(in crate::identity) fn limit(
    min: u32,
    max: u32,
) -> impl Fn(&Option<Option<u32>>, &()) -> garde::Result {
    move |asked, ()| match asked {
        Some(Some(asked)) if !(min..=max).contains(asked) => {
            Err(Error::new(format!("must be between {min} and {max}, or null for no limit")))
        }
        _ => Ok(()),
    }
}

/// A number of the policy within a range, in its unit.
pub(in crate::identity) fn between(
    min: u32,
    max: u32,
    unit: &'static str,
) -> impl Fn(&Option<u32>, &()) -> garde::Result {
    move |asked, ()| match asked {
        Some(asked) if !(min..=max).contains(asked) => {
            Err(Error::new(format!("must be between {min} and {max} {unit}")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_zones_of_the_iana_database_count() {
        for good in ["Europe/Berlin", "America/Argentina/Ushuaia", "UTC", "europe/berlin"] {
            assert!(timezone(good, &()).is_ok(), "{good}");
        }
        for bad in ["Berlin", "+02:00", "CET-1CEST", "", "Europe/../Berlin"] {
            assert!(timezone(bad, &()).is_err(), "{bad}");
        }
        assert_eq!(canonical_timezone("europe/berlin").as_deref(), Some("Europe/Berlin"));
    }

    #[test]
    fn passwords_have_twelve_to_a_hundred_and_twenty_eight_characters() {
        let check = |text: &str| password(&SecretString::from(text), &()).is_ok();
        assert!(check("twelve chars"));
        assert!(check(&"é".repeat(128)));
        for bad in ["eleven char", "", &"é".repeat(129), "twelve\u{0}chars"] {
            assert!(!check(bad), "{bad:?}");
        }
    }

    #[test]
    fn a_role_is_named_once() {
        assert!(roles(&[Role::Admin, Role::Student], &()).is_ok());
        assert!(roles(&[Role::Staff, Role::Staff], &()).is_err());
    }
}
