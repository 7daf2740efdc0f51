/* Little-endian: numbers as they stand in the files of the event log, whatever the machine. */
#pragma once

#include <stdint.h>
#include <string.h>

#include <glib.h>

static inline void put_u32(uint8_t *bytes, uint32_t value)
{
        value = GUINT32_TO_LE(value);
        memcpy(bytes, &value, sizeof value);
}

static inline void put_u64(uint8_t *bytes, uint64_t value)
{
        value = GUINT64_TO_LE(value);
        memcpy(bytes, &value, sizeof value);
}

static inline uint32_t get_u32(const uint8_t *bytes)
{
        uint32_t value;

        memcpy(&value, bytes, sizeof value);
        return GUINT32_FROM_LE(value);
}

static inline uint64_t get_u64(const uint8_t *bytes)
{
        uint64_t value;

        memcpy(&value, bytes, sizeof value);
        return GUINT64_FROM_LE(value);
}
