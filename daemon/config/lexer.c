/* Written as states that look at one character at a time, because the odd corners that files depend
 * on (an empty quoted word, a quote inside a word, a lone special character as a token of its own)
 * fall out of the order in which the states look at it and out of nothing else. */

#include "daemon/config/lexer.h"

#include <string.h>

#include "daemon/config/place.h"
#include "daemon/config/text.h"

typedef enum LexerState {
        LEXER_BETWEEN, /* before a token */
        LEXER_WORD,
        LEXER_QUOTE,  /* inside quotes */
        LEXER_ESCAPE, /* after a backslash */
} LexerState;

typedef struct Lexer {
        const LexerRules *rules;
        LexerState state;
        LexerState escaped_state; /* where the backslash stood */
        char quote;
        bool quoted; /* the token had quotes, so it counts even when empty */
        const char *at;
        GString *token;
        GPtrArray *tokens;
} Lexer;

static bool is_blank(gunichar character)
{
        return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

static bool is_quote(gunichar character)
{
        return character == '\'' || character == '"';
}

/* In POSIX mode the letters of Latin-1 are letters too, without × and ÷. */
static bool is_word(const LexerRules *rules, gunichar character)
{
        if (character < 128)
                return g_ascii_isalnum(character) || character == '_' ||
                       strchr(rules->word_extra, character);
        return rules->posix && character >= 0xc0 && character <= 0xff && character != 0xd7 &&
               character != 0xf7;
}

static void end_token(Lexer *lexer)
{
        lexer->state = LEXER_BETWEEN;
        if (lexer->token->len == 0 && !(lexer->rules->posix && lexer->quoted))
                return;
        g_ptr_array_add(lexer->tokens, g_strdup(lexer->token->str));
        g_string_truncate(lexer->token, 0);
        lexer->quoted = false;
}

/* The end of the line goes with it: outside POSIX mode a word runs on into the next line. */
static void skip_comment(Lexer *lexer)
{
        lexer->at = strchrnul(lexer->at, '\n');
        if (*lexer->at)
                lexer->at++;
}

static void start_quote(Lexer *lexer, gunichar character)
{
        if (!lexer->rules->posix)
                g_string_append_unichar(lexer->token, character);
        lexer->quote = character;
        lexer->state = LEXER_QUOTE;
}

static void start_escape(Lexer *lexer, LexerState from)
{
        lexer->escaped_state = from;
        lexer->state = LEXER_ESCAPE;
}

/* A character that belongs to no word is a token by itself. */
static void add_special(Lexer *lexer, gunichar character)
{
        g_string_append_unichar(lexer->token, character);
        end_token(lexer);
}

static void step_between(Lexer *lexer, gunichar character)
{
        const LexerRules *rules = lexer->rules;

        if (is_blank(character))
                end_token(lexer);
        else if (!rules->split_at_blanks && character == '#')
                skip_comment(lexer);
        else if (rules->posix && character == '\\')
                start_escape(lexer, LEXER_WORD);
        else if (is_quote(character))
                start_quote(lexer, character);
        else if (rules->split_at_blanks || is_word(rules, character)) {
                g_string_append_unichar(lexer->token, character);
                lexer->state = LEXER_WORD;
        } else
                add_special(lexer, character);
}

static void step_word(Lexer *lexer, gunichar character)
{
        const LexerRules *rules = lexer->rules;

        if (is_blank(character))
                end_token(lexer);
        else if (!rules->split_at_blanks && character == '#') {
                skip_comment(lexer);
                if (rules->posix)
                        end_token(lexer);
        } else if (rules->posix && is_quote(character))
                start_quote(lexer, character);
        else if (rules->posix && character == '\\')
                start_escape(lexer, LEXER_WORD);
        else if (rules->split_at_blanks || is_word(rules, character) || is_quote(character))
                g_string_append_unichar(lexer->token, character);
        else {
                end_token(lexer);
                add_special(lexer, character);
        }
}

static void step_quote(Lexer *lexer, gunichar character)
{
        lexer->quoted = true;
        if (character == (gunichar)lexer->quote) {
                lexer->state = LEXER_WORD;
                if (!lexer->rules->posix) {
                        g_string_append_unichar(lexer->token, character);
                        end_token(lexer);
                }
        } else if (lexer->rules->posix && character == '\\' && lexer->quote == '"')
                start_escape(lexer, LEXER_QUOTE);
        else
                g_string_append_unichar(lexer->token, character);
}

/* Inside double quotes a backslash is special only before a quote or another backslash. */
static void step_escape(Lexer *lexer, gunichar character)
{
        if (lexer->escaped_state == LEXER_QUOTE && character != '\\' &&
                        character != (gunichar)lexer->quote)
                g_string_append_c(lexer->token, '\\');
        g_string_append_unichar(lexer->token, character);
        lexer->state = lexer->escaped_state;
}

static void lexer_step(Lexer *lexer, gunichar character)
{
        switch (lexer->state) {
        case LEXER_BETWEEN:
                step_between(lexer, character);
                return;
        case LEXER_WORD:
                step_word(lexer, character);
                return;
        case LEXER_QUOTE:
                step_quote(lexer, character);
                return;
        case LEXER_ESCAPE:
                step_escape(lexer, character);
                return;
        }
}

static bool lexer_run(Lexer *lexer, GError **error)
{
        while (*lexer->at) {
                gunichar character = g_utf8_get_char(lexer->at);

                lexer->at = g_utf8_next_char(lexer->at);
                lexer_step(lexer, character);
        }
        if (lexer->state == LEXER_QUOTE)
                return value_error(error, "a quote (%c) is not closed", lexer->quote);
        if (lexer->state == LEXER_ESCAPE)
                return value_error(error, "nothing stands after the last backslash");
        end_token(lexer);
        return true;
}

bool lexer_split(const char *text, const LexerRules *rules, char ***ret_tokens, GError **error)
{
        g_autoptr(GString) token = g_string_new(NULL);
        g_autoptr(GPtrArray) tokens = g_ptr_array_new_with_free_func(g_free);
        Lexer lexer = { .rules = rules, .at = text, .token = token, .tokens = tokens };

        if (!lexer_run(&lexer, error))
                return false;
        g_ptr_array_add(tokens, NULL);
        *ret_tokens = (char **)g_ptr_array_free(g_steal_pointer(&tokens), FALSE);
        return true;
}
