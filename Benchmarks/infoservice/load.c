// Load client of the Infoservice benchmark: the same threads, sockets and TLS library for both servers, so that what
// differs is the servers and their protocols. See Benchmarks/README.md.
//
// usage: load http|grpc fill|create|read PORT CONNECTIONS STREAMS WARMUP SECONDS PREFIX KEYS PAYLOAD CERT KEY CA [PROJECTS]
//
// Prints: operations per second, median and 99th percentile latency in milliseconds, processor seconds of the client
// per second, number of operations.
#include "load.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static double processor_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

int fail(struct worker *worker, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(worker->reason, sizeof worker->reason, format, arguments);
    va_end(arguments);
    worker->failed = 1;
    return -1;
}

SSL *connect_tls(const struct plan *plan, const char *protocol) {
    int handle = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
    setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(plan->port)};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    if (connect(handle, (void *)&address, sizeof address) != 0) {
        close(handle);
        return NULL;
    }
    SSL *tls = SSL_new(plan->tls);
    SSL_set_fd(tls, handle);
    SSL_set_tlsext_host_name(tls, "localhost");
    SSL_set1_host(tls, "localhost");
    unsigned char names[16];
    size_t length = strlen(protocol);
    names[0] = length;
    memcpy(names + 1, protocol, length);
    SSL_set_alpn_protos(tls, names, length + 1);
    if (SSL_connect(tls) != 1) {
        close_tls(tls);
        return NULL;
    }
    return tls;
}

void close_tls(SSL *tls) {
    int handle = SSL_get_fd(tls);
    SSL_free(tls);
    close(handle);
}

void note(struct worker *worker, double started, double ended) {
    if (started < worker->begin || ended > worker->end) return;
    if (worker->count == worker->capacity) {
        worker->capacity = worker->capacity ? worker->capacity * 2 : 4096;
        worker->latencies = realloc(worker->latencies, worker->capacity * sizeof *worker->latencies);
    }
    worker->latencies[worker->count++] = (ended - started) * 1e6;
}

int next_name(struct worker *worker, char *name, size_t size) {
    const struct plan *plan = worker->plan;
    uint64_t turn = worker->made++;
    switch (plan->operation) {
    case CREATE: return snprintf(name, size, "%s-%d-%lu", plan->prefix, worker->number, (unsigned long)turn);
    case READ: return snprintf(name, size, "%s-%d", plan->prefix, rand_r(&worker->seed) % plan->keys);
    case FILL: break;
    }
    worker->number_given = turn * plan->connections + worker->number;
    if (worker->number_given >= (uint64_t)plan->keys) return 0;
    return snprintf(name, size, "%s-%lu", plan->prefix, (unsigned long)worker->number_given);
}

static int ascending(const void *left, const void *right) {
    float difference = *(const float *)left - *(const float *)right;
    return (difference > 0) - (difference < 0);
}

static void *grpc_thread(void *worker) { run_grpc(worker); return NULL; }
static void *http1_thread(void *worker) { run_http1(worker); return NULL; }

int main(int count, char **arguments) {
    if (count != 14 && count != 15) {
        fprintf(stderr, "usage: load http|grpc fill|create|read PORT CONNECTIONS STREAMS WARMUP SECONDS PREFIX KEYS PAYLOAD"
                        " CERT KEY CA [PROJECTS]\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    struct plan plan = {
        .operation = arguments[2][0] == 'f' ? FILL : arguments[2][0] == 'c' ? CREATE : READ,
        .port = atoi(arguments[3]), .connections = atoi(arguments[4]), .streams = atoi(arguments[5]),
        .warmup = atof(arguments[6]), .seconds = atof(arguments[7]), .prefix = arguments[8],
        .keys = atoi(arguments[9]), .payload = atoi(arguments[10]),
        .projects = count == 15 ? atoi(arguments[14]) : 0, .tls = SSL_CTX_new(TLS_client_method()),
    };
    if (!SSL_CTX_use_certificate_chain_file(plan.tls, arguments[11])
        || !SSL_CTX_use_PrivateKey_file(plan.tls, arguments[12], SSL_FILETYPE_PEM)
        || !SSL_CTX_load_verify_locations(plan.tls, arguments[13], NULL)) {
        fprintf(stderr, "load: cannot read the certificate, key or authority\n");
        return 2;
    }
    SSL_CTX_set_verify(plan.tls, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_read_ahead(plan.tls, 1);

    struct worker *workers = calloc(plan.connections, sizeof *workers);
    pthread_t *threads = calloc(plan.connections, sizeof *threads);
    double begin = now() + plan.warmup, used = processor_seconds(), started = now();
    for (int i = 0; i < plan.connections; i++) {
        workers[i] = (struct worker){
            .plan = &plan, .number = i, .seed = i + 1, .begin = begin, .end = begin + plan.seconds};
        pthread_create(&threads[i], NULL, strcmp(arguments[1], "grpc") == 0 ? grpc_thread : http1_thread, &workers[i]);
    }
    size_t total = 0;
    for (int i = 0; i < plan.connections; i++) {
        pthread_join(threads[i], NULL);
        if (workers[i].failed) {
            fprintf(stderr, "load: %s\n", workers[i].reason);
            return 1;
        }
        total += workers[i].count;
    }
    double share = (processor_seconds() - used) / (now() - started);
    if (total == 0) {
        fprintf(stderr, "load: nothing was answered in time\n");
        return 1;
    }
    float *all = malloc(total * sizeof *all), *place = all;
    for (int i = 0; i < plan.connections; i++) {
        memcpy(place, workers[i].latencies, workers[i].count * sizeof *all);
        place += workers[i].count;
    }
    qsort(all, total, sizeof *all, ascending);
    printf("%.1f %.3f %.3f %.2f %zu\n", total / (plan.operation == FILL ? now() - started : plan.seconds), all[total / 2] / 1000, all[total * 99 / 100] / 1000,
           share, total);
    return 0;
}
