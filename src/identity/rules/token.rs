//! Tokens: access tokens are signed, short-lived and checked in every claim; of all others only a
//! hash is kept.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::hs256;
use crate::identity::model::Credentials;
use crate::kernel::{Code, Error, Result, SessionId, Timestamp, UserId};
use crate::keys::Keys;

const ISSUER: &str = "pret";
const AUDIENCE: &str = "pret-api";

/// Every claim is required.
#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    sid: SessionId,
    exp: i64,
    iat: i64,
    jti: Uuid,
}

/// Signs an access token that is good for so many seconds.
pub(in crate::identity) fn make_token(
    keys: &Keys,
    credentials: &Credentials,
    now: Timestamp,
    seconds: u32,
) -> Result<String> {
    hs256::install();
    let key = keys.signing().ok_or_else(|| Error::internal("there is no key to sign with"))?;
    let iat = now.millis() / 1000;
    let claims = Claims {
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: credentials.user_id,
        sid: credentials.session_id,
        exp: iat + i64::from(seconds),
        iat,
        jti: Uuid::new_v4(),
    };
    let header = Header { kid: Some(key.id.clone()), ..Header::new(Algorithm::HS256) };
    jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(key.secret()))
        .map_err(Error::internal)
}

/// Reads an access token.
///
/// # Errors
/// `unauthenticated` or `token_expired`.
pub fn read_token(keys: &Keys, token: &str, now: Timestamp) -> Result<Credentials> {
    let refused = || Error::new(Code::Unauthenticated, "The access token is not valid.");
    let claims = verified(keys, token, now).ok_or_else(refused)?;
    let seconds = now.millis() / 1000;
    if claims.iat > seconds || claims.exp <= claims.iat {
        return Err(refused());
    }
    if claims.exp <= seconds {
        return Err(Error::new(Code::TokenExpired, "The access token has expired; refresh it."));
    }
    Ok(Credentials { user_id: claims.sub, session_id: claims.sid })
}

/// The claims of a token of ours. Time is compared above, because the library would ask the
/// machine for it.
fn verified(keys: &Keys, token: &str, now: Timestamp) -> Option<Claims> {
    hs256::install();
    let header = jsonwebtoken::decode_header(token).ok()?;
    let key = keys.verifying(&header.kid?, now)?;
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.validate_exp = false;
    validation.leeway = 0;
    let key = DecodingKey::from_secret(key.secret());
    jsonwebtoken::decode(token, &key, &validation).ok().map(|data| data.claims)
}

/// What is stored of a token that holds 24 random bytes or more: too many to be guessed, so no
/// salt is needed.
pub(in crate::identity) fn hash_token(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The one-time token for a new password: only a holder of the keys can make it of the id.
pub(in crate::identity) fn reset_token(keys: &Keys, id: Uuid) -> String {
    URL_SAFE_NO_PAD.encode(keys.password_reset().sign(id.as_bytes()))
}

/// Where the person sets the new password. The token is behind the `#`, which no browser sends, so
/// it stands in no log.
pub(in crate::identity) fn password_link(base_url: &str, token: &str) -> String {
    format!("{base_url}/set-password#{token}")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

    fn credentials() -> Credentials {
        Credentials { user_id: UserId::new(), session_id: SessionId::new() }
    }

    fn code(keys: &Keys, token: &str, now: Timestamp) -> Code {
        read_token(keys, token, now).unwrap_err().code()
    }

    /// A token with any header and claims, signed with the right key.
    fn forge(keys: &Keys, header: &Value, claims: &Value) -> String {
        hs256::install();
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(header), part(claims));
        let key = keys.signing().unwrap();
        let key = EncodingKey::from_secret(key.secret());
        let signature =
            jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
        format!("{message}.{signature}")
    }

    #[test]
    fn a_token_is_good_until_the_second_it_expires() {
        let (keys, credentials) = (Keys::random(), credentials());
        let token = make_token(&keys, &credentials, NOW, 900).unwrap();
        assert_eq!(read_token(&keys, &token, NOW.plus(899_999)).unwrap(), credentials);
        assert_eq!(code(&keys, &token, NOW.plus(900_000)), Code::TokenExpired);
        assert_eq!(code(&keys, &token, NOW.plus(-1_000)), Code::Unauthenticated);
    }

    #[test]
    fn a_token_of_another_key_is_refused() {
        let token = make_token(&Keys::random(), &credentials(), NOW, 900).unwrap();
        assert_eq!(code(&Keys::random(), &token, NOW), Code::Unauthenticated);
    }

    #[test]
    fn every_claim_is_required_and_checked() {
        let keys = Keys::random();
        let header = json!({ "alg": "HS256", "typ": "JWT", "kid": keys.signing().unwrap().id });
        let iat = NOW.millis() / 1000;
        let good = json!({
            "iss": ISSUER, "aud": AUDIENCE, "sub": UserId::new(), "sid": SessionId::new(),
            "exp": iat + 900, "iat": iat, "jti": Uuid::new_v4(),
        });
        assert!(read_token(&keys, &forge(&keys, &header, &good), NOW).is_ok());
        for claim in ["iss", "aud", "sub", "sid", "exp", "iat", "jti"] {
            let mut without = good.clone();
            without.as_object_mut().unwrap().remove(claim);
            let token = forge(&keys, &header, &without);
            assert_eq!(code(&keys, &token, NOW), Code::Unauthenticated, "{claim} missing");
            let mut wrong = good.clone();
            wrong[claim] = json!("something else");
            let token = forge(&keys, &header, &wrong);
            assert_eq!(code(&keys, &token, NOW), Code::Unauthenticated, "{claim} wrong");
        }
    }

    #[test]
    fn no_other_algorithm_is_taken() {
        let keys = Keys::random();
        let kid = keys.signing().unwrap().id;
        let iat = NOW.millis() / 1000;
        let claims = json!({
            "iss": ISSUER, "aud": AUDIENCE, "sub": UserId::new(), "sid": SessionId::new(),
            "exp": iat + 900, "iat": iat, "jti": Uuid::new_v4(),
        });
        for algorithm in ["none", "HS384", "HS512", "RS256"] {
            let token = forge(&keys, &json!({ "alg": algorithm, "kid": kid }), &claims);
            assert_eq!(code(&keys, &token, NOW), Code::Unauthenticated, "{algorithm}");
        }
        let anonymous = forge(&keys, &json!({ "alg": "HS256" }), &claims);
        assert_eq!(code(&keys, &anonymous, NOW), Code::Unauthenticated, "no kid");
        for nonsense in ["", ".", "..", "a.b.c", "é"] {
            assert_eq!(code(&keys, nonsense, NOW), Code::Unauthenticated);
        }
    }
}
