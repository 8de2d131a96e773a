//! The answer of the first page in words.

use crate::api::overview::Overview;
use crate::ui::words;

/// The first line of the page and the sums behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    pub answer: String,
    pub rest: String,
    pub signed_in: u64,
    pub refused: u64,
}

impl Summary {
    /// Says the numbers.
    #[must_use]
    pub fn of(numbers: &Overview) -> Self {
        let sum = |days: &[u32]| days.iter().copied().map(u64::from).sum();
        let signed_in = sum(&numbers.sign_ins_per_day);
        let refused: u64 = sum(&numbers.refusals_per_day);
        let answer = if signed_in == 0 {
            "Nobody has signed in within the last 14 days.".to_owned()
        } else {
            let times = words::count(signed_in, "sign-in", "sign-ins");
            format!("{times} in the last 14 days.")
        };
        let refusals = match refused {
            0 => "Nobody was refused.".to_owned(),
            more => format!(
                "{} refused.",
                words::sentence(&words::count(more, "attempt was", "attempts were"))
            ),
        };
        let new = match numbers.created_this_week {
            0 => "nobody came this week".to_owned(),
            more => format!("{} came this week", words::number(more)),
        };
        let accounts = words::count(numbers.accounts, "account", "accounts");
        Self {
            answer,
            rest: format!("{refusals} {}; {new}.", words::sentence(&accounts)),
            signed_in,
            refused,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences() {
        let quiet = Summary::of(&Overview {
            accounts: 1,
            ..Overview::default()
        });
        assert_eq!(quiet.answer, "Nobody has signed in within the last 14 days.");
        assert_eq!(quiet.rest, "Nobody was refused. 1 account; nobody came this week.");
        let busy = Summary::of(&Overview {
            accounts: 1204,
            created_this_week: 37,
            sign_ins_per_day: vec![1000, 2],
            refusals_per_day: vec![0, 3],
            ..Overview::default()
        });
        assert_eq!(busy.answer, "1,002 sign-ins in the last 14 days.");
        assert_eq!(busy.rest, "3 attempts were refused. 1,204 accounts; 37 came this week.");
    }
}
