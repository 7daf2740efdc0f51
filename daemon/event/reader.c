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
        uint64_t budget, passed;   /* bytes; passed without those of the stretch */
        uint64_t gap_end;          /* serial behind the last gap; 0 = there was none */
        bool is_paused, has_ended; /* at a gap */
        bool stops_at_gaps, has_answered;
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

void event_reader_stop_at_gaps(EventReader *reader)
{
        reader->stops_at_gaps = true;
}

uint64_t event_reader_oldest(const EventReader *reader)
{
        return reader->gap_end ? reader->gap_end : event_log_oldest(reader->log);
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

        reader->has_answered |= event != NULL;
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

/* Goes on with the events from this serial on. False when it ends before a gap. */
static bool pass_on(EventReader *reader, uint64_t serial)
{
        uint64_t gap = segment_list_find_gap(segments(reader), reader->after, serial);

        if (gap > 0 && reader->stops_at_gaps && reader->has_answered)
                return false;
        reader->gap_end = gap > 0 ? gap : reader->gap_end;
        reader->after = MAX(reader->after, serial - 1);
        return true;
}

typedef enum Step {
        STEP_ON,
        STEP_EVENT, /* is in reader->event */
        STEP_END,
} Step;

static Step open_stretch(EventReader *reader)
{
        const uint64_t window = event_log_window_begin(reader->log);
        uint64_t next = window;

        if (segment_list_read(segments(reader), reader->after, reader->filter.types,
                            &reader->stretch))
                next = MIN(MAX(reader->stretch.segment_serial, reader->after + 1), window);
        return pass_on(reader, next) ? STEP_ON : STEP_END;
}

static void name_run(const EventReader *reader, Event *event)
{
        char run_id[SD_ID128_STRING_MAX];

        sd_id128_to_string(reader->stretch.run_id, run_id);
        if (strcmp(run_id, event_log_run_id(reader->log)) != 0)
                event->run_id = g_strdup(run_id);
}

/* The record at which the scan is, if it is one of those that are wanted. */
static Step take_record(EventReader *reader)
{
        const RecordFacts *facts = segment_scan_facts(reader->stretch.scan);
        g_autoptr(Event) event = NULL;

        if (facts->serial <= reader->after)
                return STEP_ON;
        reader->after = facts->serial;
        if (!(reader->filter.types & event_type_bit(facts->type)))
                return STEP_ON;
        event = segment_scan_event(reader->stretch.scan);
        if (!event || !event_filter_passes(&reader->filter, event))
                return STEP_ON;
        name_run(reader, event);
        reader->position = (SegmentPosition){
                .serial = facts->serial,
                .segment_serial = reader->stretch.segment_serial,
                .offset = segment_scan_end(reader->stretch.scan),
        };
        reader->event = g_steal_pointer(&event);
        return STEP_EVENT;
}

static Step scan(EventReader *reader)
{
        const uint64_t window = event_log_window_begin(reader->log);
        int r = segment_scan_next(reader->stretch.scan);

        /* Small files may have less than the window, whose events are at hand. */
        if (r > 0 && segment_scan_facts(reader->stretch.scan)->serial >= window)
                return pass_on(reader, window) ? STEP_ON : STEP_END;
        if (r > 0)
                return take_record(reader);
        if (r < 0)
                segment_list_give_up(segments(reader), &reader->stretch, r);
        reader->after = MAX(reader->after, reader->stretch.last_serial);
        close_stretch(reader);
        return STEP_ON;
}

/* NULL where it ends, pauses, or the window begins. */
static const Event *next_on_disk(EventReader *reader)
{
        Step step = STEP_ON;

        while (step == STEP_ON && !is_in_window(reader)) {
                reader->is_paused = is_exhausted(reader);
                if (reader->is_paused)
                        return NULL;
                step = reader->stretch.scan ? scan(reader) : open_stretch(reader);
        }
        reader->has_ended = step == STEP_END;
        reader->has_answered |= step == STEP_EVENT;
        return reader->event;
}

const Event *event_reader_next(EventReader *reader)
{
        const Event *event;

        reader->event = event_unref(reader->event);
        reader->before = reader->position;
        event = next_on_disk(reader);
        if (event || reader->is_paused || reader->has_ended)
                return event;
        reader->position.serial = 0;
        close_stretch(reader);
        return next_in_window(reader);
}

void event_reader_put_back(EventReader *reader)
{
        reader->position = reader->before;
}
