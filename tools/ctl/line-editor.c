/* libedit by its own interface: it hands over the line up to the cursor, which its imitation of
 * readline does not without global variables. Between two lines the terminal is as it was before.
 *
 * Ctrl-C and Ctrl-Z are keys like any other while a line is edited: as a signal, Ctrl-C would have
 * to break off a read of libedit's that may not have begun yet. The terminal is set before the
 * prompt is shown, so that whoever answers at once is not read by the rules of before. */

#include "tools/ctl/line-editor.h"

#include <histedit.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tools/ctl/completion.h"

#define WIDTH_UNKNOWN 80

struct LineEditor {
        EditLine *edit;
        History *history;
        char *prompt;
        LineEditorCompleter completer;
        void *userdata;
};

static LineEditor *editor_of(EditLine *edit)
{
        void *editor = NULL;

        el_get(edit, EL_CLIENTDATA, &editor);
        return editor;
}

static char *get_prompt(EditLine *edit)
{
        return editor_of(edit)->prompt;
}

static void show(const GPtrArray *candidates)
{
        struct winsize size;
        bool is_known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
        g_autofree char *columns =
                        completion_columns(candidates, is_known ? size.ws_col : WIDTH_UNKNOWN);

        printf("\n%s", columns);
        fflush(stdout);
}

static unsigned char on_complete(EditLine *edit, int character)
{
        LineEditor *editor = editor_of(edit);
        const LineInfo *info = el_line(edit);
        g_autofree char *line = g_strndup(info->buffer, info->cursor - info->buffer);
        g_autofree char *insertion = NULL;
        g_autoptr(GPtrArray) candidates = NULL;
        const char *word;

        candidates = editor->completer(line, &word, editor->userdata);
        if (candidates->len == 0)
                return CC_ERROR;
        insertion = completion_insertion(candidates, word);
        if (*insertion)
                return el_insertstr(edit, insertion) < 0 ? CC_ERROR : CC_REFRESH;
        show(candidates);
        return CC_REDISPLAY;
}

static unsigned char on_interrupt(EditLine *edit, int character)
{
        return CC_EOF;
}

static unsigned char on_suspend(EditLine *edit, int character)
{
        el_set(edit, EL_PREP_TERM, 0);
        raise(SIGTSTP);
        el_set(edit, EL_PREP_TERM, 1);
        return CC_REDISPLAY;
}

static bool set_up(LineEditor *editor, LineHistory *lines)
{
        HistEvent unused;
        const char *line;

        if (!editor->edit || !editor->history)
                return false;
        history(editor->history, &unused, H_SETSIZE, LINE_HISTORY_MAX);
        for (unsigned i = 0; (line = line_history_at(lines, i)); i++)
                line_editor_add_history(editor, line);
        el_set(editor->edit, EL_CLIENTDATA, editor);
        el_set(editor->edit, EL_HIST, history, editor->history);
        el_set(editor->edit, EL_PROMPT, get_prompt);
        el_set(editor->edit, EL_EDITOR, "emacs");
        el_set(editor->edit, EL_SIGNAL, 1);
        /* Wide, because libedit keeps a copy of narrow names that it never frees. */
        el_wset(editor->edit, EL_ADDFN, L"complete", L"Complete the word", on_complete);
        el_set(editor->edit, EL_BIND, "^I", "complete", NULL);
        el_wset(editor->edit, EL_ADDFN, L"interrupt", L"Leave the shell", on_interrupt);
        el_set(editor->edit, EL_SETTY, "-d", "-isig", NULL);
        el_set(editor->edit, EL_BIND, "^C", "interrupt", NULL);
        el_wset(editor->edit, EL_ADDFN, L"suspend", L"Stop until fg", on_suspend);
        el_set(editor->edit, EL_BIND, "^Z", "suspend", NULL);
        el_set(editor->edit, EL_BIND, "^R", "em-inc-search-prev", NULL);
        el_source(editor->edit, NULL); /* the person's ~/.editrc */
        return true;
}

LineEditor *line_editor_new(LineHistory *lines, LineEditorCompleter completer, void *userdata)
{
        g_autoptr(LineEditor) editor = g_new0(LineEditor, 1);

        editor->completer = completer;
        editor->userdata = userdata;
        editor->edit = el_init("busvisorctl", stdin, stdout, stderr);
        editor->history = history_init();
        return set_up(editor, lines) ? g_steal_pointer(&editor) : NULL;
}

LineEditor *line_editor_free(LineEditor *editor)
{
        if (!editor)
                return NULL;
        if (editor->edit)
                el_end(editor->edit);
        if (editor->history)
                history_end(editor->history);
        g_free(editor->prompt);
        g_free(editor);
        return NULL;
}

/* It may have come when SIGINT was blocked already and Ctrl-C was no key yet. */
static bool take_interrupt(const sigset_t *interrupt)
{
        static const struct timespec at_once = { 0 };

        return sigtimedwait(interrupt, NULL, &at_once) > 0;
}

bool line_editor_read(LineEditor *editor, const char *prompt, char **ret_line)
{
        sigset_t interrupt, before;
        const char *line = NULL;
        int length = 0;

        sigemptyset(&interrupt);
        sigaddset(&interrupt, SIGINT);
        sigprocmask(SIG_BLOCK, &interrupt, &before);
        g_free(editor->prompt);
        editor->prompt = g_strdup(prompt);
        el_set(editor->edit, EL_PREP_TERM, 1);
        if (!take_interrupt(&interrupt))
                line = el_gets(editor->edit, &length);
        el_set(editor->edit, EL_PREP_TERM, 0);
        if (line && length > 0)
                *ret_line = g_strchomp(g_strdup(line));
        sigprocmask(SIG_SETMASK, &before, NULL);
        return line && length > 0;
}

void line_editor_add_history(LineEditor *editor, const char *line)
{
        HistEvent unused;

        history(editor->history, &unused, H_ENTER, line);
}
