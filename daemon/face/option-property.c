/* Values are read by walking the option table, each by its type, as the dump does. */

#include "daemon/face/option-property.h"

#include <string.h>

#include "daemon/config/config.h"

#define USEC_PER_SEC 1000000

/* What is below 0 means the same as 0 wherever there is a time or a size. */
static uint64_t to_usec(double seconds)
{
        double usec = seconds * USEC_PER_SEC;

        if (usec <= 0)
                return 0;
        return usec < (double)INT64_MAX ? (uint64_t)usec : UINT64_MAX;
}

static int append_number(sd_bus_message *reply, bool is_time, int64_t number)
{
        if (is_time)
                return sd_bus_message_append(reply, "t", to_usec((double)number));
        return sd_bus_message_append(reply, "x", number);
}

int option_property_append_words(sd_bus_message *reply, const Option *option, unsigned set)
{
        int r = sd_bus_message_open_container(reply, 'a', "s");

        for (int i = 0; r >= 0 && option->choices[i]; i++)
                if (set & (1u << i))
                        r = sd_bus_message_append(reply, "s", option->choices[i]);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

int option_property_append_numbers(sd_bus_message *reply, const GArray *numbers)
{
        return sd_bus_message_append_array(reply, 'i', numbers->data, numbers->len * sizeof(int));
}

static int append_field(
                sd_bus_message *reply, const Option *option, bool is_time, const void *structure)
{
        const void *field = (const char *)structure + option->offset;

        switch (option->type) {
        case OPTION_STRING:
        case OPTION_DIRECTORY:
        case OPTION_PATH:
        case OPTION_ABSOLUTE:
        case OPTION_LOGFILE:
        case OPTION_NAME:
        case OPTION_BUS:
        case OPTION_STATE:
        case OPTION_COMMAND:
        case OPTION_USER:
                return sd_bus_message_append(reply, "s", *(char *const *)field);
        case OPTION_BOOLEAN:
                return sd_bus_message_append(reply, "b", (int)*(const bool *)field);
        case OPTION_INTEGER:
        case OPTION_DURATION:
                return append_number(reply, is_time, *(const int64_t *)field);
        case OPTION_BYTES:
                return sd_bus_message_append(reply, "t", MAX(*(const int64_t *)field, 0));
        case OPTION_SECONDS:
                return sd_bus_message_append(reply, "t", to_usec(*(const double *)field));
        case OPTION_OCTAL:
                return sd_bus_message_append(reply, "u", (uint32_t) * (const int *)field);
        case OPTION_SIGNAL:
                return sd_bus_message_append(reply, "i", *(const int *)field);
        case OPTION_EXIT_CODES:
                return option_property_append_numbers(reply, *(GArray *const *)field);
        case OPTION_AUTORESTART:
                return sd_bus_message_append(
                                reply, "s", autorestart_to_string(*(const Autorestart *)field));
        case OPTION_CHOICE:
                return sd_bus_message_append(reply, "s", option->choices[*(const int *)field]);
        case OPTION_FLAGS:
                return option_property_append_words(reply, option, *(const unsigned *)field);
        case OPTION_LOG_LEVEL:
        case OPTION_OWNER:
        case OPTION_ADDRESS:
        case OPTION_ENVIRONMENT:
        case OPTION_LIST:
        case OPTION_EVENTS:
        case _OPTION_TYPE_MAX:
                break;
        }
        g_assert_not_reached();
}

int option_property_append(sd_bus_message *reply, const OptionProperty *rows, size_t n,
                SectionKind kind, const char *property, const void *structure)
{
        for (size_t i = 0; i < n; i++)
                if (strcmp(rows[i].property, property) == 0)
                        return append_field(reply, option_find(kind, rows[i].option),
                                        g_str_has_suffix(property, "USec"), structure);
        g_assert_not_reached();
}
