/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which firmware a guest gets, by descriptions in two folders. */
#include <glib/gstdio.h>

#include "common/error.h"
#include "virtqemud/host/firmware.h"

#define DIR "/stores"

typedef struct {
    char *far, *near; /* folders, in this order */
} Folders;

static void describe(const char *folder, const char *name, const char *code, const char *machine, const char *features)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *text = g_strdup_printf("{\"description\": \"x\", \"interface-types\": [\"uefi\"], \"mapping\": "
                                            "{\"device\": \"flash\", \"executable\": "
                                            "{\"filename\": \"/fw/%s\", \"format\": \"raw\"}, \"nvram-template\": "
                                            "{\"filename\": \"/fw/%s.vars\", \"format\": "
                                            "\"raw\"}}, \"targets\": [{\"architecture\": \"x86_64\", \"machines\": "
                                            "[\"%s\"]}], \"features\": [%s], \"tags\": []}",
                                            code, code, machine, features);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void put(const char *folder, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void set_up(Folders *folders, gconstpointer data)
{
    folders->far = g_dir_make_tmp("modvirt-XXXXXX", NULL);
    folders->near = g_dir_make_tmp("modvirt-XXXXXX", NULL);
    describe(folders->far, "40-keys.json", "keys", "pc-q35-*", "\"secure-boot\", \"enrolled-keys\", \"requires-smm\"");
    describe(folders->far, "50-secure.json", "secure", "pc-q35-*", "\"secure-boot\", \"requires-smm\"");
    describe(folders->far, "60-plain.json", "far-plain", "pc-*", "");
    describe(folders->far, "10-hidden.json", "hidden", "pc-*", "");
    describe(folders->near, "60-plain.json", "plain", "pc-*", "");
    put(folders->near, "10-hidden.json", "");
    put(folders->near, "05-broken.json", "{\"interface-types\": [\"uefi\"");
    put(folders->near, "06-strange.json", "{\"interface-types\": [\"uefi\"], \"mapping\": {\"device\": \"flash\"}}");
}

static void remove_folder(char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        g_unlink(path);
    }
    g_rmdir(folder);
    g_free(folder);
}

static void tear_down(Folders *folders, gconstpointer data)
{
    remove_folder(folders->far);
    remove_folder(folders->near);
}

typedef struct {
    const char *name, *machine, *os, *features;
    const char *code; /* NULL: none suits */
} Case;

static const Case cases[] = {
    {"the best", "pc-q35-7.2", "", "", "/fw/keys"},
    {"plain", "pc-q35-7.2", "", "<smm state='off'/>", "/fw/plain"},
    {"other machine", "pc-i440fx-7.2", "", "", "/fw/plain"},
    {"no machine", "microvm", "", "", NULL},
    {"secure", "pc-q35-7.2", "<loader secure='yes'/>", "<smm state='on'/>", "/fw/keys"},
    {"without keys", "pc-q35-7.2", "<firmware><feature enabled='no' name='enrolled-keys'/></firmware>",
     "<smm state='on'/>", "/fw/secure"},
    {"not secure", "pc-q35-7.2", "<firmware><feature enabled='no' name='secure-boot'/></firmware>", "<smm state='on'/>",
     "/fw/plain"},
    {"secure without smm", "pc-q35-7.2", "<firmware><feature enabled='yes' name='secure-boot'/></firmware>",
     "<smm state='off'/>", NULL},
};

static DomainDef *parse(const char *os_attributes, const char *machine, const char *os, const char *features)
{
    g_autofree char *xml = g_strdup_printf("<domain type='kvm'><name>g</name><memory>1024</memory><os %s><type "
                                           "arch='x86_64' machine='%s'>hvm</type>%s</os>"
                                           "<features><acpi/>%s</features></domain>",
                                           os_attributes, machine, os, features);
    DomainDef *def = domain_def_parse(xml, 0, NULL, NULL);

    g_assert_nonnull(def);
    return def;
}

static void test_choice(Folders *folders, gconstpointer data)
{
    const char *const list[] = {folders->far, folders->near, NULL};
    g_autoptr(GPtrArray) images = firmware_load(list);

    g_assert_cmpuint(images->len, ==, 3);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(DomainDef) def = parse("firmware='efi'", cases[i].machine, cases[i].os, cases[i].features);
        g_autoptr(GError) error = NULL;
        gboolean ok = firmware_choose(def, images, DIR, &error);

        g_test_message("%s", cases[i].name);
        g_assert_cmpstr(def->os->loader, ==, cases[i].code);
        g_assert_true(ok == (cases[i].code != NULL));
        if (!ok) {
            g_assert_true(vir_error_is(error, VIR_ERR_OPERATION_FAILED));
            continue;
        }
        g_assert_cmpstr(def->os->nvram, ==, DIR "/g_VARS.fd");
        g_assert_true(g_str_has_prefix(def->os->nvram_template, def->os->loader));
        g_assert_true(def->os->loader_secure != XML_BOOL_YES || def->features->smm == XML_BOOL_YES);
        g_assert_true((def->os->loader_secure == XML_BOOL_YES) == !g_str_equal(def->os->loader, "/fw/plain"));
    }
}

/* An image that the user names gets the template that goes with it. */
static void test_template(Folders *folders, gconstpointer data)
{
    const char *const list[] = {folders->far, folders->near, NULL};
    g_autoptr(GPtrArray) images = firmware_load(list);
    g_autoptr(DomainDef) described = parse("", "q35", "<loader readonly='yes' type='pflash'>/fw/secure</loader>", "");
    g_autoptr(DomainDef) known =
        parse("", "q35", "<loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE.fd</loader>", "");
    g_autoptr(DomainDef) bios = parse("", "q35", "<loader type='rom'>/fw/bios</loader>", "");

    g_assert_true(firmware_choose(described, images, DIR, NULL));
    g_assert_cmpstr(described->os->nvram_template, ==, "/fw/secure.vars");
    g_assert_true(firmware_choose(known, images, DIR, NULL));
    g_assert_cmpstr(known->os->nvram_template, ==, "/usr/share/OVMF/OVMF_VARS.fd");
    g_assert_true(firmware_choose(bios, images, DIR, NULL));
    g_assert_null(bios->os->nvram);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/firmware/choice", Folders, NULL, set_up, test_choice, tear_down);
    g_test_add("/firmware/template", Folders, NULL, set_up, test_template, tear_down);
    return g_test_run();
}
