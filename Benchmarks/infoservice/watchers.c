// Many watchers of one kind on connections of their own, and one writer at a steady pace: how long until each watcher
// has each write, and how much memory of the server a watcher costs.
//
// usage: watchers PORT WATCHERS WRITES_A_SECOND SECONDS PREFIX PAYLOAD CERT KEY CA SERVER_PID [WRITERS_PORT]
//
// PORT and SERVER_PID are of the server that is watched; with WRITERS_PORT it is written through another one.
//
// Prints: median and 99th percentile in milliseconds from sending a write to having it at a watcher, the same from the
// answer to the write, deliveries, deliveries that were due, KiB of the server for each watcher, processor seconds of
// this client per second. The commit lies between sending and answer, so the first two are upper bounds.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

struct watcher {
    SSL *tls;
    size_t got;
    char line[8192];   // what came since the last end of a line
};

static SSL_CTX *context;
static int port, writers_port, pace, writes, payload;
static const char *prefix;
static _Atomic double *sent, *answered;
static atomic_int failed;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void give_up(const char *reason) {
    fprintf(stderr, "watchers: %s\n", reason);
    exit(1);
}

static SSL *connect_tls(int port) {
    int handle = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
    setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    if (connect(handle, (void *)&address, sizeof address) != 0) give_up("cannot connect");
    SSL *tls = SSL_new(context);
    SSL_set_fd(tls, handle);
    SSL_set_tlsext_host_name(tls, "localhost");
    if (SSL_connect(tls) != 1) give_up("no TLS connection");
    return tls;
}

// One create; its answer's revision, or -1.
static long create(SSL *tls, const char *name) {
    char body[8192], request[12288], answer[16384];
    char *text = malloc(payload + 1);
    memset(text, 'x', payload);
    text[payload] = 0;
    int length = snprintf(body, sizeof body, "{\"name\":\"%s\",\"spec\":{\"description\":\"%s\"}}", name, text);
    free(text);
    length = snprintf(request, sizeof request,
                      "POST /v1/nodeinfo HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s", length, body);
    if (SSL_write(tls, request, length) != length) return -1;
    size_t got = 0;
    for (;;) {
        int count = SSL_read(tls, answer + got, sizeof answer - got - 1);
        if (count <= 0) return -1;
        got += count;
        answer[got] = 0;
        char *end = strstr(answer, "\r\n\r\n"), *size = strcasestr(answer, "content-length:");
        if (end && size && got >= (size_t)(end - answer) + 4 + strtoul(size + 15, NULL, 10)) break;
    }
    char *tag = strcasestr(answer, "etag: \"");
    return atoi(answer + 9) == 201 && tag ? atol(tag + 7) : -1;
}

static void *write_all(void *argument) {
    SSL *tls = connect_tls(writers_port);
    double start = now();
    for (int i = 0; i < writes; i++) {
        double rest = start + (double)i / pace - now();
        // The writer has a thread of its own and keeps its pace by sleeping.
        if (rest > 0) usleep(rest * 1e6);
        char name[128];
        snprintf(name, sizeof name, "%s-%d", prefix, i);
        sent[i] = now();
        if (create(tls, name) < 0) {
            failed = 1;
            return NULL;
        }
        answered[i] = now();
    }
    return NULL;
}

static long resident_kib(int process) {
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/%d/status", process);
    FILE *file = fopen(path, "r");
    long result = -1;
    while (file && fgets(line, sizeof line, file)) sscanf(line, "VmRSS: %ld", &result);
    if (file) fclose(file);
    return result;
}

static int ascending(const void *left, const void *right) {
    float difference = *(const float *)left - *(const float *)right;
    return (difference > 0) - (difference < 0);
}

static float *since_sent, *since_answer;
static size_t deliveries, due;

static void arrived(struct watcher *watcher) {
    char mark[160];
    int length = snprintf(mark, sizeof mark, "\"name\":\"%s-", prefix);
    char *place = strstr(watcher->line, mark);
    if (!place || deliveries == due) return;
    int number = atoi(place + length);
    double moment = now(), answer = answered[number];
    since_sent[deliveries] = (moment - sent[number]) * 1000;
    since_answer[deliveries] = answer > 0 && moment > answer ? (moment - answer) * 1000 : 0;
    deliveries++;
}

static void take(struct watcher *watcher) {
    char buffer[16384];
    for (;;) {
        int count = SSL_read(watcher->tls, buffer, sizeof buffer);
        if (count <= 0) {
            if (SSL_get_error(watcher->tls, count) == SSL_ERROR_WANT_READ) return;
            give_up("a watch ended");
        }
        for (int i = 0; i < count; i++) {
            if (watcher->got < sizeof watcher->line - 1) watcher->line[watcher->got++] = buffer[i];
            if (buffer[i] != '\n') continue;
            watcher->line[watcher->got] = 0;
            arrived(watcher);
            watcher->got = 0;
        }
    }
}

int main(int count, char **arguments) {
    if (count != 11 && count != 12)
        give_up("usage: watchers PORT WATCHERS WRITES_A_SECOND SECONDS PREFIX PAYLOAD CERT KEY CA PID [WRITERS_PORT]");
    port = atoi(arguments[1]);
    writers_port = count == 12 ? atoi(arguments[11]) : port;
    int watchers = atoi(arguments[2]), server = atoi(arguments[10]);
    pace = atoi(arguments[3]);
    writes = pace * atoi(arguments[4]);
    prefix = arguments[5];
    payload = atoi(arguments[6]);
    context = SSL_CTX_new(TLS_client_method());
    if (!SSL_CTX_use_certificate_chain_file(context, arguments[7])
        || !SSL_CTX_use_PrivateKey_file(context, arguments[8], SSL_FILETYPE_PEM)
        || !SSL_CTX_load_verify_locations(context, arguments[9], NULL)) give_up("cannot read the certificates");
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);

    char name[128];
    snprintf(name, sizeof name, "%s-first", prefix);
    SSL *tls = connect_tls(writers_port);
    long revision = create(tls, name);
    if (revision < 0) give_up("the first create was refused");

    due = (size_t)watchers * writes;
    sent = calloc(writes, sizeof *sent);
    answered = calloc(writes, sizeof *answered);
    since_sent = malloc(due * sizeof *since_sent);
    since_answer = malloc(due * sizeof *since_answer);
    struct watcher *all = calloc(watchers, sizeof *all);
    int events = epoll_create1(EPOLL_CLOEXEC);
    long before = resident_kib(server);
    for (int i = 0; i < watchers; i++) {
        all[i].tls = connect_tls(port);
        char request[200];
        int length = snprintf(request, sizeof request,
                              "GET /v1/watch?kinds=nodeinfo&after=%ld HTTP/1.1\r\nHost: localhost\r\n\r\n", revision);
        if (SSL_write(all[i].tls, request, length) != length) give_up("cannot ask for a watch");
        char answer[4096];
        if (SSL_read(all[i].tls, answer, sizeof answer) < 12 || memcmp(answer + 9, "200", 3) != 0)
            give_up("a watch was refused");
        int handle = SSL_get_fd(all[i].tls);
        fcntl(handle, F_SETFL, fcntl(handle, F_GETFL) | O_NONBLOCK);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &all[i]};
        epoll_ctl(events, EPOLL_CTL_ADD, handle, &event);
        take(&all[i]);
    }
    sleep(1);
    double memory = (double)(resident_kib(server) - before) / watchers;

    pthread_t writer;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double used = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    double start = now(), end = start + (double)writes / pace + 5;
    pthread_create(&writer, NULL, write_all, NULL);
    struct epoll_event ready[256];
    while (deliveries < due && now() < end && !failed) {
        int number = epoll_wait(events, ready, 256, 200);
        for (int i = 0; i < number; i++) take(ready[i].data.ptr);
    }
    double elapsed = now() - start;
    pthread_join(writer, NULL);
    if (failed) give_up("a write was refused");
    if (deliveries == 0) give_up("nothing was delivered");
    getrusage(RUSAGE_SELF, &usage);
    used = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6 - used;
    long loaded = resident_kib(server) - before;
    if ((double)loaded / watchers > memory) memory = (double)loaded / watchers;
    qsort(since_sent, deliveries, sizeof *since_sent, ascending);
    qsort(since_answer, deliveries, sizeof *since_answer, ascending);
    printf("%.2f %.2f %.2f %.2f %zu %zu %.1f %.2f\n", since_sent[deliveries / 2], since_sent[deliveries * 99 / 100],
           since_answer[deliveries / 2], since_answer[deliveries * 99 / 100], deliveries, due, memory, used / elapsed);
    return 0;
}
