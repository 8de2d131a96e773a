//! Where a visit ends: signed out, or with trouble.

use doorward_app::hosted::page::form_post::FormPost;
use doorward_app::hosted::page::sign_in::SignInOption;
use doorward_app::hosted::page::sign_out::{self, ConfirmSignOut, Farewell, SignedOut};
use doorward_app::hosted::page::trouble::{self, Exit, OtherWays, Retry, Trouble};
use doorward_app::hosted::page::{connection_test, proven};
use doorward_app::hosted::{PageShell, UserMessage, names};

use super::sign_in::connections;
use super::{HOSTILE, Put};

pub fn in_each_language(shell: &PageShell, put: &mut Put<'_>) {
    put("sign_out", sign_out::render_confirm(shell, &confirm_sign_out()));
    put(
        "signed_out",
        sign_out::render_done(shell, of_account(Farewell::SignedOut)),
    );
    put("given_up", sign_out::render_done(shell, of_account(Farewell::GivenUp)));
    let nobody = PageShell {
        application: None,
        ..shell.clone()
    };
    put("connection_test", connection_test::render(&nobody));
    put("proven", proven::render(&nobody));
    for message in UserMessage::ALL {
        put(
            &format!("trouble_{}", message.number()),
            trouble::render(shell, &trouble(message)),
        );
    }
}

pub fn in_english(shell: &PageShell, put: &mut Put<'_>) {
    let plain = Trouble {
        retry: None,
        others: None,
        end: None,
        connection: None,
        ..trouble(UserMessage::NeedsLocalAccount)
    };
    put("fails_closed", trouble::render(shell, &plain));
    let unknown = PageShell {
        application: None,
        ..shell.clone()
    };
    let exits = [
        ("nowhere", UserMessage::PageNotFound, Exit::Account),
        (
            "test_stopped",
            UserMessage::DifferentBrowser,
            Exit::Console("/console/connections/acme/settings".into()),
        ),
    ];
    for (name, message, exit) in exits {
        let stopped = Trouble {
            message,
            exit: Some(exit),
            ..plain.clone()
        };
        put(name, trouble::render(&unknown, &stopped));
    }
    let told = FormPost {
        redirect_uri: "https://app.example.com/cb".into(),
        fields: vec![
            ("error".into(), "access_denied".into()),
            ("state".into(), HOSTILE.into()),
        ],
    };
    let address = "https://app.example.com/cb?error=access_denied&state=s";
    for (name, exit) in [
        ("ended_by_script", Exit::Application(address.into())),
        ("ended_by_script_by_form", Exit::ApplicationByForm(told)),
    ] {
        let ended = Trouble {
            message: UserMessage::NotAllowed,
            exit: Some(exit),
            ..plain.clone()
        };
        put(name, trouble::render(shell, &ended));
    }
    put("trouble_without_application", trouble::render(&unknown, &plain));
    put(
        "sign_out_without_application",
        sign_out::render_confirm(&unknown, &confirm_sign_out()),
    );
    let nowhere = SignedOut {
        place: None,
        account: Some("/account"),
        ..of_account(Farewell::SignedOut)
    };
    put(
        "signed_out_without_application",
        sign_out::render_done(&unknown, nowhere),
    );
}

fn of_account(farewell: Farewell) -> SignedOut {
    SignedOut {
        farewell,
        place: Some("/account"),
        account: None,
    }
}

fn confirm_sign_out() -> ConfirmSignOut {
    ConfirmSignOut {
        action: "/oauth2/logout".into(),
        sealed: Some("sealed".into()),
    }
}

fn trouble(message: UserMessage) -> Trouble {
    let connections = connections().into_iter().filter_map(|option| match option {
        SignInOption::Connection(connection) => Some(connection),
        SignInOption::Password
        | SignInOption::Code(_)
        | SignInOption::MailCode(_)
        | SignInOption::BackupCode(_)
        | SignInOption::ByMail(_)
        | SignInOption::Passkey(_) => None,
    });
    let is_of_provider = (1100..1200).contains(&message.number());
    let others = is_of_provider.then(|| OtherWays {
        action: "/sign-in".into(),
        connections: connections.skip(1).take(2).collect(),
        sign_in_page: Some("/sign-in".into()),
    });
    let retry = Retry {
        action: "/sign-in".into(),
        fields: vec![(names::SEALED.into(), "sealed".into())],
    };
    let can_retry = is_of_provider || message.number() > 1300;
    Trouble {
        message,
        request_id: "01J9ZK7Q4T".into(),
        connection: is_of_provider.then(|| "Acme Workforce".into()),
        retry: can_retry.then_some(retry),
        end: others.is_none().then(|| "/sign-in".into()),
        others,
        exit: None,
    }
}
