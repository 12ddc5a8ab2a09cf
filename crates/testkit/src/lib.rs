//! What tests are made of: databases, payloads, clocks.
#![doc = include_str!("../README.md")]

mod app;
mod browser;
mod builder;
mod clock;
mod database;
mod fixtures;
mod mailbox;
mod read_models;
mod refused;
mod rows;
mod story;
mod traces;

use std::time::Duration;

pub use app::TestApp;
pub use browser::look;
pub use builder::TestAppBuilder;
pub use clock::FixedClock;
pub use database::TestDatabase;
pub use fixtures::{FIXTURES, fixture};
pub use mailbox::Mailbox;
pub use story::Story;
pub use traces::in_files;

/// Makes two tests of each function, one for each database. A function takes a [`TestDatabase`] and is named as a
/// sentence. It ends within a minute, or `within` what a function answers.
///
/// ```no_run
/// use laurel_testkit::{TestApp, TestDatabase, both_databases, fixture};
///
/// async fn a_customer_registers(database: TestDatabase) {
///     let app = TestApp::new(database).await;
///     app.post(fixture("01_customer_registration")).await;
///     app.settle().await;
/// }
///
/// // `sqlite::a_customer_registers` and `postgres::a_customer_registers`.
/// both_databases!(a_customer_registers);
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! both_databases {
    (@ $run:expr; $($test:ident),+) => {
        mod sqlite {
            $(#[test]
            fn $test() {
                $run(async { super::$test($crate::TestDatabase::sqlite().await).await });
            })+
        }
        mod postgres {
            $(#[test]
            fn $test() {
                $run(async { super::$test($crate::TestDatabase::postgres().await).await });
            })+
        }
    };
    (within $limit:ident: $($test:ident),+ $(,)?) => {
        $crate::both_databases!(@ |test| $crate::run_for(super::$limit(), test); $($test),+);
    };
    ($($test:ident),+ $(,)?) => {
        $crate::both_databases!(@ $crate::run; $($test),+);
    };
}

/// Runs a test on a runtime of its own, for a minute at most.
///
/// # Panics
/// If it takes longer.
///
/// ```
/// laurel_testkit::run(async {
///     let database = laurel_testkit::TestDatabase::sqlite().await;
///     database.store.ping().await.expect("an answer");
/// });
/// ```
pub fn run(test: impl Future<Output = ()>) {
    run_for(Duration::from_mins(1), test);
}

/// Runs a test on a runtime of its own, for a while at most.
///
/// # Panics
/// If it takes longer.
///
/// ```
/// use std::time::Duration;
///
/// laurel_testkit::run_for(Duration::from_secs(5), async {
///     tokio::task::yield_now().await;
/// });
/// ```
pub fn run_for(limit: Duration, test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(async {
        let ended = tokio::time::timeout(limit, test).await;
        ended.unwrap_or_else(|_| panic!("the test did not end within {limit:?}"));
    });
}
