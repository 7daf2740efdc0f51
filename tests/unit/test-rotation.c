/* Rotation: periods by the local clock, and the names of backups. */

#include "daemon/output/rotation.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "tests/unit/fixture.h"

#define HOUR 3600
#define DAY  (24 * HOUR)
#define WEEK (7 * DAY)

static void set_zone(const char *zone)
{
        g_setenv("TZ", zone, true);
        tzset();
}

/* Both as "2026-03-29 01:59:59 +0100". */
static char *show(time_t when)
{
        struct tm local;
        char text[64];

        localtime_r(&when, &local);
        strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %z", &local);
        return g_strdup(text);
}

static time_t parse(const char *text)
{
        struct tm utc = {};
        long offset;
        const char *end = strptime(text, "%Y-%m-%d %H:%M:%S ", &utc);

        g_assert_nonnull(end);
        offset = strtol(end, NULL, 10);
        return timegm(&utc) - (offset / 100 * HOUR + offset % 100 * 60);
}

typedef struct Case {
        const char *zone;
        int64_t every;
        const char *now, *next;
} Case;

/* In the zones of rules the clock is changed on the dates named by them, so that no data of the
 * system is needed. */
#define BERLIN "CET-1CEST,M3.5.0,M10.5.0/3"
/* Clocks are changed at midnight, which so does not exist, or exists twice. */
#define BEIRUT "EET-2EEST,M3.5.0/0,M10.5.0/0"

static const Case cases[] = {
        { "UTC0", HOUR, "2026-01-31 13:05:09 +0000", "2026-01-31 14:00:00 +0000" },
        { "UTC0", HOUR, "2026-01-31 14:00:00 +0000", "2026-01-31 15:00:00 +0000" },
        { "UTC0", 90, "2026-01-31 00:00:00 +0000", "2026-01-31 00:01:30 +0000" },
        { "UTC0", 1, "2026-01-31 00:00:00 +0000", "2026-01-31 00:00:01 +0000" },
        { "<+0545>-5:45", HOUR, "2026-01-31 13:05:09 +0545", "2026-01-31 14:00:00 +0545" },
        { "<+0545>-5:45", DAY, "2026-01-31 13:05:09 +0545", "2026-02-01 00:00:00 +0545" },
        { "<-0930>9:30", 900, "2026-01-31 23:55:09 -0930", "2026-02-01 00:00:00 -0930" },
        /* 2026-02-02 is a Monday. */
        { BERLIN, WEEK, "2026-01-31 13:05:09 +0100", "2026-02-02 00:00:00 +0100" },
        { BERLIN, WEEK, "2026-02-02 00:00:00 +0100", "2026-02-09 00:00:00 +0100" },
        /* The day of 23 hours. */
        { BERLIN, DAY, "2026-03-29 00:00:00 +0100", "2026-03-30 00:00:00 +0200" },
        { BERLIN, DAY, "2026-03-29 01:59:59 +0100", "2026-03-30 00:00:00 +0200" },
        { BERLIN, DAY, "2026-03-29 23:59:59 +0200", "2026-03-30 00:00:00 +0200" },
        { BERLIN, DAY, "2026-03-28 12:00:00 +0100", "2026-03-29 00:00:00 +0100" },
        { BERLIN, WEEK, "2026-03-25 12:00:00 +0100", "2026-03-30 00:00:00 +0200" },
        { BERLIN, HOUR, "2026-03-29 01:30:00 +0100", "2026-03-29 03:00:00 +0200" },
        { BERLIN, 6 * HOUR, "2026-03-29 01:30:00 +0100", "2026-03-29 06:00:00 +0200" },
        /* The day of 25 hours. */
        { BERLIN, DAY, "2026-10-25 00:00:00 +0200", "2026-10-26 00:00:00 +0100" },
        { BERLIN, DAY, "2026-10-25 23:30:00 +0100", "2026-10-26 00:00:00 +0100" },
        { BERLIN, HOUR, "2026-10-25 02:30:00 +0200", "2026-10-25 02:00:00 +0100" },
        { BERLIN, HOUR, "2026-10-25 02:30:00 +0100", "2026-10-25 03:00:00 +0100" },
        { BERLIN, 6 * HOUR, "2026-10-25 02:30:00 +0200", "2026-10-25 06:00:00 +0100" },
        { BERLIN, WEEK, "2026-10-25 12:00:00 +0100", "2026-10-26 00:00:00 +0100" },
        { BEIRUT, DAY, "2026-03-28 12:00:00 +0200", "2026-03-29 01:00:00 +0300" },
        { BEIRUT, DAY, "2026-03-29 01:00:00 +0300", "2026-03-30 00:00:00 +0300" },
        { BEIRUT, DAY, "2026-10-24 23:30:00 +0300", "2026-10-25 00:00:00 +0200" },
        { BEIRUT, DAY, "2026-10-24 23:30:00 +0200", "2026-10-25 00:00:00 +0200" },
};

static void test_next(void)
{
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *next = NULL;

                set_zone(cases[i].zone);
                next = show(rotation_next(parse(cases[i].now), cases[i].every));
                g_assert_cmpstr(next, ==, cases[i].next);
        }
}

/* Whatever the time: the next period begins later, and nothing is due between. */
static void test_next_is_steady(void)
{
        static const int64_t lengths[] = { 7, 90, 900, HOUR, 5 * HOUR, DAY, 2 * DAY, WEEK,
                366 * DAY };
        static const char *const zones[] = { BERLIN, BEIRUT,
                "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0" };
        const int64_t begin = 1700000000;

        for (size_t zone = 0; zone < G_N_ELEMENTS(zones); zone++) {
                set_zone(zones[zone]);
                for (int64_t now = begin; now < begin + 400 * DAY; now += 4999) {
                        int64_t every = lengths[now % G_N_ELEMENTS(lengths)];
                        time_t next = rotation_next(now, every);

                        g_assert_cmpint(next, >, now);
                        g_assert_cmpint(next, <=, now + every + 2 * HOUR);
                        g_assert_cmpint(rotation_next(now + (next - now) / 2, every), ==, next);
                        g_assert_cmpint(rotation_next(next - 1, every), ==, next);
                }
        }
}

static void put(const char *folder, const char *name)
{
        g_autofree char *path = g_build_filename(folder, name, NULL);

        g_assert_true(g_file_set_contents(path, name, -1, NULL));
}

/* The names that are there, each with what it was called before. */
static char *list(const char *folder)
{
        static const char *const names[] = { "log", "log.1", "log.1.gz", "log.2", "log.2.xz",
                "log.2.gz", "log.3", "log.3.xz", "log.3.gz", "log.4", "log.4.bz2" };
        GString *text = g_string_new(NULL);

        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
                g_autofree char *was = fixture_read(folder, names[i]);

                if (*was)
                        g_string_append_printf(
                                        text, "%s%s=%s", text->len ? " " : "", names[i], was);
        }
        return g_string_free(text, false);
}

static void test_shift(void)
{
        static const struct {
                const char *before[5];
                int64_t backups;
                const char *after;
        } rows[] = {
                { { "log" }, 3, "log.1=log" },
                { { "log", "log.1", "log.2" }, 3, "log.1=log log.2=log.1 log.3=log.2" },
                { { "log", "log.1", "log.2" }, 2, "log.1=log log.2=log.1" },
                /* What is compressed moves with the others, and goes at the end like them. */
                { { "log", "log.1.gz", "log.2.xz" }, 3,
                                "log.1=log log.2.gz=log.1.gz log.3.xz=log.2.xz" },
                { { "log", "log.1", "log.2", "log.3.xz" }, 3, "log.1=log log.2=log.1 log.3=log.2" },
                { { "log", "log.2.gz", "log.3" }, 3, "log.1=log log.3.gz=log.2.gz" },
                { { "log", "log.4.bz2" }, 3, "log.1=log log.4.bz2=log.4.bz2" },
                { { "log.1" }, 3, "log.2=log.1" },
                /* As many as there can be, but not a look for each of them. */
                { { "log", "log.1", "log.3" }, INT64_MAX, "log.1=log log.2=log.1 log.4=log.3" },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
                char *folder = fixture_folder_new();
                g_autofree char *path = g_build_filename(folder, "log", NULL);
                g_autofree char *after = NULL;

                for (int n = 0; rows[i].before[n]; n++)
                        put(folder, rows[i].before[n]);
                g_assert_cmpint(rotation_shift(path, rows[i].backups), ==, 0);
                after = list(folder);
                g_assert_cmpstr(after, ==, rows[i].after);
                fixture_folder_free(folder);
        }
}

/* One that cannot be moved keeps all newer ones where they are. */
static void test_shift_fails(void)
{
        char *folder = fixture_folder_new();
        g_autofree char *path = g_build_filename(folder, "log", NULL);
        g_autofree char *oldest = g_build_filename(folder, "log.3", NULL);
        g_autofree char *after = NULL;

        put(folder, "log");
        put(folder, "log.1");
        g_assert_cmpint(mkdir(oldest, 0700), ==, 0);
        g_assert_cmpint(rotation_shift(path, 3), ==, -EISDIR);
        after = list(folder);
        g_assert_cmpstr(after, ==, "log=log log.1=log.1");
        rmdir(oldest);
        fixture_folder_free(folder);
}

/* A file that is mounted there by itself, as into a container, cannot be renamed: the others are
 * where they were, however often that is tried. */
static void test_shift_of_mounted(void)
{
        static const char *const mounted[] = { "log", "log.2" };

        if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) {
                g_test_skip("nothing can be mounted here");
                return;
        }
        for (size_t i = 0; i < G_N_ELEMENTS(mounted); i++) {
                char *folder = fixture_folder_new();
                g_autofree char *path = g_build_filename(folder, "log", NULL);
                g_autofree char *place = g_build_filename(folder, mounted[i], NULL);

                put(folder, "log");
                put(folder, "log.1.gz");
                put(folder, "log.2");
                put(folder, "log.3.xz");
                g_assert_cmpint(mount(place, place, NULL, MS_BIND, NULL), ==, 0);
                for (int attempt = 0; attempt < 5; attempt++) {
                        g_autofree char *after = NULL;

                        g_assert_cmpint(rotation_shift(path, 4), ==, -EBUSY);
                        after = list(folder);
                        g_assert_cmpstr(after, ==,
                                        "log=log log.1.gz=log.1.gz log.2=log.2 log.3.xz=log.3.xz");
                }
                g_assert_cmpint(umount(place), ==, 0);
                fixture_folder_free(folder);
        }
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/rotation/next", test_next);
        g_test_add_func("/rotation/next-is-steady", test_next_is_steady);
        g_test_add_func("/rotation/shift", test_shift);
        g_test_add_func("/rotation/shift-fails", test_shift_fails);
        g_test_add_func("/rotation/shift-of-mounted", test_shift_of_mounted);
        return g_test_run();
}
