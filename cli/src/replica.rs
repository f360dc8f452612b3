//! The replica of the database, where one is named: its setting, its watch, and what `doctor` says of it.

use std::time::Duration;

use actix_web::web::{Data, ServiceConfig};
use anyhow::{Context, Result, bail};
use domain::{
    replica::{Replica, Standing},
    store::{self, Db},
};
use tokio_util::sync::CancellationToken;

use crate::{
    config::{Config, is_postgres},
    wiring,
};

/// How long whoever reads from a replica waits for a connection: the database itself can be asked instead.
const PATIENCE: Duration = Duration::from_secs(1);

/// Whether the setting holds. That a standby answers there is none of it: it may be away, and come back.
pub(crate) fn check(config: &Config) -> Result<()> {
    let Some(replica) = &config.replica_url else { return Ok(()) };
    let url = config.database_url();
    if !is_postgres(&url) {
        bail!("replica_url names a standby of PostgreSQL's, and database_url leads to SQLite, which has none");
    }
    if !is_postgres(replica) || url::Url::parse(replica).is_err() {
        bail!("replica_url must be an address that begins with postgres:");
    }
    if *replica == url {
        bail!("replica_url is the address of database_url itself; name a standby, or remove it");
    }
    Ok(())
}

/// The replica at an address. Nobody is asked yet.
async fn open(config: &Config, url: &str, primary: &Db) -> Result<Replica> {
    let door = url::Url::parse(url).context("replica_url is no address")?;
    let db = store::connect_to_read(PATIENCE, url, config.database_connections).await.context("replica_url")?;
    Ok(Replica::new(db, Some(door), primary.clone()))
}

/// What a server reads from; nothing where no replica is named.
#[derive(Clone)]
pub(crate) struct Watched(Option<Data<Replica>>);

impl Watched {
    /// Leaves it to the pages.
    pub(crate) fn configure(&self, app: &mut ServiceConfig) {
        if let Some(replica) = &self.0 {
            app.app_data(replica.clone());
        }
    }
}

/// Has the replica watched until told to stop. One that is away, or no standby, keeps no server from starting: after a failover the same address may lead to what
/// is the primary now, and a shop that is slower is better than none. The log says so, and `doctor` refuses it.
pub(crate) async fn watched(config: &Config, primary: &Db, stop: &CancellationToken) -> Result<Watched> {
    let Some(url) = &config.replica_url else { return Ok(Watched(None)) };
    let replica = open(config, url, primary).await?;
    let (watched, stop) = (replica.clone(), stop.clone());
    tokio::spawn(async move {
        tokio::select! {
            () = stop.cancelled() => {}
            () = watched.keep_watch() => {}
        }
    });
    Ok(Watched(Some(Data::new(replica))))
}

/// Whether servers would read from it.
pub(crate) async fn try_out(config: &Config) -> Result<String> {
    let Some(url) = &config.replica_url else { return Ok("none: all is read from the database itself".to_owned()) };
    let primary = wiring::connect(config).await?;
    match open(config, url, &primary).await?.look().await? {
        Standing::InUse => Ok("a standby of the database, which has all of it".to_owned()),
        Standing::Behind => {
            Ok("a standby of the database, a little behind; it is read from once that is 5 s at the most".to_owned())
        }
        standing => bail!("{standing}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replica_is_a_standby_of_postgresql_and_its_password_is_never_told() {
        let with = |database: Option<&str>, replica: &str| Config {
            database_url: database.map(str::to_owned),
            replica_url: Some(replica.to_owned()),
            ..Config::default()
        };
        let (primary, standby) = ("postgres://ledgerline:s3cret@one/beats", "postgresql://ledgerline:s3cret@two/beats");
        check(&with(Some(primary), standby)).unwrap();
        for (database, replica) in [
            (None, standby),
            (Some("sqlite:beats.db"), standby),
            (Some(primary), primary),
            (Some(primary), ""),
            (Some(primary), "sqlite:beats.db"),
            (Some(primary), "postgres://ledgerline:s3cret@two:port/beats"),
        ] {
            let said = format!("{:#}", check(&with(database, replica)).unwrap_err());
            assert!(said.contains("replica_url") && !said.contains("s3cret"), "{database:?} {replica}: {said}");
        }
    }
}
