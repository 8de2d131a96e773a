//! One run of a script in an engine of its own.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use doorward_domain::script::{
    EVENT_LIMIT, Effect, Event, Limit, LogLine, Run, RunEnd, SOURCE_LIMIT, ScriptEngine, TIME_LIMIT_MILLIS,
};
use rquickjs::context::{EvalOptions, intrinsic};
use rquickjs::{CatchResultExt, CaughtError, Context, Ctx, Function, Object, Persistent, Runtime};

use rustix::time::{ClockId, clock_gettime};

use crate::prelude;

/// The name of the script in stack traces; the prelude looks for it.
const SCRIPT: &str = "script.js";
const MEMORY_LIMIT: usize = 32 * 1024 * 1024;
const STACK_LIMIT: usize = 256 * 1024;
/// Lines a script may write in one run, and the bytes of each.
const LOG_LINES: usize = 100;
const LOG_LINE_LIMIT: usize = 1_000;
const EFFECTS: usize = 20;

/// What a script finds of the language: all that decides and computes. Left out is what it has no use for (buffers of
/// bytes, weak references, the clock of a browser), because making it takes a third of the time of a whole run.
type Language = (
    intrinsic::Date,
    intrinsic::Eval,
    intrinsic::RegExpCompiler,
    intrinsic::RegExp,
    intrinsic::Json,
    intrinsic::Proxy,
    intrinsic::MapSet,
    intrinsic::Promise,
);

/// Runs scripts, each in a fresh engine. What a run leaves is taken down and the next engine made ready after it, when
/// nobody waits.
#[derive(Default)]
pub struct Engine {
    ready: Option<Sandbox>,
    spent: Option<Sandbox>,
}

/// What a run leaves behind.
#[derive(Default)]
struct Told {
    end: Option<RunEnd>,
    log: Vec<LogLine>,
    effects: Vec<Effect>,
}

struct Sandbox {
    // Before the context and the runtime: what is dropped last must be what the others live in.
    host: Persistent<Object<'static>>,
    prelude: Persistent<Object<'static>>,
    told: Rc<RefCell<Told>>,
    deadline: Rc<Cell<Option<Duration>>>,
    context: Context,
    runtime: Runtime,
}

impl Engine {
    /// Makes the next engine ready.
    pub fn prepare(&mut self) {
        self.spent = None;
        if self.ready.is_none() {
            self.ready = Sandbox::new().ok();
        }
    }
}

impl ScriptEngine for Engine {
    fn run(&mut self, source: &str, events: &[Event]) -> Run {
        let limit = |limit| Run {
            end: RunEnd::Limit { limit },
            log: vec![],
            effects: vec![],
        };
        if source.len() > SOURCE_LIMIT {
            return limit(Limit::Source);
        }
        if events.len() > EVENT_LIMIT {
            return limit(Limit::Calls);
        }
        self.prepare();
        match self.ready.take() {
            Some(mut sandbox) => {
                let run = sandbox.run(source, events);
                self.spent = Some(sandbox);
                run
            }
            None => limit(Limit::Memory),
        }
    }
}

impl Sandbox {
    fn new() -> rquickjs::Result<Self> {
        let runtime = Runtime::new()?;
        runtime.set_memory_limit(MEMORY_LIMIT);
        runtime.set_max_stack_size(STACK_LIMIT);
        let deadline: Rc<Cell<Option<Duration>>> = Rc::default();
        let ends = deadline.clone();
        runtime.set_interrupt_handler(Some(Box::new(move || {
            ends.get().is_some_and(|ends| computed() >= ends)
        })));
        let context = Context::custom::<Language>(&runtime)?;
        let told: Rc<RefCell<Told>> = Rc::default();
        let (host, prelude) = context.with(|ctx| {
            let host = host(&ctx, &told)?;
            let made: Object = prelude::load(&ctx, prelude::FLOW)?.call((host.clone(),))?;
            Ok::<_, rquickjs::Error>((Persistent::save(&ctx, host), Persistent::save(&ctx, made)))
        })?;
        Ok(Self {
            host,
            prelude,
            told,
            deadline,
            context,
            runtime,
        })
    }

    fn run(&mut self, source: &str, events: &[Event]) -> Run {
        self.deadline
            .set(Some(computed() + Duration::from_millis(TIME_LIMIT_MILLIS)));
        let (host, prelude) = (self.host.clone(), self.prelude.clone());
        let thrown = self.context.with(|ctx| {
            let ran = (|| {
                let prelude = prelude.restore(&ctx)?;
                if prelude::needs_more(source) {
                    let inner: Object = prelude.get("inner")?;
                    prelude::load(&ctx, prelude::MORE)?.call::<_, ()>((host.restore(&ctx)?, inner))?;
                }
                let json = serde_json::to_string(events).unwrap_or_default();
                prelude.get::<_, Function>("begin")?.call::<_, ()>((json,))?;
                ctx.eval_with_options::<(), _>(source, options())?;
                prelude.get::<_, Function>("drive")?.call::<_, ()>(())
            })();
            ran.catch(&ctx).err().map(|error| thrown(&error))
        });
        let Told { end, log, effects } = std::mem::take(&mut *self.told.borrow_mut());
        // What the script asked for first counts, whatever it did with the refusal to go on.
        if let Some(end) = end {
            return Run { end, log, effects };
        }
        // With no memory left the engine throws `null`, because there is none for the exception.
        let end = match thrown {
            Some(RunEnd::Broken { line: None, .. })
                if self.runtime.memory_usage().malloc_size > MEMORY_LIMIT as i64 / 2 =>
            {
                RunEnd::Limit { limit: Limit::Memory }
            }
            Some(thrown) => thrown,
            None => RunEnd::Broken {
                message: "The script ended nowhere.".to_owned(),
                line: None,
            },
        };
        Run { end, log, effects }
    }
}

/// How long this thread has computed: what others compute meanwhile is not the script's.
fn computed() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec.unsigned_abs() as u32)
}

fn options() -> EvalOptions {
    let mut options = EvalOptions::default();
    options.global = true;
    options.strict = false;
    options.filename = Some(SCRIPT.to_owned());
    options
}

/// The few functions of ours that the prelude calls; scripts never get hold of them.
fn host<'js>(ctx: &Ctx<'js>, told: &Rc<RefCell<Told>>) -> rquickjs::Result<Object<'js>> {
    let host = Object::new(ctx.clone())?;
    let of_end = told.clone();
    let end = move |json: String| {
        let mut told = of_end.borrow_mut();
        if told.end.is_none() {
            told.end = Some(read_end(&json));
        }
    };
    host.set("end", Function::new(ctx.clone(), end)?)?;
    let of_effect = told.clone();
    let effect = move |json: String| {
        let mut told = of_effect.borrow_mut();
        if told.effects.len() < EFFECTS
            && let Ok(effect) = serde_json::from_str(&json)
        {
            told.effects.push(effect);
        }
    };
    host.set("effect", Function::new(ctx.clone(), effect)?)?;
    let of_log = told.clone();
    let log = move |level: String, text: String| {
        let mut told = of_log.borrow_mut();
        if told.log.len() < LOG_LINES {
            let text = text.chars().take(LOG_LINE_LIMIT).collect();
            told.log.push(LogLine { level, text });
        }
    };
    host.set("log", Function::new(ctx.clone(), log)?)?;
    Ok(host)
}

fn read_end(json: &str) -> RunEnd {
    serde_json::from_str(json).unwrap_or(RunEnd::Broken {
        message: "The script passed a value that cannot be read.".to_owned(),
        line: None,
    })
}

fn thrown(error: &CaughtError<'_>) -> RunEnd {
    match error {
        CaughtError::Exception(exception) => {
            let message = exception.message().unwrap_or_default();
            let stack = exception.stack().unwrap_or_default();
            match message.as_str() {
                "out of memory" | "string too long" => RunEnd::Limit { limit: Limit::Memory },
                "Maximum call stack size exceeded" | "stack overflow" => RunEnd::Limit { limit: Limit::Stack },
                "interrupted" => RunEnd::Limit { limit: Limit::Time },
                _ => RunEnd::Broken {
                    message: short(&message),
                    line: line(&stack),
                },
            }
        }
        CaughtError::Value(value) => RunEnd::Broken {
            message: short(&format!("Threw {}", described(value))),
            line: None,
        },
        // Memory so scarce that not even the exception could be made.
        CaughtError::Error(_) => RunEnd::Limit { limit: Limit::Memory },
    }
}

/// A text or a number as it is; of anything else what it is, because to read it could run the script.
fn described(value: &rquickjs::Value<'_>) -> String {
    let text = value.as_string().and_then(|text| text.to_string().ok());
    let number = value.as_number().map(|number| number.to_string());
    text.or(number).unwrap_or_else(|| value.type_name().to_owned())
}

fn short(message: &str) -> String {
    message.chars().take(300).collect()
}

fn line(stack: &str) -> Option<u32> {
    let (_, rest) = stack.split_once("script.js:")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}
