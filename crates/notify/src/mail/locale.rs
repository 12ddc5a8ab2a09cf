//! Which language a customer has, as their own profile tells.

use serde_json::Value;
use unic_langid::LanguageIdentifier;

use crate::language::{locale, locale_of_country};

/// Where profiles are in the bodies that bring one.
const PROFILES: [&str; 3] = [
    "/data/customer",
    "/data/event/result/customer",
    "/external/customer",
];

/// The locale that the profile in `body` names at the first of `paths`, such as `tags.locale`, where there is a readable
/// one.
pub(crate) fn customer_locale(body: &[u8], paths: &[String]) -> Option<LanguageIdentifier> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let profile = PROFILES
        .iter()
        .find_map(|place| body.pointer(place).filter(|it| it.is_object()))?;
    paths.iter().find_map(|path| {
        let found = path
            .split('.')
            .try_fold(profile, |inner, key| inner.get(key))?
            .as_str()?;
        match path.rsplit('.').next() {
            Some("country") => locale_of_country(found),
            _ => locale(found),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::Brand;
    use super::*;

    fn found(body: &str) -> Option<String> {
        let paths = Brand::default().locale_paths;
        customer_locale(body.as_bytes(), &paths).map(|locale| locale.to_string())
    }

    #[test]
    fn the_first_place_that_names_a_locale_counts() {
        for (profile, expected) in [
            (
                r#"{"tags":{"locale":"pt_BR"},"metadata":{"locale":"fr"},"country":"CO"}"#,
                Some("pt-BR"),
            ),
            (
                r#"{"tags":{},"metadata":{"locale":"fr"},"country":"CO"}"#,
                Some("fr"),
            ),
            (r#"{"tags":null,"country":"CO"}"#, Some("es-CO")),
            (
                r#"{"tags":{"locale":7},"metadata":[],"country":"co"}"#,
                Some("es-CO"),
            ),
            (
                r#"{"tags":{"locale":"no locale"},"country":"Atlantis"}"#,
                None,
            ),
            ("{}", None),
            ("[]", None),
        ] {
            let body =
                format!(r#"{{"event":"CUSTOMER_REGISTRATION","data":{{"customer":{profile}}}}}"#);
            assert_eq!(found(&body).as_deref(), expected, "{profile}");
        }
    }

    #[test]
    fn a_profile_is_found_wherever_an_event_brings_it() {
        let profile = r#"{"tags":{"locale":"es"}}"#;
        for body in [
            format!(r#"{{"data":{{"event":{{"result":{{"customer":{profile}}}}}}}}}"#),
            format!(r#"{{"external":{{"customer":{profile}}}}}"#),
        ] {
            assert_eq!(found(&body).as_deref(), Some("es"), "{body}");
        }
        assert_eq!(found("not JSON"), None);
    }
}
