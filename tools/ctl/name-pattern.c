/* As in the shell, but that * also stands for a colon: "web*" means all of the group web. */

#include "tools/ctl/name-pattern.h"

#include <fnmatch.h>
#include <string.h>

#include "tools/ctl/process-list.h"

bool name_pattern_is(const char *word)
{
        g_autofree char *group = process_name_group(word);

        return strpbrk(group ? group : word, "*?[") != NULL;
}

bool name_pattern_matches(const char *pattern, const char *group, const char *process)
{
        g_autofree char *shown = process_display_name(group, process);
        g_autofree char *full = g_strconcat(group, ":", process, NULL);
        g_autofree char *whole = process_name_group(pattern);

        if (whole)
                return fnmatch(whole, group, 0) == 0;
        return fnmatch(pattern, shown, 0) == 0 || fnmatch(pattern, full, 0) == 0;
}

bool name_pattern_matches_word(const char *pattern, const char *name)
{
        return strcmp(pattern, name) == 0 || fnmatch(pattern, name, 0) == 0;
}

bool name_pattern_matches_any(char *const *words, const char *name)
{
        for (; *words; words++)
                if (name_pattern_matches_word(*words, name))
                        return true;
        return false;
}
