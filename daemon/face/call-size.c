/* What the arguments take is added up, container by container; D-Bus bounds how deep they are. */

#include "daemon/face/call-size.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The message itself, its header, and the allocations of all. */
#define MESSAGE_BYTES 1024
/* A number, or what comes with a string or container. */
#define ITEM_BYTES 8

static size_t size_of_items(sd_bus_message *message, size_t max);

static bool is_text(char type)
{
        return type == SD_BUS_TYPE_STRING || type == SD_BUS_TYPE_OBJECT_PATH ||
               type == SD_BUS_TYPE_SIGNATURE;
}

static size_t size_of_basic(sd_bus_message *message, char type)
{
        union {
                const char *text;
                uint64_t number;
        } value = { .number = 0 };

        if (sd_bus_message_read_basic(message, type, &value) <= 0)
                return 0;
        return ITEM_BYTES + (is_text(type) ? strlen(value.text) : 0);
}

static size_t size_of_bytes(sd_bus_message *message)
{
        const void *data;
        size_t size;

        return sd_bus_message_read_array(message, 'y', &data, &size) < 0 ? 0 : ITEM_BYTES + size;
}

static size_t size_of_container(
                sd_bus_message *message, char type, const char *contents, size_t max)
{
        size_t bytes;

        if (type == SD_BUS_TYPE_ARRAY && strcmp(contents, "y") == 0)
                return size_of_bytes(message);
        if (sd_bus_message_enter_container(message, type, contents) <= 0)
                return 0;
        bytes = ITEM_BYTES + size_of_items(message, max);
        if (bytes < max)
                (void)sd_bus_message_exit_container(message);
        return bytes;
}

/* Up to the end of the container that the message is in. */
static size_t size_of_items(sd_bus_message *message, size_t max)
{
        size_t bytes = 0, item = 1;
        const char *contents;
        char type;

        while (bytes < max && item > 0 && sd_bus_message_peek_type(message, &type, &contents) > 0) {
                item = contents ? size_of_container(message, type, contents, max - bytes)
                                : size_of_basic(message, type);
                bytes += item;
        }
        return bytes;
}

size_t call_size(sd_bus_message *message, size_t max)
{
        size_t bytes = MESSAGE_BYTES + size_of_items(message, max);

        (void)sd_bus_message_rewind(message, true);
        return bytes;
}
