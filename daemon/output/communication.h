/* Communication: tells what a program prints from what it says to the event listeners, between
 * Supervisor's two tags, wherever the stream is cut.
 *
 * Between the tags at most so many bytes are kept; the oldest go first. A second begin tag there is
 * data, as with Supervisor. The tags themselves are handed to nobody. */
#pragma once

#include <stddef.h>

#include <glib.h>

#define COMMUNICATION_BEGIN "<!--XSUPERVISOR:BEGIN-->"
#define COMMUNICATION_END   "<!--XSUPERVISOR:END-->"

typedef struct Communication Communication;

typedef struct CommunicationHandler {
        /* Bytes outside of the tags; and between them, as they come. Never none. */
        void (*plain)(const char *data, size_t size, void *userdata);
        void (*captured)(const char *data, size_t size, void *userdata);
        /* At the end tag: all that stood between the tags, as far as it was kept. */
        void (*message)(const char *data, size_t size, void *userdata);
} CommunicationHandler;

/* handler is borrowed. max_bytes: at least 1. */
Communication *communication_new(
                size_t max_bytes, const CommunicationHandler *handler, void *userdata);
Communication *communication_free(Communication *communication);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Communication, communication_free)

/* Bytes that could be the beginning of a tag are held back. */
void communication_push(Communication *communication, const char *data, size_t size);
/* The end of the stream: what was held back is handed on. How many bytes were kept of a message
 * that has no end; none of them is handed on. */
size_t communication_end(Communication *communication);
