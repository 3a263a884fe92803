//! Pure decisions of the inventory.

use super::model::{
    Resource, ResourceFilters, ResourcePatch, ResourceStatus, Unit, UnitCondition, UnitPatch,
    UnitStatus,
};
use crate::audit::Action;
use crate::kernel::clock::DAY;
use crate::kernel::{BookingId, Code, Error, OrgId, Result, Window, bug, text};

/// The longest period a filter may ask for, in days.
const LONGEST_RANGE: i64 = 366;
/// More words of a search are left out: they would narrow nothing that twenty have not.
const MOST_WORDS: usize = 20;

/// The resource as the patch wants it.
pub(super) fn merged(current: &Resource, patch: &ResourcePatch) -> Resource {
    let mut wanted = current.clone();
    set(&mut wanted.r#type, patch.r#type.as_ref());
    set(&mut wanted.name, patch.name.as_ref());
    set(&mut wanted.description, patch.description.as_ref());
    set(&mut wanted.serial_number, patch.serial_number.as_ref());
    set(&mut wanted.status, patch.status.as_ref());
    set(&mut wanted.buffer_minutes, patch.buffer_minutes.as_ref());
    if let Some(tags) = patch.tags.as_ref().map(|tags| tag_names(tags)) {
        let folded = |tags: &[String]| {
            let mut folded: Vec<String> = tags.iter().map(|tag| fold(tag)).collect();
            folded.sort_unstable();
            folded
        };
        if folded(&tags) != folded(&wanted.tags) {
            wanted.tags = tags;
        }
    }
    wanted
}

/// The unit as the patch wants it.
pub(super) fn merged_unit(current: &Unit, patch: &UnitPatch) -> Unit {
    let mut wanted = current.clone();
    set(&mut wanted.barcode, patch.barcode.as_ref().map(|text| text.trim().to_owned()).as_ref());
    set(&mut wanted.condition, patch.condition.as_ref());
    in_status(wanted, patch.status.unwrap_or(current.status))
}

/// The unit in this status. What was said when it left service ends with that.
fn in_status(unit: Unit, status: UnitStatus) -> Unit {
    let ends = status == UnitStatus::Available && !bug::seeded("note_stays_in_service");
    let status_note = unit.status_note.filter(|_| !ends);
    Unit { status, status_note, ..unit }
}

/// The unit out of service, whoever holds it.
pub(super) fn withdrawn(current: &Unit, status: UnitStatus, note: Option<String>) -> Unit {
    in_status(Unit { status_note: note, ..current.clone() }, status)
}

/// The unit as it came back, maybe not to be lent again for now.
pub(super) fn taken_back(
    current: &Unit,
    condition: Option<UnitCondition>,
    leaves_service: Option<UnitStatus>,
    note: Option<String>,
) -> Unit {
    let mut wanted = current.clone();
    set(&mut wanted.condition, condition.as_ref());
    match leaves_service {
        // Nothing new was said about a unit that is out of service already.
        Some(status) if status == current.status && note.is_none() => wanted,
        Some(status) => withdrawn(&wanted, status, note),
        None => wanted,
    }
}

fn set<T: Clone>(field: &mut T, value: Option<&T>) {
    if let Some(value) = value {
        field.clone_from(value);
    }
}

/// Each tag once, without blanks around it.
pub(super) fn tag_names(names: &[String]) -> Vec<String> {
    let mut once: Vec<String> = Vec::new();
    for name in names.iter().map(|name| name.trim()) {
        if !once.iter().any(|known| fold(known) == fold(name)) {
            once.push(name.to_owned());
        }
    }
    once
}

/// As the database compares tags: without the case of ASCII letters.
fn fold(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// How a change is called in the audit trail.
pub(super) fn action<S: Copy + PartialEq>(before: S, after: S) -> Action {
    if before == after { Action::Update } else { Action::StatusChange }
}

/// Whether a resource leaves service by this change.
pub(super) fn leaves_service(before: ResourceStatus, after: ResourceStatus) -> bool {
    before != after && after != ResourceStatus::Available
}

/// Whether a unit leaves service by this change.
pub(super) fn unit_leaves_service(before: UnitStatus, after: UnitStatus) -> bool {
    before != after && after != UnitStatus::Available
}

/// What active bookings hold must stay in service.
pub(super) fn must_not_be_in_use(bookings: &[BookingId]) -> Result<()> {
    if bookings.is_empty() || bug::seeded("in_use_ignored") {
        return Ok(());
    }
    let detail = format!("{} active bookings hold this; see bookings.", bookings.len());
    Err(Error::new(Code::InUse, detail).with("bookings", bookings))
}

/// Deleted objects are for staff, and only when asked for.
pub(super) fn may_see_deleted(include_deleted: bool, is_staff: bool) -> Result<()> {
    if include_deleted && !is_staff {
        let detail = "Deleted objects are shown to staff only: leave include_deleted out.";
        return Err(Error::new(Code::Forbidden, detail));
    }
    Ok(())
}

/// The period in which units must be free, and how many of them.
pub(super) fn wanted_period(filters: &ResourceFilters) -> Result<Option<(Window, u32)>> {
    let quantity = filters.quantity.unwrap_or(1);
    if !(1..=100).contains(&quantity) {
        return Err(Error::invalid_parameter("quantity", "must be a number from 1 to 100"));
    }
    let (from, to) = match (filters.available_from, filters.available_to) {
        (Some(from), Some(to)) => (from, to),
        (None, None) if filters.quantity.is_none() => return Ok(None),
        (Some(_), None) => return Err(goes_with("available_to", "available_from")),
        (None, Some(_)) => return Err(goes_with("available_from", "available_to")),
        (None, None) => return Err(goes_with("available_from", "quantity")),
    };
    let window = Window::new(from, to).ok_or_else(|| {
        Error::invalid_parameter("available_to", "must be later than available_from")
    })?;
    if window.millis() > LONGEST_RANGE * DAY {
        let detail = format!("must be at most {LONGEST_RANGE} days after available_from");
        return Err(Error::invalid_parameter("available_to", detail));
    }
    Ok(Some((window, quantity)))
}

fn goes_with(missing: &str, given: &str) -> Error {
    Error::invalid_parameter(missing, format!("is needed together with {given}"))
}

/// A text to filter by is what a text to be stored may be.
pub(super) fn check_text(name: &str, text: Option<&str>, max: usize) -> Result<()> {
    let fault = text.and_then(|text| text::line(1, max)(text, &()).err());
    fault.map_or(Ok(()), |fault| Err(Error::invalid_parameter(name, fault.to_string())))
}

/// The tags of a filter, as the JSON array that the statement takes.
pub(super) fn wanted_tags(tag: Option<&str>) -> Option<String> {
    let names: Vec<String> = tag?.split(',').map(str::to_owned).collect();
    let names: Vec<String> =
        tag_names(&names).into_iter().filter(|name| !name.is_empty()).collect();
    serde_json::to_string(&names).ok()
}

/// The search as FTS5 reads it: the organization's token, and each word quoted, as a prefix. None
/// when no word is left to search for, and so nothing can be found.
pub(super) fn search(org: OrgId, text: &str) -> Option<String> {
    let words: Vec<String> = text
        .split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .take(MOST_WORDS)
        .map(|word| format!("\"{}\"*", word.replace('"', " ")))
        .collect();
    if words.is_empty() {
        return None;
    }
    let words = words.join(" AND ");
    if bug::seeded("search_across_organizations") {
        return Some(words);
    }
    let token = org.0.simple();
    Some(format!("org : \"o{token}\" AND {{name description serial_number}} : ({words})"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Timestamp;

    #[test]
    fn words_of_a_search_are_never_syntax() {
        let org: OrgId = "019a2f64-5c00-7000-8000-000000000001".parse().unwrap();
        let front = "org : \"o019a2f645c0070008000000000000001\" \
                     AND {name description serial_number} : ";
        for (text, words) in [
            ("sony fx6", r#"("sony"* AND "fx6"*)"#),
            ("a\" OR org:\"b", r#"("a "* AND "OR"* AND "org: b"*)"#),
            ("NOT (x)", r#"("NOT"* AND "(x)"*)"#),
        ] {
            assert_eq!(search(org, text).unwrap(), format!("{front}{words}"));
        }
        assert_eq!(search(org, " \"*\" -- "), None);
    }

    #[test]
    fn a_search_reaches_the_words_of_its_organization_alone() {
        let org = OrgId::new();
        let token = format!("org : \"o{}\" AND ", org.0.simple());
        assert!(search(org, "sony").unwrap().starts_with(&token));
    }

    #[test]
    fn a_period_needs_both_ends_in_order_and_at_most_a_year() {
        let at = |days: i64| Some(Timestamp::from_millis(days * DAY));
        let ask = |from, to, quantity| {
            wanted_period(&ResourceFilters {
                available_from: from,
                available_to: to,
                quantity,
                ..ResourceFilters::default()
            })
        };
        assert!(ask(None, None, None).unwrap().is_none());
        assert_eq!(ask(at(1), at(2), None).unwrap().unwrap().1, 1);
        assert!(ask(at(1), at(367), Some(100)).is_ok());
        for (from, to, quantity) in [
            (at(1), None, None),
            (None, at(1), None),
            (None, None, Some(1)),
            (at(2), at(1), None),
            (at(1), at(1), None),
            (at(1), at(368), None),
            (at(1), at(2), Some(0)),
            (at(1), at(2), Some(101)),
        ] {
            let error = ask(from, to, quantity).unwrap_err();
            assert_eq!(error.code(), Code::InvalidParameter, "{from:?} {to:?} {quantity:?}");
        }
    }

    #[test]
    fn each_tag_stands_once_without_regard_to_case() {
        let names = ["Video".to_owned(), " video ".to_owned(), "4K".to_owned()];
        assert_eq!(tag_names(&names), ["Video", "4K"]);
        assert_eq!(wanted_tags(Some("a,,A")), Some("[\"a\"]".to_owned()));
    }
}
