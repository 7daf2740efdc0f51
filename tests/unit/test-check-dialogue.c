/* What a listener says is written down, with "|" where it is given an event, and what must be told
 * of: "kind@offset". It is played in one piece and byte by byte, which must make no difference. */

#include "listener-host/check-dialogue.h"

#include <stdbool.h>
#include <string.h>

typedef struct Play {
        GString *slips; /* "kind@offset:found " each; a "*" behind the offset with an event in hand
                         */
        GString *steps; /* R, A, F, L each */
} Play;

static void on_slip(const Slip *slip, void *userdata)
{
        Play *play = userdata;

        g_string_append_printf(play->slips, "%s%s@%" G_GUINT64_FORMAT "%s",
                        play->slips->len > 0 ? " " : "", slip_kind_name(slip->kind), slip->offset,
                        slip->in_hand ? "*" : "");
        if (slip->found)
                g_string_append_printf(play->slips, ":%s", slip->found);
        if (slip_kind_is_remark(slip->kind))
                g_assert_cmpint(slip->fate, ==, SLIP_FATE_TAKEN);
}

static void take_steps(Dialogue *dialogue, Play *play)
{
        static const char letters[] = {
                [DIALOGUE_READY] = 'R',
                [DIALOGUE_ACCEPTED] = 'A',
                [DIALOGUE_REFUSED] = 'F',
                [DIALOGUE_LOST] = 'L',
        };
        DialogueStep step;

        while ((step = dialogue_next(dialogue)) != DIALOGUE_NONE)
                g_string_append_c(play->steps, letters[step]);
}

/* How it ends. */
typedef void (*Ending)(Dialogue *dialogue);

static void run(const char *said, size_t portion, bool relays, Ending end, Play *play)
{
        g_autoptr(Dialogue) dialogue = dialogue_new(relays, on_slip, play);
        g_auto(GStrv) parts = g_strsplit(said, "|", -1);
        uint64_t pushed = 0;

        for (size_t i = 0; parts[i]; i++) {
                size_t size = strlen(parts[i]);

                if (i > 0) {
                        g_assert_cmpint(dialogue_state(dialogue), ==, LISTENER_READY);
                        dialogue_give(dialogue);
                }
                for (size_t at = 0; at < size; at += portion) {
                        dialogue_push(dialogue, parts[i] + at, MIN(portion, size - at));
                        take_steps(dialogue, play);
                }
                pushed += size;
                g_assert_cmpuint(dialogue_pushed(dialogue), ==, pushed);
        }
        end(dialogue);
}

static void check_portions(
                const char *said, bool relays, Ending end, const char *steps, const char *slips)
{
        for (size_t portion = 1; portion <= strlen(said) + 1; portion++) {
                Play play = { g_string_new(NULL), g_string_new(NULL) };

                run(said, portion, relays, end, &play);
                g_assert_cmpstr(play.steps->str, ==, steps);
                g_assert_cmpstr(play.slips->str, ==, slips);
                g_string_free(play.slips, true);
                g_string_free(play.steps, true);
        }
}

static void check(const char *said, const char *steps, const char *slips)
{
        check_portions(said, false, dialogue_end, steps, slips);
}

static void check_overdue(const char *said, const char *steps, const char *slips)
{
        check_portions(said, false, dialogue_overdue, steps, slips);
}

static void check_lines(const char *said, const char *steps, const char *slips)
{
        check_portions(said, true, dialogue_end, steps, slips);
}

static void test_fine(void)
{
        check("", "", "");
        check("READY\n", "R", "");
        check("READY\n|RESULT 2\nOKREADY\n|RESULT 4\nFAILREADY\n", "RARFR", "");
}

static void test_where_ready_is_due(void)
{
        check("hello\nREADY\n", "R", "noise-before-ready@0:hello\\n");
        check("READY\r\nREADY\n", "R", "ready-form@0:READY\\r\\n");
        check("ready\nREADY\n", "R", "ready-form@0:ready\\n");
        check("\nREADY\n", "R", "noise-before-ready@0:\\n");
        check("RESULT 2\nOKREADY\n", "R", "result-without-event@0:RESULT 2\\nOK");
        check("READY\n|RESULT 2\nOK\nREADY\n", "RAR", "newline-after-result@17:\\n");
        check("READY\n|RESULT 2\nOK\r\nREADY\n", "RAR", "newline-after-result@17:\\r\\n");
        check("READY\n|RESULT 2\nOKRESULT 2\nOKREADY\n", "RAR", "second-result@17:RESULT 2\\nOK");
        check("READY\n|RESULT 2\nOKAY\nREADY\n", "RAR", "noise-before-ready@17:AY\\n");
        check("READY\n|RESULT 2\nOKdone\nREADY\n|RESULT 2\nOK\nREADY\n", "RARAR",
                        "noise-before-ready@17:done\\n newline-after-result@39:\\n");
        check("READY\n|RESULT 2\nOKbye", "RA", "noise-before-ready@17:bye");
}

static void test_where_nothing_is_due(void)
{
        check("READY\nREADY\n", "R", "second-ready@6:READY\\n");
        check("READY\nwaiting\n|RESULT 2\nOKREADY\n", "RAR", "noise-while-ready@6:waiting\\n");
        check("READY\nRESULT 2\nOK|RESULT 2\nOKREADY\n", "RAR",
                        "result-without-event@6:RESULT 2\\nOK");
        check("READY\n\n", "R", "noise-while-ready@6:\\n");
}

static void test_where_result_is_due(void)
{
        check("READY\n|working\nRESULT 2\nOKREADY\n", "RLR",
                        "noise-before-result@6*:working\\nRESULT 2\\nOK");
        check("READY\n|READY\n|RESULT 2\nOKREADY\n", "RLRAR", "ready-before-result@6*:READY\\n");
        check("READY\n|RESULT two\nOKREADY\n", "RLR", "result-length@6*:RESULT two\\nOK");
        check("READY\n|RESULT\nOKREADY\n", "RLR", "result-length@6*:RESULT\\nOK");
        check("READY\n|RESULT 2READY\n", "RLR", "result-length@6*:RESULT 2");
        check("READY\n|result 2\nOKREADY\n", "RLR", "noise-before-result@6*:result 2\\nOK");
        check("READY\n|OK\nREADY\n", "RLR", "noise-before-result@6*:OK\\n");
        check("READY\n|RESULT 5\nmaybeREADY\n", "RFR", "result-body@15*:maybe");
        check("READY\n|RESULT 3\nOK\nREADY\n", "RFR", "result-body@15*:OK\\n");
        check("READY\n|RESULT 0\nREADY\n", "RFR", "result-body@15*");
        check("READY\n|RESULT 2\r\nOKREADY\n", "RAR", "result-form@6*:RESULT 2\\r\\n");
        check("READY\n|RESULT:+2\nOKREADY\n", "RAR", "result-form@6*:RESULT:+2\\n");
}

static void test_missing(void)
{
        check_overdue("", "", "no-ready@0");
        check_overdue("REA", "", "incomplete-ready@0:REA");
        check_overdue("hello", "", "noise-before-ready@0:hello");
        check_overdue("READY\n", "R", "");
        check_overdue("READY\n|", "R", "no-result@6*");
        check_overdue("READY\n|RESULT 2", "R", "incomplete-result@6*:RESULT 2");
        check_overdue("READY\n|RESULT 5\nOK", "R", "incomplete-result@15*:OK");
        check_overdue("READY\n|RESULT 5\n", "R", "incomplete-result@15*");
        check_overdue("READY\n|RESULT 2\nOK", "RA", "no-ready@17");
        check_overdue("READY\n|RESULT 2\nOKREADY", "RA", "incomplete-ready@17:READY");
        check_overdue("READY\n|debug\n", "RL", "noise-before-result@6*:debug\\n");
}

#define HEAD "processname:p channel:c\n"

static void test_lines(void)
{
        check_lines("READY\n|RESULT 26\n" HEAD "hiREADY\n", "RAR", "");
        check_lines("READY\n|RESULT 2\nOKREADY\n|RESULT 24\n" HEAD "READY\n", "RFRAR",
                        "result-lines@15*:OK");
        check_lines("READY\n|RESULT 13\nprocessname:\nREADY\n", "RFR",
                        "result-lines@16*:processname:\\n");
}

static void test_long(void)
{
        g_autofree char *noise = g_strnfill(200000, 'x');
        g_autofree char *said = g_strdup_printf("READY\n|%s\nREADY\n", noise);
        g_autofree char *body = g_strnfill(70000, 'y');
        g_autofree char *result = g_strdup_printf("READY\n|RESULT 70000\n%sREADY\n", body);
        g_autofree char *excerpt = g_strnfill(64, 'x');
        g_autofree char *found = g_strdup_printf("noise-before-result@6*:%s...", excerpt);
        Play play = { g_string_new(NULL), g_string_new(NULL) };

        run(said, 1000, false, dialogue_end, &play);
        g_assert_cmpstr(play.steps->str, ==, "RLR");
        g_assert_cmpstr(play.slips->str, ==, found);
        g_string_truncate(play.slips, 0);
        run(result, 1000, false, dialogue_end, &play);
        g_assert_cmpstr(play.steps->str, ==, "RLRRFR");
        g_assert_cmpstr(play.slips->str, ==, "result-too-long@6*:RESULT 70000");
        g_string_free(play.slips, true);
        g_string_free(play.steps, true);
}

/* What Supervisor makes of it: it never looks at the word RESULT. */
static void test_fates(void)
{
        static const struct {
                ListenerState in;
                const char *bytes;
                SlipFate fate;
        } rows[] = {
                { LISTENER_ACKNOWLEDGED, "x", SLIP_FATE_UNKNOWN },
                { LISTENER_READY, "x", SLIP_FATE_UNKNOWN },
                { LISTENER_BUSY, "debug\n", SLIP_FATE_UNKNOWN },
                { LISTENER_BUSY, "READY\n", SLIP_FATE_UNKNOWN },
                { LISTENER_BUSY, "RESULT two\n", SLIP_FATE_UNKNOWN },
                { LISTENER_BUSY, "RESULT 2READY\n", SLIP_FATE_UNKNOWN },
                { LISTENER_BUSY, "RESULT 2", SLIP_FATE_WAITS },
                { LISTENER_BUSY, "result 2\nOK", SLIP_FATE_TAKEN },
                { LISTENER_BUSY, "1234567 2\nOK", SLIP_FATE_TAKEN },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
                g_assert_cmpint(slip_fate_of_bytes(
                                                rows[i].in, rows[i].bytes, strlen(rows[i].bytes)),
                                ==, rows[i].fate);
}

static void test_every_kind_has_its_words(void)
{
        for (int kind = 0; kind < _SLIP_KIND_MAX; kind++) {
                g_assert_nonnull(slip_kind_name(kind));
                g_assert_nonnull(slip_kind_text(kind));
                g_assert_nonnull(slip_fate_text(slip_kind_fate(kind)));
                for (int other = 0; other < kind; other++)
                        g_assert_cmpstr(slip_kind_name(kind), !=, slip_kind_name(other));
        }
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/check-dialogue/fine", test_fine);
        g_test_add_func("/check-dialogue/where-ready-is-due", test_where_ready_is_due);
        g_test_add_func("/check-dialogue/where-nothing-is-due", test_where_nothing_is_due);
        g_test_add_func("/check-dialogue/where-result-is-due", test_where_result_is_due);
        g_test_add_func("/check-dialogue/missing", test_missing);
        g_test_add_func("/check-dialogue/lines", test_lines);
        g_test_add_func("/check-dialogue/long", test_long);
        g_test_add_func("/check-dialogue/fates", test_fates);
        g_test_add_func("/check-dialogue/every-kind", test_every_kind_has_its_words);
        return g_test_run();
}
