/* The reply has passwords in it: it is for who has shown that he is an rpc-host, and nothing of it
 * is logged. */

#include "daemon/face/rpc-attach.h"

#include <unistd.h>

#include "bus/cleanup.h"
#include "config.h"
#include "daemon/face/access.h"
#include "daemon/face/face.h"
#include "daemon/output/main-log.h"

static int compare_uids(gconstpointer a, gconstpointer b)
{
        uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

        return left < right ? -1 : left > right;
}

static void add_uid(GArray *uids, uid_t uid)
{
        uint32_t number = uid;

        if (uid != (uid_t)-1 && !g_array_binary_search(uids, &number, compare_uids, NULL)) {
                g_array_append_val(uids, number);
                g_array_sort(uids, compare_uids);
        }
}

/* Root, the daemon, and whoever programs are configured to run as. */
static GArray *uids_of_programs(const Manager *manager)
{
        const GPtrArray *groups = manager_groups(manager);
        GArray *uids = g_array_new(false, false, sizeof(uint32_t));

        add_uid(uids, 0);
        add_uid(uids, geteuid());
        for (guint i = 0; i < groups->len; i++) {
                const GPtrArray *processes = group_processes(groups->pdata[i]);

                for (guint k = 0; k < processes->len; k++)
                        add_uid(uids, process_config(processes->pdata[k])->uid);
        }
        return uids;
}

/* "" is the private socket, which anybody can connect to; on others it is the file's mode that
 * decides. */
static int append_uids(
                sd_bus_message *reply, const Manager *manager, const HttpServerConfig *server)
{
        g_autoptr(GArray) uids = NULL;

        if (*server->section)
                return sd_bus_message_append(reply, "au", 0);
        uids = uids_of_programs(manager);
        return sd_bus_message_append_array(reply, 'u', uids->data, uids->len * sizeof(uint32_t));
}

static int append_server(
                sd_bus_message *reply, const Manager *manager, const HttpServerConfig *server)
{
        const char *username = server->username ? server->username : "";
        int r = sd_bus_message_open_container(reply, 'r', "sssau");

        if (r < 0)
                return r;
        r = sd_bus_message_append(reply, "sss", server->section, username,
                        server->password ? server->password : "");
        if (r < 0)
                return r;
        r = append_uids(reply, manager, server);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_servers(sd_bus_message *reply, const Face *face)
{
        const HttpSockets *sockets = face_setup(face)->http_sockets;
        int r = sd_bus_message_open_container(reply, 'a', "(sssau)");

        for (size_t i = 0; r >= 0 && i < http_sockets_count(sockets); i++)
                r = append_server(reply, face_manager(face), http_sockets_config(sockets, i));
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int seat_and_reply(sd_bus_message *call, const Face *face, bool is_ours, sd_bus_error *error)
{
        const SupervisordConfig *config = &manager_config(face_manager(face))->supervisord;
        g_autoptr(sd_bus_message) reply = NULL;
        int r = rpc_seats_take(face_rpc_seats(face), call, is_ours, error);

        if (r < 0)
                return r;
        log_debug("an rpc-host is %s", sd_bus_message_get_sender(call));
        r = sd_bus_message_new_method_return(call, &reply);
        if (r < 0)
                return r;
        r = sd_bus_message_append(reply, "ss", config->identifier, VERSION);
        if (r < 0)
                return r;
        r = append_servers(reply, face);
        if (r < 0)
                return r;
        return sd_bus_send(NULL, reply, NULL);
}

static int granted(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return seat_and_reply(call, userdata, false, error);
}

int rpc_attach(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        const Face *face = userdata;
        const FaceSetup *setup = face_setup(face);
        const char *token;
        int r = sd_bus_message_read(call, "s", &token);

        if (r < 0)
                return r;
        if (*token && setup->check_rpc_token(token, setup->userdata))
                return seat_and_reply(call, face, true, error);
        if (*token)
                return sd_bus_error_set(error, SD_BUS_ERROR_ACCESS_DENIED,
                                "this is not the token of the rpc-host that runs");
        return access_require(
                        call, face_access(face), "being an rpc-host", granted, userdata, error);
}
