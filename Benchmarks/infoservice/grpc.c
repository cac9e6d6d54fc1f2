// etcd's protocol: gRPC, which is protobuf messages over HTTP/2 (github.com/grpc/grpc, doc/PROTOCOL-HTTP2.md).
//
// The two messages that are needed have so few fields that they are written out here:
// etcdserverpb.PutRequest {bytes key = 1; bytes value = 2}, etcdserverpb.RangeRequest {bytes key = 1}.
#include "load.h"

#include <nghttp2/nghttp2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct call {
    struct worker *worker;
    double started;
    size_t length, sent;
    int status;         // grpc-status; -1 until it came
    size_t received;    // bytes of the answer's messages
    uint8_t message[8192];
};

static uint8_t *put_field(uint8_t *place, int field, const void *bytes, size_t length) {
    *place++ = field << 3 | 2;
    for (size_t rest = length; ; rest >>= 7) {
        *place++ = (rest & 0x7f) | (rest > 0x7f ? 0x80 : 0);
        if (rest <= 0x7f) break;
    }
    memcpy(place, bytes, length);
    return place + length;
}

static ssize_t give(nghttp2_session *session, int32_t stream, uint8_t *buffer, size_t size, uint32_t *flags,
                    nghttp2_data_source *source, void *user) {
    struct call *call = source->ptr;
    size_t count = call->length - call->sent < size ? call->length - call->sent : size;
    memcpy(buffer, call->message + call->sent, count);
    call->sent += count;
    if (call->sent == call->length) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return count;
}

#define HEADER(name, value) \
    {(uint8_t *)(name), (uint8_t *)(value), sizeof(name) - 1, strlen(value), \
     NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE}

static int submit(nghttp2_session *session, struct call *call) {
    static uint8_t value[4096];
    struct worker *worker = call->worker;
    int is_create = worker->plan->operation != READ;
    char name[128];
    int length = next_name(worker, name, sizeof name);
    if (!length) return 0;
    uint8_t *end = put_field(call->message + 5, 1, name, length);
    if (is_create) end = put_field(end, 2, value, worker->plan->payload);
    uint32_t size = end - call->message - 5;
    // The prefix of a gRPC message: not compressed, length in network order.
    uint8_t prefix[5] = {0, size >> 24, size >> 16, size >> 8, size};
    memcpy(call->message, prefix, sizeof prefix);
    call->length = size + 5;
    call->sent = call->received = 0;
    call->status = -1;
    nghttp2_nv headers[] = {
        HEADER(":method", "POST"), HEADER(":scheme", "https"),
        HEADER(":path", is_create ? "/etcdserverpb.KV/Put" : "/etcdserverpb.KV/Range"),
        HEADER(":authority", "localhost"), HEADER("content-type", "application/grpc"), HEADER("te", "trailers"),
    };
    nghttp2_data_provider provider = {.source.ptr = call, .read_callback = give};
    call->started = now();
    worker->open++;
    return nghttp2_submit_request(session, NULL, headers, sizeof headers / sizeof *headers, &provider, call) < 0;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name, size_t name_length,
                     const uint8_t *value, size_t value_length, uint8_t flags, void *user) {
    struct call *call = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    if (call && name_length == 11 && memcmp(name, "grpc-status", 11) == 0) call->status = atoi((const char *)value);
    return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t stream, const uint8_t *data, size_t length,
                   void *user) {
    struct call *call = nghttp2_session_get_stream_user_data(session, stream);
    if (call) call->received += length;
    return 0;
}

static int on_close(nghttp2_session *session, int32_t stream, uint32_t error, void *user) {
    struct call *call = nghttp2_session_get_stream_user_data(session, stream);
    struct worker *worker = call->worker;
    double ended = now();
    // A read that found the key has its value in the answer.
    size_t least = worker->plan->operation == READ ? worker->plan->payload : 1;
    if (error || call->status != 0 || call->received < least)
        fail(worker, "gRPC status %d, HTTP/2 error %u, %zu bytes", call->status, error, call->received);
    note(worker, call->started, ended);
    worker->open--;
    if (!worker->failed && ended < worker->end && submit(session, call) != 0) fail(worker, "cannot submit");
    return 0;
}

void run_grpc(struct worker *worker) {
    SSL *tls = connect_tls(worker->plan, "h2");
    if (!tls) {
        fail(worker, "no TLS connection to port %d", worker->plan->port);
        return;
    }
    nghttp2_session_callbacks *callbacks;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    nghttp2_session *session;
    nghttp2_session_client_new(&session, callbacks, worker);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1 << 20}};
    nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings, 1);
    nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0, 1 << 24);
    struct call *calls = calloc(worker->plan->streams, sizeof *calls);
    for (int i = 0; i < worker->plan->streams; i++) {
        calls[i].worker = worker;
        submit(session, &calls[i]);
    }
    // Frames are gathered and written together: one TLS record for all that is ready.
    uint8_t buffer[65536], out[65536];
    while (!worker->failed && worker->open > 0 && now() < worker->end) {
        size_t gathered = 0;
        const uint8_t *bytes;
        ssize_t count;
        while ((count = nghttp2_session_mem_send(session, &bytes)) > 0) {
            if (gathered + count > sizeof out) {
                if (SSL_write(tls, out, gathered) <= 0) fail(worker, "cannot send");
                gathered = 0;
            }
            memcpy(out + gathered, bytes, count);
            gathered += count;
        }
        if (gathered && SSL_write(tls, out, gathered) <= 0) fail(worker, "cannot send");
        int got = SSL_read(tls, buffer, sizeof buffer);
        if (got <= 0) fail(worker, "the connection ended");
        else if (nghttp2_session_mem_recv(session, buffer, got) < 0) fail(worker, "not HTTP/2");
    }
    nghttp2_session_del(session);
    free(calls);
    close_tls(tls);
}
