//! The files in `seeds/`, which are part of the binary.

pub(super) mod counter;
pub(super) mod queues;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::identity::{NewOrganization, OrganizationPatch, Policy, PolicyPatch};
use crate::inventory::{NewResource, NewUnit, ResourceStatus, UnitCondition};
use crate::kernel::{Error, OrgId, Result, Role};
use counter::{CounterFile, Damage};
use queues::QueueFile;

/// From so many units on a stock is large.
const LARGE_STOCK: u32 = 6;

/// One organization of the demo, as its files describe it.
pub(super) struct School {
    /// The name of its folder.
    pub(super) folder: &'static str,
    pub(super) organization: OrganizationFile,
    pub(super) people: Vec<PersonFile>,
    pub(super) resources: Vec<ResourceFile>,
    pub(super) purposes: Vec<String>,
    pub(super) notes: Notes,
    pub(super) queues: Vec<QueueFile>,
    pub(super) counter: CounterFile,
}

impl School {
    /// Where somebody stands in the file.
    pub(super) fn person(&self, name: &str) -> Result<usize> {
        let found = self.people.iter().position(|person| person.full_name == name);
        found.ok_or_else(|| Error::internal(format!("nobody is called {name}")))
    }

    /// Who is named to sign in with this role: the first one at home here that has no higher one.
    pub(super) fn sign_in(&self, role: Role) -> Option<usize> {
        self.people.iter().position(|one| one.home.is_none() && one.highest_role() == role)
    }

    /// Where a resource stands in the file.
    pub(super) fn resource(&self, name: &str) -> Result<usize> {
        let found = self.resources.iter().position(|file| file.name == name);
        found.ok_or_else(|| Error::internal(format!("nothing is called {name}")))
    }

    /// Where the resource of a unit stands in the file, and the unit among those of the resource.
    pub(super) fn unit(&self, barcode: &str) -> Result<(usize, usize)> {
        let found = self.resources.iter().enumerate().find_map(|(resource, file)| {
            let number = barcode.strip_prefix(&file.barcode_prefix)?.strip_prefix('-')?;
            let number: usize = number.parse().ok()?;
            Some((resource, number.checked_sub(1)?))
        });
        found.ok_or_else(|| Error::internal(format!("nothing bears {barcode}")))
    }
}

/// `organization.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrganizationFile {
    /// Fixed, so that a second run finds it and examples can name it.
    pub(super) id: OrgId,
    name: String,
    pub(super) timezone: String,
    currency: String,
    /// What differs from the usual policy, as PATCH takes it.
    policy: PolicyPatch,
}

impl OrganizationFile {
    /// The change that gives it a policy of its own.
    pub(super) fn patch(&self) -> OrganizationPatch {
        OrganizationPatch { policy: Some(self.policy.clone()), ..OrganizationPatch::default() }
    }

    /// Whether what students ask needs a decision.
    pub(super) fn decides_about_students(&self) -> bool {
        let switches = self.policy.auto_approve.as_ref();
        let usual = Policy::default().auto_approve.student;
        !switches.and_then(|switches| switches.student).unwrap_or(usual)
    }

    /// How many active bookings a student may have.
    pub(super) fn student_limit(&self) -> u32 {
        let limits = self.policy.max_active_bookings.as_ref();
        let limit = limits.and_then(|limits| limits.student);
        limit.unwrap_or(Policy::default().max_active_bookings.student).unwrap_or(u32::MAX)
    }

    pub(super) fn request(&self) -> NewOrganization {
        NewOrganization {
            name: self.name.clone(),
            timezone: self.timezone.clone(),
            currency: Some(self.currency.clone()),
        }
    }
}

/// Somebody in `people.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonFile {
    pub(super) full_name: String,
    pub(super) email: String,
    pub(super) roles: Vec<Role>,
    /// The folder of the organization that has the account, when it is another one.
    pub(super) home: Option<String>,
}

impl PersonFile {
    pub(super) fn highest_role(&self) -> Role {
        self.roles.iter().copied().max().unwrap_or(Role::Student)
    }
}

/// A resource of `resources.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ResourceFile {
    r#type: String,
    pub(super) name: String,
    description: String,
    serial_number: Option<String>,
    status: Option<ResourceStatus>,
    tags: Vec<String>,
    buffer_minutes: Option<u32>,
    pub(super) units: u32,
    barcode_prefix: String,
}

impl ResourceFile {
    /// Whether it can be booked at all.
    pub(super) fn is_lent(&self) -> bool {
        self.status.is_none_or(|status| status == ResourceStatus::Available)
    }

    /// How many units are surely in service: of a large stock the last one may be in repair.
    pub(super) fn in_service(&self) -> u32 {
        if self.units < LARGE_STOCK { self.units } else { self.units - 1 }
    }

    /// The request that makes it, without its units.
    pub(super) fn request(&self) -> NewResource {
        NewResource {
            r#type: self.r#type.clone(),
            name: self.name.clone(),
            description: self.description.clone(),
            serial_number: self.serial_number.clone(),
            status: self.status,
            tags: self.tags.clone(),
            buffer_minutes: self.buffer_minutes,
            units: Vec::new(),
        }
    }

    /// The requests that make its units, each in the condition that `condition` says.
    pub(super) fn units(&self, mut condition: impl FnMut() -> UnitCondition) -> Vec<NewUnit> {
        let unit = |number: u32| NewUnit {
            barcode: format!("{}-{number:03}", self.barcode_prefix),
            condition: Some(condition()),
        };
        (1..=self.units).map(unit).collect()
    }
}

/// `notes.toml`: what people write when they decide or give up, and what is said at the counter.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Notes {
    pub(super) approved: Vec<String>,
    pub(super) rejected: Vec<String>,
    pub(super) cancelled: Vec<String>,
    pub(super) worn: Vec<String>,
    pub(super) damaged: Vec<Damage>,
    pub(super) waived: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct People {
    people: Vec<PersonFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Resources {
    resources: Vec<ResourceFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Purposes {
    purposes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Waitlist {
    queues: Vec<QueueFile>,
}

macro_rules! school {
    ($folder:literal) => {
        School {
            folder: $folder,
            organization: seed_file!($folder, "organization.toml")?,
            people: seed_file!($folder, "people.toml").map(|file: People| file.people)?,
            resources: seed_file!($folder, "resources.toml")
                .map(|file: Resources| file.resources)?,
            purposes: seed_file!($folder, "purposes.toml").map(|file: Purposes| file.purposes)?,
            notes: seed_file!($folder, "notes.toml")?,
            queues: seed_file!($folder, "waitlist.toml").map(|file: Waitlist| file.queues)?,
            counter: seed_file!($folder, "counter.toml")?,
        }
    };
}

macro_rules! seed_file {
    ($folder:literal, $name:literal) => {
        parse(
            concat!("seeds/", $folder, "/", $name),
            include_str!(concat!("../../seeds/", $folder, "/", $name)),
        )
    };
}

/// The organizations of the demo. Who is at home in one and works in another comes first at home.
///
/// # Errors
/// When a file is not what it should be, which a test would have found.
pub(super) fn schools() -> Result<[School; 3]> {
    Ok([school!("halyard"), school!("kowhai"), school!("mistral")])
}

fn parse<T: DeserializeOwned>(path: &str, text: &str) -> Result<T> {
    toml::from_str(text).map_err(|error| Error::internal(format!("{path}: {error}")))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use garde::Validate;

    use super::*;

    #[test]
    fn the_files_hold_what_the_demo_promises() {
        let schools = schools().unwrap();
        let accounts =
            schools.iter().flat_map(|school| &school.people).filter(|one| one.home.is_none());
        assert_eq!(accounts.count(), 60);
        let resources: Vec<&ResourceFile> = schools.iter().flat_map(|one| &one.resources).collect();
        assert_eq!(resources.len(), 300);
        assert_eq!(resources.iter().map(|one| one.units).sum::<u32>(), 1500);
        let types: HashSet<&str> = resources.iter().map(|one| one.r#type.as_str()).collect();
        assert!(types.len() >= 12, "{types:?}");
        let zones: HashSet<&str> =
            schools.iter().map(|one| one.organization.timezone.as_str()).collect();
        assert_eq!(zones.len(), 3);
        for school in &schools {
            for role in Role::ALL {
                assert!(school.people.iter().any(|one| one.highest_role() == role));
            }
        }
    }

    #[test]
    fn everything_in_the_files_would_pass_the_api() {
        for school in schools().unwrap() {
            school.organization.request().validate().unwrap();
            school.organization.patch().validate().unwrap();
            for resource in &school.resources {
                resource.request().validate().unwrap();
                resource.units(|| UnitCondition::Good).validate().unwrap();
            }
            let notes = &school.notes;
            let decisions = [&notes.approved, &notes.rejected, &notes.cancelled];
            let texts = decisions.into_iter().chain([&school.purposes, &notes.worn, &notes.waived]);
            assert!(texts.into_iter().all(|texts| !texts.is_empty()) && !notes.damaged.is_empty());
        }
    }
}
