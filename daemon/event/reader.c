/* Where the window begins may change from call to call, and so may the files: each stretch of
 * records is looked up by the serial that has been reached. */

#include "daemon/event/reader.h"

#include <string.h>

struct EventReader {
        const EventLog *log; /* borrowed */
        EventFilter filter;  /* its lists are borrowed */
        uint64_t after;
        SegmentStretch stretch; /* scan = NULL: none at the moment */
        Event *event;           /* from the disk, that was answered last */
        /* Behind that event, and behind the one before it, serial 0 = it was in memory. */
        SegmentPosition position, before;
        uint64_t budget, passed; /* bytes; passed without those of the stretch */
        bool is_paused;
};

EventReader *event_reader_new(const EventLog *log, uint64_t after, const EventFilter *filter)
{
        EventReader *reader = g_new0(EventReader, 1);

        reader->log = log;
        reader->filter = *filter;
        reader->after = after;
        return reader;
}

static SegmentList *segments(const EventReader *reader)
{
        return event_store_segments(event_log_store(reader->log));
}

static void close_stretch(EventReader *reader)
{
        if (!reader->stretch.scan)
                return;
        reader->passed += segment_scan_passed(reader->stretch.scan);
        segment_list_close(segments(reader), &reader->stretch);
}

EventReader *event_reader_free(EventReader *reader)
{
        if (!reader)
                return NULL;
        /* Whoever reads the next page begins where this one ends. */
        if (reader->position.serial > 0)
                segment_list_note_position(segments(reader), &reader->position);
        close_stretch(reader);
        event_unref(reader->event);
        g_free(reader);
        return NULL;
}

void event_reader_set_budget(EventReader *reader, uint64_t bytes)
{
        reader->passed = reader->stretch.scan ? -segment_scan_passed(reader->stretch.scan) : 0;
        reader->budget = bytes;
        reader->is_paused = false;
}

bool event_reader_is_paused(const EventReader *reader)
{
        return reader->is_paused;
}

uint64_t event_reader_position(const EventReader *reader)
{
        return reader->after;
}

static bool is_in_window(const EventReader *reader)
{
        return !event_log_store(reader->log) ||
               reader->after >= event_log_window_begin(reader->log) - 1;
}

static const Event *next_in_window(EventReader *reader)
{
        const Event *event = event_log_find_in_window(reader->log, reader->after, &reader->filter);

        reader->after = event ? event->serial : MAX(reader->after, event_log_next(reader->log) - 1);
        return event;
}

static bool is_exhausted(const EventReader *reader)
{
        uint64_t passed = reader->passed;

        if (reader->stretch.scan)
                passed += segment_scan_passed(reader->stretch.scan);
        return reader->budget > 0 && passed >= reader->budget;
}

/* False when the disk has nothing more. */
static bool open_stretch(EventReader *reader)
{
        if (reader->stretch.scan || segment_list_read(segments(reader), reader->after,
                                                    reader->filter.types, &reader->stretch))
                return true;
        reader->after = MAX(reader->after, event_log_window_begin(reader->log) - 1);
        return false;
}

static void name_run(const EventReader *reader, Event *event)
{
        char run_id[SD_ID128_STRING_MAX];

        sd_id128_to_string(reader->stretch.run_id, run_id);
        if (strcmp(run_id, event_log_run_id(reader->log)) != 0)
                event->run_id = g_strdup(run_id);
}

/* The record at which the scan is, if it is one of those that are wanted. */
static Event *take_record(EventReader *reader)
{
        const RecordFacts *facts = segment_scan_facts(reader->stretch.scan);
        g_autoptr(Event) event = NULL;

        if (facts->serial <= reader->after)
                return NULL;
        reader->after = facts->serial;
        if (!(reader->filter.types & event_type_bit(facts->type)))
                return NULL;
        event = segment_scan_event(reader->stretch.scan);
        if (!event || !event_filter_passes(&reader->filter, event))
                return NULL;
        name_run(reader, event);
        reader->position = (SegmentPosition){
                .serial = facts->serial,
                .segment_serial = reader->stretch.segment_serial,
                .offset = segment_scan_end(reader->stretch.scan),
        };
        return g_steal_pointer(&event);
}

/* Small files may have less than the window, whose events are at hand. */
static bool has_reached_window(EventReader *reader)
{
        uint64_t begin = event_log_window_begin(reader->log);

        if (segment_scan_facts(reader->stretch.scan)->serial < begin)
                return false;
        reader->after = MAX(reader->after, begin - 1);
        return true;
}

/* One step on the disk; NULL when that was none of those that are wanted. */
static Event *step(EventReader *reader)
{
        int r = segment_scan_next(reader->stretch.scan);

        if (r > 0)
                return has_reached_window(reader) ? NULL : take_record(reader);
        if (r < 0)
                segment_list_give_up(segments(reader), &reader->stretch, r);
        reader->after = MAX(reader->after, reader->stretch.last_serial);
        close_stretch(reader);
        return NULL;
}

const Event *event_reader_next(EventReader *reader)
{
        reader->event = event_unref(reader->event);
        reader->before = reader->position;
        while (!reader->event) {
                if (is_in_window(reader)) {
                        reader->position.serial = 0;
                        close_stretch(reader);
                        return next_in_window(reader);
                }
                if (is_exhausted(reader)) {
                        reader->is_paused = true;
                        return NULL;
                }
                if (open_stretch(reader))
                        reader->event = step(reader);
        }
        return reader->event;
}

void event_reader_put_back(EventReader *reader)
{
        reader->position = reader->before;
}
