/* Rotation: when a log file is put aside, and which names its backups have.
 *
 * FILE.1 is the newest backup and FILE.N the oldest, as in Supervisor; a compressed one has the
 * suffix of its program besides, as FILE.3.gz. Opens no file and reads no clock. */
#pragma once

#include <stdint.h>
#include <time.h>

#include "daemon/config/config.h"

typedef struct Rotation {
        int64_t max_bytes; /* 0 = no matter how large */
        int64_t backups;   /* 0 = none: the file is emptied */
        int64_t every;     /* seconds; 0 = no matter how old */
        LogCompression compress;
} Rotation;

Rotation rotation_of_channel(const ChannelConfig *channel);
Rotation rotation_of_supervisord(const SupervisordConfig *supervisord);

/* The first moment after this one at which a period of so many seconds begins, as local clocks show
 * it: for a day at midnight, for a week on Monday, for a part of a day a multiple of it since
 * midnight. */
time_t rotation_next(time_t now, int64_t every);

/* ".gz" and so on, "" for none. */
const char *rotation_suffix(LogCompression compress);
/* FILE.N with the suffix. Caller frees with g_free. */
char *rotation_name(const char *path, int64_t n, LogCompression compress);

/* No backup has a higher number than this one, or it is counted among those that are missing:
 * behind a hundred missing numbers nothing is looked for. At most backups. */
int64_t rotation_oldest(const char *path, int64_t backups);
/* Moves FILE to FILE.1 after the backups have made room; the oldest is deleted. Backups that are
 * missing do no harm. Negative errno; then FILE is where it was. */
int rotation_shift(const char *path, int64_t backups);
