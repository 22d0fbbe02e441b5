/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>

#include "common/error.h"
#include "virtqemud/host/sysinfo.h"

static void write_file(const char *dir, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void remove_file(const char *dir, const char *name)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);

    g_unlink(path);
}

static void test_document(void)
{
    g_autofree char *dir = g_dir_make_tmp("modvirt-XXXXXX", NULL);
    g_autofree char *xml = NULL;

    write_file(dir, "bios_vendor", "SeaBIOS\n");
    write_file(dir, "sys_vendor", "This & That\n");
    write_file(dir, "product_serial", "  \n");
    xml = sysinfo_format(dir, NULL);
    g_assert_cmpstr(xml, ==,
                    "<sysinfo type='smbios'>\n"
                    "  <bios>\n"
                    "    <entry name='vendor'>SeaBIOS</entry>\n"
                    "  </bios>\n"
                    "  <system>\n"
                    "    <entry name='manufacturer'>This &amp; That</entry>\n"
                    "  </system>\n"
                    "</sysinfo>\n");
    remove_file(dir, "bios_vendor");
    remove_file(dir, "sys_vendor");
    remove_file(dir, "product_serial");
    g_rmdir(dir);
}

static void test_nothing(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(sysinfo_format("/nowhere", &error));
    g_assert_true(vir_error_is(error, VIR_ERR_CONFIG_UNSUPPORTED));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sysinfo/document", test_document);
    g_test_add_func("/sysinfo/nothing", test_nothing);
    return g_test_run();
}
