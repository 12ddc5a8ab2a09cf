//! Amounts are exact from text to text.

use laurel_payloads::{Amount, InvalidAmount};
use proptest::prelude::*;

#[test]
fn amounts_are_read_and_written_exactly() {
    for (text, millionths, shown) in [
        ("0", 0, "0"),
        ("-0", 0, "0"),
        ("-0.0e7", 0, "0"),
        ("0e99999999999999999999999", 0, "0"),
        ("127.6", 127_600_000, "127.6"),
        ("127.600000000000000000", 127_600_000, "127.6"),
        ("0.000001", 1, "0.000001"),
        ("-5", -5_000_000, "-5"),
        ("-0.5", -500_000, "-0.5"),
        ("1e2", 100_000_000, "100"),
        ("1E+2", 100_000_000, "100"),
        ("12345e-3", 12_345_000, "12.345"),
        ("0.00001e-1", 1, "0.000001"),
        ("9007199.254741", 9_007_199_254_741, "9007199.254741"),
        ("9200000000000", 9_200_000_000_000_000_000, "9200000000000"),
        ("-9.2e12", -9_200_000_000_000_000_000, "-9200000000000"),
    ] {
        let amount: Amount = text.parse().unwrap();
        assert_eq!(
            (amount.millionths(), amount.to_string().as_str()),
            (millionths, shown),
            "{text}"
        );
    }
}

#[test]
fn what_does_not_fit_is_not_rounded() {
    for text in [
        "0.0000001",
        "1e-7",
        "9007199.2547409931",
        "9200000000000.000001",
        "9007199254740993",
        "9223372036854775808",
        "-9223372036854775808",
        "1e400",
        "1E309",
        "1e99999999999999999999999",
        "1e-99999999999999999999999",
    ] {
        assert_eq!(
            text.parse::<Amount>(),
            Err(InvalidAmount::OutOfRange),
            "{text}"
        );
    }
}

#[test]
fn what_is_no_json_number_is_no_amount() {
    for text in [
        "", "-", "+1", "01", "1.", ".5", "1e", "1,000", " 1", "1 ", "0x1f", "NaN", "inf", "１",
    ] {
        assert_eq!(
            text.parse::<Amount>(),
            Err(InvalidAmount::NotANumber),
            "{text}"
        );
    }
}

#[test]
fn a_tenth_and_two_tenths_are_three_tenths() {
    let sum = Amount::from_millionths(100_000).checked_add("0.2".parse().unwrap());
    assert_eq!(sum.unwrap().to_string(), "0.3");
}

#[test]
fn the_ends_of_the_range_do_not_wrap() {
    let largest = Amount::from_millionths(i64::MAX);
    assert_eq!(largest.checked_add(Amount::from_millionths(1)), None);
    assert_eq!(-Amount::from_millionths(i64::MIN), largest);
    assert_eq!(
        Amount::from_millionths(i64::MIN).to_string(),
        "-9223372036854.775808"
    );
}

#[test]
fn an_amount_is_written_as_a_json_number() {
    let amount: Amount = "127.6".parse().unwrap();
    assert_eq!(serde_json::to_string(&amount).unwrap(), "127.6");
}

proptest! {
    #[test]
    fn every_amount_survives_text_and_json(
        millionths in -9_200_000_000_000_000_000_i64..=9_200_000_000_000_000_000,
    ) {
        let amount = Amount::from_millionths(millionths);
        prop_assert_eq!(amount.to_string().parse::<Amount>(), Ok(amount));
        let json = serde_json::to_string(&amount).unwrap();
        prop_assert_eq!(serde_json::from_str::<Amount>(&json).unwrap(), amount);
    }

    #[test]
    fn the_order_of_amounts_is_the_order_of_their_numbers(one in -1e9..1e9_f64, other in -1e9..1e9_f64) {
        let [one_amount, other_amount] =
            [one, other].map(|number| format!("{number:.6}").parse::<Amount>().unwrap());
        if (one - other).abs() > 1e-5 {
            prop_assert_eq!(one < other, one_amount < other_amount);
        }
    }
}
