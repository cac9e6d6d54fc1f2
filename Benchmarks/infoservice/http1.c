// The Infoservice's protocol: HTTP/1.1 with keep-alive, one request at a time on each connection.
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int compose(struct worker *worker, const char *text, char *request, size_t size) {
    char name[128];
    if (!next_name(worker, name, sizeof name)) return 0;
    if (worker->plan->operation == READ)
        return snprintf(request, size, "GET /v1/nodeinfo/%s HTTP/1.1\r\nHost: localhost\r\n\r\n", name);
    char body[8192], fields[64] = "\"cores\":4,\"memory_mb\":8192";
    int projects = worker->plan->projects;
    if (projects) snprintf(
            fields, sizeof fields, "\"cluster\":\"rest\",\"project\":\"project-%d\"", (int)(worker->number_given % projects));
    int length = snprintf(
        body, sizeof body, "{\"name\":\"%s\",\"spec\":{%s,\"description\":\"%s\"}}", name, fields, text);
    return snprintf(
        request, size,
        "POST /v1/%s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
        projects ? "request" : "nodeinfo", length, body);
}

// Reads one whole answer. Returns its status, or -1.
static int answer(SSL *tls, char *buffer, size_t size) {
    size_t got = 0;
    for (;;) {
        int count = SSL_read(tls, buffer + got, size - got - 1);
        if (count <= 0) return -1;
        got += count;
        buffer[got] = 0;
        char *end = strstr(buffer, "\r\n\r\n");
        if (!end) continue;
        char *length = strcasestr(buffer, "content-length:");
        if (!length || length > end) return -1;
        if (got >= (size_t)(end - buffer) + 4 + strtoul(length + 15, NULL, 10)) return atoi(buffer + 9);
    }
}

void run_http1(struct worker *worker) {
    SSL *tls = connect_tls(worker->plan, "http/1.1");
    if (!tls) {
        fail(worker, "no TLS connection to port %d", worker->plan->port);
        return;
    }
    char text[4096], request[16384], buffer[16384];
    memset(text, 'x', worker->plan->payload);
    text[worker->plan->payload] = 0;
    int expected = worker->plan->operation == READ ? 200 : 201;
    for (double started = now(); started < worker->end; started = now()) {
        int length = compose(worker, text, request, sizeof request);
        if (!length) break;
        if (SSL_write(tls, request, length) != length) {
            fail(worker, "cannot send");
            break;
        }
        int status = answer(tls, buffer, sizeof buffer);
        if (status != expected) {
            fail(worker, "status %d instead of %d: %.120s", status, expected, status < 0 ? "" : buffer);
            break;
        }
        note(worker, started, now());
    }
    close_tls(tls);
}
