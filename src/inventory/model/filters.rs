//! What lists of the inventory can be narrowed to.

use serde::Deserialize;
use utoipa::IntoParams;

use super::resource::ResourceStatus;
use crate::kernel::Timestamp;

/// Which resources are wanted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ResourceFilters {
    /// Of this type, compared without case.
    #[param(min_length = 1, max_length = 200, example = "camera")]
    pub r#type: Option<String>,
    /// In this status.
    #[param(inline)]
    pub status: Option<ResourceStatus>,
    /// With all of these tags, separated by commas.
    #[param(min_length = 1, max_length = 3050, example = "video,4k")]
    pub tag: Option<String>,
    /// With these words, or words that begin with them, in name, description or serial number;
    /// case and accents make no difference.
    #[param(min_length = 1, max_length = 200, example = "cam sony")]
    pub q: Option<String>,
    /// Made at this time or later.
    pub created_from: Option<Timestamp>,
    /// Made before this time.
    pub created_to: Option<Timestamp>,
    /// Free from this time on; goes with `available_to`.
    pub available_from: Option<Timestamp>,
    /// Free until this time, at most 366 days later; goes with `available_from`.
    pub available_to: Option<Timestamp>,
    /// So many units free for the whole period; 1 unless said.
    #[param(minimum = 1, maximum = 100)]
    pub quantity: Option<u32>,
    /// Deleted ones too; staff only.
    #[serde(default)]
    pub include_deleted: bool,
}

/// Which units are wanted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct UnitFilters {
    /// With this barcode.
    #[param(min_length = 1, max_length = 100, example = "CAM-0001")]
    pub barcode: Option<String>,
    /// Deleted ones too; staff only.
    #[serde(default)]
    pub include_deleted: bool,
}

/// Whether deleted objects are wanted too, where nothing else can be chosen.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Visibility {
    /// Deleted ones too; staff only.
    #[serde(default)]
    pub include_deleted: bool,
}
