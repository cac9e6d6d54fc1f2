// What the two protocols of the load client share: connections over mutual TLS, requests, latencies.
#pragma once
#include <openssl/ssl.h>
#include <stddef.h>
#include <stdint.h>

// FILL creates the entities `<prefix>-0` to `<prefix>-<keys - 1>` that READ reads, and ends.
enum operation { FILL, CREATE, READ };

struct plan {
    enum operation operation;
    int port;
    int connections;
    int streams;      // requests in flight on each connection; more than one needs HTTP/2
    double warmup;    // seconds, not counted
    double seconds;   // counted
    const char *prefix;
    int keys;         // how many entities there are to read
    int payload;      // bytes of text in each entity
    int projects;     // of the Infoservice: when not 0, requests of so many projects are made instead of nodeinfos
    SSL_CTX *tls;
};

// One connection's work. Filled by its own thread only.
struct worker {
    const struct plan *plan;
    int number;
    unsigned seed;
    uint64_t made;             // names used up
    uint64_t number_given;     // FILL: that of the last name
    int open;                  // gRPC: requests not yet answered
    double begin, end;         // of the counted time, on the monotonic clock
    float *latencies;          // microseconds
    size_t count, capacity;
    int failed;                // set with a reason in `reason`
    char reason[200];
};

double now(void);
SSL *connect_tls(const struct plan *plan, const char *protocol);
void close_tls(SSL *tls);
void note(struct worker *worker, double started, double ended);
int fail(struct worker *worker, const char *format, ...) __attribute__((format(printf, 2, 3)));
// The name for the next request: a new one to create, or one of those that exist. 0 when there is nothing left to do.
int next_name(struct worker *worker, char *name, size_t size);

void run_http1(struct worker *worker);
void run_grpc(struct worker *worker);
