/* Walks the option table, so that an option that is added there is told of here. What is false, 0
 * or unset is left out: that is most of them, and a description of many processes has to fit in one
 * message. */

#include "daemon/face/option-variant.h"

#include <string.h>

#include "daemon/face/option-property.h"

static int append(sd_bus_message *reply, const char *name, const char *type, ...)
{
        va_list values;
        int r = sd_bus_message_open_container(reply, 'e', "sv");

        if (r >= 0)
                r = sd_bus_message_append(reply, "s", name);
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'v', type);
        if (r < 0)
                return r;
        va_start(values, type);
        r = sd_bus_message_appendv(reply, type, values);
        va_end(values);
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        return r < 0 ? r : 1;
}

static int append_text(sd_bus_message *reply, const char *name, const char *text)
{
        return text ? append(reply, name, "s", text) : 0;
}

static int append_integer(sd_bus_message *reply, const char *name, int64_t value)
{
        return value != 0 ? append(reply, name, "x", value) : 0;
}

/* Opens {sv} with an array of that type in it. */
static int open_array(sd_bus_message *reply, const char *name, const char *type)
{
        int r = sd_bus_message_open_container(reply, 'e', "sv");

        if (r >= 0)
                r = sd_bus_message_append(reply, "s", name);
        return r < 0 ? r : sd_bus_message_open_container(reply, 'v', type);
}

static int close_array(sd_bus_message *reply, int r)
{
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        return r < 0 ? r : 1;
}

static int append_numbers(sd_bus_message *reply, const char *name, const GArray *numbers)
{
        int r = open_array(reply, name, "ai");

        if (r >= 0)
                r = option_property_append_numbers(reply, numbers);
        return close_array(reply, r);
}

static int append_flags(sd_bus_message *reply, const Option *option, unsigned set)
{
        int r;

        if (set == 0)
                return 0;
        r = open_array(reply, option->name, "as");
        if (r >= 0)
                r = option_property_append_words(reply, option, set);
        return close_array(reply, r);
}

/* 1 when it has been told, 0 when it is one of those that are left out. */
static int append_option(sd_bus_message *reply, const Option *option, const void *structure)
{
        const void *field = (const char *)structure + option->offset;
        const char *name = option->name;

        switch (option->type) {
        case OPTION_STRING:
        case OPTION_DIRECTORY:
        case OPTION_PATH:
        case OPTION_ABSOLUTE:
        case OPTION_LOGFILE:
        case OPTION_ADDRESS:
        case OPTION_NAME:
        case OPTION_BUS:
        case OPTION_STATE:
        case OPTION_COMMAND:
        case OPTION_USER:
                return append_text(reply, name, *(char *const *)field);
        case OPTION_BOOLEAN:
                return *(const bool *)field ? append(reply, name, "b", 1) : 0;
        case OPTION_INTEGER:
        case OPTION_BYTES:
        case OPTION_DURATION:
                return append_integer(reply, name, *(const int64_t *)field);
        case OPTION_SECONDS:
                return *(const double *)field > 0 ? append(reply, name, "d", *(const double *)field)
                                                  : 0;
        case OPTION_OCTAL:
                return *(const int *)field != -1 ? append(reply, name, "i", *(const int *)field)
                                                 : 0;
        case OPTION_SIGNAL:
                return *(const int *)field != 0 ? append(reply, name, "i", *(const int *)field) : 0;
        case OPTION_LOG_LEVEL:
                return append_text(reply, name, log_level_to_string(*(const LogLevel *)field));
        case OPTION_EXIT_CODES:
                return append_numbers(reply, name, *(GArray *const *)field);
        case OPTION_AUTORESTART:
                return append_text(reply, name,
                                *(const Autorestart *)field == AUTORESTART_FALSE
                                                ? NULL
                                                : autorestart_to_string(
                                                                  *(const Autorestart *)field));
        case OPTION_CHOICE:
                return append_text(reply, name,
                                *(const int *)field ? option->choices[*(const int *)field] : NULL);
        case OPTION_FLAGS:
                return append_flags(reply, option, *(const unsigned *)field);
        case OPTION_OWNER:
        case OPTION_ENVIRONMENT:
        case OPTION_LIST:
        case OPTION_EVENTS:
                return 0; /* not of a process, or not to be told */
        case _OPTION_TYPE_MAX:
                break;
        }
        g_assert_not_reached();
}

static bool is_text(const Option *option)
{
        static const bool texts[_OPTION_TYPE_MAX] = {
                [OPTION_STRING] = true,
                [OPTION_DIRECTORY] = true,
                [OPTION_PATH] = true,
                [OPTION_ABSOLUTE] = true,
                [OPTION_LOGFILE] = true,
                [OPTION_NAME] = true,
                [OPTION_COMMAND] = true,
                [OPTION_USER] = true,
        };

        return texts[option->type];
}

static bool is_of_process(const Option *option)
{
        return option->target == TARGET_PROCESS &&
               (option->sections &
                               (SECTION_BIT(SECTION_PROGRAM) | SECTION_BIT(SECTION_EVENTLISTENER) |
                                               SECTION_BIT(SECTION_FCGI_PROGRAM)));
}

int option_variant_append_process(
                sd_bus_message *reply, const ProcessConfig *config, size_t *ret_n_told)
{
        size_t n = 0;

        for (size_t i = 0; i < n_options; i++) {
                int r = is_of_process(&options[i]) ? append_option(reply, &options[i], config) : 0;

                if (r < 0)
                        return r;
                n += r;
        }
        *ret_n_told = n;
        return 0;
}

size_t option_variant_text_bytes(const ProcessConfig *config)
{
        size_t bytes = 0;

        for (size_t i = 0; i < n_options; i++) {
                const void *field = (const char *)config + options[i].offset;

                if (is_of_process(&options[i]) && is_text(&options[i]) && *(char *const *)field)
                        bytes += strlen(*(char *const *)field);
        }
        return bytes;
}
