//! Routes of extensions, each below a path of its own.

use std::time::Duration;

use axum::Router;
use laurel_ingest::contained;
use laurel_store::Store;

/// What is ours, and whatever lies below it.
const OURS: [&str; 3] = ["/webhooks", "/graphql", "/email"];

/// How long a handler may take to begin its answer.
const ANSWER: Duration = Duration::from_mins(1);

type Make = Box<dyn Fn(Store) -> Router + Send + Sync>;

/// Routes below a path.
pub(crate) struct Routes {
    path: &'static str,
    make: Make,
}

impl Routes {
    pub(super) fn new(
        path: &'static str,
        make: impl Fn(Store) -> Router + Send + Sync + 'static,
    ) -> Self {
        Self {
            path,
            make: Box::new(make),
        }
    }

    /// Puts them beside what is there.
    pub(crate) fn add_to(&self, router: Router, store: &Store) -> Router {
        let theirs = contained((self.make)(store.clone()), ANSWER);
        router.nest(self.path, theirs)
    }

    /// What is wrong with the path, beside those before it.
    pub(super) fn fault(&self, before: &[Self]) -> Option<String> {
        let path = self.path;
        if !is_path(path) {
            return Some(format!(
                "routes at `{path}`: write a path such as /badges, which begins with a slash, does not end with one, \
                 and holds small letters, digits and hyphens only"
            ));
        }
        if let Some(ours) = OURS.iter().find(|ours| overlap(ours, path)) {
            return Some(format!(
                "routes at {path}: {ours} is Laurel's own; choose another path"
            ));
        }
        let taken = before.iter().find(|other| overlap(other.path, path))?;
        Some(format!(
            "routes at {path}: another extension has {}; choose another path",
            taken.path
        ))
    }
}

fn is_path(path: &str) -> bool {
    let is_segment = |segment: &str| {
        !segment.is_empty()
            && segment
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    path.strip_prefix('/')
        .is_some_and(|rest| rest.split('/').all(is_segment))
}

/// Whether one path is the other, or lies above it.
fn overlap(one: &str, other: &str) -> bool {
    let above = |one: &str, other: &str| {
        other
            .strip_prefix(one)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    above(one, other) || above(other, one)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(path: &'static str) -> Routes {
        Routes::new(path, |_| Router::new())
    }

    #[test]
    fn a_path_of_its_own_is_fine() {
        assert_eq!(at("/badges").fault(&[]), None);
        assert_eq!(at("/badges-old/v2").fault(&[at("/badges")]), None);
    }

    #[test]
    fn a_path_that_is_taken_or_none_is_refused() {
        for path in ["/", "badges", "/badges/", "/badges/{id}", ""] {
            let fault = at(path).fault(&[]).expect("a fault");
            assert!(fault.contains("write a path such as /badges"), "{fault}");
        }
        for path in ["/webhooks", "/graphql/more", "/email"] {
            let fault = at(path).fault(&[]).expect("a fault");
            assert!(fault.ends_with("is Laurel's own; choose another path"));
        }
        for path in ["/badges", "/badges/old"] {
            let fault = at(path).fault(&[at("/badges")]).expect("a fault");
            assert!(fault.contains("another extension has /badges"), "{fault}");
        }
        assert!(at("/badges").fault(&[at("/badges/old")]).is_some());
    }
}
