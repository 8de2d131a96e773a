//! French.

use super::{
    AccountTexts, AttributeTexts, BackupCodeTexts, ByMailTexts, CodeTexts, ConnectionTestTexts, DateTexts,
    FormPostTexts, FrameTexts, MailCodeTexts, PasskeyTexts, PromptTexts, ProofTexts, ProvenTexts, ScriptMailTexts,
    SetUpTexts, SignInTexts, SignOutTexts, Texts, TroubleTexts,
};
use crate::hosted::page::attributes::StandardAttribute;

pub(super) static TEXTS: Texts = Texts {
    frame: FrameTexts {
        language: "Langue",
        privacy: "Confidentialité",
        terms: "Conditions",
        help: "Aide",
        about: "À propos de cette page",
        back_to: |application| format!("Retour à {application}"),
        back_to_account: "Retour à votre compte",
        back_to_console: "Retour à la console",
        or: "ou",
    },
    dates: DateTexts {
        months: [
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ],
        day: |day, month, year| match day {
            1 => format!("1er {month} {year}"),
            _ => format!("{day} {month} {year}"),
        },
        moment: |day, time| format!("{day} à {time}"),
    },
    sign_in: SignInTexts {
        title: "Connexion",
        with: |connection| format!("Continuer avec {connection}"),
        last_used: "Dernier choix",
        username: "Nom d’utilisateur ou adresse e-mail",
        password: "Mot de passe",
        submit: "Se connecter",
        username_missing: "Saisissez votre nom d’utilisateur ou votre adresse e-mail.",
        password_missing: "Saisissez votre mot de passe.",
        wrong_password: "Le nom d’utilisateur ou le mot de passe n’est pas correct. Vérifiez les deux et réessayez.",
        again: "Vous êtes connecté. Montrez encore une fois que c’est vous : la suite pourrait vous nuire dans d’autres mains.",
        no_administrator: |name| {
            format!(
                "Vous êtes connecté en tant que {name}. Ce compte n’administre pas Doorward. Connectez-vous avec un compte qui \
                 l’administre."
            )
        },
    },
    code: CodeTexts {
        title: "Confirmez votre identité",
        explain: "Ouvrez votre application d’authentification et saisissez le code affiché.",
        enrol_title: "Configurez votre application d’authentification",
        enrol_explain: "Scannez cette image avec une application d’authentification, puis saisissez le code affiché.",
        picture: "Code QR pour votre application d’authentification",
        by_hand: "Impossible de scanner ? Saisissez cette clé dans l’application :",
        open_app: "Ouvrir l’application sur cet appareil",
        code: "Code à six chiffres",
        submit: "Confirmer",
        missing: "Saisissez le code de votre application.",
        wrong: "Ce code n’est pas correct. Prenez le plus récent et vérifiez l’heure de votre téléphone.",
        used: "Ce code a déjà servi. Attendez le suivant.",
    },
    mail_code: MailCodeTexts {
        send: |address| format!("Envoyer un code à {address}"),
        sent: |address| format!("Nous avons envoyé un code à {address}. Il est valable dix minutes."),
        slow: "L’e-mail met plus de temps que d’habitude. Patientez un instant, ou regardez dans vos indésirables.",
        failed: "L’e-mail n’a pas pu être remis. Demandez à votre administrateur si votre adresse est juste.",
        again: "Envoyer un autre e-mail",
        missing: "Saisissez le code de l’e-mail.",
        wrong: "Ce code n’est pas juste ou trop ancien. Vérifiez le dernier e-mail.",
        subject: |place| format!("Votre code pour {place}"),
        letter: |code, place| {
            format!(
                "Votre code pour {place} est\n\n    {code}\n\nIl est valable dix minutes, dans le navigateur qui l’a demandé. \
                 Vous ne l’avez pas demandé ? Quelqu’un sait peut-être comment vous vous connectez : changez votre mot de \
                 passe, ou prévenez votre administrateur.\n"
            )
        },
    },
    script_mail: ScriptMailTexts {
        new_device_subject: |place| format!("Un nouvel appareil s’est connecté à {place}"),
        new_device: |place, moment| {
            format!(
                "Quelqu’un s’est connecté à {place} avec votre compte le {moment}, depuis un appareil que nous ne \
                 connaissons pas encore.\n\nCe n’était pas vous ? Changez votre mot de passe, ou prévenez votre \
                 administrateur.\n"
            )
        },
        sign_in_subject: |place| format!("Vous vous êtes connecté à {place}"),
        sign_in: |place, moment| {
            format!(
                "Quelqu’un s’est connecté à {place} avec votre compte le {moment}.\n\nCe n’était pas vous ? Changez votre \
                 mot de passe, ou prévenez votre administrateur.\n"
            )
        },
    },
    by_mail: ByMailTexts {
        email: "Adresse e-mail",
        send: "M’envoyer un lien",
        send_code: "M’envoyer un code",
        asked: |address| {
            format!(
                "Si un compte a l’adresse {address}, un e-mail est en route. Ouvrez le lien qu’il contient dans ce navigateur, ou \
                 saisissez ici son code. Les deux sont valables dix minutes."
            )
        },
        asked_code: |address| {
            format!(
                "Si un compte a l’adresse {address}, un e-mail avec un code est en route. Saisissez le code ici. Il est valable \
                 dix minutes."
            )
        },
        code: "Code de l’e-mail",
        submit: "Se connecter",
        again: "Envoyer un autre e-mail",
        no_address: "Saisissez une adresse e-mail comme nom@example.com.",
        closed: "Aucun e-mail ne peut être envoyé pour le moment. Prenez un autre moyen, ou adressez-vous à votre administrateur.",
        link_refused: "Ce lien est trop ancien ou a déjà servi. Demandez un autre e-mail.",
        open_title: "Se connecter avec ce lien ?",
        open: "Vous avez demandé ce lien dans ce navigateur.",
        subject: |place| format!("Se connecter à {place}"),
        letter: |link, code, place| {
            format!(
                "Pour vous connecter à {place}, ouvrez ce lien dans le navigateur où vous l’avez demandé :\n\n    {link}\n\nOu \
                 saisissez-y ce code : {code}\n\nLes deux sont valables dix minutes. Vous ne l’avez pas demandé ? Alors ne faites \
                 rien, et ne donnez le code à personne.\n"
            )
        },
        code_letter: |code, place| {
            format!(
                "Votre code pour {place} est\n\n    {code}\n\nIl est valable dix minutes, dans le navigateur où vous l’avez \
                 demandé. Vous ne l’avez pas demandé ? Alors ne faites rien, et ne donnez le code à personne.\n"
            )
        },
    },
    backup_code: BackupCodeTexts {
        title: "Conservez vos codes de secours",
        keep: "Si vous ne pouvez pas confirmer votre identité comme d’habitude, l’un de ces codes suffit. Notez-les ou imprimez cette page, et gardez-les là où vous seul les trouverez.",
        list: "Codes de secours",
        once: "Chacun sert une seule fois. Ils sont valables dès que vous continuez, remplacent les précédents et ne seront plus affichés.",
        kept: "Je les ai conservés",
        code: "Code de secours",
        submit: "Utiliser ce code",
        few_left: |left| match left {
            1 => "C’est le dernier. Vous en recevrez d’autres la prochaine fois que vous confirmerez autrement."
                .to_owned(),
            _ => format!(
                "Il n’en reste que {left}. Vous en recevrez d’autres la prochaine fois que vous confirmerez autrement."
            ),
        },
        none_left: "Tous vos codes de secours ont servi. Vous en recevrez d’autres la prochaine fois que vous confirmerez autrement.",
        missing: "Saisissez l’un de vos codes de secours.",
        wrong: "Ce n’est pas l’un de vos codes de secours. Vérifiez chaque lettre et chaque chiffre.",
        used: "Ce code de secours a déjà servi. Prenez-en un autre.",
        proof: "Votre compte a des codes de secours. Saisissez-en un aussi, pour que personne d’autre ne configure une application à votre place.",
        no_proof: "S’il ne vous en reste aucun, adressez-vous à votre administrateur.",
        wrong_proof: "Saisissez un code de secours que vous n’avez pas encore utilisé.",
    },
    passkey: PasskeyTexts {
        code_of_app: "Code de votre application",
        sign_in: "Se connecter avec une clé d’accès",
        explain: "Confirmez avec votre clé d’accès : votre appareil demande votre doigt, votre visage ou votre code.",
        confirm: "Utiliser votre clé d’accès",
        more: "Ajouter une autre clé d’accès",
        add: "Confirmer et en ajouter une autre",
        enrol_title: "Créez une clé d’accès",
        enrol_explain: "Une clé d’accès vous connecte avec votre doigt, votre visage ou votre code. Elle reste sur votre \
                        appareil ou dans votre gestionnaire de mots de passe.",
        enrol_with_code: "Une clé d’accès vous connecte avec votre doigt, votre visage ou votre code. Pour en créer une, saisissez d’abord \
                          le code de votre application d’authentification.",
        enrol_with_backup_code: "Une clé d’accès vous connecte avec votre doigt, votre visage ou votre code. Pour en créer \
                                 une, saisissez d’abord l’un de vos codes de secours.",
        name: "Nom de la clé d’accès",
        make: "Créer une clé d’accès",
        failed: "La clé d’accès n’a pas été utilisée. Réessayez, ou choisissez un autre moyen.",
        exists: "Cet appareil a déjà une clé d’accès pour vous. Prenez un autre appareil, ou cette clé d’accès.",
        refused: "Cette clé d’accès n’a pas pu être confirmée. Prenez celle que vous avez créée ici.",
        taken: "Cette clé d’accès est déjà enregistrée. Prenez un autre appareil.",
        missing: "Ce navigateur ne connaît pas les clés d’accès. Prenez-en un plus récent, ou choisissez un autre moyen.",
        no_script: "Les clés d’accès ont besoin de JavaScript. Activez-le pour cette page, ou choisissez un autre moyen.",
    },
    proof: ProofTexts {
        title: "Est-ce votre compte ?",
        explain: |account, connection| {
            format!("Un compte existe déjà pour {account}. Pour y accéder avec {connection}, prouvez qu’il est à vous.")
        },
        then: |connection| format!("C’est à faire une seule fois. Ensuite, {connection} suffira."),
        account: |name| format!("Compte\u{202F}: {name}"),
        submit: "Confirmer et associer",
        wrong_password: "Le mot de passe n’est pas correct. Réessayez.",
        subject: |place| format!("Est-ce votre compte chez {place} ?"),
        letter: |code, connection| {
            format!(
                "Votre code pour associer {connection} à votre compte est\n\n    {code}\n\nIl est valable dix minutes, dans le \
                 navigateur qui l’a demandé. La personne qui le saisit peut ensuite accéder à votre compte avec \
                 {connection} : ne le communiquez à personne. Vous ne l’avez pas demandé ? Ne l’utilisez pas et \
                 prévenez votre administrateur : quelqu’un se connecte avec votre adresse.\n"
            )
        },
    },
    prompt: PromptTexts {
        title: "Encore une information",
        skip: "Continuer sans cette information",
        not_ticked: "Cochez cette case pour continuer.",
        sessions_title: "Vous êtes connecté ailleurs",
        sessions: |most| match most {
            1 => "Vous pouvez être connecté avec un seul navigateur à la fois. Choisissez où vous déconnecter."
                .to_owned(),
            _ => format!(
                "Vous pouvez être connecté avec {most} navigateurs à la fois, celui-ci compris. Choisissez où vous déconnecter."
            ),
        },
        too_few: |least| match least {
            1 => "Choisissez-en au moins un.".to_owned(),
            _ => format!("Choisissez-en au moins {least}."),
        },
        end_sessions: "S’y déconnecter et continuer",
        keep_sessions: "Y rester connecté",
    },
    attributes: AttributeTexts {
        title: "Il manque quelques informations",
        explain_kept: |connection, application| {
            format!(
                "{connection} n’a pas transmis tout ce dont {application} a besoin. Vos réponses sont conservées dans votre compte."
            )
        },
        explain_once: |connection, application| {
            format!(
                "{connection} n’a pas transmis tout ce dont {application} a besoin. Vos réponses sont transmises à {application} pour cette connexion et ne sont pas conservées."
            )
        },
        submit: "Continuer",
        optional: "facultatif",
        missing: "Saisissez une valeur.",
        too_long: |limit| format!("Utilisez {limit} caractères au plus."),
        no_address: "Saisissez une adresse e-mail comme nom@example.com.",
        not_accepted: "Cette valeur n’est pas acceptée. Essayez-en une autre.",
        example: |example| format!("Par exemple {example}"),
        unlike: |example| format!("Format attendu : {example}"),
        taken: "Cette valeur appartient à un autre compte. Utilisez-en une autre.",
        label,
    },
    sign_out: SignOutTexts {
        confirm_title: "Se déconnecter ?",
        confirm_explain: |application| {
            format!(
                "{application} demande à vous déconnecter ici aussi. Les autres applications vous demanderont de vous reconnecter."
            )
        },
        confirm_explain_plain: "Les applications qui utilisent cette connexion vous demanderont de vous reconnecter.",
        confirm: "Se déconnecter",
        stay: "Rester connecté",
        done_title: "Vous êtes déconnecté",
        done_explain: "La prochaine personne qui utilise ce navigateur devra se reconnecter.",
        done_others: "Sur un ordinateur partagé, fermez aussi le navigateur : les applications peuvent garder leur propre connexion.",
        again: "Se reconnecter",
        to_account: "Accéder à votre compte",
        given_up_title: "Vous ne vous êtes pas connecté",
        given_up_explain: "Vous êtes revenu en arrière avant la fin de la connexion. Rien n’a été modifié.",
        sign_in: "Se connecter",
    },
    connection_test: ConnectionTestTexts {
        title: "Le test est terminé",
        explain: "La réponse du fournisseur d’identité est arrivée. La personne qui a lancé le test peut maintenant lire le rapport ; vous pouvez fermer cette page.",
        nothing_kept: "Personne n’a été connecté et rien à votre sujet n’a été enregistré. Le rapport est supprimé dans les 15 minutes.",
    },
    proven: ProvenTexts {
        title: "C’est fait",
        explain: "Fermez cet onglet et refaites ce que vous alliez faire : tout vous attend dans l’autre.",
    },
    accounts: AccountTexts {
        title: "Choisissez un compte",
        explain: |application| format!("pour continuer vers {application}"),
        signed_in: "Connecté",
        signed_in_as: |name| format!("Vous êtes connecté en tant que {name}."),
        other: "Utiliser un autre compte",
    },
    set_up: SetUpTexts {
        title: "Créer le premier administrateur",
        explain: "Cette installation n’a pas encore d’administrateur. Le compte que vous créez ici ouvre la console.",
        email: "Adresse e-mail",
        password: "Mot de passe",
        rule: "Au moins 8 caractères.",
        submit: "Créer l’administrateur",
        no_address: "Saisissez une adresse e-mail comme nom@example.com.",
        address_taken: "Cette adresse appartient à un compte. Choisissez-en une autre, ou exécutez avec elle doorward admin reset-password.",
    },
    trouble: TroubleTexts {
        number: "Code",
        request: "Numéro de requête",
        retry: "Réessayer",
        other_ways: "Se connecter autrement",
        tell_support: "Si vous demandez de l’aide, indiquez ceci :",
    },
    form_post: FormPostTexts {
        title: "Vous êtes connecté",
        explain: "Encore une étape pour revenir à l’application.",
        error_title: "Vous n’avez pas été connecté",
        error_explain: "Encore une étape pour revenir à l’application, qui en apprendra la raison.",
        submit: "Continuer",
    },
};

fn label(attribute: StandardAttribute) -> &'static str {
    match attribute {
        StandardAttribute::Name => "Nom complet",
        StandardAttribute::GivenName => "Prénom",
        StandardAttribute::FamilyName => "Nom de famille",
        StandardAttribute::MiddleName => "Deuxième prénom",
        StandardAttribute::Nickname => "Surnom",
        StandardAttribute::PreferredUsername => "Nom d’utilisateur",
        StandardAttribute::Email => "Adresse e-mail",
        StandardAttribute::PhoneNumber => "Numéro de téléphone",
        StandardAttribute::Birthdate => "Date de naissance",
        StandardAttribute::Website => "Site web",
        StandardAttribute::Locale => "Langue",
        StandardAttribute::Zoneinfo => "Fuseau horaire",
        StandardAttribute::Profile => "Page de profil",
        StandardAttribute::Picture => "Photo",
        StandardAttribute::Gender => "Genre",
        StandardAttribute::Address => "Adresse postale",
        StandardAttribute::Groups => "Groupes",
    }
}
