/* Read as a whole, or not at all: half a list would be one of other sockets. */

#include "tools/rpc-host/servers.h"

#include <sys/socket.h>

#include "bus/cleanup.h"

static void free_server(void *item)
{
        Server *server = item;

        g_free(server->section);
        g_free(server->username);
        if (server->password)
                explicit_bzero(server->password, strlen(server->password));
        g_free(server->password);
        if (server->uids)
                g_array_unref(server->uids);
        g_free(server);
}

static int read_uids(sd_bus_message *reply, GArray *uids)
{
        const void *data;
        size_t size;
        int r = sd_bus_message_read_array(reply, 'u', &data, &size);

        if (r < 0)
                return r;
        G_STATIC_ASSERT(sizeof(uid_t) == sizeof(uint32_t));
        g_array_append_vals(uids, data, size / sizeof(uid_t));
        return 0;
}

static int read_server(sd_bus_message *reply, Server *server)
{
        const char *section, *username, *password;
        int r = sd_bus_message_read(reply, "sss", &section, &username, &password);

        if (r < 0)
                return r;
        server->section = g_strdup(section);
        server->username = g_strdup(username);
        server->password = g_strdup(password);
        server->uids = g_array_new(false, false, sizeof(uid_t));
        return read_uids(reply, server->uids);
}

int servers_read(sd_bus_message *reply, GPtrArray **ret)
{
        g_autoptr(GPtrArray) servers = g_ptr_array_new_with_free_func(free_server);
        int r = sd_bus_message_enter_container(reply, 'a', "(sssau)");

        if (r < 0)
                return r;
        while ((r = sd_bus_message_enter_container(reply, 'r', "sssau")) > 0) {
                g_ptr_array_add(servers, g_new0(Server, 1));
                r = read_server(reply, servers->pdata[servers->len - 1]);
                if (r < 0)
                        return r;
                r = sd_bus_message_exit_container(reply);
                if (r < 0)
                        return r;
        }
        if (r < 0)
                return r;
        r = sd_bus_message_exit_container(reply);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&servers);
        return 0;
}

static bool get_peer_uid(int fd, uid_t *ret)
{
        struct ucred peer;
        struct sockaddr_storage address;
        socklen_t size = sizeof peer, address_size = sizeof address;

        if (getsockname(fd, (struct sockaddr *)&address, &address_size) < 0 ||
                        address.ss_family != AF_UNIX)
                return false;
        if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
                return false;
        *ret = peer.uid;
        return true;
}

bool server_admits_peer(const Server *server, int fd)
{
        uid_t uid;

        if (server->uids->len == 0)
                return true;
        if (!get_peer_uid(fd, &uid))
                return false;
        for (unsigned i = 0; i < server->uids->len; i++)
                if (g_array_index(server->uids, uid_t, i) == uid)
                        return true;
        return false;
}

bool server_wants_password(const Server *server)
{
        return *server->username != '\0';
}
