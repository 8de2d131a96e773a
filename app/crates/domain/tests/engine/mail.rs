//! Links and codes by mail.

use chrono::Duration;
use doorward_domain::Claims;
use doorward_domain::account::AccountStatus;
use doorward_domain::engine::{Denial, PasswordAccepted, Refused, SignIn};
use doorward_domain::flow::AuthOption;

use crate::world::{begin, demands_of, mailbox, password, steps};

#[test]
fn a_mail_says_who_somebody_is_and_confirms_nobody_else() {
    let flow = steps(&[
        &["email_link", "email_otp", "password"],
        &["email_link", "email_otp", "totp"],
    ]);
    let demands = demands_of(&flow);
    for option in [AuthOption::EmailLink, AuthOption::EmailOtp] {
        let (first, now) = begin();
        assert_eq!(first.check_mail_offered(&option, &flow, now), Ok(()));
        assert!(
            first.check_factor_offered(&option, &flow, now).is_err(),
            "nobody is known"
        );
        let late = first.check_mail_offered(&option, &flow, now + Duration::minutes(15));
        assert_eq!(late, Err(Refused::Expired), "{option}");
        for other in [AuthOption::Password, AuthOption::Totp, AuthOption::Passkey] {
            let refused = first.check_mail_offered(&other, &flow, now);
            assert_eq!(refused, Err(Refused::NotOffered), "{other} is no mail");
        }
        let locked = PasswordAccepted {
            status: AccountStatus::Locked,
            ..password(1, Claims::new())
        };
        let denied = first.clone().accept_mail(option.clone(), locked, &demands, now);
        let Ok(SignIn::Denied(denied)) = denied else {
            panic!("{option}: {denied:?}")
        };
        assert_eq!(denied.reason, Denial::NotActive(AccountStatus::Locked));
        let known = PasswordAccepted {
            mailbox: true,
            ..password(1, mailbox())
        };
        let next = first.accept_mail(option.clone(), known.clone(), &demands, now);
        let Ok(SignIn::Choosing(second)) = next else {
            panic!("{option}: {next:?}")
        };
        let offered: Vec<String> = second.options(&flow).iter().map(ToString::to_string).collect();
        assert_eq!(offered, ["email_otp", "totp"], "a link confirms nobody");
        for again in [AuthOption::EmailLink, AuthOption::EmailOtp] {
            let refused = second.clone().accept_mail(again, known.clone(), &demands, now);
            assert_eq!(refused, Err(Refused::NotOffered), "somebody is known");
        }
        assert!(second.check_factor_offered(&AuthOption::EmailOtp, &flow, now).is_ok());
    }
}
