/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/error.h"
#include "virtqemud/storage/backing_name.h"

/* What an overlay at /images/top.qcow2 says, and the source as XML; NULL: refused. */
static const struct {
    const char *name, *source;
} names[] = {
    {"base.img", "<source file='/images/base.img'/>"},
    {"../base.img", "<source file='/images/../base.img'/>"},
    {"/dev/vg/base", "<source file='/dev/vg/base'/>"},
    {"./odd:name", "<source file='/images/./odd:name'/>"},
    {"nbd://h:10810/e", "<source protocol='nbd' name='e'><host name='h' port='10810'/></source>"},
    {"nbd+unix:///e?socket=/s", "<source protocol='nbd' name='e'><host transport='unix' socket='/s'/></source>"},
    {"nbd:h:10809:exportname=e", "<source protocol='nbd' name='e'><host name='h' port='10809'/></source>"},
    {"nbd:unix:/s", "<source protocol='nbd'><host transport='unix' socket='/s'/></source>"},
    {"http://h/a/b.img?x=1", "<source protocol='http' name='a/b.img' query='x=1'><host name='h'/></source>"},
    {"ssh://h/a", "<source protocol='ssh' name='a'><host name='h'/></source>"},
    {"gluster+tcp://h/v/i", "<source protocol='gluster' name='v/i'><host name='h'/></source>"},
    {"rbd:p/i@s:conf=/c", "<source protocol='rbd' name='p/i'><snapshot name='s'/><config file='/c'/></source>"},
    {"json:{\"driver\":\"file\",\"filename\":\"a\"}", "<source file='/images/a'/>"},
    {"json:{\"file\":{\"driver\":\"file\",\"filename\":\"/a\"}}", "<source file='/a'/>"},
    {"json:{\"file.driver\":\"host_device\",\"file.filename\":\"/dev/a\"}", "<source file='/dev/a'/>"},
    {"json:{\"driver\":\"raw\",\"offset\":512,\"size\":\"1024\",\"file\":{\"driver\":\"file\",\"filename\":\"/a\"}}",
     "<source file='/a'><slices><slice type='storage' offset='512' size='1024'/></slices></source>"},
    {"json:{\"driver\":\"nbd\",\"server\":{\"host\":\"h\",\"port\":\"1\"},\"export\":\"e\"}",
     "<source protocol='nbd' name='e'><host name='h' port='1'/></source>"},
    {"json:{\"file\":{\"driver\":\"nbd\",\"server.path\":\"/s\"}}",
     "<source protocol='nbd'><host transport='unix' socket='/s'/></source>"},
    {"json:{\"driver\":\"https\",\"url\":\"https://h/i\"}",
     "<source protocol='https' name='i'><host name='h'/></source>"},
    {"json:{\"driver\":\"rbd\",\"pool\":\"p\",\"image\":\"i\"}", "<source protocol='rbd' name='p/i'/>"},
    {"json:{\"driver\":\"rbd\",\"pool\":\"p\",\"image\":\"i\",\"user\":\"u\"}", NULL},
    {"json:{\"driver\":\"raw\",\"offset\":512,\"file\":{\"driver\":\"file\",\"filename\":\"/a\"}}", NULL},
    {"json:{\"driver\":\"raw\",\"file\":{\"driver\":\"raw\",\"file\":{\"driver\":\"file\",\"filename\":\"/a\"}}}",
     NULL},
    {"json:{\"driver\":\"blkdebug\",\"image\":\"a\"}", NULL},
    {"json:{\"file\":[]}", NULL},
    {"json:[]", NULL},
    {"json:{", NULL},
    {"nbd:h", NULL},
    {"nbd:h:0", NULL},
    {"nbd+unix:///e", NULL},
    {"rbd:p/i:id=admin", NULL},
    {"fat:/tmp", NULL},
    {"magic://h/x", NULL},
};

static char *format(const DiskSource *source)
{
    g_autoptr(XmlWriter) writer = xml_writer_new();

    xml_struct_write(&disk_source_element, writer, "source", source, XML_MODE_INACTIVE);
    return xml_writer_take(writer);
}

/* The document without what only makes it good to look at. */
static char *squeeze(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (guint i = 0; lines[i]; i++)
        g_strstrip(lines[i]);
    return g_strjoinv("", lines);
}

static void test_names(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GError) error = NULL;
        DiskSource source = {0};
        gboolean ok = backing_name_parse(names[i].name, "/images/top.qcow2", &source, &error);

        if (names[i].source) {
            g_autofree char *pretty = NULL, *text = NULL;

            g_assert_no_error(error);
            g_assert_true(ok);
            pretty = format(&source);
            text = squeeze(pretty);
            g_assert_cmpstr(text, ==, names[i].source);
        } else {
            g_assert_false(ok);
            g_assert_true(vir_error_is(error, VIR_ERR_CONFIG_UNSUPPORTED));
        }
        xml_struct_clear(&disk_source_element, &source);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/backing-name/names", test_names);
    return g_test_run();
}
