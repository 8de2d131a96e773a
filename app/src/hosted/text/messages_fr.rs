//! The messages in French.

use super::{Advice, Place};
use crate::hosted::message::UserMessage;

pub(in crate::hosted) fn advice(message: UserMessage, place: &Place<'_>) -> Advice {
    let provider = place.connection.unwrap_or("Le fournisseur d’identité");
    let application = place.application.unwrap_or("l’application");
    match message {
        UserMessage::UnknownApplication => Advice::new(
            "Cette application n’est pas connue ici",
            "L’application qui vous envoie n’est pas enregistrée chez nous, ou ne l’est plus.",
            "Revenez en arrière et recommencez depuis l’application. Si cela se répète, prévenez ses responsables.",
        ),
        UserMessage::ApplicationDisabled => Advice::new(
            "Cette application est désactivée",
            "Personne ne peut se connecter pour le moment à l’application qui vous envoie.",
            "Demandez à votre administrateur quand elle sera de nouveau disponible, en indiquant le numéro de requête ci-dessous.",
        ),
        UserMessage::RedirectUriNotRegistered => Advice::new(
            "Nous ne pouvons pas vous renvoyer",
            "L’application indique une adresse de retour qui n’est pas enregistrée pour elle. Nous nous arrêtons pour vous protéger.",
            "Prévenez les responsables de l’application ; ils peuvent corriger l’adresse.",
        ),
        UserMessage::BadRequest => Advice::new(
            "Cette demande n’est pas utilisable",
            format!("Ce que {application} nous a transmis est incomplet ou n’est pas permis."),
            "Revenez en arrière et recommencez depuis l’application.",
        ),
        UserMessage::TransactionExpired => Advice::new(
            "Cette connexion est terminée",
            "Elle est restée ouverte trop longtemps ou n’a pas commencé dans ce navigateur.",
            "Revenez à l’application et connectez-vous à nouveau.",
        ),
        UserMessage::DifferentBrowser => Advice::new(
            "Cette connexion n’est pas ouverte dans ce navigateur",
            "Elle est peut-être déjà terminée. Ou elle a commencé dans un autre navigateur ou une fenêtre privée, ou ce navigateur refuse les cookies.",
            "Si vous êtes connecté, revenez à l’application. Sinon, autorisez les cookies pour cette page et recommencez depuis l’application. Votre compte montre si vous êtes connecté.",
        ),
        UserMessage::AnotherAccountHere => Advice::new(
            "Un autre compte est connecté ici",
            "Cette étape concerne un compte, et un autre a été utilisé, ou est maintenant connecté dans ce navigateur.",
            "Pour continuer avec le compte connecté, recommencez et montrez que c’est vous. Pour en utiliser un autre, déconnectez-vous d’abord.",
        ),
        UserMessage::FormTooLarge => Advice::new(
            "C’est trop de texte",
            "Ce qui a été envoyé dépasse tout ce que nous demandons ; rien n’en a été utilisé.",
            "Revenez en arrière, raccourcissez et envoyez de nouveau.",
        ),
        UserMessage::ConnectionMisconfigured => Advice::new(
            format!("{provider} est inutilisable pour le moment"),
            "Un réglage n’est pas correct ici. Vous n’avez rien fait de mal.",
            "Prenez un autre moyen s’il y en a un, ou demandez à votre administrateur en indiquant le numéro de requête ci-dessous.",
        ),
        UserMessage::AlreadyUsed => Advice::new(
            "Cette étape est déjà faite",
            "La page a déjà été envoyée, et chaque étape compte une seule fois.",
            "Revenez à l’application. Si elle ne vous reconnaît pas encore, connectez-vous à nouveau.",
        ),
        UserMessage::PageNotFound => Advice::new(
            "Cette page n’existe pas",
            "L’adresse est peut-être mal saisie ou périmée.",
            "Recommencez depuis l’application que vous voulez utiliser.",
        ),
        UserMessage::ForgedRequest => Advice::new(
            "Nous ne sommes pas sûrs que cela vienne de vous",
            "Le formulaire ne vient pas de notre page, ou les cookies sont désactivés.",
            "Autorisez les cookies pour ce site, puis recommencez depuis l’application.",
        ),
        UserMessage::ProviderUnreachable => Advice::new(
            format!("{provider} est injoignable"),
            "La connexion n’a pas pu être établie.",
            "Réessayez dans une minute, ou prenez un autre chemin s’il y en a un.",
        ),
        UserMessage::ProviderSlow => Advice::new(
            format!("{provider} met trop de temps"),
            "Nous avons demandé et n’avons pas reçu de réponse à temps.",
            "Réessayez dans une minute, ou prenez un autre chemin s’il y en a un.",
        ),
        UserMessage::ProviderAnsweredWrongly => Advice::new(
            format!("{provider} a envoyé une réponse douteuse"),
            "Nous n’avons pas pu la vérifier, donc nous ne l’avons pas utilisée. Rien n’a changé.",
            "Recommencez. Si cela se répète, votre administrateur trouvera la raison avec le numéro de requête ci-dessous.",
        ),
        UserMessage::ProviderRefused => Advice::new(
            "La connexion n’est pas terminée",
            format!("{provider} vous a renvoyé sans vous connecter. Vous avez peut-être annulé."),
            "Réessayez, ou prenez un autre chemin s’il y en a un.",
        ),
        UserMessage::ConnectionDisabled => Advice::new(
            format!("{provider} n’est pas disponible"),
            "Cette façon de se connecter a été désactivée.",
            "Prenez un autre chemin s’il y en a un, ou demandez à votre administrateur.",
        ),
        UserMessage::AccountDisabled => Advice::new(
            "Ce compte ne peut pas être utilisé",
            "Il a été verrouillé ou désactivé.",
            "Demandez à votre administrateur de le rouvrir.",
        ),
        UserMessage::AccountExists => Advice::new(
            "Vous avez déjà un compte",
            format!(
                "Un compte existe pour votre adresse, et {} n’y est pas associé.",
                place.connection.unwrap_or("ce fournisseur")
            ),
            "Connectez-vous comme avant. Si c’est impossible, demandez à votre administrateur d’associer les deux.",
        ),
        UserMessage::EmailConflict => Advice::new(
            "Cette adresse appartient à un autre compte",
            "Une adresse ne peut appartenir qu’à un seul compte.",
            "Connectez-vous avec le compte qui la possède, ou demandez à votre administrateur.",
        ),
        UserMessage::WrongPassword => Advice::new(
            "Cela ne correspond pas",
            "Le nom d’utilisateur ou le mot de passe n’est pas correct.",
            "Vérifiez les deux et réessayez.",
        ),
        UserMessage::TooManyAttempts => Advice::new(
            "Trop d’essais",
            "Pour protéger le compte, nous faisons une pause.",
            "Attendez quinze minutes, puis réessayez.",
        ),
        UserMessage::TooManyMails => Advice::new(
            "Aucun autre e-mail ne peut être envoyé pour le moment",
            "Le code du dernier e-mail pour cette connexion reste valable, dix minutes à partir de l’envoi.",
            "Vous pourrez en demander un autre dans quinze minutes.",
        ),
        UserMessage::TooManyAccounts => Advice::new(
            "Pas de nouveaux comptes pour le moment",
            "Beaucoup de personnes se sont connectées pour la première fois au cours de la dernière heure.",
            "Réessayez dans une heure. Si c’est urgent, demandez à votre administrateur en indiquant le numéro de requête ci-dessous.",
        ),
        UserMessage::NeedsLocalAccount => Advice::new(
            "Vous ne pouvez pas continuer ici",
            format!(
                "{} demande une vérification de plus, qui n’est pas encore possible pour vous.",
                place.application.unwrap_or("L’application")
            ),
            "Vous n’avez rien fait de travers. Demandez à votre administrateur en indiquant le numéro de requête ci-dessous.",
        ),
        UserMessage::NoVerifiedAddress => Advice::new(
            "Vous ne pouvez pas continuer ici",
            format!(
                "{} envoie un code par e-mail, et aucune adresse vérifiée n’est connue pour vous.",
                place.application.unwrap_or("L’application")
            ),
            "Vous n’avez rien fait de travers. Demandez à votre administrateur en indiquant le numéro de requête ci-dessous.",
        ),
        UserMessage::PasskeyCopied => Advice::new(
            "Cette clé d’accès ne peut pas être utilisée",
            "Il semble qu’il en existe une copie : personne n’est donc connecté avec elle.",
            "Prenez une autre clé d’accès. Prévenez votre administrateur, qui retirera celle-ci, et donnez le numéro de requête ci-dessous.",
        ),
        UserMessage::EnrolmentRefused => Advice::new(
            "Vous ne pouvez pas continuer ici",
            format!(
                "{} demande de créer un nouveau moyen de confirmation, et celui que vous avez déjà n’a pas été utilisé.",
                place.application.unwrap_or("L’application")
            ),
            "Vous n’avez rien fait de mal. Demandez à votre administrateur et donnez le numéro de requête ci-dessous.",
        ),
        UserMessage::NoWayLeft => Advice::new(
            "Vous ne pouvez pas continuer ici",
            format!(
                "{} n’accepte à cette étape rien que vous puissiez utiliser pour le moment.",
                place.application.unwrap_or("L’application")
            ),
            "Revenez en arrière et choisissez un autre moyen, ou demandez à votre administrateur en indiquant le numéro de requête ci-dessous.",
        ),
        UserMessage::BackupCodesReplaced => Advice::new(
            "Ces codes de secours ne sont pas valables",
            "Entre-temps, d’autres codes de secours ont été créés pour votre compte, dans une autre fenêtre ou un autre navigateur.",
            "Jetez ceux d’ici et gardez les autres. Retournez ensuite à l’application et connectez-vous de nouveau.",
        ),
        UserMessage::NoProofLeft => Advice::new(
            "Vous ne pouvez pas continuer ici",
            "Pour configurer une application d’authentification, il vous faut l’un de vos codes de secours, et tous ont servi.",
            "Demandez à votre administrateur de réinitialiser vos codes de secours, en indiquant le numéro de requête ci-dessous.",
        ),
        UserMessage::LinkedElsewhere => Advice::new(
            "Cette connexion appartient à un autre compte",
            format!("{provider} vous connecte ici à un autre compte, et une connexion ne s’associe qu’à un seul."),
            "Connectez-vous par elle et dissociez-la d’abord là-bas, ou adressez-vous à votre administrateur.",
        ),
        UserMessage::ProofOfAnother => Advice::new(
            "Cela ne montre pas que le compte est à vous",
            format!("{provider} a transmis une identité qui ne mène pas à ce compte. Rien n’a été modifié."),
            "Choisissez-y l’identité que vous avez déjà utilisée, ou prouvez-le d’une autre façon.",
        ),
        UserMessage::MailElsewhere => Advice::new(
            "Saisissez le code là où vous l’avez demandé",
            "Ce lien fonctionne une fois, et seulement dans le navigateur où il a été demandé.",
            "Revenez à ce navigateur et saisissez le code de l’e-mail. S’il a déjà servi, connectez-vous de nouveau depuis l’application. Vous ne l’avez pas demandé ? Alors fermez cette page.",
        ),
        UserMessage::NotAdministrator => Advice::new(
            "La console est réservée aux administrateurs",
            "Ce compte peut se connecter aux applications, mais pas les gérer.",
            "Connectez-vous avec un compte d’administrateur, ou demandez ce rôle à un administrateur.",
        ),
        UserMessage::NotAllowed => Advice::new(
            format!("{application} ne vous laisse pas entrer"),
            format!("Les règles de {application} n’autorisent pas cette connexion."),
            "Si vous pensez qu’elles le devraient, demandez à votre administrateur et donnez le numéro de requête ci-dessous.",
        ),
        UserMessage::RuleFailed => Advice::new(
            format!("Vous ne pouvez pas continuer vers {application}"),
            "Une règle de cette connexion ne fonctionne pas, donc personne n’est admis.",
            "Vous n’avez rien fait de mal. Demandez à votre administrateur et donnez le numéro de requête ci-dessous.",
        ),
        UserMessage::MissingAttributesInvalid => Advice::new(
            "Certaines informations sont à revoir",
            "Au moins l’une d’elles n’est pas utilisable telle quelle.",
            "Corrigez ce qui est marqué et continuez.",
        ),
        UserMessage::ServiceBusy => Advice::new(
            "Nous sommes très sollicités pour un instant",
            "Votre connexion est gardée et rien n’est perdu.",
            "Réessayez ; vous reprendrez là où vous en êtes.",
        ),
        UserMessage::SomethingWentWrong => Advice::new(
            "Quelque chose s’est mal passé chez nous",
            "Vous n’y êtes pour rien.",
            "Réessayez. Si cela se répète, donnez à votre administrateur le numéro de requête ci-dessous.",
        ),
        UserMessage::LogoutFailed => Advice::new(
            "Vous êtes peut-être encore connecté",
            "La demande de déconnexion n’a pas pu être vérifiée, donc nous n’avons rien fait.",
            "Déconnectez-vous à nouveau depuis l’application.",
        ),
    }
}
