//! An organization opens: its people come, its things are put on the shelf.

use std::collections::HashMap;

use super::days::Days;
use super::files::{PersonFile, ResourceFile, School};
use super::fortune::Fortune;
use crate::db::{GlobalWriteTx, WriteTx};
use crate::identity::{self, NewAccount, PasswordHash};
use crate::inventory::{self, UnitCondition, UnitPatch, UnitStatus};
use crate::kernel::clock::{DAY, MINUTE};
use crate::kernel::{
    Actor, Error, Precondition, ResourceId, Result, Role, Timestamp, UnitId, UserId,
};

/// When it all begins, in days before today; the first booking is made later than all of this.
const FOUNDED: i64 = 75;
/// How long each step takes.
const STEP: i64 = 17 * MINUTE;

/// The accounts made so far, by address, over all organizations.
pub(super) type Accounts = HashMap<String, UserId>;

/// An organization that is open, its people and things in the order of the files.
pub(super) struct Opened {
    pub(super) people: Vec<(UserId, Role)>,
    pub(super) resources: Vec<(ResourceId, Vec<UnitId>)>,
}

/// The opening of one organization; time goes on with every step.
pub(super) struct Opening<'a> {
    pub(super) global: &'a GlobalWriteTx<'a>,
    pub(super) school: &'a School,
    /// One for each account, by address.
    pub(super) hashes: &'a HashMap<String, PasswordHash>,
    now: Timestamp,
    fortune: Fortune,
}

impl<'a> Opening<'a> {
    pub(super) fn of(
        global: &'a GlobalWriteTx<'a>,
        school: &'a School,
        hashes: &'a HashMap<String, PasswordHash>,
        days: &Days,
    ) -> Self {
        let now = days.anchor.plus(-FOUNDED * DAY);
        Self { global, school, hashes, now, fortune: Fortune::of(school.folder) }
    }

    /// Opens it.
    pub(super) fn open(
        mut self,
        accounts: &mut Accounts,
        mut told: impl FnMut(),
    ) -> Result<Opened> {
        let file = &self.school.organization;
        identity::found_organization(&self.next(Actor::system()), &file.request())?;
        let tx = self.next(Actor::system());
        identity::change_organization(&tx, &file.patch(), &Precondition::none())?;
        let mut people = Vec::new();
        for person in &self.school.people {
            people.push((self.welcome(person, accounts)?, person.highest_role()));
        }
        let keeper = people.iter().find(|(_, role)| *role == Role::Admin).copied();
        let (keeper, role) = keeper.ok_or_else(|| Error::internal("a demo without an admin"))?;
        let keeper = Actor::person(keeper, role);
        let mut resources = Vec::new();
        for file in &self.school.resources {
            resources.push(self.shelve(file, &keeper)?);
            told();
        }
        Ok(Opened { people, resources })
    }

    /// The transaction of the next step.
    fn next(&mut self, actor: Actor) -> WriteTx<'a> {
        self.now = self.now.plus(STEP);
        self.global.write_at(self.school.organization.id, actor, self.now)
    }

    /// Makes the account of somebody, or gives roles to one that another organization has made.
    fn welcome(&mut self, person: &PersonFile, accounts: &mut Accounts) -> Result<UserId> {
        let tx = self.next(Actor::system());
        if let Some(user) = accounts.get(&person.email).filter(|_| person.home.is_some()) {
            for role in &person.roles {
                identity::grant_role(&tx, *user, *role)?;
            }
            return Ok(*user);
        }
        let hash = self.hashes.get(&person.email);
        let new = NewAccount {
            email: person.email.clone(),
            full_name: person.full_name.clone(),
            password_hash: hash.cloned().ok_or_else(|| Error::internal("no hash"))?,
            roles: person.roles.clone(),
        };
        let member = identity::create_account(&tx, &new)?;
        accounts.insert(person.email.clone(), member.user_id);
        Ok(member.user_id)
    }

    /// Makes a resource with its units; of some large stocks the last unit is in repair.
    fn shelve(&mut self, file: &ResourceFile, keeper: &Actor) -> Result<(ResourceId, Vec<UnitId>)> {
        let tx = self.next(keeper.clone());
        let resource = inventory::create_resource(&tx, &file.request())?.id;
        let requests = file.units(|| condition(&mut self.fortune));
        let units = inventory::create_units(&tx, resource, &requests)?;
        let units: Vec<UnitId> = units.into_iter().map(|unit| unit.id).collect();
        let spare = units.last().filter(|_| file.in_service() < file.units);
        if let Some(unit) = spare.filter(|_| self.fortune.percent(20)) {
            let repair =
                UnitPatch { status: Some(UnitStatus::Maintenance), ..UnitPatch::default() };
            inventory::update_unit(&tx, *unit, &repair, &Precondition::none())?;
        }
        Ok((resource, units))
    }
}

fn condition(fortune: &mut Fortune) -> UnitCondition {
    match fortune.below(100) {
        0..15 => UnitCondition::New,
        15..80 => UnitCondition::Good,
        80..97 => UnitCondition::Worn,
        _ => UnitCondition::Damaged,
    }
}
