//! Use cases against a real file.

use std::sync::Arc;

use tempfile::TempDir;

use super::*;
use crate::config::Auth;
use crate::db::{self, Db, DbOptions, GlobalWriteTx};
use crate::identity::model::{Member, NewAccount, NewOrganization, SignIn};
use crate::identity::read_token;
use crate::kernel::{Actor, Code, ManualClock, OrgId, Result, Role, Timestamp, UserId};
use crate::keys::Keys;
use crate::passwords::PasswordHash;

/// A database with one organization.
struct House {
    db: Db,
    keys: Keys,
    org: OrgId,
    _directory: TempDir,
}

fn organization_named(name: &str) -> NewOrganization {
    NewOrganization { name: name.into(), timezone: "europe/berlin".into(), currency: None }
}

impl House {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("pret.db");
        db::migrate(&path).unwrap();
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_790_000_000_000)));
        let db = Db::open(&path, DbOptions::new(clock)).unwrap();
        let made = db.write_blocking(|global| {
            create_organization(global, &organization_named("School of Media"))
        });
        Self { org: made.unwrap().id, db, keys: Keys::random(), _directory: directory }
    }

    fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&crate::db::WriteTx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let org = self.org;
        self.db.write_blocking(move |global| work(&global.write_within(org, Actor::system())))
    }

    fn global<T: Send + 'static>(
        &self,
        work: impl Fn(&GlobalWriteTx<'_>, &Keys) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let keys = self.keys.clone();
        self.db.write_blocking(move |global| work(global, &keys))
    }

    fn account(&self, email: &str, roles: &[Role]) -> Result<Member> {
        let new = NewAccount {
            email: email.into(),
            full_name: "Ada Byron".into(),
            password_hash: PasswordHash::new("not used here".into()),
            roles: roles.to_vec(),
        };
        self.write(move |tx| create_account(tx, &new))
    }

    fn open(&self, user: UserId) -> Result<SignIn> {
        self.global(move |global, keys| open_session(global, keys, &Auth::default(), user))
    }
}

#[test]
fn an_organization_gets_the_canonical_name_of_its_zone() {
    let house = House::new();
    let org = house.org;
    let found = house.db.read(|global| organization(&global.within(org, Actor::system()))).unwrap();
    assert_eq!((found.timezone.as_str(), found.currency.as_str()), ("Europe/Berlin", "EUR"));
    let bad = NewOrganization { timezone: "Berlin".into(), ..organization_named("") };
    let error = house.global(move |global, _| create_organization(global, &bad)).err().unwrap();
    let places: Vec<_> =
        error.fault_list().iter().map(|fault| fault.pointer.clone().unwrap()).collect();
    assert_eq!(places, ["/name", "/timezone"]);
}

#[test]
fn an_account_is_known_by_its_address_without_case_and_once() {
    let house = House::new();
    let member = house.account("Ada@Example.edu", &[Role::Staff, Role::Student]).unwrap();
    assert_eq!(member.email, "ada@example.edu");
    assert_eq!(member.roles, [Role::Student, Role::Staff]);
    assert!(member.is_home && member.is_active);
    let again = house.account("ADA@example.EDU", &[Role::Student]).unwrap_err();
    assert_eq!(again.code(), Code::AlreadyExists);
    assert_eq!(house.account("b@c.org", &[]).unwrap_err().code(), Code::ValidationFailed);
}

#[test]
fn a_session_gives_tokens_that_speak_for_its_account() {
    let house = House::new();
    let user = house.account("ada@example.edu", &[Role::Admin]).unwrap().user_id;
    let sign_in = house.open(user).unwrap();
    let now = Timestamp::from_millis(1_790_000_000_000);
    let credentials = read_token(&house.keys, &sign_in.access_token, now).unwrap();
    assert_eq!(credentials.user_id, user);
    house.db.read(|global| require_session(global, &credentials)).unwrap();
    let org = house.org;
    assert_eq!(house.db.read(|global| role_in(global, user, org)).unwrap(), Role::Admin);
    assert_eq!(sign_in.organizations.len(), 1);
    assert!(house.open(UserId::new()).is_err());
}
