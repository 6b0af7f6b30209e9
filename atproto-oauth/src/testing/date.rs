//! The `Date` header, from the network's own clock.

use crate::types::Timestamp;

/// As HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(super) fn http_date(now: Timestamp) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let (days, seconds) = (now.0 / 86_400, now.0 % 86_400);
    let mut year = 1970;
    let mut day = days;
    while day >= days_of(year) {
        day -= days_of(year);
        year += 1;
    }
    let leap = days_of(year) - 365;
    let lengths = [31, 28 + leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = "";
    for (name, length) in MONTHS.into_iter().zip(lengths) {
        month = name;
        if day < length {
            break;
        }
        day -= length;
    }
    let weekday = DAYS
        .into_iter()
        .cycle()
        .nth((days % 7).try_into().unwrap_or(0));
    format!(
        "{}, {:02} {month} {year} {:02}:{:02}:{:02} GMT",
        weekday.unwrap_or_default(),
        day + 1,
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

fn days_of(year: u64) -> u64 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    365 + u64::from(leap)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_http_wants_them() {
        let cases = [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (1_798_761_599, "Thu, 31 Dec 2026 23:59:59 GMT"),
        ];
        for (seconds, text) in cases {
            assert_eq!(http_date(Timestamp(seconds)), text);
        }
    }
}
