/* Attachment: what the daemon answers to AttachListenerHost, as plain data. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#include "bus/pool-options.h"
#include "listener-host/attempts.h"

typedef struct AttachedPool {
        char *name;
        uint32_t buffer_size;
        uint64_t after;   /* events are due above this serial */
        GArray *answered; /* uint64_t: serials above it that are dealt with */
        GArray *attempts; /* Attempt: of those that are not */
        uint64_t poolserial;
        uint64_t begun; /* tells pools that have a name one after the other apart */
        /* Options of the section; zero where the daemon names none. */
        int event_extras;            /* a boolean */
        uint64_t event_timeout_usec; /* 0 = none */
        uint32_t max_attempts;       /* 0 = any number */
        PoolOverflow overflow;
        PoolProtocol protocol;
        PayloadLength payload_length;
        PoolResultHandler result_handler;
        char **running; /* names of listeners; NULL = none */
} AttachedPool;

typedef struct AttachedListener {
        char *pool;
        char *process;
        uint64_t generation;
        bool is_running; /* its process is RUNNING */
} AttachedListener;

typedef struct Attachment {
        char *identifier;
        char *run_id;
        GPtrArray *pools;     /* AttachedPool */
        GPtrArray *listeners; /* AttachedListener, in the order in which they are served */
} Attachment;

/* Negative errno of sd-bus when the answer is of another shape. */
int attachment_read(sd_bus_message *reply, Attachment **ret);
Attachment *attachment_free(Attachment *attachment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Attachment, attachment_free)
