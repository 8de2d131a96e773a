// What a script sees. It runs once in front of each script, in the script's own engine, and takes away what it needs
// before the script can change it. Everything that is not known from the events ends the run with a question.
(function (host) {
  "use strict";
  const { parse, stringify } = JSON;
  const { apply, construct, ownKeys } = Reflect;
  const { create } = Object;
  const { isArray } = Array;
  const RealDate = Date;
  const RealError = Error;
  const RealMap = Map;
  const globalEval = eval;
  let events = [];
  const stop = { stopped: true };
  let at = 0;
  let stopped = false;
  let acr;
  // What was told since the last step, so that the same question has the same answer until somebody proves more.
  let told = new RealMap();
  const passed = new RealMap();
  let failed = null;
  // What was typed into the script's forms, by the id of the input.
  const typed = new RealMap();
  let queue = [];
  // Line of what the script asked for and is being done.
  let current = null;

  const text = (value) => (value === undefined || value === null ? null : String(value));
  const line = () => {
    const found = /script\.js:(\d+)/.exec(new RealError().stack || "");
    return found ? Number(found[1]) : current;
  };
  // The first end counts: a script that catches it and goes on changes nothing any more.
  const end = (what) => {
    if (!stopped) {
      stopped = true;
      host.end(stringify(what));
    }
    throw stop;
  };
  const go = () => {
    if (stopped) throw stop;
  };
  // What was asked comes back with the fields of its objects in another order.
  const sorted = (value) => {
    if (isArray(value)) return value.map(sorted);
    if (value === null || typeof value !== "object") return value;
    const fields = create(null);
    for (const name of ownKeys(value).sort()) fields[name] = sorted(value[name]);
    return fields;
  };
  // What was told counts no more: all of it, or the answers to one call.
  const forget = (call) => {
    if (call === undefined) told = new RealMap();
    else for (const key of [...told.keys()]) if (key.startsWith(`{"call":"${call}"`)) told.delete(key);
  };
  const ask = (call, ...args) => {
    go();
    const question = { call, args: sorted(parse(stringify(args))) };
    const key = stringify(question);
    if (told.has(key)) return told.get(key);
    if (at < events.length) {
      const event = events[at];
      at += 1;
      if (!event.t || stringify({ call: event.t[0].call, args: sorted(event.t[0].args || []) }) !== key) {
        end({ end: "broken", message: "The script did not run the same way twice.", line: line() });
      }
      told.set(key, event.t[1]);
      return event.t[1];
    }
    return end({ end: "ask", question, line: line() });
  };
  // An object whose properties are looked up when they are read.
  const lookup = (find, write) =>
    new Proxy(Object.freeze({}), {
      get: (_, name) => (typeof name === "string" ? find(name) : undefined),
      has: (_, name) => typeof name === "string" && find(name) !== undefined,
      set: (_, name, value) => {
        if (write) write(name, value);
        else throw new TypeError("This cannot be changed");
        return true;
      },
    });
  const none = (value) => (value === null ? undefined : value);

  const user = (who) => {
    const own = new RealMap();
    const fields = ["identifier", "uniqueId", "username", "groups", "roles", "tenantDomain", "userStoreDomain"];
    const object = {};
    for (const field of fields) {
      Object.defineProperty(object, field, { enumerable: true, get: () => ask("user", who, field) });
    }
    const claims = (kind, write) => lookup((name) => none(ask("user.claim", who, kind, name)), write);
    Object.defineProperty(object, "localClaims", { get: () => claims("local") });
    Object.defineProperty(object, "remoteClaims", { get: () => claims("remote") });
    Object.defineProperty(object, "claims", {
      get: () =>
        lookup(
          (name) => (own.has(name) ? own.get(name) : none(ask("user.claim", who, "any", name))),
          (name, value) => own.set(name, value),
        ),
    });
    object.toString = () => String(object.identifier);
    users.set(object, who);
    return Object.freeze(object);
  };
  const users = new WeakMap();
  const who = (object) => {
    const found = object !== null && typeof object === "object" ? users.get(object) : undefined;
    return found === undefined ? "known" : found;
  };

  const step = (number) => {
    const view = {};
    const property = (name, get) => Object.defineProperty(view, name, { enumerable: true, get });
    property("idp", () => ask("step", number, "idp"));
    property("authenticator", () => ask("step", number, "authenticator"));
    property("options", () => ask("step", number, "options"));
    property("subject", () => user(number));
    return Object.freeze(view);
  };
  const steps = new Proxy(Object.freeze({}), {
    get: (_, name) => (passed.has(String(name)) ? passed.get(String(name)) : undefined),
    set: () => {
      throw new TypeError("This cannot be changed");
    },
  });

  const request = Object.freeze({
    get ip() {
      return ask("request", "ip");
    },
    headers: lookup((name) => none(ask("request.header", name.toLowerCase()))),
    params: lookup((name) => {
      if (typed.has(name)) return [typed.get(name)()];
      const value = ask("request.param", name);
      return value === null ? undefined : [value];
    }),
    cookies: lookup((name) => {
      const value = ask("request.cookie", name);
      return value === null ? undefined : { value };
    }),
  });
  // What goes to the browser with the next answer.
  const sent = new RealMap();
  const setHeader = (name, value) => {
    go();
    sent.set(name.toLowerCase(), String(value));
    if (name.toLowerCase().startsWith("x-")) host.effect(stringify({ effect: "set_header", name, value: String(value) }));
    else host.log("warn", "response.headers." + name + " is not sent: only names that begin with X- are");
  };
  const known = user("known");
  const last = user("failed");
  const context = {
    steps,
    request,
    response: Object.freeze({ headers: lookup((name) => sent.get(name.toLowerCase()), setHeader) }),
    get serviceProviderName() {
      return ask("application", "name");
    },
    get requestedAcr() {
      return ask("request", "acr");
    },
    get selectedAcr() {
      return acr;
    },
    set selectedAcr(value) {
      go();
      acr = String(value);
      host.effect(stringify({ effect: "select_acr", acr }));
    },
    get currentKnownSubject() {
      return ask("user.known") ? known : null;
    },
    get lastAuthenticatedUser() {
      return ask("user.known") ? known : null;
    },
    get lastLoginFailedUser() {
      return failed === null ? null : last;
    },
    get currentStep() {
      return passed.size;
    },
    tenantDomain: "",
  };
  Object.freeze(context);

  const narrow = (options) => {
    const given = options && options.authenticationOptions;
    if (given === undefined || given === null) return null;
    const only = [];
    for (const key of ownKeys(given)) {
      const one = given[key];
      if (key === "length" || one === null || typeof one !== "object") continue;
      only.push({ idp: text(one.idp), authenticator: text(one.authenticator) });
    }
    return only;
  };
  // Whole numbers of a script, also where it writes them as text; anything else is no limit.
  const count = (value) => (/^[0-9]{1,4}$/.test(value) ? Number(value) : null);
  // `authenticatorParams`: names to begin with, and limits of codes. What is not known changes nothing, and the log says so.
  const hints = (options) => {
    const given = options && options.authenticatorParams;
    const found = { username: null, login_hints: create(null), code_limits: create(null) };
    const ignore = (path) => host.log("warn", "authenticatorParams." + path + " is not known and changes nothing");
    const read = (path, params, takes) => {
      if (params === null || typeof params !== "object") return;
      for (const name of ownKeys(params)) {
        if (typeof name !== "string") continue;
        const take = takes[name];
        if (take === undefined) ignore(path + "." + name);
        else take(String(params[name]));
      }
    };
    if (given === null || typeof given !== "object") return found;
    const takes = (of) => ({ __proto__: null, ...of });
    const username = (name) => (found.username = name);
    const hint = (handle) => (value) => (found.login_hints[handle] = value);
    const limits = (of) => {
      const limit = (name, read) => (value) => ((found.code_limits[of] ||= {})[name] = read(value));
      return {
        maximumAllowedFailureAttempts: limit("failures", count),
        maximumAllowedResendAttempts: limit("resends", count),
        terminateOnResendLimitExceeded: limit("resends_end", (value) => value === "true"),
        // There is no time in which nothing is sent again.
        skipResendBlockTime: () => {},
      };
    };
    const ours = (name) => {
      if (name === "BasicAuthenticator") return { username };
      if (name === "totp" || name === "email_otp") return limits(name);
      return name === "email-otp-authenticator" ? limits("email_otp") : {};
    };
    for (const part of ownKeys(given)) {
      const params = given[part];
      if (part === "common") {
        read("common", params, takes({ username, login_hint: hint("*") }));
      } else if (part === "local" || part === "federated") {
        if (params === null || typeof params !== "object") continue;
        for (const name of ownKeys(params)) {
          const known = part === "federated" ? { login_hint: hint(name) } : ours(name);
          read(part + "." + String(name), params[name], takes(known));
        }
      } else ignore(String(part));
    }
    // What waits for a step travels in a cookie.
    for (const name of ownKeys(found.login_hints).slice(3)) delete found.login_hints[name];
    return found;
  };
  const isTrue = (flag) => flag === true || flag === "true";
  // Everybody who passes a step is the person of the first one, so whose name and attributes count needs no mark.
  const marks = ["markAsSubjectIdentifierStep", "markAsSubjectAttributeStep"];
  const flags = (options) => {
    const given = (options && options.stepOptions) || {};
    for (const name of ownKeys(given)) {
      if (name === "forceAuth" || name === "skipPrompt" || marks.includes(name)) continue;
      host.log("warn", "stepOptions." + String(name) + " is not known and changes nothing");
    }
    return { force: isTrue(given.forceAuth), skip_prompt: isTrue(given.skipPrompt) };
  };
  const define = (name, value) =>
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });

  define("executeStep", function executeStep(number, options, callbacks) {
    go();
    const two = callbacks === undefined;
    const given = (two ? options : callbacks) || {};
    const settings = two ? {} : options || {};
    queue.push({
      step: Number(number),
      only: narrow(settings),
      flags: flags(settings),
      hints: hints(settings),
      callbacks: given,
      line: line(),
    });
  });
  define("fail", (error) => {
    go();
    const { errorCode, errorMessage } = error || {};
    queue.push({ over: { end: "fail", code: text(errorCode), message: text(errorMessage), line: line() } });
  });
  define("sendError", () => {
    go();
    queue.push({ over: { end: "send_error", line: line() } });
  });
  define("selectAcrFrom", (_, list) => {
    const wanted = ask("request", "acr");
    for (const one of wanted) if (Array.prototype.includes.call(list, one)) return one;
    return list[0];
  });
  define("isMemberOfAnyOfGroups", (of, groups) => ask("groups.any", who(of), [...groups].map(String)));
  define("hasAnyOfTheRolesV2", (_, roles) => ask("roles.any", "known", [...roles].map(String)));
  define("hasAnyOfTheRoles", (of, roles) => ask("roles.any", who(of), [...roles].map(String)));
  define("hasRole", (of, role) => ask("roles.any", who(of), [String(role)]));
  define("getUserSessions", (of) => ask("sessions", who(of)));
  const write = (level) => (...parts) => {
    go();
    host.log(level, parts.map((part) => (typeof part === "object" ? stringify(part) : String(part))).join(" "));
  };
  const log = Object.freeze({ info: write("info"), warn: write("warn"), error: write("error"), debug: write("debug") });
  define("Log", log);
  define("log", log);
  define("console", Object.freeze({ ...log, log: write("info") }));

  function Clock(...args) {
    if (!new.target) return new RealDate(ask("now")).toString();
    return construct(RealDate, args.length === 0 ? [ask("now")] : args, new.target);
  }
  Clock.prototype = RealDate.prototype;
  Clock.now = () => ask("now");
  Clock.parse = RealDate.parse;
  Clock.UTC = RealDate.UTC;
  RealDate.prototype.constructor = Clock;
  define("Date", Clock);
  // A number per call: the same question twice would have the same answer.
  let drawn = 0;
  Math.random = () => ask("random", (drawn += 1));

  // What a call of the script asked for comes before what was asked for earlier and has not run yet.
  const call = (callback, ...args) => {
    const later = queue;
    queue = [];
    apply(callback, undefined, args);
    const asked = queue.length;
    queue = queue.concat(later);
    return asked;
  };
  const after = (item, outcome) => {
    forget();
    const { onSuccess, onFail, onUserAbort } = item.callbacks;
    if (outcome === "s") {
      passed.set(String(item.step), step(item.step));
      if (typeof onSuccess === "function") call(onSuccess, context);
      return;
    }
    failed = item.step;
    const callback = outcome === "a" && typeof onUserAbort === "function" ? onUserAbort : onFail;
    if (typeof callback !== "function" || call(callback, context) === 0) {
      end({ end: "fail", code: null, message: null, line: item.line });
    }
  };

  const drive = () => {
    // `const` and `let` are no properties of the global object.
    const begin =
      globalThis.onLoginRequest || globalEval("typeof onLoginRequest === 'function' ? onLoginRequest : undefined");
    if (typeof begin !== "function") {
      end({ end: "broken", message: "There is no function onLoginRequest.", line: null });
    }
    call(begin, context);
    while (queue.length > 0) {
      go();
      const item = queue.shift();
      if (item.over) end(item.over);
      if (item.asks) {
        current = item.line;
        const answer = ask(...item.asks);
        current = null;
        item.heard(answer);
        continue;
      }
      if (at < events.length) {
        const event = events[at];
        at += 1;
        if (!event.s || event.s[0] !== item.step) {
          end({ end: "broken", message: "The script did not run the same way twice.", line: item.line });
        }
        after(item, event.s[1]);
        continue;
      }
      const { onFail, onUserAbort } = item.callbacks;
      end({
        end: "step",
        step: Number.isInteger(item.step) && item.step > 0 ? Math.min(item.step, 1000) : 0,
        only: item.only,
        ...item.flags,
        username: item.hints.username,
        login_hints: item.hints.login_hints,
        code_limits: item.hints.code_limits,
        on_fail: typeof onFail === "function",
        on_abort: typeof onUserAbort === "function" || typeof onFail === "function",
        line: item.line,
      });
    }
    end({ end: "done" });
  };
  const later = (item) => queue.push(item);
  return {
    begin(json) {
      events = parse(json);
    },
    drive,
    inner: { ask, call, context, define, end, forget, go, later, line, lookup, none, typed, user, who },
  };
});
