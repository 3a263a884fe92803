//! Identifiers: one type each, so that they can't be mixed up. Made as UUID v7, read in any version.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::ToSchema;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident,)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
        #[schema(value_type = Uuid, examples("019a2f64-5c00-7000-8000-000000000001"))]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new identifier, later ones sorting behind earlier ones.
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0.hyphenated(), f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                parse_uuid(text).map(Self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// An organization.
    OrgId,
    /// An account.
    UserId,
    /// A signed-in session.
    SessionId,
    /// An invitation into an organization.
    InvitationId,
    /// A resource: a kind of thing that is lent.
    ResourceId,
    /// A unit: one physical thing of a resource.
    UnitId,
    /// Planned maintenance of a unit.
    MaintenanceId,
    /// A tag.
    TagId,
    /// A booking.
    BookingId,
    /// An item of a booking.
    ItemId,
    /// A claim on a unit.
    ClaimId,
    /// A business object of any kind, where the kind stands beside it.
    EntityId,
    /// An event of the audit trail.
    EventId,
    /// A notification.
    NotificationId,
    /// An entry of the waitlist.
    EntryId,
    /// A fine.
    FineId,
    /// A payment of a fine.
    PaymentId,
}

/// Reads the usual text form with hyphens, in either case, and no other form.
fn parse_uuid(text: &str) -> Result<Uuid, String> {
    let refused = || "must be a UUID such as 019a2f64-5c00-7000-8000-000000000001".to_owned();
    if text.len() != 36 {
        return Err(refused());
    }
    Uuid::try_parse(text).map_err(|_| refused())
}

#[cfg(test)]
mod tests {
    use super::OrgId;

    #[test]
    fn only_the_usual_text_form_is_read() {
        let id = "019a2f64-5c00-7000-8000-000000000001";
        assert_eq!(id.parse::<OrgId>().unwrap().to_string(), id);
        assert!(id.to_uppercase().parse::<OrgId>().is_ok());
        for other in ["019a2f645c0070008000000000000001", "{019a2f64}", "", "x"] {
            assert!(other.parse::<OrgId>().is_err(), "{other}");
        }
    }
}
