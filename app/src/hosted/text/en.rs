//! English.

use super::{
    AccountTexts, AttributeTexts, BackupCodeTexts, ByMailTexts, CodeTexts, ConnectionTestTexts, DateTexts,
    FormPostTexts, FrameTexts, MailCodeTexts, PasskeyTexts, PromptTexts, ProofTexts, ProvenTexts, ScriptMailTexts,
    SetUpTexts, SignInTexts, SignOutTexts, Texts, TroubleTexts,
};
use crate::hosted::page::attributes::StandardAttribute;

pub(super) static TEXTS: Texts = Texts {
    frame: FrameTexts {
        language: "Language",
        privacy: "Privacy",
        terms: "Terms",
        help: "Help",
        about: "About this page",
        back_to: |application| format!("Back to {application}"),
        back_to_account: "Back to your account",
        back_to_console: "Back to the console",
        or: "or",
    },
    dates: DateTexts {
        months: [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        day: |day, month, year| format!("{day} {month} {year}"),
        moment: |day, time| format!("{day}, {time}"),
    },
    sign_in: SignInTexts {
        title: "Sign in",
        with: |connection| format!("Continue with {connection}"),
        last_used: "Last used",
        username: "Username or email address",
        password: "Password",
        submit: "Sign in",
        username_missing: "Enter your username or email address.",
        password_missing: "Enter your password.",
        wrong_password: "The username or the password is not right. Check both and try again.",
        again: "You are signed in. Show once more that it is you: what comes next could harm you in the hands of somebody else.",
        no_administrator: |name| {
            format!(
                "You are signed in as {name}. This account does not administer Doorward. Sign in as somebody who does."
            )
        },
    },
    code: CodeTexts {
        title: "Confirm it is you",
        explain: "Open your authenticator app and enter the code it shows.",
        enrol_title: "Set up your authenticator app",
        enrol_explain: "Scan this picture with an authenticator app. Then enter the code the app shows.",
        picture: "QR code for your authenticator app",
        by_hand: "Cannot scan it? Type this key into the app:",
        open_app: "Open the app on this device",
        code: "Six-digit code",
        submit: "Confirm",
        missing: "Enter the code from your app.",
        wrong: "This code is not right. Check that you use the newest one and that the clock of your phone is right.",
        used: "This code has been used. Wait for the next one.",
    },
    mail_code: MailCodeTexts {
        send: |address| format!("Email a code to {address}"),
        sent: |address| format!("We have sent a code to {address}. It works for ten minutes."),
        slow: "The mail takes longer than usual. Wait a moment, or look in your spam folder.",
        failed: "The mail could not be delivered. Ask your administrator whether your address is right.",
        again: "Send another mail",
        missing: "Enter the code from the mail.",
        wrong: "This code is not right or too old. Check the newest mail.",
        subject: |place| format!("Your code for {place}"),
        letter: |code, place| {
            format!(
                "Your code for {place} is\n\n    {code}\n\nIt works for ten minutes, in the browser that asked for it. \
                 You did not ask for it? Then somebody may know how you sign in: change your password, or tell your \
                 administrator.\n"
            )
        },
    },
    script_mail: ScriptMailTexts {
        new_device_subject: |place| format!("A new device signed in to {place}"),
        new_device: |place, moment| {
            format!(
                "Somebody signed in to {place} with your account from a device that we have not seen before, on \
                 {moment}.\n\nIf it was not you, change your password, or tell your administrator.\n"
            )
        },
        sign_in_subject: |place| format!("You signed in to {place}"),
        sign_in: |place, moment| {
            format!(
                "Somebody signed in to {place} with your account on {moment}.\n\nIf it was not you, change your password, \
                 or tell your administrator.\n"
            )
        },
    },
    by_mail: ByMailTexts {
        email: "Email address",
        send: "Email me a link",
        send_code: "Email me a code",
        asked: |address| {
            format!(
                "If an account has the address {address}, a mail is on its way to it. Open the link in it in this browser, or \
                 enter its code here. Both work for ten minutes."
            )
        },
        asked_code: |address| {
            format!(
                "If an account has the address {address}, a mail with a code is on its way to it. Enter the code here. It works for \
                 ten minutes."
            )
        },
        code: "Code from the mail",
        submit: "Sign in",
        again: "Send another mail",
        no_address: "Enter an email address like name@example.com.",
        closed: "No mail can be sent at the moment. Use another way, or ask your administrator.",
        link_refused: "This link is too old, or it was used. Ask for another mail.",
        open_title: "Sign in with this link?",
        open: "You asked for this link in this browser.",
        subject: |place| format!("Sign in to {place}"),
        letter: |link, code, place| {
            format!(
                "To sign in to {place}, open this link in the browser that asked for it:\n\n    {link}\n\nOr enter this code \
                 there: {code}\n\nBoth work for ten minutes. You did not ask for it? Then do nothing, and give the code to \
                 nobody.\n"
            )
        },
        code_letter: |code, place| {
            format!(
                "Your code for {place} is\n\n    {code}\n\nIt works for ten minutes, in the browser that asked for it. You did not \
                 ask for it? Then do nothing, and give the code to nobody.\n"
            )
        },
    },
    backup_code: BackupCodeTexts {
        title: "Keep your backup codes",
        keep: "When you cannot confirm it is you in the usual way, one of these codes does instead. Write them down or print this page, and keep them where only you find them.",
        list: "Backup codes",
        once: "Each works once. They become valid when you go on, replace any you had before, and are not shown again.",
        kept: "I have kept them",
        code: "Backup code",
        submit: "Use this code",
        few_left: |left| match left {
            1 => "This is the last one. You get new ones the next time you confirm another way.".to_owned(),
            _ => format!("Only {left} are left. You get new ones the next time you confirm another way."),
        },
        none_left: "All your backup codes are used. You get new ones the next time you confirm another way.",
        missing: "Enter one of your backup codes.",
        wrong: "This is not one of your backup codes. Check each letter and digit.",
        used: "This backup code has been used. Take another one.",
        proof: "Your account has backup codes. Enter one of them too, so that nobody else can set up an app for you.",
        no_proof: "If you have none left, ask your administrator.",
        wrong_proof: "Enter a backup code that you have not used yet.",
    },
    passkey: PasskeyTexts {
        code_of_app: "Code of your authenticator app",
        sign_in: "Sign in with a passkey",
        explain: "Confirm it with your passkey: your device asks for your finger, your face or your PIN.",
        confirm: "Use your passkey",
        more: "Add another passkey",
        add: "Confirm and add another",
        enrol_title: "Set up a passkey",
        enrol_explain: "A passkey signs you in with your finger, your face or your PIN. It stays on your device or in your \
                        password manager.",
        enrol_with_code: "A passkey signs you in with your finger, your face or your PIN. To set one up, first enter the code your \
                          authenticator app shows.",
        enrol_with_backup_code: "A passkey signs you in with your finger, your face or your PIN. To set one up, first enter one \
                                 of your backup codes.",
        name: "Name of the passkey",
        make: "Set up a passkey",
        failed: "The passkey was not used. Try again, or choose another way.",
        exists: "This device has a passkey for you already. Use another device, or the passkey you have.",
        refused: "This passkey could not be confirmed. Use the one you set up here.",
        taken: "This passkey is registered already. Use another device.",
        missing: "This browser cannot use passkeys. Use a newer one, or choose another way.",
        no_script: "Passkeys need JavaScript. Turn it on for this page, or choose another way.",
    },
    proof: ProofTexts {
        title: "Is this your account?",
        explain: |account, connection| {
            format!(
                "An account for {account} exists already. To sign in to it with {connection}, prove that it is yours."
            )
        },
        then: |connection| format!("You do this once. From then on {connection} is enough."),
        account: |name| format!("Account: {name}"),
        submit: "Confirm and link",
        wrong_password: "The password is not right. Try again.",
        subject: |place| format!("Is this your account at {place}?"),
        letter: |code, connection| {
            format!(
                "Your code to link {connection} to your account is\n\n    {code}\n\nIt works for ten minutes, in the browser that \
                 asked for it. Whoever enters it can sign in to your account with {connection} from then on, so tell it to \
                 nobody. You did not ask for it? Then do nothing with it, and tell your administrator: somebody signs in \
                 with your address.\n"
            )
        },
    },
    prompt: PromptTexts {
        title: "One more thing",
        skip: "Go on without it",
        not_ticked: "Tick this box to go on.",
        sessions_title: "You are signed in elsewhere",
        sessions: |most| match most {
            1 => "You can be signed in with one browser at a time. Choose where to sign out.".to_owned(),
            _ => format!(
                "You can be signed in with {most} browsers at a time, this one included. Choose where to sign out."
            ),
        },
        too_few: |least| match least {
            1 => "Choose at least one.".to_owned(),
            _ => format!("Choose at least {least}."),
        },
        end_sessions: "Sign out there and go on",
        keep_sessions: "Stay signed in there",
    },
    attributes: AttributeTexts {
        title: "A few details are missing",
        explain_kept: |connection, application| {
            format!("{connection} did not send everything {application} needs. What you enter is kept in your account.")
        },
        explain_once: |connection, application| {
            format!(
                "{connection} did not send everything {application} needs. What you enter goes to {application} for this sign-in and is not kept."
            )
        },
        submit: "Continue",
        optional: "optional",
        missing: "Enter a value.",
        too_long: |limit| format!("Use at most {limit} characters."),
        no_address: "Enter an email address like name@example.com.",
        not_accepted: "This value cannot be used. Try another one.",
        example: |example| format!("For example {example}"),
        unlike: |example| format!("Write it like this: {example}"),
        taken: "This belongs to another account. Use another one.",
        label,
    },
    sign_out: SignOutTexts {
        confirm_title: "Sign out?",
        confirm_explain: |application| {
            format!("{application} asks to sign you out here too. Other applications will ask you to sign in again.")
        },
        confirm_explain_plain: "Applications you use with this sign-in will ask you to sign in again.",
        confirm: "Sign out",
        stay: "Stay signed in",
        done_title: "You are signed out",
        done_explain: "Whoever uses this browser next has to sign in again.",
        done_others: "On a shared computer, close the browser too: applications may keep a sign-in of their own.",
        again: "Sign in again",
        to_account: "Go to your account",
        given_up_title: "You did not sign in",
        given_up_explain: "You went back before the sign-in was finished. Nothing was changed.",
        sign_in: "Sign in",
    },
    connection_test: ConnectionTestTexts {
        title: "The test is done",
        explain: "The answer of the identity provider has arrived. Whoever started the test can read the report now; you can close this page.",
        nothing_kept: "Nobody was signed in, and nothing about you was saved. The report is deleted within 15 minutes.",
    },
    proven: ProvenTexts {
        title: "That is done",
        explain: "Close this tab, and do once more what you were about to do: it waits in the other one.",
    },
    accounts: AccountTexts {
        title: "Choose an account",
        explain: |application| format!("to go on to {application}"),
        signed_in: "Signed in",
        signed_in_as: |name| format!("You are signed in as {name}."),
        other: "Use another account",
    },
    set_up: SetUpTexts {
        title: "Create the first administrator",
        explain: "This installation has no administrator yet. The account you create here opens the console.",
        email: "Email address",
        password: "Password",
        rule: "At least 8 characters.",
        submit: "Create administrator",
        no_address: "Enter an email address like name@example.com.",
        address_taken: "This address belongs to an account. Choose another one, or run doorward admin reset-password with it.",
    },
    trouble: TroubleTexts {
        number: "Code",
        request: "Request number",
        retry: "Try again",
        other_ways: "Sign in another way",
        tell_support: "If you ask for help, give these:",
    },
    form_post: FormPostTexts {
        title: "You are signed in",
        explain: "One more step takes you back to the application.",
        error_title: "You were not signed in",
        error_explain: "One more step takes you back to the application, which learns why.",
        submit: "Continue",
    },
};

fn label(attribute: StandardAttribute) -> &'static str {
    match attribute {
        StandardAttribute::Name => "Full name",
        StandardAttribute::GivenName => "First name",
        StandardAttribute::FamilyName => "Last name",
        StandardAttribute::MiddleName => "Middle name",
        StandardAttribute::Nickname => "Nickname",
        StandardAttribute::PreferredUsername => "Username",
        StandardAttribute::Email => "Email address",
        StandardAttribute::PhoneNumber => "Phone number",
        StandardAttribute::Birthdate => "Date of birth",
        StandardAttribute::Website => "Website",
        StandardAttribute::Locale => "Language",
        StandardAttribute::Zoneinfo => "Time zone",
        StandardAttribute::Profile => "Profile page",
        StandardAttribute::Picture => "Picture",
        StandardAttribute::Gender => "Gender",
        StandardAttribute::Address => "Postal address",
        StandardAttribute::Groups => "Groups",
    }
}
