// Passkeys: asks the browser for what a form needs, and sends its answer.
(() => {
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-")
      .replace(/\//g, "_")
      .replace(/=+$/, "");
  const options = (json) => {
    const publicKey = JSON.parse(json);
    publicKey.challenge = bytes(publicKey.challenge);
    if (publicKey.user) publicKey.user.id = bytes(publicKey.user.id);
    for (const known of [...(publicKey.allowCredentials || []), ...(publicKey.excludeCredentials || [])])
      known.id = bytes(known.id);
    return { publicKey };
  };
  const answer = (credential) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"])
      if (credential.response[name]) response[name] = text(credential.response[name]);
    return JSON.stringify({ id: credential.id, type: credential.type, response });
  };
  const shown = "PublicKeyCredential" in window ? "ready" : "missing";
  for (const part of document.querySelectorAll("[data-passkeys]")) part.hidden = part.dataset.passkeys !== shown;
  const forms = document.querySelectorAll("form[data-passkey]");
  // A button that is pressed twice asks once and sends once.
  const rest = (isBusy) => {
    for (const form of forms) for (const button of form.querySelectorAll("button")) button.disabled = isBusy;
  };
  // The page may come back as it was left.
  addEventListener("pageshow", () => rest(false));
  for (const form of forms)
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const { request, creation } = form.dataset;
      const { passkey, new_passkey } = form.elements;
      const say = (what) => {
        for (const line of form.querySelectorAll("[data-say]")) line.hidden = line.dataset.say !== what;
      };
      say();
      rest(true);
      try {
        // What was used stays used when making another is tried again.
        if (request && !passkey.value) passkey.value = answer(await navigator.credentials.get(options(request)));
        if (creation) new_passkey.value = answer(await navigator.credentials.create(options(creation)));
        form.submit();
      } catch (error) {
        rest(false);
        if (event.submitter) event.submitter.focus();
        say(error.name === "InvalidStateError" ? "exists" : "failed");
      }
    });
})();
