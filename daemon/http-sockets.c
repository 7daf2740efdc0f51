/* A socket stands for one section at a time: a second section with the same address is bound anew,
 * which fails as it should. */

#include "daemon/http-sockets.h"

#include <string.h>

#include "daemon/http-socket.h"
#include "daemon/output/main-log.h"

#define PRIVATE_SOCKET "rpc/socket"

struct HttpSockets {
        HttpServerConfig *own; /* of the private socket; NULL = there can be none */
        GPtrArray *served;     /* of HttpSocket, in the order of the sections */
        GPtrArray *coming;     /* likewise: prepared, and not settled yet */
        char *url;
};

static void free_socket(void *socket)
{
        http_socket_free(socket);
}

static GPtrArray *new_array(void)
{
        return g_ptr_array_new_with_free_func(free_socket);
}

static HttpServerConfig *private_config(const RuntimeFolder *folder)
{
        HttpServerConfig *config = http_server_config_new();

        config->section = g_strdup("");
        config->file = runtime_folder_open_file(folder, PRIVATE_SOCKET);
        config->chmod = 0666; /* who connects is looked at instead */
        return config;
}

HttpSockets *http_sockets_new(const RuntimeFolder *folder)
{
        HttpSockets *sockets = g_new0(HttpSockets, 1);

        if (folder)
                sockets->own = private_config(folder);
        sockets->served = new_array();
        sockets->coming = new_array();
        return sockets;
}

HttpSockets *http_sockets_free(HttpSockets *sockets)
{
        if (!sockets)
                return NULL;
        g_ptr_array_unref(sockets->coming);
        g_ptr_array_unref(sockets->served);
        http_server_config_free(sockets->own);
        g_free(sockets->url);
        g_free(sockets);
        return NULL;
}

size_t http_sockets_count(const HttpSockets *sockets)
{
        return sockets->served->len;
}

const HttpServerConfig *http_sockets_config(const HttpSockets *sockets, size_t index)
{
        return http_socket_config(sockets->served->pdata[index]);
}

int http_sockets_descriptor(const HttpSockets *sockets, size_t index)
{
        return http_socket_descriptor(sockets->served->pdata[index]);
}

const char *http_sockets_url(const HttpSockets *sockets)
{
        return sockets->url;
}

/* The sections, or the private socket in their place; borrowed. */
static GPtrArray *wanted_by(const HttpSockets *sockets, const Config *config)
{
        GPtrArray *wanted = g_ptr_array_new();

        for (guint i = 0; i < config->http_servers->len; i++)
                g_ptr_array_add(wanted, config->http_servers->pdata[i]);
        if (wanted->len == 0 && sockets->own)
                g_ptr_array_add(wanted, sockets->own);
        return wanted;
}

/* Takes out the one at that address and hands it over; NULL when there is none. */
static HttpSocket *take(GPtrArray *from, const HttpServerConfig *config)
{
        for (guint i = 0; i < from->len; i++)
                if (http_socket_is_at(from->pdata[i], config))
                        return g_ptr_array_steal_index(from, i);
        return NULL;
}

/* Another of ours has the port, for more or fewer hosts, and may have to go first. */
static bool is_in_our_own_way(const HttpSockets *sockets, const HttpServerConfig *config)
{
        for (guint i = 0; i < sockets->served->len; i++) {
                const HttpServerConfig *other = http_socket_config(sockets->served->pdata[i]);

                if (!config->file && !other->file && other->port == config->port)
                        return true;
        }
        return false;
}

/* False is an error that *error tells, unless it is nothing to fail for. */
static bool open_one(const HttpSockets *sockets, const HttpServerConfig *config, GPtrArray *to,
                GError **error)
{
        g_autoptr(GError) own = NULL;
        HttpSocket *socket;

        if (http_socket_new(config, &socket, &own)) {
                g_ptr_array_add(to, socket);
                return true;
        }
        if (config == sockets->own) {
                log_warn("no private socket for SUPERVISOR_SERVER_URL: %s", own->message);
                return true;
        }
        if (g_error_matches(own, HTTP_SOCKET_ERROR, HTTP_SOCKET_ERROR_IN_USE) &&
                        is_in_our_own_way(sockets, config))
                return true;
        g_propagate_error(error, g_steal_pointer(&own));
        return false;
}

static bool is_open(const HttpSockets *sockets, const HttpServerConfig *config)
{
        const GPtrArray *all[] = { sockets->served, sockets->coming };

        for (size_t k = 0; k < G_N_ELEMENTS(all); k++)
                for (guint i = 0; i < all[k]->len; i++)
                        if (http_socket_is_at(all[k]->pdata[i], config))
                                return true;
        return false;
}

static bool check(const GPtrArray *wanted, GError **error)
{
        if (wanted->len > HTTP_SOCKETS_MAX) {
                g_set_error(error, HTTP_SOCKET_ERROR, HTTP_SOCKET_ERROR_FAILED,
                                "there are %u HTTP servers; %d are possible", wanted->len,
                                HTTP_SOCKETS_MAX);
                return false;
        }
        for (guint i = 0; i < wanted->len; i++)
                for (guint k = 0; k < i; k++)
                        if (http_socket_same_address(wanted->pdata[i], wanted->pdata[k]))
                                return http_socket_fail_in_use(wanted->pdata[i], error);
        return true;
}

bool http_sockets_prepare(HttpSockets *sockets, const Config *config, GError **error)
{
        g_autoptr(GPtrArray) wanted = wanted_by(sockets, config);
        g_autoptr(GPtrArray) opened = new_array();

        if (!check(wanted, error))
                return false;
        for (guint i = 0; i < wanted->len; i++)
                if (!is_open(sockets, wanted->pdata[i]) &&
                                !open_one(sockets, wanted->pdata[i], opened, error))
                        return false;
        g_ptr_array_extend_and_steal(sockets->coming, g_steal_pointer(&opened));
        return true;
}

/* Settling. */

/* True when who serves it has to know. */
static bool keep(HttpSocket *socket, const HttpServerConfig *config)
{
        g_autoptr(GError) error = NULL;
        bool changed = false;

        if (!http_socket_adjust(socket, config, &changed, &error))
                log_error("%s", error->message);
        return changed;
}

/* What had to wait until another one of ours was gone; for the private one that is no reason. */
static HttpSocket *open_late(const HttpSockets *sockets, const HttpServerConfig *config)
{
        g_autoptr(GError) error = NULL;
        HttpSocket *socket = NULL;

        if (config != sockets->own && !http_socket_new(config, &socket, &error))
                log_error("%s", error->message);
        return socket;
}

static void warn_of_no_password(const HttpServerConfig *config)
{
        if (config->username && *config->username)
                return;
        log_critical("Server '%s' running without any HTTP authentication checking",
                        config->section);
        if (!config->file)
                log_warn("[%s] has no password: who can connect to port %d of %s can do everything "
                         "here; set username and password, or a unix_http_server instead",
                                config->section, config->port,
                                *config->host ? config->host : "this machine");
}

static void set_url(HttpSockets *sockets, const Config *config)
{
        g_free(sockets->url);
        sockets->url = config_server_url(config);
        if (!sockets->url && sockets->served->len > 0)
                sockets->url = g_strconcat("unix://", sockets->own->file, NULL);
}

bool http_sockets_settle(HttpSockets *sockets, const Config *config)
{
        g_autoptr(GPtrArray) wanted = wanted_by(sockets, config);
        g_autoptr(GPtrArray) before = g_steal_pointer(&sockets->served);
        g_autofree HttpSocket **found = g_new0(HttpSocket *, wanted->len + 1);
        bool changed = false;

        for (guint i = 0; i < wanted->len; i++) {
                changed |= before->len == 0 ||
                           !http_socket_is_at(before->pdata[0], wanted->pdata[i]);
                found[i] = take(before, wanted->pdata[i]);
                if (!found[i])
                        found[i] = take(sockets->coming, wanted->pdata[i]);
                if (found[i])
                        changed |= keep(found[i], wanted->pdata[i]);
        }
        changed |= before->len > 0;
        g_ptr_array_set_size(before, 0);
        g_ptr_array_set_size(sockets->coming, 0);
        sockets->served = new_array();
        for (guint i = 0; i < wanted->len; i++) {
                HttpSocket *socket = found[i] ? found[i] : open_late(sockets, wanted->pdata[i]);

                if (socket)
                        g_ptr_array_add(sockets->served, socket);
                if (wanted->pdata[i] != sockets->own)
                        warn_of_no_password(wanted->pdata[i]);
        }
        set_url(sockets, config);
        return changed;
}
