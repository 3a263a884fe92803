//! How the words of the kernel stand in the database: ids as text, instants and money as integers.

use std::str::FromStr;

use rusqlite::Row;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

use crate::kernel::{
    BookingId, Cents, ClaimId, EntityId, EntryId, EventId, FineId, InvitationId, ItemId,
    MaintenanceId, NotificationId, OrgId, PaymentId, ResourceId, Role, SessionId, SortValue, TagId,
    Timestamp, UnitId, UserId,
};

macro_rules! ids_as_text {
    ($($id:ty),* $(,)?) => {$(
        impl ToSql for $id {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(self.to_string().into())
            }
        }

        impl FromSql for $id {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                value.as_str()?.parse().map_err(|message: String| FromSqlError::Other(message.into()))
            }
        }
    )*};
}

ids_as_text!(
    BookingId,
    ClaimId,
    EntityId,
    EntryId,
    EventId,
    FineId,
    InvitationId,
    ItemId,
    MaintenanceId,
    NotificationId,
    OrgId,
    PaymentId,
    ResourceId,
    SessionId,
    TagId,
    UnitId,
    UserId,
);

impl ToSql for Timestamp {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.millis().into())
    }
}

impl FromSql for Timestamp {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(Self::from_millis)
    }
}

impl ToSql for Cents {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.get().into())
    }
}

impl FromSql for Cents {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(Self::new)
    }
}

/// Reads a column that holds one of a closed list of words.
pub fn word<T: FromStr<Err = String>>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    let read = |text: &str| text.parse().map_err(|fault: String| FromSqlError::Other(fault.into()));
    row.get_ref(column)?.as_str().and_then(read).map_err(rusqlite::Error::from)
}

impl ToSql for Role {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.name().into())
    }
}

impl FromSql for Role {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::from_name(value.as_str()?).ok_or(FromSqlError::InvalidType)
    }
}

impl ToSql for SortValue {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Integer(number) => Ok((*number).into()),
            Self::Text(text) => Ok(text.as_str().into()),
        }
    }
}

impl FromSql for SortValue {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value {
            ValueRef::Integer(number) => Ok(Self::Integer(number)),
            ValueRef::Text(_) => Ok(Self::Text(value.as_str()?.to_owned())),
            _ => Err(FromSqlError::InvalidType),
        }
    }
}
