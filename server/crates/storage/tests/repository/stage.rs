//! A database for one test.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use doorward_storage::Store;
use doorward_vault::Keyring;
use sea_orm::{ConnectionTrait, Database};
use tokio::sync::OnceCell;

/// A migrated, empty database.
pub struct Stage {
    pub store: Store,
    pub url: String,
    /// SQLite's files; removed with it.
    pub folder: Option<tempfile::TempDir>,
}

/// The same in every store, so that a second one opens what the first one sealed.
pub fn keyring() -> Arc<Keyring> {
    Arc::new(Keyring::from_master([42; 32]))
}

/// Runs each test on both databases.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let stage = crate::stage::Stage::sqlite().await;
                super::$name(&stage).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let stage = crate::stage::Stage::postgres().await;
                super::$name(&stage).await;
                stage.remove().await;
            })*
        }
    };
}
pub(crate) use on_both;

impl Stage {
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("doorward.db").display());
        let store = Store::open(&url, keyring()).await.expect("opens");
        store.migrate().await.expect("migrates");
        Self {
            store,
            url,
            folder: Some(folder),
        }
    }

    pub async fn postgres() -> Self {
        static TEMPLATE: OnceCell<String> = OnceCell::const_new();
        let template = TEMPLATE.get_or_init(make_template).await;
        let url = create_database(Some(template)).await;
        let store = Store::open(&url, keyring()).await.expect("opens");
        Self {
            store,
            url,
            folder: None,
        }
    }

    /// A second process on the same database.
    pub async fn another(&self) -> Store {
        Store::open(&self.url, keyring()).await.expect("opens")
    }

    pub async fn remove(self) {
        self.store.close().await.expect("closes");
        let name = self.url.rsplit('/').next().unwrap_or_default();
        admin(&format!("DROP DATABASE \"{name}\" WITH (FORCE)")).await;
    }

    /// Runs SQL behind the back of the store.
    pub async fn sql(&self, sql: &str) {
        let connection = Database::connect(&self.url).await.expect("connects");
        connection.execute_unprepared(sql).await.expect(sql);
        connection.close().await.expect("closes");
    }

    /// How many rows a table has.
    pub async fn rows(&self, table: &str) -> i64 {
        self.rows_of(&[table]).await[0]
    }

    /// How many rows each table has, at one moment.
    pub async fn rows_of(&self, tables: &[&str]) -> Vec<i64> {
        let connection = Database::connect(&self.url).await.expect("connects");
        let count = |(place, table): (usize, &&str)| format!("SELECT {place} AS place, COUNT(*) AS n FROM {table}");
        let counts: Vec<String> = tables.iter().enumerate().map(count).collect();
        let sql = format!("{} ORDER BY place", counts.join(" UNION ALL "));
        let statement = sea_orm::Statement::from_string(connection.get_database_backend(), sql);
        let rows = connection.query_all_raw(statement).await.expect("counts");
        connection.close().await.expect("closes");
        rows.iter().map(|row| row.try_get("", "n").expect("a number")).collect()
    }
}

fn admin_url() -> String {
    std::env::var("DOORWARD_TEST_POSTGRES_URL").expect(
        "DOORWARD_TEST_POSTGRES_URL is not set: run the tests with `cargo xtask test`, which starts a PostgreSQL server",
    )
}

async fn admin(sql: &str) {
    let connection = Database::connect(admin_url()).await.expect("PostgreSQL answers");
    connection.execute_unprepared(sql).await.expect(sql);
    connection.close().await.expect("closes");
}

/// Creates a database and answers its URL.
pub async fn create_database(template: Option<&str>) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("doorward_test_{}_{number}", std::process::id());
    let from = template
        .map(|template| format!(" TEMPLATE \"{template}\""))
        .unwrap_or_default();
    admin(&format!("CREATE DATABASE \"{name}\"{from}")).await;
    let mut url = url::Url::parse(&admin_url()).expect("an address");
    url.set_path(&name);
    url.into()
}

async fn make_template() -> String {
    let url = create_database(None).await;
    let store = Store::open(&url, keyring()).await.expect("opens");
    store.migrate().await.expect("migrates");
    store.close().await.expect("closes");
    url.rsplit('/').next().unwrap_or_default().to_owned()
}
