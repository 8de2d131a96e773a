// What a script sees beyond its flow: accounts and their sessions, mail, cookies, secrets, other servers, and pages of its
// own. It runs after prelude.js, and only in front of a script whose text holds one of the names defined here: most hold
// none, and making it takes as long as a whole run of theirs.
(function (host, inner) {
  "use strict";
  const { ask, call, context, define, end, forget, go, later, line, lookup, none, typed, user, who } = inner;
  const { stringify } = JSON;
  const { ownKeys } = Reflect;
  const { create } = Object;
  const { isArray } = Array;
  const RealMap = Map;

  // An account that the script has looked for is a local user already.
  const isFound = (name) => typeof name === "string" && name !== "known" && name !== "failed";
  define("getAssociatedLocalUser", (of) => {
    if (isFound(who(of))) return of;
    return ask("user.linked", who(of)) ? user("known") : null;
  });
  // The person is somebody with an account from then on: what was told of them counts no more.
  define("doAssociationWithLocalUser", (of, username) => {
    const linked = ask("user.associate", who(of), String(username));
    if (linked) forget();
    return linked;
  });
  const find = (name, claims) => {
    const wanted = create(null);
    for (const key of ownKeys(Object(claims))) {
      const last = String(key).split("/").pop();
      const claim = last === "username" ? last : last === "emailaddress" || last === "email" ? "email" : null;
      if (claim === null) throw new TypeError(name + " knows username and emailaddress alone");
      wanted[claim] = String(claims[key]);
    }
    if (ownKeys(wanted).length === 0) throw new TypeError(name + " needs a claim");
    const found = ask("user.find", wanted);
    return found === null ? null : user(found);
  };
  define("getUniqueUserWithClaimValues", (claims) => find("getUniqueUserWithClaimValues", claims));
  // A username or a verified address is one account's alone, so there is one at most.
  define("getUsersWithClaimValues", (claims) => {
    const found = find("getUsersWithClaimValues", claims);
    return found === null ? [] : [found];
  });
  // The password is a stand-in for the one that was typed and did not fit.
  define("updateUserPassword", (of, password, callbacks) => {
    const done = ask("user.set_password", who(of), String(password));
    const callback = callbacks && (done ? callbacks.onSuccess : callbacks.onFail);
    if (typeof callback === "function") call(callback, context);
    return done;
  });
  define("terminateUserSession", (of, id) => {
    const ended = ask("session.end", who(of), String(id));
    // The sessions are others now.
    forget("sessions");
    return ended;
  });
  const letters = { new_device: "new_device", UnseenDeviceLogin: "new_device", sign_in: "sign_in" };
  define("sendEmail", (of, template) => {
    const letter = ownKeys(letters).includes(String(template)) ? letters[template] : null;
    if (letter === null) throw new TypeError("sendEmail knows the letters new_device and sign_in alone");
    return ask("mail.send", who(of), letter);
  });
  define("setCookie", (_, name, value, options) => {
    go();
    const age = options && options["max-age"];
    host.effect(
      stringify({
        effect: "set_cookie",
        name: String(name),
        value: String(value),
        max_age_seconds: age === undefined ? null : Math.trunc(Number(age)) || 0,
      }),
    );
  });
  define("getCookieValue", (_, name) => ask("cookie", String(name)));
  define("filterAuthenticators", (options, excluded) => {
    const kept = create(null);
    for (const key of ownKeys(Object(options))) {
      const one = options[key];
      if (isObject(one) && one.authenticator !== excluded) kept[key] = one;
    }
    return kept;
  });
  define("getMaskedValue", (value) => {
    const plain = String(value);
    return plain.length <= 2 ? "*".repeat(plain.length) : plain[0] + "*".repeat(plain.length - 2) + plain.at(-1);
  });
  // A stand-in for each secret; the value itself never comes here.
  const standIns = new RealMap();
  const secret = (name) => {
    go();
    if (!standIns.has(name)) {
      const standIn = ask("secret", name);
      if (standIn === null) throw new TypeError("There is no secret " + name);
      standIns.set(name, standIn);
    }
    return standIns.get(name);
  };
  define("secrets", lookup(secret));
  define("getSecretByName", (name) => secret(String(name)));
  define("matchesSecret", (standIn, value) => ask("secret.matches", String(standIn), String(value)));
  const isObject = (value) => value !== null && typeof value === "object";
  const texts = (object) => {
    const found = create(null);
    for (const key of ownKeys(object)) if (typeof key === "string") found[key] = String(object[key]);
    return found;
  };
  // The analyser leaves open what an answer holds: each field is asked for when the script reads it.
  const plain = {};
  const open = (number, path) =>
    lookup((name) => {
      if (name === "toJSON" || name === "then") return undefined;
      if (name in plain) return plain[name];
      const found = ask("http.data", number, [...path, name]);
      return isObject(found) && found.open === true ? open(number, [...path, name]) : none(found);
    });
  let requests = 0;
  const send = (method, url, body, headers, credentials, callbacks) => {
    go();
    requests += 1;
    if (requests > 5) end({ end: "limit", limit: "calls" });
    const sent = [requests, method, String(url), headers, credentials, body === undefined ? null : body];
    const item = { callbacks, line: line() };
    later({ ...item, asks: ["http", ...sent], heard: (answer) => heard(item, sent[0], answer) });
  };
  const sends = (method) => (url, ...given) => {
    const last = given[given.length - 1];
    const reacts = (one) => ["onSuccess", "onFail", "onTimeout"].some((name) => typeof one[name] === "function");
    const callbacks = isObject(last) && reacts(last) ? given.pop() : {};
    const body = method === "POST" && given.length > 0 ? given.shift() : null;
    let headers = {};
    let credentials = null;
    for (const one of given) {
      if (!isObject(one)) continue;
      if (isObject(one.properties)) credentials = { type: String(one.type), properties: texts(one.properties) };
      else headers = texts(one);
    }
    send(method, url, body, headers, credentials, callbacks);
  };
  define("httpGet", sends("GET"));
  define("httpPost", sends("POST"));
  // What the reference calls so is httpPost with credentials that a token is asked for with.
  define("callChoreo", (meta, payload, callbacks) => {
    const given = isObject(meta) ? meta : {};
    const has = (name) => given[name] !== undefined && given[name] !== null;
    const named = (...names) => {
      const name = names.find(has);
      if (name === undefined) throw new TypeError("callChoreo needs " + names.join(" or "));
      return name;
    };
    const url = named("url");
    const key = named("consumerKey", "consumerKeyAlias");
    const password = named("consumerSecret", "consumerSecretAlias");
    const endpoint = named("asgardeoTokenEndpoint", "tokenEndpoint");
    const value = (name) => (name.endsWith("Alias") ? secret(String(given[name])) : String(given[name]));
    const properties = {
      consumerKey: value(key),
      consumerSecret: value(password),
      tokenEndpoint: value(endpoint),
      ...(has("scopes") ? { scopes: value("scopes") } : {}),
    };
    const credentials = { type: "clientcredential", properties };
    send("POST", given[url], payload, {}, credentials, isObject(callbacks) ? callbacks : {});
  });
  // `genericForm`: a page of ours with what the script writes on it.
  const asText = (what, value, limit) => {
    if (value === undefined || value === null) return null;
    const found = String(value);
    if ([...found].length > limit) throw new TypeError(what + " has more than " + limit + " characters");
    return found;
  };
  const input = (one) => {
    if (!isObject(one)) throw new TypeError("An input of a form is an object with id and label");
    const name = String(one.id === undefined ? one.name : one.id);
    if (!/^[A-Za-z0-9_.-]{1,40}$/.test(name)) {
      throw new TypeError("The id of an input is made of up to 40 letters, digits, dots, hyphens and underscores");
    }
    const label = asText("The label of " + name, one.label, 100) || name;
    const kind = one.type === "checkbox" ? "checkbox" : "text";
    return { name, label, required: one.required === true, kind };
  };
  const form = (data, maySkip) => {
    const given = isObject(data) ? data : {};
    const inputs = isArray(given.inputs) ? given.inputs.map(input) : [];
    if (inputs.length > 6) throw new TypeError("A form has more than 6 inputs");
    for (const one of inputs) {
      if (inputs.some((other) => other !== one && other.name === one.name)) {
        throw new TypeError("Two inputs of a form have the id " + one.name);
      }
    }
    const title = asText("The title of a form", given.title, 100);
    return { title, text: asText("The text of a form", given.text, 600), inputs, may_skip: maySkip };
  };
  let prompts = 0;
  define("prompt", function prompt(template, data, callbacks) {
    go();
    const given = callbacks || {};
    const maySkip = typeof given.onFail === "function";
    prompts += 1;
    const number = prompts;
    if (template === "activeSessions") {
      const most = Number(isObject(data) ? data.maxSessionCount : undefined);
      if (!(most >= 1 && most <= 50)) throw new TypeError("activeSessions needs maxSessionCount, a number from 1 to 50");
      const at = line();
      const heard = (all) => chooseSessions(given, { number, all, most: Math.trunc(most), maySkip, at });
      later({ line: at, asks: ["sessions", "known"], heard });
      return;
    }
    if (template !== "genericForm") {
      throw new TypeError("There is no template " + String(template) + "; there are genericForm and activeSessions");
    }
    const page = form(data, maySkip);
    later({ line: line(), asks: ["prompt", number, page], heard: (answer) => filled(given, number, page, answer) });
  });
  const missing = (name) =>
    define(name, () => {
      throw new TypeError(name + " is not available");
    });
  missing("promptIdentifierForStep");
  missing("removeAssociatedLocalUser");
  missing("loadLocalLibrary");
  missing("require");
  missing("assignUserRolesV2");
  missing("removeUserRolesV2");

  const heard = (item, number, answer) => {
    const { onSuccess, onFail, onTimeout } = item.callbacks;
    if (answer.refused) end({ end: "broken", message: String(answer.refused), line: item.line });
    const data = answer.open ? open(number, []) : answer.data;
    if (answer.ok) {
      if (typeof onSuccess === "function") call(onSuccess, context, data);
      return;
    }
    host.log("warn", "The request to another server failed: " + answer.why);
    const callback = answer.timed_out && typeof onTimeout === "function" ? onTimeout : onFail;
    if (typeof callback !== "function") {
      end({ end: "fail", code: null, message: "The request to another server failed.", line: item.line });
    }
    call(callback, context, data);
  };

  const filled = ({ onSuccess, onFail }, number, { inputs }, answer) => {
    if (!answer.ok) {
      call(onFail, context);
      return;
    }
    for (const { name, required, kind } of inputs) {
      const open = () => ask("prompt.value", number, name, required, kind);
      typed.set(name, answer.open ? open : () => answer.params[name]);
    }
    if (typeof onSuccess === "function") call(onSuccess, context);
  };

  // `activeSessions`: who is signed in in too many browsers says which of them to leave. This one counts as well.
  const chooseSessions = ({ onSuccess, onFail }, { number, all, most, maySkip, at }) => {
    const goOn = () => {
      if (typeof onSuccess === "function") call(onSuccess, context);
    };
    const tooMany = all.length - most + 1;
    if (tooMany < 1) return goOn();
    const shown = all.slice(0, 20);
    const older = all.slice(20).map(({ id }) => String(id));
    const box = ({ id, userAgent, loginTime }) => ({
      name: String(id),
      label: [...String(userAgent || "?")].slice(0, 300).join(""),
      kind: "checkbox",
      since: Number(loginTime) || 0,
    });
    const sessions = { most, least_ended: Math.min(Math.max(tooMany - older.length, 0), shown.length) };
    const page = { title: null, text: null, inputs: shown.map(box), may_skip: maySkip, sessions };
    const heard = (answer) => {
      if (!answer.ok) {
        call(onFail, context);
        return;
      }
      // Those that have no place on the page go as well. To the analyser nothing depends on which they are.
      const chosen = () => ownKeys(answer.params).filter((id) => answer.params[id] === "on");
      const ended = answer.open ? [] : [...chosen(), ...older];
      for (const id of ended) ask("session.end", "known", id);
      forget("sessions");
      goOn();
    };
    call(() => later({ line: at, asks: ["prompt", number, page], heard }));
  };
});
