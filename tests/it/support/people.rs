//! Who there is, and how they sign in without a password each time.

use pret::config::Auth;
use pret::db::Db;
use pret::identity::{self, NewAccount, NewOrganization, PasswordHash, Passwords};
use pret::kernel::{Actor, OrgId, Role, Timestamp, UserId};
use pret::keys::Keys;

/// Everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Person {
    /// Admin of `north`.
    Admin,
    /// Staff of `north`.
    Staff,
    /// A student of `north`.
    Student,
    /// Another student of `north`.
    OtherStudent,
    /// Admin of `south`.
    SouthAdmin,
    /// Staff of `south`.
    SouthStaff,
    /// A student of `south`.
    SouthStudent,
}

impl Person {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Admin,
        Self::Staff,
        Self::Student,
        Self::OtherStudent,
        Self::SouthAdmin,
        Self::SouthStaff,
        Self::SouthStudent,
    ];

    /// Whether the home organization is `north`.
    pub fn is_north(self) -> bool {
        matches!(self, Self::Admin | Self::Staff | Self::Student | Self::OtherStudent)
    }

    /// The role in the home organization.
    pub fn role(self) -> Role {
        match self {
            Self::Admin | Self::SouthAdmin => Role::Admin,
            Self::Staff | Self::SouthStaff => Role::Staff,
            Self::Student | Self::OtherStudent | Self::SouthStudent => Role::Student,
        }
    }

    /// What they are called.
    pub fn full_name(self) -> &'static str {
        match self {
            Self::Admin => "Ada Norden",
            Self::Staff => "Bo Norden",
            Self::Student => "Cleo Norden",
            Self::OtherStudent => "Dunja Norden",
            Self::SouthAdmin => "Ada Süden",
            Self::SouthStaff => "Bo Süden",
            Self::SouthStudent => "Cleo Süden",
        }
    }

    /// What they sign in with.
    pub fn email(self) -> &'static str {
        match self {
            Self::Admin => "admin@north.example",
            Self::Staff => "staff@north.example",
            Self::Student => "student@north.example",
            Self::OtherStudent => "other@north.example",
            Self::SouthAdmin => "admin@south.example",
            Self::SouthStaff => "staff@south.example",
            Self::SouthStudent => "student@south.example",
        }
    }
}

/// The password of everybody.
pub const PASSWORD: &str = "correct horse battery staple";

/// An access token, and when it was made.
#[derive(Debug, Clone)]
pub struct Token {
    /// As it is sent.
    pub text: String,
    made_at: Timestamp,
}

impl Token {
    /// Whether it is far from running out.
    pub fn holds_at(&self, now: Timestamp) -> bool {
        (0..10 * 60_000).contains(&now.since(self.made_at))
    }
}

/// Opens a session.
pub fn sign_in(db: &Db, keys: &Keys, user: UserId, now: Timestamp) -> Token {
    let keys = keys.clone();
    let auth = Auth::default();
    let opened =
        db.write_blocking(move |global| identity::open_session(global, &keys, &auth, user));
    Token { text: opened.unwrap().access_token, made_at: now }
}

/// Makes an organization; answers its id.
pub fn found(db: &Db, name: &'static str) -> OrgId {
    db.write_blocking(move |global| {
        let new = NewOrganization {
            name: name.to_owned(),
            timezone: "Europe/Berlin".to_owned(),
            currency: None,
        };
        Ok(identity::create_organization(global, &new)?.id)
    })
    .unwrap()
}

/// Makes the account of a person; answers its id.
pub fn join(db: &Db, person: Person, org: OrgId, password_hash: &PasswordHash) -> UserId {
    let new = NewAccount {
        email: person.email().to_owned(),
        full_name: person.full_name().to_owned(),
        password_hash: password_hash.clone(),
        roles: vec![person.role()],
    };
    db.write_blocking(move |global| {
        let tx = global.write_within(org, Actor::system());
        Ok(identity::create_account(&tx, &new)?.user_id)
    })
    .unwrap()
}

/// The hash of [`PASSWORD`].
pub fn password_hash() -> PasswordHash {
    Passwords::hash_blocking(&PASSWORD.into()).unwrap()
}
