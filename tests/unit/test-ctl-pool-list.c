/* What is read is as sd-bus writes it. */

#include "tools/ctl/pool-list.h"

#include "tools/ctl/failure.h"

static void test_introspection(void)
{
        static const char xml[] = "<!DOCTYPE node PUBLIC \"x\" \"y\">\n"
                                  "<node>\n"
                                  " <interface name=\"org.freedesktop.DBus.Peer\">\n"
                                  "  <method name=\"Ping\"/>\n"
                                  " </interface>\n"
                                  " <node name=\"mail\"/>\n"
                                  " <node name=\"b_2dc\"/>\n"
                                  "</node>\n";
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) pools = pool_list_of_introspection(xml, &error);

        g_assert_no_error(error);
        g_assert_cmpuint(pools->len, ==, 2);
        g_assert_cmpstr(pools->pdata[0], ==, "b-c");
        g_assert_cmpstr(pools->pdata[1], ==, "mail");
        g_assert_true(pool_list_has(pools, "mail"));
        g_assert_false(pool_list_has(pools, "mai"));
}

static void test_none(void)
{
        g_autoptr(GPtrArray) pools = pool_list_of_introspection("<node/>", NULL);

        g_assert_cmpuint(pools->len, ==, 0);
}

static void test_no_xml(void)
{
        g_autoptr(GError) error = NULL;

        g_assert_null(pool_list_of_introspection("<node><node name='a'/>", &error));
        g_assert_error(error, FAILURE, FAILURE_OTHER);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/ctl/pool-list/introspection", test_introspection);
        g_test_add_func("/ctl/pool-list/none", test_none);
        g_test_add_func("/ctl/pool-list/no-xml", test_no_xml);
        return g_test_run();
}
