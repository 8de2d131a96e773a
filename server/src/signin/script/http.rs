//! Requests that a script makes to other servers, by the one hardened client (S31).

mod hear;
mod request;

use doorward_domain::engine::Progress;
use doorward_domain::script::Question;
use doorward_domain::script_http::{DATA_LIMIT, EARLY_DATA_LIMIT, failed, refused};
use doorward_domain::secret::SecretText;
use doorward_federation::OutboundResponse;
use serde_json::{Value, json};

use super::secrets::Secrets;
use super::token::{self, Unanswered};
use crate::log::chain;
use crate::signin::hop::{Hop, Terms};
use hear::hear;
use request::{Built, build};

/// Most bytes of an answer that are read.
pub(super) const READ_LIMIT: usize = 64 * 1024;

/// Makes the request and tells what came of it, without any secret in it.
pub(super) async fn answer(hop: &Hop, terms: &Terms, progress: &Progress, question: &Question) -> Value {
    let secrets = Secrets::given(hop, terms, progress);
    let built = match build(&question.args, &hop.state.config.script_origins, &secrets) {
        Ok(built) => built,
        Err(why) => return refused(&why),
    };
    let limit = if progress.passed().is_empty() {
        EARLY_DATA_LIMIT
    } else {
        DATA_LIMIT
    };
    match send(hop, built).await {
        // A server that repeats the token does not tell it the script.
        Ok((response, Some(token))) => hear(&response, limit, &secrets.and("(token)", token)),
        Ok((response, None)) => hear(&response, limit, &secrets),
        Err(error) => {
            tracing::info!(
                request_id = hop.request_id,
                error = chain(&error),
                "a script's request got no answer"
            );
            failed(&error.to_string(), &json!({}), error.is_slow())
        }
    }
}

async fn send(hop: &Hop, built: Built) -> Result<(OutboundResponse, Option<SecretText>), Unanswered> {
    let Some(client) = built.client else {
        let answer = hop.state.fetch.fetch(built.request).await;
        return answer.map(|response| (response, None)).map_err(Unanswered::Request);
    };
    let (response, token) = token::send(hop, &client, built.request).await?;
    Ok((response, Some(token)))
}
