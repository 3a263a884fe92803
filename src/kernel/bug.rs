//! Known bugs that can be switched on, to prove that the tests would see them.
//! Without the feature `seeded-bugs` every question here is a constant `false`.

#[cfg(all(feature = "seeded-bugs", not(debug_assertions)))]
compile_error!("seeded-bugs must never be part of a release build");

/// Whether the named bug is switched on by `PRET_SEEDED_BUG`.
#[cfg(feature = "seeded-bugs")]
pub fn seeded(name: &str) -> bool {
    use std::sync::OnceLock;
    static CHOSEN: OnceLock<Vec<String>> = OnceLock::new();
    CHOSEN
        .get_or_init(|| {
            let chosen = std::env::var("PRET_SEEDED_BUG").unwrap_or_default();
            chosen.split(',').map(str::to_owned).collect()
        })
        .iter()
        .any(|chosen| chosen == name)
}

/// Whether the named bug is switched on: never in this build.
#[cfg(not(feature = "seeded-bugs"))]
pub const fn seeded(_name: &str) -> bool {
    false
}
