//! `organizations`.

use crate::db::{GlobalTx, Mapped, Row, Tx, WriteTx};
use crate::identity::model::{MyOrganization, Organization};
use crate::kernel::{Error, Result, UserId};

use super::members::roles;

/// Whether there is any organization.
pub(in crate::identity) fn has_organization(global: &GlobalTx<'_>) -> Result<bool> {
    global.value("SELECT EXISTS (SELECT 1 FROM organizations)", &[])
}

/// All organizations, by name.
pub(in crate::identity) fn list_organizations(global: &GlobalTx<'_>) -> Result<Vec<Organization>> {
    global
        .all(
            "SELECT id, name, timezone, currency, policy, version, created_at FROM organizations
             ORDER BY name, id",
            &[],
            from_row,
        )?
        .into_iter()
        .map(with_policy)
        .collect()
}

/// The organization of the transaction.
pub(in crate::identity) fn organization(tx: &Tx<'_>) -> Result<Option<Organization>> {
    tx.find(
        "SELECT id, name, timezone, currency, policy, version, created_at FROM organizations
         WHERE id = :org",
        &[],
        from_row,
    )?
    .map(with_policy)
    .transpose()
}

/// The policy of the organization, as JSON.
pub(in crate::identity) fn policy(tx: &Tx<'_>) -> Result<String> {
    tx.value("SELECT policy FROM organizations WHERE id = :org", &[])
}

/// A new organization.
pub(in crate::identity) fn insert_organization(
    tx: &WriteTx<'_>,
    organization: &Organization,
) -> Result<()> {
    tx.execute(
        "INSERT INTO organizations (id, name, timezone, currency, policy, version, created_at)
         VALUES (:org, :name, :timezone, :currency, :policy, :version, :now)",
        &[
            (":name", &organization.name),
            (":timezone", &organization.timezone),
            (":currency", &organization.currency),
            (":policy", &policy_json(organization)?),
            (":version", &organization.version),
        ],
    )?;
    Ok(())
}

/// Changes the organization.
pub(in crate::identity) fn update_organization(
    tx: &WriteTx<'_>,
    organization: &Organization,
) -> Result<()> {
    tx.execute(
        "UPDATE organizations SET name = :name, timezone = :timezone, currency = :currency,
             policy = :policy, version = :version
         WHERE id = :org",
        &[
            (":name", &organization.name),
            (":timezone", &organization.timezone),
            (":currency", &organization.currency),
            (":policy", &policy_json(organization)?),
            (":version", &organization.version),
        ],
    )?;
    Ok(())
}

/// The organizations in which somebody holds roles, by name.
pub(in crate::identity) fn organizations_of(
    global: &GlobalTx<'_>,
    user: UserId,
) -> Result<Vec<MyOrganization>> {
    global.all(
        "SELECT o.id, o.name, o.timezone, group_concat(r.name ORDER BY r.id) AS roles
         FROM memberships AS m
         JOIN user_roles AS ur ON ur.org_id = m.org_id AND ur.user_id = m.user_id
         JOIN roles AS r ON r.id = ur.role_id
         JOIN organizations AS o ON o.id = m.org_id
         WHERE m.user_id = :user
         GROUP BY o.id ORDER BY o.name, o.id",
        &[(":user", &user)],
        |row| {
            Ok(MyOrganization {
                id: row.get("id")?,
                name: row.get("name")?,
                timezone: row.get("timezone")?,
                roles: roles(row)?,
            })
        },
    )
}

/// An organization whose policy is still text.
struct Raw {
    organization: Organization,
    policy: String,
}

fn from_row(row: &Row<'_>) -> Mapped<Raw> {
    Ok(Raw {
        policy: row.get("policy")?,
        organization: Organization {
            id: row.get("id")?,
            name: row.get("name")?,
            timezone: row.get("timezone")?,
            currency: row.get("currency")?,
            policy: crate::identity::Policy::default(),
            version: row.get("version")?,
            created_at: row.get("created_at")?,
        },
    })
}

fn with_policy(raw: Raw) -> Result<Organization> {
    let policy = serde_json::from_str(&raw.policy).map_err(Error::internal)?;
    Ok(Organization { policy, ..raw.organization })
}

fn policy_json(organization: &Organization) -> Result<String> {
    serde_json::to_string(&organization.policy).map_err(Error::internal)
}
