//! The messages in English.

use super::{Advice, Place};
use crate::hosted::message::UserMessage;

pub(in crate::hosted) fn advice(message: UserMessage, place: &Place<'_>) -> Advice {
    let provider = place.connection.unwrap_or("The identity provider");
    let application = place.application.unwrap_or("the application");
    match message {
        UserMessage::UnknownApplication => Advice::new(
            "This application is not known here",
            "The application that sent you is not registered with us, or is no longer.",
            "Go back and start again from the application. If it happens again, tell the people who run it.",
        ),
        UserMessage::ApplicationDisabled => Advice::new(
            "This application is switched off",
            "Nobody can sign in to the application that sent you at the moment.",
            "Ask your administrator when it is there again, and give the request number below.",
        ),
        UserMessage::RedirectUriNotRegistered => Advice::new(
            "We cannot send you back",
            "The application wants you returned to an address that is not registered for it, so we stopped to protect you.",
            "Tell the people who run the application; they can correct the address.",
        ),
        UserMessage::BadRequest => Advice::new(
            "This request cannot be used",
            format!("What we received from {application} is incomplete or not allowed."),
            "Go back and start again from the application.",
        ),
        UserMessage::TransactionExpired => Advice::new(
            "This sign-in has ended",
            "It was open for too long, or it never began in this browser.",
            "Go back to the application and sign in again.",
        ),
        UserMessage::DifferentBrowser => Advice::new(
            "This sign-in is not open in this browser",
            "It may be finished already. Or it was begun in another browser or a private window, or this browser refuses cookies.",
            "If you are signed in, go back to the application. If not, allow cookies for this page and start again from there. Your account shows whether you are signed in.",
        ),
        UserMessage::AnotherAccountHere => Advice::new(
            "Another account is signed in here",
            "This step belongs to one account, and another one was used for it, or is signed in in this browser by now.",
            "To go on with the account that is signed in, begin again and show that it is you. To use another one, sign out first.",
        ),
        UserMessage::FormTooLarge => Advice::new(
            "That is too much text",
            "What was sent is longer than anything we ask for, so none of it was used.",
            "Go back, make it shorter and send it again.",
        ),
        UserMessage::ConnectionMisconfigured => Advice::new(
            format!("{provider} cannot be used at the moment"),
            "Something about it is not set up right here. Nothing is wrong with what you did.",
            "Go on another way if one is offered, or ask your administrator and give the request number below.",
        ),
        UserMessage::AlreadyUsed => Advice::new(
            "This step is done already",
            "The page was sent before, and each step counts once.",
            "Go back to the application. If it does not know you yet, sign in again.",
        ),
        UserMessage::PageNotFound => Advice::new(
            "There is no such page",
            "The address may be mistyped or out of date.",
            "Start again from the application you want to use.",
        ),
        UserMessage::ForgedRequest => Advice::new(
            "We could not be sure this came from you",
            "The form did not come from our own page, or cookies are switched off.",
            "Allow cookies for this site, then start again from the application.",
        ),
        UserMessage::ProviderUnreachable => Advice::new(
            format!("{provider} cannot be reached"),
            format!(
                "We could not connect to {}.",
                place.connection.unwrap_or("the identity provider")
            ),
            "Try again in a minute, or go on another way if one is offered.",
        ),
        UserMessage::ProviderSlow => Advice::new(
            format!("{provider} takes too long"),
            format!(
                "We asked, and {} did not answer in time.",
                place.connection.unwrap_or("the identity provider")
            ),
            "Try again in a minute, or go on another way if one is offered.",
        ),
        UserMessage::ProviderAnsweredWrongly => Advice::new(
            format!("{provider} sent an answer we cannot trust"),
            "We could not verify it, so we did not use it. Nothing was changed.",
            "Start again. If it keeps happening, your administrator can find the reason with the request number below.",
        ),
        UserMessage::ProviderRefused => Advice::new(
            "The sign-in was not finished",
            format!("{provider} sent you back without signing you in. Perhaps you chose to cancel."),
            "Try again, or go on another way if one is offered.",
        ),
        UserMessage::ConnectionDisabled => Advice::new(
            format!("{provider} is not available"),
            "Signing in this way has been switched off.",
            "Go on another way if one is offered, or ask your administrator.",
        ),
        UserMessage::AccountDisabled => Advice::new(
            "This account cannot be used",
            "It has been locked or disabled.",
            "Ask your administrator to open it again.",
        ),
        UserMessage::AccountExists => Advice::new(
            "You have an account already",
            format!(
                "An account with your address exists, and {} is not joined to it.",
                place.connection.unwrap_or("this provider")
            ),
            "Sign in the way you did before. If you cannot, ask your administrator to join the two.",
        ),
        UserMessage::EmailConflict => Advice::new(
            "This address belongs to another account",
            "An address can belong to one account only.",
            "Sign in with the account that has it, or ask your administrator.",
        ),
        UserMessage::WrongPassword => Advice::new(
            "That did not match",
            "The username or the password is not right.",
            "Check both and try again.",
        ),
        UserMessage::TooManyAttempts => Advice::new(
            "Too many tries",
            "To protect the account we pause for a while.",
            "Wait fifteen minutes, then try again.",
        ),
        UserMessage::TooManyMails => Advice::new(
            "No further mail can be sent at the moment",
            "The code of the newest mail for this sign-in still works, for ten minutes after it was sent.",
            "You can ask for another mail in fifteen minutes.",
        ),
        UserMessage::TooManyAccounts => Advice::new(
            "No more new accounts for now",
            "Many people have signed in here for the first time within the last hour.",
            "Try again in an hour. If it is urgent, ask your administrator and give the request number below.",
        ),
        UserMessage::NeedsLocalAccount => Advice::new(
            format!("You cannot go on to {application}"),
            format!("{application} asks for one more check that cannot be done for you yet."),
            "Nothing is wrong with what you did. Ask your administrator and give the request number below.",
        ),
        UserMessage::NoVerifiedAddress => Advice::new(
            format!("You cannot go on to {application}"),
            format!("{application} sends a code by email, and no verified email address is known for you."),
            "Nothing is wrong with what you did. Ask your administrator and give the request number below.",
        ),
        UserMessage::PasskeyCopied => Advice::new(
            "This passkey cannot be used",
            "It looks as if there were a copy of it, so nobody is signed in with it.",
            "Use another passkey. Tell your administrator, who takes this one away, and give the request number below.",
        ),
        UserMessage::EnrolmentRefused => Advice::new(
            format!("You cannot go on to {application}"),
            format!(
                "{application} asks for something new to be set up, and the way you confirm it is you elsewhere was not used."
            ),
            "Nothing is wrong with what you did. Ask your administrator and give the request number below.",
        ),
        UserMessage::NoWayLeft => Advice::new(
            format!("You cannot go on to {application}"),
            format!("Nothing that {application} accepts in this step can be used by you at the moment."),
            "Go back and choose another way to sign in, or ask your administrator and give the request number below.",
        ),
        UserMessage::BackupCodesReplaced => Advice::new(
            "These backup codes do not count",
            "Meanwhile other backup codes were made for your account, in another window or browser.",
            "Throw away the ones from here and keep the others. Then go back to the application and sign in again.",
        ),
        UserMessage::NoProofLeft => Advice::new(
            format!("You cannot go on to {application}"),
            "To set up an authenticator app you need one of your backup codes, and all of them are used.",
            "Ask your administrator to reset your backup codes, and give the request number below.",
        ),
        UserMessage::LinkedElsewhere => Advice::new(
            "This sign-in belongs to another account",
            format!("{provider} signs you in to another account here, and it can be linked to one only."),
            "Sign in with it and unlink it there first, or ask your administrator.",
        ),
        UserMessage::ProofOfAnother => Advice::new(
            "This does not show that the account is yours",
            format!("{provider} sent an identity that does not lead to it. Nothing was changed."),
            "Choose the identity you have used there before, or prove it another way.",
        ),
        UserMessage::MailElsewhere => Advice::new(
            "Enter the code where you asked for it",
            "This link works once, and only in the browser that asked for it.",
            "Return to that browser and enter the code from the mail. If it has been used, sign in at the application anew. You did not ask for it? Then close this page.",
        ),
        UserMessage::NotAdministrator => Advice::new(
            "The console is for administrators",
            "This account may sign in to applications, but not manage them.",
            "Sign in with an administrator’s account, or ask an administrator to give yours this role.",
        ),
        UserMessage::NotAllowed => Advice::new(
            format!("{application} does not let you in"),
            format!("The rules of {application} do not allow this sign-in."),
            "If you think they should, ask your administrator and give the request number below.",
        ),
        UserMessage::RuleFailed => Advice::new(
            format!("You cannot go on to {application}"),
            "A rule for this sign-in does not work, so nobody is let through.",
            "Nothing is wrong with what you did. Ask your administrator and give the request number below.",
        ),
        UserMessage::MissingAttributesInvalid => Advice::new(
            "Some details need another look",
            "One or more of them cannot be used as they are.",
            "Correct what is marked and go on.",
        ),
        UserMessage::ServiceBusy => Advice::new(
            "We are busy for a moment",
            "Your sign-in is kept and nothing is lost.",
            "Try again; you go on from where you are.",
        ),
        UserMessage::SomethingWentWrong => Advice::new(
            "Something went wrong on our side",
            "It was not anything you did.",
            "Try again. If it keeps happening, give your administrator the request number below.",
        ),
        UserMessage::LogoutFailed => Advice::new(
            "You may still be signed in",
            "The request to sign out could not be verified, so we did nothing.",
            "Sign out from the application again.",
        ),
    }
}
