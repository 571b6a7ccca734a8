//! More is asked than can be answered: what is refused, what answers all the same, and who leaves the queue.

use std::{
    io::Write,
    net::TcpStream,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use kith::{
    cli::listen::Limits,
    directory::{
        Directory, Error,
        admission::{self, Admission, Stop},
        request::SearchRequest,
    },
};

use crate::support::{Answer, Client, a_service, runtime, sample_in, serve_endpoint, serve_in_process, until};

/// The sample with so many searches at work and so many waiting.
fn served(turns: usize, places: usize) -> (Directory, Arc<Admission>, Client, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let admission = Arc::new(Admission::new(turns, places));
    let directory = sample_in(folder.path()).admitting(Arc::clone(&admission));
    let client = serve_in_process(&directory, runtime());
    (directory, admission, client, folder)
}

/// Asks for a search as the client does, without waiting for the answer.
fn ask(client: &Client) -> thread::JoinHandle<Answer> {
    let client = client.clone();
    thread::spawn(move || client.get("/v1/search?q=grief"))
}

#[test]
fn one_search_too_many_is_refused_at_once_and_what_is_no_search_answers() {
    let (_directory, admission, client, _folder) = served(1, 2);
    let (service, organization) = a_service(&client);
    let turn = runtime().block_on(admission.turn()).unwrap();
    let waiting = [ask(&client), ask(&client)];
    until("two wait", || admission.waiting() == 2);

    // Nothing is computed while the turn is held here, so each of these is answered at once or never.
    let json = |path| client.post_json(path, "{\"q\": \"grief\", \"near\": \"LS6 2\"}");
    for refused in [
        client.get("/v1/search?q=grief"),
        json("/v1/search"),
        client.get("/v1/sessions?near=LS6+2"),
        json("/v1/sessions"),
        client.get("/v1/suggest?q=gri"),
        client.get("/hsds/services"),
    ] {
        let problem = refused.problem("busy");
        assert_eq!(
            (refused.status, refused.header("retry-after"), refused.header("cache-control")),
            (503, "2", "no-store")
        );
        assert_eq!(problem["crisis"][0]["phone"], "999");
    }
    for path in ["/", "/tonight", "/this-week"] {
        let page = client.post_form(path, "q=grief&near=LS6+2");
        assert_eq!((page.status, page.header("retry-after")), (503, "2"), "{path}");
        assert!(page.text().contains("116 123"), "{path} has the lines to ring");
    }
    for path in [
        "/",
        "/tonight",
        &format!("/listing/{service}"),
        &format!("/v1/services/{service}"),
        &format!("/v1/organizations/{organization}"),
        &format!("/hsds/services/{service}"),
        "/v1/services?per_page=1",
        "/v1/terms",
        "/v1/crisis",
        "/v1/places?q=Leeds",
        "/healthz",
        "/readyz",
        "/openapi.json",
        "/problems/busy",
    ] {
        assert_eq!(client.get(path).status, 200, "{path}");
    }
    let faulty = client.post_json("/v1/search", "{\"colour\": \"red\"}");
    assert_eq!(faulty.faults(), ["/colour unknown_parameter"], "what is faulty is told so, without a turn");

    drop(turn);
    for answer in waiting {
        assert_eq!(answer.join().unwrap().status, 200, "who has waited is answered");
    }
    assert_eq!(admission.waiting(), 0);
}

#[test]
fn who_hangs_up_while_waiting_is_not_searched_for() {
    let (_directory, admission, client, _folder) = served(1, 1);
    let turn = runtime().block_on(admission.turn()).unwrap();
    for request in [
        "GET /v1/search?q=grief HTTP/1.1\r\nHost: kith\r\n\r\n",
        "POST /v1/search HTTP/1.1\r\nHost: kith\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{\"q\":\"grief\"}",
        "POST / HTTP/1.1\r\nHost: kith\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\n\r\nq=grief",
    ] {
        let mut stream = TcpStream::connect(client.address()).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        until("it waits", || admission.waiting() == 1);
        drop(stream);
        until("it has left the queue, though no turn came", || admission.waiting() == 0);
    }
    drop(turn);
    assert_eq!(client.get("/v1/search?q=grief").status, 200);
}

#[test]
fn a_crowd_gets_answers_or_refusals_and_leaves_nothing_behind() {
    let (_directory, admission, client, _folder) = served(1, 2);
    let (answered, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| {
                for _ in 0..10 {
                    match client.get("/v1/search?near=Leeds&per_page=100").status {
                        200 => answered.fetch_add(1, Ordering::Relaxed),
                        503 => refused.fetch_add(1, Ordering::Relaxed),
                        other => panic!("{other}"),
                    };
                }
            });
        }
        for _ in 0..20 {
            assert_eq!(client.get("/v1/crisis").status, 200);
        }
    });
    assert_eq!(answered.load(Ordering::Relaxed) + refused.load(Ordering::Relaxed), 120);
    assert!(answered.load(Ordering::Relaxed) >= 10, "a crowd does not keep everybody from being answered");
    assert_eq!((client.get("/v1/search?near=Leeds").status, admission.waiting()), (200, 0));
}

#[test]
fn a_search_at_work_ends_when_its_sender_hangs_up_or_it_has_taken_too_long() {
    let folder = tempfile::tempdir().unwrap();
    let directory = sample_in(folder.path());
    let asked = SearchRequest { q: Some("grief".to_owned()), ..SearchRequest::default() };
    let searched = |stop: Stop| {
        let (directory, asked) = (&directory, &asked);
        runtime().block_on(admission::unless(stop, async move { directory.search(asked) }))
    };
    assert!(searched(Stop::when(|| false)).is_ok());
    assert!(matches!(searched(Stop::when(|| true)), Err(Error::Busy)));

    // Computes without ever waiting, as a search does, until it is told that nobody waits for it.
    let (told, tell) = mpsc::channel();
    let computes = poem::endpoint::make_sync(move |_| {
        let (began, stop) = (Instant::now(), admission::stop());
        told.send(None).unwrap();
        while !stop.is_asked() && began.elapsed() < Duration::from_secs(20) {
            std::hint::spin_loop();
        }
        told.send(Some(began.elapsed())).unwrap();
    });
    // A server has a thread more than there are searches at work.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let limits = Limits { request: Duration::from_secs(2), ..Limits::default() };
    let client = serve_endpoint(computes, limits, &runtime);
    let ask = || {
        let mut stream = TcpStream::connect(client.address()).unwrap();
        stream.write_all(b"GET /v1/search?q=grief HTTP/1.1\r\nHost: kith\r\n\r\n").unwrap();
        assert_eq!(tell.recv().unwrap(), None);
        stream
    };
    let gone = ask();
    thread::sleep(Duration::from_millis(50));
    assert!(tell.try_recv().is_err(), "while its sender waits it goes on");
    drop(gone);
    let took = tell.recv().unwrap().unwrap();
    assert!(took < limits.request, "{took:?}");
    let _patient = ask();
    let took = tell.recv().unwrap().unwrap();
    // Its time is counted from a moment before it begins to compute.
    assert!((limits.request.mul_f64(0.9)..4 * limits.request).contains(&took), "{took:?}");
}
