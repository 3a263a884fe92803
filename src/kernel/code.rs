//! The closed list of error codes. A code never changes once it is published.

macro_rules! codes {
    ($($name:ident $status:literal $code:literal $title:literal,)*) => {
        /// What went wrong, as clients tell it apart.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $(#[doc = $title] $name,)*
        }

        impl Code {
            /// Every code there is.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The HTTP status it is answered with.
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// A short text that is the same for every occurrence.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

codes! {
    MalformedJson 400 "malformed_json" "The body is not JSON",
    InvalidParameter 400 "invalid_parameter" "A parameter is not valid",
    InvalidCursor 400 "invalid_cursor" "The cursor is not valid",
    OrgHeaderMissing 400 "org_header_missing" "The header X-Org-Id is missing",
    OrgHeaderInvalid 400 "org_header_invalid" "The header X-Org-Id is not valid",
    IdempotencyKeyMissing 400 "idempotency_key_missing" "The header Idempotency-Key is missing",
    IdempotencyKeyInvalid 400 "idempotency_key_invalid" "The header Idempotency-Key is not valid",
    InvalidIfMatch 400 "invalid_if_match" "The header If-Match is not valid",
    Unauthenticated 401 "unauthenticated" "Sign in first",
    TokenExpired 401 "token_expired" "The access token has expired",
    InvalidCredentials 401 "invalid_credentials" "Email or password is wrong",
    NotAMember 403 "not_a_member" "Not a member of this organization",
    Forbidden 403 "forbidden" "The role does not allow this",
    NotFound 404 "not_found" "Not found",
    MethodNotAllowed 405 "method_not_allowed" "The method is not offered here",
    RequestTimeout 408 "request_timeout" "The request took too long to arrive",
    UnitUnavailable 409 "unit_unavailable" "Not free in this period",
    NotBookable 409 "not_bookable" "Can't be booked at present",
    InUse 409 "in_use" "Active bookings hold this",
    AvailableNow 409 "available_now" "Free: there is nothing to wait for",
    InvalidTransition 409 "invalid_transition" "The state does not allow this action",
    OfferExpired 409 "offer_expired" "The offer is over",
    ExceedsOpenAmount 409 "exceeds_open_amount" "More than is open of the fine",
    PolicyViolation 409 "policy_violation" "Against the policy of the organization",
    AlreadyExists 409 "already_exists" "Exists already",
    LastAdmin 409 "last_admin" "The last admin must stay",
    PreconditionFailed 412 "precondition_failed" "The object has changed since",
    PayloadTooLarge 413 "payload_too_large" "The body is too large",
    UnsupportedMediaType 415 "unsupported_media_type" "The body must be JSON",
    ValidationFailed 422 "validation_failed" "The request is not valid",
    UnknownReference 422 "unknown_reference" "A reference leads nowhere",
    IdempotencyKeyReused 422 "idempotency_key_reused" "The key belongs to another request",
    PreconditionRequired 428 "precondition_required" "The header If-Match is required",
    RateLimited 429 "rate_limited" "Too many requests",
    HeadersTooLarge 431 "headers_too_large" "The headers are too large",
    Internal 500 "internal" "Something went wrong here",
    Overloaded 503 "overloaded" "Too busy at the moment",
    ShuttingDown 503 "shutting_down" "The server is stopping",
    OutcomeUnknown 503 "outcome_unknown" "It is not known whether this was stored",
}
