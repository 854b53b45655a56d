//! The server outlives its database.

use crate::postgres::Postgres;
use crate::real::{PASSWORD, Shop};
use entity::outbox;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;
use std::time::Duration;
use tokio::time::{interval, timeout};

/// Registers until the server has noticed that its connections are gone.
async fn register(shop: &Shop, name: &str) {
    let mut tick = interval(Duration::from_millis(50));
    for n in 0.. {
        tick.tick().await;
        let email = format!("{name}{n}@contoh.id");
        let body = json!({ "name": name, "email": email, "password": PASSWORD, "role": "customer" });
        let request = reqwest::Client::new().post(format!("{}/api/v1/auth/register", shop.url())).json(&body);
        if request.send().await.is_ok_and(|answer| answer.status().is_success()) {
            return;
        }
    }
}

#[tokio::test]
async fn events_are_handled_after_a_restart_of_the_database() {
    let Some(postgres) = Postgres::start() else { return };
    let shop = Shop::new(Some(postgres.url()));
    let _server = shop.start().await;
    for name in ["ani", "budi", "citra"] {
        postgres.crash();
        shop.ready().await;
        register(&shop, name).await;
        let db = shop.database().await;
        let open = outbox::Entity::find().filter(outbox::Column::DoneAt.is_null());
        let mut tick = interval(Duration::from_millis(100));
        let handled = timeout(Duration::from_secs(60), async {
            while open.clone().count(&db).await.unwrap() > 0 {
                tick.tick().await;
            }
        });
        assert!(handled.await.is_ok(), "{name} is never welcomed");
    }
}
