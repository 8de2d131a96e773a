//! Frames of pages: as most are, in an organisation's colours, and of somebody who means harm.

use std::sync::Arc;

use doorward_app::hosted::branding::{Branding, Links};
use doorward_app::hosted::colour::Rgb;
use doorward_app::hosted::{ApplicationFace, Language, PageShell};

use super::HOSTILE;

pub fn shell(style: &'static str, language: Language) -> PageShell {
    let links = Links {
        privacy: Some("https://example.com/privacy".into()),
        terms: Some("https://example.com/terms".into()),
        help: Some("https://example.com/help".into()),
    };
    PageShell {
        branding: Arc::new(Branding {
            organisation: "Example Ltd".into(),
            links,
            ..Branding::default()
        }),
        application: Some(ApplicationFace {
            name: "Payroll".into(),
            logo_url: None,
        }),
        language,
        address: Some("/sign-in".into()),
        csrf: "token".into(),
        style,
        home: None,
    }
}

pub(super) fn branded(shell: &PageShell) -> PageShell {
    let accent = Rgb::parse("#ffb000");
    let branding = Branding {
        accent,
        ..shell.branding.as_ref().clone()
    };
    let application = ApplicationFace {
        name: "Payroll".into(),
        logo_url: Some("/branding/payroll.svg".into()),
    };
    PageShell {
        branding: Arc::new(branding),
        application: Some(application),
        ..shell.clone()
    }
}

pub fn hostile(shell: &PageShell) -> PageShell {
    let links = Links {
        help: Some("javascript:alert(1)".into()),
        ..shell.branding.links.clone()
    };
    let branding = Branding {
        organisation: HOSTILE.into(),
        links,
        ..shell.branding.as_ref().clone()
    };
    PageShell {
        branding: Arc::new(branding),
        application: Some(ApplicationFace {
            name: HOSTILE.into(),
            logo_url: Some(HOSTILE.into()),
        }),
        address: Some("/sign-in?x=1".into()),
        ..shell.clone()
    }
}
