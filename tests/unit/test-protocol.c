/* A conversation is written down as the bytes that the listener says and the tokens that must come
 * out; it is played in one piece and byte by byte, which must make no difference. */

#include "listener-host/protocol.h"

#include <stdbool.h>
#include <string.h>

/* What the machine makes of a token, as far as it matters here: the state decides what bytes mean.
 */
static ListenerState follow(PoolProtocol which, ListenerState state, ProtocolToken token)
{
        static const ListenerInput inputs[_PROTOCOL_TOKEN_MAX] = {
                [TOKEN_READY] = INPUT_READY_LINE,
                [TOKEN_RESULT_OK] = INPUT_RESULT_OK,
                [TOKEN_RESULT_OTHER] = INPUT_RESULT_OTHER,
                [TOKEN_RESULT_TOO_LONG] = INPUT_RESULT_OTHER,
                [TOKEN_RESULT_BAD] = INPUT_RESULT_BAD,
                [TOKEN_STRAY] = INPUT_STRAY,
        };

        machine_step(which, &state, inputs[token]);
        return state;
}

/* R = READY, O = OK, F = other result, L = too long, B = bad line, S = stray. */
static const char letters[_PROTOCOL_TOKEN_MAX] = {
        [TOKEN_READY] = 'R',
        [TOKEN_RESULT_OK] = 'O',
        [TOKEN_RESULT_OTHER] = 'F',
        [TOKEN_RESULT_TOO_LONG] = 'L',
        [TOKEN_RESULT_BAD] = 'B',
        [TOKEN_STRAY] = 'S',
};

static char *play(PoolProtocol which, ListenerState state, const char *said, size_t size,
                size_t portion)
{
        g_autoptr(Protocol) protocol = protocol_new();
        GString *tokens = g_string_new(NULL);

        protocol_set(protocol, which);
        for (size_t at = 0; at < size; at += portion) {
                protocol_push(protocol, said + at, MIN(portion, size - at));
                while (true) {
                        g_autofree char *excerpt = NULL;
                        ProtocolToken token = protocol_next(protocol, state, &excerpt);

                        if (token == TOKEN_NONE)
                                break;
                        g_assert_cmpint(!!excerpt, ==,
                                        token == TOKEN_STRAY || token == TOKEN_RESULT_BAD);
                        g_string_append_c(tokens, letters[token]);
                        state = follow(which, state, token);
                }
        }
        return g_string_free(tokens, false);
}

static void assert_tokens_by(
                PoolProtocol which, ListenerState state, const char *said, const char *tokens)
{
        for (size_t portion = 1; portion <= strlen(said); portion++) {
                g_autofree char *got = play(which, state, said, strlen(said), portion);

                if (strcmp(got, tokens) != 0)
                        g_test_message("'%s' in portions of %zu", said, portion);
                g_assert_cmpstr(got, ==, tokens);
        }
}

static void assert_tokens(ListenerState state, const char *said, const char *tokens)
{
        assert_tokens_by(POOL_PROTOCOL_TOLERANT, state, said, tokens);
}

static void test_ready(void)
{
        assert_tokens(LISTENER_ACKNOWLEDGED, "READY\n", "R");
        assert_tokens(LISTENER_ACKNOWLEDGED, "READ", "");
        assert_tokens(LISTENER_ACKNOWLEDGED, "ready\n", "S");
        assert_tokens(LISTENER_ACKNOWLEDGED, "READY\r\n", "S");
        assert_tokens(LISTENER_ACKNOWLEDGED, "RESULT 2\nOK", "S");
}

static void test_resynchronise(void)
{
        assert_tokens(LISTENER_ACKNOWLEDGED, "\nREADY\n", "SR");
        assert_tokens(LISTENER_ACKNOWLEDGED, "hello\nworld\nREADY\n", "SR");
        assert_tokens(LISTENER_ACKNOWLEDGED, "REREADY\n", "SR");
        assert_tokens(LISTENER_ACKNOWLEDGED, "READY\r\nREADYREADY\n", "SR");
        assert_tokens(LISTENER_UNKNOWN, "nothing of it counts", "");
        assert_tokens(LISTENER_BUSY, "RESULT 2\nOK\nREADY\n", "OSR");
}

static void test_result(void)
{
        assert_tokens(LISTENER_BUSY, "RESULT 2\nOK", "O");
        assert_tokens(LISTENER_BUSY, "RESULT 2\nOKREADY\n", "OR");
        assert_tokens(LISTENER_BUSY, "RESULT 4\nFAILREADY\n", "FR");
        assert_tokens(LISTENER_BUSY, "RESULT 2\nok", "F");
        assert_tokens(LISTENER_BUSY, "RESULT 3\nOK\n", "F");
        assert_tokens(LISTENER_BUSY, "RESULT 0\n", "F");
        assert_tokens(LISTENER_BUSY, "RESULT 2\nO", "");
        assert_tokens(LISTENER_BUSY, "RESULT 2", "");
}

static void test_result_numbers(void)
{
        static const char *const good[] = { "RESULT  2\r", "RESULT 2 ", "RESULT +2", "RESULT 0_2",
                "RESULT:2", "RESULT 002", "RESULT \t2\v\f", "RESULT\t2" };
        static const char *const bad[] = { "RESULT", "RESULT ", "RESULT x", "RESULT -2",
                "RESULT 2_", "RESULT _2", "RESULT 0__2", "RESULT + 2", "RESULT 2 2", "RESULT2",
                "RESULTS 2", "result 2", "XESULT 2", "", "2", "RESULT 99999999999999999999999",
                "RESULT 0x2" };

        for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
                g_autofree char *said = g_strconcat(good[i], "\nOK", NULL);

                assert_tokens(LISTENER_BUSY, said, "O");
        }
        for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
                g_autofree char *said = g_strconcat(bad[i], "\nOKREADY\n", NULL);

                assert_tokens(LISTENER_BUSY, said, "BR");
        }
        assert_tokens(LISTENER_BUSY, "RESULT -0\n", "F");
        assert_tokens(LISTENER_BUSY, "READY\n", "BR");
}

static void test_stray_when_ready(void)
{
        g_autofree char *said = NULL;

        assert_tokens(LISTENER_READY, "x", "S");
        assert_tokens(LISTENER_READY, "READY\n", "S");
        assert_tokens(LISTENER_READY, "one\ntwo\nthree\n", "S");
        said = play(POOL_PROTOCOL_TOLERANT, LISTENER_READY, "\0\n\xff", 3, 3);
        g_assert_cmpstr(said, ==, "S");
}

static void test_excerpt(void)
{
        g_autoptr(Protocol) protocol = protocol_new();
        g_autofree char *excerpt = NULL, *long_excerpt = NULL, *none = NULL;
        char many[500];

        protocol_push(protocol, "a\n\r\t\\\x01\xff\0b", 9);
        g_assert_cmpint(protocol_next(protocol, LISTENER_READY, &excerpt), ==, TOKEN_STRAY);
        g_assert_cmpstr(excerpt, ==, "a\\n\\r\\t\\x5c\\x01\\xff\\x00b");
        protocol_push(protocol, "more", 4);
        g_assert_cmpint(protocol_next(protocol, LISTENER_READY, &none), ==, TOKEN_NONE);
        g_assert_null(none);
        memset(many, 'm', sizeof many);
        protocol_push(protocol, many, sizeof many - 1);
        protocol_push(protocol, "\n", 1);
        g_assert_cmpint(protocol_next(protocol, LISTENER_BUSY, &long_excerpt), ==,
                        TOKEN_RESULT_BAD);
        g_assert_cmpint(strlen(long_excerpt), ==, 64 + strlen("..."));
}

static void assert_bounded(
                PoolProtocol which, ListenerState state, const char *begin, const char *tokens)
{
        g_autoptr(Protocol) protocol = protocol_new();
        char data[1000];

        protocol_set(protocol, which);
        protocol_push(protocol, begin, strlen(begin));
        memset(data, 'x', sizeof data);
        for (int i = 0; i < 1000; i++) {
                protocol_push(protocol, data, sizeof data);
                while (true) {
                        g_autofree char *excerpt = NULL;
                        ProtocolToken token = protocol_next(protocol, state, &excerpt);

                        if (token == TOKEN_NONE)
                                break;
                        g_assert_cmpint(letters[token], ==, *tokens++);
                        state = follow(which, state, token);
                }
                g_assert_cmpint(protocol_buffered(protocol), <, PROTOCOL_RESULT_MAX_BYTES + 1000);
        }
        g_assert_cmpstr(tokens, ==, "");
}

static void test_bounds(void)
{
        assert_bounded(POOL_PROTOCOL_TOLERANT, LISTENER_ACKNOWLEDGED, "", "S");
        assert_bounded(POOL_PROTOCOL_TOLERANT, LISTENER_READY, "", "S");
        assert_bounded(POOL_PROTOCOL_TOLERANT, LISTENER_UNKNOWN, "", "");
        assert_bounded(POOL_PROTOCOL_TOLERANT, LISTENER_BUSY, "", "B");
        assert_bounded(POOL_PROTOCOL_TOLERANT, LISTENER_BUSY, "RESULT 1000000\n", "L");
        assert_bounded(POOL_PROTOCOL_TOLERANT, LISTENER_BUSY, "RESULT 10000000\n", "");
        assert_bounded(POOL_PROTOCOL_TOLERANT, LISTENER_BUSY, "RESULT 65536\n", "FS");
}

static void test_strict_bounds(void)
{
        assert_bounded(POOL_PROTOCOL_STRICT, LISTENER_ACKNOWLEDGED, "", "S");
        assert_bounded(POOL_PROTOCOL_STRICT, LISTENER_READY, "", "S");
        assert_bounded(POOL_PROTOCOL_STRICT, LISTENER_UNKNOWN, "", "");
        assert_bounded(POOL_PROTOCOL_STRICT, LISTENER_BUSY, "", "B");
        assert_bounded(POOL_PROTOCOL_STRICT, LISTENER_BUSY, "RESULT 1000000\n", "L");
        assert_bounded(POOL_PROTOCOL_STRICT, LISTENER_BUSY, "RESULT 99999999999999999999\n", "");
}

/* The rows of Supervisor's dispatcher. */
static void test_strict(void)
{
        static const struct {
                ListenerState state;
                const char *said, *tokens;
        } rows[] = {
                { LISTENER_ACKNOWLEDGED, "READY\n", "R" },
                { LISTENER_ACKNOWLEDGED, "READY", "" },
                { LISTENER_ACKNOWLEDGED, "x", "" },
                { LISTENER_ACKNOWLEDGED, "\n", "" },
                { LISTENER_ACKNOWLEDGED, "ready\n", "S" },
                { LISTENER_ACKNOWLEDGED, "READY\r\n", "S" },
                { LISTENER_ACKNOWLEDGED, "\nREADY\n", "S" },
                { LISTENER_ACKNOWLEDGED, "RESULT 2\nOKREADY\n", "S" },
                { LISTENER_ACKNOWLEDGED, "READY\nx", "RS" },
                { LISTENER_ACKNOWLEDGED, "READY\nREADY\n", "RS" },
                { LISTENER_READY, "\n", "S" },
                { LISTENER_READY, "READY\n", "S" },
                { LISTENER_BUSY, "RESULT 2", "" },
                { LISTENER_BUSY, "RESULT 2\nO", "" },
                { LISTENER_BUSY, "RESULT 2\nOK", "O" },
                { LISTENER_BUSY, "RESULT 2\nOKREADY\n", "OR" },
                { LISTENER_BUSY, "RESULT 2\nOK\nREADY\n", "OS" },
                { LISTENER_BUSY, "RESULT 3\nOK\n", "F" },
                { LISTENER_BUSY, "RESULT 4\nFAIL", "F" },
                { LISTENER_BUSY, "XXXXXXX2\nOK", "O" },
                { LISTENER_BUSY, "RESULT:+0_2\r\nOK", "O" },
                { LISTENER_BUSY, "RESULT 0\n", "" },
                { LISTENER_BUSY, "RESULT 0\nREADY\n", "FR" },
                { LISTENER_BUSY, "RESULT x\nOKREADY\n", "B" },
                { LISTENER_BUSY, "RESULT\nOKREADY\n", "B" },
                { LISTENER_BUSY, "READY\n", "B" },
                { LISTENER_BUSY, "RESULT -2\nOKREADY\n", "B" },
                { LISTENER_UNKNOWN, "READY\nRESULT 2\nOKREADY\n", "" },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
                assert_tokens_by(POOL_PROTOCOL_STRICT, rows[i].state, rows[i].said, rows[i].tokens);
}

static void assert_bad_line(const char *said, const char *shown)
{
        g_autoptr(Protocol) protocol = protocol_new();
        g_autofree char *text = NULL;

        protocol_set(protocol, POOL_PROTOCOL_STRICT);
        protocol_push(protocol, said, strlen(said));
        g_assert_cmpint(protocol_next(protocol, LISTENER_BUSY, &text), ==, TOKEN_RESULT_BAD);
        g_assert_cmpstr(text, ==, shown);
        g_assert_cmpuint(protocol_buffered(protocol), ==, 0);
}

static void test_strict_bad_line(void)
{
        assert_bad_line("caf\xc3\xa9 'x'\nmore", "caf\xc3\xa9 'x'");
        assert_bad_line("caf\xe9\nmore", "Undecodable: b'caf\\xe9'");
        assert_bad_line("\n", "");
}

static void test_too_long_result_is_skipped(void)
{
        g_autoptr(GString) said = g_string_new("RESULT 70000\n");
        g_autofree char *tokens = NULL;

        for (int i = 0; i < 70000 / 7; i++)
                g_string_append(said, "READY\n.");
        g_string_append(said, "READY\n");
        tokens = play(POOL_PROTOCOL_TOLERANT, LISTENER_BUSY, said->str, said->len, 777);
        g_assert_cmpstr(tokens, ==, "LR");
}

static void test_longest_line(void)
{
        g_autoptr(GString) said = g_string_new("RESULT ");
        g_autofree char *fits = NULL, *too_long = NULL;

        while (said->len < PROTOCOL_LINE_MAX_BYTES - 2)
                g_string_append_c(said, ' ');
        g_string_append(said, "2\nOK");
        fits = play(POOL_PROTOCOL_TOLERANT, LISTENER_BUSY, said->str, said->len, 100);
        g_assert_cmpstr(fits, ==, "O");
        g_string_insert_c(said, 7, ' ');
        too_long = play(POOL_PROTOCOL_TOLERANT, LISTENER_BUSY, said->str, said->len, 100);
        g_assert_cmpstr(too_long, ==, "B");
}

static void test_kept_results(void)
{
        g_autoptr(Protocol) protocol = protocol_new();
        g_autoptr(GBytes) ok = NULL, other = NULL;
        g_autofree char *excerpt = NULL;

        g_assert_null(protocol_take_result(protocol));
        protocol_push(protocol, "RESULT 2\nOK", 11);
        g_assert_cmpint(protocol_next(protocol, LISTENER_BUSY, &excerpt), ==, TOKEN_RESULT_OK);
        g_assert_null(protocol_take_result(protocol));
        protocol_keep_results(protocol, 6);
        protocol_push(protocol, "RESULT 2\nOK", 11);
        g_assert_cmpint(protocol_next(protocol, LISTENER_BUSY, &excerpt), ==, TOKEN_RESULT_OK);
        ok = protocol_take_result(protocol);
        g_assert_cmpmem(g_bytes_get_data(ok, NULL), g_bytes_get_size(ok), "OK", 2);
        protocol_push(protocol, "RESULT 6\na\0\nb\xff.READY\n", 21);
        g_assert_cmpint(protocol_next(protocol, LISTENER_BUSY, &excerpt), ==, TOKEN_RESULT_OTHER);
        other = protocol_take_result(protocol);
        g_assert_cmpmem(g_bytes_get_data(other, NULL), g_bytes_get_size(other), "a\0\nb\xff.", 6);
        g_assert_null(protocol_take_result(protocol));
        g_assert_cmpint(protocol_next(protocol, LISTENER_ACKNOWLEDGED, &excerpt), ==, TOKEN_READY);
        protocol_push(protocol, "RESULT 7\n1234567", 16);
        g_assert_cmpint(protocol_next(protocol, LISTENER_BUSY, &excerpt), ==,
                        TOKEN_RESULT_TOO_LONG);
        g_assert_null(protocol_take_result(protocol));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/protocol/ready", test_ready);
        g_test_add_func("/protocol/resynchronise", test_resynchronise);
        g_test_add_func("/protocol/result", test_result);
        g_test_add_func("/protocol/result-numbers", test_result_numbers);
        g_test_add_func("/protocol/stray-when-ready", test_stray_when_ready);
        g_test_add_func("/protocol/excerpt", test_excerpt);
        g_test_add_func("/protocol/bounds", test_bounds);
        g_test_add_func("/protocol/strict", test_strict);
        g_test_add_func("/protocol/strict-bounds", test_strict_bounds);
        g_test_add_func("/protocol/strict-bad-line", test_strict_bad_line);
        g_test_add_func("/protocol/too-long-result-is-skipped", test_too_long_result_is_skipped);
        g_test_add_func("/protocol/longest-line", test_longest_line);
        g_test_add_func("/protocol/kept-results", test_kept_results);
        return g_test_run();
}
