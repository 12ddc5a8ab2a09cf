//! Numbers and dates as they are written in a locale (Unicode CLDR).

use icu_calendar::Gregorian;
use icu_datetime::FixedCalendarDateTimeFormatter;
use icu_datetime::fieldsets::YMD;
use icu_datetime::input::Date as IcuDate;
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_locale_core::Locale;
use jiff::civil::Date;
use laurel_payloads::Amount;
use unic_langid::LanguageIdentifier;

/// `1.250,5` in Colombia, `1,250.5` in Mexico.
pub(super) fn number(locale: &LanguageIdentifier, amount: Amount) -> String {
    let plain = amount.to_string();
    let formatter = DecimalFormatter::try_new((&known(locale)).into(), <_>::default());
    match (formatter, plain.parse::<Decimal>()) {
        (Ok(formatter), Ok(number)) => formatter.format(&number).to_string(),
        _ => plain,
    }
}

/// `6 de enero de 2026`.
pub(super) fn date(locale: &LanguageIdentifier, date: Date) -> String {
    type Formatter = FixedCalendarDateTimeFormatter<Gregorian, YMD>;
    let (year, month, day) = (date.year(), date.month(), date.day());
    let gregorian =
        IcuDate::try_new_gregorian(year.into(), month.unsigned_abs(), day.unsigned_abs());
    match (
        Formatter::try_new((&known(locale)).into(), YMD::long()),
        gregorian,
    ) {
        (Ok(formatter), Ok(date)) => formatter.format(&date).to_string(),
        _ => date.to_string(),
    }
}

fn known(locale: &LanguageIdentifier) -> Locale {
    locale.to_string().parse().unwrap_or(Locale::UNKNOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_dates_are_written_as_in_the_country() {
        let amount: Amount = "1250.5".parse().unwrap();
        let day = jiff::civil::date(2026, 1, 6);
        for (locale, amount_there, day_there) in [
            ("en-US", "1,250.5", "January 6, 2026"),
            ("en-GB", "1,250.5", "6 January 2026"),
            ("es-CO", "1.250,5", "6 de enero de 2026"),
            ("es-MX", "1,250.5", "6 de enero de 2026"),
            ("pt-BR", "1.250,5", "6 de janeiro de 2026"),
            ("fr-FR", "1\u{202f}250,5", "6 janvier 2026"),
            ("xx", "1,250.5", "2026 M01 6"),
        ] {
            let locale: LanguageIdentifier = locale.parse().unwrap();
            assert_eq!(number(&locale, amount), amount_there, "{locale}");
            assert_eq!(date(&locale, day), day_there, "{locale}");
        }
    }
}
