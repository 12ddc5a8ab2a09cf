//! A value that parses and will not do, and the key it is at.

/// A fault and the key it is at.
pub(super) struct Fault {
    pub(super) path: Vec<String>,
    pub(super) problem: String,
}

/// A refusal because of the key at `path`.
pub(super) fn fault<'a>(
    path: impl IntoIterator<Item = &'a str>,
    problem: &str,
) -> Result<(), Fault> {
    let path = path.into_iter().map(str::to_owned).collect();
    Err(Fault {
        path,
        problem: problem.to_owned(),
    })
}
