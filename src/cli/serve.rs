//! `kith serve`: the pages and the API on one address, the follower beside them.

use std::{
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use poem::{Endpoint, EndpointExt, Request, Response, Server, listener::Acceptor};

use super::{
    keep,
    listen::{Limits, Listening, Peers},
    sample,
};
use crate::{
    api,
    config::Config,
    directory::{Directory, Error, Lock, admission, holds::NewHold},
    domain::{
        clock::{SystemChance, SystemClock},
        entry::Standing,
    },
    web,
};

/// How often the folder's lock is asked for, and how long is waited in between.
const LOCK_TRIES: (u32, Duration) = (50, Duration::from_millis(100));
/// How often it is looked whom to forget.
const FORGET: Duration = Duration::from_secs(30);
/// Connections that may ask for metrics at one time.
const SCRAPERS: usize = 16;
/// How long open requests get when the server is told to stop.
const DRAIN: Duration = Duration::from_secs(10);

/// Serves until told to stop.
pub async fn run(config: &Config, with_sample: bool) -> Result<ExitCode> {
    let folder = if with_sample { config.data.join("sample") } else { config.data.clone() };
    let directory = Directory::at(&folder, config.database.as_deref(), Arc::new(SystemClock), Arc::new(SystemChance))?;
    let _lock = lock(&directory).await?;
    if with_sample {
        directory.prepare().await?;
        directory.become_sample().await?;
        let package = sample::package(directory.clock.now().london_date());
        directory.import_sample(&package, keep::ACTOR).await?;
        // One listing shows what is left of a withdrawn one: its address answers 410.
        let withdrawn = sample::service_id(sample::WITHDRAWN).to_string();
        directory.set_standing(&withdrawn, Standing::Withdrawn, keep::ACTOR).await?;
        for (id, because) in sample::held() {
            let new = NewHold { id: &id, because, by: "an invented reviewer", until: None };
            match directory.hold(new, keep::ACTOR).await {
                // Held since an earlier start.
                Ok(_) | Err(Error::Invalid(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    let limits = Limits::default();
    let acceptor = Listening::bind(config.listen, limits)
        .await
        .with_context(|| format!("{} cannot be listened at", config.listen))?;
    let address =
        acceptor.local_addr().first().and_then(|address| address.as_socket_addr().copied()).unwrap_or(config.listen);
    say!("kith serves http://{address}{}", if with_sample { " (invented listings)" } else { "" });

    let metrics = match config.metrics {
        Some(address) => {
            let acceptor = Listening::bind(address, Limits { connections: SCRAPERS, ..Limits::default() })
                .await
                .with_context(|| format!("metrics cannot be served at {address}"))?;
            let address = acceptor.local_addr().first().and_then(|address| address.as_socket_addr().copied());
            say!("metrics at http://{}/metrics", address.unwrap_or(config.listen));
            Some(Server::new_with_acceptor(acceptor).run(api::metrics::endpoint(&directory)))
        }
        None => None,
    };
    let metrics = async move {
        match metrics {
            Some(served) => served.await,
            None => std::future::pending().await,
        }
    };

    // Requests are answered from the first moment, with 503 and the crisis lines until the view is ready; whether the
    // store is there is the follower's care.
    let follower = tokio::spawn({
        let directory = directory.clone();
        async move { directory.follow().await }
    });
    let unusable = async move {
        match follower.await {
            Ok(Err(error)) => error,
            Ok(Ok(never)) => match never {},
            Err(error) => {
                tracing::error!(%error, "the follower has ended: readers keep the last view");
                std::future::pending().await
            }
        }
    };
    let endpoint = while_awaited(acceptor.peers(), limits.request, endpoint(&directory));
    let forgetting = async {
        loop {
            tokio::time::sleep(FORGET).await;
            directory.forget_senders();
        }
    };
    let server = Server::new_with_acceptor(acceptor);
    tokio::select! {
        served = server.run_with_graceful_shutdown(endpoint, told_to_stop(), Some(DRAIN)) => served?,
        served = metrics => served?,
        () = forgetting => {}
        error = unusable => return Err(error.into()),
    }
    Ok(ExitCode::SUCCESS)
}

/// The folder's lock. A command that has just written may hold it for a moment to bring the view up to date.
async fn lock(directory: &Directory) -> std::result::Result<Lock, Error> {
    for _ in 0..LOCK_TRIES.0 {
        match directory.lock() {
            Err(Error::Locked) => tokio::time::sleep(LOCK_TRIES.1).await,
            outcome => return outcome,
        }
    }
    directory.lock()
}

/// All that is served: what is for programs under its own paths, pages everywhere else.
pub fn endpoint(directory: &Directory) -> impl Endpoint + use<> {
    Both { api: api::endpoint(directory).map_to_response().boxed(), web: web::routes(directory.clone()).boxed() }
}

/// The same, where searches end for which nobody waits any more: who asked has hung up, or it has taken longer than an
/// answer may.
pub fn while_awaited<E: Endpoint>(peers: Peers, longest: Duration, endpoint: E) -> impl Endpoint<Output = E::Output> {
    Awaited { peers, longest, endpoint }
}

struct Awaited<E> {
    peers: Peers,
    longest: Duration,
    endpoint: E,
}

impl<E: Endpoint> Endpoint for Awaited<E> {
    type Output = E::Output;

    async fn call(&self, request: Request) -> poem::Result<E::Output> {
        let Some(&peer) = request.remote_addr().as_socket_addr() else { return self.endpoint.call(request).await };
        let (peers, longest, came) = (self.peers.clone(), self.longest, Instant::now());
        let asked = AtomicU64::new(0);
        let stop = admission::Stop::when(move || {
            // Asking the system costs more than many a search: the first time after a millisecond, then once in each.
            let since = came.elapsed();
            let at = since.as_millis() as u64;
            since > longest || (asked.swap(at, Ordering::Relaxed) < at && peers.has_left(peer))
        });
        admission::unless(stop, self.endpoint.call(request)).await
    }
}

struct Both {
    api: poem::endpoint::BoxEndpoint<'static, Response>,
    web: poem::endpoint::BoxEndpoint<'static, Response>,
}

impl Endpoint for Both {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let side = if api::is_api_path(request.uri().path()) { &self.api } else { &self.web };
        Ok(side.call(request).await.unwrap_or_else(|error| error.into_response()))
    }
}

/// Ctrl-C, or the signal that a service manager sends.
async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
            let _ = interrupt.await;
            return;
        };
        tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
    }
    #[cfg(not(unix))]
    {
        let _ = interrupt.await;
    }
}
